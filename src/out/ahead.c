// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/ahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "out/thread.h"

#define PIECES      4
#define PIECE_BYTES (256u << 10)
/* The room before a piece, for what was not used of the one before. A packet is seldom longer. */
#define FRONT_BYTES (64u << 10)

struct piece {
	uint8_t *bytes; /* FRONT_BYTES before it are its own, too */
	size_t len;
	int end; /* after these bytes: 0 more, 1 the end, -errno */
};

struct skw_ahead {
	skw_ahead_read *read;
	void *ctx;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled, freed;
	/* Guarded by the lock: pieces that were filled, and of them those that were given back. */
	size_t made, done;
	bool stop;
	struct piece pieces[PIECES];
	/* The caller's. */
	size_t taken;    /* pieces */
	int ended;       /* how the last piece ends that was taken */
	uint8_t *joined; /* for bytes that have no room in front of a piece */
	size_t joined_room;
	uint8_t memory[PIECES * (FRONT_BYTES + PIECE_BYTES)];
};

/* Fills the piece as far as there are bytes. */
static void fill(struct skw_ahead *a, struct piece *p)
{
	p->len = 0;
	p->end = 0;
	while (!p->end && p->len < PIECE_BYTES) {
		size_t got = 0;
		int ret = a->read(a->ctx, p->bytes + p->len, PIECE_BYTES - p->len, &got);

		p->len += got;
		if (ret || !got)
			p->end = ret ? -ret : 1;
	}
}

static void *run(void *arg)
{
	struct skw_ahead *a = arg;
	bool more = true;

	prctl(PR_SET_NAME, "skw-ahead");
	pthread_mutex_lock(&a->lock);
	while (more && !a->stop) {
		struct piece *p = &a->pieces[a->made % PIECES];

		if (a->made - a->done == PIECES) {
			pthread_cond_wait(&a->freed, &a->lock);
			continue;
		}
		pthread_mutex_unlock(&a->lock);
		fill(a, p);
		more = !p->end;
		pthread_mutex_lock(&a->lock);
		a->made++;
		pthread_cond_signal(&a->filled);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

int skw_ahead_new(skw_ahead_read *read, void *ctx, struct skw_ahead **out)
{
	struct skw_ahead *a = malloc(sizeof(*a));

	if (!a)
		return -ENOMEM;
	memset(a, 0, offsetof(struct skw_ahead, memory));
	a->read = read;
	a->ctx = ctx;
	for (size_t i = 0; i < PIECES; i++)
		a->pieces[i].bytes = a->memory + i * (FRONT_BYTES + PIECE_BYTES) + FRONT_BYTES;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->filled, NULL);
	pthread_cond_init(&a->freed, NULL);
	int ret = skw_thread_start(&a->thread, run, a);
	if (ret) {
		free(a);
		return ret;
	}
	*out = a;
	return 0;
}

void skw_ahead_free(struct skw_ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->freed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	pthread_cond_destroy(&a->freed);
	pthread_cond_destroy(&a->filled);
	pthread_mutex_destroy(&a->lock);
	free(a->joined);
	free(a);
}

static const struct piece *wait_for_piece(struct skw_ahead *a)
{
	pthread_mutex_lock(&a->lock);
	while (a->made == a->taken)
		pthread_cond_wait(&a->filled, &a->lock);
	pthread_mutex_unlock(&a->lock);
	return &a->pieces[a->taken % PIECES];
}

/* Gives all pieces before number `end` back to the thread. */
static void give_back(struct skw_ahead *a, size_t end)
{
	pthread_mutex_lock(&a->lock);
	a->done = end;
	pthread_cond_signal(&a->freed);
	pthread_mutex_unlock(&a->lock);
}

/* Puts the bytes and those of the piece into memory of their own. NULL: there is not enough. */
static const uint8_t *join(struct skw_ahead *a, const uint8_t *at, size_t have,
			   const struct piece *p)
{
	bool inside = a->joined && at >= a->joined && at < a->joined + a->joined_room;

	if (!a->joined || have + p->len > a->joined_room) {
		size_t room = 2 * (have + p->len);
		uint8_t *larger = malloc(room);

		if (!larger)
			return NULL;
		memcpy(larger, at, have);
		free(a->joined);
		a->joined = larger;
		a->joined_room = room;
	} else if (inside) {
		memmove(a->joined, at, have);
	} else {
		memcpy(a->joined, at, have);
	}
	memcpy(a->joined + have, p->bytes, p->len);
	return a->joined;
}

int skw_ahead_next(struct skw_ahead *a, const uint8_t **at, size_t *have)
{
	const struct piece *p = a->ended ? NULL : wait_for_piece(a);

	if (p) {
		a->ended = p->end;
		a->taken++;
	}
	/* With nothing new the caller keeps what it has. */
	if (!p || !p->len)
		return a->ended < 0 ? a->ended : 0;
	const uint8_t *first;
	size_t len = p->len;
	if (*have > FRONT_BYTES) {
		first = join(a, *at, *have, p);
	} else {
		first = p->bytes - *have;
		if (*have)
			memcpy(p->bytes - *have, *at, *have);
	}
	if (!first)
		return -ENOMEM;
	/* All pieces are the thread's again, but the one that the caller looks at. */
	give_back(a, *have <= FRONT_BYTES ? a->taken - 1 : a->taken);
	*at = first;
	*have += len;
	return 1;
}
