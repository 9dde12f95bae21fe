// SPDX-License-Identifier: BSD-2-Clause
#include "session/fleet/export.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "loop/loop.h"
#include "metrics/accept.h"
#include "metrics/exposition.h"
#include "serve/http.h"
#include "serve/listen.h"
#include "session/tap/row_messages.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"
#include "verbs/files.h"
#include "watch/watch.h"

/* Label sets without sockets and news go after this time. */
#define IDLE_NS (600 * SKW_NS_PER_S)
/*
 * The rings are small, as they count to the memory of this process twice, and no ring must be full
 * before it is looked at.
 */
#define RING_BYTES (1ULL << 20)
#define WAIT_MS    100

/*
 * Events tell the owners of new sockets. The holders tell those of older ones, and of processes
 * that have another name since or have passed a socket on.
 */
#define HOLDERS_NS (60 * SKW_NS_PER_S)

/* The begin and the end of each connection, and the processes. */
#define EVENTS                                                                                     \
	(SKW_EVENT_BIT(SKW_EVENT_CREATOR) | SKW_EVENT_BIT(SKW_EVENT_CLOSER) |                      \
	 SKW_EVENT_BIT(SKW_EVENT_CONNECT) | SKW_EVENT_BIT(SKW_EVENT_ESTABLISHED) |                 \
	 SKW_EVENT_BIT(SKW_EVENT_LISTEN) | SKW_EVENT_BIT(SKW_EVENT_CLOSE))

struct exporter {
	const struct skw_export_plan *plan;
	struct skw_meter meter;
	struct skw_message_meter message_meter;
	struct skw_exposition_figures figures;
	struct skw_watch *watch; /* owned */
	struct skw_row_messages messages;
	struct skw_http *http; /* owned; NULL: none */
	struct skw_file_plan file_plan;
	struct skw_verbs_files files;
	char beside[NAME_MAX + 1];
	struct skw_loop *loop; /* borrowed */
	uint64_t scrapes, written;
	bool announced, failed;
};

/* ---- readers ---- */

/* The state of a reader's answer. */
_Static_assert(sizeof(struct skw_exposition) <= SKW_HTTP_STATE_SIZE, "the state has room");

static bool next_piece(void *ctx, void *state, struct skw_buf *out)
{
	return skw_exposition_next(state, &((struct exporter *)ctx)->figures, out);
}

static void answer(void *ctx, const char *path, const char *accept, struct skw_http_answer *out)
{
	struct exporter *e = ctx;
	struct skw_exposition state = { .form = skw_accept_form(accept) };

	out->status = 200;
	out->type = "text/plain; charset=utf-8";
	if (strcmp(path, "/") == 0) {
		out->text = "skwatch export: the metrics are at /metrics\n";
		return;
	}
	if (strcmp(path, "/metrics") != 0) {
		out->status = 404;
		out->text = "not found: the metrics are at /metrics\n";
		return;
	}
	e->scrapes++;
	skw_watch_count(e->watch);
	e->figures.events_lost = skw_watch_status(e->watch)->events_lost;
	out->type = skw_exposition_type(state.form);
	out->next = next_piece;
	out->ctx = e;
	memcpy(out->state, &state, sizeof(state));
}

/* ---- a file for node_exporter ---- */

