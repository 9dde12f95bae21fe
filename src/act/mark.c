// SPDX-License-Identifier: BSD-2-Clause
#include "act/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "act/kind.h"
#include "keeper/keeper.h"
#include "keeper/privileges.h"
#include "kern/act/marker.h"
#include "kern/act/pins.h"
#include "kern/host/cgroup.h"
#include "loop/loop.h"
#include "row/record.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/hash.h"
#include "util/limits.h"
#include "util/say.h"

#define WAIT_MS     100
#define DESCRIPTORS 64

struct mark {
	const struct skw_act_mark_plan *plan;
	char cgroup[PATH_MAX];
	uint32_t host;
	struct skw_marker *marker; /* owned */
	struct skw_act_tell tell;
	struct skw_marker_figures figures;
	uint64_t bad; /* records that were not understood */
	struct skw_loop *loop;
	struct skw_keeper_table table;
	int kept[2];
};

/* ---- figures ---- */

#define IN_COUNTERS(member) offsetof(struct skw_mark_counters, member)

static const struct {
	size_t offset;
	const char *text;
	bool always; /* told even if it is 0 */
} counters[] = {
	{ IN_COUNTERS(syns), "SYNs marked", true },
	{ IN_COUNTERS(answers), "SYN-ACKs marked", true },
	{ IN_COUNTERS(learned), "peers learned", true },
	{ IN_COUNTERS(no_room), "not marked because there was no room", true },
	{ IN_COUNTERS(retried), "opened by a SYN that was sent again without a mark", false },
	{ IN_COUNTERS(syncookies), "not marked because of SYN cookies", false },
	{ IN_COUNTERS(malformed), "malformed options of peers", false },
	{ IN_COUNTERS(unwritten), "marks not written", false },
};

static uint64_t count_of(const struct skw_mark_counters *c, size_t i)
{
	return *(const __u64 *)((const char *)c + counters[i].offset);
}

/* ---- what it is about ---- */

/*
 * The number of this host where the user gives none. The file's own text is a secret
 * (machine-id(5)), and 32 bits of a hash don't tell it.
 */
static int number_host(uint32_t *host, struct skw_error *err)
{
	SKW_AUTO_FD int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
	char id[33] = "";
	ssize_t n = fd < 0 ? -1 : read(fd, id, sizeof(id) - 1);

	if (n < 0)
		return skw_error_usage(err,
				       "/etc/machine-id: %s; give a number of this host with "
				       "--host-id",
				       strerror(errno));
	if (n < (ssize_t)sizeof(id) - 1)
		return skw_error_usage(err, "/etc/machine-id has no number of this host; give one "
					    "with --host-id");
	*host = (uint32_t)(skw_hash_bytes(0x736b77, id, sizeof(id) - 1) >> 32);
	if (*host == 0 || *host == SKW_NONE32)
		*host = 1;
	return 0;
}

static int find_cgroup(struct mark *m, struct skw_error *err)
{
	const char *name = m->plan->cgroup;
	char mount[PATH_MAX];

	if (!name || !name[0])
		return skw_error_usage(err, "mark needs --cgroup PATH: the sockets to mark; / is "
					    "the root");
	int ret = skw_cgroup_mount(mount, err);
	return ret ? ret : skw_cgroup_find(mount, name, m->cgroup, err);
}

static int check_pin(const struct mark *m, struct skw_error *err)
{
	const struct skw_act_options *o = &m->plan->options;
	const char *ignored = o->json          ? "--json"
			      : o->count       ? "-c"
			      : o->duration_ns ? "--duration"
					       : NULL;

	if (!o->pin)
		return 0;
	if (ignored)
		return skw_error_usage(err,
				       "%s: with --pin, mark prints no events and ends at once; "
				       "top and events show what the peers tell",
				       ignored);
	return skw_pins_check(o->bpffs, o->pin, err);
}

static void say_plan(const struct mark *m)
{
	skw_say("each connection of %s tells its peer, and everybody on the way, in its SYN or "
		"SYN-ACK: host %" PRIu32 ", the socket's cookie%s",
		m->cgroup, m->host,
		m->plan->names ? ", the first letters of its process's name" : "");
	skw_say("a SYN-ACK tells it only if the SYN did; what a peer tells is not proved by "
		"anything");
}

