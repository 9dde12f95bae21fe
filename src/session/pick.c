// SPDX-License-Identifier: BSD-2-Clause
#include "session/pick.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/packet.h"
#include "capture/capture.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"
#include "watch/watch.h"

/* Rows are recorded no more often than this, as capture does, however often the screen is drawn. */
#define ROWS_NS SKW_NS_PER_S

/* The events that the screen's table needs anyway. To ask for more states would cost something. */
#define EVENTS                                                                                     \
	(SKW_EVENT_BIT(SKW_EVENT_ESTABLISHED) | SKW_EVENT_BIT(SKW_EVENT_RTO) |                     \
	 SKW_EVENT_BIT(SKW_EVENT_RETRANS) | SKW_EVENT_BIT(SKW_EVENT_CLOSE))

static const struct skw_table *table(void *ctx)
{
	return skw_watch_table(((struct skw_pick_session *)ctx)->watch);
}

static uint32_t netns(void *ctx)
{
	return skw_watch_netns(((struct skw_pick_session *)ctx)->watch);
}

static bool is_local(void *ctx, const uint8_t addr[16], uint8_t family)
{
	return skw_watch_is_local(((struct skw_pick_session *)ctx)->watch, addr, family);
}

int skw_pick_session_make(struct skw_pick_session *p, const char *folder, struct skw_error *err)
{
	p->file_fd = -1;
	p->verbs.folder_fd = open(folder ? folder : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (p->verbs.folder_fd < 0 && folder)
		return skw_error_usage(err, "--capture-dir %s: %s", folder, strerror(errno));
	p->no_folder = p->verbs.folder_fd < 0;
	int ret = skw_verbs_pick_prepare(&p->verbs);
	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}

/* Nothing of the capture is used any more, and the keeper has nothing of it either. */
static void forget(struct skw_pick_session *p)
{
	skw_recorder_free(p->recorder);
	skw_capture_free(p->capture);
	skw_join_owners_free(p->join);
	skw_printer_free(p->printer);
	skw_cleanup_fd(&p->file_fd);
	/* It costs something for each connection. */
	if (p->capture) {
		skw_watch_find_sockets(p->watch, SKW_WATCH_FOR_CAPTURE, false);
		p->watch_plan->events = 0;
	}
	p->recorder = NULL;
	p->capture = NULL;
	p->join = NULL;
	p->printer = NULL;
	p->file_fd = -1;
	p->status.runs = p->ends = p->waits = false;
}

void skw_pick_session_free(struct skw_pick_session *p)
{
	forget(p);
	skw_cleanup_fd(&p->verbs.folder_fd);
	skw_verbs_capture_settle(&p->verbs.capture);
	skw_buf_free(&p->said);
}

/* Remembers the first failure. The capture ends with it, and the session goes on. */
static void note_failure(struct skw_pick_session *p, const struct skw_error *err)
{
	if (!p->failure.text[0])
		p->failure = *err;
	p->ends = true;
}

/* ---- the beginning ---- */

static int make_recorder(struct skw_pick_session *p, struct skw_error *err)
{
	const struct skw_recorder_options opt = { .files = &p->files,
						  .kind = skw_capture_kind(p->capture),
						  .iface = skw_capture_iface,
						  .stats = skw_capture_iface_stats,
						  .ctx = p->capture,
						  .events = &p->events,
						  .aside = true };
	int ret = skw_event_types_parse("", NULL, &p->events.types, err);

	p->events.rows = p->events.only_captured = true;
	p->file = (struct skw_file_plan){ .name = p->picked.name,
					  .format = SKW_FILE_PCAPNG,
					  .nano = true };
	p->files = (struct skw_verbs_files){ .list.plan = &p->file,
					     .dir_fd = -EACCES,
					     .given_fd = &p->file_fd };
	if (!ret)
		ret = skw_recorder_new(&opt, &p->recorder, err);
	if (ret)
		return ret;
	p->sink = skw_recorder_sink(p->recorder);
	ret = p->sink.ops->open(p->sink.ctx, p->loop, err);
	return ret ? ret : p->sink.ops->start(p->sink.ctx, err);
}

static int begin(struct skw_pick_session *p, const struct skw_pick *pick, struct skw_error *err)
{
	const struct skw_join_owners_options join = {
		.table = table, .netns = netns, .is_local = is_local, .ctx = p
	};
	const struct skw_print_options print = { 0 };
	int fds[SKW_PICKED_FDS];
	int ret = skw_verbs_pick_begin(&p->verbs, skw_loop_keeper(p->loop), pick, &p->picked, fds,
				       err);

	if (ret)
		return ret;
	p->file_fd = fds[SKW_PICKED_FILE];
	p->plan = (struct skw_capture_plan){
		.filter = p->picked.filter, .dlt = -1, .snaplen = SKW_SNAPLEN_MAX, .quiet = true
	};
	ret = skw_capture_handed(&p->plan, &p->verbs, &p->picked, fds, p->loop, &p->capture, err);
	if (ret)
		return ret;
	p->source = skw_capture_source(p->capture);
	p->join = skw_join_owners_new(&join);
	p->printer = skw_printer_new(&print);
	if (!p->join || !p->printer ||
	    skw_watch_find_sockets(p->watch, SKW_WATCH_FOR_CAPTURE, true))
		return skw_error_set(err, -ENOMEM, "out of memory");
	return make_recorder(p, err);
}

void skw_pick_session_begin(struct skw_pick_session *p, const struct skw_pick *pick)
{
	struct skw_error err = { 0 };
	int ret;

	if (p->capture)
		return;
	if (pick->netns && pick->netns != netns(p))
		ret = skw_error_set(
			&err, -ENOTSUP,
			"This socket is in another network namespace: start skwatch top "
			"there (ip netns exec, nsenter) to capture it.");
	else if (p->no_folder)
		ret = skw_error_set(&err, -ENOENT,
				    "There is no current folder: give --capture-dir.");
	else
		ret = begin(p, pick, &err);
	p->failure = (struct skw_error){ 0 };
	p->rows_ns = 0;
	if (ret) {
		skw_verbs_pick_end(&p->verbs, skw_loop_keeper(p->loop));
		forget(p);
		p->status = (struct skw_pick_status){ 0 };
		p->say(p->ctx, err.text);
		return;
	}
	p->watch_plan->events = p->watch_plan->table_events & EVENTS;
	p->status = (struct skw_pick_status){ .file = p->picked.name,
					      .cookie = pick->cookie,
					      .runs = true };
}

/* ---- the end ---- */

static void count(struct skw_pick_session *p)
{
	struct skw_iface_stats sum;

	skw_capture_totals(p->capture, &sum);
	p->status.dropped = sum.dropped;
	p->status.bytes = skw_recorder_bytes(p->recorder);
}

/* Takes what is still in the rings, when no packet can come any more. */
static void drain(struct skw_pick_session *p)
{
	struct skw_error err = { 0 };

	p->waits = true;
	if (p->source.ops->look(p->source.ctx, UINT64_MAX, &err) ||
	    p->source.ops->take(p->source.ctx, UINT64_MAX, &err))
		note_failure(p, &err);
}

static void complete(struct skw_pick_session *p)
{
	struct skw_error err = { 0 };
	bool failed = p->failure.text[0];

	/* A disk that does not answer holds the screen up: its thread can't be given up. */
	if (p->sink.ops->close(p->sink.ctx, skw_clock_real_ns(), &err) && !failed)
		note_failure(p, &err);
	count(p);
	p->status.packets -= skw_recorder_lost(p->recorder) < p->status.packets
				     ? skw_recorder_lost(p->recorder)
				     : p->status.packets;
	skw_verbs_pick_end(&p->verbs, skw_loop_keeper(p->loop));
	if (p->failure.text[0]) {
		p->say(p->ctx, p->failure.text);
		skw_buf_printf(&p->said, "%s\n", p->failure.text);
	}
	skw_buf_printf(&p->said,
		       "%s: %" PRIu64 " packet%s, %" PRIu64 " bytes, %" PRIu64 " dropped\n",
		       p->picked.name, p->status.packets, p->status.packets == 1 ? "" : "s",
		       p->status.bytes, p->status.dropped);
	forget(p);
}

void skw_pick_session_end(struct skw_pick_session *p)
{
	p->ends = p->capture != NULL;
}

void skw_pick_session_close(struct skw_pick_session *p)
{
	if (p->capture)
		complete(p);
}

void skw_pick_session_report(const struct skw_pick_session *p)
{
	const char *line = (const char *)p->said.data;

	for (size_t at = 0; !p->said.failed && at < p->said.len;) {
		const char *end = memchr(line + at, '\n', p->said.len - at);
		size_t len = (size_t)(end - (line + at));

		skw_say("%.*s", (int)len, line + at);
		at += len + 1;
	}
}

/* ---- the sink ---- */

void skw_pick_session_open(struct skw_pick_session *p, struct skw_loop *loop)
{
	p->loop = loop;
}

/* Makes lines of the last packets of a run. */
static void add_tail(struct skw_pick_session *p, const struct skw_packet *run, size_t n)
{
	struct skw_pick_status *s = &p->status;

	for (size_t i = n > SKW_PICK_TAIL ? n - SKW_PICK_TAIL : 0; i < n; i++) {
		SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;

		skw_printer_packet(p->printer, &run[i], run[i].from, &text);
		if (text.failed || !text.len)
			continue;
		if (s->tail_len == SKW_PICK_TAIL)
			memmove(s->tail[0], s->tail[1], (--s->tail_len) * sizeof(s->tail[0]));
		const char *end = memchr(text.data, '\n', text.len);
		snprintf(s->tail[s->tail_len++], sizeof(s->tail[0]), "%.*s",
			 (int)(end ? end - (char *)text.data : (long)text.len),
			 (const char *)text.data);
	}
}

int skw_pick_session_packets(struct skw_pick_session *p, const struct skw_packet *run, size_t n,
			     bool wait)
{
	struct skw_error err = { 0 };
	size_t done = 0;

	/* After a failure the rest is of no use. */
	while (p->recorder && !p->failure.text[0] && done < n) {
		size_t len = n - done;
		const struct skw_packet *part = skw_join_owners_run(p->join, run + done, &len);
		int ret = p->sink.ops->packets(p->sink.ctx, part, len, wait || p->waits, &err);

		if (ret < 0) {
			note_failure(p, &err);
			break;
		}
		p->status.packets += (uint64_t)ret;
		if (p->tail)
			add_tail(p, part, (size_t)ret);
		done += (size_t)ret;
		if ((size_t)ret < len)
			return (int)done;
	}
	return (int)n;
}

void skw_pick_session_event(struct skw_pick_session *p, const struct skw_event *event)
{
	struct skw_error err = { 0 };

	if (p->recorder && !p->ends && p->sink.ops->event(p->sink.ctx, event, &err))
		note_failure(p, &err);
}

void skw_pick_session_tick(struct skw_pick_session *p, const struct skw_table *rows,
			   const struct skw_watch_status *status)
{
	struct skw_error err = { 0 };

	if (!p->recorder || p->ends)
		return;
	count(p);
	if (p->rows_ns && status->now_ns - p->rows_ns < ROWS_NS)
		return;
	p->rows_ns = status->now_ns;
	if (p->sink.ops->tick(p->sink.ctx, rows, status, &err))
		note_failure(p, &err);
}

void skw_pick_session_pause(struct skw_pick_session *p, uint64_t until_ns)
{
	struct skw_error err = { 0 };

	if (!p->recorder)
		return;
	if (!p->ends && p->sink.ops->pause(p->sink.ctx, until_ns, &err))
		note_failure(p, &err);
	p->ends |= skw_recorder_has_failed(p->recorder);
	if (!p->ends)
		return;
	/* Not where the user asked for it: the loop may have events for what is freed here. */
	p->source.ops->quiesce(p->source.ctx);
	drain(p);
	complete(p);
}

bool skw_pick_session_ready(const struct skw_pick_session *p)
{
	return !p->recorder || p->sink.ops->ready(p->sink.ctx);
}

void skw_pick_session_clock_set(struct skw_pick_session *p, int64_t by_ns, uint64_t real_ns,
				const char *text)
{
	if (p->recorder)
		p->sink.ops->clock_set(p->sink.ctx, by_ns, real_ns, text);
}

/* ---- the source: that of the capture, while there is one ---- */

static int look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	struct skw_pick_session *p = ctx;
	struct skw_error trouble = { 0 };

	(void)err;
	if (p->capture && p->source.ops->look(p->source.ctx, now_ns, &trouble))
		note_failure(p, &trouble);
	return 0;
}

