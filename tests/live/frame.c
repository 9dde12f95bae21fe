// SPDX-License-Identifier: BSD-2-Clause
#include "frame.h"

#include <string.h>

#include <pcap/dlt.h>

enum { ETH = 14, TAG = 4, IP = 20, UDP = 8, NUMBER = 16 };

static const uint8_t magic[4] = { 'S', 'K', 'W', 'T' };

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static unsigned get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static void put_number(uint8_t *p, struct frame_number n)
{
	memcpy(p, magic, 4);
	for (int i = 0; i < 4; i++)
		p[4 + i] = (uint8_t)(n.sender >> (24 - 8 * i));
	for (int i = 0; i < 8; i++)
		p[8 + i] = (uint8_t)(n.seq >> (56 - 8 * i));
}

static uint8_t fill_byte(struct frame_number n, size_t at)
{
	return (uint8_t)(n.seq + n.sender * 31 + at);
}

static uint16_t ip_checksum(const uint8_t *ip)
{
	uint32_t sum = 0;

	for (int i = 0; i < IP; i += 2)
		sum += get16(ip + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

size_t frame_make(uint8_t *out, const struct frame_plan *plan, struct frame_number n)
{
	static const uint8_t macs[12] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
	uint8_t *p = out;

	memcpy(p, macs, sizeof(macs));
	p += sizeof(macs);
	for (unsigned i = 0; i < plan->n_tags; i++) {
		put16(p, i + 1 < plan->n_tags ? 0x88a8 : 0x8100);
		put16(p + 2, plan->tags[i]);
		p += TAG;
	}
	put16(p, 0x0800);
	p += 2;

	memset(p, 0, IP + UDP);
	p[0] = 0x45;
	put16(p + 2, plan->size - ETH);
	/* The host does not exist, so that there is no answer. */
	p[8] = 64;
	p[9] = 17;
	memcpy(p + 12, (const uint8_t[]){ 10, 77, 0, 1, 10, 77, 0, 9 }, 8);
	put16(p + 10, ip_checksum(p));
	p += IP;
	put16(p, 4000 + n.sender % 1000);
	put16(p + 4, plan->size - ETH - IP);
	frame_renumber(out, plan, n);
	return plan->size + TAG * plan->n_tags;
}

void frame_renumber(uint8_t *frame, const struct frame_plan *plan, struct frame_number n)
{
	uint8_t *udp = frame + ETH + TAG * plan->n_tags + IP;
	uint8_t *fill = udp + UDP + NUMBER;

	put16(udp + 2, FRAME_PORT + n.seq % (plan->ports ? plan->ports : 1));
	put_number(udp + UDP, n);
	for (size_t i = 0; i < plan->size - FRAME_MIN; i++)
		fill[i] = fill_byte(n, i);
}

/* Where the IPv4 header starts, 0 if there is none. */
static size_t find_ip(const uint8_t *data, size_t caplen, int dlt)
{
	size_t type_at, ip;

	switch (dlt) {
	case DLT_EN10MB:
		type_at = 12;
		ip = ETH;
		break;
	case DLT_LINUX_SLL:
		type_at = 14;
		ip = 16;
		break;
	case DLT_LINUX_SLL2:
		type_at = 0;
		ip = 20;
		break;
	default:
		return 0;
	}
	for (int tags = 0; tags < 3; tags++) {
		if (caplen < ip + IP)
			return 0;
		unsigned type = get16(data + type_at);
		if (type == 0x0800)
			return ip;
		if (type != 0x8100 && type != 0x88a8)
			return 0;
		type_at = ip + 2;
		ip += TAG;
	}
	return 0;
}

enum frame_kind frame_read(const uint8_t *data, size_t caplen, size_t len, int dlt,
			   struct frame_number *out)
{
	size_t ip = find_ip(data, caplen, dlt);
	size_t number = ip + IP + UDP;
	struct frame_number n = { 0, 0 };

	if (!ip || caplen < number + NUMBER || data[ip] != 0x45 || data[ip + 9] != 17 ||
	    memcmp(data + number, magic, sizeof(magic)) != 0)
		return FRAME_OTHER;
	for (size_t i = 4; i < 8; i++)
		n.sender = n.sender << 8 | data[number + i];
	for (size_t i = 8; i < NUMBER; i++)
		n.seq = n.seq << 8 | data[number + i];
	*out = n;

	size_t end = ip + get16(data + ip + 2);
	if (ip_checksum(data + ip) != 0 || end != len)
		return FRAME_DAMAGED;
	for (size_t at = number + NUMBER; at < caplen; at++)
		if (data[at] != fill_byte(n, at - number - NUMBER))
			return FRAME_DAMAGED;
	return FRAME_NUMBERED;
}
