// SPDX-License-Identifier: BSD-2-Clause
#include "session/tap/row_names.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "asked/asked.h"
#include "flow/flow.h"
#include "model/row.h"
#include "row/remotes.h"
#include "util/clock.h"
#include "util/random.h"
#include "util/say.h"
#include "watch/watch.h"

/* For addresses, and once more for connections: top is to stay small. */
#define MAX_BYTES (4U << 20)

/* A connection says its first words in this time, and a name in them may be the better one. */
#define OPENING_NS (10 * SKW_NS_PER_S)

static void take_packets(void *ctx, const struct skw_packet *run, size_t len)
{
	struct skw_row_names *n = ctx;

	for (size_t i = 0; n->asked && !n->no_memory && i < len; i++)
		n->no_memory = skw_asked_take(n->asked, &run[i]) != 0;
}

int skw_row_names_make(struct skw_row_names *n, struct skw_keeper_table *tables[SKW_TAP_TABLES],
		       struct skw_error *err)
{
	n->tap.kind = SKW_PICK_NAMES;
	n->tap.consumers[n->tap.consumers_len++] = (struct skw_tap_consumer){ take_packets, n };
	n->tap.what = "names";
	return skw_session_tap_make(&n->tap, tables, err);
}

void skw_row_names_free(struct skw_row_names *n)
{
	skw_asked_free(n->asked);
	n->asked = NULL;
	skw_session_tap_free(&n->tap);
}

struct skw_source skw_row_names_source(struct skw_row_names *n)
{
	return skw_session_tap_source(&n->tap);
}

void skw_row_names_open(struct skw_row_names *n, struct skw_loop *loop)
{
	n->loop = loop;
}

static int begin(struct skw_row_names *n, struct skw_error *err)
{
	struct skw_asked_options opt = { .max_bytes = MAX_BYTES, .live = true };
	int ret = skw_random_key(opt.key, "names", err);

	if (ret)
		return ret;
	if (skw_asked_new(&opt, &n->asked))
		return skw_error_set(err, -ENOMEM, "out of memory");
	n->was_on = true;
	n->no_memory = false;
	n->begun_ns = n->told_ns = skw_clock_monotonic_ns();
	return skw_session_tap_begin(&n->tap, n->loop, err);
}

/* Adds the figures to those of the times before. */
static void count(struct skw_row_names *n)
{
	const struct skw_asked_figures *f = n->asked ? skw_asked_figures(n->asked) : NULL;

	if (!f)
		return;
	n->answers += f->answers;
	n->hellos += f->hellos;
	n->forgotten += f->questions_forgotten + f->addresses_forgotten + f->connections_forgotten;
}

static void end(struct skw_row_names *n)
{
	count(n);
	skw_asked_free(n->asked);
	n->asked = NULL;
	skw_session_tap_end(&n->tap);
	skw_watch_name_remotes(n->watch, 0, NULL, NULL);
}

int skw_row_names_set(struct skw_row_names *n, bool on, struct skw_error *err)
{
	int ret = 0;

	if (on == (n->asked != NULL))
		return 0;
	if (on)
		ret = begin(n, err);
	if (ret || !on)
		end(n);
	return ret;
}

bool skw_row_names_packets(struct skw_row_names *n, const struct skw_packet *run, size_t len)
{
	return skw_session_tap_packets(&n->tap, run, len);
}

void skw_row_names_pause(struct skw_row_names *n)
{
	if (n->asked && n->no_memory) {
		skw_session_tap_tell(&n->tap, "out of memory");
		end(n);
	}
	skw_session_tap_pause(&n->tap);
}

static bool is_loopback(const struct skw_tuple *t)
{
	static const uint8_t ip6[16] = { [15] = 1 };

	return t->family == AF_INET ? t->local_addr[0] == IN_LOOPBACKNET
				    : memcmp(t->local_addr, ip6, sizeof(ip6)) == 0;
}

/*
 * Packets of another namespace are seen where they come through this one, so not those of its
 * loopback interface; and its sockets of UDP may have asked others. A connection of TCP must have
 * been seen from its begin; a socket of UDP may be older, as the begin of most of them is not
 * known. A connection that `begins` has sent nothing: a packet between its ends was one of a former
 * one.
 */
static const char *find_name(const struct skw_row_names *n, const struct skw_row *row, bool begins,
			     const char **source)
{
	const struct skw_tuple tuple = skw_flow_of_socket(&row->tuple);
	bool here = row->netns == skw_watch_netns(n->watch);
	struct skw_asked_name name;

	if (!here && (is_loopback(&tuple) || tuple.proto == IPPROTO_UDP || begins))
		return NULL;
	if (begins ? !skw_asked_of_address(n->asked, tuple.family, tuple.remote_addr, UINT64_MAX,
					   &name)
		   : !skw_asked_of_end(n->asked, &tuple, false, UINT64_MAX, &name))
		return NULL;
	*source = name.source;
	return name.text;
}

static const char *name_of(void *ctx, const struct skw_row *row, const char **source)
{
	return find_name(ctx, row, false, source);
}

void skw_row_names_tell(struct skw_row_names *n)
{
	uint64_t since = n->told_ns > OPENING_NS ? n->told_ns - OPENING_NS : 0;

	if (!n->asked)
		return;
	n->told_ns = skw_clock_monotonic_ns();
	skw_watch_name_remotes(n->watch, since > n->begun_ns ? since : n->begun_ns, name_of, n);
}

const struct skw_event *skw_row_names_event(struct skw_row_names *n, const struct skw_event *event,
					    struct skw_named_event *room)
{
	const char *source = NULL;
	const char *name =
		n->asked && !n->no_memory && event->row->tuple.remote_port
			? find_name(n, event->row, event->type == SKW_EVENT_CONNECT, &source)
			: NULL;

	if (!name)
		return event;
	room->event = *event;
	room->row = *event->row;
	room->event.row = &room->row;
	room->remote = skw_remotes_of(&room->row);
	room->remote.name = name;
	room->remote.name_source = source;
	room->row.remote = &room->remote;
	return &room->event;
}

void skw_row_names_report(struct skw_row_names *n)
{
	uint64_t packets, lost;

	if (!n->was_on)
		return;
	skw_session_tap_figures(&n->tap, &packets, &lost);
	count(n);
	skw_say("%" PRIu64 " answers and %" PRIu64 " hellos with names; %" PRIu64
		" packets lost because a ring was full",
		n->answers, n->hellos, lost);
	if (n->forgotten)
		skw_say("%" PRIu64 " names, connections or questions were forgotten because memory "
			"is limited",
			n->forgotten);
}
