// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/tell.h"

#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "act/relay/kernel.h"
#include "loop/loop.h"
#include "row/row.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

/* A pipe that is ready takes PIPE_BUF bytes at once, so text beyond this is written before more. */
#define TEXT_BYTES (PIPE_BUF - 1024)

static bool reader_is_ready(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&p, 1, 0) == 1;
}

static void tell(struct skw_relay *r, const struct skw_act_event *event)
{
	struct skw_error *err = r->err;
	bool full = r->tell.text.len > TEXT_BYTES;

	if (r->failure)
		return;
	if ((full || !r->tell.text.len) && !reader_is_ready()) {
		r->untold++;
		return;
	}
	if (full)
		r->failure = skw_loop_pause(r->loop, err);
	if (!r->failure)
		r->failure = skw_act_tell(&r->tell, event, err);
}

/* The row of a connection is that of its socket on this host that the client talks to. */
static void fill_row(const struct skw_relay *r, const struct skw_relay_conn *c, struct skw_row *row)
{
	struct skw_relay_endpoint own = r->listen;
	socklen_t len = sizeof(own.at);

	skw_row_blank(row);
	row->ts_ns = r->now_ns;
	row->opened_ns = c->began_ns;
	row->direction = SKW_CONN_IN;
	row->state = SKW_STATE_ESTABLISHED;
	if (c->ends[SKW_RELAY_CLIENT].watch.fd >= 0)
		getsockname(c->ends[SKW_RELAY_CLIENT].watch.fd, &own.at.any, &len);
	skw_relay_endpoint_unmap(&own);
	row->tuple.family = (uint8_t)own.at.any.sa_family;
	skw_relay_endpoint_bytes(&own, row->tuple.local_addr);
	row->tuple.local_port = skw_relay_endpoint_port(&own);
	skw_relay_endpoint_bytes(&c->client, row->tuple.remote_addr);
	row->tuple.remote_port = skw_relay_endpoint_port(&c->client);
}

static const char *backend_name(const struct skw_relay *r, const struct skw_relay_conn *c)
{
	return c->backend ? c->backend->name : r->plan->echo ? "echo" : "none";
}

static void tell_conn(struct skw_relay *r, const struct skw_relay_conn *c, const char *type,
		      const struct skw_act_fact *facts, size_t n)
{
	struct skw_row row;

	if (r->plan->quiet)
		return;
	fill_row(r, c, &row);
	const struct skw_act_event event = {
		.ts_ns = r->now_ns, .type = type, .row = &row, .facts = facts, .facts_len = n
	};

	tell(r, &event);
}

void skw_relay_tell_begin(struct skw_relay *r, const struct skw_relay_conn *c)
{
	const struct skw_act_fact facts[] = {
		{ .name = "backend", .text = backend_name(r, c) },
	};

	tell_conn(r, c, "relay", facts, SKW_ARRAY_SIZE(facts));
}

void skw_relay_tell_end(struct skw_relay *r, const struct skw_relay_conn *c, const char *reason)
{
	const struct skw_relay_lane *to = &c->lanes[SKW_RELAY_CLIENT];
	const struct skw_relay_lane *from = &c->lanes[SKW_RELAY_SERVER];
	uint64_t to_bytes = skw_relay_lane_bytes(to);
	const struct skw_act_fact facts[] = {
		{ .name = "backend", .text = backend_name(r, c) },
		{ .name = "reason", .text = reason },
		{ .name = "to_backend_bytes", .number = to_bytes },
		{ .name = "to_client_bytes",
		  .number = r->plan->echo ? to_bytes : skw_relay_lane_bytes(from) },
		{ .name = "undelivered_bytes",
		  .number = skw_relay_lane_held(to) + skw_relay_lane_held(from) },
		{ .name = "duration_us", .number = (r->now_ns - c->began_ns) / SKW_NS_PER_US },
	};

	tell_conn(r, c, "relay-end", facts, SKW_ARRAY_SIZE(facts));
}

