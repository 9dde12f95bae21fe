// SPDX-License-Identifier: BSD-2-Clause
#include "flow/connection_hash.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/flow.h"
#include "util/hash.h"
#include "util/mapped.h"

static uint64_t hash_of_end(uint8_t family, const uint8_t addr[16], uint16_t port)
{
	uint8_t v4[16] = { 0 };

	if (family == AF_INET6 && skw_mapped_is(addr)) {
		memcpy(v4, addr + SKW_MAPPED_AT, 4);
		addr = v4;
	}
	return skw_hash_bytes(port, addr, 16);
}

uint64_t skw_connection_hash(const struct skw_tuple *tuple)
{
	uint64_t local = hash_of_end(tuple->family, tuple->local_addr, tuple->local_port);
	uint64_t remote = hash_of_end(tuple->family, tuple->remote_addr, tuple->remote_port);

	return skw_hash_word(local + remote, tuple->proto) | 1;
}

uint64_t skw_connection_hash_of_packet(const struct skw_packet *pkt)
{
	struct skw_flow flow;

	if (pkt->connection)
		return pkt->connection;
	if (skw_flow_of(pkt, &flow))
		return 0;
	bool icmp = flow.tuple.proto == IPPROTO_ICMP || flow.tuple.proto == IPPROTO_ICMPV6;

	if (icmp && skw_flow_of_quote(pkt, &flow, &flow))
		return 0;
	return flow.known & SKW_FLOW_PORTS ? skw_connection_hash(&flow.tuple) : 0;
}
