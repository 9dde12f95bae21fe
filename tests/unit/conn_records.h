/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes records like those of the kernel, for tests of the table. */
#ifndef SKW_TESTS_UNIT_CONN_RECORDS_H
#define SKW_TESTS_UNIT_CONN_RECORDS_H

#include <arpa/inet.h>
#include <linux/types.h>
#include <string.h>

#include "abi/conn.h"

#define MS 1000000ULL
#define S  1000000000ULL

/* An IPv4 connection from 10.0.0.1 to 10.0.0.2 with nothing else known. */
static inline struct skw_conn_rec make_record(__u64 cookie, __u8 state)
{
	struct skw_conn_rec rec;

	memset(&rec, 0xff, sizeof(rec));
	memset(rec.local_addr, 0, sizeof(rec.local_addr));
	memset(rec.remote_addr, 0, sizeof(rec.remote_addr));
	memcpy(rec.local_addr, "\x0a\x00\x00\x01", 4);
	memcpy(rec.remote_addr, "\x0a\x00\x00\x02", 4);
	memset(rec.congestion, 0, sizeof(rec.congestion));
	memset(rec.scope, 0, sizeof(rec.scope));
	rec.scope_id = 0;
	rec.ending = 0;
	rec.cookie = cookie;
	rec.local_port = (__u16)(20000 + cookie);
	rec.remote_port = 443;
	rec.kind = SKW_ROW_TCP;
	rec.family = AF_INET;
	rec.state = state;
	rec.flags = SKW_ROW_ENROLLED;
	rec.direction = SKW_CONN_UNKNOWN;
	rec.netns = 4026531840U;
	rec.inode = 0;
	rec.sk_err = 0;
	return rec;
}

/* The same with these counters. */
static inline struct skw_conn_rec make_traffic(__u64 cookie, __u64 ts_ns, __u64 acked,
					       __u64 received)
{
	struct skw_conn_rec rec = make_record(cookie, 1);

	rec.ts_ns = ts_ns;
	rec.bytes_acked = acked;
	rec.bytes_received = received;
	return rec;
}

static inline struct skw_conn_rec make_kind(__u64 cookie, __u8 kind, __u8 state, __u64 ts_ns)
{
	struct skw_conn_rec rec = make_record(cookie, state);

	rec.kind = kind;
	rec.ts_ns = ts_ns;
	return rec;
}

static inline struct skw_event_rec make_event(__u8 type, __u64 cookie, __u64 ts_ns)
{
	struct skw_event_rec rec;

	memset(&rec, 0, sizeof(rec));
	rec.head.ts_ns = ts_ns;
	rec.head.cookie = cookie;
	rec.head.type = type;
	rec.head.netns = 4026531840U;
	rec.cgroup_id = SKW_NONE64;
	memcpy(rec.local_addr, "\x0a\x00\x00\x01", 4);
	memcpy(rec.remote_addr, "\x0a\x00\x00\x02", 4);
	rec.local_port = (__u16)(20000 + cookie);
	rec.remote_port = 443;
	rec.family = AF_INET;
	rec.uid = SKW_NONE32;
	return rec;
}

static inline struct skw_close_rec make_close(__u64 cookie, __u64 ts_ns, __u8 old_state, __u32 err)
{
	struct skw_close_rec rec;

	memset(&rec, 0, sizeof(rec));
	rec.row = make_record(cookie, 7);
	rec.row.ts_ns = ts_ns;
	rec.row.sk_err = err;
	rec.head.ts_ns = ts_ns;
	rec.head.cookie = cookie;
	rec.head.type = SKW_EVENT_CLOSE;
	rec.head.old_state = old_state;
	rec.head.new_state = 7;
	rec.head.netns = rec.row.netns;
	/* A close in order, if nothing else is said. */
	if (!err && old_state == 9)
		rec.row.ending = SKW_END_PEER_FIN | SKW_END_ACKED;
	return rec;
}

#endif
