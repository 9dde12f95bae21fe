/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Converts the time stamps of a pcapng interface to nanoseconds.
 * Source: draft-ietf-opsawg-pcapng, section 4.2.
 */
#ifndef SKW_PCAP_TSRESOL_H
#define SKW_PCAP_TSRESOL_H

#include <stdint.h>

#define SKW_TSRESOL_DEFAULT 6 /* microseconds, if if_tsresol is missing */

/*
 * A tick is 10^-n seconds, where n is `tsresol`, or 2^-n if its top bit is set.
 * `offset_s` is if_tsoffset. A time before 1970 and a time that is too large become
 * SKW_PACKET_TIME_UNKNOWN.
 */
uint64_t skw_tsresol_to_ns(uint64_t ticks, uint8_t tsresol, int64_t offset_s);

#endif
