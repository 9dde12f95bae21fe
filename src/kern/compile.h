/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiles filter expressions with libpcap. An activated handle of the interface
 * is needed: without it libpcap looks for VLAN tags in the bytes, where the
 * kernel does not leave them, and refuses inbound, outbound and ifindex. The
 * handle never reads a packet.
 */
#ifndef SKW_KERN_COMPILE_H
#define SKW_KERN_COMPILE_H

#include <stdbool.h>
#include <stdint.h>

#include "kern/host/iface.h"
#include "model/cbpf.h"
#include "util/buf.h"
#include "util/error.h"

struct skw_handle;

/* Activates a handle on the interface, which needs CAP_NET_RAW. Errors name the interface. */
int skw_handle_open(const char *ifname, uint32_t snaplen, struct skw_handle **out,
		    struct skw_error *err);
void skw_handle_close(struct skw_handle *h); /* NULL allowed */

int skw_handle_dlt(const struct skw_handle *h); /* DLT_* */

/* Switches to another link type of the interface. A usage error if it does not have that one. */
int skw_handle_set_dlt(struct skw_handle *h, int dlt, struct skw_error *err);

/* Appends a line for each link type of the interface, as tcpdump -L does. */
int skw_handle_list_dlts(struct skw_handle *h, struct skw_buf *out, struct skw_error *err);

/*
 * Compiles an expression ("" matches everything) to classic BPF, as `how` says (SKW_LISTS_* of
 * filter/sets/lists.h). The caller frees `out` with skw_classic_free(). A wrong expression is a
 * usage error with libpcap's text. With one_iface the program is for this interface alone, so that
 * it can use the interface's netmask.
 */
int skw_handle_compile(struct skw_handle *h, const char *expression, unsigned how, bool one_iface,
		       struct skw_cbpf *out, struct skw_error *err);

#endif
