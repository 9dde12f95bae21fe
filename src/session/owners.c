// SPDX-License-Identifier: BSD-2-Clause
#include "session/owners.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "abi/conn.h"
#include "util/clock.h"
#include "model/watch.h"
#include "util/say.h"
#include "watch/watch.h"

/* Sweeps tell the sockets that no event told, and the holders of inherited sockets. */
#define SWEEP_NS (30 * SKW_NS_PER_S)
/* A summary tells the figures of each connection. */
#define SUMMARY_SWEEP_NS SKW_NS_PER_S
/* The last packets of a connection come after its close. */
#define CLOSED_NS (5 * SKW_NS_PER_S)
/* In percent of a CPU. */
#define SWEEP_SHARE 5
#define LEAD_NS     (SKW_OWNERS_SESSION_LEAD_MS * SKW_NS_PER_MS)
/* Packets wake the loop, and each look at them looks at the events, too. */
#define WAIT_MS    200
#define RING_BYTES (4ULL << 20)

/* The events that tell which sockets there are, and whose. */
#define TABLE_EVENTS                                                                               \
	(SKW_EVENT_BIT(SKW_EVENT_CREATOR) | SKW_EVENT_BIT(SKW_EVENT_CLOSER) |                      \
	 SKW_EVENT_BIT(SKW_EVENT_CONNECT) | SKW_EVENT_BIT(SKW_EVENT_ESTABLISHED) |                 \
	 SKW_EVENT_BIT(SKW_EVENT_LISTEN) | SKW_EVENT_BIT(SKW_EVENT_CLOSE) |                        \
	 SKW_EVENT_BIT(SKW_EVENT_WIRE) | SKW_EVENT_BIT(SKW_EVENT_RELEASE))
/* These cost something for each packet, and tell nothing that a table of connections needs. */
#define PACKET_EVENTS (SKW_EVENT_BIT(SKW_EVENT_WIRE) | SKW_EVENT_BIT(SKW_EVENT_RELEASE))

static const struct skw_table *table(void *ctx)
{
	const struct skw_owners_session *o = ctx;

	return o->off ? NULL : skw_watch_table(o->watch);
}

static uint32_t netns(void *ctx)
{
	return skw_watch_netns(((struct skw_owners_session *)ctx)->watch);
}

static bool are_told(void *ctx)
{
	const struct skw_owners_session *o = ctx;

	return !(skw_watch_status(o->watch)->lacks & SKW_LACKS_WIRE);
}

static bool is_local(void *ctx, const uint8_t addr[16], uint8_t family)
{
	return skw_watch_is_local(((struct skw_owners_session *)ctx)->watch, addr, family);
}

static const struct skw_packet *complete(void *ctx, const struct skw_packet *run, size_t *n)
{
	return skw_join_owners_run(((struct skw_owners_session *)ctx)->join, run, n);
}

static bool is_wanted(void *ctx, const struct skw_row *row)
{
	const struct skw_owners_session *o = ctx;

	return skw_health_has(o->health->health, row);
}

static uint64_t generation(void *ctx)
{
	return ((const struct skw_owners_session *)ctx)->health->generation;
}

static bool adds_owners(const struct skw_session_plan *plan)
{
	if (plan->no_owner)
		return false;
	if (plan->owner)
		return true;
	return (plan->file.name && plan->file.format == SKW_FILE_PCAPNG) ||
	       (plan->lines && isatty(STDOUT_FILENO));
}

bool skw_owners_session_joins(const struct skw_session_plan *plan)
{
	return plan->where.text || adds_owners(plan);
}

/* Each sweep must see a connection after its close, and these events change figures. */
static void look_often(struct skw_watch_plan *plan)
{
	if (plan->interval_ns == SWEEP_NS)
		plan->interval_ns = SKW_NS_PER_S;
	plan->closed_ns += 2 * plan->interval_ns;
	plan->events |= SKW_EVENT_BIT(SKW_EVENT_CONNECT) | SKW_EVENT_BIT(SKW_EVENT_ESTABLISHED) |
			SKW_EVENT_BIT(SKW_EVENT_RTO) | SKW_EVENT_BIT(SKW_EVENT_RETRANS) |
			SKW_EVENT_BIT(SKW_EVENT_CLOSE) | SKW_EVENT_BIT(SKW_EVENT_LISTEN);
}

