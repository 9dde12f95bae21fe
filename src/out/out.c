// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/out.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "out/compress.h"
#include "out/thread.h"
#include "out/writer.h"
#include "util/cleanup.h"

/*
 * If the thread has nothing else to do, a flush ends a block that holds this many
 * bytes. A quiet capture then continues in the lowest free block and never touches
 * the memory of the others.
 */
#define QUIET_BYTES (64u << 10)

#define MARKS_BYTES ((SKW_OUT_MARKS * sizeof(uint32_t) + 4095) & ~4095ull)

static int init_sync(struct skw_out_writer *w)
{
	pthread_condattr_t attr;
	int ret = pthread_condattr_init(&attr);

	if (ret)
		return -ret;
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	ret = pthread_cond_init(&w->space, &attr);
	pthread_condattr_destroy(&attr);
	return -ret;
}

int skw_out_new(const struct skw_out_options *opt, struct skw_out **out)
{
	if (!skw_compress_supported(opt->compression))
		return -ENOTSUP;

	SKW_AUTO_FREE struct skw_out *o = calloc(1, sizeof(*o));
	SKW_AUTO_FREE struct skw_out_writer *w = calloc(1, sizeof(*w));
	if (!o || !w)
		return -ENOMEM;
	int ret = init_sync(w);
	if (ret)
		return ret;

	w->opt = *opt;
	if (!w->opt.block_bytes)
		w->opt.block_bytes = SKW_OUT_BLOCK_BYTES;
	w->map_size = SKW_OUT_BLOCKS * (w->opt.block_bytes + MARKS_BYTES);
	w->map = mmap(NULL, w->map_size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (w->map == MAP_FAILED)
		return -errno;
	w->give_up_fd = eventfd(0, EFD_CLOEXEC);
	if (w->give_up_fd < 0) {
		ret = -errno;
		munmap(w->map, w->map_size);
		return ret;
	}
	uint8_t *p = w->map;
	for (unsigned i = 0; i < SKW_OUT_BLOCKS; i++, p += w->opt.block_bytes)
		w->blocks[i].data = p;
	for (unsigned i = 0; i < SKW_OUT_BLOCKS; i++, p += MARKS_BYTES)
		w->blocks[i].marks = (uint32_t *)(void *)p;
	w->error = &o->error;
	w->free = (1u << SKW_OUT_BLOCKS) - 1;
	w->target.fd = -1;
	o->writer = SKW_TAKE_PTR(w);
	*out = SKW_TAKE_PTR(o);
	return 0;
}

static struct skw_out_block *current(struct skw_out_writer *w)
{
	return &w->blocks[w->queue[w->used - 1]];
}

/* Hands the bytes and marks of the current block so far to the thread. */
static void publish(struct skw_out *o)
{
	struct skw_out_block *b = current(o->writer);

	b->len = (uint32_t)(o->cur - o->base);
	b->nmarks = o->nmarks;
	pthread_cond_signal(&o->writer->work);
}

/* Begins the lowest free block at stream position `pos`. */
static void begin_block(struct skw_out *o, uint64_t pos, int fd)
{
	struct skw_out_writer *w = o->writer;
	unsigned i = (unsigned)__builtin_ctz(w->free);
	struct skw_out_block *b = &w->blocks[i];
	uint32_t start = (uint32_t)(pos % SKW_TARGET_ALIGN);

	__atomic_fetch_and(&w->free, ~(1u << i), __ATOMIC_RELAXED);
	w->queue[w->used++] = i;
	b->start = b->len = b->written = start;
	b->nmarks = b->counted = 0;
	b->fd = fd;
	b->flush_len = 0;
	b->ended = b->full = false;
	o->base = b->data;
	o->cur = b->data + start;
	o->end = b->data + w->opt.block_bytes;
	o->marks = b->marks;
	o->nmarks = 0;
	o->before = pos - start;
	if (fd >= 0)
		pthread_cond_signal(&w->work);
}

/*
 * Waits for progress of the thread, with the lock held; may return early. When the
 * time has come, it tells the thread to give up a pipe or socket. A regular file is
 * not affected by that.
 */
static void wait_for_thread(struct skw_out_writer *w)
{
	if (!w->hurry || w->gave_up) {
		pthread_cond_wait(&w->space, &w->lock);
	} else if (pthread_cond_timedwait(&w->space, &w->lock, &w->give_up_at) == ETIMEDOUT) {
		eventfd_write(w->give_up_fd, 1);
		w->gave_up = true;
	}
}

/* Ends the current block and begins another, after waiting for a free one. 0 or -errno. */
static int next_block(struct skw_out *o, bool full, int fd)
{
	struct skw_out_writer *w = o->writer;
	uint64_t pos = skw_out_bytes(o);
	int ret;

	pthread_mutex_lock(&w->lock);
	publish(o);
	current(w)->ended = true;
	current(w)->full = full;
	while (!(ret = skw_out_error(o)) && !w->free)
		wait_for_thread(w);
	if (!ret) {
		begin_block(o, fd >= 0 ? 0 : pos, fd);
		if (fd >= 0)
			w->flushed = 0;
	}
	pthread_mutex_unlock(&w->lock);
	return ret;
}

static int start_thread(struct skw_out_writer *w)
{
	int ret = skw_thread_start(&w->thread, skw_out_writer_run, w);

	w->started = !ret;
	return ret;
}

int skw_out_open(struct skw_out *o, int fd)
{
	struct skw_out_writer *w = o->writer;

	if (fd < 0)
		return -EBADF;
	if (w->started) {
		if (!w->opt.shared)
			close(fd);
		return -EBUSY;
	}
	begin_block(o, 0, fd);
	int ret = start_thread(w);
	if (ret) {
		if (!w->opt.shared)
			close(fd);
		__atomic_store_n(&o->error, -ret, __ATOMIC_RELAXED);
	}
	return ret;
}

int skw_out_switch(struct skw_out *o, int fd)
{
	int ret = o->writer->started && fd >= 0 ? skw_out_error(o) : -EBADF;

	if (!ret)
		ret = next_block(o, false, fd);
	if (ret && fd >= 0 && !o->writer->opt.shared)
		close(fd);
	return ret;
}

int skw_out_write_slow(struct skw_out *o, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	if (!o->writer->started)
		return -EBADF;
	for (;;) {
		int ret = skw_out_error(o);

		if (ret)
			return ret;
		size_t room = (size_t)(o->end - o->cur);
		size_t part = n < room ? n : room;
		memcpy(o->cur, p, part);
		o->cur += part;
		p += part;
		n -= part;
		if (!n)
			return 0;
		ret = next_block(o, true, -1);
		if (ret)
			return ret;
	}
}

int skw_out_flush(struct skw_out *o)
{
	struct skw_out_writer *w = o->writer;
	int ret = w->started ? skw_out_error(o) : -EBADF;

	if (ret)
		return ret;
	uint64_t pos = skw_out_bytes(o);
	pthread_mutex_lock(&w->lock);
	/* After an error the thread may have freed the block, so that none is in use. */
	if (pos != w->flushed && w->used) {
		bool idle = skw_out_writer_idle(w);

		publish(o);
		current(w)->flush_len = current(w)->len;
		current(w)->flush_nmarks = current(w)->nmarks;
		w->flushed = pos;
		if (idle && w->free && current(w)->len - current(w)->start >= QUIET_BYTES) {
			current(w)->ended = true;
			begin_block(o, pos, -1);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return skw_out_error(o);
}

int skw_out_wait(struct skw_out *o)
{
	struct skw_out_writer *w = o->writer;
	int ret = skw_out_flush(o);

	if (ret)
		return ret;
	pthread_mutex_lock(&w->lock);
	while (!(ret = skw_out_error(o)) && !skw_out_writer_idle(w))
		pthread_cond_wait(&w->space, &w->lock);
	pthread_mutex_unlock(&w->lock);
	return ret;
}

uint64_t skw_out_files_closed(struct skw_out *o)
{
	pthread_mutex_lock(&o->writer->lock);
	uint64_t n = o->writer->closed;
	pthread_mutex_unlock(&o->writer->lock);
	return n;
}

uint64_t skw_out_records_lost(const struct skw_out *o)
{
	return __atomic_load_n(&o->writer->lost, __ATOMIC_RELAXED);
}

size_t skw_out_room(struct skw_out *o)
{
	unsigned blocks = __atomic_load_n(&o->writer->free, __ATOMIC_RELAXED);

	/* Data may begin up to a page behind the start of a block. */
	return (size_t)(o->end - o->cur) +
	       (size_t)__builtin_popcount(blocks) * (o->writer->opt.block_bytes - SKW_TARGET_ALIGN);
}

void skw_out_hurry(struct skw_out *o, int linger_ms)
{
	struct skw_out_writer *w = o->writer;
	struct timespec until;

	if (w->hurry)
		return;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += linger_ms / 1000;
	until.tv_nsec += linger_ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	w->give_up_at = until;
	w->hurry = true;
}

void skw_out_finish(struct skw_out *o)
{
	struct skw_out_writer *w = o->writer;

	pthread_mutex_lock(&w->lock);
	if (w->used)
		publish(o);
	w->stop = true;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
}

int skw_out_end(struct skw_out *o, int linger_ms)
{
	struct skw_out_writer *w = o->writer;

	if (!w->started)
		return skw_out_error(o);
	if (linger_ms >= 0)
		skw_out_hurry(o, linger_ms);
	skw_out_finish(o);
	pthread_mutex_lock(&w->lock);
	while (!w->done)
		wait_for_thread(w);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	w->started = false;
	return skw_out_error(o);
}

int skw_out_close(struct skw_out *o, int linger_ms)
{
	if (!o)
		return 0;

	struct skw_out_writer *w = o->writer;
	int ret = skw_out_end(o, linger_ms);

	close(w->give_up_fd);
	munmap(w->map, w->map_size);
	pthread_cond_destroy(&w->space);
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	free(w);
	free(o);
	return ret;
}
