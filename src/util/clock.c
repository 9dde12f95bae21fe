// SPDX-License-Identifier: BSD-2-Clause
#include "util/clock.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * SKW_NS_PER_S + (uint64_t)ts.tv_nsec;
}

uint64_t skw_clock_monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t skw_clock_real_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

int64_t skw_clock_offset_ns(void)
{
	uint64_t best = UINT64_MAX;
	int64_t offset = 0;

	/* The best of several tries is the one whose two monotonic readings are closest. */
	for (int i = 0; i < 8; i++) {
		uint64_t before = clock_ns(CLOCK_MONOTONIC);
		uint64_t real = clock_ns(CLOCK_REALTIME);
		uint64_t after = clock_ns(CLOCK_MONOTONIC);

		if (after - before < best) {
			best = after - before;
			offset = (int64_t)(real - (before + best / 2));
		}
	}
	return offset;
}

static int watch_arm(int fd)
{
	/* The timer must never expire. It is there to be cancelled when the clock is set. */
	struct itimerspec never = { .it_value = { .tv_sec = (time_t)1 << 40 } };

	if (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0)
		return -errno;
	return 0;
}

int skw_clock_watch(void)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd < 0)
		return -errno;
	int ret = watch_arm(fd);
	if (ret) {
		close(fd);
		return ret;
	}
	return fd;
}

int skw_clock_watch_again(int fd)
{
	uint64_t fired;
	ssize_t n = read(fd, &fired, sizeof(fired));

	/* ECANCELED means that the clock was set. */
	if (n < 0 && errno != ECANCELED && errno != EAGAIN)
		return -errno;
	return watch_arm(fd);
}

int skw_clock_timer(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

static struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / SKW_NS_PER_S), (long)(ns % SKW_NS_PER_S) };
}

int skw_clock_timer_set(int fd, uint64_t delay_ns, uint64_t interval_ns)
{
	struct itimerspec when = { .it_value = timespec_of(delay_ns),
				   .it_interval = timespec_of(interval_ns) };

	return timerfd_settime(fd, 0, &when, NULL) < 0 ? -errno : 0;
}

uint64_t skw_clock_timer_read(int fd)
{
	uint64_t fired = 0;

	return read(fd, &fired, sizeof(fired)) == (ssize_t)sizeof(fired) ? fired : 0;
}
