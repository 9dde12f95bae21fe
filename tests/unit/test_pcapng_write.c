// SPDX-License-Identifier: BSD-2-Clause
/* The bytes of pcapng blocks. libpcap and our own reader must understand them. */
#include "config.h"

#include "pcap/pcapng_write.h"

#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memory_stream.h"
#include "pcap/reader.h"

#define TS_NS 1700000000123456789ull

static void begin(struct skw_buf *b)
{
	const struct skw_pcapng_section s = { "x86_64", "Linux 6.12", "skwatch 0.1", NULL };
	const struct skw_iface i = { .name = "eth0", .filter = "tcp", .dlt = DLT_EN10MB };

	skw_pcapng_section(b, &s);
	skw_pcapng_interface(b, &i, true, "Linux 6.12");
}

static void add_packet(struct skw_buf *b, const struct skw_packet *pkt, uint32_t iface, bool nano)
{
	struct skw_pcapng_packet p;
	size_t at = b->len;

	skw_pcapng_packet(&p, pkt, iface, nano);
	skw_buf_add(b, p.head, sizeof(p.head));
	skw_buf_add(b, pkt->data, pkt->caplen);
	skw_buf_add(b, p.middle, p.middle_len);
	skw_buf_add(b, p.comment, p.comment_len);
	skw_buf_add(b, p.tail, p.tail_len);
	assert_int_equal(b->len - at, p.total);
	assert_int_equal(p.total % 4, 0);
	assert_memory_equal(b->data + at + 4, b->data + b->len - 4, 4);
}

static struct skw_reader *reader(const struct skw_buf *b)
{
	struct skw_error err = { 0 };
	struct skw_reader *r = NULL;

	assert_false(b->failed);
	if (skw_reader_open(memory_stream(b->data, b->len), "test", &r, &err))
		fail_msg("%s", err.text);
	return r;
}

static void section_and_interface_have_the_bytes_of_the_format(void **state)
{
	/* Each option once, in the byte order of the host. */
	const uint32_t section[] = {
		0x0a0d0d0a, 40, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 0, 0, 0, 40,
	};
	struct skw_buf b = SKW_BUF_INIT;
	const struct skw_pcapng_section s = { .os = "L" };
	const struct skw_iface i = { .filter = "ip", .dlt = DLT_RAW, .snaplen = 0x8000 };
	uint16_t code_len[2] = { 3, 1 };
	uint32_t words[10];

	(void)state;
	memcpy(words, section, sizeof(words));
	memcpy(&words[6], code_len, 4);
	memcpy(&words[7], "L\0\0\0", 4);
	skw_pcapng_section(&b, &s);
	assert_int_equal(b.len, sizeof(words));
	assert_memory_equal(b.data, words, sizeof(words));

	skw_buf_reset(&b);
	skw_pcapng_interface(&b, &i, true, NULL);
	const uint16_t expected[] = { 1, 0, 40, 0, 101, 0, 0x8000, 0, 9, 1 };
	assert_int_equal(b.len, 40);
	assert_memory_equal(b.data, expected, sizeof(expected));
	assert_memory_equal(b.data + 20, "\x09\0\0\0", 4);
	const uint16_t filter[] = { 11, 3 };
	assert_memory_equal(b.data + 24, filter, sizeof(filter));
	assert_memory_equal(b.data + 28, "\0ip\0", 4);
	assert_memory_equal(b.data + 32, "\0\0\0\0", 4);
	skw_buf_free(&b);
}

static void a_plain_packet_block_has_no_options(void **state)
{
	struct skw_packet p = { .ts_ns = TS_NS, .data = (const uint8_t *)"abcde", .caplen = 5 };
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	p.len = 60;
	add_packet(&b, &p, 7, true);
	const uint32_t head[] = { 6, 40, 7, TS_NS >> 32, (uint32_t)TS_NS, 5, 60 };
	assert_int_equal(b.len, 40);
	assert_memory_equal(b.data, head, sizeof(head));
	assert_memory_equal(b.data + 28, "abcde\0\0\0", 8);
	skw_buf_reset(&b);
	add_packet(&b, &p, 7, false);
	const uint32_t micro[] = { TS_NS / 1000 >> 32, (uint32_t)(TS_NS / 1000) };
	assert_memory_equal(b.data + 12, micro, sizeof(micro));
	skw_buf_free(&b);
}

