// SPDX-License-Identifier: BSD-2-Clause
/* Whole lines: the text around a packet, and packets cut at each length. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dissect/printer.h"
#include "model/packet_owner.h"

static const uint8_t udp_frame[] = {
	0x02, 0,    0,    0,    0, 2,  0x02, 0,    0,   0,   0,    1,    0x08, 0x00, /* Ethernet */
	0x45, 0,    0,    31,   0, 1,  0x40, 0,    64,  17,  0x26, 0xcb, 10,   0,
	0,    1,    10,   0,    0, 2, /* IPv4 */
	0x0f, 0xa0, 0x13, 0x89, 0, 11, 0xbd, 0x3c, 'x', 'y', 'z',
};

static const uint8_t reset_frame[] = {
	0x02, 0,  0,    0, 0,  2, 0x02, 0,    0,  0, 0,    1,    0x08, 0x00, 0x45, 0,    0,    40,
	0,    1,  0x40, 0, 64, 6, 0x26, 0xcd, 10, 0, 0,    1,    10,   0,    0,    2,    0x0f, 0xa0,
	0,    80, 0,    0, 0,  9, 0,    0,    0,  0, 0x50, 0x04, 0,    0,    0x12, 0x34, 0,    0,
};

static struct skw_packet packet(const uint8_t *data, uint32_t len)
{
	return (struct skw_packet){
		.ts_ns = 1700000000123456789,
		.data = data,
		.caplen = len,
		.len = len,
		.dlt = DLT_EN10MB,
	};
}

/* Prints a packet with a new printer. The caller frees the text. */
static char *line(const struct skw_print_options *opt, const struct skw_packet *pkt,
		  const struct skw_iface *iface)
{
	struct skw_printer *printer = skw_printer_new(opt);
	struct skw_buf out = SKW_BUF_INIT;

	assert_non_null(printer);
	skw_printer_packet(printer, pkt, iface, &out);
	skw_printer_free(printer);
	skw_buf_add_char(&out, '\0');
	assert_false(out.failed);
	return (char *)out.data;
}

static void assert_line(const struct skw_print_options *opt, const struct skw_packet *pkt,
			const struct skw_iface *iface, const char *want)
{
	char *have = line(opt, pkt, iface);

	assert_string_equal(have, want);
	free(have);
}

#define UDP_LINE "IP 10.0.0.1.4000 > 10.0.0.2.5001: UDP, length 3\n"

static void numbers_count_the_packets_of_a_printer(void **state)
{
	const struct skw_print_options opt = { .time = SKW_TIME_NONE, .number = true };
	struct skw_packet pkt = packet(udp_frame, sizeof(udp_frame));
	struct skw_printer *printer = skw_printer_new(&opt);
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	assert_non_null(printer);
	for (unsigned i = 1; i <= 100001; i++) {
		char want[128];
		int n = snprintf(want, sizeof(want), "%5u  " UDP_LINE, i);

		skw_buf_reset(&out);
		skw_printer_packet(printer, &pkt, NULL, &out);
		assert_int_equal(out.len, n);
		assert_memory_equal(out.data, want, out.len);
	}
	skw_buf_free(&out);
	skw_printer_free(printer);
}

static void interfaces_come_with_name_and_direction(void **state)
{
	const struct skw_print_options opt = { .time = SKW_TIME_NONE, .interface = true };
	struct skw_packet pkt = packet(udp_frame, sizeof(udp_frame));
	struct skw_iface lo = { .name = "lo", .ifindex = 1 };
	struct skw_iface evil = { .name = "e\033[2Jvil", .ifindex = 3 };
	struct skw_iface nameless = { .ifindex = 3 };

	(void)state;
	assert_line(&opt, &pkt, &lo, "lo    ?   " UDP_LINE);
	pkt.direction = SKW_DIR_IN;
	assert_line(&opt, &pkt, &lo, "lo    In  " UDP_LINE);
	pkt.pkt_type = 2;
	assert_line(&opt, &pkt, &lo, "lo    M   " UDP_LINE);
	pkt.direction = SKW_DIR_OUT;
	assert_line(&opt, &pkt, &nameless, "if3   Out " UDP_LINE);
	assert_line(&opt, &pkt, &evil, "e^[[2Jvil Out " UDP_LINE);
	assert_line(&opt, &pkt, NULL, "?     Out " UDP_LINE);
}

