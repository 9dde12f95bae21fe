// SPDX-License-Identifier: BSD-2-Clause
/* DNS over UDP and TCP (RFC 1035, RFC 7766). Answers have the number of their question. */
#include <stdio.h>
#include <string.h>

#include "dissect/app/dns_name.h"
#include "dissect/app/dns_record.h"
#include "flow/payload/piece.h"
#include "message/app/recognisers.h"
#include "message/gather.h"
#include "util/buf.h"

enum {
	HEADER = 12,
	FLAG_QR = 0x8000, /* set in an answer */
	FLAG_TC = 0x0200,
	RCODE = 0x000f,
	QUERY_RESERVED = 0x0040,
	RCODE_NXDOMAIN = 3,
	COUNT_MAX = 64, /* of questions, answers and so on, in what is taken for DNS */
};

struct dns_side {
	struct skw_gather length, message;
	struct skw_talk_part part;
	uint32_t need; /* the length of the message; 0: it is not known yet */
	bool lost;     /* behind a hole, where nothing tells where a message begins */
};

struct dns {
	struct dns_side sides[2]; /* of TCP: of the server and of the client */
};

static const uint16_t ports[] = { 53, 5353, 5355, 0 };

/* ---- probing ---- */

/* A question that can be read; an answer need not have one. */
static bool has_question(struct skw_bytes msg)
{
	uint32_t at = HEADER;

	return skw_dns_name_skip(msg, &at) && at - HEADER <= 255 && skw_bytes_has(msg, at, 4) &&
	       (skw_bytes_be16(msg.p + at + 2) & 0x7fff) != 0;
}

static bool is_message(struct skw_bytes msg, bool *answer)
{
	if (msg.caplen < HEADER)
		return false;

	uint16_t flags = skw_bytes_be16(msg.p + 2), questions = skw_bytes_be16(msg.p + 4);
	unsigned opcode = flags >> 11 & 0xf;

	*answer = flags & FLAG_QR;
	if (opcode > 5 || opcode == 3 || (flags & QUERY_RESERVED) || questions != 1)
		return false;
	if (!*answer && ((flags & RCODE) || skw_bytes_be16(msg.p + 6) > COUNT_MAX))
		return false;
	return skw_bytes_be16(msg.p + 8) <= COUNT_MAX && skw_bytes_be16(msg.p + 10) <= COUNT_MAX &&
	       has_question(msg);
}

/* Over TCP the length stands before the message. */
static enum skw_recogniser_verdict probe_tcp(struct skw_bytes b, bool *answer)
{
	uint32_t len;

	if (b.caplen < 2)
		return SKW_RECOGNISER_MORE;
	len = skw_bytes_be16(b.p);
	if (len < HEADER + 5)
		return SKW_RECOGNISER_NO;
	if (b.caplen >= 2 + HEADER && !is_message(skw_bytes_skip(b, 2), answer) &&
	    (b.caplen >= len + 2 || skw_bytes_be16(b.p + 6) != 1))
		return SKW_RECOGNISER_NO;
	return b.caplen >= 2 + HEADER && is_message(skw_bytes_skip(b, 2), answer)
		       ? SKW_RECOGNISER_CLIENT_0
		       : SKW_RECOGNISER_MORE;
}

static enum skw_recogniser_verdict probe(const struct skw_recogniser_probe *p)
{
	enum skw_recogniser_verdict verdict = SKW_RECOGNISER_NO;

	for (unsigned d = 0; d < 2; d++) {
		bool answer = false;

		if (!p->first[d].caplen)
			continue;
		verdict = SKW_RECOGNISER_NO;
		if (!p->datagram)
			verdict = probe_tcp(p->first[d], &answer);
		else if (is_message(p->first[d], &answer))
			verdict = SKW_RECOGNISER_CLIENT_0;
		if (verdict == SKW_RECOGNISER_CLIENT_0)
			return answer != (d == 1) ? SKW_RECOGNISER_CLIENT_1
						  : SKW_RECOGNISER_CLIENT_0;
	}
	return verdict;
}

/* ---- messages ---- */

static void add_name(struct skw_talk_part *part, struct skw_bytes msg, uint32_t *at)
{
	static const struct skw_print_options plain;
	struct skw_buf text = SKW_BUF_INIT;
	struct skw_dissect d = { .opt = &plain, .out = &text };

	if (skw_dns_name_print(&d, msg, at)) {
		/* The last dot tells nothing, except of the root. */
		if (text.len > 1)
			text.len--;
		skw_talk_part_text(part, text.data, text.len);
	}
	skw_buf_free(&text);
}

