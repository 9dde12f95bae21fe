// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record_format.h"

#include <errno.h>
#include <pcap/dlt.h>

#include "pcap/linktype.h"
#include "pcap/pcap_write.h"
#include "pcap/sll2.h"

static uint64_t time_of(struct skw_record_file *f, const struct skw_packet *pkt)
{
	return skw_record_format_time(f, pkt, SKW_PCAP_LAST_NS, "February 2106");
}

static int pcap_begin(struct skw_record_file *f)
{
	uint8_t header[SKW_PCAP_FILE_HEADER_BYTES];

	skw_pcap_file_header(header, f->dlt, f->snaplen, f->plan->nano);
	int ret = skw_out_write(f->out, header, sizeof(header));
	return ret ? ret : skw_out_other_end(f->out);
}

/*
 * Writes a packet of another link type to a file of cooked packets: a cooked header replaces its
 * link-layer header.
 */
static int put_cooked(struct skw_record_file *f, const struct skw_packet *pkt)
{
	uint8_t header[SKW_PCAP_RECORD_HEADER_BYTES];
	struct skw_sll2 cooked;
	int ret = skw_sll2_make(pkt, pkt->from->ifindex, pkt->from->arphrd, &cooked);

	if (ret)
		return ret;
	uint32_t caplen = pkt->caplen - cooked.drop + SKW_SLL2_BYTES;
	uint32_t len = pkt->len - cooked.drop_len + SKW_SLL2_BYTES;

	if (caplen > f->snaplen)
		caplen = f->snaplen;
	uint32_t of_header = caplen < SKW_SLL2_BYTES ? caplen : SKW_SLL2_BYTES;
	skw_pcap_record_header(header, time_of(f, pkt), f->plan->nano, caplen, len);
	ret = skw_out_write(f->out, header, sizeof(header));
	if (!ret)
		ret = skw_out_write(f->out, cooked.header, of_header);
	return ret ? ret : skw_out_write(f->out, pkt->data + cooked.drop, caplen - of_header);
}

static int pcap_packet(struct skw_record_file *f, const struct skw_packet *pkt,
		       struct skw_error *err)
{
	uint8_t header[SKW_PCAP_RECORD_HEADER_BYTES];

	if (pkt->dlt != f->dlt) {
		if (f->dlt == DLT_LINUX_SLL2 && skw_sll2_supported(pkt->dlt))
			return put_cooked(f, pkt);
		return skw_error_set(err, -EINVAL,
				     "%s: a pcap file holds one link type, and after %s comes %s; "
				     "write a .pcapng file",
				     f->name, skw_linktype_dlt_name(f->dlt),
				     skw_linktype_dlt_name(pkt->dlt));
	}
	skw_pcap_record_header(header, time_of(f, pkt), f->plan->nano, pkt->caplen, pkt->len);
	int ret = skw_out_write(f->out, header, sizeof(header));
	return ret ? ret : skw_out_write(f->out, pkt->data, pkt->caplen);
}

const struct skw_record_format skw_record_format_pcap = {
	.begin = pcap_begin,
	.packet = pcap_packet,
};
