// SPDX-License-Identifier: BSD-2-Clause
#include "metrics/exposition.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "util/cleanup.h"

#define US_PER_S 1000000U
#define NS_PER_S 1000000000U

enum type { COUNTER, GAUGE, HISTOGRAM, INFO };
static const char *const type_names[] = { "counter", "gauge", "histogram", "info" };

struct family;

/* A piece of the text: a label set of a family. */
struct writing {
	struct skw_buf *out;
	const struct skw_exposition_figures *f;
	const struct family *family;
	bool open; /* OpenMetrics */
};

struct family {
	const char *name; /* as in OpenMetrics: without "_total" and "_info" */
	const char *unit; /* the end of the name; NULL: none */
	const char *help;
	enum type type;
	uint8_t kind; /* enum skw_set_kind; SKW_SET_KINDS: it is of no set */
	/* Of a set: the samples; or else a counter's place in struct skw_label_set. */
	void (*write)(const struct writing *p, const struct skw_label_set *set);
	size_t offset;
};

/* ---- samples ---- */

/* A sample up to its labels: the name and what follows it. */
static void begin(const struct writing *p, const char *suffix)
{
	skw_buf_add_str(p->out, p->family->name);
	skw_buf_add_str(p->out, suffix);
}

/* The labels of a set, and another label if `name` is not NULL. */
static void labels(const struct writing *p, const char *set, const char *name, const char *value)
{
	if (!set[0] && !name)
		return;
	skw_buf_add_char(p->out, '{');
	skw_buf_add_str(p->out, set);
	if (name) {
		if (set[0])
			skw_buf_add_char(p->out, ',');
		skw_buf_add_str(p->out, name);
		skw_buf_add_str(p->out, "=\"");
		skw_buf_add_str(p->out, value);
		skw_buf_add_char(p->out, '"');
	}
	skw_buf_add_char(p->out, '}');
}

static void number(const struct writing *p, uint64_t value)
{
	skw_buf_add_char(p->out, ' ');
	skw_buf_add_uint(p->out, value);
	skw_buf_add_char(p->out, '\n');
}

static const char *suffix_of(const struct writing *p)
{
	return p->family->type == COUNTER ? "_total" : "";
}

static void count(const struct writing *p, const char *set, const char *name, const char *value,
		  uint64_t n)
{
	begin(p, suffix_of(p));
	labels(p, set, name, value);
	number(p, n);
}

static void seconds(struct skw_buf *out, uint64_t us)
{
	skw_buf_printf(out, "%.9g", (double)us / US_PER_S);
}

static void sum(const struct writing *p, const char *set, const char *name, const char *value,
		uint64_t us)
{
	begin(p, "_sum");
	labels(p, set, name, value);
	skw_buf_printf(p->out, " %" PRIu64 ".%06" PRIu64 "\n", us / US_PER_S, us % US_PER_S);
}

static void exemplar(const struct writing *p, const struct skw_exemplar *e)
{
	skw_buf_printf(p->out, " # {cookie=\"%" PRIu64 "\"} ", e->cookie);
	seconds(p->out, e->value_us);
	skw_buf_printf(p->out, " %" PRIu64 ".%03" PRIu64, e->ts_ns / NS_PER_S,
		       e->ts_ns / 1000000 % 1000);
}

/* The labels of a bucket stand before its bound. */
struct bucket_of {
	const char *labels;
	const char *name, *value; /* another label; NULL: none */
};

static void buckets(const struct writing *p, const struct bucket_of *of, const uint64_t *counts,
		    unsigned len, const struct skw_exemplar *exemplars)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < len; i++) {
		all += counts[i];
		begin(p, "_bucket{");
		skw_buf_add_str(p->out, of->labels);
		if (of->name)
			skw_buf_printf(p->out, "%s=\"%s\"", of->name, of->value);
		skw_buf_add_str(p->out, of->labels[0] || of->name ? ",le=\"" : "le=\"");
		if (i + 1 < len)
			seconds(p->out, skw_histogram_bound_us(i));
		else
			skw_buf_add_str(p->out, "+Inf");
		skw_buf_add_str(p->out, "\"} ");
		skw_buf_add_uint(p->out, all);
		if (p->open && exemplars && exemplars[i].cookie)
			exemplar(p, &exemplars[i]);
		skw_buf_add_char(p->out, '\n');
	}
	begin(p, "_count");
	labels(p, of->labels, of->name, of->value);
	number(p, all);
}

/* ---- figures of sets ---- */

