// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keeper/command.h"
#include "keeper/keeper.h"
#include "keeper/wire.h"
#include "util/cleanup.h"
#include "util/say.h"

/* So long may last words take. */
#define GRACE_S 1

struct keeper {
	struct skw_keeper_table *const *tables;
	size_t n_tables;
	int fd;
	pid_t worker;
	int worker_fd; /* a pidfd; -1: the kernel has none */
	int signal_fd;
	bool finishing; /* The worker has asked for the end: only the commands are waited for. */
	struct skw_keeper_commands commands;
};

static int by_number(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* The descriptors to leave open, sorted: those of all tables and `fd`. NULL if memory is short. */
static int *collect_kept(const struct keeper *k, size_t *len)
{
	size_t n = 1;

	for (size_t i = 0; i < k->n_tables; i++)
		n += k->tables[i]->n_keep;
	int *keep = calloc(n, sizeof(*keep));
	if (!keep)
		return NULL;
	*len = 0;
	keep[(*len)++] = k->fd;
	for (size_t i = 0; i < k->n_tables; i++)
		for (size_t at = 0; at < k->tables[i]->n_keep; at++)
			keep[(*len)++] = k->tables[i]->keep_fds[at];
	qsort(keep, n, sizeof(*keep), by_number);
	return keep;
}

/* A container may refuse close_range(), which is newer than its list of system calls. */
static void close_some(unsigned int first, unsigned int last)
{
	unsigned int most = (unsigned int)sysconf(_SC_OPEN_MAX);

	if (close_range(first, last, 0) == 0)
		return;
	for (unsigned int fd = first; fd <= last && fd < most; fd++)
		close((int)fd);
}

/* Closes all descriptors but 0, 1, 2 and those to leave open. Returns 0 or -errno. */
static int close_others(const struct keeper *k)
{
	unsigned int next = STDERR_FILENO + 1;
	size_t n;
	int *keep = collect_kept(k, &n);

	int ret = keep ? 0 : -ENOMEM;
	for (size_t i = 0; keep && i < n; i++) {
		if (keep[i] < (int)next)
			continue;
		if (keep[i] > (int)next)
			close_some(next, (unsigned int)keep[i] - 1);
		next = (unsigned int)keep[i] + 1;
	}
	if (keep)
		close_some(next, ~0U);
	free(keep);
	return ret;
}

/* Whether the keeper has work left when the worker has died. */
static bool has_last_words(const struct keeper *k)
{
	for (size_t i = 0; i < k->n_tables; i++)
		if (k->tables[i]->orphaned)
			return true;
	return false;
}

/* The table that has this verb, or NULL. */
static const struct skw_keeper_table *table_of(const struct keeper *k, uint32_t verb)
{
	for (size_t i = 0; i < k->n_tables; i++)
		if (verb >= k->tables[i]->first &&
		    verb - k->tables[i]->first < k->tables[i]->n_verbs)
			return k->tables[i];
	return NULL;
}

/* The keeper's end of the socket, for the signal handler below. */
static int wire_fd = -1;

/*
 * The socket has a message, or its other end has gone. In the second case this process ends after a
 * second, whatever it waits for: the reader of a pipe, or a terminal that was stopped.
 */
static void on_wire(int signo)
{
	struct pollfd p = { .fd = wire_fd };

	(void)signo;
	if (poll(&p, 1, 0) > 0 && p.revents & POLLHUP)
		alarm(GRACE_S);
}

/* From now on the socket sends a signal. */
static int watch_wire(const struct keeper *k)
{
	int flags = fcntl(k->fd, F_GETFL);

	wire_fd = k->fd;
	if (flags < 0 || fcntl(k->fd, F_SETOWN, getpid()) < 0 ||
	    fcntl(k->fd, F_SETFL, flags | O_ASYNC) < 0)
		return -errno;
	on_wire(SIGIO);
	return 0;
}

/*
 * Asks the kernel to signal this process when the worker dies. The keeper reads SIGUSR1 like the
 * other signals, so that it can run `orphaned` after it. The kernel does so only if the worker may
 * signal this process. Where it is another user, the socket and the worker's pidfd tell.
 */
static int stay(const struct keeper *k)
{
	if (prctl(PR_SET_PDEATHSIG, has_last_words(k) ? SIGUSR1 : SIGKILL))
		return -errno;
	return getppid() == k->worker ? 0 : -ESRCH;
}

/*
 * The commands inherit standard output and error. Nothing needs standard input. The keeper is in
 * the process group of the terminal, so Ctrl-C and Ctrl-\ signal it too. It reads those signals and
 * ignores them, because the worker ends the session, and the keeper must still run `orphaned`.
 */
static int settle(struct keeper *k)
{
	const struct sigaction dfl = { .sa_handler = SIG_DFL };
	const struct sigaction wire = { .sa_handler = on_wire, .sa_flags = SA_RESTART };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_SETMASK, &set, NULL))
		return -errno;
	/*
	 * Signals must not be ignored: an ignored signal never reaches the signalfd, and with
	 * SIGCHLD ignored children can't be waited for. Handlers are the worker's, ncurses' among
	 * them.
	 */
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &dfl, NULL);
	sigaction(SIGIO, &wire, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* The shell waits for the worker only, and the worker waits for this process. */
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);

	prctl(PR_SET_NAME, "skwatch: keeper");
	prctl(PR_SET_DUMPABLE, 0);
	int ret = stay(k);
	if (ret)
		return ret;

	ret = close_others(k);
	if (ret)
		return ret;
	k->worker_fd = (int)syscall(SYS_pidfd_open, k->worker, 0);
	ret = watch_wire(k);
	if (ret)
		return ret;
	SKW_AUTO_FD int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		return -errno;
	k->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return k->signal_fd < 0 ? -errno : 0;
}

