/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decodes the records of abi/conn.h, as they come from the kernel, to model types. A record is
 * refused with -EBADMSG if its length, kind, family, state, timer, direction or event type is one
 * that abi/conn.h does not know; then nothing is written to the output. Strings may lack their NUL
 * in a record, and have it in the output.
 */
#ifndef SKW_ROW_RECORD_H
#define SKW_ROW_RECORD_H

#include <stddef.h>

#include "model/event.h"
#include "model/row.h"

/*
 * A struct skw_conn_rec at any alignment. Rates become bits per second, and the state becomes the
 * one that is shown. Values that a record does not tell are blank, see skw_row_blank().
 */
int skw_record_row(const void *bytes, size_t len, struct skw_row_sample *out);

/* A struct skw_steady_rec. */
int skw_record_steady(const void *bytes, size_t len, struct skw_row_steady *out);

/* A name of at most 16 characters. Control characters become '?', and the rest of `out` zeros. */
void skw_record_text(char out[SKW_COMM_LEN + 1], const char text[SKW_COMM_LEN]);

/*
 * A struct skw_holder_rec. Control characters of the name become '?'. Inode 0 and process 0 hold
 * nothing and are refused.
 */
int skw_record_holder(const void *bytes, size_t len, uint32_t *inode, struct skw_owner *owner);

/*
 * A record of the event rings, of any type. The close reason is found from the state that the
 * connection left and the error on its socket, by what TCP does then (net/ipv4/tcp.c, tcp_input.c,
 * tcp_timer.c).
 */
int skw_record_event(const void *bytes, size_t len, struct skw_event_told *out);

#endif
