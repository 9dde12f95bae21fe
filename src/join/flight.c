// SPDX-License-Identifier: BSD-2-Clause
#include "join/flight.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "join/windows.h"

#define PAGE 4096

/* In front of each record. Behind a packet's bytes come the texts of its owners, and its remark. */
struct head {
	uint32_t size; /* of the whole record, a multiple of 8; 0: the next one is at the start */
	uint32_t type; /* of a block; 0: a packet */
	uint32_t len;  /* of the bytes */
	uint32_t texts_len[2];
	uint32_t remark_len; /* with its end; 0: it has none */
	uint64_t ts_ns;
	uint64_t connection;
};

/* The parts of a packet that are not bytes. */
struct kept_packet {
	struct skw_packet packet;
	struct skw_packet_owner owners[2];
};

struct skw_flight {
	struct skw_flight_options opt;
	uint8_t *bytes; /* owned, mapped */
	size_t first;   /* the oldest record */
	size_t end;     /* where the next one goes */
	size_t used;    /* bytes, what is left over at the end included */
	bool has_lost;  /* a record of the last pre_ns has left early */
	uint64_t lost_ns;
	struct skw_windows windows;
	struct skw_flight_figures figures;
	struct skw_flight_record oldest;
};

struct skw_flight *skw_flight_new(const struct skw_flight_options *opt)
{
	struct skw_flight *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->opt = *opt;
	f->opt.bytes &= ~(size_t)7;
	f->figures.held_ns = UINT64_MAX;
	f->bytes = mmap(NULL, f->opt.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);
	if (f->bytes == MAP_FAILED) {
		free(f);
		return NULL;
	}
	/* The keeper must not keep a second one. */
	madvise(f->bytes, f->opt.bytes, MADV_DONTFORK);
	/* A page that is first touched with a packet in hand costs five times as much. */
	for (size_t i = 0; i < f->opt.bytes; i += PAGE)
		((volatile uint8_t *)f->bytes)[i] = 0;
	return f;
}

void skw_flight_free(struct skw_flight *f)
{
	if (!f)
		return;
	munmap(f->bytes, f->opt.bytes);
	free(f);
}

/* ---- in ---- */

/* Finds `size` bytes in one piece, a multiple of 8, or returns NULL. */
static uint8_t *make_room(struct skw_flight *f, size_t size)
{
	size_t rest = f->opt.bytes - f->end;
	size_t skipped = rest < size ? rest : 0;

	if (f->used + skipped + size > f->opt.bytes)
		return NULL;
	if (rest < size) {
		/* The rest may be too short for a head: then it ends there anyway. */
		if (rest >= sizeof(struct head))
			memset(f->bytes + f->end, 0, sizeof(struct head));
		f->end = 0;
		f->used += skipped;
	}
	uint8_t *to = f->bytes + f->end;

	f->end += size;
	f->used += size;
	return to;
}