static int open_marker(struct mark *m, struct skw_error *err)
{
	const struct skw_marker_options opt = { .cgroup = m->cgroup,
						.host = m->host,
						.names = m->plan->names,
						.events = !m->plan->options.pin };
	struct skw_marker_figures f;

	int ret = skw_limits_descriptors(DESCRIPTORS, err);
	if (!ret)
		ret = skw_marker_open(&opt, &m->marker, err);
	if (ret)
		return ret;
	skw_marker_count(m->marker, &f);
	if (f.marks.enrolled)
		skw_say("listeners that were there already: %" PRIu64, (uint64_t)f.marks.enrolled);
	if (skw_marker_is_shared(m->marker))
		skw_say("another program has callbacks for these sockets (see bpftool cgroup "
			"tree): flags that it may have set stay, which costs accepted "
			"connections some nanoseconds a packet");
	if (f.marks.refused || !skw_marker_reaches_listeners(m->marker))
		skw_say("this kernel can't change listeners that are there already (6.12 can): "
			"they answer without a mark until they are restarted");
	if (skw_marker_lacks_holders(m->marker))
		skw_say("this kernel can't list the holders of sockets (no iter/task_file): "
			"listeners that are there already answer without a name");
	return 0;
}

/* ---- the session ---- */

static int prepare(void *ctx, struct skw_error *err)
{
	return open_marker(ctx, err);
}

/* Not before: a signal ends the command without a report until now. */
static int start(void *ctx, struct skw_error *err)
{
	(void)err;
	skw_say("marking connections of %s", ((struct mark *)ctx)->cgroup);
	return 0;
}

static int serve_stop(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	(void)request;
	(void)reply;
	if (len)
		return -EINVAL;
	skw_marker_stop(((struct mark *)ctx)->marker);
	return 0;
}

static const struct skw_keeper_verb verbs[] = { { "stop marking", serve_stop } };

static void settle(void *ctx)
{
	skw_marker_disarm(((struct mark *)ctx)->marker);
}

static void orphaned(void *ctx)
{
	skw_marker_stop(((struct mark *)ctx)->marker);
}

static struct skw_keeper_table *get_table(void *ctx)
{
	struct mark *m = ctx;

	m->table = (struct skw_keeper_table){ .verbs = verbs,
					      .n_verbs = SKW_ARRAY_SIZE(verbs),
					      .ctx = m,
					      .keep_fds = m->kept,
					      .n_keep = skw_marker_kept_fds(m->marker, m->kept),
					      .settle = settle,
					      .orphaned = orphaned };
	return &m->table;
}

static int begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	(void)err;
	((struct mark *)ctx)->loop = loop;
	return 0;
}

static int look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	struct mark *m = ctx;
	int ret = skw_rings_look(skw_marker_rings(m->marker), now_ns);

	return ret ? skw_error_set(err, ret, "events: %s", strerror(-ret)) : 0;
}

static bool peek(void *ctx, uint64_t *ts_ns)
{
	return skw_rings_peek(skw_marker_rings(((struct mark *)ctx)->marker), ts_ns);
}

static int tell(struct mark *m, const struct skw_mark_rec *rec, size_t len, struct skw_error *err)
{
	struct skw_event_told told;
	char comm[SKW_COMM_LEN + 1] = "";

	if (len != sizeof(*rec) || skw_record_event(&rec->event, sizeof(rec->event), &told)) {
		m->bad++;
		return 0;
	}
	memcpy(comm, rec->peer.remote_comm, SKW_COMM_LEN);
	told.socket.row.state = SKW_STATE_ESTABLISHED;
	bool learned = rec->peer.remote_host != 0;
	const struct skw_act_fact facts[] = {
		{ "remote_host", NULL, learned ? rec->peer.remote_host : SKW_NONE64 },
		{ "remote_cookie", NULL, learned ? rec->peer.remote_cookie : SKW_NONE64 },
		{ "remote_comm", comm[0] ? comm : NULL, SKW_NONE64 },
	};
	const struct skw_act_event event = { .ts_ns = told.event.ts_ns,
					     .type = learned ? "learned" : "marked",
					     .row = &told.socket.row,
					     .facts = facts,
					     .facts_len = SKW_ARRAY_SIZE(facts) };

	return skw_act_tell(&m->tell, &event, err);
}

