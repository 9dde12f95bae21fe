// SPDX-License-Identifier: BSD-2-Clause
/*
 * The cost of a tick in user space without the kernel: nanoseconds per row of a sweep into the
 * connection table, of the view made from it and of the owners, at several sizes. Rows come in
 * the same order each time, as the kernel hands them out, or with "shuffled" in another order.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "row/record.h"
#include "table/table.h"
#include "util/clock.h"
#include "view/view.h"

/* Each figure is the lowest of ROUNDS runs, as other work on the machine only makes them higher. */
#define ROUNDS 15

struct figures {
	uint64_t sweep_ns, view_ns, holders_ns;
};

static void die(const char *what)
{
	fprintf(stderr, "table: %s\n", what);
	exit(1);
}

static struct skw_conn_rec *make_records(uint32_t len)
{
	struct skw_conn_rec *recs = calloc(len, sizeof(*recs));

	if (!recs)
		die("out of memory");
	for (uint32_t i = 0; i < len; i++) {
		struct skw_conn_rec *rec = &recs[i];

		memset(rec->rtt_hist, 0, sizeof(rec->rtt_hist));
		rec->cookie = 1 + i;
		rec->cgroup_id = 1 + i % 50;
		rec->opened_ns = SKW_NONE64;
		rec->state_ns = rec->last_rto_ns = SKW_NONE64;
		memcpy(rec->local_addr, "\x0a\x00\x00\x01", 4);
		memcpy(rec->remote_addr, &i, sizeof(i));
		rec->local_port = 443;
		rec->remote_port = (uint16_t)(1024 + i % 60000);
		rec->kind = SKW_ROW_TCP;
		rec->family = AF_INET;
		rec->state = SKW_STATE_ESTABLISHED;
		rec->flags = SKW_ROW_ENROLLED;
		rec->direction = SKW_CONN_IN;
		rec->netns = 1;
		rec->inode = 1 + i;
		memcpy(rec->congestion, "cubic", 5);
	}
	return recs;
}

static void shuffle(struct skw_conn_rec *recs, uint32_t len)
{
	uint32_t seed = 1;

	for (uint32_t i = len; i > 1; i--) {
		seed = seed * 1664525 + 1013904223;

		uint32_t other = (uint32_t)((uint64_t)seed * i >> 32);
		struct skw_conn_rec rec = recs[i - 1];

		recs[i - 1] = recs[other];
		recs[other] = rec;
	}
}

static void lower(uint64_t *least, uint64_t value)
{
	if (!*least || value < *least)
		*least = value;
}

static void sweep(struct skw_table *t, struct skw_conn_rec *recs, uint32_t len, uint64_t tick,
		  struct figures *f)
{
	uint64_t now = tick * SKW_NS_PER_S;

	for (uint32_t i = 0; i < len; i++) {
		recs[i].ts_ns = now;
		recs[i].bytes_acked += i;
		recs[i].srtt_us = (uint32_t)((i * 7919ULL + tick) % 100000);
	}
	uint64_t start = skw_clock_monotonic_ns();

	skw_table_sweep_begin(t, now);
	for (uint32_t i = 0; i < len; i++) {
		struct skw_row_sample sample;

		if (skw_record_row(&recs[i], sizeof(recs[i]), &sample))
			die("a record was refused");
		if (skw_table_sweep_row(t, &sample))
			die("out of memory");
	}
	skw_table_sweep_end(t, now, true);
	/* The first sweep makes the rows, which happens only once. */
	if (tick > 1)
		lower(&f->sweep_ns, skw_clock_monotonic_ns() - start);
}

static void hold(struct skw_table *t, uint32_t len, struct figures *f)
{
	uint64_t start = skw_clock_monotonic_ns();

	skw_table_holders_begin(t);
	for (uint32_t i = 0; i < len; i++) {
		struct skw_holder_rec rec = { .inode = 1 + i,
					      .tgid = 1 + i % 20,
					      .comm = "server" };

		struct skw_owner owner;
		uint32_t inode;

		if (skw_record_holder(&rec, sizeof(rec), &inode, &owner))
			die("a holder was refused");
		if (skw_table_holder(t, inode, &owner))
			die("out of memory");
	}
	if (skw_table_holders_end(t))
		die("out of memory");
	lower(&f->holders_ns, skw_clock_monotonic_ns() - start);
}

static void measure(uint32_t len, bool shuffled)
{
	const struct skw_table_options table_opt = { .closed_ns = SKW_NS_PER_S, .owners = true };
	const struct skw_view_options opt = { .sort = SKW_FIELD_SRTT_US };
	struct skw_conn_rec *recs = make_records(len);
	struct figures f = { 0 };
	struct skw_table *table;
	struct skw_view *view;

	if (skw_table_new(&table_opt, &table) || skw_view_new(&view))
		die("out of memory");
	for (uint64_t tick = 1; tick <= ROUNDS + 1; tick++) {
		sweep(table, recs, len, tick, &f);
		hold(table, len, &f);

		uint64_t start = skw_clock_monotonic_ns();

		if (skw_view_make(view, table, &opt, true))
			die("out of memory");
		lower(&f.view_ns, skw_clock_monotonic_ns() - start);
		if (shuffled && tick == 1)
			shuffle(recs, len);
	}
	printf("%7" PRIu32 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 "\n", len, f.sweep_ns / len,
	       f.view_ns / len, f.holders_ns / len);
	skw_view_free(view);
	skw_table_free(table);
	free(recs);
}

int main(int argc, char **argv)
{
	static const uint32_t sizes[] = { 1000, 10000, 100000 };
	bool shuffled = argc > 1 && !strcmp(argv[1], "shuffled");

	if (argc > 2 || (argc == 2 && !shuffled))
		die("usage: table [shuffled]");
	printf("%7s %8s %8s %8s   ns per row\n", "rows", "sweep", "view", "holders");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		measure(sizes[i], shuffled);
	return 0;
}
