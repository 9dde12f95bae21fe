// SPDX-License-Identifier: BSD-2-Clause
#include "asked/hellos.h"

#include <errno.h>
#include <string.h>

#include "quic/frames.h"
#include "quic/packet.h"

static void drop(struct skw_asked_hello *place)
{
	skw_quic_hello_free(&place->hello);
	place->age = 0;
}

void skw_asked_hellos_free(struct skw_asked_hellos *h)
{
	for (unsigned i = 0; i < SKW_ASKED_HELLOS; i++)
		drop(&h->places[i]);
}

static struct skw_asked_hello *find(struct skw_asked_hellos *h, const struct skw_tuple *tuple)
{
	for (unsigned i = 0; i < SKW_ASKED_HELLOS; i++)
		if (h->places[i].age && memcmp(&h->places[i].tuple, tuple, sizeof(*tuple)) == 0)
			return &h->places[i];
	return NULL;
}

/* A free place, else the oldest one. */
static struct skw_asked_hello *make_room(struct skw_asked_hellos *h, const struct skw_tuple *tuple)
{
	struct skw_asked_hello *place = &h->places[0];

	for (unsigned i = 1; i < SKW_ASKED_HELLOS; i++)
		if (h->places[i].age < place->age)
			place = &h->places[i];
	h->forgotten += place->age != 0;
	drop(place);
	*place = (struct skw_asked_hello){ .tuple = *tuple, .age = ++h->age };
	return place;
}

/* The connection gets a place with the first packet that can be opened. */
static struct skw_asked_hello *open_packet(struct skw_asked_hellos *h,
					   const struct skw_tuple *tuple,
					   const struct skw_quic_packet *p, uint8_t *room,
					   struct skw_bytes *frames)
{
	struct skw_asked_hello *place = find(h, tuple);
	struct skw_quic_opener opener = { .tried = 0 };

	if (!skw_quic_opener_open(place ? &place->opener : &opener, true, p, room, frames))
		return NULL;
	if (!place) {
		place = make_room(h, tuple);
		place->opener = opener;
	}
	return place;
}

static int take_frames(struct skw_asked_hello *place, struct skw_bytes frames)
{
	struct skw_quic_frame f;
	int ret = 0;

	while (!ret && (f = skw_quic_frames_next(&frames), f.type == SKW_QUIC_FRAME_CRYPTO))
		ret = skw_quic_hello_add(&place->hello, f.offset, f.data);
	return ret;
}

int skw_asked_hellos_take(struct skw_asked_hellos *h, const struct skw_tuple *tuple,
			  struct skw_bytes datagram, struct skw_bytes *whole)
{
	uint8_t room[SKW_QUIC_INITIAL_MAX];
	struct skw_bytes frames;
	struct skw_quic_packet p;

	while (skw_quic_packet_next(&datagram, &p)) {
		struct skw_asked_hello *place = NULL;
		int ret;

		if (p.kind == SKW_QUIC_INITIAL)
			place = open_packet(h, tuple, &p, room, &frames);
		if (!place)
			continue;
		ret = take_frames(place, frames);
		if (ret)
			return ret;
		if (skw_quic_hello_is_whole(&place->hello, whole))
			return 1;
	}
	return 0;
}

void skw_asked_hellos_end(struct skw_asked_hellos *h, const struct skw_tuple *tuple)
{
	struct skw_asked_hello *place = find(h, tuple);

	if (place)
		drop(place);
}