static void owners_end_the_line(void **state)
{
	const struct skw_print_options opt = { .time = SKW_TIME_NONE, .owners = true };
	const struct skw_packet_owner curl = { .name = "curl[1]" }, nginx = { .name = "nginx[2]" };
	struct skw_packet pkt = packet(udp_frame, sizeof(udp_frame));
	char want[128];

	(void)state;
	assert_line(&opt, &pkt, NULL, UDP_LINE);
	pkt.sender = &curl;
	snprintf(want, sizeof(want), "%.*s  curl[1]\n", (int)strlen(UDP_LINE) - 1, UDP_LINE);
	assert_line(&opt, &pkt, NULL, want);
	pkt.receiver = &nginx;
	snprintf(want, sizeof(want), "%.*s  curl[1] > nginx[2]\n", (int)strlen(UDP_LINE) - 1,
		 UDP_LINE);
	assert_line(&opt, &pkt, NULL, want);
	pkt.sender = NULL;
	snprintf(want, sizeof(want), "%.*s  nginx[2]\n", (int)strlen(UDP_LINE) - 1, UDP_LINE);
	assert_line(&opt, &pkt, NULL, want);
	assert_line(&(struct skw_print_options){ .time = SKW_TIME_NONE }, &pkt, NULL, UDP_LINE);
}

static void unknown_link_types_are_named_with_the_length(void **state)
{
	const struct skw_print_options opt = { .time = SKW_TIME_NONE };
	struct skw_packet pkt = packet(udp_frame, sizeof(udp_frame));

	(void)state;
	pkt.dlt = DLT_USB_LINUX;
	assert_line(&opt, &pkt, NULL, "USB_LINUX, length 45\n");
	pkt.dlt = 99999;
	assert_line(&opt, &pkt, NULL, "link type 99999, length 45\n");
}

static void impossible_lengths_are_told_as_such(void **state)
{
	const struct skw_print_options opt = { .time = SKW_TIME_NONE };
	struct skw_packet pkt = packet(udp_frame, sizeof(udp_frame));

	(void)state;
	pkt.len = 10;
	assert_line(&opt, &pkt, NULL, "[Invalid header: len(10) < caplen(45)]\n");
	pkt.len = 0;
	assert_line(&opt, &pkt, NULL, "[Invalid header: len==0]\n");
	pkt.caplen = 0;
	assert_line(&opt, &pkt, NULL, "[Invalid header: caplen==0, len==0]\n");
	pkt.len = 60;
	assert_line(&opt, &pkt, NULL, "[Invalid header: caplen==0]\n");
}

static void strip_colors(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (*from == '\033')
			from = strchr(from, 'm');
		else
			*to++ = *from;
	}
	*to = '\0';
}

static void color_marks_and_changes_no_text(void **state)
{
	static const struct {
		const uint8_t *data;
		uint32_t len;
	} frames[] = {
		{ udp_frame, sizeof(udp_frame) },
		{ reset_frame, sizeof(reset_frame) },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct skw_print_options opt = { .verbose = 2 };
		struct skw_packet pkt = packet(frames[i].data, frames[i].len);
		char *plain = line(&opt, &pkt, NULL);

		opt.color = true;

		char *colored = line(&opt, &pkt, NULL);

		assert_null(strchr(plain, '\033'));
		assert_non_null(strstr(colored, "\033[2m22:13:20.123456 \033[0m"));
		assert_int_equal(strstr(colored, "[\033[31mR\033[0m]") != NULL, i == 1);
		strip_colors(colored);
		assert_string_equal(colored, plain);
		free(colored);
		free(plain);
	}
}

static void lines_get_relative_sequence_numbers(void **state)
{
	struct skw_print_options opt = { .time = SKW_TIME_NONE };
	uint8_t ack_frame[sizeof(reset_frame)] = { 0 };
	struct skw_packet pkt = packet(ack_frame, sizeof(ack_frame));
	struct skw_buf out = SKW_BUF_INIT;

	(void)state;
	memcpy(ack_frame, reset_frame, sizeof(ack_frame));
	ack_frame[47] = 0x11; /* FIN ACK */
	for (int absolute = 0; absolute < 2; absolute++) {
		opt.absolute_seq = absolute;

		struct skw_printer *printer = skw_printer_new(&opt);

		assert_non_null(printer);
		skw_buf_reset(&out);
		skw_printer_packet(printer, &pkt, NULL, &out);
		skw_printer_packet(printer, &pkt, NULL, &out);
		skw_buf_add_char(&out, '\0');
		assert_string_equal((char *)out.data, absolute ? "IP 10.0.0.1.4000 > 10.0.0.2.80: "
								 "Flags [F.], seq 9, ack 0, win 0, "
								 "length 0\n"
								 "IP 10.0.0.1.4000 > 10.0.0.2.80: "
								 "Flags [F.], seq 9, ack 0, win 0, "
								 "length 0\n"
							       : "IP 10.0.0.1.4000 > 10.0.0.2.80: "
								 "Flags [F.], seq 9, ack 0, win 0, "
								 "length 0\n"
								 "IP 10.0.0.1.4000 > 10.0.0.2.80: "
								 "Flags [F.], seq 0, ack 1, win 0, "
								 "length 0\n");
		skw_printer_free(printer);
	}
	skw_buf_free(&out);
}

