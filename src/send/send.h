/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sends lines of JSON to a receiver: as a plain stream, or as batches by HTTP. It is a sink, for
 * the loop and the end of a session, and gets its lines from the sink that makes them
 * (struct skw_lines_to). Lines wait in a ring until they are delivered. When it is full, new lines
 * are dropped and counted.
 *
 * It goes on, one step after the other, whenever a line comes, the connection is ready or a time
 * has come, and never waits, except at the end.
 */
#ifndef SKW_SEND_SEND_H
#define SKW_SEND_SEND_H

#include "post/stamp.h"
#include "loop/sink.h"
#include "post/answer.h"
#include "post/plan.h"
#include "post/ring.h"
#include "send/connect.h"
#include "send/store.h"

struct skw_send_figures {
	uint64_t seen;    /* lines of this run */
	uint64_t sent;    /* delivered, of earlier runs, too */
	uint64_t again;   /* times that a line was sent once more */
	uint64_t dropped; /* for want of room */
	uint64_t refused; /* by the receiver */
	uint64_t earlier; /* in the spool at the start */
};

/* Lines that are on their way. */
struct skw_send_batch {
	struct skw_buf head, body; /* owned */
	size_t at;                 /* bytes that were written */
	uint64_t lines, end;       /* how many, and the place of the ring behind them */
	bool loaded;
};

struct skw_send {
	/* The caller sets these and keeps them until the sink is closed. */
	const struct skw_post_plan *plan;
	const char *what; /* "events" or "messages", in messages and in the file's name */
	bool with_host;   /* the lines have no host of their own */
	bool is_patient;  /* the maker of the lines can wait, as a file can */

	struct skw_send_connect connect; /* its table is for the loop's plan */
	struct skw_send_store store;
	struct skw_post_ring ring;
	struct skw_send_figures figures;
	struct skw_post_stamp stamp;
	char host[65], boot_id[37], run[17];
	struct skw_loop *loop; /* borrowed */
	int epoll_fd, timer_fd;
	uint64_t armed_ns; /* when the timer comes; 0: never */
	uint64_t random;
	uint64_t unsent; /* lines in the text that the ring has not got yet */
	uint64_t due_ns; /* when the lines in the ring must go; 0: none waits for a time */
	bool finishing, is_open;

	int fd; /* the connection; -1: none */
	struct skw_send_batch batch;
	struct skw_post_answer answer;
	bool wants_room;      /* the socket has none, and is watched for it */
	bool is_used;         /* a byte went out on this connection */
	unsigned exchanges;   /* on this connection */
	uint64_t patience_ns; /* when the receiver has not answered for too long; 0: none is due */

	/* Trouble. */
	unsigned tried, addresses; /* of one round, and how many there are */
	unsigned failures;         /* in a row */
	bool must_wait;            /* the receiver has said so */
	bool was_stale;            /* the last one was an idle connection that had been closed */
	uint64_t retry_ns;         /* 0: at once */
	bool has_told;
	uint64_t told_ns;
	uint64_t full_ns;      /* when it was told that lines are dropped; 0: never */
	unsigned told_refusal; /* the status that was told last */
};

/* Fills in the parts that exist before the split. */
void skw_send_begin(struct skw_send *s);
/* After the loop; also if it never began. */
void skw_send_free(struct skw_send *s);

struct skw_sink skw_send_sink(struct skw_send *s);

/* ---- for the sink that makes the lines; `ctx` is a struct skw_send ---- */

/* Completes the line that ends `text`. */
void skw_send_line(void *ctx, struct skw_buf *text);
/* Takes all lines that were completed since the last call. 0 or -errno with err filled. */
int skw_send_take(void *ctx, const struct skw_buf *text, struct skw_error *err);
/* Whether there is room for what is made at once. True unless the maker of the lines can wait. */
bool skw_send_has_room(const void *ctx);
/* Waits until there is room, or it makes no sense to wait any longer. 0 or -errno likewise. */
int skw_send_wait(void *ctx, struct skw_error *err);

/* The figures, as a line on standard error. */
void skw_send_report(const struct skw_send *s, bool final);

#endif
