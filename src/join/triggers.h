/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The triggers of a flight recorder: types of events, and expressions that a connection's figures
 * begin to match. Pure.
 */
#ifndef SKW_JOIN_TRIGGERS_H
#define SKW_JOIN_TRIGGERS_H

#include <stdbool.h>
#include <stddef.h>

#include "expr/expr.h"
#include "join/matched.h"
#include "model/event.h"
#include "row/event_types.h"
#include "util/error.h"

#define SKW_TRIGGERS_MAX 16

struct skw_triggers {
	struct skw_event_types types;
	struct {
		struct skw_expr *expr; /* owned */
		char *text;            /* owned, as it was given */
	} list[SKW_TRIGGERS_MAX];
	size_t len;
	struct skw_matched rows; /* owned; a bit for each expression that a row has matched */
};

/*
 * A list such as "rto,retrans,srtt>200ms". Returns 0, or -errno; a usage error names the part that
 * is wrong. The caller frees *t in any case.
 */
int skw_triggers_parse(struct skw_triggers *t, const char *text, const struct skw_expr_names *names,
		       struct skw_error *err);
void skw_triggers_free(struct skw_triggers *t);

/*
 * Which trigger an event or a row is, or -1. A row triggers when it begins to match, so each row of
 * each sweep must be asked.
 */
int skw_triggers_event(struct skw_triggers *t, const struct skw_event *event);
int skw_triggers_row(struct skw_triggers *t, const struct skw_row *row);

/* Triggers have numbers below this one. */
#define SKW_TRIGGERS_END (SKW_EVENT_CREATOR + SKW_CLOSE_REASONS + SKW_TRIGGERS_MAX)
/* The trigger as text for people, never NULL. Valid as long as *t. */
const char *skw_triggers_text(const struct skw_triggers *t, unsigned which);

#endif
