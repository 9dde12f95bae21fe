// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/printer.h"

#include <stdlib.h>

#include "dissect/dissect.h"
#include "dissect/hexdump.h"
#include "dissect/ip/tcp_seqs.h"
#include "dissect/link/link.h"
#include "dissect/text.h"
#include "dissect/timestamp.h"
#include "model/packet_owner.h"

struct skw_printer {
	struct skw_print_options opt;
	struct skw_print_clock clock;
	struct skw_tcp_seqs *seqs;
	uint64_t count;
};

void skw_printer_show_interface(struct skw_printer *p)
{
	p->opt.interface = true;
}

struct skw_printer *skw_printer_new(const struct skw_print_options *opt)
{
	struct skw_printer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->opt = *opt;
	p->seqs = skw_tcp_seqs_new();
	if (!p->seqs) {
		free(p);
		return NULL;
	}
	return p;
}

void skw_printer_free(struct skw_printer *p)
{
	if (!p)
		return;
	skw_tcp_seqs_free(p->seqs);
	free(p);
}

static void print_number(struct skw_printer *p, struct skw_buf *out)
{
	for (uint64_t limit = 10000; limit > p->count && limit > 1; limit /= 10)
		skw_buf_add_char(out, ' ');
	skw_buf_add_uint(out, p->count);
	skw_buf_add(out, "  ", 2);
}

/*
 * Prints a message and returns true if the lengths are impossible. A file may contain any values.
 */
static bool print_invalid(const struct skw_packet *pkt, struct skw_buf *out)
{
	if (pkt->caplen && pkt->len >= pkt->caplen)
		return false;
	skw_buf_add_str(out, "[Invalid header:");
	if (!pkt->caplen)
		skw_buf_add_str(out, " caplen==0");
	if (!pkt->len) {
		skw_buf_add_str(out, pkt->caplen ? " len==0" : ", len==0");
	} else if (pkt->len < pkt->caplen) {
		skw_text_field(out, " len(", pkt->len);
		skw_text_field(out, ") < caplen(", pkt->caplen);
		skw_buf_add_char(out, ')');
	}
	skw_buf_add_str(out, "]\n");
	return true;
}

static void print_bytes(const struct skw_packet *pkt, enum skw_print_bytes form, uint32_t skip,
			struct skw_buf *out)
{
	static const struct {
		void (*print)(struct skw_buf *out, const uint8_t *p, size_t n);
		bool link; /* include the link-layer header */
	} forms[] = {
		[SKW_BYTES_NONE] = { NULL, false },
		[SKW_BYTES_HEX] = { skw_hexdump_hex, false },
		[SKW_BYTES_HEX_LINK] = { skw_hexdump_hex, true },
		[SKW_BYTES_HEX_ASCII] = { skw_hexdump_hex_ascii, false },
		[SKW_BYTES_HEX_ASCII_LINK] = { skw_hexdump_hex_ascii, true },
		[SKW_BYTES_ASCII] = { skw_hexdump_ascii, false },
		[SKW_BYTES_ASCII_LINK] = { skw_hexdump_ascii, true },
	};

	if (forms[form].link)
		skip = 0;
	if (forms[form].print && pkt->caplen > skip)
		forms[form].print(out, pkt->data + skip, pkt->caplen - skip);
}

static void print_owners(const struct skw_packet *pkt, struct skw_buf *out)
{
	if (!pkt->sender && !pkt->receiver)
		return;
	skw_buf_add(out, "  ", 2);
	if (pkt->sender)
		skw_buf_add_str(out, pkt->sender->name);
	if (pkt->sender && pkt->receiver)
		skw_buf_add_str(out, " > ");
	if (pkt->receiver)
		skw_buf_add_str(out, pkt->receiver->name);
}

void skw_printer_packet(struct skw_printer *p, const struct skw_packet *pkt,
			const struct skw_iface *iface, struct skw_buf *out)
{
	struct skw_dissect d = { .opt = &p->opt, .out = out, .iface = iface, .seqs = p->seqs };

	p->count++;
	if (p->opt.number)
		print_number(p, out);
	if (print_invalid(pkt, out))
		return;
	skw_dissect_color(&d, SKW_COLOR_TIME);
	skw_timestamp_print(&p->clock, p->opt.time, p->opt.nano, pkt->ts_ns, out);
	skw_dissect_color(&d, SKW_COLOR_END);

	uint32_t skip = skw_dissect_link(&d, pkt);

	if (p->opt.owners)
		print_owners(pkt, out);
	print_bytes(pkt, p->opt.bytes, skip, out);
	skw_buf_add_char(out, '\n');
}

void skw_printer_remark(struct skw_printer *p, uint64_t ts_ns, const char *text,
			struct skw_buf *out)
{
	struct skw_dissect d = { .opt = &p->opt, .out = out };

	if (p->opt.number)
		skw_buf_add(out, "       ", 7);
	skw_dissect_color(&d, SKW_COLOR_TIME);
	skw_timestamp_print(&p->clock, p->opt.time, p->opt.nano, ts_ns, out);
	skw_dissect_color(&d, SKW_COLOR_END);
	skw_buf_add_str(out, "-- ");
	skw_buf_add_str(out, text);
	skw_buf_add_char(out, '\n');
}
