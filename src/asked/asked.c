// SPDX-License-Identifier: BSD-2-Clause
#include "asked/asked.h"

#include <errno.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "asked/answers.h"
#include "asked/hellos.h"
#include "asked/pieces.h"
#include "asked/talks.h"
#include "dissect/app/tls_hello.h"
#include "dissect/app/tls_record.h"
#include "flow/flow.h"

enum {
	DNS_PORT = 53,
	DNS_HEADER = 12,
	TLS_MAJOR = 3,
	HELLO_HEADER = 4,
	QUIC_LONG = 0xc0, /* two bits that each long header of a client has set */
	QUIC_MIN = 7,
};

struct skw_asked {
	struct skw_asked_options opt;
	struct skw_asked_questions questions;
	struct skw_asked_store store;
	struct skw_asked_talks talks;
	struct skw_asked_pieces pieces;
	struct skw_asked_hellos hellos;   /* of QUIC */
	struct skw_asked_answers answers; /* refers to the others */
	struct skw_asked_figures figures;
};

/* ---- DNS ---- */

static bool is_dns(const struct skw_tuple *t)
{
	return t->local_port == DNS_PORT || t->remote_port == DNS_PORT;
}

/* On the loopback interface, only the incoming copy of a packet is seen. */
static bool is_ours(const struct skw_asked *a, const struct skw_packet *pkt)
{
	return !a->opt.live || pkt->direction != SKW_DIR_IN ||
	       (pkt->from && pkt->from->arphrd == ARPHRD_LOOPBACK);
}

static int take_message(struct skw_asked *a, const struct skw_flow *flow, struct skw_bytes b,
			const struct skw_packet *pkt)
{
	return skw_asked_answers_take(&a->answers, &flow->tuple, b, is_ours(a, pkt), pkt->ts_ns);
}

/* Over TCP the length stands before each message. */
static int take_messages(struct skw_asked *a, const struct skw_flow *flow, struct skw_bytes b,
			 const struct skw_packet *pkt)
{
	int ret = 0;

	while (!ret && b.caplen >= 2) {
		uint32_t need = 2U + skw_bytes_be16(b.p);

		if (need < 2 + DNS_HEADER)
			return 0;
		if (b.caplen < need)
			return b.caplen == b.len ? skw_asked_pieces_begin(&a->pieces, flow, b, need)
						 : 0;
		ret = take_message(a, flow, skw_bytes_first(skw_bytes_skip(b, 2), need - 2), pkt);
		b = skw_bytes_skip(b, need);
	}
	return ret;
}

/* ---- TLS ---- */

static bool is_hello(struct skw_bytes b)
{
	return b.caplen > SKW_TLS_RECORD_HEADER && b.p[0] == SKW_TLS_HANDSHAKE &&
	       b.p[1] == TLS_MAJOR && b.p[SKW_TLS_RECORD_HEADER] == SKW_TLS_CLIENT_HELLO;
}

/* Only what a client says at first: later data may be a hello to somebody behind a proxy. */
static bool is_wanted(const struct skw_asked *a, const struct skw_flow *flow)
{
	const struct skw_asked_talk *k = skw_asked_talks_find(&a->talks, &flow->tuple);

	if (!k)
		return true;
	return !k->sni && memcmp(&k->tuple, &flow->tuple, sizeof(k->tuple)) == 0 &&
	       (!k->opened || k->first_seq == flow->tcp.seq);
}

/* A ClientHello without its header. */
static int take_hello(struct skw_asked *a, const struct skw_flow *flow, struct skw_bytes hello)
{
	char text[SKW_ASKED_TEXT + 1];
	struct skw_bytes name;

	if (!skw_tls_hello_server_name(hello, &name))
		return 0;
	if (!skw_asked_host_text(name, text)) {
		a->figures.strange++;
		return 0;
	}
	a->figures.hellos++;
	return skw_asked_talks_name(&a->talks, &flow->tuple, text);
}

