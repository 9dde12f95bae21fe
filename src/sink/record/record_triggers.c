// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/record_triggers.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "loop/loop.h"
#include "out/out.h"
#include "out/trigger_name.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "sink/record/record_files.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/limits.h"

#define FLUSH_NS (SKW_SINK_HOLD_MS * SKW_NS_PER_MS)
/* Many files are open, and most get little. */
#define BLOCK_BYTES (256u << 10)
/* Each file takes two. The rest is for the capture itself. */
#define DESCRIPTORS (2 * SKW_RECORD_TRIGGERS_OPEN + 128)

struct one {
	struct skw_record_trigger trigger;
	struct skw_record_files files;
	struct skw_out *out; /* owned */
	bool ended;          /* all of it is handed to its thread, which closes the file */
};

struct skw_record_triggers {
	struct skw_recorder_options opt;
	const struct skw_file_plan *plan;
	bool any;
	struct skw_loop *loop; /* lent */
	int notify_fd, flush_fd;
	struct one *open[SKW_RECORD_TRIGGERS_OPEN]; /* owned */
	size_t open_len;
	struct skw_record_secrets secrets; /* so far, for the files to come */
	int failure;                       /* of a file; told by the next call */
	uint64_t files, no_place, bytes, lost;
	char name[PATH_MAX];
};

int skw_record_triggers_check(const char *template, const char *event, struct skw_error *err)
{
	return skw_trigger_name_check(template, event, err);
}

int skw_record_triggers_new(const struct skw_recorder_options *opt, bool any,
			    struct skw_record_triggers **out, struct skw_error *err)
{
	int ret = skw_limits_descriptors(DESCRIPTORS, err);

	if (ret)
		return ret;
	struct skw_record_triggers *r = calloc(1, sizeof(*r));
	if (!r)
		return skw_error_set(err, -ENOMEM, "out of memory");
	r->opt = *opt;
	r->plan = opt->files->list.plan;
	r->any = any;
	r->flush_fd = -1;
	strncpy(r->name, r->plan->name, sizeof(r->name) - 1);
	r->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->notify_fd < 0) {
		free(r);
		return skw_error_set(err, -errno, "%s: %s", opt->files->list.plan->name,
				     strerror(errno));
	}
	*out = r;
	return 0;
}

static void one_free(struct one *o)
{
	skw_out_close(o->out, SKW_RECORD_FILES_LINGER_MS);
	skw_record_files_free(&o->files);
	free(o);
}

void skw_record_triggers_free(struct skw_record_triggers *r)
{
	if (!r)
		return;
	while (r->open_len)
		one_free(r->open[--r->open_len]);
	skw_cleanup_fd(&r->notify_fd);
	skw_cleanup_fd(&r->flush_fd);
	skw_record_secrets_free(&r->secrets);
	free(r);
}

/* ---- the end of a file ---- */

/* Hands the rest of a file to its thread. Returns 0 or -errno. */
static int end_one(struct one *o, uint64_t real_ns, struct skw_error *err)
{
	int ret = skw_record_files_stats(&o->files, real_ns);

	o->ended = true;
	skw_out_finish(o->out);
	return ret ? skw_record_files_failed(&o->files, ret, err) : 0;
}

/* Takes a file whose thread is done, or is waited for, out of those that are open. */
static int close_one(struct skw_record_triggers *r, size_t at, int linger_ms, struct skw_error *err)
{
	struct one *o = r->open[at];
	int ret = skw_out_end(o->out, linger_ms);

	r->bytes += skw_record_files_bytes(&o->files);
	r->lost += skw_out_records_lost(o->out);
	if (ret)
		skw_record_files_failed(&o->files, ret, err);
	else
		skw_record_files_done(&o->files, err);
	one_free(o);
	r->open[at] = r->open[--r->open_len];
	return ret;
}

/* Closes the files that are written. Returns 0, or -errno if one could not be written. */
static int reap(struct skw_record_triggers *r, struct skw_error *err)
{
	int ret = r->failure;

	for (size_t i = r->open_len; i-- > 0 && !ret;) {
		struct one *o = r->open[i];

		if (skw_out_error(o->out))
			ret = skw_record_files_failed(&o->files, skw_out_error(o->out), err);
		else if (o->ended && skw_out_files_closed(o->out))
			ret = close_one(r, i, -1, err);
	}
	r->failure = ret;
	return ret;
}

/* ---- the begin of a file ---- */

bool skw_record_triggers_extend(struct skw_record_triggers *r, uint64_t connection, uint64_t ts_ns,
				uint64_t until_ns)
{
	bool goes_on = false;

	for (size_t i = 0; i < r->open_len; i++) {
		struct skw_record_trigger *t = &r->open[i]->trigger;

		if (r->open[i]->ended || t->connection != connection || ts_ns > t->until_ns)
			continue;
		if (until_ns > t->until_ns)
			t->until_ns = until_ns;
		goes_on = true;
	}
	return goes_on;
}

