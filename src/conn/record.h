/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records as they come from the kernel, checked before anything believes them. A record is
 * refused (-EBADMSG) when its length, kind, family, state or event type is none that
 * abi/conn.h knows; strings need not be terminated in it and are in what comes out.
 */
#ifndef SKW_CONN_RECORD_H
#define SKW_CONN_RECORD_H

#include <stddef.h>

#include "model/row.h"

/*
 * One row at `bytes`, any alignment. Sets all fields of *row that a record tells, bits per
 * second from bytes, the state from kind and number; those the table derives are left unknown
 * and its pointers NULL. `congestion` gets the name, NUL-terminated, empty if unknown.
 */
int skw_record_row(const void *bytes, size_t len, struct skw_row *row,
		   char congestion[SKW_CA_LEN + 1]);

/* One holder; the name comes out NUL-terminated, unprintable bytes as '?'. */
int skw_record_holder(const void *bytes, size_t len, uint32_t *inode, struct skw_owner *owner);

/* An event's head, after its whole length was checked for its type. */
int skw_record_event(const void *bytes, size_t len, struct skw_event_head *head);

/*
 * Why a connection ended: from the state it left for CLOSED, the error on its socket and
 * (net/ipv4/tcp.c, tcp_input.c, tcp_timer.c) what TCP does in each.
 */
enum skw_close_reason skw_record_close_reason(uint8_t old_state, uint32_t sk_err);

#endif
