// SPDX-License-Identifier: BSD-2-Clause
#include "act/bypass.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "act/bypass_event.h"
#include "act/bypass_file.h"
#include "act/bypass_keeper.h"
#include "keeper/privileges.h"
#include "kern/act/bypass.h"
#include "kern/host/cgroup.h"
#include "loop/loop.h"
#include "util/cleanup.h"
#include "util/say.h"

/* Records are never waited for: a wake-up would cost the sender its gain. */
#define REST_MS        100
#define REST_RECORD_MS 10
/* If so much has come at once, there is no rest: the rings are filled fast. */
#define MUCH_BYTES (1u << 20)

/* The inode number of the real root cgroup. */
#define ROOT_ID 1

struct bypass {
	const struct skw_bypass_plan *plan;
	char cgroup[PATH_MAX];
	int cgroup_fd;
	bool pinned;
	bool stays; /* when the command has ended */
	uint64_t cgroup_id;
	struct skw_kern_bypass *kern;
	struct skw_bypass_file *file; /* NULL: nothing is recorded */
	struct skw_sink recorder;
	uint64_t taken; /* bytes of records since the last rest */
	struct skw_pin pin;
	struct skw_bypass_keeper keeper;
	struct skw_loop *loop;
	struct skw_act_tell tell;
};

/* These changes reach applications. The manual has the same list, with reasons. */
static const char *const losses[] = {
	"captures, firewalls, tc and ss see a connection's handshake and its end, and no data",
	"FIONREAD does not tell all bytes that wait, so nginx as a proxy may hang",
	"splice() from the socket hangs, and TCP_INFO and SIOCOUTQ tell that nothing was sent",
	"MSG_WAITALL, SO_RCVLOWAT and MSG_OOB have no effect, and MSG_ZEROCOPY never completes",
	"a blocking recv() may fail with EAGAIN, mostly after shutdown()",
	"a reader that closes with unread data sends no reset",
};

static void say_losses(const struct bypass *b)
{
	skw_say("bypass is experimental; in %s it changes connections that begin from now on:",
		b->cgroup);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(losses); i++)
		skw_say("- %s", losses[i]);
}

/* ---- checks, before anything is changed ---- */

static int find_cgroup(struct bypass *b, struct skw_error *err)
{
	char mount[PATH_MAX];
	struct stat st;
	int ret = skw_cgroup_mount(mount, err);

	if (!ret)
		ret = skw_cgroup_find(mount, b->plan->cgroup, b->cgroup, err);
	if (ret)
		return ret;
	b->cgroup_fd = open(b->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->cgroup_fd < 0 || fstat(b->cgroup_fd, &st) < 0)
		return skw_error_usage(err, "--cgroup %s: %s", b->cgroup, strerror(errno));
	b->cgroup_id = (uint64_t)st.st_ino;
	if (b->cgroup_id == ROOT_ID)
		return skw_error_usage(
			err,
			"--cgroup %s: this is the root of all cgroups, and bypass is "
			"experimental; make a cgroup for the processes to try it with",
			b->cgroup);
	return 0;
}

static int check(struct bypass *b, struct skw_error *err)
{
	const struct skw_act_options *o = b->plan->options;
	int ret = find_cgroup(b, err);

	if (!ret && o->pin && b->plan->file)
		ret = skw_error_usage(err, "-w ends with the command, and --pin stays: use one of "
					   "them");
	if (!ret && !o->dry_run)
		ret = skw_privileges_missing(SKW_USE_WATCH, err);
	if (!ret && o->pin)
		ret = skw_pins_check(o->bpffs, o->pin, err);
	if (!ret && b->plan->file)
		ret = skw_bypass_file_new(b->plan->file, &b->file, err);
	return ret;
}