/* Plans what the connections are asked for. Returns false if it is nothing. */
static bool ask(struct skw_owners_session *o, const struct skw_session_plan *plan)
{
	bool joins = skw_owners_session_joins(plan);
	bool events = plan->recorded.wanted;
	bool figures = plan->summary && !plan->no_owner;

	if (!joins && !events && !figures)
		return false;
	if (events)
		o->plan.events = plan->recorded.what.types.mask & ~SKW_EVENT_TYPES_HEALTH;
	if ((events || o->health) && plan->recorded.sweep_ns)
		o->plan.interval_ns = plan->recorded.sweep_ns;
	if (o->health)
		look_often(&o->plan);
	/* A capture costs little, also on a host with many connections, unless it is asked to. */
	else if (!plan->recorded.rows_every_ns && !o->triggers)
		o->plan.sweep_share = SWEEP_SHARE;
	if (figures && o->plan.interval_ns > SUMMARY_SWEEP_NS)
		o->plan.interval_ns = SUMMARY_SWEEP_NS;
	if (!joins && !events)
		o->plan.table_events &= ~PACKET_EVENTS;
	o->plan.packets = joins || figures;
	o->lost = figures ? "the summary has no processes and no figures of the kernel"
		  : o->owners && events ? "packets get no owners and no events are recorded"
		  : o->owners           ? "packets get no owners"
					: "no events are recorded";
	o->option = o->owners && events ? "--no-owner and --no-events leave"
		    : o->owners         ? "--no-owner leaves"
					: "--no-events leaves";
	return true;
}

int skw_owners_session_make(struct skw_owners_session *o, const struct skw_session_plan *plan,
			    struct skw_tee *tee, struct skw_health_session *health,
			    struct skw_error *err)
{
	bool owners = adds_owners(plan);
	const struct skw_join_owners_options opt = { .table = table,
						     .netns = netns,
						     .is_local = is_local,
						     .are_told = are_told,
						     .is_wanted = health ? is_wanted : NULL,
						     .generation = generation,
						     .no_owners = !owners,
						     .ctx = o };

	*o = (struct skw_owners_session){
		.health = health,
		.plan = { .table_events = TABLE_EVENTS,
			  .interval_ns = SWEEP_NS,
			  .closed_ns = CLOSED_NS,
			  .netns = "all",
			  .ring_bytes = RING_BYTES,
			  .wait_ms = WAIT_MS,
			  .udp = true,
			  .quiet = true,
			  .told_lacks = SKW_LACKS_HOLDERS | SKW_LACKS_WIRE | SKW_LACKS_CALLBACKS },
		.quiet = plan->capture.quiet,
		.owners = owners,
		.triggers = plan->flight.on != NULL,
		.wanted = plan->owner || plan->recorded.asked || health
	};

	if (!ask(o, plan))
		return 0;
	o->join = skw_join_owners_new(&opt);
	if (!o->join)
		return skw_error_set(err, -ENOMEM, "out of memory");
	int ret = skw_watch_new(&o->plan, &o->watch, err);
	if (ret)
		return ret;
	o->inner = skw_watch_source(o->watch);
	if (health) {
		health->join = complete;
		health->table = table;
		health->ctx = o;
		return 0;
	}
	tee->complete = owners ? complete : NULL;
	tee->complete_ctx = o;
	return 0;
}

void skw_owners_session_report(const struct skw_owners_session *o,
			       const struct skw_record_journal *journal, bool final)
{
	if (!o->watch || o->off || !journal->events)
		return;
	if (!final)
		skw_watch_count(o->watch);
	uint64_t full = skw_watch_status(o->watch)->events_lost, lost = full + journal->lost;

	skw_say_clear();
	fprintf(stderr, "%" PRIu64 " event%s of connections recorded, %" PRIu64 " lost%s\n",
		journal->written, journal->written == 1 ? "" : "s", lost,
		!lost          ? ""
		: full == lost ? " because a ring was full"
		: full         ? " because a ring was full or the file was too slow"
			       : " because the file was too slow");
}

void skw_owners_session_free(struct skw_owners_session *o)
{
	skw_join_owners_free(o->join);
	skw_watch_free(o->watch);
}

const int *skw_owners_session_folder(const struct skw_owners_session *o)
{
	return o->watch ? skw_watch_folder_fd(o->watch) : NULL;
}

/*
 * The source is that of the connections. Where it can't be prepared and nobody has asked for it, it
 * is empty.
 */

