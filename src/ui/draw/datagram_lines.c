// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/datagram_lines.h"

#include "row/field.h"
#include "ui/draw/numbers.h"
#include "util/cleanup.h"

#define INDENT 10

/* An item with a number of the row, in the form that numbers of this kind have. */
static void add(struct skw_page *p, const char *label, const struct skw_row *row,
		enum skw_field field)
{
	char text[SKW_NUMBERS_SIZE];
	struct skw_value v;

	skw_field_value(row, field, &v);
	if (!v.known)
		v.number = SKW_NONE64;
	if (skw_fields[field].kind == SKW_KIND_BYTES)
		skw_numbers_bytes(text, v.number);
	else if (skw_fields[field].kind == SKW_KIND_BPS)
		skw_numbers_rate(text, v.number);
	else
		skw_numbers_grouped(text, v.number);
	skw_page_item(p, label, SKW_STYLE_PLAIN, text);
}

static void add_quic(struct skw_page *p, const struct skw_row *row)
{
	struct skw_value v;

	skw_field_value(row, SKW_FIELD_QUIC, &v);
	if (!v.known)
		return;
	skw_page_label(p, " protocol", INDENT);
	skw_page_item(p, "QUIC", SKW_STYLE_PLAIN, v.text);
	skw_page_end(p);
}

void skw_datagram_lines_add(struct skw_page *p, const struct skw_row *row)
{
	static const struct {
		const char *label;
		enum skw_field bytes, rate, packets, per_second, queue;
	} ways[] = {
		{ " sent", SKW_FIELD_BYTES_ACKED, SKW_FIELD_TX_BPS, SKW_FIELD_PACKETS_OUT,
		  SKW_FIELD_TX_PPS, SKW_FIELD_SEND_Q },
		{ " received", SKW_FIELD_BYTES_RECEIVED, SKW_FIELD_RX_BPS, SKW_FIELD_PACKETS_IN,
		  SKW_FIELD_RX_PPS, SKW_FIELD_RECV_Q },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(ways); i++) {
		skw_page_label(p, ways[i].label, INDENT);
		add(p, NULL, row, ways[i].bytes);
		add(p, "now", row, ways[i].rate);
		add(p, "datagrams", row, ways[i].packets);
		add(p, "per second", row, ways[i].per_second);
		add(p, "queue", row, ways[i].queue);
		skw_page_end(p);
	}
	skw_page_label(p, " dropped", INDENT);
	add(p, NULL, row, SKW_FIELD_DROPS);
	add(p, "per second", row, SKW_FIELD_DROP_RATE);
	skw_page_end(p);
	add_quic(p, row);
}
