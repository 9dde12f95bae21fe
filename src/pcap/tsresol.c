// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/tsresol.h"

#include "model/packet.h"

#define POWER_OF_2  0x80
#define NS_DIGITS   9
#define NS_PER_SEC  1000000000
#define TICK_BITS   64
#define TICK_DIGITS 20

/* The result is less than 2^94, so adding an offset can't overflow 128 bits. */
static __int128 decimal(uint64_t ticks, unsigned digits)
{
	__int128 ns = ticks;

	for (; digits < NS_DIGITS; digits++)
		ns *= 10;
	if (digits - NS_DIGITS >= TICK_DIGITS)
		return 0;
	for (; digits > NS_DIGITS; digits--)
		ns /= 10;
	return ns;
}

static __int128 binary(uint64_t ticks, unsigned bits)
{
	if (bits >= TICK_BITS + 30) /* a second has less than 2^30 ns */
		return 0;
	return (__int128)ticks * NS_PER_SEC >> bits;
}

uint64_t skw_tsresol_to_ns(uint64_t ticks, uint8_t tsresol, int64_t offset_s)
{
	unsigned n = tsresol & ~POWER_OF_2;
	__int128 ns = tsresol & POWER_OF_2 ? binary(ticks, n) : decimal(ticks, n);

	ns += (__int128)offset_s * NS_PER_SEC;
	return ns < 0 || ns >= SKW_PACKET_TIME_UNKNOWN ? SKW_PACKET_TIME_UNKNOWN : (uint64_t)ns;
}