static int open_one(struct skw_record_triggers *r, struct one *o, struct skw_error *err)
{
	const struct skw_packet_kind *kind = r->opt.kind;
	const struct skw_out_options how = { .compression = r->plan->compression,
					     .direct = true,
					     .notify_fd = r->notify_fd,
					     .block_bytes = BLOCK_BYTES };
	int ret = skw_out_new(&how, &o->out);

	if (ret == -ENOTSUP)
		return skw_error_usage(err, "%s: this skwatch was built without that compression",
				       r->plan->name);
	if (ret)
		return skw_error_set(err, ret, "%s: %s", r->plan->name, strerror(-ret));
	o->files = (struct skw_record_files){ .verbs = r->opt.files,
					      .keeper = skw_loop_keeper(r->loop),
					      .trigger = &o->trigger.file };
	o->files.file = (struct skw_record_file){ .out = o->out,
						  .plan = r->plan,
						  .snaplen = kind->snaplen,
						  .copy.out = o->out,
						  .copy.cut = kind->cut,
						  .iface = r->opt.iface,
						  .stats = r->opt.stats,
						  .names.options = r->opt.names,
						  .ctx = r->opt.ctx };
	skw_record_files_init(&o->files);
	const struct skw_buf *secrets = &r->secrets.kept;
	if (secrets->len)
		ret = skw_record_secrets_keep(&o->files.file.secrets, secrets->data, secrets->len,
					      true);
	if (ret)
		return skw_record_files_failed(&o->files, ret, err);
	return skw_record_files_start(&o->files, o->trigger.from_ns, err);
}

int skw_record_triggers_begin(struct skw_record_triggers *r, const struct skw_record_trigger *t,
			      struct skw_error *err)
{
	int ret = reap(r, err);

	if (ret)
		return ret;
	if (r->open_len == SKW_RECORD_TRIGGERS_OPEN) {
		r->no_place++;
		return 0;
	}
	struct one *o = calloc(1, sizeof(*o));

	if (!o)
		return skw_error_set(err, -ENOMEM, "out of memory");
	o->trigger = *t;
	ret = open_one(r, o, err);
	if (ret) {
		one_free(o);
		r->failure = ret;
		return ret;
	}
	r->open[r->open_len++] = o;
	r->files++;
	strcpy(r->name, o->files.name);
	return 1;
}

/* ---- what goes into the files ---- */

static bool wants(const struct skw_record_triggers *r, const struct one *o, uint64_t connection,
		  uint64_t ts_ns)
{
	const struct skw_record_trigger *t = &o->trigger;

	return !o->ended && (r->any || connection == t->connection) && ts_ns >= t->from_ns &&
	       ts_ns <= t->until_ns;
}

static bool has_room(const struct one *o)
{
	return skw_out_error(o->out) || skw_out_has_room(o->out, SKW_RECORD_FILES_ROOM);
}

static int put_block(struct one *o, const struct skw_raw_block *block)
{
	if (block->added)
		return o->files.format->block(&o->files.file, block);
	int ret = skw_out_write(o->out, block->bytes, block->len);

	return ret ? ret : skw_out_other_end(o->out);
}

static int put_one(struct one *o, const struct skw_record_triggers_record *record,
		   struct skw_error *err)
{
	struct skw_record_files *f = &o->files;
	int ret = record->packet ? f->format->packet(&f->file, record->packet, err)
				 : put_block(o, record->block);

	return ret ? skw_record_files_failed(f, ret, err) : 0;
}

static int check_size(const struct skw_record_triggers *r)
{
	uint64_t limit = r->plan->stop_bytes;

	if (limit && skw_record_triggers_figures(r).bytes >= limit)
		skw_loop_enough(r->loop);
	return 1;
}

int skw_record_triggers_put(struct skw_record_triggers *r,
			    const struct skw_record_triggers_record *record, bool wait,
			    struct skw_error *err)
{
	struct one *wanting[SKW_RECORD_TRIGGERS_OPEN];
	size_t n = 0;

	if (r->failure)
		return skw_error_set(err, r->failure, "%s: %s", r->plan->name,
				     strerror(-r->failure));
	for (size_t i = 0; i < r->open_len; i++)
		if (wants(r, r->open[i], record->connection, record->ts_ns))
			wanting[n++] = r->open[i];
	/* All of them take it, or none. */
	for (size_t i = 0; i < n && !wait; i++)
		if (!has_room(wanting[i]))
			return 0;
	for (size_t i = 0; i < n; i++) {
		r->failure = put_one(wanting[i], record, err);
		if (r->failure)
			return r->failure;
	}
	return check_size(r);
}

/* ---- the sink ---- */

/* A secret, for the files that are open and those to come. */
static int take_secret(void *ctx, const struct skw_raw_block *block, bool wait,
		       struct skw_error *err)
{
	struct skw_record_triggers *r = ctx;
	const uint8_t *lines = block->bytes + SKW_PCAPNG_SECRETS_AT;
	uint32_t len = skw_pcapng_get32(lines - sizeof(len), false);
	const struct skw_record_triggers_record record = { .block = block };

