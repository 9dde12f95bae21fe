/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a connection ended, from what the kernel shows at its end. doc/FORMATS.md has the table. */
#ifndef SKW_ROW_CLOSE_REASON_H
#define SKW_ROW_CLOSE_REASON_H

#include <stdbool.h>
#include <stdint.h>

#include "model/row.h"

/*
 * `old_state` is the state that the socket left (12 is TCP_NEW_SYN_RECV), `err` the error on it or
 * 0, `ending` are SKW_END_*, and `held` tells that an application has it open. Follows
 * net/ipv4/tcp.c, tcp_input.c, tcp_timer.c and tcp_ipv4.c.
 */
enum skw_close_reason skw_close_reason(uint8_t old_state, int err, uint8_t ending, bool held);

/* The reason in words for people, such as "reset by peer". Borrowed; NULL: it is unknown. */
const char *skw_close_reason_words(uint8_t reason);

#endif