static void say_plan(const struct bypass *b)
{
	const struct skw_act_options *o = b->plan->options;

	skw_say("would attach two programs to %s, and move what its sockets send to each other, "
		"with at most %" PRIu64 " bytes unread in each direction%s%s",
		b->cgroup, b->plan->max_queue,
		o->pin          ? ", and stay as "
		: b->plan->file ? ", and record it in "
				: "",
		o->pin          ? o->pin
		: b->plan->file ? b->plan->file
				: "");
}

/* ---- the source ---- */

static int pin(struct bypass *b, struct skw_error *err)
{
	const struct skw_act_options *o = b->plan->options;
	struct skw_pin_meta meta = { .kind = "bypass", .where_id = b->cgroup_id };
	int ret;

	snprintf(meta.where, sizeof(meta.where), "%.255s", b->cgroup);
	snprintf(meta.what, sizeof(meta.what), "--max-queue %" PRIu64, b->plan->max_queue);
	ret = skw_pins_create(o->bpffs, o->pin, &meta, &b->pin, err);
	if (ret)
		return ret;
	ret = skw_kern_bypass_pin(b->kern, &b->pin, err);
	if (ret)
		skw_pins_remove(&b->pin, NULL);
	b->pinned = !ret;
	return ret;
}

static int prepare(void *ctx, struct skw_error *err)
{
	struct bypass *b = ctx;
	int ret;

	ret = skw_kern_bypass_open(b->cgroup, b->cgroup_fd, b->plan->max_queue, b->file, &b->kern,
				   err);
	if (ret)
		return ret;
	ret = b->file ? skw_bypass_file_create(b->file, err) : 0;
	if (ret)
		return ret;
	say_losses(b);
	ret = skw_kern_bypass_attach(b->kern, b->cgroup, b->cgroup_fd, err);
	return ret || !b->plan->options->pin ? ret : pin(b, err);
}

static struct skw_keeper_table *verbs(void *ctx)
{
	struct bypass *b = ctx;

	b->keeper = (struct skw_bypass_keeper){ .kern = b->kern,
						.cgroup_fd = &b->cgroup_fd,
						.pinned = b->pinned };
	skw_bypass_keeper_prepare(&b->keeper);
	return &b->keeper.table;
}

static int begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct bypass *b = ctx;

	(void)err;
	b->loop = loop;
	return 0;
}

static int start(void *ctx, struct skw_error *err)
{
	(void)err;
	skw_say("bypassing TCP in %s", ((struct bypass *)ctx)->cgroup);
	return 0;
}

static int look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	struct bypass *b = ctx;
	int ret = skw_rings_look(skw_kern_bypass_rings(b->kern), now_ns);

	return ret ? skw_error_set(err, ret, "events: %s", strerror(-ret)) : 0;
}

static bool peek(void *ctx, uint64_t *ts_ns)
{
	struct bypass *b = ctx;

	return (b->file && skw_bypass_file_is_held(b->file, ts_ns)) ||
	       skw_rings_peek(skw_kern_bypass_rings(b->kern), ts_ns);
}

static bool is_held(const struct bypass *b)
{
	uint64_t ignored;

	return b->file && skw_bypass_file_is_held(b->file, &ignored);
}

static int take_record(struct bypass *b, const void *record, size_t len, struct skw_error *err)
{
	const struct skw_bypass_rec *rec = record;
	int ret = 0;

	if (len < sizeof(*rec) || rec->type != SKW_BYPASS_DATA)
		ret = skw_bypass_event_tell(&b->tell, record, len, err);
	return ret || !b->file ? ret : skw_bypass_file_take(b->file, b->loop, record, len, err);
}

static int take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct bypass *b = ctx;
	struct skw_rings *rings = skw_kern_bypass_rings(b->kern);
	int ret = is_held(b) ? skw_bypass_file_go_on(b->file, err) : 0;
	const void *record;
	size_t len;

	while (!ret && !is_held(b) && !skw_loop_is_over(b->loop) &&
	       (record = skw_rings_next(rings, until_ns, &len))) {
		b->taken += len;
		ret = take_record(b, record, len, err);
		skw_rings_release_some(rings);
	}
	skw_rings_release(rings);
	return ret;
}

