// SPDX-License-Identifier: BSD-2-Clause
#include "watch/watch.h"

#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "row/record.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"
#include "watch/state.h"
#include "watch/table_taker.h"

#define LARGE_BYTES (128 << 10)
#define FORGET_NS   (2 * SKW_NS_PER_S)

int skw_watch_new(const struct skw_watch_plan *plan, struct skw_watch **out, struct skw_error *err)
{
	const struct skw_table_options options = { .closed_ns = plan->closed_ns,
						   .owners = true,
						   .packets = plan->packets };
	struct skw_watch *w = calloc(1, sizeof(*w));

	if (!w || (!plan->taker && skw_table_new(&options, &w->table) < 0)) {
		free(w);
		return skw_error_set(err, -ENOMEM, "out of memory");
	}
	/*
	 * Each tick needs much memory for a short time, which must go back to the kernel. By
	 * default, malloc() raises this threshold when the first large block is freed, and then
	 * keeps later blocks.
	 */
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	w->taker = plan->taker ? *plan->taker : skw_table_taker(w->table);
	w->plan = plan;
	w->interval_ns = plan->interval_ns;
	w->tick_fd = w->sweep.reader.fd = -1;
	w->names.mount_fd = w->names.top_fd = w->addresses.fd = -1;
	*out = w;
	return 0;
}

void skw_watch_free(struct skw_watch *w)
{
	if (!w)
		return;
	skw_conn_reader_free(&w->sweep.reader);
	skw_verbs_watch_settle(&w->verbs);
	skw_conn_close(w->conn);
	skw_table_free(w->table);
	skw_watch_names_free(&w->names);
	skw_id_set_free(&w->readable);
	skw_cleanup_fd(&w->tick_fd);
	skw_addresses_close(&w->addresses);
	skw_peers_close(&w->peers);
	free(w->netns);
	free(w);
}

const int *skw_watch_folder_fd(const struct skw_watch *w)
{
	return &w->names.mount_fd;
}

const struct skw_watch_status *skw_watch_status(const struct skw_watch *w)
{
	return &w->status;
}

const struct skw_table *skw_watch_table(const struct skw_watch *w)
{
	return w->status.now_ns ? w->table : NULL;
}

uint32_t skw_watch_netns(const struct skw_watch *w)
{
	return w->verbs.home;
}

bool skw_watch_is_local(const struct skw_watch *w, const uint8_t addr[16], uint8_t family)
{
	return skw_addresses_have(&w->addresses, addr, family);
}

int skw_watch_find_sockets(struct skw_watch *w, enum skw_watch_finder who, bool on)
{
	unsigned before = w->finders;
	int ret = 0;

	w->finders = on ? before | who : before & ~(unsigned)who;
	if (!w->finders != !before)
		ret = skw_table_find_sockets(w->table, on);
	if (ret)
		w->finders = before;
	return ret;
}

void skw_watch_message(struct skw_watch *w, const struct skw_message *m)
{
	const struct skw_tuple *t = &m->tuple;
	/* A connection of TCP has a socket here by both its ends, wherever here is. */
	bool any = t->proto == IPPROTO_TCP;

	skw_table_message(w->table, skw_watch_netns(w), m,
			  any || skw_watch_is_local(w, t->local_addr, t->family),
			  any || skw_watch_is_local(w, t->remote_addr, t->family));
}

void skw_watch_forget_messages(struct skw_watch *w)
{
	skw_table_forget_messages(w->table);
}

uint64_t skw_watch_messages_left_out(const struct skw_watch *w)
{
	return skw_table_messages_left_out(w->table);
}

void skw_watch_name_remotes(struct skw_watch *w, uint64_t since_ns,
			    const char *(*name)(void *ctx, const struct skw_row *row,
						const char **source),
			    void *ctx)
{
	skw_table_name_remotes(w->table, since_ns, name, ctx);
}

void skw_watch_follow(struct skw_watch *w, uint64_t cookie)
{
	skw_table_follow(w->table, cookie);
}

int skw_watch_set_interval(struct skw_watch *w, uint64_t interval_ns, struct skw_error *err)
{
	if (interval_ns == w->interval_ns)
		return 0;
	w->interval_ns = interval_ns;
	int ret = skw_clock_timer_set(w->tick_fd, interval_ns, interval_ns);
	return ret ? skw_error_set(err, ret, "sweeps: %s", strerror(-ret)) : 0;
}

void skw_watch_set_paused(struct skw_watch *w, bool paused)
{
	w->paused = paused;
}

void skw_watch_count(struct skw_watch *w)
{
	struct skw_conn_counters sum;

	skw_conn_count(w->conn, &sum);
	w->status.events = sum.events;
	w->status.events_lost = sum.lost;
}