static size_t padded(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

/* The three texts of an owner stand one behind the other. */
static size_t texts_len(const struct skw_packet_owner *o)
{
	return o ? strlen(o->comm) + strlen(o->name) + strlen(o->text) + 3 : 0;
}

static uint8_t *put_text(uint8_t *to, const char *text)
{
	size_t len = strlen(text) + 1;

	memcpy(to, text, len);
	return to + len;
}

bool skw_flight_packet(struct skw_flight *f, const struct skw_packet *pkt, uint64_t connection)
{
	const struct skw_packet_owner *owners[2] = { pkt->sender, pkt->receiver };
	struct kept_packet kept = { .packet = *pkt };
	struct head head = { .len = pkt->caplen,
			     .texts_len = { (uint32_t)texts_len(owners[0]),
					    (uint32_t)texts_len(owners[1]) },
			     .ts_ns = pkt->ts_ns,
			     .connection = connection };
	if (pkt->remark)
		head.remark_len = (uint32_t)strlen(pkt->remark) + 1;
	size_t size = padded(sizeof(head) + sizeof(kept) + pkt->caplen + head.texts_len[0] +
			     head.texts_len[1] + head.remark_len);
	uint8_t *to = make_room(f, size);

	if (!to)
		return false;
	head.size = (uint32_t)size;
	for (size_t i = 0; i < 2; i++)
		if (owners[i])
			kept.owners[i] = *owners[i];
	memcpy(to, &head, sizeof(head));
	to += sizeof(head);
	memcpy(to, &kept, sizeof(kept));
	to += sizeof(kept);
	memcpy(to, pkt->data, pkt->caplen);
	to += pkt->caplen;
	for (size_t i = 0; i < 2; i++)
		if (owners[i])
			to = put_text(put_text(put_text(to, owners[i]->comm), owners[i]->name),
				      owners[i]->text);
	if (pkt->remark)
		put_text(to, pkt->remark);
	return true;
}

bool skw_flight_block(struct skw_flight *f, uint64_t ts_ns, uint64_t connection,
		      const struct skw_raw_block *block)
{
	struct head head = {
		.type = block->type, .len = block->len, .ts_ns = ts_ns, .connection = connection
	};
	size_t size = padded(sizeof(head) + block->len);
	uint8_t *to = make_room(f, size);

	if (!to)
		return false;
	head.size = (uint32_t)size;
	memcpy(to, &head, sizeof(head));
	memcpy(to + sizeof(head), block->bytes, block->len);
	return true;
}

/* ---- out ---- */

/* The oldest record's head. Skips what is left over at the end. NULL: there is no record. */
static const uint8_t *first(struct skw_flight *f, struct head *head)
{
	size_t rest = f->opt.bytes - f->first;

	if (!f->used)
		return NULL;
	if (rest >= sizeof(*head))
		memcpy(head, f->bytes + f->first, sizeof(*head));
	if (rest < sizeof(*head) || !head->size) {
		f->used -= rest;
		f->first = 0;
		if (!f->used)
			return NULL;
		memcpy(head, f->bytes, sizeof(*head));
	}
	return f->bytes + f->first;
}

static void read_packet(struct skw_flight_record *r, const struct head *head, const uint8_t *at)
{
	struct kept_packet kept;

	memcpy(&kept, at, sizeof(kept));
	at += sizeof(kept);
	r->packet = kept.packet;
	r->packet.data = at;
	at += head->len;
	r->packet.sender = r->packet.receiver = NULL;
	for (size_t i = 0; i < 2; i++) {
		struct skw_packet_owner *o = &r->owners[i];

		*o = kept.owners[i];
		if (!head->texts_len[i])
			continue;
		o->comm = (const char *)at;
		o->name = o->comm + strlen(o->comm) + 1;
		o->text = o->name + strlen(o->name) + 1;
		at += head->texts_len[i];
		*(i ? &r->packet.receiver : &r->packet.sender) = o;
	}
	r->packet.remark = head->remark_len ? (const char *)at : NULL;
	r->packet.news = NULL;
}

const struct skw_flight_record *skw_flight_oldest(struct skw_flight *f, uint64_t until_ns)
{
	struct skw_flight_record *r = &f->oldest;
	struct head head;
	const uint8_t *at = first(f, &head);

	if (!at || (until_ns != UINT64_MAX && head.ts_ns + f->opt.pre_ns >= until_ns))
		return NULL;
	at += sizeof(head);
	r->ts_ns = head.ts_ns;
	r->is_packet = head.type == 0;
	r->connection = head.connection;
	r->wanted = head.connection == SKW_FLIGHT_ALWAYS ||
		    skw_windows_have(&f->windows, f->opt.any ? 1 : head.connection, head.ts_ns);
	if (r->is_packet)
		read_packet(r, &head, at);
	else
		r->block =
			(struct skw_raw_block){ .bytes = at, .len = head.len, .type = head.type };
	return r;
}

void skw_flight_forget(struct skw_flight *f, bool early)
{
	struct head head;

	if (!first(f, &head))
		return;
	if (early) {
		f->figures.early += head.type == 0;
		f->has_lost = true;
		f->lost_ns = head.ts_ns;
	}
	f->first += head.size;
	f->used -= head.size;
	if (f->used)
		return;
	f->first = f->end = 0;
}

/* ---- triggers ---- */

static uint64_t key_of(const struct skw_flight *f, uint64_t connection)
{
	return f->opt.any ? 1 : connection;
}

bool skw_flight_goes_on(const struct skw_flight *f, uint64_t ts_ns, uint64_t connection)
{
	return skw_windows_have(&f->windows, key_of(f, connection), ts_ns);
}

void skw_flight_extend(struct skw_flight *f, uint64_t ts_ns, uint64_t connection)
{
	uint64_t pre_ns = f->opt.pre_ns;
	const struct skw_window window = { .connection = key_of(f, connection),
					   .from_ns = ts_ns > pre_ns ? ts_ns - pre_ns : 0,
					   .until_ns = ts_ns + f->opt.post_ns };
	struct head head;
	uint64_t old_ns = first(f, &head) ? head.ts_ns : ts_ns;

	f->figures.missed += !skw_windows_add(&f->windows, &window, old_ns);
}

uint64_t skw_flight_held(const struct skw_flight *f, uint64_t ts_ns)
{
	uint64_t held_ns = f->opt.pre_ns;

	if (f->has_lost && f->lost_ns + held_ns > ts_ns)
		held_ns = ts_ns > f->lost_ns ? ts_ns - f->lost_ns : 0;
	return held_ns;
}

void skw_flight_trigger(struct skw_flight *f, uint64_t ts_ns, uint64_t connection)
{
	uint64_t held_ns = skw_flight_held(f, ts_ns);

	skw_flight_extend(f, ts_ns, connection);
	f->figures.triggers++;
	if (held_ns < f->figures.held_ns)
		f->figures.held_ns = held_ns;
}

bool skw_flight_is_busy(const struct skw_flight *f, uint64_t until_ns)
{
	return f->windows.len && f->windows.last_ns + f->opt.pre_ns >= until_ns;
}

void skw_flight_clock_set(struct skw_flight *f, int64_t by_ns)
{
	struct head head;
	size_t at = f->first, left = f->used;

	while (left) {
		size_t rest = f->opt.bytes - at;

		if (rest >= sizeof(head))
			memcpy(&head, f->bytes + at, sizeof(head));
		if (rest < sizeof(head) || !head.size) {
			left -= rest;
			at = 0;
			continue;
		}
		head.ts_ns += (uint64_t)by_ns;
		memcpy(f->bytes + at, &head, sizeof(head));
		at += head.size;
		left -= head.size;
	}
	skw_windows_shift(&f->windows, by_ns);
	f->lost_ns += (uint64_t)by_ns;
}

const struct skw_flight_figures *skw_flight_figures(const struct skw_flight *f)
{
	return &f->figures;
}
