// SPDX-License-Identifier: BSD-2-Clause
/*
 * Attempts on the command of a capture, by the socket to the process that minds it. The minder
 * answers a message that it refuses by closing the socket. If it obeys, it tells the end of the
 * command, as the signal ends it, or as it ends by itself soon.
 */
#include "attempt.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "run/minder.h"
#include "util/cleanup.h"

/* A signal that the user may send, in a number that is none. */
#define WIDE_SIGNAL (0x10000 | SIGINT)

static long post(const struct hostile *h, uint32_t kind, int32_t value)
{
	const struct skw_minder_message message = { kind, value };

	return HOSTILE_CALL(SYS_sendto, h->minder_fd, &message, sizeof(message), MSG_NOSIGNAL, NULL,
			    0);
}

/* Returns -EPIPE if the minder has closed the socket, and 0 if it tells anything. */
static long verdict(const struct hostile *h, long sent)
{
	struct skw_minder_message message;

	if (sent < 0)
		return sent;
	long n = HOSTILE_CALL(SYS_recvfrom, h->minder_fd, &message, sizeof(message), 0, NULL, NULL);

	return n < 0 ? n : n ? 0 : -EPIPE;
}

static long start_twice(struct hostile *h, long arg)
{
	(void)arg;
	if (h->minder_fd < 0)
		return HOSTILE_NOTHING;
	post(h, SKW_MINDER_GO, 0);
	return verdict(h, post(h, SKW_MINDER_GO, 0));
}

static long signal_early(struct hostile *h, long signo)
{
	if (h->minder_fd < 0)
		return HOSTILE_NOTHING;
	return verdict(h, post(h, SKW_MINDER_SIGNAL, (int32_t)signo));
}

static long signal_other(struct hostile *h, long signo)
{
	if (h->minder_fd < 0)
		return HOSTILE_NOTHING;
	post(h, SKW_MINDER_GO, 0);
	return verdict(h, post(h, SKW_MINDER_SIGNAL, (int32_t)signo));
}

/* As if a process behind the signal could choose who gets it. */
static long signal_bystander(struct hostile *h, long signo)
{
	const int32_t message[] = { SKW_MINDER_SIGNAL, (int32_t)signo, h->bystander };

	if (h->minder_fd < 0)
		return HOSTILE_NOTHING;
	post(h, SKW_MINDER_GO, 0);
	return verdict(h, HOSTILE_CALL(SYS_sendto, h->minder_fd, message, sizeof(message),
				       MSG_NOSIGNAL, NULL, 0));
}

/* It would believe that the command has ended. */
static long tell_end(struct hostile *h, long status)
{
	if (h->minder_fd < 0)
		return HOSTILE_NOTHING;
	return verdict(h, post(h, SKW_MINDER_ENDED, (int32_t)status));
}

static long kill_minder(struct hostile *h, long signo)
{
	return h->minder ? HOSTILE_CALL(SYS_kill, h->minder, (int)signo) : HOSTILE_NOTHING;
}

static const struct hostile_attempt attempts[] = {
	{ "minder-early", "signal the command before it was started", signal_early, SIGTERM, 0 },
	{ "minder-twice", "start the command twice", start_twice, 0, 0 },
	{ "minder-kill", "send the command SIGKILL", signal_other, SIGKILL, 0 },
	{ "minder-wide", "send the command a signal with a wrong number", signal_other, WIDE_SIGNAL,
	  0 },
	{ "minder-other", "signal another process than the command", signal_bystander, SIGTERM, 0 },
	{ "minder-end", "tell the minder that the command has ended", tell_end, 0, 0 },
	{ "minder-signal", "signal the minder", kill_minder, SIGURG, 0 },
};

const struct hostile_group hostile_minder = { "messages to the minder", attempts,
					      SKW_ARRAY_SIZE(attempts) };
