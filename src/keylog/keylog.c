// SPDX-License-Identifier: BSD-2-Clause
#include "keylog/keylog.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keylog/lines.h"
#include "loop/loop.h"
#include "model/raw_block.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_write.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"
#include "verbs/keylog.h"

/*
 * Packets wait this long for secrets. Programs write them within a few milliseconds, unless the
 * machine is busy.
 */
#define HOLD_NS (200 * SKW_NS_PER_MS)
/*
 * The keeper is asked this often whether another file has the name now: several times while a
 * packet waits, so that the first secrets of a new file come before their packets. Without packets
 * nothing is urgent.
 */
#define ASK_NS  (50 * SKW_NS_PER_MS)
#define REST_MS 1000
/* The bytes of the file that are read for one block. */
#define CHUNK (48u << 10)
/* A file that grows without an end must not keep the loop from its packets. */
#define CHUNKS_PER_LOOK 16
#define CHUNKS_AT_END   1024

struct skw_keylog {
	const struct skw_keylog_plan *plan;
	struct skw_verbs_keylog verbs;
	struct skw_loop *loop; /* borrowed */
	int fd;                /* -1: there was no file yet */
	int next_fd;           /* the file that has taken the place of this one; -1: none */
	off_t offset;
	uint64_t asked_ns;
	int trouble; /* -errno of the last attempt to open the file, which was told */
	bool said_replaced, said_truncated, said_unread;

	struct skw_keylog_lines lines;
	struct skw_buf text;  /* owned */
	struct skw_buf block; /* owned: it is to be handed on */
	unsigned budget;      /* chunks until the next look */
	bool pending;
	/* No secret will come before packets that are older. CLOCK_MONOTONIC. */
	uint64_t bound_ns;
};

int skw_keylog_new(const struct skw_keylog_plan *plan, struct skw_keylog **out)
{
	struct skw_keylog *k = calloc(1, sizeof(*k));

	if (!k)
		return -ENOMEM;
	k->plan = plan;
	k->said_replaced = k->said_truncated = plan->quiet;
	k->fd = k->next_fd = -1;
	k->verbs = (struct skw_verbs_keylog){ .name = plan->name, .who = plan->who };
	skw_verbs_keylog_prepare(&k->verbs);
	*out = k;
	return 0;
}

void skw_keylog_free(struct skw_keylog *k)
{
	if (!k)
		return;
	skw_cleanup_fd(&k->fd);
	skw_cleanup_fd(&k->next_fd);
	skw_keylog_lines_free(&k->lines);
	skw_buf_free(&k->text);
	skw_buf_free(&k->block);
	free(k);
}

static struct skw_keeper_table *verbs(void *ctx)
{
	return &((struct skw_keylog *)ctx)->verbs.table;
}

static const char *why(int ret)
{
	return ret == -EMEDIUMTYPE ? "it is no regular file" : strerror(-ret);
}

static int failed(const struct skw_keylog *k, int ret, struct skw_error *err)
{
	return skw_error_set(err, ret, "--keylog %s: %s", k->plan->name, why(ret));
}

/*
 * Asks for the file that has the name now. Tells what has changed since the last time. Returns 0,
 * or -errno if the keeper can't be asked any more.
 */
static int ask(struct skw_keylog *k, struct skw_error *err)
{
	int fd = skw_verbs_keylog_open(&k->verbs, skw_loop_keeper(k->loop));
	int trouble = fd < 0 && fd != -EALREADY ? fd : 0;

	/* A keeper that has died ends the session anyway. */
	if (trouble == -EPIPE)
		return 0;
	/* These may have left an answer behind, which the next request would take for its own. */
	if (trouble == -ENOMEM || trouble == -EPROTO)
		return failed(k, trouble, err);
	if (trouble && trouble != k->trouble && !(k->plan->quiet && trouble == -ENOENT))
		skw_say("--keylog %s: %s; it will be read as soon as it can be", k->plan->name,
			why(trouble));
	else if (!trouble && k->trouble && !k->plan->quiet)
		skw_say("--keylog %s: the file can be read now", k->plan->name);
	else if (fd >= 0 && k->fd >= 0 && !k->said_replaced)
		skw_say("--keylog %s: another file has taken its place, which is read now",
			k->plan->name);
	k->said_replaced |= fd >= 0 && k->fd >= 0;
	k->trouble = trouble;
	if (fd < 0)
		return 0;
	/* The rest of the old file is read first. */
	skw_cleanup_fd(&k->next_fd);
	k->next_fd = fd;
	return 0;
}

/* Whether there are bytes that were not read. */
static bool has_grown(struct skw_keylog *k)
{
	struct stat st;

	if (k->fd < 0 || fstat(k->fd, &st) < 0)
		return false;
	if (st.st_size < k->offset) {
		if (!k->said_truncated)
			skw_say("--keylog %s: the file was truncated: it is read from its start",
				k->plan->name);
		k->said_truncated = true;
		k->offset = 0;
		skw_keylog_lines_end(&k->lines);
	}
	return st.st_size > k->offset;
}

/* Goes on with the file that has taken the place. Returns whether there is one with bytes in it. */
static bool turn(struct skw_keylog *k)
{
	if (k->next_fd < 0)
		return false;
	skw_keylog_lines_end(&k->lines);
	skw_cleanup_fd(&k->fd);
	k->fd = SKW_TAKE_FD(k->next_fd);
	k->offset = 0;
	return has_grown(k);
}

