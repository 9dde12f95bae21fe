// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/linktype.h"

#include <pcap/pcap.h>
#include <stddef.h>

#include "util/cleanup.h"

/* All other link types have the same number in both lists. */
static const struct {
	uint16_t dlt;
	uint16_t linktype;
} unlike[] = {
	{ DLT_ATM_RFC1483, 100 }, { DLT_RAW, 101 },      { DLT_SLIP_BSDOS, 102 },
	{ DLT_PPP_BSDOS, 103 },   { DLT_ATM_CLIP, 106 }, { DLT_PFSYNC, 246 },
};

uint16_t skw_linktype_from_dlt(int dlt)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(unlike); i++)
		if (unlike[i].dlt == dlt)
			return unlike[i].linktype;
	return (uint16_t)dlt;
}

int skw_linktype_to_dlt(uint16_t linktype)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(unlike); i++)
		if (unlike[i].linktype == linktype)
			return unlike[i].dlt;
	return linktype;
}

const char *skw_linktype_dlt_name(int dlt)
{
	return pcap_datalink_val_to_name(dlt);
}

const char *skw_linktype_dlt_text(int dlt)
{
	return pcap_datalink_val_to_description(dlt);
}

int skw_linktype_dlt_by_name(const char *name)
{
	return pcap_datalink_name_to_val(name);
}