static void write_rtt(const struct writing *p, const struct skw_label_set *set)
{
	const struct skw_histogram *h = set->tcp.rtt;
	const struct bucket_of of = { .labels = set->labels };

	if (h)
		buckets(p, &of, h->counts, SKW_RTT_BUCKETS, h->exemplars);
}

static void write_handshakes(const struct writing *p, const struct skw_label_set *set)
{
	const struct skw_histogram *h = set->tcp.handshakes;
	const struct bucket_of of = { .labels = set->labels };

	if (!h)
		return;
	buckets(p, &of, h->counts, SKW_RTT_BUCKETS, h->exemplars);
	sum(p, set->labels, NULL, NULL, h->sum_us);
}

/* Samples with a direction of their own have the set's labels without that. */
static const char *undirected(const struct skw_label_set *set)
{
	return set->labels + strlen(set->labels) + 1;
}

static void write_opened(const struct writing *p, const struct skw_label_set *set)
{
	static const char *const names[] = { "unknown", "in", "out" };
	const uint64_t *opened = set->tcp.opened;

	/* A set of one direction has no connections of the other. */
	for (unsigned i = 0; i < SKW_ARRAY_SIZE(names); i++)
		if (opened[i] || (i && i == set->key.direction))
			count(p, undirected(set), "direction", names[i], opened[i]);
}

static void write_closed(const struct writing *p, const struct skw_label_set *set)
{
	static const char *const names[SKW_CLOSE_REASONS] = {
		[SKW_CLOSE_UNKNOWN] = "unknown",
		[SKW_CLOSE_FIN] = "fin",
		[SKW_CLOSE_HALF_CLOSED] = "half_closed",
		[SKW_CLOSE_RESET_BY_PEER] = "reset_by_peer",
		[SKW_CLOSE_RESET_BY_US] = "reset_by_us",
		[SKW_CLOSE_TIMEOUT] = "timeout",
		[SKW_CLOSE_REFUSED] = "refused",
		[SKW_CLOSE_ABORTED] = "aborted",
	};

	for (unsigned i = 0; i < SKW_CLOSE_REASONS; i++)
		if (set->tcp.closed[i])
			count(p, set->labels, "reason", names[i], set->tcp.closed[i]);
}

static void write_failed(const struct writing *p, const struct skw_label_set *set)
{
	static const char *const names[SKW_FAILURES] = {
		[SKW_FAILURE_UNKNOWN] = "unknown", [SKW_FAILURE_REFUSED] = "refused",
		[SKW_FAILURE_TIMEOUT] = "timeout", [SKW_FAILURE_RESET] = "reset",
		[SKW_FAILURE_ABORTED] = "aborted", [SKW_FAILURE_UNREACHABLE] = "unreachable",
		[SKW_FAILURE_ADDRESS] = "address", [SKW_FAILURE_DENIED] = "denied",
	};

	for (unsigned i = 0; i < SKW_FAILURES; i++)
		if (set->tcp.failed[i])
			count(p, set->labels, "reason", names[i], set->tcp.failed[i]);
}

static void write_states(const struct writing *p, const struct skw_label_set *set)
{
	static const char *const names[SKW_STATES] = {
		[SKW_STATE_ESTABLISHED] = "established", [SKW_STATE_SYN_SENT] = "syn_sent",
		[SKW_STATE_SYN_RECV] = "syn_recv",       [SKW_STATE_FIN_WAIT1] = "fin_wait1",
		[SKW_STATE_FIN_WAIT2] = "fin_wait2",     [SKW_STATE_TIME_WAIT] = "time_wait",
		[SKW_STATE_CLOSE_WAIT] = "close_wait",   [SKW_STATE_LAST_ACK] = "last_ack",
		[SKW_STATE_CLOSING] = "closing",
	};

	for (unsigned i = 0; i < SKW_STATES; i++)
		if (set->tcp.states & 1U << i && names[i])
			count(p, set->labels, "state", names[i], set->tcp.now[i]);
}

/* ---- figures of no set ---- */

static void write_requests(const struct writing *p, const struct skw_label_set *set)
{
	(void)set;
	for (size_t i = 0; i < p->f->messages->len; i++) {
		const struct skw_message_figures *m = &p->f->messages->all[i];

		count(p, "", "protocol", m->protocol, m->requests);
	}
}

static void write_errors(const struct writing *p, const struct skw_label_set *set)
{
	(void)set;
	for (size_t i = 0; i < p->f->messages->len; i++) {
		const struct skw_message_figures *m = &p->f->messages->all[i];

		count(p, "", "protocol", m->protocol, m->errors);
	}
}

