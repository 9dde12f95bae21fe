// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/lane.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "act/relay/lane_kernel.h"
#include "util/cleanup.h"

/* The copying engine's portion, and the largest that the splicing engine copies. */
#define COPY_BYTES  131072
#define SMALL_BYTES 16384
/* A lane that splices less than this goes back to copying. */
#define BULK_BYTES 4096
/* Portions of one lane before others have their turn. */
#define TURNS 16

int skw_relay_mover_init(struct skw_relay_mover *m, enum skw_relay_engine engine)
{
	*m = (struct skw_relay_mover){ .engine = engine, .scratch = malloc(COPY_BYTES) };
	return m->scratch ? 0 : -ENOMEM;
}

void skw_relay_mover_free(struct skw_relay_mover *m)
{
	skw_relay_pipes_free(&m->pipes);
	free(m->scratch);
	m->scratch = NULL;
}

static int hold(struct skw_relay_lane *lane, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, bytes, len);
	lane->held = copy;
	lane->held_at = 0;
	lane->held_len = len;
	return 0;
}

int skw_relay_lane_head(struct skw_relay_lane *lane, const uint8_t *header, size_t len)
{
	int ret = hold(lane, header, len);

	if (!ret)
		lane->header_left = len;
	return ret;
}

uint64_t skw_relay_lane_bytes(const struct skw_relay_lane *lane)
{
	return lane->bytes + skw_relay_lane_kernel_moved(lane);
}

uint64_t skw_relay_lane_held(const struct skw_relay_lane *lane)
{
	if (lane->conduit)
		return lane->done && !lane->to->failed ? 0 : skw_relay_lane_kernel_waiting(lane);
	return lane->held_len + lane->in_pipe + lane->lost - lane->header_left;
}

void skw_relay_lane_free(struct skw_relay_mover *m, struct skw_relay_lane *lane)
{
	free(SKW_TAKE_PTR(lane->held));
	skw_relay_pipes_put(&m->pipes, &lane->pipe, !lane->in_pipe);
	lane->held_len = lane->in_pipe = lane->header_left = 0;
	lane->lost = 0;
}

static void count(struct skw_relay_lane *lane, size_t sent)
{
	size_t header = sent < lane->header_left ? sent : lane->header_left;

	lane->header_left -= header;
	lane->bytes += sent - header;
	if (lane->conduit)
		skw_relay_lane_kernel_sent(lane);
}

/* Returns the number of bytes that the receiver took, 0 if it must be waited for, or -errno. */
static ssize_t sent(struct skw_relay_lane *lane, ssize_t n)
{
	if (n >= 0) {
		count(lane, (size_t)n);
		return n;
	}
	if (errno == EAGAIN) {
		lane->to->writable = false;
		return 0;
	}
	return errno == EINTR ? 0 : -errno;
}

/* Sends what is held. Returns 1 if nothing is left, 0 if the receiver must be waited for, -errno.
 */
