// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads pcapng files that this program does not write: old, foreign, in the other byte order,
 * broken.
 */
#include "pcap/reader.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memory_stream.h"
#include "pcap/tsresol.h"
#include "util/buf.h"

/* A file that is being made, in either byte order. */
struct file {
	struct skw_buf b;
	bool big;
	size_t block; /* the start of the open block */
};

static void put(struct file *f, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		skw_buf_add_char(&f->b, (char)(v >> 8 * (f->big ? bytes - 1 - i : i)));
}

static void pad(struct file *f)
{
	while (f->b.len % 4)
		put(f, 0, 1);
}

static void begin(struct file *f, uint32_t type)
{
	f->block = f->b.len;
	put(f, type, 4);
	put(f, 0, 4);
}

static void end(struct file *f)
{
	struct file total = { .big = f->big };
	uint32_t n = (uint32_t)(f->b.len - f->block + 4);

	put(&total, n, 4);
	memcpy(f->b.data + f->block + 4, total.b.data, 4);
	put(f, n, 4);
	skw_buf_free(&total.b);
}

static void option(struct file *f, uint16_t code, const void *value, uint16_t len)
{
	put(f, code, 2);
	put(f, len, 2);
	skw_buf_add(&f->b, value, len);
	pad(f);
}

static void section(struct file *f)
{
	begin(f, 0x0a0d0d0a);
	put(f, 0x1a2b3c4d, 4);
	put(f, 1, 2);
	put(f, 0, 2);
	put(f, UINT64_MAX, 8);
	end(f);
}

/* With tsresol 0 the option is left out. */
static void interface(struct file *f, uint16_t linktype, uint32_t snaplen, uint8_t tsresol,
		      int64_t tsoffset)
{
	begin(f, 1);
	put(f, linktype, 2);
	put(f, 0, 2);
	put(f, snaplen, 4);
	if (tsresol)
		option(f, 9, &tsresol, 1);
	if (tsoffset) {
		put(f, 14, 2);
		put(f, 8, 2);
		put(f, (uint64_t)tsoffset, 8);
	}
	put(f, 0, 4);
	end(f);
}

static void packet_head(struct file *f, uint32_t iface, uint64_t ticks, uint32_t caplen)
{
	begin(f, 6);
	put(f, iface, 4);
	put(f, ticks >> 32, 4);
	put(f, ticks & UINT32_MAX, 4);
	put(f, caplen, 4);
	put(f, caplen, 4);
	for (uint32_t i = 0; i < caplen; i++)
		put(f, i, 1);
	pad(f);
}

static void packet(struct file *f, uint32_t iface, uint64_t ticks, uint32_t caplen)
{
	packet_head(f, iface, ticks, caplen);
	end(f);
}

static struct skw_reader *open_part(const struct file *f, size_t n)
{
	struct skw_error err = { 0 };
	struct skw_reader *r = NULL;

	if (skw_reader_open(memory_stream(f->b.data, n), "f.pcapng", &r, &err))
		fail_msg("%s", err.text);
	return r;
}

static struct skw_reader *open_file(const struct file *f)
{
	return open_part(f, f->b.len);
}

static struct skw_packet next(struct skw_reader *r)
{
	struct skw_error err = { 0 };
	struct skw_packet p;

	if (skw_reader_next(r, &p, &err) != 1)
		fail_msg("no packet: %s", err.text);
	return p;
}

static void expect_end(struct skw_reader *r)
{
	struct skw_error err = { 0 };
	struct skw_packet p;

	assert_int_equal(skw_reader_next(r, &p, &err), 0);
	skw_reader_close(r);
}

static void expect_error(struct file *f, int code, const char *text)
{
	struct skw_error err = { 0 };
	struct skw_reader *r = NULL;
	struct skw_packet p;
	int ret = skw_reader_open(memory_stream(f->b.data, f->b.len), "f.pcapng", &r, &err);

	while (ret >= 0 && (ret = skw_reader_next(r, &p, &err)) == 1)
		;
	assert_int_equal(ret, code);
	assert_string_equal(err.text, text);
	skw_reader_close(r);
	skw_buf_free(&f->b);
}

