// SPDX-License-Identifier: BSD-2-Clause
#include "kern/ring/ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/cleanup.h"

/* While records are lent out, space is given back each time it is this part of a ring. */
#define RELEASE_PART 16
#define CACHE_LINE   64
/* Records from one that is looked at to the one whose memory is asked for. */
#define AHEAD 32

/* A finished record that a look has found and that is not lent out yet. */
struct ring_entry {
	uint64_t ts_ns;
	uint64_t pos; /* the kernel's running position of the record's header */
};

/* A producer position, and a clock read before it. Records at pos or later are younger. */
struct sample {
	uint64_t pos;
	uint64_t ts_ns;
};

struct ring {
	unsigned long *consumer_pos;
	const unsigned long *producer_pos;
	const uint8_t *data;
	size_t bytes; /* a power of two */

	struct ring_entry *entries; /* owned; [first, len) are waiting, sorted by time */
	size_t first, len, size;
	/*
	 * If CPUs share a ring, its records can be out of time order. The entries outside of
	 * [unsorted_from, unsorted_to) are in the order of their positions, too.
	 */
	size_t unsorted_from, unsorted_to;

	uint64_t walked;      /* position up to which records have become entries */
	uint64_t last;        /* position of the last of them */
	uint64_t published;   /* the value of consumer_pos */
	struct sample before; /* taken by the previous look */
	uint64_t bound_ns;    /* no record that is not an entry yet is older than this */
};

struct skw_rings {
	size_t n;
	uint64_t bound_ns; /* older records may be lent out */
	/* The ring of the last record, which has the oldest as long as they are older than this. */
	struct ring *current;
	uint64_t current_ns;
	uint32_t *waiting; /* owned: the rings that have entries, and some that had */
	size_t waiting_len;
	struct ring rings[];
};

static void ring_unmap(struct ring *ring)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (ring->consumer_pos)
		munmap(ring->consumer_pos, page);
	if (ring->producer_pos)
		munmap((void *)ring->producer_pos, page + 2 * ring->bytes);
	free(ring->entries);
}

static int ring_map(struct ring *ring, int fd, size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	ring->bytes = bytes;
	ring->consumer_pos = p;
	p = mmap(NULL, page + 2 * bytes, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (p == MAP_FAILED)
		return -errno;
	ring->producer_pos = p;
	/* A process that is forked off must not see packets. */
	madvise(p, page + 2 * bytes, MADV_DONTFORK);
	ring->data = (const uint8_t *)p + page;
	ring->walked = ring->last = ring->published = *ring->consumer_pos;
	ring->before.pos = ring->walked;
	return 0;
}

int skw_rings_open(const int *fds, size_t n, size_t bytes, struct skw_rings **out)
{
	struct skw_rings *r = calloc(1, sizeof(*r));
	int ret = r ? skw_rings_add(&r, fds, n, bytes) : -ENOMEM;

	if (ret) {
		skw_rings_close(r);
		return ret;
	}
	*out = r;
	return 0;
}

int skw_rings_add(struct skw_rings **rings, const int *fds, size_t n, size_t bytes)
{
	struct skw_rings *r = realloc(*rings, sizeof(*r) + ((*rings)->n + n) * sizeof(r->rings[0]));

	if (!r)
		return -ENOMEM;
	*rings = r;
	r->current = NULL;
	uint32_t *waiting = reallocarray(r->waiting, r->n + n, sizeof(*waiting));
	if (!waiting)
		return -ENOMEM;
	r->waiting = waiting;
	for (size_t i = 0; i < n; i++) {
		struct ring *ring = &r->rings[r->n++];

		*ring = (struct ring){ 0 };
		int ret = ring_map(ring, fds[i], bytes);
		if (ret)
			return ret;
	}
	return 0;
}

void skw_rings_close(struct skw_rings *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++)
		ring_unmap(&r->rings[i]);
	free(r->waiting);
	free(r);
}

static const uint8_t *record_at(const struct ring *ring, uint64_t pos)
{
	return ring->data + (pos & (ring->bytes - 1));
}

