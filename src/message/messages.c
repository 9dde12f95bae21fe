// SPDX-License-Identifier: BSD-2-Clause
#include "message/messages.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "flow/pair_table.h"
#include "message/talk_state.h"
#include "model/packet_owner.h"

/* So much is held until a recogniser takes the connection. */
#define HELD_BYTES (4 * SKW_RECOGNISER_PROBE_BYTES)
/* Pieces of a connection that are tried; in its middle, few begin where a message begins. */
#define TRIES 64
/* A question of UDP that has waited for longer has no answer. */
#define UDP_WAIT_NS SKW_PAYLOADS_UDP_IDLE_NS

struct held {
	struct held *next;
	uint64_t ts_ns;
	uint32_t len;
	bool direction;
	uint8_t data[];
};

enum reader_phase { PROBING, READING, DONE };

/* A connection and what is read of it. */
struct reader {
	struct skw_talk talk;
	const struct skw_recogniser *recogniser; /* while READING */
	void *state;                             /* owned; the recogniser's */
	struct held *held, *held_last;           /* owned */
	uint32_t held_len, held_bytes;
	uint8_t phase;
	uint8_t tries;
	bool from_start, opened;
	bool client;     /* the direction that has the requests, while READING */
	bool recognised; /* at any time */
	uint64_t owner_ids[2];
};

struct skw_messages {
	struct skw_messages_options opt;
	struct skw_talk_env env;
	struct skw_payloads *payloads;
	struct skw_messages_figures figures;
};

/* ---- memory ---- */

static void drop_held(struct reader *reader)
{
	for (struct held *h = reader->held, *next; h; h = next) {
		next = h->next;
		free(h);
	}
	reader->held = reader->held_last = NULL;
	reader->held_len = reader->held_bytes = 0;
}

static void drop_state(struct reader *reader)
{
	if (reader->recogniser && reader->recogniser->free)
		reader->recogniser->free(reader->state);
	free(reader->state);
	reader->state = NULL;
	reader->recogniser = NULL;
}

static void reader_free(struct reader *reader)
{
	drop_held(reader);
	drop_state(reader);
	skw_talk_free(&reader->talk);
	free(reader);
}

static size_t reader_bytes(const struct reader *reader)
{
	const struct skw_recogniser *r = reader->recogniser;
	size_t bytes = sizeof(*reader) + skw_talk_memory(&reader->talk) + reader->held_bytes +
		       reader->held_len * sizeof(struct held);

	if (r)
		bytes += r->state_size + (r->memory ? r->memory(reader->state) : 0);
	return bytes;
}

static struct reader *reader_of(struct skw_messages *m, struct skw_payload_connection *c)
{
	struct reader *reader = c->consumer;

	if (reader)
		return reader;
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return NULL;
	reader->talk.env = &m->env;
	reader->talk.tuple = c->tuple;
	reader->talk.datagram = c->tuple.proto == IPPROTO_UDP;
	reader->from_start = reader->opened = c->opened;
	c->consumer = reader;
	return reader;
}

/* ---- owners ---- */

static int note_owner(struct reader *reader, unsigned direction,
		      const struct skw_packet_owner *owner)
{
	struct skw_message_owner *o;

	if (!owner || reader->owner_ids[direction] == owner->id)
		return 0;
	if (!reader->talk.owners)
		reader->talk.owners = calloc(2, sizeof(*reader->talk.owners));
	if (!reader->talk.owners)
		return -ENOMEM;
	reader->owner_ids[direction] = owner->id;
	o = &reader->talk.owners[direction ^ reader->client];
	o->pid = owner->pid;

	size_t len = strnlen(owner->comm, SKW_MESSAGE_COMM_LEN);

	memcpy(o->comm, owner->comm, len);
	o->comm[len] = '\0';
	return 0;
}

static int note_owners(struct reader *reader, unsigned direction, const struct skw_packet *pkt)
{
	int ret = pkt ? note_owner(reader, direction, pkt->sender) : 0;

	return ret || !pkt ? ret : note_owner(reader, !direction, pkt->receiver);
}