void skw_relay_tell_failed(struct skw_relay *r, const struct skw_relay_conn *c, int error)
{
	const struct skw_act_fact facts[] = {
		{ .name = "backend", .text = backend_name(r, c) },
		{ .name = "reason", .text = strerror(error) },
	};

	tell_conn(r, c, "relay-fail", facts, SKW_ARRAY_SIZE(facts));
}

void skw_relay_tell_health(struct skw_relay *r, const struct skw_relay_backend *b, int error)
{
	const struct skw_act_fact facts[] = {
		{ .name = "checks", .number = b->streak },
		{ .name = "reason", .text = error ? strerror(error) : "it answers" },
	};
	struct skw_row row;

	skw_row_blank(&row);
	row.tuple.family = (uint8_t)b->at.at.any.sa_family;
	skw_relay_endpoint_bytes(&b->at, row.tuple.local_addr);
	row.tuple.local_port = skw_relay_endpoint_port(&b->at);
	row.state = SKW_STATE_LISTEN;
	const struct skw_act_event event = { .ts_ns = r->now_ns,
					     .type = error ? "down" : "up",
					     .row = &row,
					     .facts = facts,
					     .facts_len = SKW_ARRAY_SIZE(facts) };

	tell(r, &event);
}

/* The bytes that open connections have passed on in one direction, of a backend or of all (NULL).
 */
static uint64_t open_bytes(const struct skw_relay *r, const struct skw_relay_backend *b,
			   enum skw_relay_side reads)
{
	const struct skw_relay_conn *c;
	uint64_t bytes = 0;

	TAILQ_FOREACH(c, &r->open, at)
	if (!b || c->backend == b)
		bytes += skw_relay_lane_bytes(&c->lanes[reads]);
	return bytes;
}

static void tell_kernel(const struct skw_relay *r)
{
	uint64_t bytes = r->kernel_bytes;
	const struct skw_relay_conn *c;

	TAILQ_FOREACH(c, &r->open, at)
	bytes += skw_relay_kernel_moved(c);
	skw_say("%" PRIu64 " bytes were moved by the kernel, the others by this process; %" PRIu64
		" connections were not joined in the kernel",
		bytes, r->outside);
}

void skw_relay_tell_figures(const struct skw_relay *r)
{
	uint64_t to_bytes = r->to_bytes + open_bytes(r, NULL, SKW_RELAY_CLIENT);
	uint64_t from_bytes = r->from_bytes + open_bytes(r, NULL, SKW_RELAY_SERVER);

	for (size_t i = 0; i < r->pool.len; i++) {
		const struct skw_relay_backend *b = &r->pool.list[i];

		skw_say("%s: %" PRIu64 " connections, %u now, %" PRIu64
			" failed to connect, %" PRIu64 " bytes to it, %" PRIu64 " from it, %" PRIu64
			" undelivered%s",
			b->name, b->connections, b->active, b->failed,
			b->to_bytes + open_bytes(r, b, SKW_RELAY_CLIENT),
			b->from_bytes + open_bytes(r, b, SKW_RELAY_SERVER), b->lost_bytes,
			b->down ? ", it is down" : "");
	}
	skw_say("%" PRIu64 " connections accepted, %u now, %u at most, %" PRIu64
		" refused, %" PRIu64 " bytes from clients, %" PRIu64 " to them, %" PRIu64
		" undelivered",
		r->accepted, r->active, r->peak, r->refused, to_bytes,
		r->plan->echo ? to_bytes : from_bytes, r->lost_bytes);
	if (r->left)
		skw_say("%" PRIu64 " connections were reset, as there was no room for them before "
			"the end",
			r->left);
	if (r->starved)
		skw_say("%" PRIu64 " times descriptors or memory were out, and clients had to wait",
			r->starved);
	if (r->conduits)
		tell_kernel(r);
	if (r->untold)
		skw_say("%" PRIu64 " events were not printed, as nobody took them in time",
			r->untold);
}
