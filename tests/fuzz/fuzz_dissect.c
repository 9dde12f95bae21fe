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

/* The highest bit of the first byte chooses this list. */
static const int more_dlts[] = {
	DLT_PPP,
	DLT_PPP_PPPD,
	DLT_PPP_SERIAL,
	DLT_PPP_ETHER,
	DLT_C_HDLC,
	DLT_ENC,
	DLT_IPNET,
	DLT_IPOIB,
	DLT_DSA_TAG_DSA,
	DLT_DSA_TAG_EDSA,
	DLT_DSA_TAG_BRCM,
	DLT_DSA_TAG_BRCM_PREPEND,
	DLT_IEEE802_11,
	DLT_IEEE802_11_RADIO_AVS,
	DLT_PRISM_HEADER,
	DLT_NFLOG,
	DLT_PPI,
	258 /* PKTAP */,
	DLT_IEEE802_11_RADIO,
	DLT_USB_LINUX,
};

static int dlt_of(uint8_t byte)
{
	if (byte & 0x80)
		return more_dlts[(byte & 0x7f) % SKW_ARRAY_SIZE(more_dlts)];
	return dlts[byte % SKW_ARRAY_SIZE(dlts)];
}

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
		.dlt = dlt_of(data[0]),
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