static void write_latencies(const struct writing *p, const struct skw_label_set *set)
{
	(void)set;
	for (size_t i = 0; i < p->f->messages->len; i++) {
		const struct skw_message_figures *m = &p->f->messages->all[i];
		const struct bucket_of of = { "", "protocol", m->protocol };

		buckets(p, &of, m->latencies, SKW_HISTOGRAM_BUCKETS, NULL);
		sum(p, "", "protocol", m->protocol, m->latency_sum_us);
	}
}

static void write_lost(const struct writing *p, const struct skw_label_set *set)
{
	(void)set;
	count(p, "", NULL, NULL, p->f->events_lost);
}

static void write_limited(const struct writing *p, const struct skw_label_set *set)
{
	(void)set;
	count(p, "", NULL, NULL, p->f->meter->sets.limited);
}

static void write_build(const struct writing *p, const struct skw_label_set *set)
{
	(void)set;
	begin(p, "_info");
	labels(p, "", "version", p->f->version);
	number(p, 1);
}

/* ---- families ---- */

#define FIGURE(field) .offset = offsetof(struct skw_label_set, field)

static const struct family families[] = {
	{ "skwatch_tcp_rtt_seconds", "seconds",
	  "Round-trip times that the kernel has measured, of connections that a sweep has met.",
	  HISTOGRAM, SKW_SET_TCP, write_rtt, 0 },
	{ "skwatch_tcp_handshake_seconds", "seconds",
	  "The first round-trip time of each connection.", HISTOGRAM, SKW_SET_TCP, write_handshakes,
	  0 },
	{ "skwatch_tcp_sent_bytes", "bytes",
	  "Bytes that the other ends have acknowledged. SYN and FIN count as one each.", COUNTER,
	  SKW_SET_TCP, NULL, FIGURE(tcp.sent_bytes) },
	{ "skwatch_tcp_received_bytes", "bytes", "Bytes that were received.", COUNTER, SKW_SET_TCP,
	  NULL, FIGURE(tcp.received_bytes) },
	{ "skwatch_tcp_sent_segments", NULL, "Segments that were sent, also those sent again.",
	  COUNTER, SKW_SET_TCP, NULL, FIGURE(tcp.sent_segs) },
	{ "skwatch_tcp_retransmitted_segments", NULL, "Segments that were sent again.", COUNTER,
	  SKW_SET_TCP, NULL, FIGURE(tcp.retrans_segs) },
	{ "skwatch_tcp_retransmission_timeouts", NULL, "Retransmission timeouts.", COUNTER,
	  SKW_SET_TCP, NULL, FIGURE(tcp.timeouts) },
	{ "skwatch_tcp_connections_opened", NULL, "Connections that were established.", COUNTER,
	  SKW_SET_TCP, write_opened, 0 },
	{ "skwatch_tcp_connections_closed", NULL,
	  "Established connections that have ended; unknown: their end was not seen.", COUNTER,
	  SKW_SET_TCP, write_closed, 0 },
	{ "skwatch_tcp_connections_failed", NULL,
	  "Connections that ended before they were established.", COUNTER, SKW_SET_TCP,
	  write_failed, 0 },
	{ "skwatch_tcp_connections", NULL, "Connections now, by the last sweep.", GAUGE,
	  SKW_SET_TCP, write_states, 0 },
	{ "skwatch_tcp_listen_queue", NULL, "Connections that wait to be accepted.", GAUGE,
	  SKW_SET_LISTENER, NULL, FIGURE(listener.queue) },
	{ "skwatch_tcp_listen_queue_limit", NULL, "How many may wait.", GAUGE, SKW_SET_LISTENER,
	  NULL, FIGURE(listener.limit) },
	{ "skwatch_tcp_listen_drops", NULL, "Connections that a listener has dropped.", COUNTER,
	  SKW_SET_LISTENER, NULL, FIGURE(listener.drops) },
	{ "skwatch_udp_sent_bytes", "bytes", "Bytes in datagrams that were sent.", COUNTER,
	  SKW_SET_UDP, NULL, FIGURE(udp.sent_bytes) },
	{ "skwatch_udp_received_bytes", "bytes", "Bytes in datagrams that were received.", COUNTER,
	  SKW_SET_UDP, NULL, FIGURE(udp.received_bytes) },
	{ "skwatch_udp_sent_packets", NULL, "Datagrams that were sent.", COUNTER, SKW_SET_UDP, NULL,
	  FIGURE(udp.sent_packets) },
	{ "skwatch_udp_received_packets", NULL, "Datagrams that were received.", COUNTER,
	  SKW_SET_UDP, NULL, FIGURE(udp.received_packets) },
	{ "skwatch_udp_drops", NULL, "Datagrams that a full queue has dropped.", COUNTER,
	  SKW_SET_UDP, NULL, FIGURE(udp.drops) },
	{ "skwatch_messages_requests", NULL, "Requests of applications.", COUNTER, SKW_SET_KINDS,
	  write_requests, 1 },
	{ "skwatch_messages_errors", NULL, "Requests with an error or without an answer.", COUNTER,
	  SKW_SET_KINDS, write_errors, 1 },
	{ "skwatch_messages_latency_seconds", "seconds",
	  "From the first byte of a request to the last byte of its answer.", HISTOGRAM,
	  SKW_SET_KINDS, write_latencies, 1 },
	{ "skwatch_events_lost", NULL, "Events of the kernel that found no room in a ring.",
	  COUNTER, SKW_SET_KINDS, write_lost, 0 },
	{ "skwatch_export_series_limited", NULL,
	  "Sockets that were counted as other, as there were enough label sets.", COUNTER,
	  SKW_SET_KINDS, write_limited, 0 },
	{ "skwatch_build", NULL, "The version of skwatch.", INFO, SKW_SET_KINDS, write_build, 0 },
};