/* "A example.com" */
static void set_kind(struct skw_talk_part *part, struct skw_bytes msg)
{
	uint32_t at = HEADER;
	const char *name;
	char number[16];

	if (!skw_bytes_be16(msg.p + 4) || !skw_dns_name_skip(msg, &at) ||
	    !skw_bytes_has(msg, at, 2)) {
		skw_talk_part_text(part, "?", 1);
		return;
	}
	name = skw_dns_type_name(skw_bytes_be16(msg.p + at));
	if (!name) {
		snprintf(number, sizeof(number), "TYPE%u", skw_bytes_be16(msg.p + at));
		name = number;
	}
	skw_talk_part_text(part, name, strlen(name));
	skw_talk_part_text(part, " ", 1);
	at = HEADER;
	add_name(part, msg, &at);
}

static void set_status(struct skw_talk_part *part, uint16_t flags)
{
	const char *name = skw_dns_rcode_name(flags & RCODE);

	if (!(flags & RCODE))
		name = "NoError";
	skw_talk_part_text(part, name, strlen(name));
	if (flags & FLAG_TC)
		skw_talk_part_text(part, " truncated", 10);
	part->error = (flags & RCODE) && (flags & RCODE) != RCODE_NXDOMAIN;
}

static int take_message(struct skw_talk *t, struct skw_bytes msg, struct skw_talk_part *part)
{
	uint16_t flags;

	if (msg.caplen < HEADER)
		return SKW_RECOGNISER_WRONG;
	flags = skw_bytes_be16(msg.p + 2);
	part->id = skw_bytes_be16(msg.p);
	if (flags & FLAG_QR) {
		set_status(part, flags);
		return skw_talk_answer(t, part);
	}
	set_kind(part, msg);
	return skw_talk_request(t, part);
}

/* ---- streams ---- */

static int step(struct skw_talk *t, struct dns_side *s, struct skw_bytes *b, uint64_t ts_ns)
{
	uint32_t had = b->caplen;
	struct skw_bytes record;
	bool whole = !s->need ? skw_gather_record(&s->length, b, 2, &record)
			      : skw_gather_record(&s->message, b, s->need, &record);
	int ret;

	skw_talk_part_add(&s->part, had - b->caplen, ts_ns);
	if (!whole)
		return 0;
	if (!s->need) {
		s->need = skw_bytes_be16(record.p);
		return s->need < HEADER ? SKW_RECOGNISER_WRONG : 0;
	}
	ret = take_message(t, record, &s->part);
	s->need = 0;
	s->part = (struct skw_talk_part){ 0 };
	return ret;
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct dns *dns = state;
	struct dns_side *s = &dns->sides[from_client];
	int ret = 0;

	if (skw_talk_is_datagram(t)) {
		struct skw_talk_part part = { 0 };

		skw_talk_part_add(&part, b.caplen, ts_ns);
		ret = take_message(t, b, &part);
		/* Another datagram may be one. */
		return ret == SKW_RECOGNISER_WRONG ? 0 : ret;
	}
	if (s->lost) {
		bool answer;

		if (probe_tcp(b, &answer) != SKW_RECOGNISER_CLIENT_0)
			return 0;
		s->lost = false;
	}
	while (!ret && b.caplen)
		ret = step(t, s, &b, ts_ns);
	return ret;
}

static void release_side(struct dns_side *s)
{
	skw_gather_free(&s->length);
	skw_gather_free(&s->message);
}

/* A message goes on behind its hole: only its begin is of interest. */
static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct dns_side *s = &((struct dns *)state)->sides[from_client];

	(void)len;
	(void)ts_ns;
	if (skw_talk_is_datagram(t))
		return 0;
	release_side(s);
	*s = (struct dns_side){ .lost = true };
	return 0;
}

static size_t memory(const void *state)
{
	const struct dns_side *s = ((const struct dns *)state)->sides;

	return skw_gather_memory(&s[0].length) + skw_gather_memory(&s[0].message) +
	       skw_gather_memory(&s[1].length) + skw_gather_memory(&s[1].message);
}

static void release(void *state)
{
	release_side(&((struct dns *)state)->sides[0]);
	release_side(&((struct dns *)state)->sides[1]);
}

const struct skw_recogniser skw_recognisers_dns = {
	.name = "dns",
	.tcp = true,
	.udp = true,
	.ports = ports,
	.state_size = sizeof(struct dns),
	.probe = probe,
	.feed = feed,
	.hole = hole,
	.memory = memory,
	.free = release,
};
