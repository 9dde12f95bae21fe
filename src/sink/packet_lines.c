// SPDX-License-Identifier: BSD-2-Clause
#include "sink/packet_lines.h"

#include <errno.h>
#include <stdlib.h>

#include "loop/loop.h"
#include "model/raw_block.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "util/escape.h"

/* Lines are collected until the next pause, or until there are this many bytes of them. */
#define TEXT_BYTES 65536
/* Longer messages are cut. */
#define MESSAGE_BYTES 1024

static int open_lines(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_packet_lines *l = ctx;

	skw_lines_open(&l->out, loop);
	l->printer = skw_printer_new(l->print);
	if (l->events)
		l->entry = malloc(sizeof(*l->entry));
	if (l->events && l->some)
		l->captured = skw_captured_new();
	if (!l->printer || (l->events && (!l->entry || (l->some && !l->captured))))
		return skw_error_set(err, -ENOMEM, "lines: out of memory");
	return 0;
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
	if (l->captured)
		skw_captured_packets(l->captured, run, n);
	for (size_t i = 0; i < n; i++) {
		struct skw_packet pkt = run[i];

		if (l->names && skw_asked_lines_take(l->names, &pkt))
			return skw_error_set(err, -ENOMEM, "names: out of memory");

		if (l->kind->is_file && l->print->owners)
			skw_comment_owners_give(&l->owners, &pkt);
		skw_printer_packet(l->printer, &pkt, pkt.from, &l->text);
		if (l->text.len < TEXT_BYTES && !l->text.failed)
			continue;
		int ret = write_out(l, err);

		if (ret)
			return ret;
	}
	return (int)n;
}

static bool is_shown(struct skw_packet_lines *l, const struct skw_journal_entry *e)
{
	if (e->kind == SKW_JOURNAL_NOTE)
		return true;
	return e->kind == SKW_JOURNAL_EVENT &&
	       (!l->captured || skw_captured_has(l->captured, &e->row.tuple));
}

void skw_packet_lines_remark(struct skw_packet_lines *l, uint64_t real_ns, const char *text)
{
	char shown[SKW_ESCAPED_BYTES(MESSAGE_BYTES)];

	skw_printer_remark(l->printer, real_ns, skw_escape(text, shown, sizeof(shown)), &l->text);
}

/* A damaged entry is no reason to end: nothing but its line is lost. */
static int print_block(void *ctx, const struct skw_raw_block *block, bool wait,
		       struct skw_error *err)
{
	struct skw_packet_lines *l = ctx;
	struct skw_pcapng_body body = skw_pcapng_body_of(block);
	struct skw_journal_entry *e = l->entry;
	char text[MESSAGE_BYTES];

	(void)wait;
	if (!e || block->type != SKW_PCAPNG_JOURNAL)
		return 1;
	if (skw_journal_read(body.p, body.left, e) <= 0 || !is_shown(l, e))
		return 1;
	if (e->message.len >= sizeof(text))
		e->message.len = sizeof(text) - 1;
	if (!skw_journal_text_copy(&e->message, text, sizeof(text)))
		return 1;
	skw_packet_lines_remark(l, e->kind == SKW_JOURNAL_EVENT ? e->event.ts_ns : e->real_ns,
				text);
	int ret = l->text.len < TEXT_BYTES && !l->text.failed ? 0 : write_out(l, err);

	return ret ? ret : 1;
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
	skw_captured_free(l->captured);
	free(l->entry);
	skw_buf_free(&l->text);
	l->printer = NULL;
	return ret;
}

static const struct skw_sink_ops ops = {
	.open = open_lines,
	.packets = print_packets,
	.block = print_block,
	.pause = pause_lines,
	.hurry = hurry,
	.close = close_lines,
};

struct skw_sink skw_packet_lines_sink(struct skw_packet_lines *l)
{
	return (struct skw_sink){ &ops, l };
}