static int take_record(struct skw_asked *a, const struct skw_flow *flow, struct skw_bytes b)
{
	uint32_t len = skw_bytes_be16(b.p + 3);

	b = skw_bytes_first(skw_bytes_skip(b, SKW_TLS_RECORD_HEADER), len);
	if (!skw_bytes_has(b, 0, HELLO_HEADER))
		return 0;
	len = skw_bytes_be32(b.p) & 0xffffff;
	return take_hello(a, flow, skw_bytes_first(skw_bytes_skip(b, HELLO_HEADER), len));
}

static int find_hello(struct skw_asked *a, const struct skw_flow *flow, struct skw_bytes b)
{
	uint32_t need;

	if (!is_hello(b) || !is_wanted(a, flow))
		return 0;
	need = SKW_TLS_RECORD_HEADER + skw_bytes_be16(b.p + 3);
	return b.caplen < need && b.caplen == b.len
		       ? skw_asked_pieces_begin(&a->pieces, flow, b, need)
		       : take_record(a, flow, b);
}

/* ---- QUIC ---- */

/* Only the client's datagrams open with the keys that its own first packet gives. */
static int take_datagram(struct skw_asked *a, const struct skw_flow *flow, struct skw_bytes b)
{
	const struct skw_asked_talk *k;
	struct skw_bytes hello;
	int ret;

	if (a->opt.only_addresses || b.caplen < QUIC_MIN || b.p[0] < QUIC_LONG)
		return 0;
	k = skw_asked_talks_find(&a->talks, &flow->tuple);
	if (k && (k->sni || memcmp(&k->tuple, &flow->tuple, sizeof(k->tuple)) != 0))
		return 0;
	ret = skw_asked_hellos_take(&a->hellos, &flow->tuple, b, &hello);
	if (ret <= 0)
		return ret;
	ret = take_hello(a, flow, hello);
	skw_asked_hellos_end(&a->hellos, &flow->tuple);
	return ret;
}

/* ---- packets ---- */

static int take_tcp(struct skw_asked *a, const struct skw_flow *flow, struct skw_bytes b,
		    const struct skw_packet *pkt)
{
	bool dns = is_dns(&flow->tuple);
	struct skw_bytes whole;
	int ret;

	if (!b.caplen || (!dns && a->opt.only_addresses))
		return 0;
	ret = skw_asked_pieces_add(&a->pieces, flow, b, &whole);
	if (!ret)
		return 0;
	if (ret < 0)
		return (dns ? take_messages(a, flow, b, pkt) : find_hello(a, flow, b));
	ret = dns ? take_message(a, flow, skw_bytes_skip(whole, 2), pkt)
		  : take_record(a, flow, whole);
	skw_asked_pieces_end(&a->pieces);
	return ret;
}

static int take_flow(struct skw_asked *a, const struct skw_flow *flow, const struct skw_packet *pkt)
{
	struct skw_bytes b = { pkt->data + flow->payload_at, flow->payload_caplen,
			       flow->payload_len };
	bool tcp = flow->tuple.proto == IPPROTO_TCP, dns = is_dns(&flow->tuple);
	int ret = 0;

	if ((tcp || !dns) && !a->opt.only_addresses)
		ret = skw_asked_talks_begin(&a->talks, flow, &a->store, pkt->ts_ns);
	/* The first fragment of a datagram has the question and most of the answer. */
	if (ret || !(flow->known & SKW_FLOW_PAYLOAD) || flow->fragment_offset)
		return ret;
	if (!tcp)
		return dns ? take_message(a, flow, b, pkt) : take_datagram(a, flow, b);
	return flow->known & SKW_FLOW_TCP ? take_tcp(a, flow, b, pkt) : 0;
}

