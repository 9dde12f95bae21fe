// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "flow/connection_hash.h"
#include "flow/conversations.h"
#include "report/sheet_event.h"

/* The first span. Half of the spans at least are used in the end. */
#define SPAN_NS 1000000
/* Points of a series while packets come: at first, and where memory is short. */
#define POINTS       1024
#define POINTS_LEAST 64
/* Events of connections whose first packet is still to come. */
#define EARLY 64

struct early {
	uint64_t hash; /* 0: none */
	struct skw_tuple tuple;
	struct skw_sheet_event event;
};

struct skw_sheet {
	struct skw_sheet_options opt;
	struct skw_conversations_watcher watcher;
	struct skw_conversations *conversations;
	struct skw_sheet_figures figures;
	struct skw_sheet_bins spans;
	struct skw_sheet_connection *first; /* that have details */
	size_t details_bytes;
	uint32_t points;                    /* the most of a series */
	struct skw_sheet_connection **kept; /* owned, as what they point to */
	size_t kept_len, kept_size;
	struct early early[EARLY];
	unsigned early_next;
	uint64_t before_ns; /* of the packet before */
	uint64_t lost_now;  /* events of this recording */
};

/* ---- details in memory ---- */

static void link_detail(struct skw_sheet *s, struct skw_sheet_connection *c)
{
	c->next = s->first;
	if (s->first)
		s->first->prev = c;
	s->first = c;
	s->details_bytes += skw_sheet_connection_memory(c);
}

static void drop_detail(struct skw_sheet *s, struct skw_sheet_connection *c)
{
	if (!c->detail)
		return;
	s->details_bytes -= skw_sheet_connection_memory(c);
	if (c->prev)
		c->prev->next = c->next;
	else
		s->first = c->next;
	if (c->next)
		c->next->prev = c->prev;
	c->prev = c->next = NULL;
	skw_sheet_connection_drop_detail(c);
}

static void free_connection(struct skw_sheet *s, struct skw_sheet_connection *c)
{
	drop_detail(s, c);
	skw_sheet_connection_free(c);
}

/* Room is made for a quarter of all at once, as it takes a while. */
static bool has_room(const struct skw_sheet *s)
{
	return s->details_bytes <= s->opt.details_bytes / 4 * 3;
}

/* Halves the points of all series. */
static int thin_details(struct skw_sheet *s)
{
	int ret = 0;

	s->points /= 2;
	for (struct skw_sheet_connection *c = s->first; !ret && c; c = c->next) {
		s->details_bytes -= skw_sheet_connection_memory(c);
		ret = skw_sheet_connection_thin(c, s->points);
		s->details_bytes += skw_sheet_connection_memory(c);
	}
	return ret;
}