static bool peek(void *ctx, uint64_t *ts_ns)
{
	const struct skw_pick_session *p = ctx;

	*ts_ns = UINT64_MAX;
	return p->capture && !p->failure.text[0] && p->source.ops->peek(p->source.ctx, ts_ns);
}

static int take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_pick_session *p = ctx;
	struct skw_error trouble = { 0 };

	(void)err;
	if (p->capture && p->source.ops->take(p->source.ctx, until_ns, &trouble))
		note_failure(p, &trouble);
	return 0;
}

static int step(void *ctx, struct skw_error *err)
{
	struct skw_pick_session *p = ctx;

	return p->capture ? p->source.ops->step(p->source.ctx, err) : 0;
}

static int rest(void *ctx)
{
	const struct skw_pick_session *p = ctx;

	return !p->capture ? -1 : p->ends ? 0 : p->source.ops->rest(p->source.ctx);
}

static void quiesce(void *ctx)
{
	struct skw_pick_session *p = ctx;

	if (p->capture)
		p->source.ops->quiesce(p->source.ctx);
	p->waits = true;
}

static const struct skw_source_ops ops = {
	.look = look,
	.peek = peek,
	.take = take,
	.step = step,
	.rest = rest,
	.quiesce = quiesce,
};

struct skw_source skw_pick_session_source(struct skw_pick_session *p)
{
	return (struct skw_source){ &ops, p };
}
