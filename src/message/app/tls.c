// SPDX-License-Identifier: BSD-2-Clause
/*
 * The handshake of TLS, which is one message. The rest is encrypted.
 *
 * Up to TLS 1.2 it ends with the server's Finished, the first handshake record behind its
 * ChangeCipherSpec. In TLS 1.3 all but the hellos looks like data. There it ends with the last
 * record that the server has sent before the client's first encrypted record, which has the
 * client's Finished. (Early data is sent before it. Then it ends with the last record before the
 * first of the client behind the ServerHello.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/app/tls_hello.h"
#include "dissect/app/tls_record.h"
#include "flow/payload/piece.h"
#include "message/app/recognisers.h"
#include "message/gather.h"

enum {
	HELLO_MAX =
		8192, /* so much of a hello is kept; those with keys of ML-KEM have 1800 bytes */
	HELLO_HEADER = 4,
	HELLO_MIN = 2 + 32 + 1, /* version, random number, length of the session */
	TLS_1_3 = 0x0304,
	PLAIN_ALERT = 2,
	SEALED_ALERT = 2 + 1 + 16, /* as in RFC 8446, section 5.2, with the tag of most ciphers */
	ALERT_WARNING = 1,
	ALERT_CLOSE = 0,
	ALERT_CANCELED = 90,
};

struct tls_side {
	struct skw_gather header; /* of a record */
	uint32_t left, len;       /* of the record's body */
	uint8_t type;             /* of the record */
	uint8_t alert[PLAIN_ALERT];
	bool changed; /* a ChangeCipherSpec has been seen */
	bool lost;    /* behind a hole: the next record is looked for */
	/* The first message, with its header, until it is complete. */
	uint8_t *hello; /* owned */
	uint32_t hello_len, hello_need;
	bool hello_done;
};

struct tls {
	struct tls_side sides[2]; /* of the server and of the client */
	struct skw_talk_part request, answer;
	uint16_t version; /* 0: it is not known */
	bool retried;     /* the server has asked for a second ClientHello */
	char protocol[32];
};

static const uint16_t ports[] = { 443, 8443, 465, 993, 995, 853, 636, 5061, 6697, 0 };

/* ---- probing ---- */

/* A record whose first message is a hello; *client tells whose. */
static enum skw_recogniser_verdict is_hello(struct skw_bytes b, bool *client)
{
	static const uint8_t first[] = { SKW_TLS_HANDSHAKE, 3 };
	uint32_t len;

	if (memcmp(b.p, first, b.caplen < 2 ? b.caplen : 2) != 0 ||
	    (b.caplen >= SKW_TLS_RECORD_HEADER && !skw_tls_record_is(b)))
		return SKW_RECOGNISER_NO;
	if (b.caplen < SKW_TLS_RECORD_HEADER + HELLO_HEADER + 2)
		return SKW_RECOGNISER_MORE;
	b = skw_bytes_skip(b, SKW_TLS_RECORD_HEADER);
	len = skw_bytes_be32(b.p) & 0xffffff;
	*client = b.p[0] == SKW_TLS_CLIENT_HELLO;
	return (*client || b.p[0] == SKW_TLS_SERVER_HELLO) && len >= HELLO_MIN && len < 1 << 17 &&
			       b.p[HELLO_HEADER] == 3
		       ? SKW_RECOGNISER_CLIENT_0
		       : SKW_RECOGNISER_NO;
}

static enum skw_recogniser_verdict probe(const struct skw_recogniser_probe *p)
{
	for (unsigned d = 0; d < 2; d++) {
		bool client = false;
		enum skw_recogniser_verdict verdict;

		if (!p->first[d].caplen)
			continue;
		verdict = is_hello(p->first[d], &client);
		if (verdict != SKW_RECOGNISER_CLIENT_0)
			return verdict;
		return client == (d == 0) ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_CLIENT_1;
	}
	return SKW_RECOGNISER_NO;
}

/* ---- the message ---- */

static int tell_request(struct skw_talk *t, struct tls *tls, struct skw_bytes hello)
{
	struct skw_talk_part *p = &tls->request;
	struct skw_bytes name;

	tls->sides[1].hello_done = true;
	if (hello.caplen && skw_tls_hello_server_name(hello, &name)) {
		skw_talk_part_text(p, "SNI ", 4);
		skw_talk_part_text(p, name.p, name.caplen);
	} else {
		skw_talk_part_word(p, "handshake");
	}
	return skw_talk_request(t, p);
}

/* The handshake is over; `alert` tells why, or is NULL. */
static int finish(struct skw_talk *t, struct tls *tls, const char *alert, bool by_client)
{
	static const char *const versions[] = { "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2",
						"TLSv1.3" };
	struct skw_talk_part *p = &tls->answer;
	int ret;

	p->id = SKW_TALK_OLDEST;
	p->error = alert;
	if (!alert && tls->version >= 0x0300 && tls->version <= TLS_1_3)
		skw_talk_part_word(p, versions[tls->version & 0xff]);
	skw_talk_part_word(p, alert && by_client ? "client" : "");
	skw_talk_part_word(p, alert ? alert : tls->protocol);
	skw_talk_part_word(p, !alert && tls->retried ? "retry" : "");
	ret = skw_talk_answer(t, p);
	return ret ? ret : SKW_RECOGNISER_OPAQUE;
}

