// SPDX-License-Identifier: BSD-2-Clause
#include "row/rates.h"

#include <netinet/in.h>

#define NS_PER_S 1e9
/* Makes bits per second from bytes per nanosecond. */
#define BPS_FACTOR 8e9
#define BPS_LIMIT  0x1p64

static uint64_t bits_per_s(uint64_t before, uint64_t now, uint64_t from_ns, uint64_t to_ns)
{
	if (before == SKW_NONE64 || now == SKW_NONE64 || to_ns <= from_ns || now < before)
		return SKW_NONE64;
	double bps = (double)(now - before) * BPS_FACTOR / (double)(to_ns - from_ns);

	return bps < BPS_LIMIT ? (uint64_t)bps : SKW_NONE64;
}

/* These counters wrap around. */
static uint32_t many_per_s(uint32_t before, uint32_t now, uint64_t from_ns, uint64_t to_ns)
{
	double rate = (double)(uint32_t)(now - before) * NS_PER_S / (double)(to_ns - from_ns) + 0.5;

	return rate < SKW_NONE32 ? (uint32_t)rate : SKW_NONE32 - 1;
}

void skw_rates_of_bytes(struct skw_row *row, const struct skw_row *now, bool born,
			uint64_t tick_begin_ns)
{
	uint64_t from = row->ts_ns, acked = row->bytes_acked, received = row->bytes_received;

	if (acked == SKW_NONE64 && born) {
		acked = received = 0;
		from = tick_begin_ns;
	}
	if (from == SKW_NONE64)
		return;
	row->tx_bps = bits_per_s(acked, now->bytes_acked, from, now->ts_ns);
	row->rx_bps = bits_per_s(received, now->bytes_received, from, now->ts_ns);
}

void skw_rates_of_datagrams(struct skw_row *row, const struct skw_row *now, bool born,
			    uint64_t tick_begin_ns, struct skw_row_datagrams *out)
{
	const struct skw_row_datagrams none = { .seen_out = 0 };
	bool known = row->datagrams && row->datagrams->seen_out != SKW_NONE64;
	bool fresh = !known && born;
	const struct skw_row_datagrams *before = fresh ? &none : row->datagrams;
	uint64_t from = fresh ? tick_begin_ns : row->ts_ns, to = now->ts_ns;
	uint32_t drops = fresh ? 0 : row->drops;

	row->tx_bps = row->rx_bps = SKW_NONE64;
	if (out->seen_out == SKW_NONE64 || !(known || fresh) || from == SKW_NONE64 || to <= from)
		return;
	row->tx_bps = bits_per_s(before->seen_out, out->seen_out, from, to);
	row->rx_bps = bits_per_s(before->seen_in, out->seen_in, from, to);
	out->tx_pps = many_per_s(before->seen_packets_out, out->seen_packets_out, from, to);
	out->rx_pps = many_per_s(before->seen_packets_in, out->seen_packets_in, from, to);
	if (now->drops != SKW_NONE32 && drops != SKW_NONE32)
		out->drop_rate = many_per_s(drops, now->drops, from, to);
}

void skw_rates_of_rest(struct skw_row *row, uint64_t ts_ns)
{
	bool moved_on = ts_ns > row->ts_ns;

	if (row->ts_ns == SKW_NONE64)
		return;
	row->tx_bps = moved_on && row->bytes_acked != SKW_NONE64 ? 0 : SKW_NONE64;
	row->rx_bps = moved_on && row->bytes_received != SKW_NONE64 ? 0 : SKW_NONE64;
}

void skw_rates_stop(struct skw_row *row)
{
	row->tx_bps = row->rx_bps = SKW_NONE64;
	if (row->tuple.proto == IPPROTO_UDP && row->datagrams)
		row->datagrams->tx_pps = row->datagrams->rx_pps = row->datagrams->drop_rate =
			SKW_NONE32;
}
