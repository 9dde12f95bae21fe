// SPDX-License-Identifier: BSD-2-Clause
#include "join/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "flow/connection_hash.h"
#include "util/hash.h"

/* Where to look, and whether a socket that is bound to every address will do. */
struct look {
	const struct skw_join_sockets *s;
	const struct skw_table *table;
	uint32_t netns;
	bool bound;
};

static void swap(struct skw_tuple *to, const struct skw_tuple *from)
{
	memcpy(to->local_addr, from->remote_addr, sizeof(to->local_addr));
	memcpy(to->remote_addr, from->local_addr, sizeof(to->remote_addr));
	to->local_port = from->remote_port;
	to->remote_port = from->local_port;
	to->family = from->family;
	to->proto = from->proto;
}

static bool is_multicast(const struct skw_tuple *tuple)
{
	const uint8_t *addr = tuple->local_addr;

	/* 224.0.0.0/4, the limited broadcast, ff00::/8 */
	return tuple->family == AF_INET ? addr[0] >> 4 == 0xe || addr[0] == 0xff : addr[0] == 0xff;
}

/* A connection that one of several processes has accepted is owned by that one alone. */
bool skw_join_sockets_are_owned(const struct skw_row *row)
{
	return row && row->owners &&
	       (row->owner_source != SKW_OWNER_LISTENER || row->owners->len == 1);
}

/*
 * Only at an address of this host can a socket have a packet that it is not connected for: others
 * are of those that are forwarded.
 */
static const struct skw_row *find(const struct look *look, const struct skw_tuple *tuple)
{
	const struct skw_join_owners_options *opt = look->s->opt;
	enum skw_table_bound bound = SKW_TABLE_CONNECTED;

	if (opt->are_told && opt->are_told(opt->ctx))
		bound = SKW_TABLE_TOLD;
	else if (look->bound && (opt->is_local(opt->ctx, tuple->local_addr, tuple->family) ||
				 (tuple->proto == IPPROTO_UDP && is_multicast(tuple))))
		bound = SKW_TABLE_BOUND;
	return skw_table_socket(look->table, look->netns, tuple, bound);
}

/* Not 0. */
static uint32_t hash_of(const struct skw_tuple *tuple)
{
	uint64_t hash = skw_hash_bytes(0, tuple, sizeof(*tuple));

	return (uint32_t)(hash >> 32) | 1;
}

/*
 * Whether a listener will do: for the packets of a handshake. Later packets belong to a connection
 * that has a row of its own, or their address was translated and they are somebody else's.
 */
static bool is_handshake(struct skw_join_sockets *s, const struct skw_flow *flow)
{
	uint8_t flags = flow->tcp.flags & (TH_SYN | TH_ACK | TH_RST | TH_FIN);
	struct skw_tuple of_server = flow->tuple;

	if (flow->tuple.proto != IPPROTO_TCP)
		return true;
	if (!(flow->known & SKW_FLOW_TCP))
		return false;
	if (flags == TH_SYN)
		return true;
	if (flags == TH_ACK)
		swap(&of_server, &flow->tuple);
	else if (flags != (TH_SYN | TH_ACK))
		return false;
	uint32_t hash = hash_of(&of_server);
	uint32_t *place = &s->handshakes[hash % SKW_JOIN_HANDSHAKES];
	bool is_third = *place == hash;

	*place = flags == TH_ACK ? (is_third ? 0 : *place) : hash;
	return flags != TH_ACK || is_third;
}

static struct skw_join_fragment *place_of(struct skw_join_sockets *s, const struct skw_flow *flow,
					  struct skw_join_fragment *like)
{
	*like = (struct skw_join_fragment){ .tuple = flow->tuple, .id = flow->fragment_id };
	like->tuple.local_port = like->tuple.remote_port = 0;
	return &s->fragments[(hash_of(&like->tuple) ^ like->id) % SKW_JOIN_FRAGMENTS];
}

/* Later fragments have no ports: they get those of the first. */
static void complete_fragment(struct skw_join_sockets *s, struct skw_flow *flow)
{
	struct skw_join_fragment like, *place = place_of(s, flow, &like);

	if (flow->known & SKW_FLOW_PORTS) {
		*place = like;
		place->tuple = flow->tuple;
		return;
	}
	struct skw_tuple told = place->tuple;
	told.local_port = told.remote_port = 0;
	if (place->id == like.id && !memcmp(&told, &like.tuple, sizeof(told))) {
		flow->tuple = place->tuple;
		flow->known |= SKW_FLOW_PORTS;
	}
}

/* An error tells of a packet that this host has sent, or has received. */
static void find_quoted(const struct look *look, const struct skw_packet *pkt,
			const struct skw_flow *flow, struct skw_join_ends *ends)
{
	struct skw_flow quoted;

	if (skw_flow_of_quote(pkt, flow, &quoted) || !(quoted.known & SKW_FLOW_PORTS))
		return;
	ends->receiver = find(look, &quoted.tuple);
	ends->connection = skw_connection_hash(&quoted.tuple);
}

void skw_join_sockets_find(struct skw_join_sockets *s, const struct skw_table *table,
			   uint32_t netns, const struct skw_packet *pkt, struct skw_join_ends *ends)
{
	struct look look = { .s = s, .table = table, .netns = netns };
	struct skw_tuple swapped = { 0 };
	struct skw_flow flow;

	*ends = (struct skw_join_ends){ 0 };
	if (skw_flow_of(pkt, &flow))
		return;
	if (flow.fragment)
		complete_fragment(s, &flow);
	if (flow.tuple.proto == IPPROTO_ICMP || flow.tuple.proto == IPPROTO_ICMPV6) {
		look.bound = true;
		find_quoted(&look, pkt, &flow, ends);
		return;
	}
	if (!(flow.known & SKW_FLOW_PORTS) ||
	    (flow.tuple.proto != IPPROTO_TCP && flow.tuple.proto != IPPROTO_UDP))
		return;
	look.bound = is_handshake(s, &flow);
	ends->sender = find(&look, &flow.tuple);
	swap(&swapped, &flow.tuple);
	ends->receiver = find(&look, &swapped);
	ends->connection = skw_connection_hash(&flow.tuple);
}
