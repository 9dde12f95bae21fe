// SPDX-License-Identifier: BSD-2-Clause
#include "session/tap/row_messages.h"

#include <errno.h>
#include <inttypes.h>

#include "message/known/recognisers.h"
#include "message/messages.h"
#include "util/random.h"
#include "util/say.h"
#include "watch/watch.h"

/* Payload that waits for its connection's other packets: top is to stay small. */
#define MAX_BYTES (32U << 20)

static int take_message(void *ctx, const struct skw_message *m)
{
	const struct skw_row_messages *rows = ctx;

	if (rows->told)
		rows->told(rows->told_ctx, m);
	else
		skw_watch_message(rows->watch, m);
	return 0;
}

static void take_packets(void *ctx, const struct skw_packet *run, size_t n)
{
	struct skw_row_messages *m = ctx;

	for (size_t i = 0; m->messages && !m->no_memory && i < n; i++)
		m->no_memory = skw_messages_take(m->messages, &run[i]) != 0;
}

int skw_row_messages_make(struct skw_row_messages *m,
			  struct skw_keeper_table *tables[SKW_TAP_TABLES], struct skw_error *err)
{
	m->tap.kind = SKW_PICK_ALL;
	m->tap.consumers[m->tap.consumers_len++] = (struct skw_tap_consumer){ take_packets, m };
	m->tap.what = "messages";
	return skw_session_tap_make(&m->tap, tables, err);
}

void skw_row_messages_free(struct skw_row_messages *m)
{
	skw_messages_free(m->messages);
	m->messages = NULL;
	skw_session_tap_free(&m->tap);
}

struct skw_source skw_row_messages_source(struct skw_row_messages *m)
{
	return skw_session_tap_source(&m->tap);
}

void skw_row_messages_open(struct skw_row_messages *m, struct skw_loop *loop)
{
	m->loop = loop;
}

static int begin(struct skw_row_messages *m, struct skw_error *err)
{
	struct skw_messages_options opt = { .max_bytes = MAX_BYTES,
					    .recognisers = skw_recognisers,
					    .wanted = UINT64_MAX,
					    .take = take_message,
					    .ctx = m };

	int ret = skw_random_key(opt.key, "messages", err);

	if (ret)
		return ret;
	if (skw_messages_new(&opt, &m->messages) ||
	    (!m->told && skw_watch_find_sockets(m->watch, SKW_WATCH_FOR_MESSAGES, true)))
		return skw_error_set(err, -ENOMEM, "out of memory");
	skw_session_tap_figures(&m->tap, &m->packets_before, &m->lost_before);
	m->was_on = true;
	m->no_memory = false;
	return skw_session_tap_begin(&m->tap, m->loop, err);
}

static void end(struct skw_row_messages *m)
{
	skw_messages_free(m->messages);
	m->messages = NULL;
	skw_session_tap_end(&m->tap);
	if (!m->told) {
		skw_watch_forget_messages(m->watch);
		skw_watch_find_sockets(m->watch, SKW_WATCH_FOR_MESSAGES, false);
	}
	m->status = (struct skw_messages_status){ 0 };
}

int skw_row_messages_set(struct skw_row_messages *m, bool on, struct skw_error *err)
{
	int ret = 0;

	if (on == (m->messages != NULL))
		return 0;
	if (on)
		ret = begin(m, err);
	if (ret || !on)
		end(m);
	m->status.runs = m->messages != NULL;
	return ret;
}

bool skw_row_messages_packets(struct skw_row_messages *m, const struct skw_packet *run, size_t n)
{
	return skw_session_tap_packets(&m->tap, run, n);
}

void skw_row_messages_pause(struct skw_row_messages *m, uint64_t until_ns)
{
	if (m->messages && !m->no_memory)
		m->no_memory = skw_messages_pass(m->messages, until_ns) != 0;
	if (m->messages && m->no_memory) {
		skw_session_tap_tell(&m->tap, "out of memory");
		end(m);
	}
	skw_session_tap_pause(&m->tap);
}

void skw_row_messages_count(struct skw_row_messages *m)
{
	if (!m->messages)
		return;
	skw_session_tap_figures(&m->tap, &m->status.packets, &m->status.lost);
	m->status.packets -= m->packets_before;
	m->status.lost -= m->lost_before;
	m->status.messages = skw_messages_figures(m->messages)->messages;
	m->status.holes = skw_messages_figures(m->messages)->with_holes;
	if (!m->told)
		m->status.left_out = skw_watch_messages_left_out(m->watch);
}

void skw_row_messages_report(struct skw_row_messages *m)
{
	if (!m->was_on)
		return;
	skw_row_messages_count(m);
	if (m->messages)
		skw_say("%" PRIu64 " messages, %" PRIu64 " of them with holes, of %" PRIu64
			" packets; %" PRIu64 " packets lost because a ring was full",
			m->status.messages, m->status.holes, m->status.packets, m->status.lost);
	if (m->status.left_out)
		skw_say("%" PRIu64 " messages are not shown: too many connections have some",
			m->status.left_out);
}
