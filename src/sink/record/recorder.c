// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/recorder.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "loop/loop.h"
#include "out/out.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

#define FLUSH_NS (SKW_SINK_HOLD_MS * SKW_NS_PER_MS)

struct skw_recorder {
	struct skw_recorder_options opt;
	const struct skw_file_plan *plan;
	struct skw_record_files files;
	struct skw_loop *loop; /* lent */
	struct skw_out *out;
	int notify_fd, flush_fd, turn_fd;
	uint64_t turn_armed_ns; /* the time that turn_fd is set to */
	int failure;            /* of a packet in the middle of a run: told with the next one */
	bool half; /* the record that is offered next is taken, but not all of it is written */
	uint64_t lost;
	struct skw_record_journal journal;
};

static int make_out(struct skw_recorder *r, struct skw_error *err)
{
	const struct skw_out_options how = { .compression = r->plan->compression,
					     .direct = true,
					     .shared = strcmp(r->plan->name, "-") == 0,
					     .notify_fd = r->notify_fd };
	int ret = r->notify_fd < 0 ? -errno : skw_out_new(&how, &r->out);

	if (ret == -ENOTSUP)
		skw_error_usage(err, "%s: this skwatch was built without that compression",
				r->files.name);
	else if (ret)
		skw_error_set(err, ret, "%s: %s", r->files.name, strerror(-ret));
	r->files.file.out = r->files.file.copy.out = r->out;
	return ret;
}

int skw_recorder_new(const struct skw_recorder_options *opt, struct skw_recorder **out,
		     struct skw_error *err)
{
	const struct skw_file_plan *plan = opt->files->list.plan;
	struct skw_recorder *r = calloc(1, sizeof(*r));

	if (!r)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", plan->name);
	r->opt = *opt;
	r->plan = plan;
	r->flush_fd = r->turn_fd = -1;
	r->files.verbs = opt->files;
	r->files.file = (struct skw_record_file){ .plan = plan,
						  .iface = opt->iface,
						  .stats = opt->stats,
						  .names.options = opt->names,
						  .ctx = opt->ctx };
	skw_record_files_init(&r->files);
	r->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int ret = make_out(r, err);
	if (!ret && skw_record_journal_init(&r->journal, &r->files, opt->events))
		ret = skw_error_set(err, -ENOMEM, "%s: out of memory", plan->name);
	if (ret) {
		skw_recorder_free(r);
		return ret;
	}
	*out = r;
	return 0;
}

void skw_recorder_free(struct skw_recorder *r)
{
	if (!r)
		return;
	skw_out_close(r->out, SKW_RECORD_FILES_LINGER_MS);
	skw_cleanup_fd(&r->notify_fd);
	skw_cleanup_fd(&r->flush_fd);
	skw_cleanup_fd(&r->turn_fd);
	skw_record_files_free(&r->files);
	skw_record_journal_free(&r->journal);
	free(r);
}

/* 0; 1 if the last file that -W allows is full, and the packet was not taken; or -errno. */
static int put_packet(struct skw_recorder *r, const struct skw_packet *pkt, struct skw_error *err)
{
	struct skw_record_files *f = &r->files;
	int ret = skw_record_files_due(f, pkt) ? skw_record_files_turn_for(f, pkt, err) : 0;

	if (ret)
		return ret;
	ret = f->format->packet(&f->file, pkt, err);
	return ret ? skw_record_files_failed(f, ret, err) : 0;
}

static int put_block(struct skw_recorder *r, const struct skw_raw_block *b, struct skw_error *err)
{
	struct skw_record_files *f = &r->files;
	int ret = 0;

	if (!f->format->block)
		return 0;
	/* The next file would begin with all blocks that are for all packets, and so also this. */
	if (f->opened && !skw_pcapng_is_for_all(b))
		ret = skw_record_files_turn_full(f, f->file.start_ns, err);
	if (ret)
		return ret;
	ret = f->format->block(&f->file, b);
	if (ret)
		return skw_record_files_failed(f, ret, err);
	if (!f->opened && skw_record_copy_is_full(&f->file.copy))
		ret = skw_record_files_start(f, skw_clock_real_ns(), err);
	return ret;
}

