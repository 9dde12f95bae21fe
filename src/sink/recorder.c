// SPDX-License-Identifier: BSD-2-Clause
#include "sink/recorder.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "loop/loop.h"
#include "out/out.h"
#include "out/rotate.h"
#include "sink/record_format.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

/* If the reader of a pipe has stopped, it can delay the end by this time. */
#define LINGER_MS 2000

/* The largest record with all headers, and the block of an interface before it. */
#define RECORD_ROOM (270u << 10)

#define FLUSH_NS    SKW_NS_PER_S

struct skw_recorder {
	struct skw_recorder_options opt;
	const struct skw_file_plan *plan;
	const struct skw_record_format *format;
	struct skw_record_file file;
	struct skw_loop *loop;     /* borrowed */
	struct skw_keeper *keeper; /* borrowed */
	struct skw_out *out;
	int notify_fd, flush_fd, turn_fd;
	bool started;
	bool stream; /* the output is a pipe, a socket or a device, so it has a reader */
	int failure; /* of a packet inside a run; reported at the next call */

	struct skw_file_id id;        /* of the current file */
	uint64_t files;               /* the number of files opened so far */
	struct skw_file_id *open_ids; /* owned: the files that may be incomplete, oldest first */
	size_t open_ids_len;
	uint64_t files_done;
	char name[PATH_MAX];

	uint64_t turn_ns; /* real time at which the current file ends (-G); UINT64_MAX: never */
	uint64_t turn_armed_ns; /* the time for which turn_fd is set */
	uint64_t bytes_before;  /* the bytes in complete files */
	uint64_t lost;
};

static void name_file(const struct skw_recorder *r, const struct skw_file_id *id,
		      char name[PATH_MAX])
{
	if (strcmp(r->plan->name, "-") == 0)
		strcpy(name, "standard output");
	else if (skw_verbs_files_name(r->plan, id, name))
		snprintf(name, PATH_MAX, "%s", r->plan->name);
}

/* Tells the keeper which files are complete, so that it runs the -z command for them. */
static void files_done(struct skw_recorder *r)
{
	uint64_t closed = skw_out_files_closed(r->out);

	while (r->files_done < closed && r->open_ids_len) {
		if (r->plan->command)
			skw_verbs_files_done(r->opt.files, r->keeper, &r->open_ids[0]);
		r->open_ids_len--;
		memmove(r->open_ids, r->open_ids + 1, r->open_ids_len * sizeof(*r->open_ids));
		r->files_done++;
	}
}

/*
 * Fills err. The file that could not be written is the oldest incomplete one. The files after it
 * were only opened: a new file is empty, and an old file still has its contents.
 */
static int failed(struct skw_recorder *r, int ret, struct skw_error *err)
{
	char name[PATH_MAX];

	files_done(r);
	name_file(r, skw_out_error(r->out) && r->open_ids_len ? &r->open_ids[0] : &r->id, name);
	if (ret == -EPIPE)
		return skw_error_set(err, ret, "%s: the reader went away: %s", name,
				     strerror(-ret));
	if (ret == -ETIMEDOUT)
		return skw_error_set(err, ret, "%s: nobody takes the packets", name);
	return skw_error_set(err, ret, "%s: %s; what was written before can be read", name,
			     strerror(-ret));
}

int skw_recorder_new(const struct skw_recorder_options *opt, struct skw_recorder **out,
		     struct skw_error *err)
{
	const struct skw_file_plan *plan = opt->files->plan;
	struct skw_recorder *r = calloc(1, sizeof(*r));
	struct utsname uts;

