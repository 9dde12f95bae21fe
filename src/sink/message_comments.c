// SPDX-License-Identifier: BSD-2-Clause
#include "sink/message_comments.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/format_message.h"

static bool is_worth_a_note(const struct skw_message_comments *c, const struct skw_message *m)
{
	return skw_message_is_slow(m, c->slow_ns ? c->slow_ns : UINT64_MAX);
}

/* Appends it with "; " in between, if there is room. */
static void add(struct skw_message_comments *c, char *text, size_t size, const char *more,
		size_t len)
{
	size_t at = strlen(text);

	if (at + len + sizeof("; ") > size) {
		c->left_out++;
		return;
	}
	snprintf(text + at, size - at, "%s%.*s", at ? "; " : "", (int)len, more);
}

static void take_message(void *ctx, const struct skw_message *m)
{
	struct skw_message_comments *c = ctx;
	struct skw_buf text = SKW_BUF_INIT;

	if (!c->now) {
		c->without_packet += is_worth_a_note(c, m);
		return;
	}
	if (m->outcome == SKW_MESSAGE_ANSWERED) {
		skw_format_message_comment(&text, m);
		add(c, c->now->remark, sizeof(c->now->remark), (const char *)text.data, text.len);
		skw_buf_reset(&text);
	}
	if (is_worth_a_note(c, m)) {
		skw_format_message_note(&text, m);
		add(c, c->now->news, sizeof(c->now->news), (const char *)text.data, text.len);
	}
	skw_buf_free(&text);
}

static void give(struct skw_packet *pkt, const struct skw_message_comments_texts *texts)
{
	pkt->remark = texts->remark[0] ? texts->remark : NULL;
	pkt->news = texts->news[0] ? texts->news : NULL;
}

/*
 * The recorder may leave packets for later, which come again. Their messages were made, and their
 * texts are kept: a run never has more packets than there are places.
 */
static const struct skw_packet *complete(void *ctx, const struct skw_packet *run, size_t *n)
{
	struct skw_message_comments *c = ctx;

	if (c->inner)
		run = c->inner(c->inner_ctx, run, n);
	if (*n > SKW_MESSAGE_COMMENTS_PACKETS)
		*n = SKW_MESSAGE_COMMENTS_PACKETS;
	for (size_t i = 0; i < *n; i++) {
		uint64_t number = c->tee->packets + i;
		struct skw_message_comments_texts *texts =
			&c->texts[number % SKW_MESSAGE_COMMENTS_PACKETS];

		c->copies[i] = run[i];
		if (number == c->seen) {
			c->seen++;
			texts->remark[0] = texts->news[0] = '\0';
			c->now = texts;
			skw_message_lines_feed(c->lines, &run[i]);
			c->now = NULL;
		}
		give(&c->copies[i], texts);
	}
	return c->copies;
}

void skw_message_comments_begin(struct skw_message_comments *c)
{
	c->inner = c->tee->complete;
	c->inner_ctx = c->tee->complete_ctx;
	c->tee->complete = complete;
	c->tee->complete_ctx = c;
	c->lines->fed = true;
	c->lines->told = take_message;
	c->lines->told_ctx = c;
}
