// SPDX-License-Identifier: BSD-2-Clause
/*
 * Does what a tick of `skwatch top -b --json` does, and measures each part: the kernel's iteration
 * alone, the rows in their table, the holders of the sockets, and all rows as JSON into /dev/null.
 * It sweeps the network namespace in which it is started. A line of JSON for each part of each
 *round:
 *
 *	{"part": "rows", "rows": 20000, "wall_ns": ..., "cpu_ns": ...}
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "format/format.h"
#include "kern/conn.h"
#include "kern/conn_reader.h"
#include "row/record.h"
#include "table/table.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "view/view.h"

/* As in sink/rows.c. */
#define TEXT_BYTES 131072

struct bench {
	struct skw_conn *conn;
	struct skw_conn_reader reader;
	struct skw_table *table;
	struct skw_view *view;
	struct skw_buf text;
	int null_fd;
	uint64_t records;             /* or rows that were printed */
	uint64_t begin_ns, steady_ns; /* of the last sweep, and of the one before */
};

static int fail(const char *what, int ret)
{
	fprintf(stderr, "sweep: %s: %s\n", what, strerror(-ret));
	return ret;
}

static int count_record(void *ctx, const void *record, size_t len)
{
	struct bench *b = ctx;

	(void)record;
	(void)len;
	b->records++;
	return 0;
}

static int take_record(void *ctx, const void *record, size_t len)
{
	struct bench *b = ctx;

	struct skw_row_sample sample;
	struct skw_row_steady steady;
	int ret;

	b->records++;
	if (len == sizeof(struct skw_steady_rec)) {
		ret = skw_record_steady(record, len, &steady);
		ret = ret ? ret : skw_table_sweep_steady(b->table, &steady);
		return ret < 0 ? ret : ret ? 0 : -ESTALE;
	}
	ret = skw_record_row(record, len, &sample);
	return ret ? ret : skw_table_sweep_row(b->table, &sample);
}

static int take_holder(void *ctx, const void *record, size_t len)
{
	struct skw_owner owner;
	uint32_t inode;
	int ret = skw_record_holder(record, len, &inode, &owner);

	return ret ? ret : skw_table_holder(((struct bench *)ctx)->table, inode, &owner);
}

static int read_all(struct bench *b, enum skw_conn_iter which, size_t size,
		    int (*each)(void *ctx, const void *record, size_t len))
{
	size_t short_size = which == SKW_ITER_TCP ? sizeof(struct skw_steady_rec) : 0;

	skw_conn_steady_since(b->conn, b->steady_ns);
	int fd = skw_conn_iter_open(skw_conn_iter_link(b->conn, which));
	int ret = fd < 0 ? fd : skw_conn_reader_begin(&b->reader, fd, size, short_size);

	if (ret)
		return ret;
	do {
		ret = skw_conn_reader_slice(&b->reader, each, b);
	} while (ret > 0);
	return ret;
}

static int run_iterate(struct bench *b)
{
	return read_all(b, SKW_ITER_TCP, sizeof(struct skw_conn_rec), count_record);
}

static int run_rows(struct bench *b)
{
	b->steady_ns = b->begin_ns;
	b->begin_ns = skw_clock_monotonic_ns();
	skw_table_sweep_begin(b->table, b->begin_ns);
	int ret = read_all(b, SKW_ITER_TCP, sizeof(struct skw_conn_rec), take_record);

	skw_table_sweep_end(b->table, skw_clock_monotonic_ns(), !ret);
	return ret;
}

static int run_holders(struct bench *b)
{
	skw_table_holders_begin(b->table);
	int ret = read_all(b, SKW_ITER_HOLDERS, sizeof(struct skw_holder_rec), take_holder);
	int end = skw_table_holders_end(b->table);

	return ret ? ret : end;
}

static int run_rows_and_holders(struct bench *b)
{
	int ret = run_rows(b);

	return ret ? ret : run_holders(b);
}

static int write_text(struct bench *b)
{
	ssize_t n = write(b->null_fd, b->text.data, b->text.len);

	skw_buf_reset(&b->text);
	return n < 0 ? -errno : 0;
}

static int run_json(struct bench *b)
{
	const struct skw_view_options options = { .sort = SKW_FIELD_TX_BPS,
						  .listeners = true,
						  .datagrams = true };
	const struct skw_format_env env = { .sweep_ns = b->begin_ns, .update = 1, .host = "host" };
	int ret = skw_view_make(b->view, b->table, &options, true);

	b->records = ret < 0 ? 0 : skw_view_len(b->view);
	for (size_t i = 0; ret >= 0 && i < b->records; i++) {
		ret = skw_format_row_json(&b->text, skw_view_row(b->view, i), &env);
		if (!ret && b->text.len >= TEXT_BYTES)
			ret = write_text(b);
	}
	return ret < 0 ? ret : write_text(b);
}

static int run_all(struct bench *b)
{
	int ret = run_rows_and_holders(b);

	return ret ? ret : run_json(b);
}

static const struct part {
	const char *name;
	int (*run)(struct bench *b);
} parts[] = {
	{ "iterate", run_iterate },
	{ "rows", run_rows },
	{ "rows and owners", run_rows_and_holders },
	{ "json", run_json },
	{ "rows, owners and json", run_all },
};

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * SKW_NS_PER_S + (uint64_t)ts.tv_nsec;
}

static int measure(struct bench *b, const struct part *part, bool report)
{
	uint64_t cpu = cpu_ns(), wall = skw_clock_monotonic_ns();

	b->records = 0;
	int ret = part->run(b);
	wall = skw_clock_monotonic_ns() - wall;
	cpu = cpu_ns() - cpu;
	if (ret)
		return fail(part->name, ret);
	if (report)
		printf("{\"part\": \"%s\", \"rows\": %" PRIu64 ", \"wall_ns\": %" PRIu64
		       ", \"cpu_ns\": %" PRIu64 "}\n",
		       part->name, b->records, wall, cpu);
	return 0;
}

static int run(struct bench *b, uint64_t rounds)
{
	const struct skw_conn_options conn = { .events = SKW_EVENT_BIT(SKW_EVENT_CLOSE),
					       .enrol = true,
					       .udp = true,
					       .holders = true };
	const struct skw_table_options table = { .closed_ns = SKW_NS_PER_S, .owners = true };
	struct skw_error err = { 0 };
	int ret = skw_table_new(&table, &b->table);

	if (!ret)
		ret = skw_view_new(&b->view);
	if (ret)
		return fail("table", ret);
	ret = skw_conn_open(&conn, &b->conn, &err);
	if (ret) {
		fprintf(stderr, "sweep: %s\n", err.text);
		return ret;
	}
	/* The first sweep makes rows and storage, so the first round is not counted. */
	for (uint64_t round = 0; !ret && round <= rounds; round++)
		for (size_t i = 0; !ret && i < SKW_ARRAY_SIZE(parts); i++)
			ret = measure(b, &parts[i], round > 0);
	return ret;
}

int main(int argc, char *argv[])
{
	struct bench b = { .reader.fd = -1, .null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC) };
	uint64_t rounds = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;

	if (!rounds || b.null_fd < 0) {
		fprintf(stderr, "sweep ROUNDS\n");
		return 2;
	}
	int ret = run(&b, rounds);

	skw_conn_reader_free(&b.reader);
	skw_conn_close(b.conn);
	skw_view_free(b.view);
	skw_buf_free(&b.text);
	skw_table_free(b.table);
	close(b.null_fd);
	return ret != 0;
}