static void both_byte_orders_and_several_sections_are_read(void **state)
{
	struct file f = { 0 };

	(void)state;
	for (int i = 0; i < 4; i++) {
		f.big = i % 2;
		section(&f);
		interface(&f, 1, 65535, 9, 0);
		interface(&f, 101, 100, 0, 0);
		packet(&f, 0, 1000000000ull * 5 + (unsigned)i, 6);
		packet(&f, 1, 7, 3);
	}
	struct skw_reader *r = open_file(&f);
	for (unsigned i = 0; i < 4; i++) {
		struct skw_packet p = next(r);

		assert_int_equal(p.ts_ns, 5000000000 + i);
		assert_int_equal(p.iface, 2 * i);
		assert_int_equal(p.dlt, DLT_EN10MB);
		assert_int_equal(p.caplen, 6);
		assert_int_equal(p.data[5], 5);
		p = next(r);
		assert_int_equal(p.ts_ns, 7000);
		assert_int_equal(p.iface, 2 * i + 1);
		assert_int_equal(p.dlt, DLT_RAW);
		assert_int_equal(skw_reader_iface(r, p.iface)->snaplen, 100);
	}
	assert_int_equal(skw_reader_iface_count(r), 8);
	expect_end(r);
	skw_buf_free(&f.b);
}

static void blocks_of_other_kinds_are_skipped(void **state)
{
	const uint32_t others[] = { 4, 9, 10, 0x0bad, 0x40000bad, 0x80000001, 0x12345678 };
	struct file f = { 0 };

	(void)state;
	section(&f);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		begin(&f, others[i]);
		for (unsigned k = 0; k < 3000 * i; k++)
			put(&f, 0x55, 4);
		end(&f);
	}
	interface(&f, 1, 0, 0, 0);
	packet(&f, 0, 1, 1);
	struct skw_reader *r = open_file(&f);
	next(r);
	expect_end(r);
	skw_buf_free(&f.b);
}

static void simple_and_old_packet_blocks_are_read(void **state)
{
	struct file f = { .big = true };

	(void)state;
	section(&f);
	interface(&f, 1, 4, 0, 0);
	begin(&f, 3); /* a simple packet block, cut to the snapshot length of the interface */
	put(&f, 60, 4);
	put(&f, 0x01020304, 4);
	end(&f);
	begin(&f, 2); /* an obsolete packet block, with its count of drops */
	put(&f, 0, 2);
	put(&f, 3, 2);
	put(&f, 0, 4);
	put(&f, 9, 4);
	put(&f, 2, 4);
	put(&f, 50, 4);
	put(&f, 0xaabb, 2);
	pad(&f);
	option(&f, 1, "old", 3);
	end(&f);
	begin(&f, 3);
	put(&f, 0, 4);
	end(&f);
	packet(&f, 0, 9, 0);
	begin(&f, 2); /* the number of drops is not known */
	put(&f, 0, 2);
	put(&f, 0xffff, 2);
	put(&f, 0, 8);
	put(&f, 0, 8);
	end(&f);
	struct skw_reader *r = open_file(&f);
	struct skw_packet p = next(r);
	assert_int_equal(p.caplen, 4);
	assert_int_equal(p.len, 60);
	assert_int_equal(p.ts_ns, 0);
	assert_int_equal(p.data[3], 4);
	p = next(r);
	assert_int_equal(p.dropped, 3);
	assert_int_equal(p.ts_ns, 9000);
	assert_int_equal(p.caplen, 2);
	assert_int_equal(p.len, 50);
	assert_string_equal(p.comment, "old");
	assert_false(skw_reader_goes_on(r));
	p = next(r);
	assert_null(p.comment);
	/* A comment ends a run, but only that of its own packet. */
	assert_true(skw_reader_goes_on(r));
	p = next(r);
	assert_null(p.comment);
	p = next(r);
	assert_int_equal(p.dropped, 0);
	assert_null(p.comment);
	expect_end(r);
	skw_buf_free(&f.b);
}

