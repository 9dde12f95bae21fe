// SPDX-License-Identifier: BSD-2-Clause
#include "sink/report_page.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "loop/loop.h"
#include "model/raw_block.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "util/cleanup.h"

#define BLOCK_BYTES (1u << 20)
/* If the reader of a pipe has stopped, it can delay the end by this time. */
#define LINGER_MS 2000
/* The bytes before the options of an interface's statistics. */
#define STATISTICS_HEAD 12

static const char *name_of(const struct skw_report_page *p)
{
	const char *name = p->files->list.plan->name;

	return strcmp(name, "-") == 0 ? "standard output" : name;
}

static int fail(int ret, struct skw_error *err)
{
	return ret == -ENOMEM ? skw_error_set(err, ret, "report: out of memory") : ret;
}

static int take_message(void *ctx, const struct skw_message *m)
{
	return skw_sheet_message(((struct skw_report_page *)ctx)->sheet, m);
}

static int open_page(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_report_page *p = ctx;
	const struct skw_out_options how = { .shared = strcmp(p->files->list.plan->name, "-") == 0,
					     .notify_fd = -1,
					     .block_bytes = BLOCK_BYTES };
	int ret = skw_sheet_new(&p->sheet_options, &p->sheet);

	p->loop = loop;
	p->message_options.take = take_message;
	p->message_options.ctx = p;
	p->entry = malloc(sizeof(*p->entry));
	if (!ret && !p->entry)
		ret = -ENOMEM;
	if (!ret)
		ret = skw_messages_new(&p->message_options, &p->messages);
	if (!ret)
		ret = skw_out_new(&how, &p->out);
	return fail(ret, err);
}

static int take_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	struct skw_report_page *p = ctx;
	int ret = 0;

	(void)wait;
	for (size_t i = 0; !ret && i < n; i++) {
		struct skw_packet pkt = run[i];

		skw_comment_owners_give(&p->owners, &pkt);
		ret = skw_sheet_packet(p->sheet, &pkt);
		if (!ret)
			ret = skw_messages_take(p->messages, &pkt);
	}
	return ret ? fail(ret, err) : (int)n;
}

/* ---- blocks ---- */

/*
 * The figures of an interface are those since the start of its capture: a later block of the same
 * file, or of the next file of the same capture, has them all again.
 */
static void add_statistics(struct skw_report_page *p, uint32_t iface, uint64_t seen, uint64_t lost)
{
	static const struct skw_report_page_stat none;
	struct skw_report_page_stat was = iface < SKW_REPORT_PAGE_IFACES ? p->stats[iface] : none;

	/* Less than before: another capture. */
	if (seen < was.seen || lost < was.lost)
		was = none;
	skw_sheet_statistics(p->sheet, seen - was.seen, lost - was.lost);
	if (iface < SKW_REPORT_PAGE_IFACES)
		p->stats[iface] = (struct skw_report_page_stat){ seen, lost };
}

static void take_statistics(struct skw_report_page *p, struct skw_pcapng_body body)
{
	const uint8_t *head = skw_pcapng_take(&body, STATISTICS_HEAD);
	struct skw_pcapng_opt o;
	uint64_t seen = 0, lost = 0, n;
	bool told = false;

	if (!head)
		return;
	while (skw_pcapng_next_option(&body, &o)) {
		if (skw_pcapng_is_option(&o, SKW_PCAPNG_ISB_IFRECV, 8))
			seen = skw_pcapng_get64(o.value, body.swapped);
		else if (skw_pcapng_is_option(&o, SKW_PCAPNG_ISB_IFDROP, 8) ||
			 skw_pcapng_is_option(&o, SKW_PCAPNG_ISB_OSDROP, 8)) {
			/* Programs such as skwatch write the same figure as both options. */
			n = skw_pcapng_get64(o.value, body.swapped);
			lost = n > lost ? n : lost;
		} else
			continue;
		told = true;
	}
	if (told)
		add_statistics(p, skw_pcapng_get32(head, body.swapped), seen, lost);
}

