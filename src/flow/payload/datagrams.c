// SPDX-License-Identifier: BSD-2-Clause
#include "flow/payload/datagrams.h"

#include <errno.h>
#include <netinet/in.h>
#include <pcap/dlt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "flow/keyed_hash.h"
#include "util/bytes.h"

#define UNIT       8 /* offsets of fragments are multiples of it */
#define MOST       65536
#define UNITS      (MOST / UNIT)
#define HEADER_MAX 40
#define KEEP_NS    30000000000ULL

struct datagram {
	struct skw_tuple tuple; /* without ports */
	uint32_t id;
	uint32_t pieces;   /* that were taken; 0: the place is free */
	uint32_t len;      /* of the payload, if the last fragment has come */
	uint32_t furthest; /* the end of all that has come */
	uint32_t units;    /* that have come */
	uint64_t first_ns; /* of the fragment that came first */
	bool last, first, bad;
	size_t size;                   /* of data */
	uint8_t *data;                 /* owned; with room for a header before the payload */
	uint8_t seen[(UNITS + 7) / 8]; /* a bit for each unit */
};

struct skw_datagrams {
	uint64_t key[2];
	uint64_t lost;
	struct datagram kept[SKW_DATAGRAMS_KEPT];
};

struct skw_datagrams *skw_datagrams_new(const uint64_t key[2])
{
	struct skw_datagrams *d = calloc(1, sizeof(*d));

	if (d)
		memcpy(d->key, key, sizeof(d->key));
	return d;
}

void skw_datagrams_free(struct skw_datagrams *d)
{
	for (unsigned i = 0; d && i < SKW_DATAGRAMS_KEPT; i++)
		free(d->kept[i].data);
	free(d);
}

uint64_t skw_datagrams_lost(const struct skw_datagrams *d)
{
	uint64_t lost = d->lost;

	for (unsigned i = 0; i < SKW_DATAGRAMS_KEPT; i++)
		lost += d->kept[i].pieces;
	return lost;
}

/* ---- places ---- */

static void begin(struct datagram *g, const struct skw_tuple *tuple, uint32_t id, uint64_t now_ns)
{
	uint8_t *data = g->data;
	size_t size = g->size;

	*g = (struct datagram){
		.tuple = *tuple, .id = id, .first_ns = now_ns, .data = data, .size = size
	};
}

static bool is_old(const struct datagram *g, uint64_t now_ns)
{
	return now_ns != SKW_PACKET_TIME_UNKNOWN && g->first_ns != SKW_PACKET_TIME_UNKNOWN &&
	       now_ns > g->first_ns && now_ns - g->first_ns > KEEP_NS;
}

static struct datagram *place_of(struct skw_datagrams *d, const struct skw_flow *flow,
				 uint64_t now_ns)
{
	struct {
		struct skw_tuple tuple;
		uint8_t id[4];
	} key = { .tuple = flow->tuple };

	/* Only the first fragment has ports. */
	key.tuple.local_port = 0;
	key.tuple.remote_port = 0;
	memcpy(key.id, &flow->fragment_id, sizeof(key.id));

	uint64_t hash = skw_keyed_hash(d->key, &key, sizeof(key));
	struct datagram *g = &d->kept[hash % SKW_DATAGRAMS_KEPT];

	if (g->pieces && g->id == flow->fragment_id && !is_old(g, now_ns) &&
	    memcmp(&g->tuple, &key.tuple, sizeof(g->tuple)) == 0)
		return g;
	d->lost += g->pieces;
	begin(g, &key.tuple, flow->fragment_id, now_ns);
	return g;
}

static int make_room(struct datagram *g, size_t end)
{
	size_t size = g->size ? g->size : 4096;

	while (size < HEADER_MAX + end)
		size *= 2;
	if (size == g->size)
		return 0;

	uint8_t *data = realloc(g->data, size);

	if (!data)
		return -ENOMEM;
	g->data = data;
	g->size = size;
	return 0;
}

/* ---- fragments ---- */

