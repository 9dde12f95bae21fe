/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program runs as two processes. skw_keeper_split() forks: the child is the keeper, which keeps
 * the privileges and serves verbs. The parent, whose process id the user knows, returns as the
 * worker and drops its privileges (keeper/privileges.h). This room does not know what the verbs do:
 * the caller of the split brings a table of them.
 *
 * When one process dies, the other ends too: the worker finds skw_keeper_fd() readable, and the
 * keeper finds the end of its socket.
 */
#ifndef SKW_KEEPER_KEEPER_H
#define SKW_KEEPER_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define SKW_KEEPER_REQUEST_MAX 8192 /* bytes */
#define SKW_KEEPER_REPLY_MAX   4096 /* bytes */
#define SKW_KEEPER_FDS_MAX     8

struct skw_identity;
struct skw_keeper_commands;

/*
 * The answer of a verb. The reply owns the file descriptors in it, which are closed once it is
 * sent. When the verb fails, they are closed and not sent, and the payload, if any, is the error's
 * text without a NUL.
 */
struct skw_keeper_reply {
	size_t len;
	uint8_t payload[SKW_KEEPER_REPLY_MAX];
	size_t n_fds;
	int fds[SKW_KEEPER_FDS_MAX];
	struct skw_keeper_commands *commands; /* borrowed, for skw_keeper_run_command() */
};

/*
 * One action of the keeper. `serve` runs in the keeper and returns 0 or -errno. The worker, which
 * parses untrusted packets, sends the request, so `serve` must check it like a packet. The request
 * is aligned for any type.
 */
struct skw_keeper_verb {
	const char *name; /* used in messages */
	int (*serve)(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply);
};

/*
 * For serve functions: makes err->text the reply's payload. Returns `code`.
 */
int skw_keeper_reply_error(struct skw_keeper_reply *reply, int code, const struct skw_error *err);

/*
 * For serve functions: starts argv (NULL-terminated, looked up in PATH) and does not wait until it
 * ends. Its environment is the keeper's, and the variables of `env` ("NAME=value",
 * NULL-terminated). At most 8 run at once; further ones wait for their turn. It runs as `who` or,
 * if `who` is NULL, with the identity and privileges of the keeper. It has the lowest priority, an
 * empty standard input, and its own process group, so that Ctrl-C ends the capture and not the
 * command. Returns 0 once it runs, or the -errno of the failure. When it ends with a status other
 * than 0, the keeper reports its name on standard error, and at the end the number of those that
 * failed.
 */
int skw_keeper_run_command(struct skw_keeper_reply *reply, const char *const argv[],
			   const char *const env[], const struct skw_identity *who);

struct skw_keeper;

/*
 * One room's part of the keeper: its verbs, the object they work on, and the descriptors that they
 * need. The table and all that it points to must stay valid for the rest of the program.
 */
struct skw_keeper_table {
	const struct skw_keeper_verb *verbs;
	size_t n_verbs;
	void *ctx;           /* passed to the verbs */
	const int *keep_fds; /* the keeper leaves these open */
	size_t n_keep;
	/*
	 * Runs in the worker after the split: gives up what only the keeper needs. NULL: there is
	 * no such thing.
	 */
	void (*settle)(void *ctx);
	/*
	 * Runs in the keeper when the worker has died without an orderly end, also by SIGKILL.
	 * NULL: this table has nothing to do then. If no table has, the keeper dies at once.
	 */
	void (*orphaned)(void *ctx);
	/*
	 * The split sets this, the number of verbs[0]. A request names first + the index of its
	 * verb.
	 */
	size_t first;
};

/* A table with descriptors, whose `settle` gives up what only the keeper needs. */
#define SKW_KEEPER_TABLE(list, len, arg, fds, n_fds, gives_up)                                     \
	((struct skw_keeper_table){ .verbs = (list),                                               \
				    .n_verbs = (len),                                              \
				    .ctx = (arg),                                                  \
				    .keep_fds = (fds),                                             \
				    .n_keep = (n_fds),                                             \
				    .settle = (gives_up) })

/*
 * Forks once, for all tables. Must be called before any thread exists and before the first packet
 * is read, because the keeper's memory is a copy of the caller's. The array of tables may be freed
 * afterwards. The keeper closes every descriptor but 0, 1, 2 and those to keep, its standard input
 * is /dev/null, and it ignores SIGINT, SIGQUIT, SIGTERM, SIGHUP and SIGUSR1. Returns in the worker
 * only, when the keeper can serve. The caller frees *out with skw_keeper_finish() or
 * skw_keeper_abandon().
 */
int skw_keeper_split(struct skw_keeper_table *const *tables, size_t n_tables,
		     struct skw_keeper **out);

/*
 * Asks for a verb and waits for its answer. *reply_len is the size of `reply` on entry and the
 * number of bytes put there on return. The same holds for fds and *n_fds, and the caller closes the
 * descriptors that arrive there. Each of the two pairs may be NULL where nothing is expected. Any
 * thread may call this. Returns the result of the verb (a failed verb may leave its error text in
 * `reply`), -EMSGSIZE if request or answer do not fit, or -EPIPE if the keeper has died.
 */
int skw_keeper_call(struct skw_keeper *k, size_t verb, const void *request, size_t len, void *reply,
		    size_t *reply_len, int *fds, size_t *n_fds);

/*
 * Asks for a verb and does not wait. The caller does not learn whether it worked: the keeper
 * reports a failure on standard error. All requests, with and without an answer, are served in the
 * order of the calls. Returns 0, -EMSGSIZE or -EPIPE.
 */
int skw_keeper_start(struct skw_keeper *k, size_t verb, const void *request, size_t len);

/*
 * A descriptor to poll: it becomes readable or hung up when the keeper has died, and only then. k
 * owns it.
 */
int skw_keeper_fd(const struct skw_keeper *k);

/*
 * The text for a call that has returned -EPIPE: the keeper has died, and why, if it told so. k owns
 * the text. NULL is allowed.
 */
const char *skw_keeper_fate(struct skw_keeper *k);

/* For tests. */
int skw_keeper_pid(const struct skw_keeper *k);

/*
 * Ends the keeper in order: it serves the requests made before, waits for the commands that still
 * run, and exits. While it waits, it passes on to the commands each SIGINT, SIGQUIT, SIGTERM or
 * SIGHUP that the process group receives. Frees k. Returns 0, -EPIPE if the keeper had died before,
 * or another -errno that ended it. NULL is allowed.
 */
int skw_keeper_finish(struct skw_keeper *k);

/* Ends the keeper without waiting for its commands. Frees k. NULL is allowed. */
void skw_keeper_abandon(struct skw_keeper *k);

#endif