static bool is_ready(const void *ctx)
{
	const struct skw_recorder *r = ctx;
	bool turns = r->plan->rotate_bytes || r->plan->rotate_s;

	/* A new file takes a new block: two must be free, or what is left of this one and one. */
	return !r->files.opened || skw_out_error(r->out) ||
	       (!r->half &&
		skw_out_has_room(r->out, turns ? 2 * SKW_OUT_BLOCK_BYTES : SKW_RECORD_FILES_ROOM));
}

/* The rest of a record for which there was no room. Returns 1 if there is none, 0 or -errno. */
static int settle(struct skw_recorder *r, bool wait, struct skw_error *err)
{
	int ret = skw_record_copy_settle(&r->files.file.copy, wait);

	r->half = ret == 0;
	return ret < 0 ? skw_record_files_failed(&r->files, ret, err) : ret;
}

#define LATER 2

/*
 * Takes a packet or, if pkt is NULL, a block. Returns 0; 1 if no file may follow, and the packet
 * was not taken; LATER if there is no room; or -errno.
 */
static int take(struct skw_recorder *r, const struct skw_packet *pkt,
		const struct skw_raw_block *block, bool wait, struct skw_error *err)
{
	int ret = 0;

	/* Events that found no room come first. */
	if (!r->half && r->files.file.copy.held.len) {
		ret = settle(r, wait, err);
		r->half = false;
		if (ret <= 0)
			return ret ? ret : LATER;
		ret = 0;
	}
	if (!r->half && !wait && !is_ready(r))
		return LATER;
	if (!r->half)
		ret = pkt ? put_packet(r, pkt, err) : put_block(r, block, err);
	if (ret || (!r->half && !r->files.file.copy.held.len))
		return ret;
	ret = settle(r, wait, err);
	return ret > 0 ? 0 : ret < 0 ? ret : LATER;
}

/* Packets only need to be written: no events come between them, and only time ends a file. */
static bool is_plain(const struct skw_recorder *r)
{
	return r->files.opened && !r->half && !r->files.file.copy.held.len && !r->journal.events &&
	       !r->plan->rotate_bytes && !r->plan->stop_bytes;
}

static int take_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	struct skw_recorder *r = ctx;

	if (r->failure)
		return r->failure;
	size_t put = 0;

	if (is_plain(r))
		r->failure = skw_record_files_put(&r->files, run, n, &put, err);
	if (r->failure)
		return put ? (int)put : r->failure;
	for (size_t i = put; i < n; i++) {
		int ret = skw_record_journal_packet(&r->journal, &run[i], err);

		if (!ret)
			ret = take(r, &run[i], NULL, wait, err);
		if (ret == 1)
			skw_loop_enough(r->loop);
		if (ret < 0)
			r->failure = ret;
		if (ret)
			return i || ret > 0 ? (int)i : ret;
		if (skw_record_files_are_full(&r->files)) {
			skw_loop_enough(r->loop);
			return (int)i + 1;
		}
	}
	return (int)n;
}

static int take_block(void *ctx, const struct skw_raw_block *block, bool wait,
		      struct skw_error *err)
{
	struct skw_recorder *r = ctx;

	if (r->failure)
		return r->failure;
	int ret = take(r, NULL, block, wait, err);

	if (ret < 0)
		r->failure = ret;
	return ret < 0 ? ret : ret == 0;
}

static int take_event(void *ctx, const struct skw_event *event, struct skw_error *err)
{
	struct skw_recorder *r = ctx;

	return r->failure ? r->failure : skw_record_journal_event(&r->journal, event, err);
}

static int take_rows(void *ctx, const struct skw_table *table,
		     const struct skw_watch_status *status, struct skw_error *err)
{
	struct skw_recorder *r = ctx;

	return r->failure ? r->failure : skw_record_journal_rows(&r->journal, table, status, err);
}

static int flush(struct skw_recorder *r, struct skw_error *err)
{
	int ret = r->files.opened ? skw_out_flush(r->out) : 0;

	return ret ? skw_record_files_failed(&r->files, ret, err) : 0;
}

/* Sets the timer for the end of the current file. */
static int arm_turn(struct skw_recorder *r)
{
	uint64_t turn_ns = r->files.turn_ns, now_ns = skw_clock_real_ns();

	if (turn_ns == UINT64_MAX || turn_ns == r->turn_armed_ns || r->turn_fd < 0)
		return 0;
	r->turn_armed_ns = turn_ns;
	return skw_clock_timer_set(r->turn_fd, turn_ns > now_ns ? turn_ns - now_ns : 1, 0);
}

