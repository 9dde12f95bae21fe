/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time: packets are stamped and ordered by CLOCK_MONOTONIC; real time is that
 * plus an offset that changes only when somebody sets the clock.
 */
#ifndef SKW_UTIL_CLOCK_H
#define SKW_UTIL_CLOCK_H

#include <stdint.h>

#define SKW_NS_PER_S  1000000000ULL
#define SKW_NS_PER_MS 1000000ULL
#define SKW_NS_PER_US 1000ULL

uint64_t skw_clock_monotonic_ns(void);
uint64_t skw_clock_real_ns(void);

/* Real time minus monotonic time, in nanoseconds. */
int64_t skw_clock_offset_ns(void);

/*
 * A descriptor that becomes readable when the real-time clock is set
 * (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET), or -errno. The caller owns it.
 * skw_clock_watch_again() clears and re-arms it: 0 or -errno.
 */
int skw_clock_watch(void);
int skw_clock_watch_again(int fd);

/* A timer on CLOCK_MONOTONIC, not armed yet: a descriptor the caller owns, or -errno. */
int skw_clock_timer(void);
/* Fires once after delay_ns, then each interval_ns (0: never again). delay_ns 0 disarms. */
int skw_clock_timer_set(int fd, uint64_t delay_ns, uint64_t interval_ns);
/* How often it fired since it was last asked; 0 if not at all. */
uint64_t skw_clock_timer_read(int fd);

#endif
