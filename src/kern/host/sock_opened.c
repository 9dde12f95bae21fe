// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/sock_opened.h"

#include "model/row.h"

/*
 * A SYN and a FIN take a sequence number each, like a byte. bytes_acked of the kernel counts those
 * that were acknowledged (tcp_snd_una_update() in net/ipv4/tcp_input.c), but bytes_sent counts data
 * alone. An accepted socket begins behind its SYN. So the numbers that were sent, less the data,
 * are the SYN of the end that has opened the connection, and a FIN.
 */
bool skw_sock_opened(uint8_t state, const struct skw_sock_sent *n)
{
	uint64_t numbers = n->acked + n->queued - n->notsent;
	uint64_t data = n->sent - n->retrans;

	switch (state) {
	case SKW_STATE_SYN_SENT:
		return true;
	case SKW_STATE_ESTABLISHED:
	case SKW_STATE_CLOSE_WAIT:
		return numbers - data == 1;
	/* A FIN that is not sent yet is missing; such a socket is not told from an accepted one. */
	case SKW_STATE_FIN_WAIT1:
	case SKW_STATE_FIN_WAIT2:
	case SKW_STATE_CLOSING:
	case SKW_STATE_LAST_ACK:
		return numbers - data == 2;
	default:
		return false;
	}
}
