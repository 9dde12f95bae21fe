/* SPDX-License-Identifier: BSD-2-Clause */
/* A sheet that is filled with hand-made packets, and its page as text. */
#ifndef SKW_TESTS_UNIT_SHEET_WORLD_H
#define SKW_TESTS_UNIT_SHEET_WORLD_H

#include "report/sheet_write.h"

#include "conn_rows.h"
#include "tcp_packets.h"

#define PLENTY (16 << 20)

static inline struct skw_sheet *new_sheet(size_t bytes, size_t rows)
{
	const struct skw_sheet_options opt = { .key = { 1, 2 },
					       .conversations_bytes = bytes,
					       .details_bytes = bytes,
					       .rows_max = rows };
	struct skw_sheet *s;

	assert_int_equal(skw_sheet_new(&opt, &s), 0);
	return s;
}

static inline void give_frame(struct skw_sheet *s, const struct frame *f, uint64_t ts_ns,
			      uint32_t more)
{
	const struct skw_packet pkt = {
		.ts_ns = ts_ns, .data = f->bytes, .caplen = f->n, .len = f->n + more, .dlt = DLT_RAW
	};

	assert_int_equal(skw_sheet_packet(s, &pkt), 0);
}

static inline void give(struct skw_sheet *s, struct tcp_packet p)
{
	struct frame f = { .n = 0 };

	put_tcp(&f, &p);
	give_frame(s, &f, START_NS + p.at_us * US, p.len);
}

static inline void handshake(struct skw_sheet *s, uint16_t port, uint64_t at_us)
{
	give(s, (struct tcp_packet){ .port = port, .flags = SYN, .seq = 1000, .at_us = at_us });
	give(s, (struct tcp_packet){ .back = true,
				     .port = port,
				     .flags = SYN | ACK,
				     .seq = 5000,
				     .ack = 1001,
				     .at_us = at_us + 10000 });
	give(s, (struct tcp_packet){ .port = port,
				     .flags = ACK,
				     .seq = 1001,
				     .ack = 5001,
				     .at_us = at_us + 11000 });
}

/* The page as text; the caller frees it. */
static inline char *page_of(struct skw_sheet *s, const char *file, const char *trouble)
{
	const struct skw_sheet_write_options opt = {
		.files = &file, .files_len = 1, .trouble = trouble, .details_max = 1000
	};
	struct skw_buf out = SKW_BUF_INIT;

	skw_sheet_finish(s);
	assert_int_equal(skw_sheet_write(s, &opt, &out), 0);
	skw_buf_add_char(&out, '\0');
	assert_false(out.failed);
	skw_sheet_free(s);
	return (char *)out.data;
}

static inline size_t times_in(const char *page, const char *text)
{
	size_t n = 0;

	for (const char *p = page; (p = strstr(p, text)); p += strlen(text))
		n++;
	return n;
}

/* The bytes of the first element with details, without the base64. */
static inline char *details_of(const char *page)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	const char *p = strstr(page, "class=d>");
	char *out, *to;
	uint32_t bits = 0, have = 0;

	assert_non_null(p);
	p += strlen("class=d>");
	out = to = calloc(1, strcspn(p, "<") + 1);
	for (; *p && *p != '<' && *p != '='; p++) {
		bits = bits << 6 | (uint32_t)(strchr(digits, *p) - digits);
		have += 6;
		if (have >= 8)
			*to++ = (char)(bits >> (have -= 8));
	}
	return out;
}

static inline struct skw_row row_here(uint16_t port)
{
	struct skw_row row = conn_row_unknown();

	row.cookie = port;
	row.tuple.local_port = port;
	row.tuple.remote_port = 80;
	memcpy(row.tuple.local_addr, SRC4, 4);
	memcpy(row.tuple.remote_addr, DST4, 4);
	row.state = SKW_STATE_ESTABLISHED;
	row.ts_ns = START_NS + 2000;
	return row;
}

#endif
