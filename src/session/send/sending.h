/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a session that go to a receiver (--to), and not to standard output. */
#ifndef SKW_SESSION_SEND_SENDING_H
#define SKW_SESSION_SEND_SENDING_H

#include "loop/loop.h"
#include "send/send.h"
#include "sink/lines.h"
#include "sink/tee.h"

struct skw_sending {
	struct skw_send send; /* not used if its plan is NULL */
	struct skw_lines_to to;
	struct skw_tee tee;
	struct skw_sink sink;
};

/*
 * Fills in *s, which must not move afterwards. `plan` is borrowed; one without a receiver leaves
 * lines on standard output. `what` is "events" or "messages". The caller frees *s.
 */
void skw_sending_make(struct skw_sending *s, const struct skw_post_plan *plan, const char *what);
void skw_sending_free(struct skw_sending *s);

/* For the sink that makes lines; NULL: standard output. */
const struct skw_lines_to *skw_sending_to(const struct skw_sending *s);

/* The sink of a session that has no other but `lines`. */
const struct skw_sink *skw_sending_sink(struct skw_sending *s, struct skw_sink lines);

/* Adds the keeper's table to `tables`, which has `len`. Returns their number. */
size_t skw_sending_table(struct skw_sending *s, struct skw_keeper_table **tables, size_t len);

/* The figures on standard error, if lines are sent. */
void skw_sending_report(const struct skw_sending *s, bool final);

#endif
