// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/ip/tcp_seqs.h"

#include <stdlib.h>
#include <string.h>

#include "util/bytes.h"

#define WAYS 4
#define SETS 16384 /* a power of two; 3 MiB of address space, allocated when used */

/* Both directions of a connection share an entry. `low` is the side with the lower port. */
struct seqs_key {
	uint8_t low_addr[16], high_addr[16];
	uint16_t low_port, high_port;
	uint8_t version;
	uint8_t zero[3];
};

struct seqs_entry {
	struct seqs_key key; /* version 0 if the entry is free */
	uint32_t low_first, high_first;
	uint32_t used; /* value of `now` at the last look-up */
};

struct skw_tcp_seqs {
	/*
	 * The number of look-ups. When it wraps around, a wrong entry may be replaced, which does
	 * no harm.
	 */
	uint32_t now;
	struct seqs_entry (*sets)[WAYS]; /* SETS of them, NULL before the first connection */
};

struct skw_tcp_seqs *skw_tcp_seqs_new(void)
{
	return calloc(1, sizeof(struct skw_tcp_seqs));
}

void skw_tcp_seqs_free(struct skw_tcp_seqs *seqs)
{
	if (seqs)
		free(seqs->sets);
	free(seqs);
}

static void make_key(struct seqs_key *key, const struct skw_ip *ip, uint16_t sport, uint16_t dport,
		     bool from_high)
{
	size_t n = ip->version == 4 ? 4 : 16;

	memset(key, 0, sizeof(*key));
	key->version = ip->version;
	memcpy(key->low_addr, from_high ? ip->dst : ip->src, n);
	memcpy(key->high_addr, from_high ? ip->src : ip->dst, n);
	key->low_port = from_high ? dport : sport;
	key->high_port = from_high ? sport : dport;
}

static size_t hash(const struct seqs_key *key)
{
	const uint8_t *p = (const uint8_t *)key;
	uint64_t h = 0x9e3779b97f4a7c15u;

	_Static_assert(sizeof(*key) % 8 == 0, "hashed in words of eight bytes");
	for (size_t i = 0; i < sizeof(*key); i += 8) {
		uint64_t word;

		memcpy(&word, p + i, sizeof(word));
		h = (h ^ word) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return (size_t)(h & (SETS - 1));
}

struct skw_tcp_base skw_tcp_seqs_base(struct skw_tcp_seqs *seqs, const struct skw_ip *ip,
				      uint16_t sport, uint16_t dport, bool syn, uint32_t seq,
				      uint32_t ack)
{
	if (!seqs->sets) {
		seqs->sets = calloc(SETS, sizeof(*seqs->sets));
		/* If memory is short, the numbers stay absolute. */
		if (!seqs->sets)
			return (struct skw_tcp_base){ 0, 0, 0 };
	}

	bool from_high = sport > dport || (sport == dport &&
					   memcmp(ip->src, ip->dst, ip->version == 4 ? 4 : 16) > 0);
	struct seqs_key key;

	make_key(&key, ip, sport, dport, from_high);

	struct seqs_entry *set = seqs->sets[hash(&key)];
	struct seqs_entry *e = NULL, *oldest = &set[0];
	uint32_t now = ++seqs->now;

	for (unsigned i = 0; i < WAYS && !e; i++) {
		if (!memcmp(&set[i].key, &key, sizeof(key)))
			e = &set[i];
		else if (!set[i].key.version)
			oldest = &set[i];
		else if (oldest->key.version && now - set[i].used > now - oldest->used)
			oldest = &set[i];
	}

	bool enter = !e || syn;

	if (!e)
		e = oldest;
	e->used = now;
	if (enter) {
		e->key = key;
		e->low_first = from_high ? ack - 1 : seq;
		e->high_first = from_high ? seq : ack - 1;
	}

	uint32_t own = from_high ? e->high_first : e->low_first;
	uint32_t peer = from_high ? e->low_first : e->high_first;

	/* tcpdump prints SACK blocks relative even if the rest of the line is absolute. */
	return (struct skw_tcp_base){ enter ? 0 : own, enter ? 0 : peer, peer };
}