/* Ends the keeper because of `ret`, which its status tells if it is another than -EPIPE. */
static _Noreturn void end_orphaned(const struct keeper *k, int ret)
{
	alarm(GRACE_S);
	for (size_t i = 0; !k->finishing && i < k->n_tables; i++)
		if (k->tables[i]->orphaned)
			k->tables[i]->orphaned(k->tables[i]->ctx);
	_exit(ret == -EPIPE ? SKW_EXIT_FAILURE : SKW_EXIT_ERRNO - ret);
}

static void read_signals(struct keeper *k)
{
	struct signalfd_siginfo info;

	while (read(k->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			skw_keeper_commands_reap(&k->commands);
		else if (info.ssi_signo == SIGUSR1 && getppid() != k->worker)
			end_orphaned(k, -EPIPE);
		else if (k->finishing && info.ssi_signo != SIGUSR1 && info.ssi_signo != SIGUSR2)
			skw_keeper_commands_signal(&k->commands, (int)info.ssi_signo);
	}
}

static void close_fds(struct skw_keeper_reply *reply)
{
	while (reply->n_fds)
		close(reply->fds[--reply->n_fds]);
}

static int serve_verb(struct keeper *k, const struct skw_wire_header *h, const void *request,
		      size_t len, struct skw_keeper_reply *reply)
{
	const struct skw_keeper_table *table = table_of(k, h->verb);

	if (!table)
		return -ENOSYS;
	int ret = table->verbs[h->verb - table->first].serve(table->ctx, request, len, reply);

	if (!ret && (reply->len > sizeof(reply->payload) || reply->n_fds > SKW_KEEPER_FDS_MAX))
		ret = -EMSGSIZE;
	if (ret)
		close_fds(reply);
	return ret;
}

static void say_failure(const struct keeper *k, uint32_t verb, int ret,
			const struct skw_keeper_reply *reply)
{
	const struct skw_keeper_table *table = table_of(k, verb);
	const char *name = table ? table->verbs[verb - table->first].name : "unknown verb";

	if (reply->len && reply->len <= sizeof(reply->payload))
		skw_say("%.*s", (int)reply->len, (const char *)reply->payload);
	else
		skw_say("%s: %s", name, skw_error_why(ret));
}

/* Serves one request. Returns 0, or an error after which the stream can't be read any more. */
static int serve_one(struct keeper *k)
{
	alignas(max_align_t) static unsigned char request[SKW_KEEPER_REQUEST_MAX];
	static struct skw_keeper_reply reply;
	struct skw_wire_header h = { 0 };
	size_t len = sizeof(request);

	int ret = skw_wire_receive(k->fd, &h, request, &len, NULL, NULL);
	if (ret && ret != -EMSGSIZE)
		return ret;
	if (!ret && h.verb == SKW_WIRE_FINISH) {
		k->finishing = true;
		return 0;
	}
	reply.len = 0;
	reply.n_fds = 0;
	reply.commands = &k->commands;
	if (!ret)
		ret = serve_verb(k, &h, request, len, &reply);
	/* A verb may have changed the user for a while. */
	int stays = stay(k);
	if (stays)
		return stays;
	if (h.flags & SKW_WIRE_NO_REPLY) {
		if (ret)
			say_failure(k, h.verb, ret, &reply);
		close_fds(&reply);
		return 0;
	}
	struct skw_wire_header answer = { .seq = h.seq, .error = ret };
	if (reply.len > sizeof(reply.payload))
		reply.len = 0;
	ret = skw_wire_send(k->fd, &answer, reply.payload, reply.len, reply.fds, reply.n_fds);
	close_fds(&reply);
	return ret;
}

_Noreturn void skw_keeper_serve(struct skw_keeper_table *const *tables, size_t n_tables, int fd,
				pid_t worker)
{
	struct keeper k = {
		.tables = tables, .n_tables = n_tables, .fd = fd, .worker = worker, .signal_fd = -1
	};
	int ret = settle(&k);
	const struct skw_wire_header ready = { .error = ret };

	int sent = skw_wire_send(fd, &ready, NULL, 0, NULL, 0);
	if (ret || sent)
		_exit(ret ? SKW_EXIT_FAILURE : SKW_EXIT_ERRNO - sent);
	while (!k.finishing || skw_keeper_commands_left(&k.commands)) {
		struct pollfd p[] = { { k.signal_fd, POLLIN, 0 },
				      { k.fd, k.finishing ? 0 : POLLIN, 0 },
				      { k.worker_fd, POLLIN, 0 } };

		if (poll(p, SKW_ARRAY_SIZE(p), -1) < 0) {
			if (errno == EINTR)
				continue;
			_exit(SKW_EXIT_ERRNO + errno);
		}
		/*
		 * Read the signals first: the signal that ended the session must not be passed on
		 * to the commands, and `finishing` is not set yet.
		 */
		if (p[0].revents)
			read_signals(&k);
		if (p[1].revents & POLLIN)
			ret = serve_one(&k);
		else if (p[1].revents || p[2].revents)
			ret = -EPIPE;
		if (ret)
			end_orphaned(&k, ret);
	}
	skw_keeper_commands_say(&k.commands);
	_exit(0);
}
