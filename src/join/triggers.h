/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The triggers of a flight recorder: types of events, expressions that a connection's figures begin
 * to match, and expressions that a message matches. Pure.
 */
#ifndef SKW_JOIN_TRIGGERS_H
#define SKW_JOIN_TRIGGERS_H

#include <stdbool.h>
#include <stddef.h>

#include "expr/expr.h"
#include "join/matched.h"
#include "model/event.h"
#include "model/message.h"
#include "row/event_types.h"
#include "util/error.h"

#define SKW_TRIGGERS_MAX 16

struct skw_triggers {
	struct skw_event_types types;
	struct {
		struct skw_expr *expr; /* owned; NULL: slow messages */
		bool message;          /* it is about messages, not about rows */
		char *text;            /* owned, as it was given */
	} list[SKW_TRIGGERS_MAX];
	size_t len, messages;    /* messages: the number of those that are about them */
	struct skw_matched rows; /* owned; a bit for each expression that a row has matched */
};

/* Expressions need names, and a parser for those about messages; see skw_expr_parse(). */
struct skw_triggers_words {
	const struct skw_expr_names *names;
	int (*about_messages)(const char *text, const struct skw_expr_names *names,
			      struct skw_expr **out, struct skw_error *err);
};

/*
 * A list such as "rto,retrans,srtt>200ms,latency>200ms,slow". Returns 0, or -errno; a usage error
 * names the part that is wrong. The caller frees *t in any case.
 */
int skw_triggers_parse(struct skw_triggers *t, const char *text,
		       const struct skw_triggers_words *words, struct skw_error *err);
void skw_triggers_free(struct skw_triggers *t);

/*
 * Which trigger an event or a row is, or -1. A row triggers when it begins to match, so each row of
 * each sweep must be asked.
 */
int skw_triggers_event(struct skw_triggers *t, const struct skw_event *event);
int skw_triggers_row(struct skw_triggers *t, const struct skw_row *row);
/* Which trigger a message is, or -1; it is slow from slow_ns on. */
int skw_triggers_message(const struct skw_triggers *t, const struct skw_message *m,
			 uint64_t slow_ns);

/* Triggers have numbers below this one. */
#define SKW_TRIGGERS_END (SKW_EVENT_CREATOR + SKW_CLOSE_REASONS + SKW_TRIGGERS_MAX)
/* The trigger as text for people, never NULL. Valid as long as *t. */
const char *skw_triggers_text(const struct skw_triggers *t, unsigned which);

#endif
