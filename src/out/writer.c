// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/writer.h"

#include <sys/prctl.h>
#include <unistd.h>

/*
 * From this size on, a direct write is faster, although the thread waits for the disk: a usual
 * write would touch new pages of cache, which costs more.
 */
#define DIRECT_BYTES (256u << 10)

/* A piece of work for the thread, copied from a block under the lock. */
struct job {
	struct skw_out_block *block;
	uint32_t len;
	uint32_t nmarks;
	int fd;
	bool flush, ended;
};

static bool pending(const struct skw_out_block *b)
{
	return b->fd >= 0 || b->len > b->written || b->flush_len || b->ended;
}

bool skw_out_writer_idle(const struct skw_out_writer *w)
{
	return !w->busy && w->used <= 1 && (!w->used || !pending(&w->blocks[w->queue[0]]));
}

static void notify(const struct skw_out_writer *w)
{
	uint64_t one = 1;

	/* write() fails only if the counter is full, and then the reader has been woken already. */
	if (w->opt.notify_fd >= 0 && write(w->opt.notify_fd, &one, sizeof(one)) < 0)
		return;
}

static bool failed(const struct skw_out_writer *w)
{
	return __atomic_load_n(w->error, __ATOMIC_RELAXED);
}

/* Counts the ends of packets among the marks from `first` up to, but without, `end`. */
static uint64_t count_packets(const uint32_t *marks, uint32_t first, uint32_t end)
{
	uint64_t n = 0;

	for (; first < end; first++)
		n += !(marks[first] & SKW_OUT_MARK_OTHER);
	return n;
}

static void add_lost(struct skw_out_writer *w, uint64_t packets)
{
	__atomic_fetch_add(&w->lost, packets, __ATOMIC_RELAXED);
}

static uint64_t mark_at(const struct skw_out_block *b, uint32_t n)
{
	return b->marks[n] & ~SKW_OUT_MARK_OTHER;
}

/*
 * Records the error and cuts the file after the last record that is whole. `base`
 * is the stream position of the block's first byte.
 */
static void fail(struct skw_out_writer *w, int r, const struct job *j, uint64_t base)
{
	uint64_t there = (uint64_t)(w->target.offset - w->target.begin);
	uint64_t whole = w->whole;
	uint32_t n = j->nmarks;

	/* A compressed file loses all records since its last flush: those before this job are in
	 * `unsafe`. */
	if (w->opt.compression)
		n = j->block->counted;
	while (!w->opt.compression && n && base + mark_at(j->block, n - 1) > there)
		n--;
	if (n)
		whole = base + mark_at(j->block, n - 1);
	skw_target_cut(&w->target, whole);
	add_lost(w, w->unsafe + count_packets(j->block->marks, n, j->nmarks));
	w->unsafe = 0;
	__atomic_store_n(w->error, -r, __ATOMIC_RELEASE);
	notify(w);
}

static void close_file(struct skw_out_writer *w)
{
	if (w->target.fd < 0)
		return;
	if (failed(w)) {
		skw_target_abandon(&w->target);
		return;
	}
	int ret = skw_target_close(&w->target);
	if (ret) {
		add_lost(w, w->unsafe);
		__atomic_store_n(w->error, -ret, __ATOMIC_RELEASE);
	} else {
		pthread_mutex_lock(&w->lock);
		w->closed++;
		pthread_mutex_unlock(&w->lock);
	}
	w->unsafe = 0;
	notify(w);
}

static void open_file(struct skw_out_writer *w, int fd)
{
	const struct skw_target_options how = {
		.compression = w->opt.compression,
		.direct = w->opt.direct,
		.shared = w->opt.shared,
		.give_up_fd = w->give_up_fd,
	};

	close_file(w);
	if (failed(w)) {
		/* Leave the file alone: a rotation may have come round to the file that failed. */
		if (!w->opt.shared)
			close(fd);
		return;
	}
	w->pos = w->whole = 0;
	int ret = skw_target_open(&w->target, fd, &how);
	if (ret) {
		__atomic_store_n(w->error, -ret, __ATOMIC_RELEASE);
		notify(w);
	}
}

static void write_block(struct skw_out_writer *w, const struct job *j)
{
	struct skw_out_block *b = j->block;
	uint64_t base = w->pos - b->written;
	uint32_t n = j->len - b->written;
	int ret = 0;

	if (n)
		ret = skw_target_write(&w->target, b->data + b->written, n, n >= DIRECT_BYTES);
	if (!ret && j->flush)
		ret = skw_target_flush(&w->target);
	if (ret) {
		fail(w, ret, j, base);
		return;
	}
	w->pos += n;
	if (j->nmarks)
		w->whole = base + mark_at(b, j->nmarks - 1);
	if (j->flush)
		w->unsafe = 0;
	else if (w->opt.compression)
		w->unsafe += count_packets(b->marks, b->counted, j->nmarks);
}

static void do_job(struct skw_out_writer *w, const struct job *j)
{
	if (j->fd >= 0)
		open_file(w, j->fd);
	if (!failed(w))
		write_block(w, j);
	else
		add_lost(w, count_packets(j->block->marks, j->block->counted, j->nmarks));
	j->block->counted = j->nmarks;
}

static struct job take_job(struct skw_out_block *b)
{
	struct job j = {
		.block = b,
		.len = b->len,
		.nmarks = b->nmarks,
		.fd = b->fd,
		.ended = b->ended,
	};

	/* A flush must come between two records. The bytes after it are left for the next job. */
	if (b->flush_len) {
		j.flush = true;
		j.ended = j.ended && b->flush_len == b->len;
		j.len = b->flush_len;
		j.nmarks = b->flush_nmarks;
		b->flush_len = 0;
	}
	b->fd = -1;
	return j;
}

static void free_block(struct skw_out_writer *w)
{
	unsigned freed = w->queue[0];

	w->used--;
	for (unsigned i = 0; i < w->used; i++)
		w->queue[i] = w->queue[i + 1];
	__atomic_fetch_or(&w->free, 1u << freed, __ATOMIC_RELAXED);
	notify(w);
}

void *skw_out_writer_run(void *arg)
{
	struct skw_out_writer *w = arg;

	/* A thread can name itself without a file of /proc. */
	prctl(PR_SET_NAME, "skw-out");
	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct skw_out_block *b = &w->blocks[w->queue[0]];

		if (!w->used || !pending(b)) {
			if (w->stop)
				break;
			pthread_cond_wait(&w->work, &w->lock);
			continue;
		}
		struct job j = take_job(b);
		w->busy = true;
		pthread_mutex_unlock(&w->lock);

		do_job(w, &j);

		pthread_mutex_lock(&w->lock);
		w->busy = false;
		b->written = j.len;
		if (j.ended)
			free_block(w);
		if (j.ended || skw_out_writer_idle(w))
			pthread_cond_broadcast(&w->space);
	}
	pthread_mutex_unlock(&w->lock);
	close_file(w);
	pthread_mutex_lock(&w->lock);
	w->done = true;
	pthread_cond_broadcast(&w->space);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}
