/* SPDX-License-Identifier: BSD-2-Clause */
/* Time stamps of a pcapng interface, as nanoseconds. Source: draft-ietf-opsawg-pcapng, section 4.2.
 */
#ifndef SKW_PCAP_TSRESOL_H
#define SKW_PCAP_TSRESOL_H

#include <stdint.h>

#define SKW_TSRESOL_DEFAULT 6 /* microseconds, where if_tsresol is missing */

/*
 * `tsresol`: 10^-n s per tick, or 2^-n with the top bit set. `offset_s` is
 * if_tsoffset. What is before 1970 becomes 0, what does not fit UINT64_MAX.
 */
uint64_t skw_tsresol_to_ns(uint64_t ticks, uint8_t tsresol, int64_t offset_s);

#endif