static void several_comments_become_lines_of_one(void **state)
{
	struct file f = { 0 };

	(void)state;
	section(&f);
	interface(&f, 1, 0, 0, 0);
	packet_head(&f, 0, 0, 5);
	option(&f, 1, "one", 3);
	option(&f, 2989, "custom", 6);
	option(&f, 1, "two\0hidden", 10);
	put(&f, 0, 4);
	option(&f, 1, "after the end", 13);
	end(&f);
	packet(&f, 0, 0, 5);
	struct skw_reader *r = open_file(&f);
	assert_string_equal(next(r).comment, "one\ntwo");
	assert_null(next(r).comment);
	expect_end(r);
	skw_buf_free(&f.b);
}

static void options_that_make_no_sense_do_not_cost_the_packet(void **state)
{
	struct file f = { 0 };

	(void)state;
	section(&f);
	interface(&f, 1, 0, 0, 0);
	packet_head(&f, 0, 0, 4);
	option(&f, 2, "\1\0\0", 3); /* the option flags has three bytes */
	put(&f, 1, 2);              /* a comment that is longer than the block */
	put(&f, 5000, 2);
	end(&f);
	struct skw_reader *r = open_file(&f);
	struct skw_packet p = next(r);
	assert_int_equal(p.caplen, 4);
	assert_int_equal(p.direction, SKW_DIR_UNKNOWN);
	assert_null(p.comment);
	expect_end(r);
	skw_buf_free(&f.b);
}

