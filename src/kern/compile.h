/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filter expressions compiled by libpcap on an activated handle: only there
 * does it know that VLAN tags are in metadata and what inbound, outbound and
 * ifindex mean. The handle never reads a packet.
 */
#ifndef SKW_KERN_COMPILE_H
#define SKW_KERN_COMPILE_H

#include <stdbool.h>
#include <stdint.h>

#include "kern/iface.h"
#include "model/cbpf.h"
#include "util/buf.h"
#include "util/error.h"

struct skw_handle;

/* Activates a handle on the interface. Errors name it; they need CAP_NET_RAW. */
int skw_handle_open(const char *ifname, uint32_t snaplen, struct skw_handle **out,
		    struct skw_error *err);
void skw_handle_close(struct skw_handle *h); /* NULL allowed */

int skw_handle_dlt(const struct skw_handle *h); /* DLT_* */

/* Another of the interface's link types, by DLT. -EINVAL with a text if it has no such. */
int skw_handle_set_dlt(struct skw_handle *h, int dlt, struct skw_error *err);

/* Appends a line for each link type of the interface, as tcpdump -L does. */
int skw_handle_list_dlts(struct skw_handle *h, struct skw_buf *out, struct skw_error *err);

/*
 * The classic program of an expression ("" takes everything); out->insns is the
 * caller's to free(). A wrong expression is a usage error with libpcap's words.
 */
int skw_handle_compile(struct skw_handle *h, const char *expression, struct skw_cbpf *out,
		       struct skw_error *err);

/* Appends a line for each interface as tcpdump -D does. */
int skw_compile_describe_ifaces(struct skw_buf *out, struct skw_error *err);

#endif