/*
 * The first packet may be a long time off. A reader can use the blocks before it, and those that
 * the output had no room for. Returns 0 or -errno.
 */
static int give_blocks(struct skw_recorder *r, struct skw_error *err)
{
	struct skw_record_files *f = &r->files;
	struct skw_record_copy *copy = &f->file.copy;

	if (!f->opened && copy->all.len && !copy->waits)
		return skw_record_files_start(f, skw_clock_real_ns(), err);
	int ret = copy->held.len ? skw_record_copy_settle(copy, false) : 0;
	return ret < 0 ? skw_record_files_failed(f, ret, err) : 0;
}

static int pause_recorder(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_recorder *r = ctx;
	int ret = give_blocks(r, err);
	/* A reader waits for each packet; or the source waits outside the loop, without timers. */
	bool due = r->files.stream || r->plan->packet_buffered ||
		   (!until_ns && skw_clock_timer_read(r->flush_fd));

	if (!ret)
		ret = skw_record_journal_pause(&r->journal, until_ns, err);
	if (!ret && due)
		ret = flush(r, err);
	if (ret || !r->plan->rotate_s || !until_ns || r->opt.kind->is_file ||
	    r->files.file.copy.held.len)
		return ret;
	ret = skw_record_files_turn(&r->files, until_ns, err);
	if (ret < 0)
		return ret;
	if (ret > 0)
		skw_loop_enough(r->loop);
	ret = arm_turn(r);
	return ret ? skw_error_set(err, ret, "timers: %s", strerror(-ret)) : 0;
}

/* The handlers' failures end the session, unless it has more to do than to record. */
static int keep_failure(struct skw_recorder *r, int ret)
{
	if (ret >= 0 || !r->opt.aside)
		return ret;
	r->failure = ret;
	return 0;
}

/* Files were completed, a block has become free, or writing failed. */
static int on_news(void *ctx, struct skw_error *err)
{
	struct skw_recorder *r = ctx;
	uint64_t ignored;
	ssize_t n = read(r->notify_fd, &ignored, sizeof(ignored));

	(void)n; /* nothing new is no error */
	return keep_failure(r, skw_record_files_done(&r->files, err));
}

static int on_flush(void *ctx, struct skw_error *err)
{
	struct skw_recorder *r = ctx;

	return skw_clock_timer_read(r->flush_fd) ? keep_failure(r, flush(r, err)) : 0;
}

/* The timer only wakes the loop. The pause of that round begins the next file. */
static int on_turn(void *ctx, struct skw_error *err)
{
	struct skw_recorder *r = ctx;

	(void)err;
	skw_clock_timer_read(r->turn_fd);
	r->turn_armed_ns = 0;
	return 0;
}

static int open_recorder(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_recorder *r = ctx;
	const struct skw_packet_kind *kind = r->opt.kind;
	struct skw_record_file *file = &r->files.file;

	r->loop = r->journal.loop = loop;
	r->files.keeper = skw_loop_keeper(loop);
	file->snaplen = kind->snaplen;
	file->copy.cut = kind->cut;
	file->dlt = kind->dlt < 0 && !kind->is_file ? DLT_LINUX_SLL2 : kind->dlt;
	/* The time of a file that is read begins with its first packet. */
	int ret = kind->is_file ? 0 : skw_record_files_start(&r->files, skw_clock_real_ns(), err);
	/* The file can be read from now on, although it has no packet. */
	if (!ret)
		ret = flush(r, err);
	if (!ret)
		skw_record_files_say_form(&r->files, kind);
	return ret;
}

/* The reader of a pipe may leave while there is no packet, so that no write fails. */
static int on_reader_left(void *ctx, struct skw_error *err)
{
	struct skw_recorder *r = ctx;

	return skw_record_files_failed(&r->files, -EPIPE, err);
}