static void time_stamps_of_any_resolution_become_nanoseconds_or_unknown(void **state)
{
	const struct {
		uint64_t ticks;
		uint8_t tsresol;
		int64_t offset;
		uint64_t ns;
	} cases[] = {
		{ 1, 0, 0, 1000000000 },
		{ 1, 3, 0, 1000000 },
		{ 1, 6, 0, 1000 },
		{ 12345, 9, 0, 12345 },
		{ 12345, 12, 0, 12 },
		{ 99999999999999999ull, 19, 0, 9999999 },
		{ UINT64_MAX, 28, 0, 1 },
		{ UINT64_MAX, 29, 0, 0 },
		{ UINT64_MAX, 127, 0, 0 },
		{ 3, 0x81, 0, 1500000000 },
		{ 1ull << 33 | 1ull << 31, 0xa0, 0, 2500000000 },
		{ UINT64_MAX, 0xc0, 0, 999999999 },
		{ UINT64_MAX, 0xff, 0, 0 },
		{ UINT64_MAX - 1, 9, 0, UINT64_MAX - 1 },
		{ UINT64_MAX, 6, 0, SKW_PACKET_TIME_UNKNOWN },
		{ 5, 0, 10, 15000000000 },
		{ 5, 0, -2, 3000000000 },
		{ 5, 0, -5, 0 },
		{ 5, 0, -6, SKW_PACKET_TIME_UNKNOWN },
		{ 0, 6, INT64_MAX, SKW_PACKET_TIME_UNKNOWN },
		{ UINT64_MAX, 0, INT64_MIN, SKW_PACKET_TIME_UNKNOWN },
		{ 0, 6, INT64_MIN, SKW_PACKET_TIME_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			skw_tsresol_to_ns(cases[i].ticks, cases[i].tsresol, cases[i].offset),
			cases[i].ns);
}

static void resolution_and_offset_come_from_the_interface(void **state)
{
	struct file f = { .big = true };

	(void)state;
	section(&f);
	interface(&f, 1, 0, 0x82, 100);
	packet(&f, 0, 6, 0);
	struct skw_reader *r = open_file(&f);
	assert_int_equal(next(r).ts_ns, 101500000000);
	expect_end(r);
	skw_buf_free(&f.b);
}

/*
 * Wherever the file is cut, the complete packets come first. Then comes an error, except at the end
 * of a block.
 */
static void a_file_cut_anywhere_gives_its_whole_packets_first(void **state)
{
	size_t ends[8];
	struct file f = { 0 };

	(void)state;
	section(&f);
	interface(&f, 1, 0, 0, 0);
	size_t first = f.b.len;
	for (unsigned i = 0; i < 3; i++) {
		packet(&f, 0, i, 5 + i);
		ends[2 * i] = f.b.len;
		begin(&f, 9);
		put(&f, 0x0a3d, 4);
		end(&f);
		ends[2 * i + 1] = f.b.len;
	}
	for (size_t n = first; n <= f.b.len; n++) {
		struct skw_error err = { 0 };
		struct skw_reader *r = open_part(&f, n);
		struct skw_packet p;
		bool boundary = n == first;
		unsigned expected = 0;

		for (unsigned i = 0; i < 6; i++) {
			boundary |= n == ends[i];
			expected += i % 2 == 0 && n >= ends[i];
		}
		for (unsigned i = 0; i < expected; i++)
			assert_int_equal(next(r).caplen, 5 + i);
		int ret = skw_reader_next(r, &p, &err);
		assert_int_equal(ret, boundary ? 0 : -ENODATA);
		if (expected == 1 && !boundary)
			assert_string_equal(err.text, "f.pcapng: truncated: the last packet is cut "
						      "short (1 packet read)");
		skw_reader_close(r);
	}
	skw_buf_free(&f.b);
}

static void contradictions_are_told(void **state)
{
	struct file f = { 0 };

	(void)state;
	section(&f);
	packet(&f, 0, 0, 5);
	expect_error(&f, -EBADMSG,
		     "f.pcapng: corrupt: a packet of an interface that was not described "
		     "(0 packets read)");

	f = (struct file){ 0 };
	section(&f);
	interface(&f, 1, 0, 0, 0);
	section(&f); /* a new section forgets the interfaces */
	packet(&f, 0, 0, 5);
	expect_error(&f, -EBADMSG,
		     "f.pcapng: corrupt: a packet of an interface that was not described "
		     "(0 packets read)");

	f = (struct file){ 0 };
	section(&f);
	interface(&f, 1, 0, 0, 0);
	packet(&f, 0, 0, 5);
	f.b.data[f.b.len - 1] ^= 1;
	expect_error(&f, -EBADMSG,
		     "f.pcapng: corrupt: the two lengths of a block differ (0 packets read)");

	f = (struct file){ 0 };
	section(&f);
	interface(&f, 1, 0, 0, 0);
	begin(&f, 6);
	put(&f, 0, 4);
	put(&f, 0, 8);
	put(&f, 5000, 4); /* more bytes than the block contains */
	put(&f, 5000, 4);
	end(&f);
	expect_error(&f, -EBADMSG,
		     "f.pcapng: corrupt: a packet is longer than its block (0 packets read)");

	f = (struct file){ 0 };
	section(&f);
	put(&f, 6, 4);
	put(&f, 0xfffffffc, 4); /* would allocate 4 GiB of memory */
	expect_error(&f, -EBADMSG,
		     "f.pcapng: corrupt: a block is longer than 16 MiB (0 packets read)");

	f = (struct file){ 0 };
	section(&f);
	put(&f, 6, 4);
	put(&f, 13, 4);
	expect_error(&f, -EBADMSG,
		     "f.pcapng: corrupt: a block has a wrong length (0 packets read)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_byte_orders_and_several_sections_are_read),
		cmocka_unit_test(blocks_of_other_kinds_are_skipped),
		cmocka_unit_test(simple_and_old_packet_blocks_are_read),
		cmocka_unit_test(several_comments_become_lines_of_one),
		cmocka_unit_test(options_that_make_no_sense_do_not_cost_the_packet),
		cmocka_unit_test(time_stamps_of_any_resolution_become_nanoseconds_or_unknown),
		cmocka_unit_test(resolution_and_offset_come_from_the_interface),
		cmocka_unit_test(a_file_cut_anywhere_gives_its_whole_packets_first),
		cmocka_unit_test(contradictions_are_told),
	};

	return cmocka_run_group_tests_name("pcapng_read", tests, NULL, NULL);
}
