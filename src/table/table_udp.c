// SPDX-License-Identifier: BSD-2-Clause
/* The figures of sockets of UDP. */
#include "table/table.h"

#include "table/table_rows.h"
#include "table/table_state.h"

#define NS_PER_S 1000000000.0

static uint32_t per_second(uint32_t many, uint64_t from_ns, uint64_t to_ns)
{
	double rate = (double)many * NS_PER_S / (double)(to_ns - from_ns) + 0.5;

	return rate < SKW_NONE32 ? (uint32_t)rate : SKW_NONE32 - 1;
}

/* Figures that wrap around: what came since then, or all of it if the socket is new. */
static uint32_t since(uint32_t before, uint32_t now, bool fresh)
{
	return fresh ? now : now - before;
}

/*
 * As of a connection, the rates are over the time between two sweeps, and over the whole tick for a
 * socket that was opened within it. `now` gets them, as it becomes the row.
 */
static void derive_rates(struct skw_row *row, struct skw_row_datagrams *now,
			 const struct skw_row *sample, bool fresh, uint64_t tick_begin_ns)
{
	const struct skw_row_datagrams *before = &row->datagrams;
	uint64_t from_ns = fresh ? tick_begin_ns : row->ts_ns, to_ns = sample->ts_ns;

	row->tx_bps = row->rx_bps = SKW_NONE64;
	if (now->seen_out == SKW_NONE64 || (!fresh && before->seen_out == SKW_NONE64) ||
	    from_ns == SKW_NONE64 || to_ns <= from_ns)
		return;
	row->tx_bps =
		skw_table_row_rate(fresh ? 0 : before->seen_out, now->seen_out, from_ns, to_ns);
	row->rx_bps = skw_table_row_rate(fresh ? 0 : before->seen_in, now->seen_in, from_ns, to_ns);
	now->tx_pps = per_second(since(before->seen_packets_out, now->seen_packets_out, fresh),
				 from_ns, to_ns);
	now->rx_pps = per_second(since(before->seen_packets_in, now->seen_packets_in, fresh),
				 from_ns, to_ns);
	if (sample->drops != SKW_NONE32 && (fresh || row->drops != SKW_NONE32))
		now->drop_rate =
			per_second(since(row->drops, sample->drops, fresh), from_ns, to_ns);
}

void skw_table_row_merge_udp(struct skw_table *t, struct skw_row *row, const struct skw_row *now,
			     bool final)
{
	struct skw_row_datagrams datagrams = now->datagrams;

	if (now->opened_ns < row->opened_ns)
		row->opened_ns = now->opened_ns;

	bool born = skw_table_row_is_born(t, row);
	bool fresh = row->datagrams.seen_out == SKW_NONE64 && born;

	skw_totals_add_datagrams(&t->tick, &row->datagrams, &datagrams, born);
	if (!final)
		derive_rates(row, &datagrams, now, fresh, t->prev_begin_ns);
	row->datagrams = datagrams;
	skw_table_row_copy_figures(row, now);
}
