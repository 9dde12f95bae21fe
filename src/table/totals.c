// SPDX-License-Identifier: BSD-2-Clause
#include "table/totals.h"

#include <math.h>
#include <netinet/in.h>
#include <string.h>

#define NS_PER_S 1e9

void skw_totals_init(struct skw_totals *t)
{
	*t = (struct skw_totals){ .rx_bps = NAN,
				  .tx_bps = NAN,
				  .rtt_p50_us = NAN,
				  .rtt_p99_us = NAN,
				  .rto_per_s = NAN,
				  .retrans_per_s = NAN,
				  .retrans_ratio = NAN,
				  .events_per_s = NAN };
}

static uint64_t delta64(uint64_t before, uint64_t now, bool born)
{
	if (now == SKW_NONE64)
		return 0;
	if (before == SKW_NONE64)
		return born ? now : 0;
	return now > before ? now - before : 0;
}

static uint64_t delta32(uint32_t before, uint32_t now, bool born)
{
	if (now == SKW_NONE32)
		return 0;
	if (before == SKW_NONE32)
		return born ? now : 0;
	return now > before ? now - before : 0;
}

void skw_totals_add(struct skw_tick *tick, const struct skw_row *before, const struct skw_row *now,
		    const uint32_t *hist, bool born)
{
	const uint32_t *old = before->rtt_hist;

	tick->tx_bytes += delta64(before->bytes_acked, now->bytes_acked, born);
	tick->rx_bytes += delta64(before->bytes_received, now->bytes_received, born);
	tick->retrans += delta32(before->retrans_segs, now->retrans_segs, born);
	tick->segs_out += delta32(before->segs_out, now->segs_out, born);
	/* Our programs count these from 0 on, since the first sweep that met the socket. */
	tick->rto += delta32(before->rto_count, now->rto_count, true);
	if (now->rtt_samples == SKW_NONE32 || now->rtt_samples == before->rtt_samples || !hist)
		return;
	for (unsigned i = 0; i < SKW_RTT_BUCKETS; i++)
		tick->rtt_hist[i] += delta32(old ? old[i] : 0, hist[i], true);
}

void skw_totals_add_datagrams(struct skw_tick *tick, const struct skw_row *before,
			      const struct skw_row_datagrams *now, bool born)
{
	const struct skw_row_datagrams *old = before->datagrams;

	tick->tx_bytes += delta64(old ? old->seen_out : SKW_NONE64, now->seen_out, born);
	tick->rx_bytes += delta64(old ? old->seen_in : SKW_NONE64, now->seen_in, born);
}

void skw_totals_raise(struct skw_tick *tick, struct skw_row *row, const struct skw_event *event)
{
	bool is_rto = event->type == SKW_EVENT_RTO;
	uint32_t *counter = is_rto ? &row->rto_count : &row->retrans_segs;
	uint32_t by = is_rto ? 1 : event->segs;

	/* A sweep has counted everything that is older than the row. */
	if (*counter == SKW_NONE32 || row->ts_ns == SKW_NONE64 || event->ts_ns <= row->ts_ns)
		return;
	*counter += by;
	*(is_rto ? &tick->rto : &tick->retrans) += by;
}

void skw_totals_count_begin(struct skw_totals *t)
{
	t->rows = t->closed = t->udp = 0;
	memset(t->states, 0, sizeof(t->states));
}

void skw_totals_count(struct skw_totals *t, const struct skw_row *row)
{
	if (row->tuple.proto == IPPROTO_UDP) {
		t->udp += row->state != SKW_STATE_CLOSED;
		return;
	}
	if (row->state == SKW_STATE_CLOSED) {
		t->closed++;
		return;
	}
	t->states[row->state]++;
	if (row->state != SKW_STATE_LISTEN)
		t->rows++;
}

/*
 * The time below which this share (0..1) of the samples lies, in proportion within its bucket. NAN:
 * there are no samples.
 */
static double quantile(const uint64_t hist[SKW_RTT_BUCKETS], double share)
{
	uint64_t sum = 0, below = 0;

	for (unsigned i = 0; i < SKW_RTT_BUCKETS; i++)
		sum += hist[i];
	if (!sum)
		return NAN;

	double rank = share * (double)sum;
	unsigned i = 0;

	while (i < SKW_RTT_BUCKETS - 1 && (double)(below + hist[i]) < rank)
		below += hist[i++];

	/* The limits are those of abi/conn.h. The last bucket is taken for an octave. */
	double from = i ? (double)(1U << (i + 4)) : 0, to = (double)(1U << (i + 5));
	double part = hist[i] ? (rank - (double)below) / (double)hist[i] : 0;

	return from + (to - from) * part;
}

static void push(double history[SKW_TOTALS_HISTORY], unsigned len, double value)
{
	if (len == SKW_TOTALS_HISTORY)
		memmove(history, history + 1, (len - 1) * sizeof(*history));
	else
		len++;
	history[len - 1] = value;
}

void skw_totals_end(struct skw_totals *t, struct skw_tick *tick, uint64_t length_ns)
{
	double seconds = (double)length_ns / NS_PER_S;

	if (length_ns) {
		t->tx_bps = (double)tick->tx_bytes * 8 / seconds;
		t->rx_bps = (double)tick->rx_bytes * 8 / seconds;
		t->rtt_p50_us = quantile(tick->rtt_hist, 0.5);
		t->rtt_p99_us = quantile(tick->rtt_hist, 0.99);
		t->rto_per_s = (double)tick->rto / seconds;
		t->retrans_per_s = (double)tick->retrans / seconds;
		t->retrans_ratio =
			tick->segs_out ? (double)tick->retrans / (double)tick->segs_out : NAN;
		t->events_per_s = (double)tick->events / seconds;

		push(t->rx_history, t->history, t->rx_bps);
		push(t->tx_history, t->history, t->tx_bps);
		push(t->rtt_p50_history, t->history, t->rtt_p50_us);
		push(t->rto_history, t->history, t->rto_per_s);
		push(t->retrans_history, t->history, t->retrans_per_s);
		if (t->history < SKW_TOTALS_HISTORY)
			t->history++;
	}
	*tick = (struct skw_tick){ 0 };
}