/* ---- reading ---- */

/* The recogniser has seen all that it wanted, and its requests have no answers any more. */
static int stop_reading(struct reader *reader, enum reader_phase next)
{
	int ret =
		reader->recogniser->end ? reader->recogniser->end(&reader->talk, reader->state) : 0;

	drop_state(reader);
	reader->phase = (uint8_t)next;
	reader->tries = 0;
	if (ret > 0)
		ret = 0;
	return ret ? ret : skw_talk_give_up(&reader->talk);
}

static int take_result(struct skw_messages *m, struct reader *reader, int ret)
{
	switch (ret) {
	case SKW_RECOGNISER_WRONG:
		m->figures.given_up++;
		reader->from_start = false;
		return stop_reading(reader, PROBING);
	case SKW_RECOGNISER_OPAQUE:
		m->figures.opaque++;
		return stop_reading(reader, DONE);
	case SKW_RECOGNISER_AGAIN:
		reader->from_start = true;
		return stop_reading(reader, PROBING);
	default:
		return ret;
	}
}

static int feed(struct skw_messages *m, struct reader *reader, unsigned direction,
		struct skw_bytes b, uint64_t ts_ns)
{
	int ret = 0;

	reader->talk.rest = (struct skw_bytes){ 0 };
	if (reader->talk.datagram && ts_ns != SKW_MESSAGE_UNKNOWN && ts_ns > UDP_WAIT_NS)
		ret = skw_talk_give_up_before(&reader->talk, ts_ns - UDP_WAIT_NS);
	if (ret)
		return ret;
	ret = reader->recogniser->feed(&reader->talk, reader->state, direction == reader->client, b,
				       ts_ns);
	return take_result(m, reader, ret);
}

static int feed_held(struct skw_messages *m, struct reader *reader)
{
	int ret = 0;

	while (!ret && reader->held && reader->phase == READING) {
		struct held *h = reader->held;

		reader->held = h->next;
		reader->held_len--;
		reader->held_bytes -= h->len;
		ret = feed(m, reader, h->direction, (struct skw_bytes){ h->data, h->len, h->len },
			   h->ts_ns);
		free(h);
	}
	drop_held(reader);
	return ret;
}

static void turn_owners(struct reader *reader)
{
	struct skw_message_owner *o = reader->talk.owners, client;

	if (!o)
		return;
	client = o[0];
	o[0] = o[1];
	o[1] = client;
}

static void set_client(struct reader *reader, const struct skw_tuple *tuple, bool client)
{
	if (reader->client != client)
		turn_owners(reader);
	reader->client = client;
	reader->talk.tuple = *tuple;
	if (client)
		skw_pair_turn(&reader->talk.tuple);
}

static int start_reading(struct skw_messages *m, struct reader *reader,
			 const struct skw_tuple *tuple, const struct skw_recogniser *r, bool client)
{
	reader->state = calloc(1, r->state_size ? r->state_size : 1);
	if (!reader->state)
		return -ENOMEM;
	reader->recogniser = r;
	reader->talk.protocol = r->name;
	reader->phase = READING;
	set_client(reader, tuple, client);
	m->figures.recognised += !reader->recognised;
	reader->recognised = true;
	return 0;
}

/* ---- probing ---- */

static int hold(struct reader *reader, unsigned direction, struct skw_bytes b, uint64_t ts_ns)
{
	struct held *h = malloc(sizeof(*h) + b.caplen);

	if (!h)
		return -ENOMEM;
	*h = (struct held){ .ts_ns = ts_ns, .len = b.caplen, .direction = direction };
	memcpy(h->data, b.p, b.caplen);
	*(reader->held ? &reader->held_last->next : &reader->held) = h;
	reader->held_last = h;
	reader->held_len++;
	reader->held_bytes += h->len;
	return 0;
}

static void append(struct skw_bytes *first, uint8_t *room, struct skw_bytes more)
{
	uint32_t left = SKW_RECOGNISER_PROBE_BYTES - first->caplen;
	uint32_t n = more.caplen < left ? more.caplen : left;

	if (!n)
		return;
	memcpy(room + first->caplen, more.p, n);
	first->p = room;
	first->caplen += n;
	first->len = first->caplen;
}