static int prepare(void *ctx, struct skw_error *err)
{
	struct skw_owners_session *o = ctx;
	struct skw_error why = { 0 };
	int ret = o->inner.ops->prepare(o->inner.ctx, &why);

	if (ret && o->wanted) {
		*err = why;
		return ret;
	}
	o->off = ret != 0;
	if (ret && !o->quiet)
		skw_say("%s: %s (%s this out)", o->lost, why.text, o->option);
	return 0;
}

static struct skw_keeper_table *verbs(void *ctx)
{
	const struct skw_owners_session *o = ctx;

	return o->off ? NULL : o->inner.ops->verbs(o->inner.ctx);
}

static int begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	const struct skw_owners_session *o = ctx;

	return o->off ? 0 : o->inner.ops->begin(o->inner.ctx, loop, err);
}

static int start(void *ctx, struct skw_error *err)
{
	const struct skw_owners_session *o = ctx;

	return o->off ? 0 : o->inner.ops->start(o->inner.ctx, err);
}

static int look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	const struct skw_owners_session *o = ctx;

	return o->off ? 0 : o->inner.ops->look(o->inner.ctx, now_ns, err);
}

static bool is_pressed(const struct skw_owners_session *o)
{
	return o->is_pressed && o->is_pressed(o->pressed);
}

/* Rather than be lost, packets get the owners that are known. */
static uint64_t lead_ns(const struct skw_owners_session *o)
{
	return is_pressed(o) ? 0 : LEAD_NS;
}

static bool peek(void *ctx, uint64_t *ts_ns)
{
	const struct skw_owners_session *o = ctx;

	*ts_ns = UINT64_MAX;
	/* Nor do they wait for the first sweep. */
	if (o->off || (!table(ctx) && is_pressed(o)))
		return false;
	bool in_sight = o->inner.ops->peek(o->inner.ctx, ts_ns);

	if (*ts_ns != UINT64_MAX)
		*ts_ns -= *ts_ns < lead_ns(o) ? *ts_ns : lead_ns(o);
	return in_sight;
}

static int take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	const struct skw_owners_session *o = ctx;

	if (until_ns < UINT64_MAX - LEAD_NS)
		until_ns += lead_ns(o);
	return o->off ? 0 : o->inner.ops->take(o->inner.ctx, until_ns, err);
}

static int step(void *ctx, struct skw_error *err)
{
	const struct skw_owners_session *o = ctx;

	return o->off ? 0 : o->inner.ops->step(o->inner.ctx, err);
}

static int rest(void *ctx)
{
	const struct skw_owners_session *o = ctx;

	return o->off ? -1 : o->inner.ops->rest(o->inner.ctx);
}

static void quiesce(void *ctx)
{
	const struct skw_owners_session *o = ctx;

	if (!o->off)
		o->inner.ops->quiesce(o->inner.ctx);
}

static void say_incomplete(const struct skw_owners_session *o)
{
	const struct skw_watch_status *status = skw_watch_status(o->watch);

	if (status->incomplete)
		skw_say("%" PRIu64 " of the sweeps could not read all (%s: %s), so %s",
			status->incomplete, status->trouble, skw_error_why(status->trouble_error),
			o->owners ? "packets may lack their owners" : "connections may be missing");
}

static int end(void *ctx, struct skw_error *err)
{
	const struct skw_owners_session *o = ctx;
	int ret = o->off ? 0 : o->inner.ops->end(o->inner.ctx, err);
	uint64_t lost = o->off ? 0 : skw_watch_status(o->watch)->events_lost;

	if (!ret && o->last && table(ctx))
		ret = o->last(o->last_ctx, table(ctx), err);
	if (!o->off && !o->quiet)
		say_incomplete(o);
	if (!lost || o->quiet)
		return ret;
	const char *more = o->triggers ? "triggers may be missing"
			   : o->health ? "connections may enter and leave late"
				       : NULL;

	if (o->owners || more)
		skw_say("%" PRIu64 " events were lost because a ring was full, so %s%s%s", lost,
			o->owners ? "packets may lack their owners" : "",
			o->owners && more ? ", and " : "", more ? more : "");
	else if (o->last)
		skw_say("%" PRIu64 " events were lost because a ring was full, so the summary may "
			"lack figures of the kernel",
			lost);
	return ret;
}

static const struct skw_source_ops ops = {
	.prepare = prepare,
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

struct skw_source skw_owners_session_source(struct skw_owners_session *o)
{
	return (struct skw_source){ &ops, o };
}
