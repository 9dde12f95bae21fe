// SPDX-License-Identifier: BSD-2-Clause
/* A relay as a source of the loop: its events, its times, its begin and its end. */
#include "act/relay/relay.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "act/relay/accept.h"
#include "act/relay/conn.h"
#include "act/relay/connect.h"
#include "act/relay/health.h"
#include "act/relay/kernel.h"
#include "act/relay/state.h"
#include "act/relay/tell.h"
#include "loop/loop.h"
#include "row/address.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/limits.h"
#include "util/say.h"

/* A second signal only counts after this time, as terminals and timeout(1) may send two at once. */
#define PATIENCE_NS SKW_NS_PER_S

/* Descriptors: both ends of each connection, the pipes, a check for each backend. */
static unsigned descriptors(const struct skw_relay *r)
{
	return (unsigned)(2 * r->plan->most + 2 * SKW_RELAY_PIPES_MAX + r->pool.len);
}

static int prepare(void *ctx, struct skw_error *err)
{
	struct skw_relay *r = ctx;
	/* The loop and the outputs need some. */
	int ret = skw_limits_descriptors(descriptors(r) + 64, err);

	if (ret) {
		if (err)
			err->usage = true;
		return ret;
	}
	ret = skw_relay_mover_init(&r->mover, r->plan->engine);
	if (ret)
		return skw_error_set(err, ret, "out of memory");
	ret = skw_relay_kernel_open(r, err);
	return ret ? ret : skw_relay_accept_open(r, err);
}

static int on_event(void *ctx, void *data, uint32_t events, struct skw_error *err)
{
	struct skw_relay *r = ctx;
	struct skw_relay_watch *watch = data;
	struct skw_relay_end *end = data;

	r->now_ns = skw_clock_monotonic_ns();
	r->err = err;
	if (watch->kind == SKW_RELAY_LISTENER)
		skw_relay_accept_event(r);
	else if (watch->kind == SKW_RELAY_CHECK)
		skw_relay_health_event(r, watch);
	else if (end->conn->is_open && !end->conn->is_dead)
		skw_relay_conn_event(r, end, events);
	else if (!end->conn->is_dead)
		skw_relay_connect_event(r, end, events);
	return r->failure;
}

static int settle(struct skw_relay *r)
{
	skw_relay_accept_update(r);
	if (r->drain_ns && r->listener.fd < 0 && !r->active)
		skw_loop_stop(r->loop);
	return r->failure;
}

static int begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_relay *r = ctx;

	r->loop = loop;
	r->now_ns = skw_clock_monotonic_ns();
	r->epoll_fd = skw_loop_epoll_fd(loop);
	skw_loop_take_events(loop, on_event, r);
	(void)err;
	return 0;
}

static int start(void *ctx, struct skw_error *err)
{
	struct skw_relay *r = ctx;
	char at[SKW_ENDPOINT_SIZE];

	(void)err;
	skw_relay_accept_update(r);
	skw_relay_endpoint_text(&r->listen, at);
	if (r->plan->echo)
		skw_say("sending back what comes to %s", at);
	else
		skw_say("relaying %s to %zu backend%s", at, r->pool.len,
			r->pool.len == 1 ? "" : "s");
	return 0;
}

/* Ends all that has taken too long. */
static int look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	struct skw_relay *r = ctx;
	const struct skw_relay_plan *plan = r->plan;
	struct skw_relay_conn *c;

	if (now_ns == UINT64_MAX)
		return 0;
	r->now_ns = now_ns;
	r->err = err;
	while ((c = TAILQ_FIRST(&r->connecting)) && now_ns - c->touched_ns >= plan->connect_ns)
		skw_relay_connect_late(r, c);
	while (plan->idle_ns && (c = TAILQ_FIRST(&r->open)) &&
	       now_ns - c->touched_ns >= plan->idle_ns)
		if (skw_relay_conn_is_idle(r, c))
			skw_relay_conn_finish(r, c, "idle", true);
	skw_relay_conn_poll(r);
	skw_relay_health_look(r);
	if (skw_relay_accept_end(r) && r->active)
		skw_say("no more connections are taken; %u go on to their end (a second signal "
			"ends them)",
			r->active);
	if (r->drain_ns && plan->drain_ns && now_ns - r->drain_ns >= plan->drain_ns)
		skw_loop_stop(r->loop);
	return settle(r);
}