static bool has_port(const struct skw_recogniser *r, const struct skw_recogniser_probe *p)
{
	for (const uint16_t *port = r->ports; *port; port++)
		if (*port == p->ports[0] || *port == p->ports[1])
			return true;
	return false;
}

/* The first recogniser that does not say no. NULL: all have. */
static const struct skw_recogniser *ask(const struct skw_messages *m,
					const struct skw_recogniser_probe *p, bool full,
					enum skw_recogniser_verdict *verdict)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; m->opt.recognisers[i]; i++) {
			const struct skw_recogniser *r = m->opt.recognisers[i];

			if (!(m->opt.wanted >> i & 1) || has_port(r, p) != !pass ||
			    !(p->datagram ? r->udp : r->tcp))
				continue;
			*verdict = r->probe(p);
			if (*verdict == SKW_RECOGNISER_MORE ? !full : *verdict != SKW_RECOGNISER_NO)
				return r;
		}
	return NULL;
}

static void fill_probe(const struct reader *reader, unsigned direction, struct skw_bytes b,
		       uint8_t room[2][SKW_RECOGNISER_PROBE_BYTES], struct skw_recogniser_probe *p)
{
	for (const struct held *h = reader->held; h; h = h->next)
		append(&p->first[h->direction], room[h->direction],
		       (struct skw_bytes){ h->data, h->len, h->len });
	if (p->first[direction].caplen)
		append(&p->first[direction], room[direction], b);
	else
		p->first[direction] = skw_bytes_first(
			b, reader->talk.datagram ? b.caplen : SKW_RECOGNISER_PROBE_BYTES);
}

/* No recogniser wants these bytes. */
static void pass_over(struct reader *reader)
{
	drop_held(reader);
	reader->from_start = false;
	if (++reader->tries >= TRIES)
		reader->phase = DONE;
}

/* `over`: no more bytes will come, and b is empty. */
static int probe(struct skw_messages *m, struct reader *reader, const struct skw_tuple *tuple,
		 unsigned direction, struct skw_bytes b, uint64_t ts_ns, bool over)
{
	uint8_t room[2][SKW_RECOGNISER_PROBE_BYTES];
	struct skw_recogniser_probe p = { .ports = { tuple->local_port, tuple->remote_port },
					  .datagram = reader->talk.datagram,
					  .from_start = reader->from_start,
					  .opened = reader->opened };
	enum skw_recogniser_verdict verdict;
	const struct skw_recogniser *r;
	int ret;

	reader->talk.rest = (struct skw_bytes){ 0 };
	fill_probe(reader, direction, b, room, &p);
	r = ask(m, &p,
		over || reader->talk.datagram ||
			p.first[direction].caplen >= SKW_RECOGNISER_PROBE_BYTES ||
			reader->held_bytes + b.caplen > HELD_BYTES,
		&verdict);
	if (!r) {
		pass_over(reader);
		return 0;
	}
	if (verdict == SKW_RECOGNISER_MORE)
		return hold(reader, direction, b, ts_ns);
	ret = start_reading(m, reader, tuple, r, verdict == SKW_RECOGNISER_CLIENT_1);
	if (!ret)
		ret = feed_held(m, reader);
	if (!ret && reader->phase == READING && b.caplen)
		ret = feed(m, reader, direction, b, ts_ns);
	return ret;
}

/* ---- payload ---- */

static int take_hole(struct skw_messages *m, struct reader *reader, unsigned direction,
		     const struct skw_payload_piece *piece)
{
	if (reader->phase == READING)
		return take_result(m, reader,
				   reader->recogniser->hole(&reader->talk, reader->state,
							    direction == reader->client, piece->len,
							    piece->ts_ns));
	drop_held(reader);
	reader->from_start = false;
	return 0;
}

