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

static void step(struct skw_row *row, uint8_t code)
{
	row->history[row->history_at] = code;
	row->history_at = (uint8_t)((row->history_at + 1) % SKW_ROW_HISTORY);
}

void skw_history_add(struct skw_row *row, uint32_t seconds, uint32_t us)
{
	uint8_t *last = &row->history[(row->history_at + SKW_ROW_HISTORY - 1) % SKW_ROW_HISTORY];
	uint8_t code = skw_history_encode(us), held = *last && seconds <= HOLD_MAX ? code : 0;
	uint32_t left = seconds > SKW_ROW_HISTORY ? SKW_ROW_HISTORY : seconds;

	if (!left) {
		*last = code;
		return;
	}
	while (--left)
		step(row, held);
	step(row, code);
}

void skw_history_read(const struct skw_row *row, uint32_t *out_us, size_t n)
{
	if (n > SKW_ROW_HISTORY)
		n = SKW_ROW_HISTORY;
	if (row->tuple.proto == IPPROTO_UDP) {
		memset(out_us, 0xff, n * sizeof(*out_us));
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = (row->history_at + SKW_ROW_HISTORY - n + i) % SKW_ROW_HISTORY;

		out_us[i] = skw_history_decode(row->history[at]);
	}
}