static int take_entry(struct skw_report_page *p, const struct skw_raw_block *block)
{
	struct skw_pcapng_body body = skw_pcapng_body_of(block);
	int ret = skw_journal_read(body.p, body.left, p->entry);

	p->refused += ret < 0;
	if (ret <= 0)
		return 0;
	if (p->entry->kind == SKW_JOURNAL_EVENT)
		return skw_sheet_event(p->sheet, &p->entry->event);
	if (p->entry->kind == SKW_JOURNAL_ROW)
		return skw_sheet_row(p->sheet, &p->entry->row);
	if (p->entry->kind == SKW_JOURNAL_SWEEP)
		skw_sheet_sweep(p->sheet, p->entry->sweep.events_lost);
	return 0;
}

static int take_block(void *ctx, const struct skw_raw_block *block, bool wait,
		      struct skw_error *err)
{
	struct skw_report_page *p = ctx;
	int ret = 0;

	(void)wait;
	if (block->type == SKW_PCAPNG_JOURNAL)
		ret = take_entry(p, block);
	else if (block->type == SKW_PCAPNG_STATISTICS)
		take_statistics(p, skw_pcapng_body_of(block));
	return ret ? fail(ret, err) : 1;
}

/* ---- the page ---- */

static bool was_interrupted(const struct skw_report_page *p)
{
	struct pollfd fd = { .fd = skw_loop_interrupt_fd(p->loop), .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

static int put(struct skw_report_page *p, const struct skw_buf *page, struct skw_error *err)
{
	const struct skw_file_id id = { 0 };
	int linger_ms = p->hurried ? (int)p->hurry_ms : -1;
	int fd = skw_verbs_files_open(p->files, skw_loop_keeper(p->loop), &id, err);
	int ret;

	if (fd < 0)
		return fd;
	ret = skw_out_open(p->out, fd);
	if (!ret)
		ret = skw_out_write(p->out, page->data, page->len);
	int ended = skw_out_end(p->out, linger_ms);

	ret = ret ? ret : ended;
	if (ret == -ETIMEDOUT)
		return skw_error_set(err, ret, "%s: nobody takes the page", name_of(p));
	if (ret)
		return skw_error_set(err, ret, "%s: %s; the page is not complete", name_of(p),
				     strerror(-ret));
	p->bytes = page->len;
	return 0;
}

static int write_page(struct skw_report_page *p, struct skw_error *err)
{
	const struct skw_sheet_figures *f = skw_sheet_figures(p->sheet);
	struct skw_buf page = SKW_BUF_INIT;
	int ret = skw_messages_stop(p->messages);

	/* A file that could not be read at all gives no page, and an old page stays. */
	if (skw_loop_has_failed(p->loop) && !f->packets)
		return 0;
	if (skw_loop_has_failed(p->loop))
		p->write.trouble = "it can’t be read to its end; all before that is here.";
	else if (was_interrupted(p))
		p->write.trouble = "a signal has stopped skwatch; all before that is here.";
	skw_sheet_finish(p->sheet);
	if (!ret)
		ret = skw_sheet_write(p->sheet, &p->write, &page);
	ret = ret ? fail(ret, err) : put(p, &page, err);
	skw_buf_free(&page);
	return ret;
}

static void hurry(void *ctx, unsigned ms)
{
	struct skw_report_page *p = ctx;

	p->hurried = true;
	p->hurry_ms = ms;
}

static int close_page(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_report_page *p = ctx;
	/* Without memory there is no page, and the reason was told already. */
	int ret = p->out && err ? write_page(p, err) : 0;

	(void)real_ns;
	skw_out_close(p->out, LINGER_MS);
	skw_messages_free(p->messages);
	skw_sheet_free(p->sheet);
	free(p->entry);
	p->out = NULL;
	p->messages = NULL;
	p->sheet = NULL;
	p->entry = NULL;
	return ret;
}

static const struct skw_sink_ops ops = {
	.open = open_page,
	.packets = take_packets,
	.block = take_block,
	.hurry = hurry,
	.close = close_page,
};

struct skw_sink skw_report_page_sink(struct skw_report_page *p)
{
	return (struct skw_sink){ &ops, p };
}
