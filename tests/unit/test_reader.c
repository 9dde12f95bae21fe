// SPDX-License-Identifier: BSD-2-Clause
/* Capture files as streams: all kinds of pcap, files of other formats, pipes. */
#include "config.h"

#include "pcap/reader.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <pcap/pcap.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "memory_stream.h"
#include "out/input.h"
#include "pcap/pcap_write.h"
#include "pcap/pcapng_write.h"
#include "util/buf.h"
#include "util/cleanup.h"

#define TS_NS 1700000000123456789ull

static void add_pcap(struct skw_buf *b, bool nano, unsigned packets)
{
	uint8_t h[SKW_PCAP_FILE_HEADER_BYTES];
	uint8_t rec[SKW_PCAP_RECORD_HEADER_BYTES];

	skw_pcap_file_header(h, DLT_EN10MB, 4096, nano);
	skw_buf_add(b, h, sizeof(h));
	for (unsigned i = 0; i < packets; i++) {
		skw_pcap_record_header(rec, TS_NS + i * 1000, nano, 5 + i, 60);
		skw_buf_add(b, rec, sizeof(rec));
		skw_buf_add(b, "0123456789", 5 + i);
	}
}

static int open_part(const struct skw_buf *b, size_t n, struct skw_reader **r,
		     struct skw_error *err)
{
	return skw_reader_open(memory_stream(b->data, n), "f.pcap", r, err);
}

static void check_packets(struct skw_reader *r, unsigned packets, bool nano)
{
	struct skw_packet p;

	for (unsigned i = 0; i < packets; i++) {
		uint64_t ts = TS_NS + i * 1000;

		assert_int_equal(skw_reader_next(r, &p, NULL), 1);
		assert_int_equal(p.ts_ns, nano ? ts : ts / 1000 * 1000);
		assert_int_equal(p.caplen, 5 + i);
		assert_int_equal(p.len, 60);
		assert_int_equal(p.dlt, DLT_EN10MB);
		assert_int_equal(p.iface, 0);
		assert_memory_equal(p.data, "0123456789", 5 + i);
	}
}

static void pcap_is_read_in_both_precisions(void **state)
{
	(void)state;
	for (int nano = 0; nano < 2; nano++) {
		struct skw_buf b = SKW_BUF_INIT;
		struct skw_reader *r;
		struct skw_packet p;

		add_pcap(&b, nano, 3);
		assert_int_equal(open_part(&b, b.len, &r, NULL), 0);
		check_packets(r, 3, nano);
		assert_int_equal(skw_reader_next(r, &p, NULL), 0);
		assert_int_equal(skw_reader_iface_count(r), 1);
		assert_int_equal(skw_reader_iface(r, 0)->dlt, DLT_EN10MB);
		assert_int_equal(skw_reader_iface(r, 0)->snaplen, 4096);
		assert_null(skw_reader_iface(r, 1));
		assert_null(skw_reader_stats(r, 0));
		skw_reader_close(r);
		skw_buf_free(&b);
	}
}

static void pcap_of_the_other_byte_order_is_read(void **state)
{
	static const uint8_t file[] = {
		0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0,    0x10, 0,    0,    0, 0, 1, /* a packet of a time after 2038: */
		0xf0, 0,    0,    1,    0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9, 0x77,
	};
	struct skw_reader *r;
	struct skw_packet p;
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	skw_buf_add(&b, file, sizeof(file));
	assert_int_equal(open_part(&b, b.len, &r, NULL), 0);
	assert_int_equal(skw_reader_next(r, &p, NULL), 1);
	assert_int_equal(p.ts_ns, 0xf0000001 * 1000000000ull + 2000);
	assert_int_equal(p.caplen, 1);
	assert_int_equal(p.len, 9);
	assert_int_equal(p.data[0], 0x77);
	assert_true(skw_reader_iface(r, 0)->swapped);
	skw_reader_close(r);
	skw_buf_free(&b);
}

