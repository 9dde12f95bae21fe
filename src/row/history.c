// SPDX-License-Identifier: BSD-2-Clause
#include "row/history.h"

#include <netinet/in.h>
#include <string.h>

/*
 * Where the steps of an octave begin: 1024 * 2^(i/8). Code 1 is 1 us, so code c stands for
 * 2^((c - 1) / 8) us, and the largest code for 2^31.75 us, an hour.
 */
static const uint16_t steps[8] = { 1024, 1117, 1218, 1328, 1448, 1579, 1722, 1878 };

/* Half-way to the next step, by the ratio of times: 1024 * 2^((i + 0.5) / 8). */
static const uint16_t limits[8] = { 1069, 1166, 1272, 1387, 1512, 1649, 1798, 1961 };

uint8_t skw_history_encode(uint32_t us)
{
	unsigned octave, step = 0;
	uint32_t mantissa;

	if (us == SKW_NONE32)
		return 0;
	if (!us)
		us = 1;
	octave = 31U - (unsigned)__builtin_clz(us);
	mantissa = (uint32_t)(((uint64_t)us << 10) >> octave); /* 1024..2047 */
	while (step < 8 && mantissa > limits[step])
		step++;

	unsigned code = 1 + octave * 8 + step;

	return (uint8_t)(code > 255 ? 255 : code);
}

uint32_t skw_history_decode(uint8_t code)
{
	if (!code)
		return SKW_NONE32;

	unsigned octave = (code - 1U) / 8, step = (code - 1U) % 8;
	uint64_t scaled = (uint64_t)steps[step] << octave;

	return (uint32_t)((scaled + 512) >> 10);
}

/* A figure also stands for the seconds since a known one before it, if they are no more. */
#define HOLD_MAX 10

/* The code of that many seconds ago; 0: of the last one. */
static uint8_t code_of(const struct skw_row *row, unsigned ago)
{
	const struct skw_row_history *h = row->history;

	if (ago < row->history_run)
		return row->history_code;
	return h ? h->codes[(h->at + 2 * SKW_ROW_HISTORY - 1 - ago) % SKW_ROW_HISTORY] : 0;
}

/*
 * Before the last seconds, which have the same code, nothing is known of a row without a ring.
 * Without memory for one, the older seconds are forgotten.
 */
static void make_ring(struct skw_row *row, struct skw_extras *extras)
{
	struct skw_row_history *h = row->history;

	if (h || !row->history_code)
		return;
	h = skw_extras_add_history(extras, row);
	if (!h)
		return;
	memset(h->codes, row->history_code, row->history_run);
	h->at = row->history_run % SKW_ROW_HISTORY;
}

static void step(struct skw_row *row, struct skw_extras *extras, uint8_t code)
{
	if (code != row->history_code) {
		make_ring(row, extras);
		row->history_code = code;
		row->history_run = 0;
	}
	if (row->history_run < SKW_ROW_HISTORY)
		row->history_run++;
	if (row->history_run == SKW_ROW_HISTORY)
		skw_extras_drop_history(extras, row);
	if (!row->history)
		return;
	row->history->codes[row->history->at] = code;
	row->history->at = (uint8_t)((row->history->at + 1) % SKW_ROW_HISTORY);
}

/* Another figure takes the place of the last one. */
static void replace(struct skw_row *row, struct skw_extras *extras, uint8_t code)
{
	if (code == row->history_code && row->history_run)
		return;
	if (row->history_run > 1)
		make_ring(row, extras);
	row->history_code = code;
	row->history_run = 1;
	if (!row->history)
		return;
	unsigned at = row->history->at + SKW_ROW_HISTORY - 1U;

	row->history->codes[at % SKW_ROW_HISTORY] = code;
	while (row->history_run < SKW_ROW_HISTORY && code_of(row, row->history_run) == code)
		row->history_run++;
}

void skw_history_add(struct skw_row *row, struct skw_extras *extras, uint32_t seconds, uint32_t us)
{
	uint8_t code = skw_history_encode(us);
	uint8_t held = row->history_code && seconds <= HOLD_MAX ? code : 0;
	uint32_t left = seconds > SKW_ROW_HISTORY ? SKW_ROW_HISTORY : seconds;

	if (!left) {
		replace(row, extras, code);
		return;
	}
	while (--left)
		step(row, extras, held);
	step(row, extras, code);
}

void skw_history_read(const struct skw_row *row, uint32_t *out_us, size_t n)
{
	if (n > SKW_ROW_HISTORY)
		n = SKW_ROW_HISTORY;
	if (row->tuple.proto == IPPROTO_UDP) {
		memset(out_us, 0xff, n * sizeof(*out_us));
		return;
	}
	for (size_t i = 0; i < n; i++)
		out_us[i] = skw_history_decode(code_of(row, (unsigned)(n - 1 - i)));
}
