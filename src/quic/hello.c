// SPDX-License-Identifier: BSD-2-Clause
#include "quic/hello.h"

#include <errno.h>
#include <stdlib.h>

#include "dissect/app/tls_record.h"

enum {
	ROOM = 8192, /* as much as of a hello of TLS over TCP */
	HEADER = 4,
};

struct skw_quic_hello_room {
	uint8_t bytes[ROOM];
	uint8_t there[ROOM / 8]; /* a bit for each byte */
};

static bool is_there(const struct skw_quic_hello_room *room, uint32_t at)
{
	return at < ROOM && room->there[at / 8] >> at % 8 & 1;
}

int skw_quic_hello_add(struct skw_quic_hello *h, uint64_t offset, struct skw_bytes b)
{
	if (!h->room)
		h->room = calloc(1, sizeof(*h->room));
	if (!h->room)
		return -ENOMEM;
	for (uint32_t i = 0; i < b.caplen && offset + i < ROOM; i++) {
		uint32_t at = (uint32_t)offset + i;

		if (is_there(h->room, at))
			continue;
		h->room->bytes[at] = b.p[i];
		h->room->there[at / 8] |= (uint8_t)(1U << at % 8);
	}
	while (is_there(h->room, h->len))
		h->len++;
	return 0;
}

bool skw_quic_hello_is_whole(const struct skw_quic_hello *h, struct skw_bytes *hello)
{
	uint32_t len;

	if (h->len < HEADER)
		return false;
	len = skw_bytes_be32(h->room->bytes) & 0xffffff;
	*hello = (struct skw_bytes){ h->room->bytes + HEADER, h->len - HEADER, len };
	if (h->room->bytes[0] != SKW_TLS_CLIENT_HELLO)
		hello->caplen = hello->len = 0;
	if (hello->caplen > hello->len)
		hello->caplen = hello->len;
	return hello->caplen == hello->len || h->len == ROOM;
}

size_t skw_quic_hello_memory(const struct skw_quic_hello *h)
{
	return h->room ? sizeof(*h->room) : 0;
}

void skw_quic_hello_free(struct skw_quic_hello *h)
{
	free(h->room);
	*h = (struct skw_quic_hello){ 0 };
}