static int take_server_hello(struct tls *tls, struct skw_bytes hello)
{
	struct tls_side *s = &tls->sides[0];
	struct skw_bytes name;

	if (!skw_tls_hello_version(hello, &tls->version))
		return SKW_RECOGNISER_WRONG;
	if (skw_tls_hello_is_retry(hello)) {
		tls->retried = true;
		s->hello_len = s->hello_need = 0;
		return 0;
	}
	s->hello_done = true;
	if (skw_tls_hello_protocol(hello, &name))
		snprintf(tls->protocol, sizeof(tls->protocol), "%.*s", (int)name.caplen, name.p);
	return 0;
}

static int end_hello(struct skw_talk *t, struct tls *tls, bool from_client)
{
	struct tls_side *s = &tls->sides[from_client];
	uint32_t len = s->hello_need - HELLO_HEADER;
	uint32_t kept = s->hello_need < HELLO_MAX ? len : HELLO_MAX - HELLO_HEADER;
	struct skw_bytes hello = { s->hello + HELLO_HEADER, kept, len };
	uint8_t message = s->hello[0];
	int ret;

	if (message != (from_client ? SKW_TLS_CLIENT_HELLO : SKW_TLS_SERVER_HELLO))
		ret = SKW_RECOGNISER_WRONG;
	else
		ret = from_client ? tell_request(t, tls, hello) : take_server_hello(tls, hello);
	free(s->hello);
	s->hello = NULL;
	return ret;
}

/* Collects the first message. */
static int take_handshake(struct skw_talk *t, struct tls *tls, bool from_client, struct skw_bytes b)
{
	struct tls_side *s = &tls->sides[from_client];

	if (!s->hello)
		s->hello = calloc(1, HELLO_MAX);
	if (!s->hello)
		return -ENOMEM;
	while (b.caplen && !s->hello_done && s->hello) {
		uint32_t need = s->hello_need ? s->hello_need : HELLO_HEADER;
		uint32_t n = need - s->hello_len < b.caplen ? need - s->hello_len : b.caplen;
		uint32_t room = s->hello_len < HELLO_MAX ? HELLO_MAX - s->hello_len : 0;
		int ret = 0;

		memcpy(s->hello + s->hello_len, b.p, n < room ? n : room);
		s->hello_len += n;
		b = skw_bytes_skip(b, n);
		if (s->hello_len == need && s->hello_need)
			ret = end_hello(t, tls, from_client);
		else if (s->hello_len == need)
			s->hello_need = HELLO_HEADER + (skw_bytes_be32(s->hello) & 0xffffff);
		if (ret || (s->hello_need && s->hello_need < HELLO_HEADER + HELLO_MIN))
			return ret ? ret : SKW_RECOGNISER_WRONG;
	}
	return 0;
}

/* ---- records ---- */

static int take_alert(struct skw_talk *t, struct tls *tls, bool from_client)
{
	struct tls_side *s = &tls->sides[from_client];
	const char *name;
	char number[8];

	/* Up to TLS 1.2 some warnings change nothing. */
	if (s->len == PLAIN_ALERT && s->alert[0] == ALERT_WARNING && s->alert[1] != ALERT_CLOSE &&
	    s->alert[1] != ALERT_CANCELED && tls->version != TLS_1_3)
		return 0;
	snprintf(number, sizeof(number), "%u", s->alert[1]);
	name = s->len == PLAIN_ALERT ? skw_tls_record_alert(s->alert[1]) : "alert";
	return finish(t, tls, name ? name : number, from_client);
}

/* The header of a record has come. */
static int begin_record(struct skw_talk *t, struct tls *tls, bool from_client, uint64_t ts_ns)
{
	struct tls_side *s = &tls->sides[from_client];
	bool hidden = tls->sides[0].hello_done && (!tls->version || tls->version == TLS_1_3);
	bool sealed = s->type == SKW_TLS_APPLICATION_DATA;

	if (from_client && s->type == SKW_TLS_ALERT)
		skw_talk_part_add(&tls->answer, 0, ts_ns);
	if (!sealed)
		return 0;
	/* Where the server's Finished was lost. */
	if (!from_client && tls->version && tls->version != TLS_1_3)
		return finish(t, tls, NULL, false);
	if (!from_client || !hidden)
		return 0;
	if (s->len != SEALED_ALERT)
		return finish(t, tls, NULL, false);
	skw_talk_part_add(&tls->answer, 0, ts_ns);
	return finish(t, tls, "alert", true);
}