/* libpcap takes a fraction of more than 31 bits for a negative one. */
static void a_time_before_1970_is_unknown(void **state)
{
	(void)state;
	for (int nano = 0; nano < 2; nano++) {
		uint32_t rec[4] = { 0, UINT32_MAX, 1, 1 };
		uint8_t h[SKW_PCAP_FILE_HEADER_BYTES];
		struct skw_buf b = SKW_BUF_INIT;
		struct skw_reader *r;
		struct skw_packet p;

		skw_pcap_file_header(h, DLT_EN10MB, 4096, nano);
		skw_buf_add(&b, h, sizeof(h));
		for (rec[0] = 0; rec[0] < 2; rec[0]++) {
			skw_buf_add(&b, rec, sizeof(rec));
			skw_buf_add(&b, "x", 1);
		}
		assert_int_equal(open_part(&b, b.len, &r, NULL), 0);
		assert_int_equal(skw_reader_next(r, &p, NULL), 1);
		assert_true(p.ts_ns == SKW_PACKET_TIME_UNKNOWN);
		assert_int_equal(skw_reader_next(r, &p, NULL), 1);
		assert_int_equal(p.ts_ns, nano ? 999999999 : 999999000);
		assert_false(skw_reader_iface(r, 0)->swapped);
		skw_reader_close(r);
		skw_buf_free(&b);
	}
}

static void seconds_after_2038_are_no_negative_ones(void **state)
{
	uint8_t rec[SKW_PCAP_RECORD_HEADER_BYTES];
	struct skw_buf b = SKW_BUF_INIT;
	struct skw_reader *r;
	struct skw_packet p;

	(void)state;
	add_pcap(&b, true, 0);
	skw_pcap_record_header(rec, 0xf0000001 * 1000000000ull + 7, true, 0, 60);
	skw_buf_add(&b, rec, sizeof(rec));
	assert_int_equal(open_part(&b, b.len, &r, NULL), 0);
	assert_int_equal(skw_reader_next(r, &p, NULL), 1);
	assert_int_equal(p.ts_ns, 0xf0000001 * 1000000000ull + 7);
	skw_reader_close(r);
	skw_buf_free(&b);
}

static void a_pcap_cut_anywhere_gives_its_whole_packets_first(void **state)
{
	const size_t ends[] = { 24, 45, 67, 90 };
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	add_pcap(&b, true, 3);
	assert_int_equal(b.len, 90);
	for (size_t n = 24; n <= b.len; n++) {
		struct skw_error err = { 0 };
		struct skw_packet p;
		struct skw_reader *r;
		unsigned whole = 0;

		while (whole < 3 && ends[whole + 1] <= n)
			whole++;
		assert_int_equal(open_part(&b, n, &r, &err), 0);
		check_packets(r, whole, true);
		int ret = skw_reader_next(r, &p, &err);
		assert_int_equal(ret, n == ends[whole] ? 0 : -ENODATA);
		if (n == 60) {
			assert_string_equal(err.text, "f.pcap: truncated: the last packet is cut "
						      "short (1 packet read)");
			assert_int_equal(skw_reader_next(r, &p, NULL), -ENODATA);
		}
		skw_reader_close(r);
	}
	skw_buf_free(&b);
}

static void expect_refusal(const void *bytes, size_t n, int code, const char *text)
{
	struct skw_error err = { 0 };
	struct skw_reader *r = NULL;

	assert_int_equal(skw_reader_open(memory_stream(bytes, n), "x", &r, &err), code);
	assert_string_equal(err.text, text);
	assert_null(r);
}

static void what_is_no_capture_file_is_refused(void **state)
{
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	expect_refusal("", 0, -ENODATA, "x: the file is empty");
	expect_refusal("abc", 3, -ENODATA, "x: too short for a capture file");
	expect_refusal("#!/bin/sh\n", 10, -EINVAL, "x: not a pcap or pcapng file");
	add_pcap(&b, true, 0);
	expect_refusal(b.data, 20, -ENODATA,
		       "x: truncated: the last packet is cut short (0 packets read)");
	skw_buf_free(&b);
}

/* The message names the program that helps. */
static void a_file_in_another_compression_is_told_by_name(void **state)
{
	static const struct {
		const char *bytes, *kind, *program;
	} cases[] = {
		{ "\xfd"
		  "7zXZ\0",
		  "xz", "xz -dc" },
		{ "\x04\x22\x4d\x18\x64\x40", "lz4", "lz4 -dc" },
		{ "\x02\x21\x4c\x18\x64\x40", "lz4", "lz4 -dc" },
		{ "BZh91A", "bzip2", "bzip2 -dc" },
		{ "BZh11A", "bzip2", "bzip2 -dc" },
		{ "LZIP\x01\x14", "lzip", "lzip -dc" },
		{ "PK\x03\x04\x14\x08", "zip", "unzip -p" },
		{ "7z\xbc\xaf\x27\x1c", "7z", "7z e -so" },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		snprintf(text, sizeof(text),
			 "x: compressed with %s, and only gzip and zstd are read: "
			 "use \"%s FILE | skwatch capture -r -\"",
			 cases[i].kind, cases[i].program);
		expect_refusal(cases[i].bytes, 6, -EINVAL, text);
	}
	expect_refusal("BZip is a word", 6, -EINVAL, "x: not a pcap or pcapng file");
	expect_refusal("PKware is one", 6, -EINVAL, "x: not a pcap or pcapng file");
}

