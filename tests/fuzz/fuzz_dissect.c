// SPDX-License-Identifier: BSD-2-Clause
/*
 * The dissector. The first byte of the input chooses the link type, the second and the third the
 * options, the fourth the captured length. The rest is the packet. The lines must consist of
 * printable ASCII, end in a newline, and be the same with a second printer.
 */
#include <pcap/dlt.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/printer.h"
#include "util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int dlts[] = {
	DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW,
	DLT_NULL,   DLT_LOOP,      DLT_IPV4,       DLT_IEEE802_11_RADIO,
};

static void pick_options(struct skw_print_options *opt, uint8_t first, uint8_t second)
{
	*opt = (struct skw_print_options){
		.verbose = first & 3,
		.quiet = first & 4,
		.link_header = first & 8,
		.absolute_seq = first & 16,
		.no_checksum = first & 32,
		.number = first & 64,
		.nano = first & 128,
		.bytes = (enum skw_print_bytes)((second & 7) % 7),
		.time = (enum skw_print_time)((second >> 3 & 7) % 6),
		.interface = second & 64,
		.color = second & 128,
	};
}

/* Colours add escape sequences, and -A keeps tabs and line ends of the packet. */
static void check_text(const struct skw_buf *out, bool color)
{
	if (out->failed)
		return;
	if (!out->len || out->data[out->len - 1] != '\n')
		abort();
	for (size_t i = 0; i < out->len; i++) {
		uint8_t c = out->data[i];

		if ((c < 0x20 || c > 0x7e) && c != '\n' && c != '\t' && !(color && c == '\033'))
			abort();
	}
}

static void print(const struct skw_print_options *opt, const struct skw_packet *pkt,
		  struct skw_buf *out)
{
	struct skw_iface iface = { .name = "we\033ird\xff", .dlt = pkt->dlt, .ifindex = 7 };
	struct skw_printer *printer = skw_printer_new(opt);

	if (!printer)
		abort();
	/* Prints the packet twice, so that the second time the printer has a state. */
	skw_printer_packet(printer, pkt, &iface, out);
	skw_printer_packet(printer, pkt, NULL, out);
	skw_printer_free(printer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 5)
		return 0;

	struct skw_print_options opt;
	struct skw_buf one = SKW_BUF_INIT, two = SKW_BUF_INIT;
	uint32_t caplen = (uint32_t)(size - 4);
	/* An allocation of exactly this size, so that ASan detects any access beyond the end. */
	uint8_t *copy = malloc(caplen);

	if (!copy)
		abort();
	memcpy(copy, data + 4, caplen);
	pick_options(&opt, data[1], data[2]);

	struct skw_packet pkt = {
		.ts_ns = 1700000000123456789,
		.data = copy,
		.caplen = caplen,
		.len = caplen + (data[3] & 0x80 ? data[3] * 600u : data[3]),
		.dlt = dlts[data[0] % SKW_ARRAY_SIZE(dlts)],
		.pkt_type = data[0] >> 4 & 7,
		.direction = data[0] >> 3 & 3,
	};

	print(&opt, &pkt, &one);
	print(&opt, &pkt, &two);
	check_text(&one, opt.color);
	if (one.len != two.len || memcmp(one.data, two.data, one.len) != 0)
		abort();
	skw_buf_free(&one);
	skw_buf_free(&two);
	free(copy);
	return 0;
}
