// SPDX-License-Identifier: BSD-2-Clause
#include "post/ring.h"

#include <errno.h>
#include <string.h>

#include "util/hash.h"

#define RECORD_MAGIC 0x4b524d31U
#define ALIGN        16U
#define SLOT_BYTES   (SKW_POST_RING_HEADS / 2)
/* A head is written at least after this number of bytes of records. */
#define SAVE_BYTES (1U << 20)

static const char magic[8] = "skwpost1";

struct slot {
	char magic[8];
	uint64_t number; /* the larger one is newer */
	uint64_t opening;
	uint64_t size, tail, head;
	uint64_t sum; /* of what is before it */
};

struct record_head {
	uint32_t magic, len;
	uint32_t lines, opening;
	uint64_t at;
	uint64_t sum; /* of what is before it, and of the lines */
};

_Static_assert(sizeof(struct record_head) == 2 * ALIGN, "records are aligned");

static uint64_t length_of(size_t len)
{
	return (sizeof(struct record_head) + len + ALIGN - 1) / ALIGN * ALIGN;
}

static uint64_t slot_sum(const struct slot *s)
{
	return skw_hash_bytes(1, s, offsetof(struct slot, sum));
}

static uint64_t record_sum(const struct record_head *h, const void *lines)
{
	return skw_hash_bytes(skw_hash_bytes(2, h, offsetof(struct record_head, sum)), lines,
			      h->len);
}

/* ---- bytes at a place of the ring, which may be cut by its end ---- */

static int read_at(const struct skw_post_ring *r, uint64_t at, void *to, size_t len)
{
	uint64_t place = at % r->size;
	size_t first = len < r->size - place ? len : (size_t)(r->size - place);
	int ret = r->store.read(r->store.ctx, SKW_POST_RING_HEADS + place, to, first);

	if (ret || first == len)
		return ret;
	return r->store.read(r->store.ctx, SKW_POST_RING_HEADS, (uint8_t *)to + first, len - first);
}

static int write_at(const struct skw_post_ring *r, uint64_t at, const void *from, size_t len)
{
	uint64_t place = at % r->size;
	size_t first = len < r->size - place ? len : (size_t)(r->size - place);
	int ret = r->store.write(r->store.ctx, SKW_POST_RING_HEADS + place, from, first);

	if (ret || first == len)
		return ret;
	return r->store.write(r->store.ctx, SKW_POST_RING_HEADS, (const uint8_t *)from + first,
			      len - first);
}

/* ---- heads ---- */

int skw_post_ring_save(struct skw_post_ring *r)
{
	struct slot s = { .number = r->number + 1,
			  .opening = r->opening,
			  .size = r->size,
			  .tail = r->tail,
			  .head = r->head };

	memcpy(s.magic, magic, sizeof(magic));
	s.sum = slot_sum(&s);
	int ret = r->store.write(r->store.ctx, s.number % 2 * SLOT_BYTES, &s, sizeof(s));

	if (ret)
		return ret;
	r->number = s.number;
	r->saved = r->head;
	return 0;
}

static bool is_sound(const struct slot *s, uint64_t bytes)
{
	return memcmp(s->magic, magic, sizeof(magic)) == 0 && s->sum == slot_sum(s) && s->size &&
	       s->size % ALIGN == 0 && s->size <= bytes - SKW_POST_RING_HEADS &&
	       s->tail % ALIGN == 0 && s->head % ALIGN == 0 && s->tail <= s->head &&
	       s->head - s->tail <= s->size;
}

static bool is_zero(const struct slot *s)
{
	static const struct slot zero;

	return memcmp(s, &zero, sizeof(zero)) == 0;
}

/* Returns the newer sound head in *out, or an error that says why there is none. */
static int read_heads(const struct skw_post_store *store, uint64_t bytes, struct slot *out)
{
	struct slot slots[2];
	const struct slot *best = NULL;

	if (bytes <= SKW_POST_RING_HEADS)
		return bytes ? -EMEDIUMTYPE : -ENODATA;
	for (unsigned i = 0; i < 2; i++) {
		int ret = store->read(store->ctx, (uint64_t)i * SLOT_BYTES, &slots[i],
				      sizeof(slots[i]));

		if (ret)
			return ret;
		if (is_sound(&slots[i], bytes) && (!best || slots[i].number > best->number))
			best = &slots[i];
	}
	if (best) {
		*out = *best;
		return 0;
	}
	if (is_zero(&slots[0]) && is_zero(&slots[1]))
		return -ENODATA;
	for (unsigned i = 0; i < 2; i++)
		if (memcmp(slots[i].magic, magic, sizeof(magic)) == 0)
			return -EBADMSG;
	return -EMEDIUMTYPE;
}

/* ---- records ---- */

/*
 * Whether there is a whole record at that place, which ends before `end`. Its lines are then in
 * r->record. Returns 1, 0 or -errno.
 */