/* Takes details away, from the connections with the least trouble first. */
static int drop_details(struct skw_sheet *s)
{
	struct skw_sheet_connection **list;
	size_t n = 0, i = 0;

	for (struct skw_sheet_connection *c = s->first; c; c = c->next)
		n++;
	list = calloc(n + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (struct skw_sheet_connection *c = s->first; c; c = c->next) {
		skw_sheet_connection_settle(c);
		list[i++] = c;
	}
	qsort(list, n, sizeof(*list), skw_sheet_connection_order);
	while (n > 1 && !has_room(s))
		drop_detail(s, list[--n]);
	free(list);
	return 0;
}

static int make_room(struct skw_sheet *s)
{
	int ret = 0;

	while (!ret && s->points > POINTS_LEAST && !has_room(s))
		ret = thin_details(s);
	return ret || has_room(s) ? ret : drop_details(s);
}

/* The details of `c` had `before` bytes. */
static int account(struct skw_sheet *s, const struct skw_sheet_connection *c, size_t before)
{
	s->details_bytes += skw_sheet_connection_memory(c) - before;
	if (s->details_bytes <= s->opt.details_bytes || !s->first || !s->first->next)
		return 0;
	return make_room(s);
}

/* ---- connections ---- */

/* Keeps those with the most trouble. */
static void keep_worst(struct skw_sheet *s)
{
	qsort(s->kept, s->kept_len, sizeof(*s->kept), skw_sheet_connection_order);
	while (s->kept_len > s->opt.rows_max)
		free_connection(s, s->kept[--s->kept_len]);
}

static void keep(struct skw_sheet *s, struct skw_sheet_connection *c)
{
	if (s->kept_len == s->kept_size)
		keep_worst(s);
	s->kept[s->kept_len++] = c;
}

/* Its figures are final from now on. */
static void leaves(void *ctx, struct skw_conversation *v)
{
	struct skw_sheet *s = ctx;
	struct skw_sheet_connection *c = v->user;

	if (!c)
		return;
	skw_sheet_connection_settle(c);
	c->conversation = NULL;
	v->user = NULL;
	keep(s, c);
}

static int take_early(struct skw_sheet *s, struct skw_sheet_connection *c)
{
	uint64_t hash = skw_connection_hash(&c->conversation->tuple);
	int ret = 0;

	for (unsigned i = 0; !ret && i < EARLY; i++) {
		struct early *e = &s->early[(s->early_next + i) % EARLY];

		if (e->hash != hash)
			continue;
		e->hash = 0;
		e->event.side = memcmp(&c->conversation->tuple, &e->tuple, sizeof(e->tuple)) != 0;
		s->figures.without_packets--;
		ret = skw_sheet_connection_event(c, &e->event);
	}
	return ret;
}

static int begin(struct skw_sheet *s, struct skw_conversation *v)
{
	struct skw_sheet_connection *c;
	int ret = skw_sheet_connection_new(s->points, &c);

	if (ret)
		return ret;
	c->conversation = v;
	v->user = c;
	s->figures.connections++;
	s->figures.tcp += v->streams != NULL;
	ret = take_early(s, c);
	/* The bytes of early events count, too. */
	link_detail(s, c);
	return ret;
}

/* ---- packets ---- */

static void count(struct skw_sheet *s, uint64_t *span, enum skw_sheet_counter counter, uint64_t n)
{
	s->figures.totals[counter] += n;
	if (span)
		span[counter] += n;
}

static void count_seen(struct skw_sheet *s, uint64_t *span, const struct skw_sheet_seen *seen)
{
	count(s, span, SKW_SHEET_SEGMENTS, seen->data);
	count(s, span, SKW_SHEET_RETRANSMITS, seen->again);
	count(s, span, SKW_SHEET_WIRE_RESETS, seen->reset && !seen->refused);
	count(s, span, SKW_SHEET_WIRE_REFUSED, seen->refused);
	if (!seen->rtt || !seen->far)
		return;
	s->figures.wire_times[skw_sheet_times_place(seen->rtt_us)]++;
	if (span)
		span[SKW_SHEET_WIRE_TIMES + skw_sheet_times_place(seen->rtt_us)]++;
}

static int took(void *ctx, struct skw_conversation *v, const struct skw_packet *pkt,
		const struct skw_flow *flow)
{
	struct skw_sheet *s = ctx;
	bool is_new = !v->user;
	int ret = is_new ? begin(s, v) : 0;
	struct skw_sheet_connection *c = v->user;
	struct skw_sheet_seen seen;
	uint64_t *span = NULL;

	if (ret)
		return ret;
	size_t before = skw_sheet_connection_memory(c);

	ret = skw_sheet_connection_packet(c, pkt, flow, &seen);
	if (ret)
		return ret;
	if (pkt->ts_ns != SKW_PACKET_TIME_UNKNOWN)
		span = skw_sheet_bins_at(&s->spans, pkt->ts_ns);
	count(s, span, SKW_SHEET_OPENED, is_new);
	count_seen(s, span, &seen);
	return account(s, c, before);
}

/* Times of a file may be out of order. */
static void note_time(struct skw_sheet *s, uint64_t ns)
{
	struct skw_sheet_figures *f = &s->figures;

	f->backwards += ns < s->before_ns;
	s->before_ns = ns;
	if (f->first_ns == SKW_SHEET_UNKNOWN || ns < f->first_ns)
		f->first_ns = ns;
	if (f->last_ns == SKW_SHEET_UNKNOWN || ns > f->last_ns)
		f->last_ns = ns;
}

int skw_sheet_packet(struct skw_sheet *s, const struct skw_packet *pkt)
{
	uint64_t *span = NULL;

	s->figures.lost += pkt->dropped;
	if (pkt->ts_ns != SKW_PACKET_TIME_UNKNOWN) {
		note_time(s, pkt->ts_ns);
		span = skw_sheet_bins_at(&s->spans, pkt->ts_ns);
		if (!span)
			return -ENOMEM;
	}
	s->figures.packets++;
	s->figures.bytes += pkt->len;
	count(s, span, SKW_SHEET_PACKETS, 1);
	count(s, span, SKW_SHEET_BYTES, pkt->len);
	return skw_conversations_take(s->conversations, pkt);
}

/* ---- the kernel ---- */

static struct skw_sheet_connection *find(struct skw_sheet *s, const struct skw_tuple *tuple)
{
	struct skw_conversation *v = skw_conversations_find(s->conversations, tuple);

	return v ? v->user : NULL;
}

static int count_kernel_time(struct skw_sheet *s, uint64_t ts_ns, uint32_t us)
{
	uint64_t *span = skw_sheet_bins_at(&s->spans, ts_ns);

	if (!span)
		return -ENOMEM;
	s->figures.kernel_times[skw_sheet_times_place(us)]++;
	span[SKW_SHEET_KERNEL_TIMES + skw_sheet_times_place(us)]++;
	return 0;
}

static int add_row(struct skw_sheet *s, struct skw_sheet_connection *c,
		   const struct skw_tuple *tuple, const struct skw_row *row)
{
	size_t before = skw_sheet_connection_memory(c);
	int ret = skw_sheet_connection_row(c, tuple, row);

	return ret ? ret : account(s, c, before);
}

static int tell(struct skw_sheet *s, const struct skw_row *row, struct skw_sheet_connection **out)
{
	const struct skw_tuple tuple = skw_flow_of_socket(&row->tuple);
	int ret = skw_conversations_tell(s->conversations, row);

	*out = tuple.remote_port ? find(s, &tuple) : NULL;
	return ret || !*out ? ret : add_row(s, *out, &tuple, row);
}

int skw_sheet_row(struct skw_sheet *s, const struct skw_row *row)
{
	struct skw_sheet_connection *c;
	int ret = tell(s, row, &c);

	s->figures.rows++;
	if (ret || !c || row->srtt_us == SKW_NONE32 || !row->srtt_us || row->ts_ns == SKW_NONE64)
		return ret;
	return count_kernel_time(s, row->ts_ns, row->srtt_us);
}

static int add_event(struct skw_sheet *s, struct skw_sheet_connection *c,
		     const struct skw_event *event, const struct skw_tuple *tuple)
{
	struct skw_sheet_event e = skw_sheet_event_of(event);
	size_t before;
	int ret;

	if (!c) {
		struct early *to = &s->early[s->early_next++ % EARLY];

		*to = (struct early){ skw_connection_hash(tuple), *tuple, e };
		s->figures.without_packets++;
		return 0;
	}
	e.side = memcmp(&c->conversation->tuple, tuple, sizeof(*tuple)) != 0;
	before = skw_sheet_connection_memory(c);
	ret = skw_sheet_connection_event(c, &e);
	return ret ? ret : account(s, c, before);
}

int skw_sheet_event(struct skw_sheet *s, const struct skw_event *event)
{
	const struct skw_tuple tuple = skw_flow_of_socket(&event->row->tuple);
	enum skw_sheet_counter counter = skw_sheet_event_counter(event);
	bool is_several = event->type == SKW_EVENT_RETRANS && event->segs != SKW_NONE32;
	struct skw_sheet_connection *c;
	uint64_t *span;
	int ret = tell(s, event->row, &c);

	s->figures.events++;
	if (ret || event->ts_ns == SKW_NONE64)
		return ret;
	if (counter != SKW_SHEET_COUNTERS) {
		span = skw_sheet_bins_at(&s->spans, event->ts_ns);
		if (!span)
			return -ENOMEM;
		count(s, span, counter, is_several ? event->segs : 1);
	}
	if (event->type == SKW_EVENT_RTT)
		return event->rtt_us == SKW_NONE32
			       ? 0
			       : count_kernel_time(s, event->ts_ns, event->rtt_us);
	return event->type == SKW_EVENT_LISTEN ? 0 : add_event(s, c, event, &tuple);
}

void skw_sheet_sweep(struct skw_sheet *s, uint64_t events_lost)
{
	s->figures.sweeps++;
	/* Another recording begins to count again. */
	if (events_lost >= s->lost_now)
		s->figures.events_lost += events_lost - s->lost_now;
	else
		s->figures.events_lost += events_lost;
	s->lost_now = events_lost;
}

void skw_sheet_statistics(struct skw_sheet *s, uint64_t seen, uint64_t lost)
{
	s->figures.stats = true;
	s->figures.stat_seen += seen;
	s->figures.stat_lost += lost;
}

/* ---- messages ---- */

int skw_sheet_message(struct skw_sheet *s, const struct skw_message *m)
{
	struct skw_sheet_connection *c = find(s, &m->tuple);
	size_t before;
	int ret;

	s->figures.messages++;
	s->figures.message_errors += m->error || m->outcome == SKW_MESSAGE_UNANSWERED;
	if (m->latency_ns != SKW_MESSAGE_UNKNOWN)
		s->figures.latencies[skw_sheet_times_place(m->latency_ns / 1000)]++;
	if (!c)
		return 0;
	before = skw_sheet_connection_memory(c);
	ret = skw_sheet_connection_message(c, m);
	return ret ? ret : account(s, c, before);
}

/* ---- */

int skw_sheet_new(const struct skw_sheet_options *opt, struct skw_sheet **out)
{
	struct skw_sheet *s = calloc(1, sizeof(*s));
	struct skw_conversations_options conversations = { .max_bytes = opt->conversations_bytes };

	if (!s)
		return -ENOMEM;
	s->opt = *opt;
	s->points = POINTS;
	s->watcher = (struct skw_conversations_watcher){ took, leaves, s };
	s->spans = (struct skw_sheet_bins){ .max = SKW_SHEET_SPANS,
					    .counters = SKW_SHEET_SPAN,
					    .width_ns = SPAN_NS };
	s->figures.first_ns = s->figures.last_ns = SKW_SHEET_UNKNOWN;
	s->kept_size = 2 * opt->rows_max + 1;
	s->kept = calloc(s->kept_size, sizeof(struct skw_sheet_connection *));
	memcpy(conversations.key, opt->key, sizeof(opt->key));
	conversations.watcher = &s->watcher;
	if (!s->kept || skw_conversations_new(&conversations, &s->conversations)) {
		free(s->kept);
		free(s);
		return -ENOMEM;
	}
	*out = s;
	return 0;
}

void skw_sheet_finish(struct skw_sheet *s)
{
	const struct skw_conversations_rest *rest = skw_conversations_rest(s->conversations);

	s->figures.others = rest->others + rest->unreadable + rest->fragments;
	skw_conversations_free(s->conversations);
	s->conversations = NULL;
	keep_worst(s);
}

void skw_sheet_free(struct skw_sheet *s)
{
	if (!s)
		return;
	skw_conversations_free(s->conversations);
	while (s->kept_len)
		free_connection(s, s->kept[--s->kept_len]);
	free(s->kept);
	skw_sheet_bins_free(&s->spans);
	free(s);
}

const struct skw_sheet_figures *skw_sheet_figures(const struct skw_sheet *s)
{
	return &s->figures;
}

const struct skw_sheet_bins *skw_sheet_spans(const struct skw_sheet *s)
{
	return &s->spans;
}

const struct skw_sheet_connection *const *skw_sheet_rows(const struct skw_sheet *s, size_t *len)
{
	*len = s->kept_len;
	return (const struct skw_sheet_connection *const *)s->kept;
}

size_t skw_sheet_memory(const struct skw_sheet *s)
{
	return s->details_bytes;
}