static int take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct mark *m = ctx;
	struct skw_rings *rings = skw_marker_rings(m->marker);
	const void *record;
	size_t len;
	int ret = 0;

	while (!ret && !skw_loop_is_over(m->loop) &&
	       (record = skw_rings_next(rings, until_ns, &len)))
		ret = tell(m, record, len, err);
	skw_rings_release(rings);
	return ret;
}

/* Events do not wake the loop, because a wake-up costs a connection as much as its handshake. */
static int rest(void *ctx)
{
	(void)ctx;
	return WAIT_MS;
}

static void quiesce(void *ctx)
{
	struct mark *m = ctx;

	/* A keeper that has died has nothing attached either. */
	skw_keeper_call(skw_loop_keeper(m->loop), m->table.first, NULL, 0, NULL, NULL, NULL, NULL);
}

static const struct skw_source_ops ops = {
	.prepare = prepare,
	.start = start,
	.verbs = get_table,
	.begin = begin,
	.look = look,
	.peek = peek,
	.take = take,
	.rest = rest,
	.quiesce = quiesce,
};

static void report(void *ctx, bool final)
{
	struct mark *m = ctx;
	struct skw_buf text = SKW_BUF_INIT;
	struct skw_marker_figures f;

	(void) final;
	skw_marker_count(m->marker, &f);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(counters); i++)
		if (counters[i].always || count_of(&f.marks, i))
			skw_buf_printf(&text, "%s%" PRIu64 " %s", text.len ? ", " : "",
				       count_of(&f.marks, i), counters[i].text);
	skw_say("%.*s", (int)text.len, (const char *)text.data);
	skw_buf_free(&text);
	skw_say("%" PRIu64 " events printed, %" PRIu64 " lost because a ring was full",
		m->tell.told, f.events_lost + m->bad);
}

static int run_session(struct mark *m, struct skw_error *err)
{
	const struct skw_act_plan plan = { .options = &m->plan->options,
					   .source = { &ops, m },
					   .tell = &m->tell,
					   .report = report,
					   .ctx = m };

	return skw_act_run(&plan, err);
}

/* ---- pins ---- */

static int pin(struct mark *m, struct skw_error *err)
{
	const struct skw_act_options *o = &m->plan->options;
	struct skw_pin_meta meta = { .kind = "mark" };
	struct stat st;
	int ret = open_marker(m, err);

	if (ret)
		return ret;
	if (stat(m->cgroup, &st) == 0)
		meta.where_id = st.st_ino;
	snprintf(meta.where, sizeof(meta.where), "%.*s", (int)sizeof(meta.where) - 1, m->cgroup);
	snprintf(meta.what, sizeof(meta.what), "host %" PRIu32 "%s", m->host,
		 m->plan->names ? ", names" : "");
	skw_act_hold_signals();
	ret = skw_marker_pin(m->marker, o->bpffs, o->pin, &meta, err);
	if (ret)
		skw_marker_stop(m->marker);
	else
		skw_say("marking connections of %s until skwatch detach %s", m->cgroup, o->pin);
	return ret;
}

static int describe(const struct skw_pin *pin, const struct skw_act_listing *to,
		    struct skw_error *err)
{
	struct skw_mark_counters n;
	int ret = skw_marker_count_pin(pin, &n);

	if (ret)
		return skw_error_set(err, ret, "its counters: %s", skw_error_why(ret));
	for (size_t i = 0; i < SKW_ARRAY_SIZE(counters); i++)
		to->add(to->ctx, counters[i].text, count_of(&n, i));
	return 0;
}

const struct skw_act_kind skw_act_mark_kind = { .name = "mark", .describe = describe };

int skw_act_mark_run(const struct skw_act_mark_plan *plan, struct skw_error *err)
{
	struct mark m = { .plan = plan, .host = plan->host };
	int ret = find_cgroup(&m, err);

	if (!ret && !m.host)
		ret = number_host(&m.host, err);
	if (!ret)
		ret = check_pin(&m, err);
	if (!ret)
		ret = skw_privileges_missing(SKW_USE_WATCH, err);
	if (ret)
		return ret;
	say_plan(&m);
	if (plan->options.dry_run)
		return 0;
	ret = plan->options.pin ? pin(&m, err) : run_session(&m, err);
	skw_marker_close(m.marker);
	return ret;
}