static int write_all(int fd, const struct skw_buf *text)
{
	size_t done = 0;

	while (done < text->len) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int write_pieces(const struct exporter *e, int fd)
{
	struct skw_exposition state = { .form = SKW_EXPOSITION_PROMETHEUS };
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
	int ret = 0;

	while (!ret && skw_exposition_next(&state, &e->figures, &text)) {
		if (text.failed)
			return -ENOMEM;
		if (text.len < 65536)
			continue;
		ret = write_all(fd, &text);
		skw_buf_reset(&text);
	}
	return ret ? ret : write_all(fd, &text);
}

/* A full disk is told once, and tried again with the next sweep. The reader keeps the last file. */
static void write_file(struct exporter *e)
{
	const struct skw_file_id id = { .start_s = skw_clock_real_ns() / SKW_NS_PER_S };
	struct skw_error err = { 0 };
	SKW_AUTO_FD int fd = skw_verbs_files_open(&e->files, skw_loop_keeper(e->loop), &id, &err);
	int ret = fd < 0 ? fd : write_pieces(e, fd);

	if (!ret)
		ret = skw_verbs_files_done(&e->files, skw_loop_keeper(e->loop), &id);
	e->written += !ret;
	if (ret && !e->failed)
		skw_say("%s%s%s", err.text[0] ? "" : e->plan->textfile, err.text[0] ? "" : ": ",
			err.text[0] ? err.text : strerror(-ret));
	e->failed = ret != 0;
}

/* ---- the sink ---- */

static int prepare(void *ctx, struct skw_error *err)
{
	struct exporter *e = ctx;
	const struct skw_http_options opt = { answer, e };

	if (!e->plan->listen)
		return 0;
	int ret = skw_http_load(err);
	int fd = ret ? ret : skw_listen_open(e->plan->listen, err);

	return fd < 0 ? fd : skw_http_new(&opt, fd, &e->http, err);
}

static int open_sink(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct exporter *e = ctx;

	(void)err;
	e->loop = loop;
	skw_row_messages_open(&e->messages, loop);
	return 0;
}

static int start(void *ctx, struct skw_error *err)
{
	struct exporter *e = ctx;
	int ret = e->plan->messages ? skw_row_messages_set(&e->messages, true, err) : 0;

	return ret || !e->http ? ret : skw_http_start(e->http, e->loop, err);
}

static int take_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	(void)wait;
	(void)err;
	skw_row_messages_packets(&((struct exporter *)ctx)->messages, run, n);
	return (int)n;
}

static int pause_sink(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct exporter *e = ctx;

	(void)err;
	if (e->plan->messages)
		skw_row_messages_pause(&e->messages, until_ns);
	return 0;
}

static void announce(struct exporter *e)
{
	const char *where = e->plan->listen;

	if (where && strchr(where, ':') && strncmp(where, "unix:", 5) != 0)
		skw_say("exporting at http://%s/metrics", where);
	else
		skw_say("exporting at %s", where ? where : e->plan->textfile);
	e->announced = true;
}

static int tick(void *ctx, const struct skw_table *table, const struct skw_watch_status *status,
		struct skw_error *err)
{
	struct exporter *e = ctx;

	(void)table;
	(void)err;
	e->meter.offset_ns = status->offset_ns;
	e->figures.events_lost = status->events_lost;
	if (e->plan->textfile)
		write_file(e);
	if (!e->announced)
		announce(e);
	return 0;
}

static int close_sink(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	struct exporter *e = ctx;

	(void)real_ns;
	(void)err;
	skw_http_free(e->http);
	e->http = NULL;
	return 0;
}

static const struct skw_sink_ops ops = {
	.prepare = prepare,
	.open = open_sink,
	.start = start,
	.packets = take_packets,
	.tick = tick,
	.pause = pause_sink,
	.close = close_sink,
};

/* ---- the session ---- */

static void report(void *ctx, bool final)
{
	struct exporter *e = ctx;

	if (!final)
		skw_watch_count(e->watch);
	skw_say("%" PRIu64 " scrapes, %" PRIu64 " files, %" PRIu32 " label sets, %" PRIu32
		" sockets, %" PRIu64 " events lost because a ring was full",
		e->scrapes, e->written, e->meter.sets.used, e->meter.tallies.len,
		skw_watch_status(e->watch)->events_lost);
	if (final)
		skw_row_messages_report(&e->messages);
}

static void take_message(void *ctx, const struct skw_message *m)
{
	skw_message_meter_add(ctx, m);
}

static int make_file(struct exporter *e, struct skw_error *err)
{
	const char *name = e->plan->textfile, *slash = strrchr(name, '/');
	int len = snprintf(e->beside, sizeof(e->beside), ".%s.new", slash ? slash + 1 : name);

	if (len < 0 || (size_t)len >= sizeof(e->beside))
		return skw_error_set(err, -ENAMETOOLONG, "%s: %s", name, strerror(ENAMETOOLONG));
	e->file_plan.name = name;
	e->files.list.plan = &e->file_plan;
	e->files.beside = e->beside;
	skw_verbs_files_prepare(&e->files);
	return e->files.dir_fd < 0 ? skw_error_set(err, e->files.dir_fd, "%s: %s", name,
						   strerror(-e->files.dir_fd))
				   : 0;
}