int skw_watch_count_datagrams(struct skw_watch *w, bool on)
{
	int ret = on == w->status.counts
			  ? 0
			  : skw_verbs_watch_change(&w->verbs, skw_loop_keeper(w->loop),
						   on ? SKW_WATCH_COUNTS : SKW_WATCH_COUNTS_NOT);

	w->status.counts = on && !ret;
	return ret;
}

static const struct {
	uint32_t bit;
	const char *text;
} lacks[] = {
	{ SKW_LACKS_ENROL,
	  "this kernel can't give callbacks to connections that are open already (6.12 can): their "
	  "RTT samples, RTO counts and events are unknown" },
	{ SKW_LACKS_RTT_ARGS,
	  "this kernel does not report single RTT samples (6.10 does): the smoothed RTT is shown "
	  "instead" },
	{ SKW_LACKS_UDP, "this kernel can't list UDP sockets (no iter/udp): they have no rows" },
	{ SKW_LACKS_HOLDERS, "this kernel can't list the holders of sockets (no iter/task_file): "
			     "owners are the processes "
			     "that connected" },
	{ SKW_LACKS_CREATOR, "callbacks can't read the calling process on this kernel: "
			     "short connections have no owner" },
	{ SKW_LACKS_FAILED, "this kernel's functions can't be traced (no fentry): a connect() that "
			    "fails before anything is sent has no event" },
	{ SKW_LACKS_SYNACK, "this kernel has no tracepoints for BPF programs: SYN-ACKs that are "
			    "sent again have no events" },
	{ SKW_LACKS_WIRE,
	  "the programs that tell the addresses of packets are refused, by this kernel or "
	  "for a program of others that is attached: "
	  "short sockets of UDP and translated connections have no owners" },
	{ SKW_LACKS_CALLBACKS,
	  "without callbacks, sweeps alone tell of connections: RTT samples, RTO counts and most "
	  "events are unknown, and short connections are missed" },
	{ SKW_LACKS_COUNTS,
	  "this kernel refuses the programs that count datagrams: what sockets of "
	  "UDP move is unknown" },
};

/* Called again while the watch runs, because some lacks are noticed only then. */
static void note_lacks(struct skw_watch *w)
{
	uint32_t news = skw_conn_lacks(w->conn) & ~w->status.lacks;

	w->status.lacks |= news;
	if (w->plan->quiet)
		news &= w->plan->told_lacks;
	if (news & SKW_LACKS_CALLBACKS)
		skw_say("%s", skw_conn_excluded(w->conn));
	for (size_t i = 0; i < SKW_ARRAY_SIZE(lacks); i++)
		if (news & lacks[i].bit)
			skw_say("%s", lacks[i].text);
}

static struct skw_keeper_table *verbs(void *watch)
{
	return &((struct skw_watch *)watch)->verbs.table;
}

static int begin(void *watch, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_watch *w = watch;

	(void)err;
	w->loop = loop;
	return 0;
}

static int on_tick(void *watch, struct skw_error *err)
{
	struct skw_watch *w = watch;

	(void)err;
	if (skw_clock_timer_read(w->tick_fd) && !w->paused &&
	    skw_clock_monotonic_ns() >= w->not_until_ns)
		w->due = true;
	return 0;
}

static int on_addresses(void *watch, struct skw_error *err)
{
	int ret = skw_addresses_read(&((struct skw_watch *)watch)->addresses);

	return ret ? skw_error_set(err, ret, "addresses: %s", strerror(-ret)) : 0;
}

static int start(void *watch, struct skw_error *err)
{
	struct skw_watch *w = watch;
	int ret = w->tick_fd = skw_clock_timer();

	if (ret >= 0 && w->addresses.fd >= 0)
		ret = skw_loop_watch(w->loop, w->addresses.fd, EPOLLIN, on_addresses, w);

	if (ret >= 0)
		ret = skw_loop_watch(w->loop, w->tick_fd, EPOLLIN, on_tick, w);
	if (ret >= 0)
		ret = skw_clock_timer_set(w->tick_fd, w->interval_ns, w->interval_ns);
	if (ret < 0)
		return skw_error_set(err, ret, "sweeps: %s", strerror(-ret));
	w->due = true;
	return 0;
}

/*
 * Whether an event's namespace is watched. An unknown namespace makes the next sweep look for new
 * ones.
 */
static bool is_of_ours(struct skw_watch *w, uint32_t netns)
{
	if (skw_watch_lists(w, netns))
		return true;
	w->strange_netns = w->verbs.scan;
	return w->verbs.scan;
}