	if (!r)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", plan->name);
	r->opt = *opt;
	r->plan = plan;
	r->format = plan->format == SKW_FILE_PCAPNG ? &skw_record_format_pcapng
						    : &skw_record_format_pcap;
	r->turn_ns = UINT64_MAX;
	r->flush_fd = r->turn_fd = -1;
	name_file(r, &r->id, r->name);
	r->file = (struct skw_record_file){
		.plan = plan, .name = r->name, .stats = opt->stats, .ctx = opt->ctx
	};
	if (uname(&uts) == 0)
		snprintf(r->file.os, sizeof(r->file.os), "%s %s", uts.sysname, uts.release);
	r->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	const struct skw_out_options how = { .compression = plan->compression,
					     .direct = true,
					     .shared = strcmp(plan->name, "-") == 0,
					     .notify_fd = r->notify_fd };
	int ret = r->notify_fd < 0 ? -errno : skw_out_new(&how, &r->out);
	if (ret == -ENOTSUP)
		skw_error_usage(err, "%s: this skwatch was built without that compression",
				r->name);
	else if (ret)
		skw_error_set(err, ret, "%s: %s", r->name, strerror(-ret));
	if (ret) {
		skw_recorder_free(r);
		return ret;
	}
	r->file.out = r->out;
	*out = r;
	return 0;
}

void skw_recorder_free(struct skw_recorder *r)
{
	if (!r)
		return;
	skw_out_close(r->out, LINGER_MS);
	skw_cleanup_fd(&r->notify_fd);
	skw_cleanup_fd(&r->flush_fd);
	skw_cleanup_fd(&r->turn_fd);
	skw_record_file_free(&r->file);
	free(r->open_ids);
	free(r);
}

static int open_file(struct skw_recorder *r, struct skw_error *err)
{
	struct skw_file_id *ids =
		reallocarray(r->open_ids, r->open_ids_len + 1, sizeof(*r->open_ids));

	if (!ids)
		return failed(r, -ENOMEM, err);
	r->open_ids = ids;
	int fd = skw_verbs_files_open(r->opt.files, r->keeper, &r->id, err);
	if (fd < 0)
		return fd;
	struct stat st;
	r->stream = fstat(fd, &st) == 0 && !S_ISREG(st.st_mode);
	name_file(r, &r->id, r->name);
	ids[r->open_ids_len++] = r->id;
	r->bytes_before += r->files ? skw_out_bytes(r->out) : 0;
	int ret = r->files++ ? skw_out_switch(r->out, fd) : skw_out_open(r->out, fd);
	if (!ret)
		ret = r->format->begin(&r->file);
	return ret ? failed(r, ret, err) : 0;
}

/* Creates the first file. Its period begins at now_ns (real time). */
static int start_file(struct skw_recorder *r, uint64_t now_ns, struct skw_error *err)
{
	r->started = true;
	r->file.start_ns = now_ns;
	r->id.start_s = now_ns / SKW_NS_PER_S;
	if (r->plan->rotate_s)
		r->turn_ns = now_ns + r->plan->rotate_s * SKW_NS_PER_S;
	if (r->file.dlt < 0)
		r->file.dlt = DLT_EN10MB;
	return open_file(r, err);
}

/* Handles the news of the writing thread: files are complete, or writing has failed. */
static int take_news(struct skw_recorder *r, struct skw_error *err)
{
	uint64_t ignored;
	ssize_t n = read(r->notify_fd, &ignored, sizeof(ignored));
	int ret = skw_out_error(r->out);

	(void)n;
	files_done(r);
	return ret ? failed(r, ret, err) : 0;
}

static int put_statistics(struct skw_recorder *r, uint64_t real_ns)
{
	return r->format->stats ? r->format->stats(&r->file, real_ns) : 0;
}

/* Ends the current file and begins the next, for which the caller has set r->id. */
static int next_file(struct skw_recorder *r, uint64_t now_ns, struct skw_error *err)
{
	int ret = put_statistics(r, now_ns);

	if (ret)
		return failed(r, ret, err);
	r->file.start_ns = now_ns;
	ret = open_file(r, err);
	return ret ? ret : take_news(r, err);
}

/*
 * Begins the next file if it is time. The caller knows that no packet older than now_ns (real time)
 * will come. Returns 0, 1 if -W allows no further file, or -errno.
 */