static void make_watch_plan(struct skw_export_plan *plan, const struct skw_row_taker *taker)
{
	struct skw_watch_plan *watch = &plan->watch;

	watch->table_events = EVENTS | (plan->udp ? SKW_EVENT_BIT(SKW_EVENT_LAST) : 0);
	watch->wait_ms = WAIT_MS;
	if (!watch->ring_bytes)
		watch->ring_bytes = RING_BYTES;
	watch->udp = plan->udp;
	watch->counts = plan->udp ? SKW_COUNTS_NOW : SKW_COUNTS_NEVER;
	watch->holders_ns = HOLDERS_NS;
	watch->no_holders = !(plan->labels & SKW_LABEL_COMM);
	watch->taker = taker;
}

static int make(struct exporter *e, struct skw_keeper_table *tables[SKW_TAP_TABLES],
		struct skw_error *err)
{
	const struct skw_export_plan *plan = e->plan;
	const struct skw_meter_options opt = { .labels = plan->labels,
					       .zones = &plan->zones,
					       .max_sets = plan->max_sets,
					       .idle_ns = IDLE_NS };
	int ret = skw_meter_init(&e->meter, &opt);

	if (ret)
		return skw_error_set(err, ret, "out of memory");
	e->figures = (struct skw_exposition_figures){
		.meter = &e->meter,
		.messages = plan->messages ? &e->message_meter : NULL,
		.version = plan->version,
		.udp = plan->udp,
	};
	ret = skw_watch_new(&plan->watch, &e->watch, err);
	if (!ret && plan->textfile)
		ret = make_file(e, err);
	if (ret || !plan->messages)
		return ret;
	e->messages.watch = e->watch;
	e->messages.told = take_message;
	e->messages.told_ctx = &e->message_meter;
	return skw_row_messages_make(&e->messages, tables, err);
}

static void unmake(struct exporter *e)
{
	skw_row_messages_free(&e->messages);
	skw_watch_free(e->watch);
	if (e->plan->textfile)
		skw_verbs_files_settle(&e->files);
	skw_http_free(e->http);
	skw_meter_free(&e->meter);
}

static int run(struct exporter *e, struct skw_keeper_table *const tables[], struct skw_error *err)
{
	const struct skw_export_plan *plan = e->plan;
	const struct skw_sink sink = { &ops, e };
	struct skw_source sources[2];
	struct skw_keeper_table *all[1 + SKW_TAP_TABLES];
	size_t n = 0, n_tables = 0;

	/* A tap comes before the connections. */
	if (plan->messages)
		sources[n++] = skw_row_messages_source(&e->messages);
	sources[n++] = skw_watch_source(e->watch);
	for (size_t i = 0; plan->messages && i < SKW_TAP_TABLES; i++)
		all[n_tables++] = tables[i];
	if (plan->textfile)
		all[n_tables++] = &e->files.table;

	const struct skw_loop_plan loop = { .sources = sources,
					    .sources_len = n,
					    .sink = &sink,
					    .tables = all,
					    .tables_len = n_tables,
					    .serves = plan->listen != NULL,
					    .folder_fd = skw_watch_folder_fd(e->watch),
					    .no_sandbox = plan->watch.no_sandbox,
					    .duration_ns = plan->duration_ns,
					    .report = report,
					    .ctx = e };

	return skw_loop_run(&loop, err);
}

int skw_session_export(struct skw_export_plan *plan, struct skw_error *err)
{
	struct skw_keeper_table *tables[SKW_TAP_TABLES] = { NULL };
	struct exporter e = { .plan = plan };
	const struct skw_row_taker taker = skw_meter_taker(&e.meter);

	make_watch_plan(plan, &taker);
	int ret = make(&e, tables, err);

	if (!ret)
		ret = run(&e, tables, err);
	unmake(&e);
	plan->watch.taker = NULL;
	return ret;
}
