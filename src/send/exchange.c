// SPDX-License-Identifier: BSD-2-Clause
#include "send/exchange.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "loop/loop.h"
#include "send/trouble.h"
#include "util/clock.h"
#include "util/say.h"

#define READ_BYTES 16384
#define READS_MAX  16 /* in a step */

static bool is_http(const struct skw_send *s)
{
	return s->plan->target.kind == SKW_POST_HTTP;
}

static size_t batch_len(const struct skw_send_batch *b)
{
	return b->head.len + b->body.len;
}

/* ---- batches ---- */

/* A stream is not made to wait. */
static bool is_due(const struct skw_send *s, uint64_t now_ns)
{
	uint64_t used = skw_post_ring_used(&s->ring);

	return used && (s->finishing || !is_http(s) || used >= s->plan->batch_bytes || !s->due_ns ||
			now_ns >= s->due_ns);
}

static int fail_spool(const struct skw_send *s, int ret, struct skw_error *err)
{
	return skw_error_set(err, ret, "--%s: %s", s->plan->spool ? "spool" : "queue",
			     strerror(-ret));
}

/* Returns 1 if there is a batch now, 0 or -errno. */
static int load(struct skw_send *s, struct skw_error *err)
{
	struct skw_send_batch *b = &s->batch;
	int ret;

	b->end = s->ring.tail;
	b->lines = 0;
	b->at = 0;
	skw_buf_reset(&b->head);
	skw_buf_reset(&b->body);
	do {
		ret = skw_post_ring_read(&s->ring, &b->end, s->plan->batch_bytes, &b->body,
					 &b->lines);
	} while (ret == 1 && b->body.len < s->plan->batch_bytes);
	/* The rest of the ring is damaged. */
	if (ret >= 0 && !b->body.len) {
		s->figures.dropped += s->ring.lines;
		ret = skw_post_ring_confirm(&s->ring, b->end, s->ring.lines);
	}
	if (ret < 0)
		return fail_spool(s, ret, err);
	if (!b->body.len)
		return 0;
	if (is_http(s))
		skw_post_target_request(&s->plan->target, b->body.len, &b->head);
	if (b->head.failed)
		return fail_spool(s, -ENOMEM, err);
	s->due_ns = 0;
	b->loaded = true;
	return 1;
}

/* The batch is no longer in the ring. */
static int end_batch(struct skw_send *s, uint64_t *counter, struct skw_error *err)
{
	struct skw_send_batch *b = &s->batch;
	int ret = skw_post_ring_confirm(&s->ring, b->end, b->lines);

	if (ret)
		return fail_spool(s, ret, err);
	*counter += b->lines;
	b->loaded = false;
	b->at = 0;
	if (!s->due_ns && skw_post_ring_used(&s->ring))
		s->due_ns = skw_clock_monotonic_ns() + s->plan->batch_ns;
	return 0;
}

/* ---- answers ---- */

static void describe(const struct skw_post_answer *a, char *out, size_t size)
{
	snprintf(out, size, "it answers %u%s%s", a->status, a->said_len ? ": " : "", a->said);
}

static int refuse(struct skw_send *s, const char *why, struct skw_error *err)
{
	if (s->told_refusal != s->answer.status)
		skw_say("%s: %s; %" PRIu64 " %s are dropped", s->plan->target.name, why,
			s->batch.lines, s->what);
	s->told_refusal = s->answer.status;
	skw_send_trouble_over(s);
	return end_batch(s, &s->figures.refused, err);
}

static bool is_temporary(unsigned status)
{
	return status == 408 || status == 429 || status < 400 || status >= 500;
}

static int take_answer(struct skw_send *s, struct skw_error *err)
{
	const struct skw_post_answer *a = &s->answer;
	char why[SKW_POST_SAID_MAX + 64];
	int ret = 0;

	describe(a, why, sizeof(why));
	s->patience_ns = 0;
	s->exchanges++;
	/* The server has not read the rest of the request. */
	if (a->closes || s->batch.at < batch_len(&s->batch))
		skw_send_trouble_close(s);
	if (a->status >= 200 && a->status < 300) {
		ret = end_batch(s, &s->figures.sent, err);
		skw_send_trouble_over(s);
	} else if (is_temporary(a->status)) {
		skw_send_trouble(s, why, a->has_retry ? a->retry_after_s : 0);
	} else {
		ret = refuse(s, why, err);
	}
	skw_post_answer_begin(&s->answer);
	return ret;
}

/*
 * Bytes of the receiver, or its end with len = 0. They do not move the end of the patience: an
 * answer that comes byte by byte would never be late.
 */
static int take_bytes(struct skw_send *s, const uint8_t *bytes, size_t len, struct skw_error *err)
{
	enum skw_post_verdict verdict;

	/* The words of a stream's receiver are ignored. */
	if (!is_http(s) && len)
		return 0;
	if (!is_http(s) || !s->batch.loaded || !s->batch.at) {
		skw_send_trouble_lost(s, "it has closed the connection");
		return 0;
	}
	verdict = len ? skw_post_answer_take(&s->answer, bytes, len)
		      : skw_post_answer_end(&s->answer);
	if (verdict == SKW_POST_DONE)
		return take_answer(s, err);
	if (verdict == SKW_POST_BROKEN)
		skw_send_trouble_lost(s, len ? "its answer is not HTTP"
					     : "it has closed the connection");
	return 0;
}

