// SPDX-License-Identifier: BSD-2-Clause
#include "asked/pieces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void drop(struct skw_asked_pieces *p, struct skw_asked_piece *place)
{
	free(place->data);
	place->data = NULL;
	p->used--;
}

void skw_asked_pieces_free(struct skw_asked_pieces *p)
{
	for (unsigned i = 0; i < SKW_ASKED_PIECES; i++)
		if (p->places[i].data)
			drop(p, &p->places[i]);
}

static struct skw_asked_piece *find(struct skw_asked_pieces *p, const struct skw_tuple *tuple)
{
	for (unsigned i = 0; p->used && i < SKW_ASKED_PIECES; i++)
		if (p->places[i].data && memcmp(&p->places[i].tuple, tuple, sizeof(*tuple)) == 0)
			return &p->places[i];
	return NULL;
}

/* A free place, else the oldest one. */
static struct skw_asked_piece *make_room(struct skw_asked_pieces *p)
{
	struct skw_asked_piece *oldest = &p->places[0];

	for (unsigned i = 0; i < SKW_ASKED_PIECES; i++) {
		if (!p->places[i].data)
			return &p->places[i];
		if (p->places[i].age < oldest->age)
			oldest = &p->places[i];
	}
	p->forgotten++;
	drop(p, oldest);
	return oldest;
}

int skw_asked_pieces_begin(struct skw_asked_pieces *p, const struct skw_flow *flow,
			   struct skw_bytes b, uint32_t need)
{
	struct skw_asked_piece *place = find(p, &flow->tuple);
	uint8_t *data = malloc(need);

	if (!data)
		return -ENOMEM;
	if (place)
		drop(p, place);
	place = make_room(p);
	memcpy(data, b.p, b.caplen);
	*place = (struct skw_asked_piece){ .tuple = flow->tuple,
					   .next_seq = flow->tcp.seq + b.caplen,
					   .have = b.caplen,
					   .need = need,
					   .age = ++p->age,
					   .data = data };
	p->used++;
	return 0;
}

int skw_asked_pieces_add(struct skw_asked_pieces *p, const struct skw_flow *flow,
			 struct skw_bytes b, struct skw_bytes *whole)
{
	struct skw_asked_piece *place = NULL;
	uint32_t n;

	/* Most packets are told by their number alone. */
	for (unsigned i = 0; p->used && !place && i < SKW_ASKED_PIECES; i++)
		if (p->places[i].next_seq == flow->tcp.seq)
			place = find(p, &flow->tuple);
	if (!place || place->next_seq != flow->tcp.seq)
		return -ENOENT;
	n = place->need - place->have;
	n = n < b.caplen ? n : b.caplen;
	memcpy(place->data + place->have, b.p, n);
	place->have += n;
	place->next_seq += n;
	if (place->have < place->need)
		return 0;
	*whole = (struct skw_bytes){ place->data, place->have, place->have };
	p->given = place;
	return 1;
}

void skw_asked_pieces_end(struct skw_asked_pieces *p)
{
	drop(p, p->given);
	p->given = NULL;
}
