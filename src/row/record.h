/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records as they come from the kernel, checked before anything believes them. A record is
 * refused (-EBADMSG) when its length, kind, family, state, timer, direction or event type is none
 * that abi/conn.h knows; strings need not be terminated in it and are in what comes out.
 */
#ifndef SKW_ROW_RECORD_H
#define SKW_ROW_RECORD_H

#include <stddef.h>

#include "model/event.h"
#include "model/row.h"

/*
 * One row at `bytes`, any alignment. Rates are made bits per second from bytes, the state is made
 * from kind and number. What no record tells is blank, see skw_row_blank().
 */
int skw_record_row(const void *bytes, size_t len, struct skw_row_sample *out);

/*
 * One holder; the name comes out NUL-terminated, control characters as '?'. Inode 0 and process 0
 * hold nothing and are refused.
 */
int skw_record_holder(const void *bytes, size_t len, uint32_t *inode, struct skw_owner *owner);

/*
 * One record of the event rings, of any type. The close reason comes from the state that the
 * connection left, the error on its socket and (net/ipv4/tcp.c, tcp_input.c, tcp_timer.c) what TCP
 * does in each.
 */
int skw_record_event(const void *bytes, size_t len, struct skw_event_told *out);

#endif
