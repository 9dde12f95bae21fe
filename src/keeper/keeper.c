// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/keeper.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
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
};

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
	if (!pid)
		skw_keeper_serve(tables, n_tables, theirs, worker);
	pthread_mutex_init(&k->lock, NULL);
	k->fd = SKW_TAKE_FD(ours);
	k->pid = pid;
	k->pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
	for (size_t i = 0; i < n_tables; i++)
		if (tables[i]->settle)
			tables[i]->settle(tables[i]->ctx);
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

/* Waits until the keeper ends, and frees k. Returns 0 if the keeper exited with status 0. */
static int wait_and_free(struct skw_keeper *k)
{
	int status = 0;
	pid_t pid;

	do {
		pid = waitpid(k->pid, &status, 0);
	} while (pid < 0 && errno == EINTR);
	free_keeper(k);
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPIPE;
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
	/*
	 * The result is ignored: sending fails only if the keeper is dead, and then its exit status
	 * tells.
	 */
	post(k, SKW_WIRE_FINISH, NULL, 0);
	return wait_and_free(k);
}

void skw_keeper_abandon(struct skw_keeper *k)
{
	if (!k)
		return;
	shutdown(k->fd, SHUT_RDWR);
	/* It ends at once, unless it waits for something. Then it ends with this process. */
	struct pollfd p = { .fd = k->pid_fd, .events = POLLIN };
	if (poll(&p, 1, FINISH_MS) > 0)
		waitpid(k->pid, NULL, 0);
	free_keeper(k);
}

int skw_keeper_reply_error(struct skw_keeper_reply *reply, int code, const struct skw_error *err)
{
	size_t len = strnlen(err->text, sizeof(err->text));

	memcpy(reply->payload, err->text, len);
	reply->len = len;
	return code;
}

int skw_keeper_wait_begin(const struct skw_keeper_reply *reply)
{
	return reply->wait ? reply->wait(reply->keeper, true) : 0;
}

void skw_keeper_wait_end(const struct skw_keeper_reply *reply)
{
	if (reply->wait)
		reply->wait(reply->keeper, false);
}

int skw_keeper_run_command(struct skw_keeper_reply *reply, const char *const argv[],
			   const struct skw_identity *who)
{
	return skw_keeper_commands_run(reply->commands, argv, who);
}