static void payloads_of_known_ports_are_named(void **state)
{
	const struct skw_print_options opt = { .time = SKW_TIME_NONE, .absolute_seq = true };
	uint8_t data_frame[sizeof(reset_frame) + 6] = { 0 };
	struct skw_packet pkt = packet(data_frame, sizeof(data_frame));

	(void)state;
	memcpy(data_frame, reset_frame, sizeof(reset_frame));
	memcpy(data_frame + sizeof(reset_frame), "EHLO\r\n", 6);
	data_frame[17] = 46;   /* total length */
	data_frame[37] = 25;   /* to port 25 */
	data_frame[47] = 0x18; /* PUSH ACK */
	assert_line(&opt, &pkt, NULL,
		    "IP 10.0.0.1.4000 > 10.0.0.2.25: Flags [P.], seq 9:15, ack 0, win 0, "
		    "length 6: SMTP\n");
	data_frame[37] = 26;
	assert_line(&opt, &pkt, NULL,
		    "IP 10.0.0.1.4000 > 10.0.0.2.26: Flags [P.], seq 9:15, ack 0, win 0, "
		    "length 6\n");
}

/* No printed character may control a terminal. Only -A keeps tabs and line ends. */
static void assert_harmless(const struct skw_buf *out)
{
	assert_false(out->failed);
	assert_true(out->len && out->data[out->len - 1] == '\n');
	for (size_t i = 0; i < out->len; i++) {
		uint8_t c = out->data[i];

		assert_true((c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t');
	}
}

/*
 * The packet is in an allocation of exactly its size, so that AddressSanitizer detects any access
 * beyond it.
 */
static void print_cut(struct skw_printer *printer, const struct skw_packet *whole, uint32_t caplen,
		      struct skw_buf *out)
{
	struct skw_packet pkt = *whole;
	uint8_t *copy = malloc(caplen);

	assert_non_null(copy);
	memcpy(copy, whole->data, caplen);
	pkt.data = copy;
	pkt.caplen = caplen;
	skw_buf_reset(out);
	skw_printer_packet(printer, &pkt, NULL, out);
	assert_harmless(out);
	free(copy);
}

#define SETS 3

/* To print all bytes of a packet takes the most time, and has little to do with its length. */
#define BYTES_SET  2
#define BYTES_EACH 16U

static unsigned cut_packets_of(const char *path, struct skw_printer **printers)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *file = pcap_open_offline(path, error);
	struct skw_buf out = SKW_BUF_INIT;
	struct pcap_pkthdr *header;
	const u_char *data;
	unsigned count = 0;

	if (!file)
		fail_msg("%s", error);
	while (pcap_next_ex(file, &header, &data) == 1) {
		struct skw_packet pkt = packet(data, header->caplen);

		pkt.len = header->len > header->caplen ? header->len : header->caplen;
		pkt.dlt = pcap_datalink(file);
		/* Long packets are cut only in their headers and at their end. */
		for (uint32_t caplen = 1; caplen <= pkt.caplen; caplen++) {
			if (caplen == 512 && pkt.caplen > 600)
				caplen = pkt.caplen - 64;
			int sets = caplen % BYTES_EACH && caplen < pkt.caplen ? BYTES_SET : SETS;

			for (int i = 0; i < sets; i++)
				print_cut(printers[i], &pkt, caplen, &out);
		}
		count++;
	}
	skw_buf_free(&out);
	pcap_close(file);
	return count;
}

static void packets_cut_at_each_length_are_printed(void **state)
{
	static const struct skw_print_options sets[SETS] = {
		{ .time = SKW_TIME_DEFAULT },
		{ .verbose = 2, .link_header = true },
		[BYTES_SET] = { .verbose = 1, .quiet = true, .bytes = SKW_BYTES_HEX_ASCII },
	};
	struct skw_printer *printers[SETS];
	char path[4096];
	const char *srcdir = getenv("srcdir");
	unsigned count = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/pcap-samples", srcdir ? srcdir : ".");

	DIR *dir = opendir(path);

	assert_non_null(dir);
	for (int i = 0; i < SETS; i++) {
		printers[i] = skw_printer_new(&sets[i]);
		assert_non_null(printers[i]);
	}
	for (struct dirent *e; (e = readdir(dir));) {
		const char *end = strrchr(e->d_name, '.');

		if (!end || strcmp(end, ".pcap") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/pcap-samples/%s", srcdir ? srcdir : ".",
			 e->d_name);
		count += cut_packets_of(path, printers);
	}
	closedir(dir);
	for (int i = 0; i < SETS; i++)
		skw_printer_free(printers[i]);
	assert_true(count > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_count_the_packets_of_a_printer),
		cmocka_unit_test(interfaces_come_with_name_and_direction),
		cmocka_unit_test(owners_end_the_line),
		cmocka_unit_test(unknown_link_types_are_named_with_the_length),
		cmocka_unit_test(impossible_lengths_are_told_as_such),
		cmocka_unit_test(color_marks_and_changes_no_text),
		cmocka_unit_test(lines_get_relative_sequence_numbers),
		cmocka_unit_test(payloads_of_known_ports_are_named),
		cmocka_unit_test(packets_cut_at_each_length_are_printed),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