static int begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_keylog *k = ctx;

	k->loop = loop;
	if (k->plan->grows) {
		k->asked_ns = skw_clock_monotonic_ns();
		return ask(k, err);
	}
	k->fd = skw_verbs_keylog_open(&k->verbs, skw_loop_keeper(loop));
	if (k->fd >= 0)
		return 0;
	return failed(k, SKW_TAKE_FD(k->fd), err);
}

/* The last look comes with a time of UINT64_MAX: then all that is there is read. */
static int look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	struct skw_keylog *k = ctx;
	bool is_last = now_ns == UINT64_MAX;
	bool holds = k->plan->grows && !is_last &&
		     !(k->plan->is_pressed && k->plan->is_pressed(k->plan->ctx));

	if (k->plan->grows && (is_last || now_ns - k->asked_ns >= ASK_NS)) {
		int ret = ask(k, err);

		/* At the end the packets go on without it. */
		if (ret && !is_last)
			return ret;
		k->asked_ns = now_ns;
	}
	k->pending = k->block.len || has_grown(k) || turn(k);
	if (k->plan->grows)
		k->budget = is_last ? CHUNKS_AT_END : CHUNKS_PER_LOOK;
	else
		k->budget = is_last ? 0 : UINT32_MAX;
	k->bound_ns = !k->plan->grows ? UINT64_MAX : holds ? now_ns - HOLD_NS : now_ns;
	return 0;
}

static bool peek(void *ctx, uint64_t *ts_ns)
{
	const struct skw_keylog *k = ctx;

	*ts_ns = k->pending ? 0 : k->bound_ns;
	return k->pending;
}

static bool is_interrupted(const struct skw_keylog *k)
{
	struct pollfd p = { .fd = skw_loop_interrupt_fd(k->loop), .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* Reads until there is a block. Returns 1, 0 if there is nothing more for now, or -errno. */
static int read_block(struct skw_keylog *k, struct skw_error *err)
{
	static char bytes[CHUNK];

	while (!k->block.len) {
		ssize_t n = k->budget ? pread(k->fd, bytes, sizeof(bytes), k->offset) : 0;

		if (n < 0 && !k->said_unread)
			skw_say("--keylog %s: %s", k->plan->name, strerror(errno));
		k->said_unread |= n < 0;
		if (n <= 0 && k->budget && turn(k))
			continue;
		if (n <= 0)
			return 0;
		k->budget--;
		k->offset += n;
		skw_buf_reset(&k->text);
		skw_keylog_lines_add(&k->lines, bytes, (size_t)n, &k->text);
		if (k->text.len)
			skw_pcapng_secrets(&k->block, SKW_PCAPNG_SECRETS_TLS, k->text.data,
					   k->text.len, false);
		if (k->text.failed || k->block.failed)
			return failed(k, -ENOMEM, err);
	}
	return 1;
}

static int take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_keylog *k = ctx;

	(void)until_ns;
	for (;;) {
		int ret = read_block(k, err);

		if (ret <= 0) {
			k->pending = false;
			return ret;
		}
		const struct skw_raw_block block = { .bytes = k->block.data,
						     .len = (uint32_t)k->block.len,
						     .type = SKW_PCAPNG_SECRETS,
						     .added = true };
		ret = skw_loop_block(k->loop, &block, err);
		if (ret <= 0)
			return ret;
		skw_buf_reset(&k->block);
		if (skw_loop_is_over(k->loop))
			return 0;
		/* A large file that is read once, and nobody wants it any more. */
		if (!k->plan->grows && is_interrupted(k))
			k->budget = 0;
	}
}

static int rest(void *ctx)
{
	const struct skw_keylog *k = ctx;

	if (!k->plan->grows)
		return -1;
	return k->budget ? REST_MS : 0;
}

static int end(void *ctx, struct skw_error *err)
{
	struct skw_keylog *k = ctx;

	(void)err;
	/* The reason of a failure is told, and the rest of the file does not matter any more. */
	if (skw_loop_has_failed(k->loop))
		return 0;
	bool has_more = has_grown(k);

	if (!has_more)
		skw_keylog_lines_end(&k->lines);
	if (k->plan->quiet)
		return 0;
	if (k->lines.bad)
		skw_say("--keylog %s: %" PRIu64 " line%s left out: %s", k->plan->name, k->lines.bad,
			k->lines.bad == 1 ? " is" : "s are",
			k->lines.bad == 1 ? "it has no secret, or no end"
					  : "they have no secret, or no end");
	if (!k->budget && has_more)
		skw_say("--keylog %s: the file has grown while it was read: its end is left out",
			k->plan->name);
	if (!k->lines.secrets)
		skw_say("--keylog %s: no secret came", k->plan->name);
	return 0;
}

static const struct skw_source_ops ops = {
	.verbs = verbs,
	.begin = begin,
	.look = look,
	.peek = peek,
	.take = take,
	.rest = rest,
	.end = end,
};

struct skw_source skw_keylog_source(struct skw_keylog *k)
{
	return (struct skw_source){ &ops, k };
}
