// SPDX-License-Identifier: BSD-2-Clause
/*
 * A library for LD_PRELOAD that turns the worker of skwatch into an attacker. It learns from the
 * library calls of set-up which process is the keeper, which socket leads to it and what is mapped.
 * When the worker has given its privileges up and waits for something for the first time, its
 * sandbox is closed. Then the library makes its attempts and ends the process.
 */
#include "attempt.h"
#include "results.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static struct hostile self = { .keeper_fd = -1, .minder_fd = -1 };
static struct hostile_results *results;
static pid_t worker;
static int witness, has_command, has_split, has_dropped, is_acting;

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

/* Asked once: the keeper polls in a signal handler, where dlsym() may wait for its own lock. */
static struct {
	__typeof__(&socketpair) socketpair;
	__typeof__(&fork) fork;
	__typeof__(&epoll_wait) epoll_wait;
	__typeof__(&epoll_pwait) epoll_pwait;
	__typeof__(&poll) poll;
	__typeof__(&ppoll) ppoll;
} real;

static void find_real_functions(void)
{
	real.socketpair = REAL(socketpair);
	real.fork = REAL(fork);
	real.epoll_wait = REAL(epoll_wait);
	real.epoll_pwait = REAL(epoll_pwait);
	real.poll = REAL(poll);
	real.ppoll = REAL(ppoll);
}

static long number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *file = getenv(HOSTILE_RESULTS);
	int fd = file ? open(file, O_RDWR | O_CLOEXEC) : -1;

	find_real_functions();
	if (fd < 0)
		return;
	void *at = mmap(NULL, sizeof(*results), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return;
	self.dir = getenv(HOSTILE_DIR);
	self.output = getenv(HOSTILE_OUTPUT);
	self.bpffs = getenv(HOSTILE_BPFFS);
	self.map_id = (uint32_t)number(HOSTILE_MAP);
	self.program_id = (uint32_t)number(HOSTILE_PROGRAM);
	self.port = (uint16_t)number(HOSTILE_PORT);
	self.bystander = (pid_t)number(HOSTILE_BYSTANDER);
	witness = getenv(HOSTILE_WITNESS) != NULL;
	has_command = getenv(HOSTILE_COMMAND) != NULL;
	hostile_catch_faults();
	worker = getpid();
	results = at;
}

static int is_worker(void)
{
	return results && getpid() == worker && !is_acting;
}

/* ---- what is tried ---- */

static void keep_result(struct hostile_outcome *outcome, long ret)
{
	outcome->error = ret < 0 ? (int32_t)-ret : 0;
	if (ret == HOSTILE_NOTHING)
		outcome->state = HOSTILE_ABSENT;
	else if (ret == -EPIPE)
		outcome->state = HOSTILE_ENDED;
	else
		outcome->state = ret < 0 ? HOSTILE_REFUSED : HOSTILE_SUCCEEDED;
}

static void try_one(const struct hostile_attempt *attempt, struct hostile_outcome *outcome)
{
	self.note = outcome->note;
	self.note_size = sizeof(outcome->note);
	outcome->state = HOSTILE_TRYING;
	long ret = attempt->run(&self, attempt->arg);

	keep_result(outcome, ret);
	if (outcome->state == HOSTILE_ENDED || (ret >= 0 && attempt->flags & HOSTILE_ENDS))
		syscall(SYS_exit_group, 0);
}

static void act(void)
{
	struct hostile_outcome *outcome = results->outcomes;

	is_acting = 1;
	results->reached++;
	for (size_t g = 0; hostile_groups[g]; g++) {
		for (size_t i = 0; i < hostile_groups[g]->len; i++, outcome++) {
			const struct hostile_attempt *attempt = &hostile_groups[g]->attempts[i];

			if (outcome->state != HOSTILE_UNTRIED)
				continue;
			if ((witness && attempt->flags & (HOSTILE_HARMFUL | HOSTILE_HELD)) ||
			    (has_command && hostile_groups[g] != &hostile_minder))
				outcome->state = HOSTILE_ABSENT;
			else
				try_one(attempt, outcome);
		}
	}
	results->done = 1;
	syscall(SYS_exit_group, 0);
}