static bool is_shown(const struct family *family, const struct skw_exposition_figures *f)
{
	if (family->kind == SKW_SET_UDP)
		return f->udp;
	/* Of the families of no set, these are of messages. */
	return family->kind != SKW_SET_KINDS || !family->offset || f->messages;
}

static void head(const struct writing *p)
{
	const struct family *family = p->family;
	const char *suffix = p->open                   ? ""
			     : family->type == INFO    ? "_info"
			     : family->type == COUNTER ? "_total"
						       : "";
	/* Prometheus' own form knows no info: it is a gauge there. */
	const char *type = type_names[!p->open && family->type == INFO ? GAUGE : family->type];

	skw_buf_printf(p->out, "# HELP %s%s %s\n", family->name, suffix, family->help);
	skw_buf_printf(p->out, "# TYPE %s%s %s\n", family->name, suffix, type);
	if (p->open && family->unit)
		skw_buf_printf(p->out, "# UNIT %s %s\n", family->name, family->unit);
}

static void sample(const struct writing *p, const struct skw_label_set *set)
{
	if (p->family->write)
		p->family->write(p, set);
	else if (set)
		count(p, set->labels, NULL, NULL,
		      *(const uint64_t *)((const char *)set + p->family->offset));
}

/* The next set of the family. NULL: there is none. */
static const struct skw_label_set *next_set(struct skw_exposition *e, const struct writing *p)
{
	const struct skw_label_sets *sets = &p->f->meter->sets;

	while (p->family->kind != SKW_SET_KINDS && e->set < sets->len) {
		const struct skw_label_set *set = skw_label_sets_get(sets, e->set++);

		/* Sockets may have left a set before anything was counted. */
		if (set->labels && (set->counted || set->refs) &&
		    (set->key.other || set->key.kind == p->family->kind))
			return set;
	}
	return NULL;
}

bool skw_exposition_next(struct skw_exposition *e, const struct skw_exposition_figures *f,
			 struct skw_buf *out)
{
	if (e->family == SKW_ARRAY_SIZE(families)) {
		if (e->ended || e->form != SKW_EXPOSITION_OPENMETRICS)
			return false;
		skw_buf_add_str(out, "# EOF\n");
		e->ended = true;
		return true;
	}
	const struct writing p = { out, f, &families[e->family],
				   e->form == SKW_EXPOSITION_OPENMETRICS };
	const struct skw_label_set *set = is_shown(p.family, f) ? next_set(e, &p) : NULL;

	if (!e->has_head && is_shown(p.family, f)) {
		head(&p);
		if (p.family->kind == SKW_SET_KINDS)
			sample(&p, NULL);
	}
	e->has_head = true;
	if (set) {
		sample(&p, set);
		return true;
	}
	e->family++;
	e->set = 0;
	e->has_head = false;
	return true;
}

const char *skw_exposition_type(enum skw_exposition_form form)
{
	return form == SKW_EXPOSITION_OPENMETRICS
		       ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
		       : "text/plain; version=0.0.4; charset=utf-8";
}
