// SPDX-License-Identifier: BSD-2-Clause
/* A lane between two pairs of sockets, whose receiver takes little at a time. */
#include "act/relay/lane.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/cleanup.h"

#define TOTAL  3000000
#define LITTLE 5000

struct world {
	struct skw_relay_mover mover;
	struct skw_relay_end from, to;
	struct skw_relay_lane lane;
	int sender, receiver; /* the far ends */
};

static void pair(int *far, int *near)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds),
			 0);
	*far = fds[0];
	*near = fds[1];
}

static void begin(struct world *w, enum skw_relay_engine engine)
{
	memset(w, 0, sizeof(*w));
	assert_int_equal(skw_relay_mover_init(&w->mover, engine), 0);
	pair(&w->sender, &w->from.watch.fd);
	pair(&w->receiver, &w->to.watch.fd);
	w->lane = (struct skw_relay_lane){ .from = &w->from, .to = &w->to, .pipe = { -1, -1 } };
}

static void finish(struct world *w)
{
	skw_relay_lane_free(&w->mover, &w->lane);
	skw_relay_mover_free(&w->mover);
	close(w->sender);
	close(w->receiver);
	close(w->from.watch.fd);
	close(w->to.watch.fd);
}

static uint8_t byte_at(size_t place)
{
	return (uint8_t)(place * 7 + place / 251);
}

/* Sends up to the place. Returns the new place. */
static size_t feed(const struct world *w, size_t place)
{
	uint8_t bytes[70000];
	size_t n = TOTAL - place < sizeof(bytes) ? TOTAL - place : sizeof(bytes);

	for (size_t i = 0; i < n; i++)
		bytes[i] = byte_at(place + i);
	ssize_t sent = send(w->sender, bytes, n, MSG_NOSIGNAL);

	return place + (sent > 0 ? (size_t)sent : 0);
}

/* Receives a little, and compares it. Returns the new place. */
static size_t drain(const struct world *w, size_t place)
{
	uint8_t bytes[LITTLE];
	ssize_t n = recv(w->receiver, bytes, sizeof(bytes), 0);

	for (ssize_t i = 0; i < n; i++)
		if (bytes[i] != byte_at(place + (size_t)i))
			fail_msg("another byte at %zu", place + (size_t)i);
	return place + (n > 0 ? (size_t)n : 0);
}

static void moves_all(enum skw_relay_engine engine)
{
	size_t sent = 0, got = 0;
	struct world w;

	begin(&w, engine);
	while (got < TOTAL) {
		sent = feed(&w, sent);
		/* Edges: the sockets may have changed. */
		w.from.readable = w.to.writable = true;
		assert_in_range(skw_relay_lane_move(&w.mover, &w.lane), SKW_RELAY_WAITS,
				SKW_RELAY_MORE);
		assert_true(skw_relay_lane_held(&w.lane) <= SKW_RELAY_PIPE_BYTES);
		got = drain(&w, got);
	}
	assert_int_equal(w.lane.bytes, TOTAL);
	/* The end passes when all is through, and only once. */
	shutdown(w.sender, SHUT_WR);
	w.from.readable = w.to.writable = true;
	assert_int_equal(skw_relay_lane_move(&w.mover, &w.lane), SKW_RELAY_DONE);
	assert_int_equal(recv(w.receiver, &sent, 1, 0), 0);
	assert_int_equal(skw_relay_lane_held(&w.lane), 0);
	finish(&w);
}

static void splicing_keeps_each_byte_of_a_slow_receiver(void **state)
{
	(void)state;
	moves_all(SKW_RELAY_SPLICE);
}

static void copying_keeps_each_byte_of_a_slow_receiver(void **state)
{
	(void)state;
	moves_all(SKW_RELAY_COPY);
}

static void a_header_comes_first_and_is_not_counted(void **state)
{
	struct world w;
	char got[16];

	(void)state;
	begin(&w, SKW_RELAY_SPLICE);
	assert_int_equal(skw_relay_lane_head(&w.lane, (const uint8_t *)"HEAD", 4), 0);
	assert_int_equal(skw_relay_lane_held(&w.lane), 0);
	assert_int_equal(send(w.sender, "body", 4, 0), 4);
	w.from.readable = w.to.writable = true;
	assert_int_equal(skw_relay_lane_move(&w.mover, &w.lane), SKW_RELAY_WAITS);
	assert_int_equal(recv(w.receiver, got, sizeof(got), 0), 8);
	assert_memory_equal(got, "HEADbody", 8);
	assert_int_equal(w.lane.bytes, 4);
	finish(&w);
}

static void a_receiver_that_is_gone_leaves_a_count(void **state)
{
	struct world w;

	(void)state;
	begin(&w, SKW_RELAY_COPY);
	close(w.receiver);
	assert_int_equal(send(w.sender, "lost", 4, 0), 4);
	w.from.readable = w.to.writable = true;
	assert_int_equal(skw_relay_lane_move(&w.mover, &w.lane), SKW_RELAY_DONE);
	assert_true(w.to.failed);
	assert_false(w.from.failed);
	assert_int_equal(skw_relay_lane_held(&w.lane), 4);
	assert_int_equal(w.lane.bytes, 0);
	w.receiver = dup(w.sender);
	finish(&w);
}

static void an_end_after_an_error_is_a_reset(void **state)
{
	struct world w;

	(void)state;
	begin(&w, SKW_RELAY_SPLICE);
	shutdown(w.sender, SHUT_WR);
	w.from.failed = w.from.readable = w.to.writable = true;
	assert_int_equal(skw_relay_lane_move(&w.mover, &w.lane), SKW_RELAY_FAILED);
	finish(&w);
}

static void pipes_are_used_again_unless_bytes_are_in_them(void **state)
{
	struct skw_relay_pipes pipes = { 0 };
	struct skw_relay_pipe a, b;

	(void)state;
	assert_true(skw_relay_pipes_take(&pipes, &a));
	int in = a.in;
	skw_relay_pipes_put(&pipes, &a, true);
	assert_int_equal(a.in, -1);
	assert_true(skw_relay_pipes_take(&pipes, &b));
	assert_int_equal(b.in, in);
	skw_relay_pipes_put(&pipes, &b, false);
	assert_int_equal(pipes.made, 0);
	assert_int_equal(fcntl(in, F_GETFD), -1);
	skw_relay_pipes_free(&pipes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splicing_keeps_each_byte_of_a_slow_receiver),
		cmocka_unit_test(copying_keeps_each_byte_of_a_slow_receiver),
		cmocka_unit_test(a_header_comes_first_and_is_not_counted),
		cmocka_unit_test(a_receiver_that_is_gone_leaves_a_count),
		cmocka_unit_test(an_end_after_an_error_is_a_reset),
		cmocka_unit_test(pipes_are_used_again_unless_bytes_are_in_them),
	};

	return cmocka_run_group_tests_name("relay_lane", tests, NULL, NULL);
}
