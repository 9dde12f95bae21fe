// SPDX-License-Identifier: BSD-2-Clause
#include "sink/packet_lines.h"

#include <errno.h>
#include <string.h>

#include "loop/loop.h"

/* Lines are collected until the next pause, or until there are this many bytes of them. */
#define TEXT_BYTES 65536

static int open_lines(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_packet_lines *l = ctx;

	skw_lines_open(&l->out, loop);
	l->printer = skw_printer_new(l->print);
	return l->printer ? 0 : skw_error_set(err, -errno, "lines: %s", strerror(errno));
}

static int write_out(struct skw_packet_lines *l, struct skw_error *err)
{
	return l->text.len || l->text.failed ? skw_lines_write(&l->out, &l->text, err) : 0;
}

static int print_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			 struct skw_error *err)
{
	struct skw_packet_lines *l = ctx;

	(void)wait;
	if (l->kind->several && !l->several) {
		l->several = true;
		skw_printer_show_interface(l->printer);
	}
	for (size_t i = 0; i < n; i++) {
		skw_printer_packet(l->printer, &run[i], run[i].from, &l->text);
		if (l->text.len < TEXT_BYTES && !l->text.failed)
			continue;
		int ret = write_out(l, err);

		if (ret)
			return ret;
	}
	return (int)n;
}

static int pause_lines(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	(void)until_ns;
	return write_out(ctx, err);
}

static void hurry(void *ctx, unsigned ms)
{
	skw_lines_hurry(&((struct skw_packet_lines *)ctx)->out, ms);
}

static int close_lines(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_packet_lines *l = ctx;
	int ret = write_out(l, err);

	(void)real_ns;
	skw_printer_free(l->printer);
	skw_buf_free(&l->text);
	l->printer = NULL;
	return ret;
}

static const struct skw_sink_ops ops = {
	.open = open_lines,
	.packets = print_packets,
	.pause = pause_lines,
	.hurry = hurry,
	.close = close_lines,
};

struct skw_sink skw_packet_lines_sink(struct skw_packet_lines *l)
{
	return (struct skw_sink){ &ops, l };
}