static void act_if_closed(void)
{
	if (is_worker() && has_dropped && !witness)
		act();
}

/* ---- functions of the C library that the worker calls ---- */

/* The pair of the keeper is the first of this kind, or the second if there is a command. */
int socketpair(int domain, int type, int protocol, int fds[2])
{
	int ret = real.socketpair(domain, type, protocol, fds);

	if (!ret && is_worker() && has_command && self.minder_fd < 0)
		self.minder_fd = fds[0];
	else if (!ret && is_worker() && self.keeper_fd < 0) {
		self.keeper_fd = fds[0];
		has_split = 1;
	}
	return ret;
}

/* The first process after the pair is the keeper; a process before it only looks at something. */
pid_t fork(void)
{
	pid_t pid = real.fork();

	if (pid > 0 && is_worker() && self.minder_fd >= 0 && !self.minder)
		self.minder = pid;
	if (pid > 0 && is_worker() && has_split && !self.keeper) {
		self.keeper = pid;
		if (witness)
			act();
	}
	return pid;
}

int prctl(int option, ...)
{
	unsigned long args[4];
	va_list ap;

	va_start(ap, option);
	for (size_t i = 0; i < 4; i++)
		args[i] = va_arg(ap, unsigned long);
	va_end(ap);
	int ret = (int)syscall(SYS_prctl, option, args[0], args[1], args[2], args[3]);

	if (option == PR_SET_NO_NEW_PRIVS && !ret && is_worker())
		has_dropped = 1;
	return ret;
}

/* The first message starts the command, and the sandbox is closed before. */
ssize_t send(int fd, const void *buf, size_t n, int flags)
{
	if (fd == self.minder_fd)
		act_if_closed();
	return syscall(SYS_sendto, fd, buf, n, flags, NULL, 0);
}

int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)
{
	act_if_closed();
	return real.epoll_wait(epfd, events, maxevents, timeout);
}

int epoll_pwait(int epfd, struct epoll_event *events, int maxevents, int timeout,
		const sigset_t *ss)
{
	act_if_closed();
	return real.epoll_pwait(epfd, events, maxevents, timeout, ss);
}

/* A look that does not wait is not the moment: set-up may look, too. */
int poll(struct pollfd *fds, nfds_t nfds, int timeout)
{
	if (timeout)
		act_if_closed();
	return real.poll(fds, nfds, timeout);
}

int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *timeout, const sigset_t *ss)
{
	if (!timeout || timeout->tv_sec || timeout->tv_nsec)
		act_if_closed();
	return real.ppoll(fds, nfds, timeout, ss);
}

/* Whether a descriptor is a ring of BPF: its type in fdinfo is 27. */
static int is_ring(int fd)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	int info = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	long n = info < 0 ? -1 : syscall(SYS_read, info, text, sizeof(text) - 1);

	if (info >= 0)
		syscall(SYS_close, info);
	text[n < 0 ? 0 : n] = '\0';
	/* After the drop it can't be told, and then a ring is likely. */
	return n < 0 || strstr(text, "map_type:\t27\n") != NULL;
}

static void *map(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	void *got = (void *)syscall(SYS_mmap, at, len, (long)prot, (long)flags, (long)fd, offset);

	if (got == MAP_FAILED || fd < 0 || !(flags & MAP_SHARED) || !is_worker() ||
	    self.mappings_len == HOSTILE_MAPPINGS)
		return got;
	self.mappings[self.mappings_len++] = (struct hostile_mapping){
		.at = got, .len = len, .prot = prot, .is_position = !offset && is_ring(fd)
	};
	return got;
}

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	return map(addr, len, prot, flags, fd, offset);
}

void *mmap64(void *addr, size_t len, int prot, int flags, int fd, off64_t offset)
{
	return map(addr, len, prot, flags, fd, offset);
}

int munmap(void *addr, size_t len)
{
	for (size_t i = 0; results && i < self.mappings_len; i++)
		if (self.mappings[i].at == addr)
			self.mappings[i] = self.mappings[--self.mappings_len];
	return (int)syscall(SYS_munmap, addr, len);
}
