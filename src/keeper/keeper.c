// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/keeper.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper/command.h"
#include "keeper/serve.h"
#include "keeper/wire.h"
#include "util/cleanup.h"

/* A keeper answers within milliseconds. To start a program may take longer. */
#define FINISH_MS 2000

struct skw_keeper {
	int fd;
	pid_t pid;
	int pid_fd;
	uint32_t seq;
	size_t n_verbs;
	pthread_mutex_t lock; /* allows one request and its answer at a time */
	bool is_reaped;
	int status; /* waitpid()'s, when it is reaped */
	char fate[128];
};

/* Waits until the keeper ends. Returns 0 if it ended in order, its errno if it told one, or -EPIPE.
 */
static int reap(struct skw_keeper *k)
{
	while (!k->is_reaped) {
		pid_t pid = waitpid(k->pid, &k->status, 0);

		if (pid < 0 && errno != EINTR)
			return -EPIPE;
		k->is_reaped = pid > 0;
	}
	int status = WIFEXITED(k->status) ? WEXITSTATUS(k->status) : SKW_EXIT_FAILURE;
	return !status ? 0 : status > SKW_EXIT_ERRNO ? SKW_EXIT_ERRNO - status : -EPIPE;
}

/* The same within a bound, where nothing has asked it to end. */
static int reap_soon(struct skw_keeper *k)
{
	struct pollfd p = { .fd = k->pid_fd, .events = POLLIN };

	return poll(&p, 1, FINISH_MS) > 0 ? reap(k) : -EPIPE;
}

/* Waits until the keeper can serve. Returns 0, or the reason why it can't. */
static int await_ready(struct skw_keeper *k)
{
	struct skw_wire_header ready = { 0 };
	size_t none = 0;
	int ret = skw_wire_receive(k->fd, &ready, NULL, &none, NULL, NULL);

	return ret == -EPIPE ? reap_soon(k) : ret ? ret : ready.error;
}

int skw_keeper_split(struct skw_keeper_table *const *tables, size_t n_tables,
		     struct skw_keeper **out)
{
	SKW_AUTO_FREE struct skw_keeper *k = calloc(1, sizeof(*k));
	SKW_AUTO_FD int ours = -1;
	SKW_AUTO_FD int theirs = -1;
	int pair[2];

	if (!k)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	ours = pair[0];
	theirs = pair[1];
	for (size_t i = 0; i < n_tables; i++) {
		tables[i]->first = k->n_verbs;
		k->n_verbs += tables[i]->n_verbs;
	}
	pid_t worker = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		close(ours);
		skw_keeper_serve(tables, n_tables, theirs, worker);
	}
	pthread_mutex_init(&k->lock, NULL);
	k->fd = SKW_TAKE_FD(ours);
	k->pid = pid;
	k->pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
	for (size_t i = 0; i < n_tables; i++)
		if (tables[i]->settle)
			tables[i]->settle(tables[i]->ctx);
	close(SKW_TAKE_FD(theirs));
	int ret = await_ready(k);
	if (ret) {
		skw_keeper_abandon(SKW_TAKE_PTR(k));
		return ret;
	}
	*out = SKW_TAKE_PTR(k);
	return 0;
}

static int call_locked(struct skw_keeper *k, const struct skw_wire_header *h, const void *request,
		       size_t len, void *reply, size_t *reply_len, int *fds, size_t *n_fds)
{
	struct skw_wire_header answer = { 0 };
	size_t got = reply ? *reply_len : 0;
	int ret = skw_wire_send(k->fd, h, request, len, NULL, 0);

	if (ret)
		return ret;
	ret = skw_wire_receive(k->fd, &answer, reply, &got, fds, n_fds);
	if (ret)
		return ret;
	/*
	 * Only one request is under way at any time, so an answer to another request means that the
	 * keeper is broken.
	 */
	if (answer.seq != h->seq || answer.error > 0) {
		while (n_fds && *n_fds)
			close(fds[--*n_fds]);
		return -EPROTO;
	}
	if (reply)
		*reply_len = got;
	return answer.error;
}

int skw_keeper_call(struct skw_keeper *k, size_t verb, const void *request, size_t len, void *reply,
		    size_t *reply_len, int *fds, size_t *n_fds)
{
	if (verb >= k->n_verbs)
		return -ENOSYS;
	if (len > SKW_KEEPER_REQUEST_MAX)
		return -EMSGSIZE;
	pthread_mutex_lock(&k->lock);
	struct skw_wire_header h = { .seq = ++k->seq, .verb = (uint32_t)verb };
	int ret = call_locked(k, &h, request, len, reply, reply_len, fds, n_fds);
	pthread_mutex_unlock(&k->lock);
	return ret;
}

static int post(struct skw_keeper *k, uint32_t verb, const void *request, size_t len)
{
	pthread_mutex_lock(&k->lock);
	struct skw_wire_header h = { .seq = ++k->seq, .verb = verb, .flags = SKW_WIRE_NO_REPLY };
	int ret = skw_wire_send(k->fd, &h, request, len, NULL, 0);
	pthread_mutex_unlock(&k->lock);
	return ret;
}

int skw_keeper_start(struct skw_keeper *k, size_t verb, const void *request, size_t len)
{
	if (verb >= k->n_verbs)
		return -ENOSYS;
	if (len > SKW_KEEPER_REQUEST_MAX)
		return -EMSGSIZE;
	return post(k, (uint32_t)verb, request, len);
}

int skw_keeper_fd(const struct skw_keeper *k)
{
	return k->fd;
}

int skw_keeper_pid(const struct skw_keeper *k)
{
	return (int)k->pid;
}

static void free_keeper(struct skw_keeper *k)
{
	close(k->fd);
	skw_cleanup_fd(&k->pid_fd);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

const char *skw_keeper_fate(struct skw_keeper *k)
{
	static const char died[] = "skwatch's privileged process has died";

	if (!k)
		return died;
	pthread_mutex_lock(&k->lock);
	int ret = reap_soon(k);
	snprintf(k->fate, sizeof(k->fate), "%s%s%s", died, ret && ret != -EPIPE ? ": " : "",
		 ret && ret != -EPIPE ? strerror(-ret) : "");
	pthread_mutex_unlock(&k->lock);
	return k->fate;
}

int skw_keeper_finish(struct skw_keeper *k)
{
	if (!k)
		return 0;
	/* A keeper that reads nothing any more dies with this process, which must not wait for it.
	 */
	if (!skw_wire_has_room(k->fd, FINISH_MS)) {
		free_keeper(k);
		return -ETIMEDOUT;
	}
	int ret = post(k, SKW_WIRE_FINISH, NULL, 0);
	/* A keeper that was not asked to end ends when the socket does. */
	if (ret)
		shutdown(k->fd, SHUT_RDWR);
	int ended = reap(k);
	free_keeper(k);
	return ret && ret != -EPIPE ? ret : ended;
}

void skw_keeper_abandon(struct skw_keeper *k)
{
	if (!k)
		return;
	shutdown(k->fd, SHUT_RDWR);
	/* It ends at once, unless it waits for something. Then it ends with this process. */
	reap_soon(k);
	free_keeper(k);
}

int skw_keeper_reply_error(struct skw_keeper_reply *reply, int code, const struct skw_error *err)
{
	size_t len = strnlen(err->text, sizeof(err->text));

	memcpy(reply->payload, err->text, len);
	reply->len = len;
	return code;
}

int skw_keeper_run_command(struct skw_keeper_reply *reply, const char *const argv[],
			   const char *const env[], const struct skw_identity *who)
{
	return skw_keeper_commands_run(reply->commands, argv, env, who);
}
