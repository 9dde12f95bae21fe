// SPDX-License-Identifier: BSD-2-Clause
/*
 * Attempts to end connections by the keeper, which nobody has agreed to. An attempt has succeeded
 * if the keeper says so; run.c looks at the connection itself at the end.
 */
#include "attempt.h"
#include "victim.h"

#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "util/cleanup.h"

/* The verbs of skwatch kill, beside the one that lists a socket (act/kill.c). */
enum { BEGIN = -1, LIST, HOLDER, ASK, ANSWER, END, SIGNAL };

static struct skw_socket_id connection, listener;

/* The verb that lists a socket is the one that lists this one. -1: there is none. */
static long find_list(struct hostile *h)
{
	for (long verb = 0; verb < HOSTILE_VERBS; verb++)
		if (hostile_ask(h, (uint32_t)verb, &connection, sizeof(connection)) >= 0)
			return verb;
	return -1;
}

/* Lists the connection as number 0. Returns the verb that lists, or -1. */
static long list_one(struct hostile *h)
{
	static long list = -1;

	if (!h->keeper || !hostile_victim_read(&connection, &listener))
		return -1;
	if (list < 0)
		list = find_list(h);
	if (list >= 0) {
		hostile_ask(h, (uint32_t)(list + BEGIN), NULL, 0);
		hostile_ask(h, (uint32_t)list, &connection, sizeof(connection));
	}
	return list;
}

static long ask(struct hostile *h, long list, int verb, const void *payload, size_t len)
{
	return hostile_ask(h, (uint32_t)(list + verb), payload, len);
}

static long end(struct hostile *h, long list, uint32_t at)
{
	return ask(h, list, END, &at, sizeof(at));
}

static long unlisted(struct hostile *h, long at)
{
	long list = list_one(h);

	if (list < 0)
		return HOSTILE_NOTHING;
	if (!at)
		ask(h, list, BEGIN, NULL, 0);
	return end(h, list, (uint32_t)at);
}

static long unasked(struct hostile *h, long arg)
{
	long list = list_one(h);

	(void)arg;
	return list < 0 ? HOSTILE_NOTHING : end(h, list, 0);
}

/* The question is open, and nobody types anything: the text goes to the terminal, not from it. */
static long unanswered(struct hostile *h, long forge)
{
	long list = list_one(h), ret;
	char yes[] = "y\n";

	if (list < 0)
		return HOSTILE_NOTHING;
	/* In a dry run, the question itself is refused. */
	ask(h, list, ASK, NULL, 0);
	HOSTILE_CALL(SYS_write, STDIN_FILENO, yes, sizeof(yes) - 1);
	for (size_t i = 0; forge && i < sizeof(yes) - 1; i++)
		HOSTILE_CALL(SYS_ioctl, STDIN_FILENO, TIOCSTI, &yes[i]);
	ret = ask(h, list, ANSWER, NULL, 0);
	return ret < 0 ? end(h, list, 0) : ret;
}

enum { WRONG_COOKIE, ANY_COOKIE, NO_COOKIE, WRONG_PORT, OTHER_NETNS, A_LISTENER };

/* Sockets that may not even be listed. */
static long wrong_socket(struct hostile *h, long which)
{
	long list = list_one(h);
	struct skw_socket_id id = connection;

	if (list < 0)
		return HOSTILE_NOTHING;
	ask(h, list, BEGIN, NULL, 0);
	switch (which) {
	case WRONG_COOKIE:
		id.cookie++;
		break;
	case ANY_COOKIE: /* as the kernel has it */
		id.cookie = UINT64_MAX;
		break;
	case NO_COOKIE:
		id.cookie = 0;
		break;
	case WRONG_PORT:
		id.tuple.local_port ^= 1;
		break;
	case OTHER_NETNS:
		id.netns--;
		break;
	default:
		id = listener;
		break;
	}
	return ask(h, list, LIST, &id, sizeof(id));
}

/* These sessions end connections, and send no signals. */
static long holder(struct hostile *h, long which)
{
	long list = list_one(h);
	const pid_t pids[] = { h->keeper, 1, getppid(), h->bystander };
	uint32_t request[2] = { 0, (uint32_t)pids[which] }, at = 0;

	if (list < 0)
		return HOSTILE_NOTHING;
	long ret = ask(h, list, HOLDER, request, sizeof(request));

	return ret < 0 ? ask(h, list, SIGNAL, &at, sizeof(at)) : ret;
}

static const struct hostile_attempt attempts[] = {
	{ "kill-unlisted", "end a connection of an empty list", unlisted, 0, 0 },
	{ "kill-unlisted-far", "end a connection far behind the list", unlisted, 65535, 0 },
	{ "kill-unasked", "end a connection before any question", unasked, 0, 0 },
	{ "kill-unanswered", "end a connection before the answer", unanswered, 0, 0 },
	{ "kill-forged", "type the answer into the terminal", unanswered, 1, 0 },
	{ "kill-cookie", "list a socket with a wrong cookie", wrong_socket, WRONG_COOKIE, 0 },
	{ "kill-cookie-any", "list a socket with any cookie", wrong_socket, ANY_COOKIE, 0 },
	{ "kill-cookie-none", "list a socket without a cookie", wrong_socket, NO_COOKIE, 0 },
	{ "kill-port", "list a socket with another port", wrong_socket, WRONG_PORT, 0 },
	{ "kill-netns", "list a socket of another namespace", wrong_socket, OTHER_NETNS, 0 },
	{ "kill-listener", "list a listener", wrong_socket, A_LISTENER, 0 },
	{ "kill-signal-keeper", "send the keeper a signal by itself", holder, 0, 0 },
	{ "kill-signal-first", "send process 1 a signal by the keeper", holder, 1, 0 },
	{ "kill-signal-holder", "send the holder a signal by the keeper", holder, 2, 0 },
	{ "kill-signal-other", "send another process a signal by the keeper", holder, 3, 0 },
};

const struct hostile_group hostile_kill = { "requests to end connections", attempts,
					    SKW_ARRAY_SIZE(attempts) };
