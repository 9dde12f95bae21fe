// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/talk_lines.h"

#include <stdio.h>
#include <time.h>

#include "format/format.h"
#include "row/talks.h"
#include "ui/draw/numbers.h"
#include "util/clock.h"

#define INDENT 10
#define CELL   8

static void add_ns(struct skw_page *p, const char *label, uint64_t ns)
{
	char text[CELL + 1];

	skw_format_us(text, CELL, ns == SKW_NONE64 ? SKW_NONE64 : ns / SKW_NS_PER_US);
	skw_page_item(p, label, SKW_STYLE_PLAIN, text);
}

static void add_request(struct skw_page *p, const struct skw_row_talk *talk,
			const struct skw_row_request *r)
{
	time_t at = (time_t)(r->at_ns / SKW_NS_PER_S);
	enum skw_style style = r->error ? SKW_STYLE_ALARM : SKW_STYLE_STRONG;
	struct skw_talks_split split;
	char label[16] = "";
	struct tm tm;

	if (localtime_r(&at, &tm))
		strftime(label, sizeof(label), " %H:%M:%S", &tm);
	skw_page_label(p, label, INDENT);
	skw_page_item(p, NULL, style, r->kind);
	if (r->status[0])
		skw_page_item(p, NULL, style, r->status);
	if (skw_talks_split(talk, r, &split)) {
		add_ns(p, "client waits", split.wait_ns);
		add_ns(p, "server", split.server_ns);
		add_ns(p, "network", split.network_ns);
		add_ns(p, "transfer", split.transfer_ns);
	} else {
		skw_page_item(p, NULL, SKW_STYLE_FAINT, "no answer");
	}
	skw_page_end(p);
}

void skw_talk_lines_add(struct skw_page *p, const struct skw_row *row)
{
	const struct skw_row_talk *talk = skw_row_talk(row);
	char text[SKW_NUMBERS_SIZE];

	if (!talk)
		return;
	skw_page_label(p, " messages", INDENT);
	skw_page_item(p, NULL, SKW_STYLE_STRONG, talk->protocol);
	skw_page_item(p, talk->serves ? "answers here" : "asks from here", SKW_STYLE_PLAIN,
		      skw_numbers_grouped(text, talk->requests));
	skw_page_item(p, "errors", talk->errors ? SKW_STYLE_WARNING : SKW_STYLE_PLAIN,
		      skw_numbers_grouped(text, talk->errors));
	skw_page_item(p, "per second", SKW_STYLE_PLAIN, skw_numbers_grouped(text, talk->req_rate));
	skw_format_us(text, CELL, talk->latency_p99_us);
	skw_page_item(p, "p99", SKW_STYLE_PLAIN, text);
	skw_page_end(p);
	for (unsigned i = 1; i <= talk->last_len; i++)
		add_request(p, talk,
			    &talk->last[(talk->last_at + SKW_TALK_LAST - i) % SKW_TALK_LAST]);
}
