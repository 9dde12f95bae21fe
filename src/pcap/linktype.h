/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Link types have two numbers: DLT_* in programs, LINKTYPE_* in files. They
 * are the same but for a few. Source: the list of link-layer header types at
 * tcpdump.org, and what libpcap does with it on Linux.
 */
#ifndef SKW_PCAP_LINKTYPE_H
#define SKW_PCAP_LINKTYPE_H

#include <stdint.h>

uint16_t skw_linktype_from_dlt(int dlt);
int skw_linktype_to_dlt(uint16_t linktype);

/* "EN10MB"; static text, NULL if there is no name for it. */
const char *skw_linktype_dlt_name(int dlt);
/* "Ethernet"; static text, NULL if there is none. */
const char *skw_linktype_dlt_text(int dlt);

/* The DLT of a name as -y takes it, or -1. */
int skw_linktype_dlt_by_name(const char *name);

#endif