static int take_bytes(struct skw_messages *m, struct reader *reader, const struct skw_tuple *tuple,
		      unsigned direction, const struct skw_payload_piece *piece)
{
	struct skw_bytes b = { piece->data, (uint32_t)piece->len, (uint32_t)piece->len };
	int ret = 0;

	/* Each round leaves less for the next protocol. */
	for (; !ret && b.caplen && reader->phase != DONE; b = reader->talk.rest)
		ret = reader->phase == READING
			      ? feed(m, reader, direction, b, piece->ts_ns)
			      : probe(m, reader, tuple, direction, b, piece->ts_ns, false);
	return ret;
}

static int take_piece(void *ctx, struct skw_payload_connection *c, unsigned direction,
		      const struct skw_payload_piece *piece, const struct skw_packet *pkt)
{
	struct skw_messages *m = ctx;
	struct reader *reader = reader_of(m, c);
	int ret = reader ? note_owners(reader, direction, pkt) : -ENOMEM;

	if (ret)
		return ret;
	ret = piece->data ? take_bytes(m, reader, &c->tuple, direction, piece)
			  : take_hole(m, reader, direction, piece);
	c->consumer_bytes = reader_bytes(reader);
	return ret;
}

static int take_fin(void *ctx, struct skw_payload_connection *c, unsigned direction)
{
	struct skw_messages *m = ctx;
	struct reader *reader = c->consumer;
	int ret;

	if (!reader || reader->phase != READING || !reader->recogniser->fin)
		return 0;
	ret = reader->recogniser->fin(&reader->talk, reader->state, direction == reader->client);
	ret = take_result(m, reader, ret);
	c->consumer_bytes = reader_bytes(reader);
	return ret;
}

static int take_end(void *ctx, struct skw_payload_connection *c, enum skw_payload_end why)
{
	struct skw_messages *m = ctx;
	struct reader *reader = c->consumer;
	int ret = 0;

	if (!reader)
		return 0;
	if (reader->held && why != SKW_PAYLOAD_DROPPED)
		ret = probe(m, reader, &c->tuple, 0, (struct skw_bytes){ 0 }, 0, true);
	if (!ret && reader->phase == READING && why != SKW_PAYLOAD_DROPPED)
		ret = stop_reading(reader, DONE);
	m->figures.unrecognised += !reader->recognised;
	reader_free(reader);
	return ret;
}

/* ---- */

int skw_messages_new(const struct skw_messages_options *opt, struct skw_messages **out)
{
	static const struct skw_payload_ops ops = { take_piece, take_fin, take_end };
	struct skw_messages *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->opt = *opt;
	m->env = (struct skw_talk_env){
		.take = opt->take, .ctx = opt->ctx, .figures = &m->figures, .content = opt->content
	};

	const struct skw_payloads_options payloads = { .key = { opt->key[0], opt->key[1] },
						       .max_bytes = opt->max_bytes,
						       .limits = SKW_PAYLOADS_LIMITS,
						       .udp_idle_ns = SKW_PAYLOADS_UDP_IDLE_NS,
						       .ops = &ops,
						       .ctx = m };

	if (skw_payloads_new(&payloads, &m->payloads)) {
		free(m);
		return -ENOMEM;
	}
	*out = m;
	return 0;
}

void skw_messages_free(struct skw_messages *m)
{
	if (m)
		skw_payloads_free(m->payloads);
	free(m);
}

int skw_messages_take(struct skw_messages *m, const struct skw_packet *pkt)
{
	return skw_payloads_take(m->payloads, pkt);
}

int skw_messages_pass(struct skw_messages *m, uint64_t now_ns)
{
	return skw_payloads_pass(m->payloads, now_ns);
}

int skw_messages_stop(struct skw_messages *m)
{
	return skw_payloads_stop(m->payloads);
}

const struct skw_messages_figures *skw_messages_figures(const struct skw_messages *m)
{
	return &m->figures;
}

const struct skw_payloads_figures *skw_messages_payloads(const struct skw_messages *m)
{
	return skw_payloads_figures(m->payloads);
}

size_t skw_messages_memory(const struct skw_messages *m)
{
	return skw_payloads_memory(m->payloads);
}
