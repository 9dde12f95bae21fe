// SPDX-License-Identifier: BSD-2-Clause
#include "join/cache.h"

#include <netinet/in.h>
#include <pcap/dlt.h>
#include <string.h>

#include "util/hash.h"

#define ETHER_LEN      14
#define ETHER_TYPE_AT  12
#define IP4_LEN        20
#define IP4_FRAGMENT   6
#define IP4_PROTO_AT   9
#define IP4_ADDRS_AT   12
#define IP6_LEN        40
#define IP6_PROTO_AT   6
#define IP6_ADDRS_AT   8
#define PORTS_LEN      4
#define IP4_MORE_OR_AT 0x3fff /* more fragments, and the offset */

static unsigned get16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

static void put_ports(struct skw_join_key *key, const uint8_t *at, uint8_t proto, unsigned version)
{
	uint32_t ports;

	memcpy(&ports, at, sizeof(ports));
	key->ports = (uint64_t)ports << 32 | version << 8 | proto;
}

static bool key_of_ip4(const uint8_t *ip, uint32_t len, struct skw_join_key *key)
{
	if (len < IP4_LEN + PORTS_LEN || ip[0] != 0x45 ||
	    get16(ip + IP4_FRAGMENT) & IP4_MORE_OR_AT || !has_ports(ip[IP4_PROTO_AT]))
		return false;
	put_ports(key, ip + IP4_LEN, ip[IP4_PROTO_AT], 4);
	memcpy(&key->addrs[0], ip + IP4_ADDRS_AT, sizeof(key->addrs[0]));
	key->addrs[1] = key->addrs[2] = key->addrs[3] = 0;
	return true;
}

static bool key_of_ip6(const uint8_t *ip, uint32_t len, struct skw_join_key *key)
{
	if (len < IP6_LEN + PORTS_LEN || ip[0] >> 4 != 6 || !has_ports(ip[IP6_PROTO_AT]))
		return false;
	put_ports(key, ip + IP6_LEN, ip[IP6_PROTO_AT], 6);
	memcpy(key->addrs, ip + IP6_ADDRS_AT, sizeof(key->addrs));
	return true;
}

static bool key_of(const struct skw_packet *pkt, struct skw_join_key *key)
{
	if (pkt->dlt != DLT_EN10MB || pkt->caplen < ETHER_LEN)
		return false;
	switch (get16(pkt->data + ETHER_TYPE_AT)) {
	case 0x0800:
		return key_of_ip4(pkt->data + ETHER_LEN, pkt->caplen - ETHER_LEN, key);
	case 0x86dd:
		return key_of_ip6(pkt->data + ETHER_LEN, pkt->caplen - ETHER_LEN, key);
	default:
		return false;
	}
}

static bool is_same(const struct skw_join_key *a, const struct skw_join_key *b)
{
	return !((a->ports ^ b->ports) | (a->addrs[0] ^ b->addrs[0]) | (a->addrs[1] ^ b->addrs[1]) |
		 (a->addrs[2] ^ b->addrs[2]) | (a->addrs[3] ^ b->addrs[3]));
}

static struct skw_join_cached *place_of(struct skw_join_cache *c, const struct skw_join_key *key)
{
	uint64_t h = skw_hash_word(0, key->ports ^ key->addrs[0] ^ key->addrs[3]);

	h = skw_hash_word(h, key->addrs[1] ^ key->addrs[2]);
	return &c->all[h >> 32 & (SKW_JOIN_CACHED - 1)];
}

static bool is_still(const struct skw_packet_owner *owner, uint64_t id)
{
	return !owner || owner->id == id;
}

bool skw_join_cache_find(struct skw_join_cache *c, const struct skw_packet *pkt,
			 uint64_t generation, struct skw_join_cached **place)
{
	struct skw_join_key key;

	*place = NULL;
	if (!key_of(pkt, &key))
		return false;
	struct skw_join_cached *at = place_of(c, &key);

	*place = at;
	if (at->generation == generation && is_same(&at->key, &key) &&
	    is_still(at->sender, at->sender_id) && is_still(at->receiver, at->receiver_id))
		return true;
	at->key = key;
	at->generation = 0;
	return false;
}

static bool are_alike_ip4(const uint8_t *a, const uint8_t *b)
{
	uint64_t addrs[2];
	uint32_t ports[2];

	memcpy(&addrs[0], a + IP4_ADDRS_AT, sizeof(addrs[0]));
	memcpy(&addrs[1], b + IP4_ADDRS_AT, sizeof(addrs[1]));
	memcpy(&ports[0], a + IP4_LEN, sizeof(ports[0]));
	memcpy(&ports[1], b + IP4_LEN, sizeof(ports[1]));
	return addrs[0] == addrs[1] && ports[0] == ports[1] && a[0] == 0x45 && b[0] == 0x45 &&
	       a[IP4_PROTO_AT] == b[IP4_PROTO_AT] && has_ports(a[IP4_PROTO_AT]) &&
	       !((get16(a + IP4_FRAGMENT) | get16(b + IP4_FRAGMENT)) & IP4_MORE_OR_AT);
}

static bool are_alike_ip6(const uint8_t *a, const uint8_t *b)
{
	return a[0] >> 4 == 6 && b[0] >> 4 == 6 && a[IP6_PROTO_AT] == b[IP6_PROTO_AT] &&
	       has_ports(a[IP6_PROTO_AT]) &&
	       !memcmp(a + IP6_ADDRS_AT, b + IP6_ADDRS_AT, IP6_LEN + PORTS_LEN - IP6_ADDRS_AT);
}

bool skw_join_cache_alike(const struct skw_packet *one, const struct skw_packet *other)
{
	uint32_t caplen = one->caplen < other->caplen ? one->caplen : other->caplen;
	const uint8_t *a = one->data, *b = other->data;

	if (one->dlt != DLT_EN10MB || other->dlt != DLT_EN10MB ||
	    caplen < ETHER_LEN + IP4_LEN + PORTS_LEN)
		return false;
	unsigned type = get16(a + ETHER_TYPE_AT);
	if (type != get16(b + ETHER_TYPE_AT))
		return false;
	if (type == 0x0800)
		return are_alike_ip4(a + ETHER_LEN, b + ETHER_LEN);
	return type == 0x86dd && caplen >= ETHER_LEN + IP6_LEN + PORTS_LEN &&
	       are_alike_ip6(a + ETHER_LEN, b + ETHER_LEN);
}