static int turn(struct skw_recorder *r, uint64_t now_ns, struct skw_error *err)
{
	const struct skw_rotate rotate = { .by_time = true,
					   .by_size = r->plan->rotate_bytes != 0,
					   .files = r->plan->files_max };

	while (r->started && now_ns >= r->turn_ns) {
		uint64_t end_ns = r->turn_ns;

		if (skw_rotate_over(&rotate, (unsigned)r->files))
			return 1;
		r->turn_ns += r->plan->rotate_s * SKW_NS_PER_S;
		r->id.start_s += r->plan->rotate_s;
		r->id.number = 0;
		/* After a gap in time, skip the periods without packets: they get no files. */
		if (now_ns >= r->turn_ns) {
			uint64_t skip = (now_ns - r->turn_ns) / SKW_NS_PER_S / r->plan->rotate_s;

			r->turn_ns += skip * r->plan->rotate_s * SKW_NS_PER_S;
			r->id.start_s += skip * r->plan->rotate_s;
		}
		int ret = next_file(r, end_ns, err);
		if (ret)
			return ret;
	}
	return 0;
}

/* Begins the next file if the packet belongs there. Returns 0, 1 if no file is left, or -errno. */
static int turn_for(struct skw_recorder *r, const struct skw_packet *pkt, struct skw_error *err)
{
	if (!r->started) {
		if (r->file.dlt < 0)
			r->file.dlt = pkt->dlt;
		return start_file(r, pkt->ts_ns, err);
	}
	if (pkt->ts_ns >= r->turn_ns) {
		int ret = turn(r, pkt->ts_ns, err);

		if (ret)
			return ret;
	}
	if (r->plan->rotate_bytes && skw_out_bytes(r->out) > r->plan->rotate_bytes) {
		r->id.number = skw_verbs_files_next(r->plan, r->id.number);
		return next_file(r, pkt->ts_ns, err);
	}
	return 0;
}

/* Returns 0, 1 if the last file that -W allows is full (the packet is not taken), or -errno. */
static int put_packet(struct skw_recorder *r, const struct skw_packet *pkt, struct skw_error *err)
{
	int ret;

	if (!r->started || r->plan->rotate_bytes || pkt->ts_ns >= r->turn_ns) {
		ret = turn_for(r, pkt, err);
		if (ret)
			return ret;
	}
	ret = r->format->packet(&r->file, pkt, err);
	if (!ret)
		ret = skw_out_record_end(r->out);
	return ret ? failed(r, ret, err) : 0;
}

static bool is_ready(const struct skw_recorder *r)
{
	bool turns = r->plan->rotate_bytes || r->plan->rotate_s;

	/* A new file begins a new block, and the current file may need one more, so require two. */
	return !r->started || skw_out_error(r->out) ||
	       skw_out_has_room(r->out, turns ? 2 * SKW_OUT_BLOCK_BYTES : RECORD_ROOM);
}

static int take_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	struct skw_recorder *r = ctx;

	if (r->failure)
		return r->failure;
	for (size_t i = 0; i < n; i++) {
		if (!wait && !is_ready(r))
			return (int)i;
		int ret = put_packet(r, &run[i], err);

		if (ret > 0)
			skw_loop_enough(r->loop);
		if (ret < 0)
			r->failure = ret;
		if (ret)
			return i || ret > 0 ? (int)i : ret;
	}
	return (int)n;
}

static int flush(struct skw_recorder *r, struct skw_error *err)
{
	int ret = r->started ? skw_out_flush(r->out) : 0;

	return ret ? failed(r, ret, err) : 0;
}

/* Sets the timer for the end of the current file. */
static void arm_turn(struct skw_recorder *r)
{
	uint64_t now_ns = skw_clock_real_ns();

	if (r->turn_ns == UINT64_MAX || r->turn_ns == r->turn_armed_ns || r->turn_fd < 0)
		return;
	r->turn_armed_ns = r->turn_ns;
	skw_clock_timer_set(r->turn_fd, r->turn_ns > now_ns ? r->turn_ns - now_ns : 1, 0);
}