static int check_record(struct skw_post_ring *r, uint64_t at, uint64_t end, struct record_head *h)
{
	int ret = end - at < sizeof(*h) ? 0 : read_at(r, at, h, sizeof(*h));

	if (ret || end - at < sizeof(*h))
		return ret;
	if (h->magic != RECORD_MAGIC || h->at != at || h->len > SKW_POST_RECORD_MAX ||
	    length_of(h->len) > end - at)
		return 0;
	skw_buf_reset(&r->record);
	uint8_t *lines = skw_buf_reserve(&r->record, h->len ? h->len : 1);
	if (!lines)
		return -ENOMEM;
	ret = read_at(r, at + sizeof(*h), lines, h->len);
	if (ret)
		return ret;
	return record_sum(h, lines) == h->sum;
}

/* Goes on to the next whole record before `end`. Returns 1, 0 if there is none, or -errno. */
static int find_record(struct skw_post_ring *r, uint64_t *at, uint64_t end, struct record_head *h)
{
	for (; *at < end; *at += ALIGN) {
		int ret = check_record(r, *at, end, h);

		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Counts the records. All that the head tells of are there, if they are not damaged. Behind them
 * there may be more of the same opening, up to the first that was not written to its end.
 */
static int count_records(struct skw_post_ring *r)
{
	uint64_t at = r->tail, most = r->tail + r->size, before = at;
	struct record_head h;
	int ret;

	while ((ret = find_record(r, &at, r->head, &h)) == 1) {
		r->damaged += at - before;
		r->lines += h.lines;
		before = at = at + length_of(h.len);
	}
	r->damaged += r->head - before;
	while (!ret && (ret = check_record(r, r->head, most, &h)) == 1) {
		ret = 0;
		if (h.opening != (uint32_t)r->opening)
			break;
		r->lines += h.lines;
		r->head += length_of(h.len);
		if (r->head == most)
			break;
	}
	return ret;
}

int skw_post_ring_format(struct skw_post_ring *r, const struct skw_post_store *store, uint64_t size)
{
	struct slot none = { 0 };
	int ret;

	*r = (struct skw_post_ring){ .store = *store, .size = size / ALIGN * ALIGN };
	/* An older head must not count. */
	ret = store->write(store->ctx, 0, &none, sizeof(none));
	return ret ? ret : skw_post_ring_save(r);
}

int skw_post_ring_open(struct skw_post_ring *r, const struct skw_post_store *store, uint64_t bytes)
{
	struct slot s;
	int ret = read_heads(store, bytes, &s);

	*r = (struct skw_post_ring){ .store = *store };
	if (ret)
		return ret;
	r->size = s.size;
	r->tail = s.tail;
	r->head = r->saved = s.head;
	r->number = s.number;
	r->opening = s.opening;
	ret = count_records(r);
	r->opening++;
	return ret ? ret : skw_post_ring_save(r);
}

void skw_post_ring_free(struct skw_post_ring *r)
{
	skw_buf_free(&r->record);
}

bool skw_post_ring_has_room(const struct skw_post_ring *r, size_t len)
{
	return length_of(len) <= r->size - skw_post_ring_used(r);
}

int skw_post_ring_add(struct skw_post_ring *r, const void *bytes, size_t len, uint32_t lines)
{
	struct record_head h = { .magic = RECORD_MAGIC,
				 .len = (uint32_t)len,
				 .lines = lines,
				 .opening = (uint32_t)r->opening,
				 .at = r->head };
	const uint8_t zeros[ALIGN] = { 0 };
	uint64_t whole = length_of(len);

	if (len > SKW_POST_RECORD_MAX)
		return -EMSGSIZE;
	if (!skw_post_ring_has_room(r, len))
		return -ENOSPC;
	h.sum = record_sum(&h, bytes);
	skw_buf_reset(&r->record);
	skw_buf_add(&r->record, &h, sizeof(h));
	skw_buf_add(&r->record, bytes, len);
	skw_buf_add(&r->record, zeros, (size_t)(whole - sizeof(h) - len));
	if (r->record.failed)
		return -ENOMEM;
	int ret = write_at(r, r->head, r->record.data, r->record.len);
	if (ret)
		return ret;
	r->head += whole;
	r->lines += lines;
	/* A failure to write the head is found by the next one, and loses nothing. */
	if (r->head - r->saved >= SAVE_BYTES)
		skw_post_ring_save(r);
	return 0;
}

int skw_post_ring_read(struct skw_post_ring *r, uint64_t *at, size_t most, struct skw_buf *out,
		       uint64_t *lines)
{
	struct record_head h;
	uint64_t place = *at;
	int ret = find_record(r, &place, r->head, &h);

	if (ret < 0)
		return ret;
	if (!ret) {
		*at = place;
		return 0;
	}
	if (out->len && out->len + h.len > most)
		return 0;
	skw_buf_add(out, r->record.data, h.len);
	if (out->failed)
		return -ENOMEM;
	*at = place + length_of(h.len);
	*lines += h.lines;
	return 1;
}

int skw_post_ring_confirm(struct skw_post_ring *r, uint64_t at, uint64_t lines)
{
	r->tail = at;
	r->lines = lines < r->lines ? r->lines - lines : 0;
	return skw_post_ring_save(r);
}