/* Inserts an entry at its place in time, which is almost always the end. */
static int ring_add(struct ring *ring, uint64_t ts_ns, uint64_t pos)
{
	if (ring->len == ring->size) {
		size_t size = ring->size ? ring->size * 2 : 1024;
		struct ring_entry *entries = realloc(ring->entries, size * sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		ring->entries = entries;
		ring->size = size;
	}

	size_t at = ring->len++;

	while (at > ring->first && ring->entries[at - 1].ts_ns > ts_ns) {
		ring->entries[at] = ring->entries[at - 1];
		at--;
	}
	ring->entries[at] = (struct ring_entry){ ts_ns, pos };
	if (at != ring->len - 1) {
		if (ring->unsorted_from == ring->unsorted_to || at < ring->unsorted_from)
			ring->unsorted_from = at;
		ring->unsorted_to = ring->len;
	}
	return 0;
}

/* Moves the waiting entries to the front of the array. */
static void ring_compact(struct ring *ring)
{
	size_t first = ring->first;

	if (!first)
		return;
	memmove(ring->entries, ring->entries + first,
		(ring->len - first) * sizeof(ring->entries[0]));
	ring->len -= first;
	ring->first = 0;
	ring->unsorted_from -= ring->unsorted_from < first ? ring->unsorted_from : first;
	ring->unsorted_to -= ring->unsorted_to < first ? ring->unsorted_to : first;
}

/*
 * Records come from the cache of another processor, which takes long, and one is found by the
 * length of the one before. Neighbours mostly have the same length: so it is guessed where a later
 * one lies. The first bytes of its frame are needed soon, too.
 */
static void prefetch(const struct ring *ring, uint64_t pos)
{
	const uint8_t *record = record_at(ring, pos);

	__builtin_prefetch(record);
	__builtin_prefetch(record + CACHE_LINE);
}

/* Makes entries of the finished records that came since the last look. */
static int ring_look(struct ring *ring, uint64_t now_ns)
{
	uint64_t producer = __atomic_load_n(ring->producer_pos, __ATOMIC_ACQUIRE);

	ring_compact(ring);
	ring->bound_ns = now_ns == UINT64_MAX ? UINT64_MAX : ring->bound_ns;
	while (ring->walked < producer) {
		const uint8_t *header = record_at(ring, ring->walked);
		uint32_t len = __atomic_load_n((const uint32_t *)header, __ATOMIC_ACQUIRE);

		if (len & BPF_RINGBUF_BUSY_BIT) {
			/* This record was reserved after the last look, so it is younger. */
			if (ring->walked >= ring->before.pos && now_ns != UINT64_MAX)
				ring->bound_ns = ring->before.ts_ns;
			break;
		}
		if (!(len & BPF_RINGBUF_DISCARD_BIT)) {
			uint64_t ts_ns;

			memcpy(&ts_ns, header + BPF_RINGBUF_HDR_SZ, sizeof(ts_ns));
			int ret = ring_add(ring, ts_ns, ring->walked);
			if (ret)
				return ret;
		}
		len &= ~(uint32_t)(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		uint64_t step = (len + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;

		prefetch(ring, ring->walked + AHEAD * step);
		ring->last = ring->walked;
		ring->walked += step;
	}
	if (ring->walked >= producer)
		ring->bound_ns = now_ns;
	ring->before = (struct sample){ producer, now_ns };
	return 0;
}

int skw_rings_look(struct skw_rings *r, uint64_t now_ns)
{
	uint64_t bound_ns = UINT64_MAX;

	r->current = NULL;
	r->waiting_len = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct ring *ring = &r->rings[i];
		int ret = ring_look(ring, now_ns);

		if (ret)
			return ret;
		if (ring->bound_ns < bound_ns)
			bound_ns = ring->bound_ns;
		if (ring->first < ring->len)
			r->waiting[r->waiting_len++] = (uint32_t)i;
	}
	r->bound_ns = bound_ns;
	return 0;
}

/* Returns the position before which no record is in use: the kernel may overwrite them. */
static uint64_t ring_free_pos(const struct ring *ring)
{
	if (ring->first == ring->len)
		return ring->walked;
	if (ring->first > ring->unsorted_from && ring->first < ring->unsorted_to)
		return ring->published;

	/* At the start of the unsorted range its lowest position counts, not its first. */
	uint64_t pos = ring->entries[ring->first].pos;

	if (ring->first == ring->unsorted_from)
		for (size_t i = ring->first; i < ring->unsorted_to; i++)
			if (ring->entries[i].pos < pos)
				pos = ring->entries[i].pos;
	return pos;
}

static void ring_publish(struct ring *ring, uint64_t pos)
{
	if (pos <= ring->published)
		return;
	ring->published = pos;
	__atomic_store_n(ring->consumer_pos, pos, __ATOMIC_SEQ_CST);
}

/*
 * The kernel wakes the reader when a record comes that is the first in a ring that was given back
 * completely. So the last record is kept back, unless it takes much of the ring.
 */
static uint64_t ring_quiet_pos(const struct ring *ring)
{
	uint64_t pos = ring_free_pos(ring);

	return pos == ring->walked && pos - ring->last <= ring->bytes / RELEASE_PART ? ring->last
										     : pos;
}

void skw_rings_release(struct skw_rings *r)
{
	for (size_t i = 0; i < r->n; i++)
		ring_publish(&r->rings[i], ring_quiet_pos(&r->rings[i]));
}

void skw_rings_arm(struct skw_rings *r)
{
	for (size_t i = 0; i < r->n; i++)
		ring_publish(&r->rings[i], ring_free_pos(&r->rings[i]));
}

void skw_rings_release_some(struct skw_rings *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct ring *ring = &r->rings[i];
		uint64_t pos =
			ring->first < ring->len ? ring->entries[ring->first].pos : ring->walked;

		if (pos - ring->published > ring->bytes / RELEASE_PART)
			ring_publish(ring, ring_quiet_pos(ring));
	}
}

/* The ring with the oldest entry that is older than *ts_ns, which becomes the entry's time. */
static struct ring *oldest(const struct skw_rings *r, uint64_t *ts_ns)
{
	struct ring *found = NULL;

	for (size_t i = 0; i < r->n; i++) {
		const struct ring *ring = &r->rings[i];

		if (ring->first < ring->len && ring->entries[ring->first].ts_ns < *ts_ns) {
			found = (struct ring *)ring;
			*ts_ns = ring->entries[ring->first].ts_ns;
		}
	}
	return found;
}

bool skw_rings_peek(const struct skw_rings *r, uint64_t *ts_ns)
{
	*ts_ns = r->bound_ns;
	return oldest(r, ts_ns) != NULL;
}

/* Makes the ring with the oldest record the current one. */
static void choose(struct skw_rings *r)
{
	uint64_t first_ns = r->bound_ns, second_ns = r->bound_ns;
	size_t left = 0;

	r->current = NULL;
	for (size_t i = 0; i < r->waiting_len; i++) {
		struct ring *ring = &r->rings[r->waiting[i]];

		if (ring->first == ring->len)
			continue;
		r->waiting[left++] = r->waiting[i];
		uint64_t ts_ns = ring->entries[ring->first].ts_ns;
		if (ts_ns < first_ns) {
			second_ns = first_ns;
			first_ns = ts_ns;
			r->current = ring;
		} else if (ts_ns < second_ns) {
			second_ns = ts_ns;
		}
	}
	r->waiting_len = left;
	r->current_ns = second_ns;
}

static bool is_still_oldest(const struct skw_rings *r)
{
	const struct ring *ring = r->current;

	return ring && ring->first < ring->len && ring->entries[ring->first].ts_ns < r->current_ns;
}

const void *skw_rings_next(struct skw_rings *r, uint64_t until_ns, size_t *size)
{
	if (!is_still_oldest(r))
		choose(r);

	struct ring *ring = r->current;

	if (!ring || ring->entries[ring->first].ts_ns > until_ns)
		return NULL;

	const uint8_t *header = record_at(ring, ring->entries[ring->first++].pos);

	*size = *(const uint32_t *)header;
	return header + BPF_RINGBUF_HDR_SZ;
}

uint64_t skw_rings_fill(const struct skw_rings *r)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < r->n; i++)
		bytes += __atomic_load_n(r->rings[i].producer_pos, __ATOMIC_SEQ_CST) -
			 ring_free_pos(&r->rings[i]);
	return bytes;
}
