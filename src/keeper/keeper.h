/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two processes. skw_keeper_split() forks: the child is the keeper, which keeps
 * the privileges and serves verbs; the parent, whose process id the user knows,
 * returns as the worker and drops its privileges (keeper/privileges.h). Nothing
 * here knows what the verbs do: whoever splits brings a table of them.
 *
 * When either process dies, so does the other: the worker finds skw_keeper_fd()
 * readable, the keeper finds the end of its socket.
 */
#ifndef SKW_KEEPER_KEEPER_H
#define SKW_KEEPER_KEEPER_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define SKW_KEEPER_REQUEST_MAX 8192 /* bytes */
#define SKW_KEEPER_REPLY_MAX   4096 /* bytes */
#define SKW_KEEPER_FDS_MAX     4

struct skw_identity;
struct skw_keeper_commands;

/*
 * What a verb answers. File descriptors put here belong to the reply and are
 * closed once it is sent. When the verb fails, they are closed and not sent,
 * and the payload, if any, is the error's text without a NUL.
 */
struct skw_keeper_reply {
	size_t len;
	uint8_t payload[SKW_KEEPER_REPLY_MAX];
	size_t n_fds;
	int fds[SKW_KEEPER_FDS_MAX];
	struct skw_keeper_commands *commands; /* lent, for skw_keeper_run_command() */
};

/*
 * One thing the keeper does. `serve` runs in the keeper and returns 0 or -errno. The request
 * comes from the process that parses what strangers send: it must be checked like a packet. It
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
 * For serve functions: runs argv (NULL-terminated, looked up in PATH) without waiting for its
 * end: as `who` or, if NULL, with what the keeper has; at lowest priority, standard input empty,
 * in a process group of its own, so that Ctrl-C ends the capture and not the command. Returns 0
 * once it runs, or why it does not. When it ends with another status than 0, the keeper says so
 * on standard error, by name.
 */
int skw_keeper_run_command(struct skw_keeper_reply *reply, const char *const argv[],
			   const struct skw_identity *who);

struct skw_keeper;

/*
 * What one room wants of the keeper: its verbs, what they work on, and the descriptors that they
 * need. All of it must stay valid for good, and so must the table itself.
 */
struct skw_keeper_table {
	const struct skw_keeper_verb *verbs;
	size_t n_verbs;
	void *ctx;           /* for the verbs */
	const int *keep_fds; /* stay open in the keeper */
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
	/* Set by the split: the number of verbs[0]. A request names first + the verb's index. */
	size_t first;
};

/*
 * Splits, once for all tables. Must be called before any thread exists and before the first packet
 * is read, as the keeper's memory is a copy of the caller's. The array of tables may go afterwards.
 * In the keeper every descriptor but 0, 1, 2 and those to keep is closed, standard input is
 * /dev/null, and SIGINT, SIGQUIT, SIGTERM, SIGHUP and SIGUSR1 do nothing. Returns in the worker
 * only; *out is freed by skw_keeper_finish() or skw_keeper_abandon().
 */
int skw_keeper_split(struct skw_keeper_table *const *tables, size_t n_tables,
		     struct skw_keeper **out);

/*
 * Asks for a verb and waits for its answer. *reply_len is the room in `reply` on entry, the
 * bytes put there on return; fds and *n_fds likewise, and what arrives there is the caller's to
 * close. Each of the two pairs may be NULL where nothing is expected. Any thread may call.
 * Returns what the verb returned (a failed verb may leave its error text in `reply`), or
 * -EMSGSIZE if request or answer do not fit, -EPIPE if the keeper has died.
 */
int skw_keeper_call(struct skw_keeper *k, size_t verb, const void *request, size_t len, void *reply,
		    size_t *reply_len, int *fds, size_t *n_fds);

/*
 * Asks for a verb and does not wait: whether it worked is not told here, a failure is said
 * by the keeper on standard error. What is asked for is done in order with all other requests.
 * Returns 0, -EMSGSIZE or -EPIPE.
 */
int skw_keeper_start(struct skw_keeper *k, size_t verb, const void *request, size_t len);

/* To poll: becomes readable (or hung up) when the keeper has died, and only then. Stays ours. */
int skw_keeper_fd(const struct skw_keeper *k);

int skw_keeper_pid(const struct skw_keeper *k);

/*
 * The orderly end: the keeper does what was asked of it before, waits for the commands that
 * still run (a further SIGINT, SIGQUIT, SIGTERM or SIGHUP to the process group is passed on to
 * them), and ends. Frees k. Returns 0, or -EPIPE when it had died of something else before. NULL
 * allowed.
 */
int skw_keeper_finish(struct skw_keeper *k);

/* The other end: waits for no command. Frees k. NULL allowed. */
void skw_keeper_abandon(struct skw_keeper *k);

#endif