static int end_record(struct skw_talk *t, struct tls *tls, bool from_client)
{
	struct tls_side *s = &tls->sides[from_client];

	switch (s->type) {
	case SKW_TLS_CHANGE_CIPHER_SPEC:
		s->changed = true;
		return 0;
	case SKW_TLS_ALERT:
		return take_alert(t, tls, from_client);
	case SKW_TLS_HANDSHAKE:
		/* In TLS 1.3 a ChangeCipherSpec means nothing. */
		if (from_client || !s->changed || !s->hello_done || tls->version == TLS_1_3)
			return 0;
		return finish(t, tls, NULL, false);
	default:
		return 0;
	}
}

static int take_body(struct skw_talk *t, struct tls *tls, bool from_client, struct skw_bytes b)
{
	struct tls_side *s = &tls->sides[from_client];
	uint32_t at = s->len - s->left;
	int ret = 0;

	if (s->type == SKW_TLS_HANDSHAKE && !s->hello_done)
		ret = take_handshake(t, tls, from_client, b);
	for (uint32_t i = 0; s->type == SKW_TLS_ALERT && i < b.caplen && at + i < PLAIN_ALERT; i++)
		s->alert[at + i] = b.p[i];
	s->left -= b.caplen;
	return ret || s->left ? ret : end_record(t, tls, from_client);
}

/* A ClientHello is the request; all that the server sends is the answer. */
static void add(struct tls *tls, bool from_client, uint32_t bytes, uint64_t ts_ns)
{
	if (!from_client)
		skw_talk_part_add(&tls->answer, bytes, ts_ns);
	else if (!tls->sides[1].hello_done)
		skw_talk_part_add(&tls->request, bytes, ts_ns);
}

static int step(struct skw_talk *t, struct tls *tls, bool from_client, struct skw_bytes *b,
		uint64_t ts_ns)
{
	struct tls_side *s = &tls->sides[from_client];
	uint32_t had = b->caplen;
	struct skw_bytes record;

	if (s->left) {
		struct skw_bytes body = skw_bytes_first(*b, s->left);

		*b = skw_bytes_skip(*b, body.caplen);
		add(tls, from_client, body.caplen, ts_ns);
		return take_body(t, tls, from_client, body);
	}
	if (!skw_gather_record(&s->header, b, SKW_TLS_RECORD_HEADER, &record)) {
		add(tls, from_client, had, ts_ns);
		return 0;
	}
	add(tls, from_client, had - b->caplen, ts_ns);
	if (!skw_tls_record_is(record))
		return SKW_RECOGNISER_WRONG;
	s->type = record.p[0];
	s->left = s->len = skw_bytes_be16(record.p + 3);
	return begin_record(t, tls, from_client, ts_ns);
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct tls *tls = state;
	struct tls_side *s = &tls->sides[from_client];
	int ret = 0;

	if (s->lost && !skw_tls_record_is(b)) {
		add(tls, from_client, b.caplen, ts_ns);
		return 0;
	}
	s->lost = false;
	while (!ret && b.caplen)
		ret = step(t, tls, from_client, &b, ts_ns);
	return ret;
}

/* ---- holes and ends ---- */

/* A hello with a hole tells nothing more. */
static int break_hello(struct skw_talk *t, struct tls *tls, bool from_client)
{
	struct tls_side *s = &tls->sides[from_client];
	bool told = s->hello_done;

	s->hello_done = true;
	free(s->hello);
	s->hello = NULL;
	return from_client && !told && tls->request.begun
		       ? tell_request(t, tls, (struct skw_bytes){ 0 })
		       : 0;
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct tls *tls = state;
	struct tls_side *s = &tls->sides[from_client];
	bool known = len != SKW_PAYLOAD_LEN_UNKNOWN && len <= s->left;
	int ret;

	if (!from_client)
		skw_talk_part_hole(&tls->answer, len == SKW_PAYLOAD_LEN_UNKNOWN ? 0 : len, ts_ns);
	else if (!s->hello_done)
		skw_talk_part_hole(&tls->request, known ? len : 0, ts_ns);
	ret = break_hello(t, tls, from_client);
	s->lost = !known;
	s->left = known ? s->left - (uint32_t)len : 0;
	skw_gather_free(&s->header);
	return ret || s->left || !known ? ret : end_record(t, tls, from_client);
}

static size_t memory(const void *state)
{
	const struct tls_side *s = ((const struct tls *)state)->sides;

	return skw_gather_memory(&s[0].header) + skw_gather_memory(&s[1].header) +
	       (s[0].hello ? HELLO_MAX : 0) + (s[1].hello ? HELLO_MAX : 0);
}

static void release(void *state)
{
	struct tls_side *s = ((struct tls *)state)->sides;

	for (unsigned d = 0; d < 2; d++) {
		skw_gather_free(&s[d].header);
		free(s[d].hello);
	}
}

const struct skw_recogniser skw_recognisers_tls = {
	.name = "tls",
	.tcp = true,
	.ports = ports,
	.state_size = sizeof(struct tls),
	.probe = probe,
	.feed = feed,
	.hole = hole,
	.memory = memory,
	.free = release,
};