/* A receiver that never stops talking must not hold the loop: the rest is read in another step. */
static int read_some(struct skw_send *s, struct skw_error *err)
{
	uint8_t bytes[READ_BYTES];
	int ret = 0;

	for (unsigned i = 0; !ret && s->fd >= 0 && i < READS_MAX; i++) {
		ssize_t n = recv(s->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
			break;
		if (n < 0)
			skw_send_trouble_lost(s, strerror(errno));
		else
			ret = take_bytes(s, bytes, (size_t)n, err);
	}
	return ret;
}

/* ---- the connection ---- */

static void watch_room(struct skw_send *s, bool wants)
{
	struct epoll_event what = { .events = EPOLLIN | EPOLLRDHUP | (wants ? EPOLLOUT : 0U),
				    .data.fd = s->fd };

	if (s->wants_room != wants)
		epoll_ctl(s->epoll_fd, EPOLL_CTL_MOD, s->fd, &what);
	s->wants_room = wants;
}

/* Returns whether there is a connection, or one that is being made. */
static bool open_connection(struct skw_send *s, uint64_t now_ns)
{
	struct epoll_event what = { .events = EPOLLIN | EPOLLRDHUP };
	int ret;

	if (s->fd >= 0)
		return true;
	if (now_ns < s->retry_ns)
		return false;
	s->addresses = 1;
	ret = skw_send_connect_ask(&s->connect, skw_loop_keeper(s->loop), s->tried > 0,
				   &s->addresses);
	if (ret < 0) {
		skw_send_trouble_lost(s, strerror(-ret));
		return false;
	}
	s->fd = what.data.fd = ret;
	s->patience_ns = now_ns + s->plan->timeout_ns;
	skw_post_answer_begin(&s->answer);
	if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->fd, &what) < 0) {
		skw_send_trouble_lost(s, strerror(errno));
		return false;
	}
	return true;
}

static ssize_t write_part(const struct skw_send *s)
{
	const struct skw_send_batch *b = &s->batch;
	bool in_head = b->at < b->head.len;
	const uint8_t *p = in_head ? b->head.data + b->at : b->body.data + (b->at - b->head.len);
	size_t len = in_head ? b->head.len - b->at : batch_len(b) - b->at;

	return send(s->fd, p, len, MSG_NOSIGNAL | MSG_DONTWAIT | (in_head ? MSG_MORE : 0));
}

/* Returns 1 if the whole batch is written, 0 if that has to wait, or -errno. */
static int write_batch(struct skw_send *s, struct skw_error *err)
{
	struct skw_send_batch *b = &s->batch;

	while (s->fd >= 0 && b->loaded && b->at < batch_len(b)) {
		ssize_t n = write_part(s);
		int error = errno;

		if (n > 0) {
			b->at += (size_t)n;
			s->is_used = true;
			s->patience_ns = skw_clock_monotonic_ns() + s->plan->timeout_ns;
			continue;
		}
		if (n < 0 && error == EINTR)
			continue;
		if (n < 0 && error != EAGAIN) {
			/* A server that has closed may have answered before, and said why. */
			bool was_there = error == EPIPE || error == ECONNRESET;
			int ret = was_there ? read_some(s, err) : 0;

			if (ret)
				return ret;
			if (s->fd >= 0)
				skw_send_trouble_lost(s, strerror(error));
			return 0;
		}
		watch_room(s, true);
		return 0;
	}
	if (s->fd < 0 || !b->loaded)
		return 0;
	watch_room(s, false);
	return 1;
}

/* Returns 1 if the next batch can go at once, 0 or -errno. */
static int go_on(struct skw_send *s, struct skw_error *err)
{
	uint64_t now_ns = skw_clock_monotonic_ns();
	int ret = s->fd >= 0 ? read_some(s, err) : 0;

	if (ret)
		return ret;
	/* A stream's receiver may take its time once it is connected. */
	if (s->patience_ns && now_ns >= s->patience_ns && (is_http(s) || !s->is_used)) {
		s->was_stale = true;
		skw_send_trouble_lost(s, "it does not answer");
	}
	if (!s->batch.loaded) {
		ret = is_due(s, now_ns) ? load(s, err) : 0;
		if (ret <= 0)
			return ret;
	}
	/* After some answers the connection stays. */
	if (!s->batch.at && now_ns < s->retry_ns)
		return 0;
	unsigned tried = s->tried;
	bool was_stale = s->was_stale;
	if (!open_connection(s, now_ns))
		return s->tried > tried;
	ret = write_batch(s, err);
	if (ret < 0)
		return ret;
	if (s->fd < 0)
		return s->tried > tried || s->was_stale > was_stale || !s->batch.loaded;
	if (!ret || is_http(s))
		return 0;
	ret = end_batch(s, &s->figures.sent, err);
	skw_send_trouble_over(s);
	s->patience_ns = 0;
	return ret ? ret : 1;
}

int skw_send_exchange(struct skw_send *s, struct skw_error *err)
{
	int ret;

	do {
		ret = go_on(s, err);
	} while (ret == 1);
	return ret;
}

uint64_t skw_send_exchange_next_ns(const struct skw_send *s)
{
	if (s->fd >= 0 && s->batch.loaded && (s->batch.at || s->wants_room))
		return is_http(s) || !s->is_used ? s->patience_ns : 0;
	if (s->batch.loaded)
		return s->retry_ns ? s->retry_ns : 1;
	return skw_post_ring_used(&s->ring) ? s->due_ns : 0;
}