/* Packets and comments of every length modulo 4, with and without each option. */
static void every_shape_of_packet_is_read_back(void **state)
{
	static const char *const comments[] = { NULL, "", "a", "ab", "abc", "abcd", "abcde" };
	const uint8_t data[8] = "packet!";
	struct skw_buf b = SKW_BUF_INIT;
	struct skw_packet got, p = { .data = data, .len = 9 };
	struct skw_error err = { 0 };
	unsigned n = 0;

	(void)state;
	begin(&b);
	for (unsigned round = 0; round < 2; round++) {
		struct skw_reader *r = round ? reader(&b) : NULL;

		for (unsigned shape = 0; shape < 8 * 7 * 3 * 2; shape++, n++) {
			p.caplen = shape % 8;
			p.comment = comments[shape / 8 % 7];
			p.direction = (uint8_t)(shape / 56 % 3);
			p.dropped = shape / 168 ? 99 : 0;
			p.pkt_type = p.direction == SKW_DIR_OUT  ? PACKET_OUTGOING
				     : p.direction == SKW_DIR_IN ? (uint8_t)(shape % 4)
								 : 0;
			p.ts_ns = TS_NS + shape;
			if (!round) {
				add_packet(&b, &p, 0, true);
				continue;
			}
			assert_int_equal(skw_reader_next(r, &got, &err), 1);
			assert_int_equal(got.ts_ns, p.ts_ns);
			assert_int_equal(got.caplen, p.caplen);
			assert_int_equal(got.len, 9);
			assert_memory_equal(got.data, data, p.caplen);
			assert_int_equal(got.direction, p.direction);
			assert_int_equal(got.pkt_type, p.pkt_type);
			assert_int_equal(got.dropped, p.dropped);
			if (p.comment && p.comment[0])
				assert_string_equal(got.comment, p.comment);
			else
				assert_null(got.comment);
		}
		if (r)
			assert_int_equal(skw_reader_next(r, &got, &err), 0);
		skw_reader_close(r);
	}
	assert_int_equal(n, 2 * 336);
	skw_buf_free(&b);
}

/* Owned packets of every shape. A process stands before them, which readers may not know. */
static void packets_with_owners_are_read_back(void **state)
{
	const uint8_t data[8] = "packet!";
	struct skw_buf b = SKW_BUF_INIT, comment = SKW_BUF_INIT;
	struct skw_packet got, p = { .data = data, .len = 9, .ts_ns = TS_NS };
	struct skw_error err = { 0 };

	(void)state;
	begin(&b);
	skw_pcapng_process(&b, 4100, "nginx");
	skw_pcapng_comment(&comment, "nginx[4100]");
	for (unsigned round = 0; round < 2; round++) {
		struct skw_reader *r = round ? reader(&b) : NULL;

		for (unsigned shape = 0; shape < 8 * 3 * 2 * 2; shape++) {
			const struct skw_pcapng_owner owner = { .comment = comment.data,
								.comment_len =
									(uint32_t)comment.len,
								.pid = 4100 };
			const struct skw_pcapng_owner *owners[2] = { NULL, NULL };
			struct skw_pcapng_packet block;
			size_t at = b.len;

			p.caplen = shape % 8;
			p.direction = (uint8_t)(shape / 8 % 3);
			p.pkt_type = p.direction == SKW_DIR_OUT ? PACKET_OUTGOING : 0;
			p.dropped = shape / 24 % 2 ? 99 : 0;
			if (round) {
				assert_int_equal(skw_reader_next(r, &got, &err), 1);
				assert_int_equal(got.caplen, p.caplen);
				assert_memory_equal(got.data, data, p.caplen);
				assert_int_equal(got.direction, p.direction);
				assert_int_equal(got.dropped, p.dropped);
				assert_string_equal(got.comment, "nginx[4100]");
				continue;
			}
			owners[shape / 48] = &owner;
			skw_pcapng_owned_packet(&block, &p, 0, true, owners, 0);
			skw_buf_add(&b, block.head, sizeof(block.head));
			skw_buf_add(&b, p.data, p.caplen);
			skw_buf_add(&b, block.middle, block.middle_len);
			skw_buf_add(&b, owner.comment, owner.comment_len);
			skw_buf_add(&b, block.tail, block.tail_len);
			assert_int_equal(b.len - at, block.total);
			assert_memory_equal(b.data + at + 4, b.data + b.len - 4, 4);
		}
		if (r)
			assert_int_equal(skw_reader_next(r, &got, &err), 0);
		skw_reader_close(r);
	}
	skw_buf_free(&comment);
	skw_buf_free(&b);
}

