// SPDX-License-Identifier: BSD-2-Clause
#include "session/delivery.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/clock.h"

/* Lines are given out at the latest when there are so many bytes of them. */
#define LINES_BYTES 65536

/* How long a reader that has stopped may hold up the end. */
#define LINGER_NS (2 * SKW_NS_PER_S)

int skw_delivery_open(struct skw_delivery *d, const struct skw_capture_plan *plan,
		      const struct skw_recorder_options *recorder, struct skw_error *err)
{
	memset(d, 0, sizeof(*d));
	d->plan = plan;
	d->interrupt_fd = -1;
	struct stat st;
	d->stream = fstat(STDOUT_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
	if (plan->lines) {
		d->printer = skw_printer_new(&plan->print);
		if (!d->printer)
			return skw_error_set(err, -errno, "lines: %s", strerror(errno));
	}
	return plan->write_file ? skw_recorder_new(recorder, &d->recorder, err) : 0;
}

void skw_delivery_several(struct skw_delivery *d)
{
	if (d->printer)
		skw_printer_show_interface(d->printer);
}

/* Until standard output takes something: 0, or -ETIMEDOUT when that is given up, or -errno. */
static int wait_for_reader(struct skw_delivery *d)
{
	for (;;) {
		struct pollfd p[] = {
			{ .fd = STDOUT_FILENO, .events = POLLOUT },
			{ .fd = d->give_up_ns ? -1 : d->interrupt_fd, .events = POLLIN },
		};
		int timeout_ms = -1;

		if (d->give_up_ns) {
			uint64_t now_ns = skw_clock_monotonic_ns();

			if (now_ns >= d->give_up_ns)
				return -ETIMEDOUT;
			timeout_ms = (int)((d->give_up_ns - now_ns) / 1000000 + 1);
		}
		if (poll(p, 2, timeout_ms) < 0 && errno != EINTR)
			return -errno;
		if (p[0].revents)
			return 0;
		if (p[1].revents)
			skw_delivery_hurry(d);
	}
}

/* A pipe that has room takes PIPE_BUF bytes without waiting. 0 or -errno. */
static int write_some(struct skw_delivery *d, size_t *at)
{
	size_t n = d->lines.len - *at;

	if (d->stream) {
		int ret = wait_for_reader(d);

		if (ret)
			return ret;
		n = n < PIPE_BUF ? n : PIPE_BUF;
	}
	ssize_t put = write(STDOUT_FILENO, d->lines.data + *at, n);
	if (put >= 0)
		*at += (size_t)put;
	return put < 0 && errno != EINTR && errno != EAGAIN ? -errno : 0;
}

static int write_lines(struct skw_delivery *d, struct skw_error *err)
{
	size_t at = 0;

	if (d->lines.failed)
		return skw_error_set(err, -ENOMEM, "lines: out of memory");
	int ret = 0;
	while (!ret && at < d->lines.len)
		ret = write_some(d, &at);
	skw_buf_reset(&d->lines);
	if (ret == -ETIMEDOUT)
		return skw_error_set(err, ret, "standard output: nobody takes the lines");
	return ret ? skw_error_set(err, ret, "standard output: %s", strerror(-ret)) : 0;
}

bool skw_delivery_ready(const struct skw_delivery *d)
{
	return !d->recorder || skw_recorder_ready(d->recorder);
}

void skw_delivery_hurry(struct skw_delivery *d)
{
	if (!d->give_up_ns)
		d->give_up_ns = skw_clock_monotonic_ns() + LINGER_NS;
	if (d->recorder)
		skw_recorder_hurry(d->recorder);
}

int skw_delivery_packet(struct skw_delivery *d, const struct skw_packet *pkt,
			const struct skw_iface *iface, struct skw_error *err)
{
	if (d->recorder) {
		int ret = skw_recorder_packet(d->recorder, pkt, iface, err);

		if (ret)
			return ret;
	}
	if (d->printer) {
		skw_printer_packet(d->printer, pkt, iface, &d->lines);
		if (d->lines.len >= LINES_BYTES || d->lines.failed) {
			int ret = write_lines(d, err);

			if (ret)
				return ret;
		}
	}
	d->packets++;
	return d->plan->count && d->packets >= d->plan->count ? SKW_DELIVERED_ENOUGH
							      : SKW_DELIVERED;
}

int skw_delivery_pause(struct skw_delivery *d, struct skw_error *err)
{
	int ret = d->lines.len || d->lines.failed ? write_lines(d, err) : 0;

	if (!ret && d->recorder)
		ret = skw_recorder_pause(d->recorder, err);
	return ret;
}

int skw_delivery_close(struct skw_delivery *d, uint64_t now_ns, struct skw_error *err)
{
	int ret = d->lines.len ? write_lines(d, err) : 0;
	int finished = skw_recorder_finish(d->recorder, now_ns, &d->lost, err);

	skw_printer_free(d->printer);
	skw_buf_free(&d->lines);
	d->recorder = NULL;
	d->printer = NULL;
	return ret ? ret : finished;
}
