// SPDX-License-Identifier: BSD-2-Clause
/* This is apart, as pcap.h and linux/bpf.h can't be included together. */
#include "kern/probe.h"

#include <pcap/pcap.h>

const char *skw_probe_libpcap(void)
{
	return pcap_lib_version();
}
