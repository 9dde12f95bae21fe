/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of the TCP header: RFC 9293, 7323, 2018, 2385, 5482, 5925, 7413, 6994, 8684. */
#ifndef SKW_DISSECT_IP_TCP_OPTIONS_H
#define SKW_DISSECT_IP_TCP_OPTIONS_H

#include "dissect/dissect.h"

enum {
	SKW_TCP_FIN = 0x01,
	SKW_TCP_SYN = 0x02,
	SKW_TCP_RST = 0x04,
	SKW_TCP_PUSH = 0x08,
	SKW_TCP_ACK = 0x10,
	SKW_TCP_URG = 0x20,
	SKW_TCP_ECE = 0x40,
	SKW_TCP_CWR = 0x80,
};

/*
 * Prints ", options [...]". `sack_base` is subtracted from the edges of SACK blocks. Returns false
 * if the line ends here because the options are cut or malformed; then this has been printed.
 */
bool skw_dissect_tcp_options(struct skw_dissect *d, uint8_t flags, uint32_t sack_base,
			     struct skw_bytes b);

/*
 * Prints a Multipath TCP option. `p` starts with its kind and length. Returns false if it is
 * malformed.
 */
bool skw_dissect_mptcp(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len);

#endif
