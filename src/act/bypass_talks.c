// SPDX-License-Identifier: BSD-2-Clause
#include "act/bypass_talks.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "abi/conn.h"
#include "util/hash.h"
#include "util/mapped.h"

/* The table forgets the connection of a set that was used least lately. */
#define SETS 4096
#define WAYS 4

enum side { CLIENT, SERVER }; /* the end that has connected, and the other one */

/* There is no padding, so keys can be compared and hashed as bytes. */
struct talk_key {
	uint32_t netns;
	uint32_t first[2]; /* the sequence number of the first byte that each side sends */
	uint32_t reserved;
	struct skw_tuple tuple; /* of what the client sends */
	uint8_t reserved2[2];
};
_Static_assert(sizeof(struct talk_key) == 56, "a key has no padding");

struct talk {
	struct talk_key key;
	uint64_t used;     /* the number of its last record; 0: free */
	uint64_t moved[2]; /* bytes that each side has moved */
	uint32_t next[2];  /* the sequence number after the last packet of each side */
	bool left[2];      /* this direction went back to TCP */
	bool closed[2];
	struct skw_bypass_process process[2];
};

struct skw_bypass_talks {
	uint64_t records;
	struct talk sets[SETS][WAYS];
};

struct skw_bypass_talks *skw_bypass_talks_new(void)
{
	return calloc(1, sizeof(struct skw_bypass_talks));
}

void skw_bypass_talks_free(struct skw_bypass_talks *t)
{
	free(t);
}

static enum side side_of(const struct skw_bypass_rec *rec)
{
	return rec->direction == SKW_CONN_IN ? SERVER : CLIENT;
}

static void put_address(uint8_t to[16], const uint8_t from[16], bool mapped)
{
	if (mapped)
		memcpy(to, from + SKW_MAPPED_AT, 4);
	else
		memcpy(to, from, 16);
}

static struct skw_tuple turned(const struct skw_tuple *t)
{
	struct skw_tuple other = *t;

	memcpy(other.local_addr, t->remote_addr, sizeof(other.local_addr));
	memcpy(other.remote_addr, t->local_addr, sizeof(other.remote_addr));
	other.local_port = t->remote_port;
	other.remote_port = t->local_port;
	return other;
}

static void make_key(const struct skw_bypass_rec *rec, struct talk_key *key)
{
	bool mapped = rec->family == AF_INET6 && skw_mapped_is(rec->local_addr);
	enum side side = side_of(rec);

	memset(key, 0, sizeof(*key));
	key->netns = rec->netns;
	key->first[side] = rec->first_seq;
	key->first[!side] = rec->first_ack;
	key->tuple.family = mapped ? AF_INET : rec->family;
	key->tuple.proto = IPPROTO_TCP;
	key->tuple.local_port = rec->local_port;
	key->tuple.remote_port = rec->remote_port;
	put_address(key->tuple.local_addr, rec->local_addr, mapped);
	put_address(key->tuple.remote_addr, rec->remote_addr, mapped);
	if (side == SERVER)
		key->tuple = turned(&key->tuple);
}

/* The connection of a key. If it is not there, its place, with another key. */
static struct talk *find(struct skw_bypass_talks *t, const struct talk_key *key)
{
	struct talk *set = t->sets[skw_hash_bytes(0, key, sizeof(*key)) % SETS];
	struct talk *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].used && memcmp(&set[i].key, key, sizeof(*key)) == 0)
			return &set[i];
		if (set[i].used < oldest->used)
			oldest = &set[i];
	}
	oldest->used = 0;
	return oldest;
}

static struct skw_bypass_packet packet(const struct talk *talk, enum side side, uint32_t seq,
				       uint32_t ack, uint8_t flags)
{
	return (struct skw_bypass_packet){
		.tcp = { .tuple = side == CLIENT ? talk->key.tuple : turned(&talk->key.tuple),
			 .seq = seq,
			 .ack = ack,
			 .flags = flags },
		.from = talk->process[side],
		.to = talk->process[!side],
	};
}

static size_t shake_hands(const struct talk *talk, struct skw_bypass_packet *out)
{
	uint32_t client = talk->key.first[CLIENT], server = talk->key.first[SERVER];

	out[0] = packet(talk, CLIENT, client - 1, 0, SKW_RAW_TCP_SYN);
	out[1] = packet(talk, SERVER, server - 1, client, SKW_RAW_TCP_SYN | SKW_RAW_TCP_ACK);
	out[2] = packet(talk, CLIENT, client, server, SKW_RAW_TCP_ACK);
	return 3;
}

static void begin(struct talk *talk, const struct talk_key *key)
{
	*talk = (struct talk){ .key = *key, .next = { key->first[CLIENT], key->first[SERVER] } };
}

static bool is_after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static size_t follow_data(struct talk *talk, const struct skw_bypass_rec *rec, uint32_t len,
			  uint32_t more, struct skw_bypass_packet *out)
{
	enum side side = side_of(rec);
	uint32_t ack = rec->ack + (uint32_t)talk->moved[!side];

	/* Bytes that came by TCP count, too. */
	if (is_after(ack, talk->next[!side]))
		talk->next[!side] = ack;
	*out = packet(talk, side, rec->seq, talk->next[!side],
		      SKW_RAW_TCP_ACK | (more ? 0 : SKW_RAW_TCP_PSH));
	out->len = len;
	talk->moved[side] = rec->bytes;
	talk->next[side] = rec->seq + len;
	return 1;
}

static size_t follow_close(struct talk *talk, const struct skw_bypass_rec *rec,
			   struct skw_bypass_packet *out)
{
	enum side side = side_of(rec);
	size_t n = 0;

	/* A FIN takes a sequence number. An end that has sent none was reset. */
	if (!talk->left[side] && !talk->closed[side] && rec->seq == talk->next[side] + 1) {
		out[n++] = packet(talk, side, talk->next[side], talk->next[!side],
				  SKW_RAW_TCP_FIN | SKW_RAW_TCP_ACK);
		talk->next[side]++;
	}
	talk->closed[side] = true;
	if (talk->closed[!side])
		talk->used = 0;
	return n;
}

size_t skw_bypass_talks_follow(struct skw_bypass_talks *t, const struct skw_bypass_rec *rec,
			       uint32_t len, uint32_t more,
			       struct skw_bypass_packet out[SKW_BYPASS_TALKS_PACKETS])
{
	enum side side = side_of(rec);
	struct talk *talk;
	struct talk_key key;
	size_t n = 0;

	make_key(rec, &key);
	talk = find(t, &key);
	bool is_new = !talk->used;

	if (is_new && rec->type != SKW_BYPASS_DATA)
		return 0;
	if (is_new)
		begin(talk, &key);
	talk->used = ++t->records;
	if (!talk->process[side].pid) {
		talk->process[side].pid = rec->tgid;
		memcpy(talk->process[side].comm, rec->comm, sizeof(rec->comm));
	}
	if (rec->type == SKW_BYPASS_LEFT)
		talk->left[side] = true;
	if (rec->type == SKW_BYPASS_CLOSED)
		return follow_close(talk, rec, out);
	if (rec->type != SKW_BYPASS_DATA)
		return 0;
	if (is_new && rec->seq == rec->first_seq)
		n = shake_hands(talk, out);
	return n + follow_data(talk, rec, len, more, out + n);
}