static int start_recorder(void *ctx, struct skw_error *err)
{
	struct skw_recorder *r = ctx;
	int ret;

	ret = r->flush_fd = skw_clock_timer();
	if (ret >= 0)
		ret = r->turn_fd = skw_clock_timer();
	if (ret >= 0)
		ret = skw_loop_watch(r->loop, r->notify_fd, EPOLLIN, on_news, r);
	if (!ret)
		ret = skw_loop_watch(r->loop, r->flush_fd, EPOLLIN, on_flush, r);
	if (!ret)
		ret = skw_loop_watch(r->loop, r->turn_fd, EPOLLIN, on_turn, r);
	if (!ret && r->files.pipe_fd >= 0)
		ret = skw_loop_watch(r->loop, r->files.pipe_fd, 0, on_reader_left, r);
	if (ret < 0)
		return skw_error_set(err, ret, "events: %s", strerror(-ret));
	ret = skw_clock_timer_set(r->flush_fd, FLUSH_NS, FLUSH_NS);
	if (!ret)
		ret = arm_turn(r);
	return ret ? skw_error_set(err, ret, "timers: %s", strerror(-ret)) : 0;
}

static void clock_set(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text)
{
	struct skw_recorder *r = ctx;

	/* The next packet finds a failure. */
	skw_record_journal_release(&r->journal, UINT64_MAX, NULL);
	skw_record_files_clock_set(&r->files, by_ns);
	if (r->files.opened && r->files.format->note)
		r->files.format->note(&r->files.file, real_ns, text);
}

static int on_signal(void *ctx, int signo, struct skw_error *err)
{
	return signo == SIGUSR2 ? flush(ctx, err) : 0;
}

static void hurry(void *ctx, unsigned ms)
{
	skw_out_hurry(((const struct skw_recorder *)ctx)->out, (int)ms);
}

static int close_recorder(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_recorder *r = ctx;
	struct skw_record_files *f = &r->files;
	/* A failure among the last packets is told here, as no packet comes after them. */
	int ret = r->failure;

	/* A file is due also when no packet was for it. */
	if (!ret && !f->opened && r->loop && r->opt.kind->is_file && !skw_loop_has_failed(r->loop))
		ret = skw_record_files_start(f, real_ns, err);
	if (!ret && f->opened)
		ret = skw_record_journal_release(&r->journal, UINT64_MAX, err);
	if (!ret && f->opened)
		ret = skw_record_copy_settle(&f->file.copy, true);
	if (ret >= 0)
		ret = skw_record_files_stats(f, real_ns);
	/*
	 * A reader that is slow is waited for, unless somebody ended the session, which hurry()
	 * told, or it has failed.
	 */
	bool failed = ret || !r->loop || skw_loop_has_failed(r->loop);
	int closed = skw_out_end(r->out, failed ? SKW_RECORD_FILES_LINGER_MS : -1);
	ret = ret ? ret : closed;
	if (ret)
		skw_record_files_failed(f, ret, err);
	else
		skw_record_files_done(f, err);
	r->lost = skw_out_records_lost(r->out);
	/* If nothing was written, nothing was left out. */
	if (f->format->say && f->opened)
		f->format->say(&f->file);
	if (f->large)
		skw_say("%s: files are larger than -C says, because the interfaces, names and "
			"secrets with which each of them begins take more than half of that",
			r->plan->name);
	return ret;
}

static const struct skw_sink_ops recorder_ops = {
	.open = open_recorder,
	.start = start_recorder,
	.packets = take_packets,
	.block = take_block,
	.event = take_event,
	.tick = take_rows,
	.pause = pause_recorder,
	.ready = is_ready,
	.clock_set = clock_set,
	.signal = on_signal,
	.hurry = hurry,
	.close = close_recorder,
};

struct skw_sink skw_recorder_sink(struct skw_recorder *r)
{
	return (struct skw_sink){ &recorder_ops, r };
}

uint64_t skw_recorder_bytes(const struct skw_recorder *r)
{
	return skw_record_files_bytes(&r->files);
}

const char *skw_recorder_name(const struct skw_recorder *r)
{
	return r->files.name;
}

bool skw_recorder_was_left(const struct skw_recorder *r)
{
	return r && r->files.left;
}

const struct skw_record_journal *skw_recorder_journal(const struct skw_recorder *r)
{
	return &r->journal;
}

bool skw_recorder_has_failed(const struct skw_recorder *r)
{
	return r->failure != 0;
}

uint64_t skw_recorder_lost(const struct skw_recorder *r)
{
	return r->lost;
}
