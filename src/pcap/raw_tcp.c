// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/raw_tcp.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "util/inet_sum.h"

#define IP4_BYTES 20
#define IP6_BYTES 40
#define TCP_BYTES 20
#define HOPS      64
#define WINDOW    65535

/* A maximum segment size, padding, and a window scale of 14. */
static const uint8_t syn_options[8] = { 2, 4, 0xff, 0xff, 1, 3, 3, 14 };

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static void put_checksum(uint8_t *at, uint64_t sum)
{
	const uint16_t checksum = (uint16_t)~skw_inet_sum_fold(sum);

	memcpy(at, &checksum, sizeof(checksum));
}

static void make_ip4(const struct skw_raw_tcp *t, size_t total, uint8_t *out)
{
	memset(out, 0, IP4_BYTES);
	out[0] = 0x45;
	put16(out + 2, (uint32_t)total);
	out[6] = 0x40; /* it is not to be fragmented */
	out[8] = HOPS;
	out[9] = IPPROTO_TCP;
	memcpy(out + 12, t->tuple.local_addr, 4);
	memcpy(out + 16, t->tuple.remote_addr, 4);
	put_checksum(out + 10, skw_inet_sum_add(0, out, IP4_BYTES));
}

static void make_ip6(const struct skw_raw_tcp *t, size_t total, uint8_t *out)
{
	memset(out, 0, IP6_BYTES);
	out[0] = 0x60;
	put16(out + 4, (uint32_t)(total - IP6_BYTES));
	out[6] = IPPROTO_TCP;
	out[7] = HOPS;
	memcpy(out + 8, t->tuple.local_addr, 16);
	memcpy(out + 24, t->tuple.remote_addr, 16);
}

size_t skw_raw_tcp_make(const struct skw_raw_tcp *t, const void *data, size_t len, uint8_t *out)
{
	bool ip6 = t->tuple.family == AF_INET6;
	size_t options = t->flags & SKW_RAW_TCP_SYN ? sizeof(syn_options) : 0;
	size_t segment = TCP_BYTES + options + len;
	size_t ip = ip6 ? IP6_BYTES : IP4_BYTES;
	uint8_t *tcp = out + ip;

	if (ip6)
		make_ip6(t, ip + segment, out);
	else
		make_ip4(t, ip + segment, out);
	memset(tcp, 0, TCP_BYTES);
	put16(tcp, t->tuple.local_port);
	put16(tcp + 2, t->tuple.remote_port);
	put32(tcp + 4, t->seq);
	put32(tcp + 8, t->ack);
	tcp[12] = (uint8_t)((TCP_BYTES + options) / 4 << 4);
	tcp[13] = t->flags;
	put16(tcp + 14, WINDOW);
	memcpy(tcp + TCP_BYTES, syn_options, options);
	if (len)
		memcpy(tcp + TCP_BYTES + options, data, len);
	/* The checksum includes both addresses, the length and the protocol. */
	uint8_t pseudo[8] = { [7] = IPPROTO_TCP };
	uint64_t sum = skw_inet_sum_add(0, ip6 ? out + 8 : out + 12, ip6 ? 32 : 8);
	put32(pseudo, (uint32_t)segment);
	sum = skw_inet_sum_add(sum, pseudo, sizeof(pseudo));
	put_checksum(tcp + 16, skw_inet_sum_add(sum, tcp, segment));
	return ip + segment;
}