static int pause_recorder(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_recorder *r = ctx;
	/* With a stream or -U, a reader waits for each packet. */
	int ret = r->stream || r->plan->packet_buffered ? flush(r, err) : 0;

	if (ret || !r->plan->rotate_s || !until_ns || r->opt.kind->is_file)
		return ret;
	ret = turn(r, until_ns, err);
	if (ret > 0)
		skw_loop_enough(r->loop);
	arm_turn(r);
	return ret < 0 ? ret : 0;
}

static int on_news(void *ctx, struct skw_error *err)
{
	return take_news(ctx, err);
}

static int on_flush(void *ctx, struct skw_error *err)
{
	struct skw_recorder *r = ctx;

	return skw_clock_timer_read(r->flush_fd) ? flush(r, err) : 0;
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

static void say_form(const struct skw_recorder *r, const struct skw_packet_kind *kind)
{
	if (kind->is_file || kind->dlt >= 0)
		return;
	if (r->plan->format == SKW_FILE_PCAP)
		skw_say("%s: a pcap file holds one link type: packets get LINUX_SLL2 headers, "
			"without destination MAC addresses; a .pcapng file keeps them",
			r->plan->name);
	else if (!kind->any)
		skw_say("%s: the interfaces have different link types: read it with Wireshark "
			"or skwatch",
			r->plan->name);
}

static int open_recorder(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_recorder *r = ctx;
	const struct skw_packet_kind *kind = r->opt.kind;

	r->loop = loop;
	r->keeper = skw_loop_keeper(loop);
	r->file.snaplen = kind->snaplen;
	r->file.dlt = kind->dlt < 0 && !kind->is_file ? DLT_LINUX_SLL2 : kind->dlt;
	/* With -r, the period of the first file begins with the first packet. */
	int ret = kind->is_file ? 0 : start_file(r, skw_clock_real_ns(), err);
	if (!ret)
		say_form(r, kind);
	return ret;
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
	if (ret < 0)
		return skw_error_set(err, ret, "events: %s", strerror(-ret));
	skw_clock_timer_set(r->flush_fd, FLUSH_NS, FLUSH_NS);
	arm_turn(r);
	return 0;
}

static bool ready(const void *ctx)
{
	return is_ready(ctx);
}

static void clock_set(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text)
{
	struct skw_recorder *r = ctx;

	/* The current file still ends after the same amount of time. */
	if (r->turn_ns != UINT64_MAX) {
		r->turn_ns += (uint64_t)by_ns;
		r->id.start_s += (uint64_t)(by_ns / (int64_t)SKW_NS_PER_S);
	}
	/* If this fails, writing the next packet reports it. */
	if (r->started && r->format->note)
		r->format->note(&r->file, real_ns, text);
}

static void hurry(void *ctx, unsigned ms)
{
	struct skw_recorder *r = ctx;

	skw_out_hurry(r->out, (int)ms);
}

static int close_recorder(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_recorder *r = ctx;
	int ret = 0;

	/* The file must exist even if there was no packet for it. */
	if (!r->started && r->loop && r->opt.kind->is_file && !skw_loop_has_failed(r->loop))
		ret = start_file(r, real_ns, err);
	if (!ret && r->started)
		ret = put_statistics(r, real_ns);
	int closed = skw_out_end(r->out, LINGER_MS);

	ret = ret ? ret : closed;
	if (ret)
		failed(r, ret, err);
	files_done(r);
	r->lost = skw_out_records_lost(r->out);
	return ret;
}

static const struct skw_sink_ops recorder_ops = {
	.open = open_recorder,
	.start = start_recorder,
	.packets = take_packets,
	.pause = pause_recorder,
	.ready = ready,
	.clock_set = clock_set,
	.hurry = hurry,
	.close = close_recorder,
};

struct skw_sink skw_recorder_sink(struct skw_recorder *r)
{
	return (struct skw_sink){ &recorder_ops, r };
}

uint64_t skw_recorder_bytes(const struct skw_recorder *r)
{
	return r->bytes_before + (r->started ? skw_out_bytes(r->out) : 0);
}

const char *skw_recorder_name(const struct skw_recorder *r)
{
	return r->name;
}

uint64_t skw_recorder_lost(const struct skw_recorder *r)
{
	return r->lost;
}
