/* SPDX-License-Identifier: BSD-2-Clause */
/* The session of `skwatch messages`, which prints requests with their answers. */
#ifndef SKW_SESSION_MESSAGES_H
#define SKW_SESSION_MESSAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "expr/expr.h"
#include "model/capture_plan.h"
#include "post/plan.h"
#include "session/messages/messages_screen.h"
#include "sink/message_lines.h"
#include "util/error.h"

/* The strings are borrowed. */
struct skw_messages_plan {
	/* The files of -r in their order. None: packets of this host, as they come. */
	const char *const *read_files;
	size_t read_files_len;
	struct skw_capture_plan capture; /* of a file, only the filter */
	const char *protocols;           /* separated by commas; NULL: all */
	const char *where;               /* an expression; NULL: all messages */
	const struct skw_expr_names *names;
	uint64_t count; /* 0: no limit */
	uint64_t duration_ns;
	uint64_t max_bytes; /* 0: the default */
	/* It is run, and only its messages are told; NULL: there is none. */
	char *const *command;
	const char *write;                /* a pcapng file; NULL: none is written */
	const struct skw_post_plan *send; /* where the lines go */
	uint64_t slow_ns;                 /* 0: all; else only slow ones and those that failed */
	bool content, json;
	bool named; /* --names */
	bool summary, csv;
	const char *sort; /* of the summary; NULL: the default */
	uint64_t groups;  /* of the summary; 0: the default */
	/* The table is drawn on it while messages come, at this interval; NULL: only at the end. */
	const struct skw_messages_screen *screen;
	uint64_t interval_ns;
	bool no_owner;
	bool no_sandbox;
};

/* Returns 0 or -errno. Where words are wrong, returns -EINVAL with err->usage set. */
int skw_session_messages(const struct skw_messages_plan *plan, struct skw_error *err);

/* The names of all protocols, with a comma between. */
void skw_session_messages_protocols(struct skw_buf *out);
/* The keys of --sort. */
void skw_session_messages_keys(struct skw_buf *out);
/* The fields of --where, for the help. */
void skw_session_messages_help(struct skw_buf *out);

#endif
