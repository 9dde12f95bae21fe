// SPDX-License-Identifier: BSD-2-Clause
/*
 * The handshake of QUIC, which is one message. The rest is encrypted.
 *
 * It begins with the client's first Initial packet. Its end is hidden, but a client may send
 * packets with a short header only when it has the keys for them, so the server's Finished has come
 * before the first of these. The answer ends with the last datagram of the server before it.
 */
#include <stdio.h>
#include <string.h>

#include "dissect/app/tls_hello.h"
#include "message/quic/recognisers.h"
#include "quic/frames.h"
#include "quic/hello.h"
#include "quic/opener.h"
#include "quic/packet.h"
#include "util/quic_version.h"

enum {
	FIXED_BIT = 0x40,       /* RFC 9287 lets both ends agree that it means nothing */
	CLIENT_ID_MIN = 8,      /* RFC 9000, section 7.2 */
	CLIENT_DATAGRAM = 1200, /* a client's first datagram has no less (section 14.1) */
};

struct quic {
	struct skw_talk_part request, answer;
	struct skw_quic_opener opener;
	struct skw_quic_hello hello;
	uint32_t version;
	bool told; /* the request */
	bool over; /* the answer was told */
	bool retried, negotiated;
	char protocol[32]; /* the only one that the client offers, or empty */
};

/* 443: HTTP/3; 853: DNS. */
static const uint16_t ports[] = { 443, 853, 8443, 4433, 0 };

/* ---- probing ---- */

static bool is_server_port(uint16_t port)
{
	for (const uint16_t *p = ports; *p; p++)
		if (*p == port)
			return true;
	return false;
}

static bool opens_as_client(const struct skw_quic_packet *p)
{
	struct skw_quic_opener opener = { .tried = 0 };
	uint8_t room[SKW_QUIC_INITIAL_MAX];
	struct skw_bytes frames;

	return p->kind == SKW_QUIC_INITIAL && skw_quic_opener_open(&opener, true, p, room, &frames);
}

/* A version that is not known proves little. */
static bool may_be(const struct skw_recogniser_probe *probe, struct skw_bytes b,
		   const struct skw_quic_packet *p)
{
	switch (p->kind) {
	case SKW_QUIC_SHORT:
	case SKW_QUIC_NEGOTIATION:
		return false;
	case SKW_QUIC_UNKNOWN:
		return b.len >= CLIENT_DATAGRAM && p->dcid.len >= CLIENT_ID_MIN &&
		       (is_server_port(probe->ports[0]) || is_server_port(probe->ports[1]));
	default:
		return true;
	}
}

static enum skw_recogniser_verdict probe(const struct skw_recogniser_probe *probe)
{
	unsigned from = !probe->first[0].caplen;
	struct skw_bytes rest = probe->first[from];
	struct skw_quic_packet p;
	bool client;

	if (!skw_quic_packet_next(&rest, &p) || !(p.whole.p[0] & FIXED_BIT) ||
	    !may_be(probe, probe->first[from], &p))
		return SKW_RECOGNISER_NO;
	client = opens_as_client(&p) || !is_server_port(probe->ports[from]);
	return client == (from == 0) ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_CLIENT_1;
}

/* ---- the message ---- */

/* An empty hello: nothing is known of it. */
static int tell_request(struct skw_talk *t, struct quic *q, struct skw_bytes hello)
{
	struct skw_bytes name;

	if (q->told)
		return 0;
	q->told = true;
	if (hello.caplen && skw_tls_hello_server_name(hello, &name)) {
		skw_talk_part_text(&q->request, "SNI ", 4);
		skw_talk_part_text(&q->request, name.p, name.caplen);
	} else {
		skw_talk_part_word(&q->request, "handshake");
	}
	if (hello.caplen && skw_tls_hello_only_protocol(hello, &name))
		snprintf(q->protocol, sizeof(q->protocol), "%.*s", (int)name.caplen, name.p);
	return skw_talk_request(t, &q->request);
}

static int tell_unread(struct skw_talk *t, struct quic *q)
{
	skw_quic_hello_free(&q->hello);
	return q->request.begun ? tell_request(t, q, (struct skw_bytes){ 0 }) : 0;
}