static int rest(void *ctx)
{
	struct bypass *b = ctx;
	bool much = b->taken > MUCH_BYTES;

	b->taken = 0;
	if (!b->file)
		return REST_MS;
	return much ? 0 : REST_RECORD_MS;
}

static void quiesce(void *ctx)
{
	struct bypass *b = ctx;

	skw_bypass_keeper_stop(&b->keeper, skw_loop_keeper(b->loop), &b->stays);
}

static const struct skw_source_ops ops = {
	.prepare = prepare,
	.verbs = verbs,
	.begin = begin,
	.start = start,
	.look = look,
	.peek = peek,
	.take = take,
	.rest = rest,
	.quiesce = quiesce,
};

/* ---- figures ---- */

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void report(void *ctx, bool final)
{
	const struct bypass *b = ctx;
	struct skw_bypass_counters c;

	if (!b->kern)
		return;
	skw_kern_bypass_count(b->kern, &c);
	skw_say("%llu message%s (%llu bytes) moved past TCP, in %llu"
		" direction%s, of which %llu went back to TCP",
		c.messages, plural(c.messages), c.bytes, c.taken, plural(c.taken), c.left);
	for (unsigned i = 0; i < SKW_BYPASS_REASONS; i++)
		if (c.passed[i])
			skw_say("%llu message%s (%llu bytes) passed to TCP: %s", c.passed[i],
				plural(c.passed[i]), c.passed_bytes[i], skw_bypass_event_reason(i));
	if (c.strangers)
		skw_say("%llu end%s left alone, as the other end is outside of the cgroup",
			c.strangers, plural(c.strangers));
	if (c.refused)
		skw_say("%llu socket%s could not be taken into the map", c.refused,
			plural(c.refused));
	if (c.lost)
		skw_say("%llu event%s lost because a ring was full", c.lost, plural(c.lost));
	if (b->file)
		skw_bypass_file_report(b->file, &c, final);
	if (!final || !b->plan->options->pin)
		return;
	if (b->stays)
		skw_say("%s stays: skwatch detach %s", b->pin.name, b->pin.name);
	else
		skw_say("%s was detached before the end", b->pin.name);
}

int skw_bypass_run(const struct skw_bypass_plan *plan, struct skw_error *err)
{
	struct bypass b = { .plan = plan, .cgroup_fd = -1 };
	struct skw_act_plan act = { .options = plan->options,
				    .source = { &ops, &b },
				    .tell = &b.tell,
				    .report = report,
				    .ctx = &b,
				    .pinned = &b.pinned };
	int ret = check(&b, err);

	if (!ret && b.file) {
		b.recorder = skw_bypass_file_sink(b.file);
		act.recorder = &b.recorder;
	}
	if (!ret && plan->options->dry_run)
		say_plan(&b);
	else if (!ret)
		ret = skw_act_run(&act, err);
	skw_kern_bypass_close(b.kern);
	skw_bypass_file_free(b.file);
	skw_cleanup_fd(&b.cgroup_fd);
	return ret;
}

/* ---- pins ---- */

static int describe(const struct skw_pin *at, const struct skw_act_listing *to,
		    struct skw_error *err)
{
	struct skw_bypass_counters c;
	int ret = skw_kern_bypass_read(at, &c);

	if (ret)
		return skw_error_set(err, ret, "the counters: %s", skw_error_why(ret));
	to->add(to->ctx, "messages moved past TCP", c.messages);
	to->add(to->ctx, "bytes moved past TCP", c.bytes);
	for (unsigned i = 0; i < SKW_BYPASS_REASONS; i++) {
		char text[128];

		snprintf(text, sizeof(text), "messages passed: %s", skw_bypass_event_reason(i));
		if (c.passed[i])
			to->add(to->ctx, text, c.passed[i]);
	}
	return 0;
}

const struct skw_act_kind skw_bypass_kind = { .name = "bypass", .describe = describe };