struct feeder {
	int fd;
	const struct skw_buf *b;
};

/* Writes byte by byte, so that the reader sees every way in which a pipe can split the data. */
static void *feed(void *arg)
{
	const struct feeder *f = arg;

	for (size_t i = 0; i < f->b->len; i++)
		if (write(f->fd, f->b->data + i, 1) != 1)
			return NULL;
	close(f->fd);
	return NULL;
}

static void read_through_pipe(const struct skw_buf *b, unsigned packets)
{
	struct skw_byte_stream *in;
	struct skw_packet p;
	struct skw_reader *r;
	pthread_t thread;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	struct feeder feeder = { fds[1], b };
	assert_int_equal(pthread_create(&thread, NULL, feed, &feeder), 0);
	assert_int_equal(skw_input_open_fd(fds[0], "pipe", &in, NULL), 0);
	assert_int_equal(skw_reader_open(in, "pipe", &r, NULL), 0);
	check_packets(r, packets, true);
	assert_int_equal(skw_reader_next(r, &p, NULL), 0);
	skw_reader_close(r);
	pthread_join(thread, NULL);
}

static void both_formats_are_read_from_a_pipe(void **state)
{
	const struct skw_iface i = { .dlt = DLT_EN10MB };
	const struct skw_pcapng_section s = { 0 };
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	add_pcap(&b, true, 3);
	read_through_pipe(&b, 3);

	skw_buf_reset(&b);
	skw_pcapng_section(&b, &s);
	skw_pcapng_interface(&b, &i, true, NULL);
	for (unsigned n = 0; n < 3; n++) {
		struct skw_packet p = { .ts_ns = TS_NS + n * 1000, .caplen = 5 + n, .len = 60 };
		struct skw_pcapng_packet block;

		p.data = (const uint8_t *)"0123456789";
		skw_pcapng_packet(&block, &p, 0, true);
		skw_buf_add(&b, block.head, sizeof(block.head));
		skw_buf_add(&b, p.data, p.caplen);
		skw_buf_add(&b, block.tail, block.tail_len);
	}
	read_through_pipe(&b, 3);
	skw_buf_free(&b);
}

static void an_error_of_the_stream_is_told_after_the_packets(void **state)
{
	const struct {
		int error;
		const char *text;
	} cases[] = {
		{ EIO, "s: Input/output error (3 packets read)" },
		{ EBADMSG, "s: the compressed data is corrupt (3 packets read)" },
		{ ENODATA, "s: truncated: the compressed data ends early (3 packets read)" },
	};
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	add_pcap(&b, true, 3);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct skw_byte_stream *in =
			memory_stream_pieces(b.data, b.len, 7, -cases[i].error);
		struct skw_error err = { 0 };
		struct skw_packet p;
		struct skw_reader *r;

		assert_int_equal(skw_reader_open(in, "s", &r, NULL), 0);
		check_packets(r, 3, true);
		assert_int_equal(skw_reader_next(r, &p, &err), -cases[i].error);
		assert_string_equal(err.text, cases[i].text);
		skw_reader_close(r);
	}
	skw_buf_free(&b);
}