/* The handshake is over; `error` tells why, or is NULL. */
static int finish(struct skw_talk *t, struct quic *q, const char *error, bool by_client)
{
	const char *version = skw_quic_version_name(q->version);
	struct skw_talk_part *p = &q->answer;
	char number[16];
	int ret = tell_unread(t, q);

	if (ret)
		return ret;
	snprintf(number, sizeof(number), "0x%08x", q->version);
	q->over = true;
	p->id = SKW_TALK_OLDEST;
	p->error = error;
	skw_talk_part_word(p, version ? version : number);
	skw_talk_part_word(p, error && by_client ? "client" : "");
	skw_talk_part_word(p, error ? error : q->protocol);
	skw_talk_part_word(p, !error && q->retried ? "retry" : "");
	skw_talk_part_word(p, !error && q->negotiated ? "negotiated" : "");
	ret = skw_talk_answer(t, p);
	return ret ? ret : SKW_RECOGNISER_OPAQUE;
}

static int take_close(struct skw_talk *t, struct quic *q, bool from_client, uint64_t error)
{
	const char *name = skw_quic_frames_error(error);
	char number[32];

	snprintf(number, sizeof(number), "error 0x%llx", (unsigned long long)error);
	return finish(t, q, name ? name : number, from_client);
}

static int take_crypto(struct skw_talk *t, struct quic *q, const struct skw_quic_frame *f)
{
	struct skw_bytes hello;
	int ret = skw_quic_hello_add(&q->hello, f->offset, f->data);

	if (ret || !skw_quic_hello_is_whole(&q->hello, &hello))
		return ret;
	ret = tell_request(t, q, hello);
	skw_quic_hello_free(&q->hello);
	return ret;
}

/* ---- packets ---- */

static int take_initial(struct skw_talk *t, struct quic *q, bool from_client,
			const struct skw_quic_packet *p)
{
	uint8_t room[SKW_QUIC_INITIAL_MAX];
	struct skw_quic_frame f;
	struct skw_bytes frames;
	int ret = 0;

	if (!skw_quic_opener_open(&q->opener, from_client, p, room, &frames))
		return 0;
	while (!ret && (f = skw_quic_frames_next(&frames), f.type != SKW_QUIC_FRAME_END)) {
		if (f.type == SKW_QUIC_FRAME_CLOSE)
			return take_close(t, q, from_client, f.error);
		if (from_client && !q->told)
			ret = take_crypto(t, q, &f);
	}
	return ret;
}

static int take_packet(struct skw_talk *t, struct quic *q, bool from_client,
		       const struct skw_quic_packet *p)
{
	if (p->version)
		q->version = p->version;
	switch (p->kind) {
	case SKW_QUIC_INITIAL:
		return take_initial(t, q, from_client, p);
	case SKW_QUIC_HANDSHAKE:
		return tell_unread(t, q);
	case SKW_QUIC_NEGOTIATION:
	case SKW_QUIC_RETRY:
		if (from_client)
			return 0;
		q->negotiated |= p->kind == SKW_QUIC_NEGOTIATION;
		q->retried |= p->kind == SKW_QUIC_RETRY;
		/* The client begins again. */
		skw_quic_hello_free(&q->hello);
		return 0;
	case SKW_QUIC_SHORT:
		return from_client && q->answer.begun ? finish(t, q, NULL, false) : 0;
	default:
		return 0;
	}
}

static void add(struct quic *q, bool from_client, uint32_t bytes, uint64_t ts_ns)
{
	if (!from_client)
		skw_talk_part_add(&q->answer, bytes, ts_ns);
	else if (!q->told)
		skw_talk_part_add(&q->request, bytes, ts_ns);
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	struct quic *q = state;
	struct skw_quic_packet p;
	int ret = 0;

	add(q, from_client, b.caplen, ts_ns);
	while (!ret && skw_quic_packet_next(&b, &p))
		ret = take_packet(t, q, from_client, &p);
	return ret;
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	struct quic *q = state;

	(void)t;
	if (!from_client)
		skw_talk_part_hole(&q->answer, len, ts_ns);
	else if (!q->told)
		skw_talk_part_hole(&q->request, len, ts_ns);
	return 0;
}

/* An end gives up in a packet that is encrypted, unless it can't speak the other's version. */
static int end(struct skw_talk *t, void *state)
{
	struct quic *q = state;

	if (q->over)
		return 0;
	if (!q->answer.begun)
		return tell_unread(t, q);
	return finish(t, q, q->negotiated ? "version_negotiation" : "incomplete", false);
}

static size_t memory(const void *state)
{
	return skw_quic_hello_memory(&((const struct quic *)state)->hello);
}

static void release(void *state)
{
	skw_quic_hello_free(&((struct quic *)state)->hello);
}

const struct skw_recogniser skw_recognisers_quic = {
	.name = "quic",
	.udp = true,
	.ports = ports,
	.state_size = sizeof(struct quic),
	.probe = probe,
	.feed = feed,
	.hole = hole,
	.end = end,
	.memory = memory,
	.free = release,
};