/* The number of these units that have come already. */
static uint32_t count_seen(const struct datagram *g, uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	for (uint32_t u = from; u < to; u++)
		n += g->seen[u / 8] >> u % 8 & 1;
	return n;
}

static void note_seen(struct datagram *g, uint32_t from, uint32_t to)
{
	for (uint32_t u = from; u < to; u++)
		g->seen[u / 8] |= (uint8_t)(1 << u % 8);
	g->units += to - from;
}

/* Fragments follow, as the header tells. */
static bool has_more(const struct skw_packet *pkt, const struct skw_flow *flow)
{
	const uint8_t *data = pkt->data + flow->transport_at;

	if (flow->fragment == SKW_FLOW_FIRST)
		return true;
	if (flow->tuple.family == AF_INET)
		return pkt->data[flow->ip_at + 6] & 0x20;
	/* The data follow the fragment header, which has the bit in its fourth byte. */
	return data[3 - UNIT] & 1;
}

static int take_data(struct datagram *g, const uint8_t *data, uint32_t at, uint32_t len, bool more)
{
	uint32_t from = at / UNIT, to = (at + len + UNIT - 1) / UNIT;
	uint32_t seen = count_seen(g, from, to);

	if (seen == to - from)
		return 0;
	/* Data behind the end, and a second end, are as bad as data that overlap. */
	if (seen || (more && len % UNIT) || (g->last && (!more || at + len > g->len)) ||
	    (!more && g->furthest > at + len)) {
		g->bad = true;
		return 0;
	}
	int ret = make_room(g, at + len);

	if (ret)
		return ret;
	memcpy(g->data + HEADER_MAX + at, data, len);
	note_seen(g, from, to);
	if (at + len > g->furthest)
		g->furthest = at + len;
	if (!more) {
		g->last = true;
		g->len = at + len;
	}
	return 0;
}

static bool is_whole(const struct datagram *g)
{
	return !g->bad && g->last && g->first && g->units == (g->len + UNIT - 1) / UNIT;
}

/* ---- whole datagrams ---- */

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* A header without anything that nobody needs. Returns its length. */
static uint32_t put_header(const struct datagram *g, uint8_t *end)
{
	const struct skw_tuple *t = &g->tuple;
	bool is_v4 = t->family == AF_INET;
	uint32_t len = is_v4 ? 20 : 40, addr = is_v4 ? 4 : 16;
	uint8_t *p = end - len;

	memset(p, 0, len);
	p[0] = is_v4 ? 0x45 : 0x60;
	put16(p + (is_v4 ? 2 : 4), is_v4 ? g->len + len : g->len);
	p[is_v4 ? 9 : 6] = t->proto;
	memcpy(end - 2 * (size_t)addr, t->local_addr, addr);
	memcpy(end - addr, t->remote_addr, addr);
	return len;
}

static void finish(struct datagram *g, const struct skw_packet *pkt, struct skw_packet *whole)
{
	uint8_t *payload = g->data + HEADER_MAX;
	uint32_t header = put_header(g, payload);

	*whole = *pkt;
	whole->data = payload - header;
	whole->caplen = whole->len = header + g->len;
	whole->dlt = DLT_RAW;
	whole->protocol = 0;
	whole->block = NULL;
	g->pieces = 0;
}

int skw_datagrams_take(struct skw_datagrams *d, const struct skw_packet *pkt,
		       const struct skw_flow *flow, struct skw_packet *whole)
{
	uint32_t at = flow->fragment == SKW_FLOW_LATER ? flow->fragment_offset : 0;
	uint32_t end = flow->ip_at + flow->ip_len;
	uint32_t len = end > flow->transport_at ? end - flow->transport_at : 0;
	struct datagram *g = place_of(d, flow, pkt->ts_ns);

	g->pieces++;
	if (!len || at + len > MOST - HEADER_MAX || pkt->caplen < end) {
		g->bad = true;
		return 0;
	}
	g->first |= !at;

	int ret = take_data(g, pkt->data + flow->transport_at, at, len, has_more(pkt, flow));

	if (ret || !is_whole(g))
		return ret;
	finish(g, pkt, whole);
	return 1;
}