static int take_event(struct skw_watch *w, const void *record, size_t len, struct skw_error *err)
{
	struct skw_event_told told;
	struct skw_remote remote;
	/* A taker that returns 1 fills it in. */
	struct skw_event event = { .row = &told.socket.row };

	if (skw_record_event(record, len, &told)) {
		w->taker.ops->bad_record(w->taker.ctx);
		return 0;
	}
	if (!is_of_ours(w, told.socket.row.netns))
		return 0;
	skw_watch_ask_peer(w, &told.socket.row, &remote);
	int ret = skw_watch_names_before(&w->names, &w->taker, told.socket.row.cgroup_id);

	if (!ret)
		ret = w->taker.ops->event(w->taker.ctx, &told, &event);

	if (ret < 0)
		return skw_error_set(err, ret, "events: %s", strerror(-ret));
	if (ret == 0 || !(w->plan->events & SKW_EVENT_BIT(event.type)))
		return 0;
	/* A new cgroup must have its name before its first line is printed. */
	if (!event.row->cgroup && event.row->cgroup_id != SKW_NONE64) {
		ret = skw_watch_names_fill(&w->names, &w->taker);
		if (ret)
			return skw_error_set(err, ret, "names of cgroups: %s", strerror(-ret));
	}
	return skw_loop_event(w->loop, &event, err);
}

/* Packets must not get the owner of a socket that was closed long ago, and sweeps may be rare. */
static void forget_closed(struct skw_watch *w, uint64_t now_ns)
{
	if (!w->plan->packets || now_ns == UINT64_MAX || now_ns - w->expired_ns < FORGET_NS)
		return;
	w->expired_ns = now_ns;
	skw_table_expire(w->table, now_ns);
}

static int look(void *watch, uint64_t now_ns, struct skw_error *err)
{
	struct skw_watch *w = watch;

	forget_closed(w, now_ns);
	w->status.offset_ns = skw_loop_clock(w->loop)->offset_ns;
	/* The first sweep tells the names and the owners that the first events are shown with. */
	if (!w->status.now_ns && now_ns != UINT64_MAX)
		return 0;
	int ret = skw_rings_look(skw_conn_rings(w->conn), now_ns);
	return ret ? skw_error_set(err, ret, "events: %s", strerror(-ret)) : 0;
}

static bool peek(void *watch, uint64_t *ts_ns)
{
	return skw_rings_peek(skw_conn_rings(((struct skw_watch *)watch)->conn), ts_ns);
}

/* If that fails, the next sweep tries again, and tells it. */
static void name_cgroups(struct skw_watch *w)
{
	(void)skw_watch_names_fill(&w->names, &w->taker);
}

static int take(void *watch, uint64_t until_ns, struct skw_error *err)
{
	struct skw_watch *w = watch;
	struct skw_rings *rings = skw_conn_rings(w->conn);
	const void *record;
	size_t len;
	int ret = 0;

	while (!ret && !skw_loop_is_over(w->loop) &&
	       (record = skw_rings_next(rings, until_ns, &len)))
		ret = take_event(w, record, len, err);
	skw_rings_release(rings);
	note_lacks(w);
	/* The next packet is perhaps of a process in a new cgroup. */
	if (!ret && w->plan->packets && w->status.now_ns)
		name_cgroups(w);
	return ret;
}

static int step(void *watch, struct skw_error *err)
{
	struct skw_watch *w = watch;

	if (w->sweep.phase == SKW_SWEEP_IDLE && !w->due)
		return 0;
	uint64_t began_ns = skw_clock_monotonic_ns();
	int ret = skw_sweep_slice(w, err);
	uint64_t now_ns = skw_clock_monotonic_ns();

	w->spent_ns += now_ns - began_ns;
	if (ret)
		return ret;
	if (w->plan->sweep_share)
		w->not_until_ns = now_ns + w->spent_ns * 100 / w->plan->sweep_share;
	w->spent_ns = 0;
	skw_watch_count(w);
	note_lacks(w);
	if (w->paused)
		return 0;
	return skw_loop_tick(w->loop, w->table, &w->status, err);
}

/* Events do not wake the loop, so it must look for them after this time. */
static int rest(void *watch)
{
	return (int)((struct skw_watch *)watch)->plan->wait_ms;
}

static void quiesce(void *watch)
{
	struct skw_watch *w = watch;
	struct skw_error ignored = { 0 };

	/* The packets of a very short capture have waited for the first sweep, and need it. */
	while (w->plan->packets && !w->status.now_ns && skw_sweep_slice(w, &ignored) > 0)
		;
	/* A keeper that has died has nothing attached either. */
	skw_verbs_watch_change(&w->verbs, skw_loop_keeper(w->loop), SKW_WATCH_STOPS);
}

/* Runs after a failure, too, so that the final figures include the lost events. */
static int end(void *watch, struct skw_error *err)
{
	(void)err;
	skw_watch_count(watch);
	return 0;
}

static const struct skw_source_ops ops = {
	.prepare = skw_watch_prepare,
	.verbs = verbs,
	.begin = begin,
	.start = start,
	.look = look,
	.peek = peek,
	.take = take,
	.step = step,
	.rest = rest,
	.quiesce = quiesce,
	.end = end,
};

struct skw_source skw_watch_source(struct skw_watch *w)
{
	return (struct skw_source){ &ops, w };
}
