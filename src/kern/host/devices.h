/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interfaces as libpcap lists them, numbered from 1. libpcap also lists sources that are no
 * network interfaces (USB, D-Bus, netfilter's logs); they are left out here.
 */
#ifndef SKW_KERN_HOST_DEVICES_H
#define SKW_KERN_HOST_DEVICES_H

#include <net/if.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/error.h"

/* Appends a line for each interface as tcpdump -D does. Returns 0 or -errno. */
int skw_devices_describe(struct skw_buf *out, struct skw_error *err);

/*
 * Finds the name of the interface that has this number in the list; it may be "any". Returns 0, a
 * usage error if there is none, or another -errno.
 */
int skw_devices_by_number(uint64_t number, char name[IFNAMSIZ], struct skw_error *err);

/*
 * libpcap takes some names for sources of its own, even if there is a network interface with that
 * name. Writes a name into `out` by which libpcap finds the network interface.
 */
#define SKW_DEVICE_NAME_BYTES (IFNAMSIZ + 2)
const char *skw_devices_pcap_name(const char *ifname, char out[SKW_DEVICE_NAME_BYTES]);

#endif
