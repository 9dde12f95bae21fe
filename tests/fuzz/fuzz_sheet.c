// SPDX-License-Identifier: BSD-2-Clause
/*
 * Packets, events, rows and messages to a page. The first byte tells the memory. Each record of 24
 * bytes makes one of them, of one of four connections, with any numbers, times and names; a record
 * that begins with 0xff is a packet of any bytes. The page must be whole, whatever they are: no
 * control character, no bytes that are not UTF-8, and no tag but its own.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pcap/dlt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/sheet_write.h"
#include "util/utf8.h"

#define RECORD  24
#define ANY     0xff
#define HEADERS (20 + 20 + 4)
#define NAME    16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fuzz_sheet: %s\n", what);
	abort();
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static struct skw_tuple tuple_of(const uint8_t *r)
{
	return (struct skw_tuple){ .local_addr = { 10, 0, 0, 1 },
				   .remote_addr = { 10, 0, 0, 2 },
				   .local_port = (uint16_t)(1 + (r[0] >> 5 & 3)),
				   .remote_port = 80,
				   .family = AF_INET,
				   .proto = IPPROTO_TCP };
}

/* Most times are near each other, some are anywhere. */
static uint64_t time_of(const uint8_t *r)
{
	uint64_t ns = get64(r + 8);

	return r[1] & 128 ? ns : 1700000000000000000ULL + ns % 10000000000ULL;
}

static int give_packet(struct skw_sheet *s, const uint8_t *r)
{
	uint8_t p[HEADERS] = { 0x45, [8] = 64, [9] = IPPROTO_TCP };
	bool back = r[0] & 16;
	uint16_t len = (uint16_t)(HEADERS + r[2]);
	const struct skw_packet pkt = { .ts_ns = time_of(r),
					.data = r[0] == ANY ? r : p,
					.caplen = r[0] == ANY ? RECORD : HEADERS,
					.len = r[0] == ANY ? RECORD : len,
					.dlt = DLT_RAW };

	p[2] = (uint8_t)(len >> 8);
	p[3] = (uint8_t)len;
	memcpy(p + 12, back ? "\x0a\0\0\x02\x0a\0\0\x01" : "\x0a\0\0\x01\x0a\0\0\x02", 8);
	p[back ? 23 : 21] = (uint8_t)(1 + (r[0] >> 5 & 3));
	p[back ? 21 : 23] = 80;
	memcpy(p + 24, r + 16, 8);
	p[32] = 0x60;
	p[33] = r[3];
	memcpy(p + 34, r + 4, 2);
	memcpy(p + 40, "\x03\x03", 2);
	p[42] = r[6];
	return skw_sheet_packet(s, &pkt);
}

/* A row whose figures are the record's, with its last bytes as names. */
static int give_row(struct skw_sheet *s, const uint8_t *r, bool as_event)
{
	struct skw_row row = { .cookie = r[7], .tuple = tuple_of(r), .ts_ns = time_of(r) };
	char name[NAME + 1] = { 0 };
	union {
		struct skw_owners set;
		uint8_t room[sizeof(struct skw_owners) + sizeof(struct skw_owner)];
	} owners = { .set = { .len = 1 } };
	struct skw_event event = { .ts_ns = time_of(r),
				   .row = &row,
				   .type = r[2] % SKW_EVENT_CREATOR,
				   .old_state = r[3] % SKW_STATES,
				   .new_state = r[4] % SKW_STATES,
				   .rtt_us = r[5],
				   .rto_us = r[6],
				   .segs = r[5],
				   .error = r[6] & 1 ? r[5] : 0 };

	memcpy(name, r + 8, NAME);
	memcpy(owners.set.list[0].comm, name, NAME);
	row.owners = &owners.set;
	row.owner_source = SKW_OWNER_HOLDER;
	row.cgroup = name;
	row.state = r[4] % SKW_STATES;
	row.close_reason = r[5] % SKW_CLOSE_REASONS;
	row.srtt_us = r[6] & 2 ? SKW_NONE32 : (uint32_t)r[6] << r[5] % 24;
	row.cwnd = r[3];
	return as_event ? skw_sheet_event(s, &event) : skw_sheet_row(s, &row);
}

static int give_message(struct skw_sheet *s, const uint8_t *r)
{
	static const struct skw_message_owner nobody = { 0 };
	char kind[NAME + 1] = { 0 }, status[5] = { 0 };
	const struct skw_message m = { .tuple = tuple_of(r),
				       .protocol = "http",
				       .kind = kind,
				       .status = status,
				       .client = &nobody,
				       .server = &nobody,
				       .request_first_ns = time_of(r),
				       .latency_ns = r[2] & 1 ? SKW_MESSAGE_UNKNOWN : get64(r + 8),
				       .outcome = r[3] % SKW_MESSAGE_OUTCOMES,
				       .error = r[2] & 2 };

	memcpy(kind, r + 8, NAME);
	memcpy(status, r + 4, 4);
	return skw_sheet_message(s, &m);
}

static int give(struct skw_sheet *s, const uint8_t *r)
{
	switch (r[0] == ANY ? 0 : r[0] & 7) {
	case 5:
		return give_row(s, r, false);
	case 6:
		return give_row(s, r, true);
	case 7:
		return give_message(s, r);
	default:
		return give_packet(s, r);
	}
}

static size_t times_in(const char *page, const char *text)
{
	size_t n = 0;

	for (const char *p = page; (p = strstr(p, text)); p += strlen(text))
		n++;
	return n;
}

static void check_page(const char *page, const char *file)
{
	uint32_t c;

	for (const char *p = page; *p;) {
		size_t len = skw_utf8_decode(p, &c);

		must(len > 0, "bytes that are not UTF-8");
		must(c == '\n' || !skw_utf8_is_hidden(c), "a character that can't be seen");
		p += len;
	}
	must(times_in(page, "<title>") == 1 && times_in(page, "</title>") == 1, "titles");
	must(times_in(page, "<script>") == 1, "another script");
	must(times_in(page, "<script") == times_in(page, "</script>"), "scripts without an end");
	must(times_in(page, "<tr") == times_in(page, "<tr id=c") + times_in(page, "<tr><th"),
	     "rows of the table");
	must(!strpbrk(file, "<\"") || !strstr(page, file), "a name that is not escaped");
}

static void write_page(struct skw_sheet *s, const char *file, const char *trouble)
{
	const struct skw_sheet_write_options opt = {
		.files = &file, .files_len = 1, .trouble = trouble, .details_max = 3
	};
	struct skw_buf out = SKW_BUF_INIT;

	skw_sheet_finish(s);
	must(skw_sheet_write(s, &opt, &out) == 0, "no page");
	skw_buf_add_char(&out, '\0');
	must(!out.failed && strlen((const char *)out.data) == out.len - 1, "a zero in the page");
	check_page((const char *)out.data, file);
	skw_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t bytes = size ? 1000u << data[0] % 10 : 0;
	const struct skw_sheet_options opt = {
		.key = { 1, 2 }, .conversations_bytes = bytes, .details_bytes = bytes, .rows_max = 4
	};
	char file[NAME + 1] = { 0 };
	struct skw_sheet *s;

	if (!size || skw_sheet_new(&opt, &s))
		return 0;
	memcpy(file, data, size < NAME ? size : NAME);
	for (size_t at = 1; at + RECORD <= size; at += RECORD)
		must(give(s, data + at) == 0, "out of memory");
	write_page(s, file, file);
	skw_sheet_free(s);
	return 0;
}