static int flush(struct skw_relay_mover *m, struct skw_relay_lane *lane)
{
	ssize_t n = 0;

	while (lane->held_len && lane->to->writable && n >= 0) {
		n = sent(lane, send(lane->to->watch.fd, lane->held + lane->held_at, lane->held_len,
				    MSG_NOSIGNAL));
		if (n > 0) {
			lane->held_at += (size_t)n;
			lane->held_len -= (size_t)n;
		}
	}
	while (lane->in_pipe && lane->to->writable && n >= 0) {
		n = sent(lane, splice(lane->pipe.out, NULL, lane->to->watch.fd, NULL, lane->in_pipe,
				      SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
		if (n > 0)
			lane->in_pipe -= (size_t)n;
	}
	if (n < 0)
		return (int)n;
	if (lane->held_len || lane->in_pipe)
		return 0;
	if (lane->held || lane->pipe.in >= 0)
		skw_relay_lane_free(m, lane);
	return 1;
}

bool skw_relay_lane_flush(struct skw_relay_mover *m, struct skw_relay_lane *lane)
{
	return flush(m, lane) == 1;
}

/* Interprets what a read has returned: 1 if bytes came, 0 if not, or -errno. */
static int received(struct skw_relay_lane *lane, ssize_t n)
{
	if (n > 0)
		return 1;
	if (n == 0) {
		/* The kernel says so although passed bytes are still on their way. */
		if (lane->conduit) {
			lane->from->readable = false;
			return 0;
		}
		lane->eof = true;
		/* After an error that a write has reported, the end does not look like one. */
		return lane->from->failed ? -ECONNRESET : 0;
	}
	if (errno == EAGAIN) {
		lane->from->readable = false;
		return 0;
	}
	return errno == EINTR ? 0 : -errno;
}

/* A receiver that is gone is no failure of the sender. Returns 0. */
static int receiver_gone(struct skw_relay_lane *lane)
{
	lane->to->failed = true;
	lane->done = true;
	return 0;
}

static int copy_portion(struct skw_relay_mover *m, struct skw_relay_lane *lane)
{
	size_t most = m->engine == SKW_RELAY_COPY || lane->conduit ? COPY_BYTES : SMALL_BYTES;
	ssize_t n = recv(lane->from->watch.fd, m->scratch, most, 0);
	int ret = received(lane, n);

	if (ret <= 0)
		return ret;
	/* A portion that is not full has emptied the socket, so the next read would be in vain. */
	if ((size_t)n < most && !lane->from->ending && !lane->from->urgent)
		lane->from->readable = false;
	lane->bulk = (size_t)n == most && !lane->no_splice;

	ssize_t put = sent(lane, send(lane->to->watch.fd, m->scratch, (size_t)n, MSG_NOSIGNAL));
	if (put == n)
		return 0;
	/* Until it is held, it counts as lost. */
	lane->lost = (uint64_t)(n - (put > 0 ? put : 0));
	if (put < 0)
		return receiver_gone(lane);
	ret = hold(lane, m->scratch + put, (size_t)lane->lost);
	if (!ret)
		lane->lost = 0;
	return ret;
}

/* The pipe is empty before, so EAGAIN can only mean that the socket is. */
static int splice_portion(struct skw_relay_mover *m, struct skw_relay_lane *lane)
{
	ssize_t n = splice(lane->from->watch.fd, NULL, lane->pipe.in, NULL, SKW_RELAY_PIPE_BYTES,
			   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);

	if (n < 0 && errno == EINVAL)
		lane->no_splice = true;
	int ret = lane->no_splice ? 0 : received(lane, n);

	lane->bulk = ret > 0 ? n >= BULK_BYTES : !lane->no_splice;
	if (ret > 0)
		lane->in_pipe = (size_t)n;
	else
		skw_relay_pipes_put(&m->pipes, &lane->pipe, true);
	return ret < 0 ? ret : 0;
}

static int read_portion(struct skw_relay_mover *m, struct skw_relay_lane *lane)
{
	if (m->engine != SKW_RELAY_COPY && lane->bulk && !lane->from->urgent &&
	    skw_relay_pipes_take(&m->pipes, &lane->pipe))
		return splice_portion(m, lane);
	return copy_portion(m, lane);
}

/* SKW_RELAY_MORE to read, SKW_RELAY_DONE if nothing is left. The lane holds nothing. */
static enum skw_relay_moved next_step(struct skw_relay_lane *lane)
{
	if (lane->eof)
		return SKW_RELAY_DONE;
	if (lane->conduit)
		return skw_relay_lane_kernel_look(lane);
	return lane->from->readable && lane->to->writable ? SKW_RELAY_MORE : SKW_RELAY_WAITS;
}

enum skw_relay_moved skw_relay_lane_move(struct skw_relay_mover *m, struct skw_relay_lane *lane)
{
	for (int turn = 0; !lane->done && turn < TURNS; turn++) {
		int ret = flush(m, lane);

		if (ret < 0)
			receiver_gone(lane);
		if (ret <= 0)
			break;
		enum skw_relay_moved next = next_step(lane);

		if (next == SKW_RELAY_DONE) {
			shutdown(lane->to->watch.fd, SHUT_WR);
			lane->done = true;
			break;
		}
		if (next != SKW_RELAY_MORE)
			return next;
		if (read_portion(m, lane) < 0) {
			lane->from->failed = true;
			return SKW_RELAY_FAILED;
		}
		if (turn == TURNS - 1)
			return SKW_RELAY_MORE;
	}
	return lane->done ? SKW_RELAY_DONE : SKW_RELAY_WAITS;
}