static int step(void *ctx, struct skw_error *err)
{
	struct skw_relay *r = ctx;

	/*
	 * No event is under way that points at a connection that has ended. In look() there may be
	 * some, as SIGUSR2 makes the loop look in the middle of its events.
	 */
	skw_relay_conn_reap(r);
	if (TAILQ_EMPTY(&r->ready))
		return 0;
	r->err = err;
	skw_relay_conn_turns(r);
	int ret = settle(r);
	return ret ? ret : !TAILQ_EMPTY(&r->ready);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static int rest(void *ctx)
{
	const struct skw_relay *r = ctx;
	const struct skw_relay_conn *connecting = TAILQ_FIRST(&r->connecting);
	const struct skw_relay_conn *open = TAILQ_FIRST(&r->open);
	uint64_t at_ns = skw_relay_health_next_ns(r);

	if (connecting)
		at_ns = earlier(at_ns, connecting->touched_ns + r->plan->connect_ns);
	if (open && r->plan->idle_ns)
		at_ns = earlier(at_ns, open->touched_ns + r->plan->idle_ns);
	if (r->drain_ns && r->plan->drain_ns)
		at_ns = earlier(at_ns, r->drain_ns + r->plan->drain_ns);
	if (!TAILQ_EMPTY(&r->polled))
		at_ns = earlier(at_ns, r->poll_ns);
	if (r->accept_ns)
		at_ns = earlier(at_ns, r->accept_ns);
	if (r->drain_ns && r->listener.fd >= 0)
		at_ns = earlier(at_ns, r->close_ns);
	if (at_ns == UINT64_MAX)
		return -1;
	/* Rounded up, so that it is due when the loop wakes. */
	uint64_t ms = at_ns <= r->now_ns ? 0 : (at_ns - r->now_ns) / SKW_NS_PER_MS + 1;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

/* The connections that are left get a reset. */
static void quiesce(void *ctx)
{
	struct skw_relay *r = ctx;
	struct skw_relay_conn *c;

	r->now_ns = skw_clock_monotonic_ns();
	r->err = NULL;
	skw_relay_accept_close(r);
	while ((c = TAILQ_FIRST(&r->connecting)) || (c = TAILQ_FIRST(&r->open)))
		skw_relay_conn_finish(r, c, "the relay has ended", true);
	skw_relay_conn_reap(r);
}

static void free_relay(void *ctx)
{
	struct skw_relay *r = ctx;

	skw_relay_accept_close(r);
	for (size_t i = 0; i < r->pool.len; i++)
		skw_cleanup_fd(&r->pool.list[i].try.fd);
	skw_relay_mover_free(&r->mover);
	skw_relay_kernel_close(r);
}

static const struct skw_source_ops ops = {
	.prepare = prepare,
	.begin = begin,
	.start = start,
	.look = look,
	.step = step,
	.rest = rest,
	.quiesce = quiesce,
	.free = free_relay,
};

/* The first signal lets the connections end, and the second ends them. */
static bool takes_signal(void *ctx, int signo, bool from_kernel)
{
	struct skw_relay *r = ctx;
	uint64_t now_ns = skw_clock_monotonic_ns();

	(void)signo;
	(void)from_kernel;
	if (r->drain_ns)
		return now_ns - r->drain_ns < PATIENCE_NS;
	r->drain_ns = r->now_ns = now_ns;
	skw_relay_accept_drain(r);
	return true;
}

static void report(void *ctx, bool final)
{
	(void) final;
	skw_relay_tell_figures(ctx);
}

/* A relay that is its own backend would use up all its connections for the first client. */
static bool is_own_backend(const struct skw_relay *r, const struct skw_relay_endpoint *backend)
{
	static const uint8_t any[16], loopback6[16] = { [15] = 1 };
	const sa_family_t listens = r->listen.at.any.sa_family, family = backend->at.any.sa_family;
	uint8_t own[16], to[16];

	if (skw_relay_endpoint_port(backend) != skw_relay_endpoint_port(&r->listen))
		return false;
	skw_relay_endpoint_bytes(&r->listen, own);
	skw_relay_endpoint_bytes(backend, to);
	/* Only a listener on [::] takes both families. */
	if (family != listens && (listens == AF_INET || memcmp(own, any, sizeof(any)) != 0))
		return false;
	if (memcmp(own, any, sizeof(any)) != 0)
		return memcmp(own, to, sizeof(to)) == 0;
	/* To connect to no address means this host. */
	return (family == AF_INET && to[0] == 127) || memcmp(to, any, sizeof(to)) == 0 ||
	       (family == AF_INET6 && memcmp(to, loopback6, sizeof(to)) == 0);
}

static int read_plan(struct skw_relay *r, struct skw_error *err)
{
	const struct skw_relay_plan *plan = r->plan;
	int ret = skw_relay_endpoint_parse(plan->listen, true, "listener", &r->listen, err);

	for (size_t i = 0; !ret && i < plan->backends_len; i++) {
		struct skw_relay_backend *b = &r->pool.list[i];

		ret = skw_relay_endpoint_parse(plan->backends[i], false, "backend", &b->at, err);
		if (!ret && is_own_backend(r, &b->at))
			ret = skw_error_usage(err, "%s is the relay itself, and can't be a backend",
					      plan->backends[i]);
		if (ret)
			break;
		skw_relay_endpoint_text(&b->at, b->name);
		b->try = (struct skw_relay_watch){ SKW_RELAY_CHECK, -1 };
		r->ports[i] = skw_relay_endpoint_port(&b->at);
		r->pool.len++;
	}
	r->sandbox = (struct skw_sandbox_relay){ .ports = r->ports,
						 .ports_len = r->pool.len,
						 .descriptors = descriptors(r),
						 .sockmap = plan->engine == SKW_RELAY_SOCKMAP };
	return ret;
}

static void tell_plan(const struct skw_relay *r)
{
	char at[SKW_ENDPOINT_SIZE];

	skw_relay_endpoint_text(&r->listen, at);
	skw_say("would listen on %s", at);
	for (size_t i = 0; i < r->pool.len; i++)
		skw_say("would relay to %s", r->pool.list[i].name);
	if (r->plan->echo)
		skw_say("would send each client its own bytes");
	skw_say("would take up to %u descriptors", descriptors(r));
}

int skw_relay_run(const struct skw_relay_plan *plan, struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_relay_backend *list =
		calloc(SKW_RELAY_BACKENDS_MAX, sizeof(*list));
	SKW_AUTO_FREE struct skw_relay *r = calloc(1, sizeof(*r));

	if (!list || !r)
		return skw_error_set(err, -ENOMEM, "out of memory");
	r->plan = plan;
	r->pool = (struct skw_relay_pool){ .list = list,
					   .balance = plan->balance,
					   .most = plan->most_each };
	r->listener = (struct skw_relay_watch){ SKW_RELAY_LISTENER, -1 };
	r->paused = true;
	TAILQ_INIT(&r->connecting);
	TAILQ_INIT(&r->open);
	TAILQ_INIT(&r->ready);
	TAILQ_INIT(&r->polled);
	TAILQ_INIT(&r->dead);
	int ret = read_plan(r, err);

	if (ret)
		return ret;
	if (plan->options->dry_run) {
		tell_plan(r);
		return 0;
	}
	const struct skw_act_plan act = { .options = plan->options,
					  .source = { &ops, r },
					  .relay = &r->sandbox,
					  .tell = &r->tell,
					  .takes_signal = takes_signal,
					  .report = report,
					  .ctx = r };

	return skw_act_run(&act, err);
}