/* Compares the packets that libpcap reads from the bytes with those of the reader. */
static void compare(const struct skw_buf *b, uint64_t *packets, uint64_t *errors)
{
	char text[PCAP_ERRBUF_SIZE];
	struct skw_error err = { 0 };
	struct skw_reader *r;
	struct pcap_pkthdr *h;
	const uint8_t *data;
	pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(fmemopen(b->data, b->len, "r"),
								PCAP_TSTAMP_PRECISION_NANO, text);
	int got, want;

	assert_non_null(pcap);
	assert_int_equal(
		skw_reader_open(memory_stream_pieces(b->data, b->len, 50, 0), "f", &r, &err), 0);
	assert_int_equal(skw_reader_iface(r, 0)->snaplen, pcap_snapshot(pcap));
	assert_int_equal(skw_reader_iface(r, 0)->dlt, pcap_datalink(pcap));
	do {
		struct skw_packet p = { 0 };

		got = skw_reader_next(r, &p, &err);
		want = pcap_next_ex(pcap, &h, &data);
		assert_int_equal(got, want == PCAP_ERROR_BREAK ? 0 : want < 0 ? got : 1);
		if (want < 0)
			break;
		int64_t ts_ns = (int64_t)(uint32_t)h->ts.tv_sec * 1000000000 + h->ts.tv_usec;
		assert_true(p.ts_ns == (ts_ns < 0 ? SKW_PACKET_TIME_UNKNOWN : (uint64_t)ts_ns));
		assert_int_equal(p.caplen, h->caplen);
		assert_int_equal(p.len, h->len);
		assert_memory_equal(p.data, data, p.caplen);
		++*packets;
	} while (got > 0);
	/* The same reasons, in our words. */
	if (want == PCAP_ERROR) {
		bool cut = strstr(pcap_geterr(pcap), "truncated");

		assert_int_equal(got, cut ? -ENODATA : -EBADMSG);
		if (!cut && !strstr(err.text, pcap_geterr(pcap)))
			fail_msg("%s, but libpcap: %s", err.text, pcap_geterr(pcap));
		++*errors;
	}
	skw_reader_close(r);
	pcap_close(pcap);
}

static void usual_files_give_what_libpcap_reads(void **state)
{
	static const uint8_t values[] = { 0, 1, 2, 0x7f, 0x80, 0xff };
	uint64_t packets = 0, errors = 0;

	(void)state;
	for (int nano = 0; nano < 2; nano++) {
		struct skw_buf b = SKW_BUF_INIT;

		add_pcap(&b, nano, 5);
		/* Any byte behind the version: the snapshot length, times, both lengths. */
		for (size_t i = 16; i < b.len; i++) {
			/* The link type has a test of its own. */
			for (size_t v = 0; v < sizeof(values) && (i < 20 || i >= 24); v++) {
				uint8_t old = b.data[i];

				b.data[i] = values[v];
				compare(&b, &packets, &errors);
				b.data[i] = old;
			}
		}
		skw_buf_free(&b);
	}
	assert_true(packets > 1000 && errors > 100);
}

static void a_run_stays_valid_as_long_as_it_is_told(void **state)
{
	struct skw_buf b = SKW_BUF_INIT;
	struct skw_packet run[SKW_READER_RUN];
	struct skw_reader *r;
	size_t runs = 0, packets = 0;

	(void)state;
	add_pcap(&b, true, 0);
	for (unsigned i = 0; i < 500; i++) {
		uint8_t rec[SKW_PCAP_RECORD_HEADER_BYTES];

		skw_pcap_record_header(rec, TS_NS, true, 10, i);
		skw_buf_add(&b, rec, sizeof(rec));
		skw_buf_add(&b, "0123456789", 10);
	}
	assert_int_equal(
		skw_reader_open(memory_stream_pieces(b.data, b.len, 999, 0), "f", &r, NULL), 0);
	for (size_t n = 0; skw_reader_next(r, &run[0], NULL) > 0; n = 0, runs++) {
		for (n = 1; n < SKW_READER_RUN && skw_reader_goes_on(r); n++)
			assert_int_equal(skw_reader_next(r, &run[n], NULL), 1);
		for (size_t i = 0; i < n; i++, packets++) {
			assert_int_equal(run[i].len, packets);
			assert_memory_equal(run[i].data, "0123456789", 10);
		}
	}
	assert_int_equal(packets, 500);
	assert_in_range(runs, 10, 40);
	skw_reader_close(r);
	skw_buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_is_read_in_both_precisions),
		cmocka_unit_test(pcap_of_the_other_byte_order_is_read),
		cmocka_unit_test(seconds_after_2038_are_no_negative_ones),
		cmocka_unit_test(a_time_before_1970_is_unknown),
		cmocka_unit_test(a_pcap_cut_anywhere_gives_its_whole_packets_first),
		cmocka_unit_test(what_is_no_capture_file_is_refused),
		cmocka_unit_test(a_file_in_another_compression_is_told_by_name),
		cmocka_unit_test(both_formats_are_read_from_a_pipe),
		cmocka_unit_test(an_error_of_the_stream_is_told_after_the_packets),
		cmocka_unit_test(usual_files_give_what_libpcap_reads),
		cmocka_unit_test(a_run_stays_valid_as_long_as_it_is_told),
	};

	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