static void a_comment_is_cut_where_the_format_ends(void **state)
{
	char *text = malloc(70001);
	struct skw_packet got, p = { .caplen = 0 };
	struct skw_buf b = SKW_BUF_INIT;
	struct skw_error err = { 0 };

	(void)state;
	memset(text, 'x', 70000);
	text[70000] = '\0';
	p.comment = text;
	begin(&b);
	add_packet(&b, &p, 0, true);
	struct skw_reader *r = reader(&b);
	assert_int_equal(skw_reader_next(r, &got, &err), 1);
	assert_int_equal(strlen(got.comment), 65535);
	skw_reader_close(r);
	skw_buf_free(&b);
	free(text);
}

static void interfaces_and_statistics_are_read_back(void **state)
{
	const struct skw_iface_stats stats = { 100, 90, 80, 10, 5 };
	struct skw_buf b = SKW_BUF_INIT;
	struct skw_packet got;
	struct skw_error err = { 0 };

	(void)state;
	begin(&b);
	skw_pcapng_stats(&b, 0, &stats, TS_NS, TS_NS + 1, true);
	struct skw_reader *r = reader(&b);
	assert_int_equal(skw_reader_next(r, &got, &err), 0);
	assert_int_equal(skw_reader_iface_count(r), 1);
	const struct skw_iface *i = skw_reader_iface(r, 0);
	assert_string_equal(i->name, "eth0");
	assert_string_equal(i->filter, "tcp");
	assert_int_equal(i->dlt, DLT_EN10MB);
	assert_null(skw_reader_iface(r, 1));
	const struct skw_iface_stats *s = skw_reader_stats(r, 0);
	assert_int_equal(s->seen, 100);
	assert_int_equal(s->matched, 90);
	assert_int_equal(s->captured, 80);
	assert_int_equal(s->dropped, 10);
	skw_reader_close(r);
	skw_buf_free(&b);
}

static void libpcap_reads_it_and_skips_notes(void **state)
{
	const struct skw_iface_stats stats = { 1, 1, 1, 0, 0 };
	struct skw_packet p = { .ts_ns = TS_NS, .data = (const uint8_t *)"abcde", .caplen = 5 };
	char text[PCAP_ERRBUF_SIZE];
	struct skw_buf b = SKW_BUF_INIT;
	struct pcap_pkthdr *h;
	const uint8_t *data;

	(void)state;
	p.len = 5;
	p.comment = "curl[1]";
	begin(&b);
	skw_pcapng_note(&b, TS_NS, "the clock was\nset");
	add_packet(&b, &p, 0, true);
	skw_pcapng_stats(&b, 0, &stats, TS_NS, TS_NS, true);
	assert_int_equal(b.len % 4, 0);
	assert_non_null(memmem(b.data, b.len, "MESSAGE=the clock was set\n", 26));
	pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(fmemopen(b.data, b.len, "r"),
								PCAP_TSTAMP_PRECISION_NANO, text);
	assert_non_null(pcap);
	assert_int_equal(pcap_next_ex(pcap, &h, &data), 1);
	assert_int_equal((uint64_t)h->ts.tv_sec * 1000000000 + (uint64_t)h->ts.tv_usec, TS_NS);
	assert_memory_equal(data, "abcde", 5);
	assert_int_equal(pcap_next_ex(pcap, &h, &data), PCAP_ERROR_BREAK);
	pcap_close(pcap);
	skw_buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section_and_interface_have_the_bytes_of_the_format),
		cmocka_unit_test(a_plain_packet_block_has_no_options),
		cmocka_unit_test(every_shape_of_packet_is_read_back),
		cmocka_unit_test(packets_with_owners_are_read_back),
		cmocka_unit_test(a_comment_is_cut_where_the_format_ends),
		cmocka_unit_test(interfaces_and_statistics_are_read_back),
		cmocka_unit_test(libpcap_reads_it_and_skips_notes),
	};

	return cmocka_run_group_tests_name("pcapng_write", tests, NULL, NULL);
}
