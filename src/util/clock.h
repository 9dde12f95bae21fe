/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clocks and timers. Packets are stamped and ordered by CLOCK_MONOTONIC. Real time is
 * that plus an offset, which changes only when the clock is set.
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
 * skw_clock_watch() returns a descriptor that becomes readable when the real-time clock
 * is set (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET), or -errno. The caller owns it.
 * skw_clock_watch_again() clears and re-arms it, and returns 0 or -errno.
 */
int skw_clock_watch(void);
int skw_clock_watch_again(int fd);

/* Returns a timer on CLOCK_MONOTONIC, not armed, which the caller owns, or -errno. */
int skw_clock_timer(void);
/*
 * Arms the timer: it fires after delay_ns and then every interval_ns (0: only once). A delay_ns of
 * 0 disarms it. Returns 0 or -errno.
 */
int skw_clock_timer_set(int fd, uint64_t delay_ns, uint64_t interval_ns);
/* Returns how many times the timer has fired since the last call. */
uint64_t skw_clock_timer_read(int fd);

#endif
