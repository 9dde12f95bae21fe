// SPDX-License-Identifier: BSD-2-Clause
#include "sink/status.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "loop/loop.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

#define INTERVAL_NS SKW_NS_PER_S

/* Writes a number in at most five characters, for example "1.2M". */
static const char *short_number(double n, char text[16])
{
	static const char units[] = " kMGTPE";
	size_t unit = 0;

	while (n >= 999.5 && unit + 2 < sizeof(units)) {
		n /= 1000;
		unit++;
	}
	if (unit == 0)
		snprintf(text, 16, "%.0f", n);
	else
		snprintf(text, 16, n < 9.95 ? "%.1f%c" : "%.0f%c", n, units[unit]);
	return text;
}

static void show(struct skw_status *s, const struct skw_status_figures *f)
{
	uint64_t now_ns = skw_clock_monotonic_ns();
	double seconds = (double)(now_ns - s->at_ns) / SKW_NS_PER_S;
	char text[4][16], line[512];

	if (!s->at_ns || seconds <= 0)
		seconds = 1;
	snprintf(line, sizeof(line), "%s packets, %sB, %s/s, %s dropped  %s",
		 short_number((double)f->packets, text[0]), short_number((double)f->bytes, text[1]),
		 short_number((double)(f->packets - s->packets) / seconds, text[2]),
		 short_number((double)f->dropped, text[3]), f->file);
	skw_say_status(line);
	s->packets = f->packets;
	s->at_ns = now_ns;
}

static int on_timer(void *ctx, struct skw_error *err)
{
	struct skw_status *s = ctx;
	struct skw_status_figures figures;

	(void)err;
	if (skw_clock_timer_read(s->fd) && s->figures(s->ctx, &figures) == 0)
		show(s, &figures);
	return 0;
}

static int open_status(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	(void)err;
	((struct skw_status *)ctx)->loop = loop;
	return 0;
}

static int start_status(void *ctx, struct skw_error *err)
{
	struct skw_status *s = ctx;
	int ret = s->fd = skw_clock_timer();

	if (ret >= 0)
		ret = skw_loop_watch(s->loop, s->fd, EPOLLIN, on_timer, s);
	if (ret >= 0)
		ret = skw_clock_timer_set(s->fd, INTERVAL_NS, INTERVAL_NS);
	return ret < 0 ? skw_error_set(err, ret, "status line: %s", strerror(-ret)) : 0;
}

static int close_status(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_status *s = ctx;

	(void)real_ns;
	(void)err;
	skw_cleanup_fd(&s->fd);
	s->fd = -1;
	skw_say_clear();
	return 0;
}

static const struct skw_sink_ops ops = {
	.open = open_status,
	.start = start_status,
	.close = close_status,
};

struct skw_sink skw_status_sink(struct skw_status *s)
{
	s->fd = -1;
	return (struct skw_sink){ &ops, s };
}
