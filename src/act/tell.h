/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink that prints what a verb does, in the form of `skwatch events`. */
#ifndef SKW_ACT_TELL_H
#define SKW_ACT_TELL_H

#include <stdbool.h>
#include <stdint.h>

#include "loop/sink.h"
#include "model/act_event.h"
#include "sink/lines.h"
#include "util/buf.h"
#include "util/error.h"

/* Set the first three, and zero the others. It stays where it is until the loop has ended. */
struct skw_act_tell {
	bool json;
	uint64_t count;   /* end the session after this number; 0: no limit */
	const char *host; /* NULL: unknown */
	uint64_t told;    /* how many were printed */
	struct skw_lines out;
	struct skw_buf text;
	struct skw_loop *loop;
};

struct skw_sink skw_act_tell_sink(struct skw_act_tell *t);

/* Prints an event. Returns 0, or -errno with err filled. */
int skw_act_tell(struct skw_act_tell *t, const struct skw_act_event *event, struct skw_error *err);

#endif
