// SPDX-License-Identifier: BSD-2-Clause
/* Adds to the figures of a label set what a socket has done since it was looked at last. */
#include "metrics/meter_state.h"

#include <errno.h>

/* Where figures are added. */
struct sum {
	const struct skw_meter *meter;
	struct skw_label_set *set;
};

static struct sum sum_of(struct skw_meter *m, const struct skw_tally *t)
{
	return (struct sum){ m, skw_label_sets_get(&m->sets, t->set) };
}

static void raise(const struct sum *s, uint64_t *figure, uint64_t more)
{
	if (!more)
		return;
	*figure += more;
	s->set->counted = true;
	s->set->news_ns = s->meter->now_ns;
}

/* A socket that is used again counts from 0: all of it is new. */
static void add64(const struct sum *s, uint64_t *last, uint64_t now, uint64_t *figure)
{
	if (now == SKW_NONE64)
		return;
	raise(s, figure, now >= *last ? now - *last : now);
	*last = now;
}

/* The kernel's 32 bits wrap around, which is a step forward of less than half of them. */
static void add32(const struct sum *s, uint32_t *last, uint32_t now, uint64_t *figure)
{
	uint32_t more = now - *last;

	if (now == SKW_NONE32)
		return;
	raise(s, figure, more <= INT32_MAX ? more : now);
	*last = now;
}

static void show(struct skw_histogram *h, unsigned bucket, uint64_t cookie, uint32_t us,
		 uint64_t real_ns)
{
	if (cookie && cookie != SKW_NONE64)
		h->exemplars[bucket] = (struct skw_exemplar){ cookie, real_ns, us };
}

static int add_samples(struct skw_meter *m, struct skw_tally *t,
		       const struct skw_row_sample *sample)
{
	const struct skw_row *row = &sample->row;

	if (!row->rtt_samples || row->rtt_samples == SKW_NONE32 ||
	    sample->rtt_hist[0] == SKW_NONE32)
		return 0;
	const struct sum s = sum_of(m, t);
	struct skw_histogram *h = skw_label_sets_histogram(&s.set->tcp.rtt);
	struct skw_tally_samples *last = skw_tallies_samples(&m->tallies, t);

	if (!h || !last)
		return -ENOMEM;
	unsigned bucket_of_last = skw_histogram_bucket(row->last_rtt_us, SKW_RTT_BUCKETS);

	for (unsigned i = 0; i < SKW_RTT_BUCKETS; i++) {
		uint64_t before = h->counts[i];

		add32(&s, &last->counts[i], sample->rtt_hist[i], &h->counts[i]);
		if (h->counts[i] != before && i == bucket_of_last && row->last_rtt_us != SKW_NONE32)
			show(h, i, t->cookie, row->last_rtt_us,
			     row->ts_ns + (uint64_t)m->offset_ns);
	}
	return 0;
}

int skw_meter_add_tcp(struct skw_meter *m, struct skw_tally *t, const struct skw_row_sample *sample)
{
	const struct skw_row *row = &sample->row;
	const struct sum s = sum_of(m, t);
	struct skw_tcp_figures *sum = &s.set->tcp;

	add64(&s, &t->sent_bytes, row->bytes_acked, &sum->sent_bytes);
	add64(&s, &t->received_bytes, row->bytes_received, &sum->received_bytes);
	add32(&s, &t->sent_segs, row->segs_out, &sum->sent_segs);
	add32(&s, &t->retrans_segs, row->retrans_segs, &sum->retrans_segs);
	add32(&s, &t->timeouts, row->rto_count, &sum->timeouts);
	return add_samples(m, t, sample);
}

void skw_meter_add_begun(struct skw_meter *m, struct skw_tally *t)
{
	const struct sum s = sum_of(m, t);
	struct skw_tcp_figures *sum = &s.set->tcp;

	raise(&s, &sum->sent_bytes, t->sent_bytes);
	raise(&s, &sum->received_bytes, t->received_bytes);
	raise(&s, &sum->sent_segs, t->sent_segs);
	raise(&s, &sum->retrans_segs, t->retrans_segs);
	t->flags &= (uint8_t)~SKW_TALLY_FRESH;
}

int skw_meter_add_handshake(struct skw_meter *m, const struct skw_tally *t, uint32_t us,
			    uint64_t ts_ns)
{
	struct skw_label_set *set = skw_meter_set_of(m, t);
	struct skw_histogram *h = skw_label_sets_histogram(&set->tcp.handshakes);
	unsigned bucket = skw_histogram_bucket(us, SKW_RTT_BUCKETS);

	if (!h)
		return -ENOMEM;
	h->counts[bucket]++;
	h->sum_us += us;
	show(h, bucket, t->cookie, us, ts_ns + (uint64_t)m->offset_ns);
	return 0;
}

/* Our programs count in 64 bits, and a row has the last 32 of them. */
static void add_wrapping(const struct sum *s, uint32_t *last, uint32_t now, uint64_t *figure)
{
	raise(s, figure, (uint32_t)(now - *last));
	*last = now;
}

void skw_meter_add_udp(struct skw_meter *m, struct skw_tally *t,
		       const struct skw_row_sample *sample)
{
	const struct skw_row_datagrams *d = &sample->datagrams;
	const struct sum s = sum_of(m, t);
	struct skw_udp_figures *sum = &s.set->udp;

	add32(&s, &t->drops, sample->row.drops, &sum->drops);
	if (d->seen_out == SKW_NONE64)
		return;
	add64(&s, &t->sent_bytes, d->seen_out, &sum->sent_bytes);
	add64(&s, &t->received_bytes, d->seen_in, &sum->received_bytes);
	add_wrapping(&s, &t->sent_packets, d->seen_packets_out, &sum->sent_packets);
	add_wrapping(&s, &t->received_packets, d->seen_packets_in, &sum->received_packets);
}

void skw_meter_add_listener(struct skw_meter *m, struct skw_tally *t, const struct skw_row *row)
{
	const struct sum s = sum_of(m, t);

	add32(&s, &t->drops, row->drops, &s.set->listener.drops);
	t->queue = row->recv_q == SKW_NONE32 ? 0 : row->recv_q;
	t->limit = row->send_q == SKW_NONE32 ? 0 : row->send_q;
}
