/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A link type has two numbers: DLT_* in programs and LINKTYPE_* in files. For most
 * link types they are the same. Source: the list of link-layer header types at
 * tcpdump.org, and libpcap's use of it on Linux.
 */
#ifndef SKW_PCAP_LINKTYPE_H
#define SKW_PCAP_LINKTYPE_H

#include <stdint.h>

uint16_t skw_linktype_from_dlt(int dlt);
int skw_linktype_to_dlt(uint16_t linktype);

/* Returns a name such as "EN10MB", as static text, or NULL if there is none. */
const char *skw_linktype_dlt_name(int dlt);
/* Returns a description such as "Ethernet", as static text, or NULL if there is none. */
const char *skw_linktype_dlt_text(int dlt);

/* The DLT of a name as -y takes it, or -1. */
int skw_linktype_dlt_by_name(const char *name);

#endif