	for (size_t i = 0; i < r->open_len && !wait; i++)
		if (!r->open[i]->ended && !has_room(r->open[i]))
			return 0;
	for (size_t i = 0; i < r->open_len && !r->failure; i++)
		if (!r->open[i]->ended)
			r->failure = put_one(r->open[i], &record, err);
	if (!r->failure && skw_record_secrets_keep(&r->secrets, lines, len, true))
		r->failure = skw_error_set(err, -ENOMEM, "out of memory");
	return r->failure ? r->failure : 1;
}

static int flush(struct skw_record_triggers *r, struct skw_error *err)
{
	for (size_t i = 0; i < r->open_len; i++)
		if (!r->open[i]->ended)
			skw_out_flush(r->open[i]->out);
	return reap(r, err);
}

static int pause_files(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_record_triggers *r = ctx;

	for (size_t i = 0; i < r->open_len && !r->failure; i++)
		if (!r->open[i]->ended && until_ns > r->open[i]->trigger.until_ns)
			r->failure = end_one(r->open[i], skw_clock_real_ns(), err);
	return reap(r, err);
}

static bool is_ready(const void *ctx)
{
	const struct skw_record_triggers *r = ctx;

	for (size_t i = 0; i < r->open_len && !r->failure; i++)
		if (!r->open[i]->ended && !has_room(r->open[i]))
			return false;
	return true;
}

static int on_news(void *ctx, struct skw_error *err)
{
	struct skw_record_triggers *r = ctx;
	uint64_t ignored;
	ssize_t n = read(r->notify_fd, &ignored, sizeof(ignored));

	(void)n; /* nothing new is no error */
	return reap(r, err);
}

static int on_flush(void *ctx, struct skw_error *err)
{
	struct skw_record_triggers *r = ctx;

	return skw_clock_timer_read(r->flush_fd) ? flush(r, err) : 0;
}

static int open_files(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_record_triggers *r = ctx;

	(void)err;
	r->loop = loop;
	return 0;
}

static int start_files(void *ctx, struct skw_error *err)
{
	struct skw_record_triggers *r = ctx;
	int ret = r->flush_fd = skw_clock_timer();

	if (ret >= 0)
		ret = skw_loop_watch(r->loop, r->notify_fd, EPOLLIN, on_news, r);
	if (!ret)
		ret = skw_loop_watch(r->loop, r->flush_fd, EPOLLIN, on_flush, r);
	if (!ret)
		ret = skw_clock_timer_set(r->flush_fd, FLUSH_NS, FLUSH_NS);
	return ret < 0 ? skw_error_set(err, ret, "timers: %s", strerror(-ret)) : 0;
}

void skw_record_triggers_shift(struct skw_record_triggers *r, int64_t by_ns)
{
	for (size_t i = 0; i < r->open_len; i++) {
		r->open[i]->trigger.from_ns += (uint64_t)by_ns;
		r->open[i]->trigger.until_ns += (uint64_t)by_ns;
	}
}

/* The place of the step among the packets is here. */
static void clock_set(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text)
{
	struct skw_record_triggers *r = ctx;

	(void)by_ns;
	for (size_t i = 0; i < r->open_len; i++) {
		struct one *o = r->open[i];

		/* The next record finds a failure. */
		if (!o->ended && real_ns >= o->trigger.from_ns && real_ns <= o->trigger.until_ns)
			o->files.format->note(&o->files.file, real_ns, text);
	}
}

static int on_signal(void *ctx, int signo, struct skw_error *err)
{
	return signo == SIGUSR2 ? flush(ctx, err) : 0;
}

static void hurry(void *ctx, unsigned ms)
{
	const struct skw_record_triggers *r = ctx;

	for (size_t i = 0; i < r->open_len; i++)
		skw_out_hurry(r->open[i]->out, (int)ms);
}

static int close_files(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct skw_record_triggers *r = ctx;
	int ret = r->failure;

	for (size_t i = 0; i < r->open_len; i++)
		if (!r->open[i]->ended) {
			int ended = end_one(r->open[i], real_ns, ret ? NULL : err);

			ret = ret ? ret : ended;
		}
	while (r->open_len) {
		bool failed = ret || skw_loop_has_failed(r->loop);
		int closed = close_one(r, r->open_len - 1, failed ? SKW_RECORD_FILES_LINGER_MS : -1,
				       ret ? NULL : err);

		ret = ret ? ret : closed;
	}
	skw_record_secrets_say(&r->secrets, r->plan->name);
	return ret;
}

static const struct skw_sink_ops ops = {
	.open = open_files,
	.start = start_files,
	.block = take_secret,
	.pause = pause_files,
	.ready = is_ready,
	.clock_set = clock_set,
	.signal = on_signal,
	.hurry = hurry,
	.close = close_files,
};

struct skw_sink skw_record_triggers_sink(struct skw_record_triggers *r)
{
	return (struct skw_sink){ &ops, r };
}

struct skw_record_triggers_figures skw_record_triggers_figures(const struct skw_record_triggers *r)
{
	struct skw_record_triggers_figures figures = { .files = r->files,
						       .no_place = r->no_place,
						       .bytes = r->bytes,
						       .lost = r->lost,
						       .name = r->name };

	for (size_t i = 0; i < r->open_len; i++)
		figures.bytes += skw_record_files_bytes(&r->open[i]->files);
	return figures;
}
