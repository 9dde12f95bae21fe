/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows for tests of formats: a row with all values unknown, a row with all values known. */
#ifndef SKW_TESTS_UNIT_CONN_ROWS_H
#define SKW_TESTS_UNIT_CONN_ROWS_H

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "model/row.h"

/* The monotonic times of conn_row_full(), and the offset to real time. */
#define CONN_ROWS_OPENED_NS 20000000000ULL
#define CONN_ROWS_TS_NS     (CONN_ROWS_OPENED_NS + 7980000000000ULL)
#define CONN_ROWS_OFFSET_NS 1700000000123456789LL

static inline struct skw_row conn_row_unknown(void)
{
	struct skw_row row;

	memset(&row, 0xff, sizeof(row));
	row.tuple = (struct skw_tuple){ .family = AF_INET, .proto = IPPROTO_TCP };
	row.rtt_hist = NULL;
	row.history = NULL;
	row.netns_name = row.cgroup = row.congestion = NULL;
	row.remote = NULL;
	row.owners = NULL;
	row.owner_source = SKW_OWNER_UNKNOWN;
	row.state = SKW_STATE_LISTEN;
	row.direction = SKW_CONN_UNKNOWN;
	row.close_reason = SKW_CLOSE_UNKNOWN;
	row.flags = SKW_ROW_APP_UNKNOWN;
	row.history_code = row.history_run = row.changed = row.recent = 0;
	return row;
}

/* Two holders. They are allocated once and never freed. */
static inline struct skw_owners *conn_rows_owners(void)
{
	static const struct skw_owner two[] = { { 4121, "postgres" }, { 4130, "worker \"x\"" } };
	static struct skw_owners *owners;

	if (!owners) {
		owners = malloc(sizeof(*owners) + sizeof(two));
		if (!owners)
			abort();
		owners->refs = 1;
		owners->len = 2;
		memcpy(owners->list, two, sizeof(two));
	}
	return owners;
}

/* For each row with RTT samples, as a test may change them. */
static uint32_t conn_rows_hist[SKW_RTT_BUCKETS] = { 0, 1, 2,  3,  4,  5,  6,  7,
						    8, 9, 10, 11, 12, 13, 14, 15 };

static const struct skw_remote conn_rows_remote = { .cookie = 77, .host = 17, .comm = "psql" };

/* The connection 10.0.3.7:5432 < 10.0.3.21:51532 of postgres, at its close. */
static inline struct skw_row conn_row_full(void)
{
	struct skw_row row = {
		.cookie = 4242,
		.tuple = { .local_addr = { 10, 0, 3, 7 },
			   .remote_addr = { 10, 0, 3, 21 },
			   .local_port = 5432,
			   .remote_port = 51532,
			   .family = AF_INET,
			   .proto = IPPROTO_TCP },
		.netns = 4026531840,
		.netns_name = "web",
		.cgroup_id = 8765,
		.cgroup = "/system.slice/postgresql.service",
		.owners = conn_rows_owners(),
		.congestion = "cubic",
		.remote = &conn_rows_remote,
		.uid = 26,
		.inode = 99,
		.owner_source = SKW_OWNER_HOLDER,
		.state = SKW_STATE_CLOSED,
		.direction = SKW_CONN_IN,
		.close_reason = SKW_CLOSE_RESET_BY_PEER,
		.timer = SKW_TIMER_KEEPALIVE,
		.flags = SKW_ROW_ENROLLED | SKW_ROW_APP_LIMITED,
		.ts_ns = CONN_ROWS_TS_NS,
		.opened_ns = CONN_ROWS_OPENED_NS,
		.closed_ns = CONN_ROWS_TS_NS,
		.state_ns = CONN_ROWS_TS_NS,
		.bytes_acked = 1900000000,
		.bytes_received = 61000000000,
		.bytes_retrans = 17376,
		.delivery_rate_bps = 2100000,
		.pacing_rate_bps = 8400000,
		.busy_us = 5000000,
		.rwnd_limited_us = 1000,
		.sndbuf_limited_us = 2000,
		.srtt_us = 41200,
		.rttvar_us = 5000,
		.min_rtt_us = 300,
		.last_rtt_us = 44000,
		.rtt_samples = 18220,
		.rtt_hist = conn_rows_hist,
		.rto_us = 402000,
		.rto_count = 2,
		.retrans_segs = 12,
		.retrans_events = 11,
		.lost_segs = 3,
		.cwnd = 10,
		.ssthresh = 7,
		.mss = 1448,
		.segs_out = 1000,
		.segs_in = 900,
		.notsent = 5,
		.recv_q = 6,
		.send_q = 8,
		.unacked = 4,
		.sacked = 1,
		.reordering = 3,
		.rcv_rtt_us = 400,
		.snd_wnd = 65535,
		.timer_left_us = 7000000,
		.drops = 9,
		.tx_bps = 704000,
		.rx_bps = 9600000,
	};

	return row;
}

#endif