int skw_asked_take(struct skw_asked *a, const struct skw_packet *pkt)
{
	struct skw_packet timed = *pkt;
	struct skw_flow flow;

	if (skw_flow_of(pkt, &flow) || !(flow.known & SKW_FLOW_PORTS) ||
	    (flow.tuple.proto != IPPROTO_TCP && flow.tuple.proto != IPPROTO_UDP))
		return 0;
	/* A packet without a time comes before all others. */
	if (timed.ts_ns == SKW_PACKET_TIME_UNKNOWN)
		timed.ts_ns = 0;
	return take_flow(a, &flow, &timed);
}

/* ---- answers ---- */

static bool set_name(struct skw_asked_name *out, const struct skw_asked_text *t, const char *source)
{
	if (t)
		*out = (struct skw_asked_name){ t->text, source };
	return t;
}

static bool set_server(struct skw_asked_name *out, const struct skw_asked_talk *k)
{
	return set_name(out, k->sni, "sni") || set_name(out, k->dns, "dns");
}

bool skw_asked_of_server(const struct skw_asked *a, const struct skw_tuple *tuple,
			 struct skw_asked_name *out)
{
	const struct skw_asked_talk *k = skw_asked_talks_find(&a->talks, tuple);

	return k && set_server(out, k);
}

bool skw_asked_of_end(const struct skw_asked *a, const struct skw_tuple *tuple, bool source,
		      uint64_t ts_ns, struct skw_asked_name *out)
{
	const struct skw_asked_talk *k = skw_asked_talks_find(&a->talks, tuple);

	/* Of a connection that is older than the capture, nothing is known. */
	if (!k && tuple->proto == IPPROTO_TCP)
		return false;
	if (k && source != (memcmp(&k->tuple, tuple, sizeof(*tuple)) == 0))
		return set_server(out, k);
	return skw_asked_of_address(a, tuple->family,
				    source ? tuple->local_addr : tuple->remote_addr, ts_ns, out);
}

bool skw_asked_of_address(const struct skw_asked *a, uint8_t family, const uint8_t *addr,
			  uint64_t ts_ns, struct skw_asked_name *out)
{
	return set_name(out, skw_asked_store_find(&a->store, family, addr, ts_ns), "dns");
}

void skw_asked_each(const struct skw_asked *a,
		    void (*take)(void *ctx, uint8_t family, const uint8_t *addr, const char *text),
		    void *ctx)
{
	for (const struct skw_asked_address *d = a->store.first; d; d = d->next)
		take(ctx, d->family, d->addr, d->names[d->len - 1].name->text);
}

const struct skw_asked_figures *skw_asked_figures(struct skw_asked *a)
{
	a->figures.questions_forgotten = a->questions.forgotten;
	a->figures.addresses_forgotten = a->store.forgotten;
	a->figures.connections_forgotten = a->talks.forgotten;
	a->figures.pieces_forgotten = a->pieces.forgotten + a->hellos.forgotten;
	return &a->figures;
}

size_t skw_asked_memory(const struct skw_asked *a)
{
	return a->store.bytes + a->talks.bytes;
}

/* ---- */

int skw_asked_new(const struct skw_asked_options *opt, struct skw_asked **out)
{
	struct skw_asked *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->opt = *opt;
	memcpy(a->questions.key, opt->key, sizeof(opt->key));
	memcpy(a->store.key, opt->key, sizeof(opt->key));
	a->store.max_bytes = a->talks.max_bytes = opt->max_bytes;
	a->answers = (struct skw_asked_answers){ &a->questions, &a->store, &a->figures };
	if (skw_asked_questions_init(&a->questions) || skw_asked_store_init(&a->store) ||
	    skw_asked_talks_init(&a->talks, opt->key)) {
		skw_asked_free(a);
		return -ENOMEM;
	}
	*out = a;
	return 0;
}

void skw_asked_free(struct skw_asked *a)
{
	if (!a)
		return;
	skw_asked_pieces_free(&a->pieces);
	skw_asked_hellos_free(&a->hellos);
	skw_asked_talks_free(&a->talks);
	skw_asked_store_free(&a->store);
	skw_asked_questions_free(&a->questions);
	free(a);
}
