/* SPDX-License-Identifier: BSD-2-Clause */
/* An event of a verb that acts: it has done or seen something. No logic. */
#ifndef SKW_MODEL_ACT_EVENT_H
#define SKW_MODEL_ACT_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "model/row.h"

/* A further value. Its name is that of the JSON key; a line shows its underscores as blanks. */
struct skw_act_fact {
	const char *name;
	const char *text; /* NULL: it is a number */
	uint64_t number;  /* SKW_NONE64: unknown */
};

/* A view, valid during the call that it is passed to. */
struct skw_act_event {
	uint64_t ts_ns;   /* CLOCK_MONOTONIC */
	const char *type; /* a word, such as "deny" */
	/* The connection and its owner, as far as they are known: see skw_row_blank(). */
	const struct skw_row *row;
	const struct skw_act_fact *facts;
	size_t facts_len;
};

#endif
