// SPDX-License-Identifier: BSD-2-Clause
#include "view/smooth.h"

#include <errno.h>
#include <stdlib.h>

#define TICKS         3
#define UNKNOWN       0xffffU
#define MANTISSA_BITS 9

/* So a sum of three figures times six fits into 64 bits. */
#define FIGURE_MAX (1ULL << 58)
#define GROW       1024U

struct skw_smoothed {
	uint16_t ticks[TICKS]; /* this one first */
	uint16_t whose;        /* of the cookie: places are used again */
};

void skw_smooth_free(struct skw_smooth *s)
{
	free(s->all);
	*s = (struct skw_smooth){ 0 };
}

static int grow(struct skw_smooth *s, size_t place)
{
	size_t len = (place / GROW + 1) * GROW;
	struct skw_smoothed *all = reallocarray(s->all, len, sizeof(*all));

	if (!all)
		return -ENOMEM;
	for (size_t i = s->len; i < len; i++)
		all[i] = (struct skw_smoothed){ { UNKNOWN, UNKNOWN, UNKNOWN }, 0 };
	s->all = all;
	s->len = len;
	return 0;
}

/*
 * Encodes a number as a float with ten significant bits, keeping the order of numbers. A number
 * below 1024 is encoded as itself.
 */
static uint16_t encode(uint64_t v)
{
	unsigned shift = 0;

	if (v >> (MANTISSA_BITS + 1))
		shift = 63U - (unsigned)__builtin_clzll(v) - MANTISSA_BITS;
	return (uint16_t)((shift << MANTISSA_BITS) + (unsigned)(v >> shift));
}

static uint64_t decode(uint16_t code)
{
	unsigned shift = code >> (MANTISSA_BITS + 1) ? (code >> MANTISSA_BITS) - 1U : 0;

	return (uint64_t)(code - (shift << MANTISSA_BITS)) << shift;
}

int skw_smooth_add(struct skw_smooth *s, uint32_t place, uint64_t cookie, uint64_t now, bool tick,
		   uint64_t *out)
{
	uint16_t whose = (uint16_t)(cookie ^ cookie >> 16);
	unsigned known = 1;

	if (place >= s->len && grow(s, place))
		return -ENOMEM;
	struct skw_smoothed *of = &s->all[place];

	if (of->whose != whose)
		*of = (struct skw_smoothed){ { UNKNOWN, UNKNOWN, UNKNOWN }, whose };
	if (tick) {
		of->ticks[2] = of->ticks[1];
		of->ticks[1] = of->ticks[0];
	}
	if (now == SKW_NONE64) {
		of->ticks[0] = UNKNOWN;
		*out = SKW_NONE64;
		return 0;
	}
	if (now > FIGURE_MAX)
		now = FIGURE_MAX;
	of->ticks[0] = encode(now);
	for (unsigned i = 1; i < TICKS; i++) {
		if (of->ticks[i] == UNKNOWN)
			continue;
		now += decode(of->ticks[i]);
		known++;
	}
	*out = now * (6 / known);
	return 0;
}
