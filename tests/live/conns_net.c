// SPDX-License-Identifier: BSD-2-Clause
#include "conns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "conns: %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return result;
}

/* ---- places ---- */

/* pair and six of lib.sh give these addresses. */
static const char *const addrs[SIDES][2] = {
	[HERE] = { "10.77.0.1", "fd77::1" },
	[THERE] = { "10.77.0.2", "fd77::2" },
};

void net_open(struct conns_plan *plan)
{
	char path[256];

	plan->netns[HERE] = must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "own namespace");
	plan->netns[THERE] = plan->netns[HERE];
	if (!plan->peer)
		return;
	snprintf(path, sizeof(path), "/run/netns/%s", plan->peer);
	plan->netns[THERE] = must(open(path, O_RDONLY | O_CLOEXEC), path);
}

const char *net_addr(const struct conns_plan *plan, enum side side, int family)
{
	if (plan->there && side == THERE)
		return plan->there;
	if (!plan->peer)
		return family == AF_INET6 ? "::1" : "127.0.0.1";
	return addrs[side][family == AF_INET6];
}

static socklen_t set_addr(struct sockaddr_storage *ss, int family, const char *text, int port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = (sa_family_t)family;
	if (family == AF_INET) {
		in->sin_port = htons((uint16_t)port);
		must(inet_pton(family, text, &in->sin_addr) - 1, text);
		return sizeof(*in);
	}
	in6->sin6_port = htons((uint16_t)port);
	must(inet_pton(family, text, &in6->sin6_addr) - 1, text);
	return sizeof(*in6);
}

/* ---- sockets ---- */

int net_socket(const struct conns_plan *plan, enum side side, int family, int type, int protocol)
{
	if (plan->netns[side] != plan->netns[HERE])
		must(setns(plan->netns[side], CLONE_NEWNET), "setns");
	int fd = must(socket(family, type | SOCK_CLOEXEC, protocol), "socket");
	if (plan->netns[side] != plan->netns[HERE])
		must(setns(plan->netns[HERE], CLONE_NEWNET), "setns");
	return fd;
}

void net_set(int fd, int level, int option, int value)
{
	must(setsockopt(fd, level, option, &value, sizeof(value)), "setsockopt");
}

static int family_of(int fd)
{
	int family = 0;
	socklen_t len = sizeof(family);

	must(getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len), "SO_DOMAIN");
	return family;
}

void net_set_tos(int fd, int tos)
{
	net_set(fd, IPPROTO_IP, IP_TOS, tos);
	if (family_of(fd) == AF_INET6)
		net_set(fd, IPPROTO_IPV6, IPV6_TCLASS, tos);
}

void net_bind(int fd, const char *addr, int port)
{
	struct sockaddr_storage ss;
	socklen_t len = set_addr(&ss, family_of(fd), addr, port);

	must(bind(fd, (struct sockaddr *)&ss, len), "bind");
}

int net_listen(const struct conns_plan *plan, enum side side, int family, const char *addr,
	       int port, int protocol, int backlog)
{
	int fd = net_socket(plan, side, family, SOCK_STREAM, protocol);

	net_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	net_bind(fd, addr, port);
	must(listen(fd, backlog), "listen");
	return fd;
}

int net_connect(const struct conns_plan *plan, int family, const char *addr, int port, int protocol)
{
	struct sockaddr_storage ss;
	int fd = net_socket(plan, HERE, family, SOCK_STREAM, protocol);
	socklen_t len = set_addr(&ss, family, addr, port);

	must(connect(fd, (struct sockaddr *)&ss, len), "connect");
	return fd;
}

void net_connect_by(int fd, const char *addr, int port)
{
	struct sockaddr_storage ss;
	socklen_t len = set_addr(&ss, family_of(fd), addr, port);

	if (connect(fd, (struct sockaddr *)&ss, len) && errno != EINPROGRESS)
		must(-1, "connect");
}

int net_connect_begin(const struct conns_plan *plan, int family, const char *addr, int port,
		      int tos)
{
	int fd = net_socket(plan, HERE, family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (tos)
		net_set_tos(fd, tos);
	net_connect_by(fd, addr, port);
	return fd;
}

int net_accept(int listener)
{
	return must(accept4(listener, NULL, NULL, SOCK_CLOEXEC), "accept");
}

int net_port(int fd, bool remote)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	must((remote ? getpeername : getsockname)(fd, (struct sockaddr *)&ss, &len), "name");
	/* Both families have the port at the same place. */
	return ntohs(((struct sockaddr_in *)&ss)->sin_port);
}

/* ---- bytes ---- */

static char bytes_of[1 << 16];

void net_send(int fd, uint64_t bytes)
{
	while (bytes) {
		size_t n = bytes < sizeof(bytes_of) ? (size_t)bytes : sizeof(bytes_of);

		bytes -= (uint64_t)must((int)send(fd, bytes_of, n, MSG_NOSIGNAL), "send");
	}
}

void net_receive(int fd, uint64_t bytes)
{
	char buf[1 << 14];

	while (bytes) {
		size_t want = bytes < sizeof(buf) ? (size_t)bytes : sizeof(buf);
		int n = must((int)recv(fd, buf, want, 0), "recv");

		if (!n) {
			errno = EPIPE;
			must(-1, "recv");
		}
		bytes -= (uint64_t)n;
	}
}

void net_receive_end(int fd)
{
	char buf[1 << 14];

	while (must((int)recv(fd, buf, sizeof(buf), 0), "recv") > 0)
		;
}

/* ---- waiting for the other side: no event tells these ---- */

void net_settle(int fd)
{
	int left;

	do
		must(ioctl(fd, SIOCOUTQ, &left), "SIOCOUTQ");
	while (left && !usleep(1000));
}

void net_await_state(int fd, int state)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	for (;;) {
		must(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), "TCP_INFO");
		if (info.tcpi_state == state)
			return;
		usleep(1000);
	}
}

/* ---- processes ---- */

uint64_t net_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

pid_t net_fork(const char *name)
{
	pid_t parent = getpid(), pid = must(fork(), "fork");

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, name);
	if (getppid() != parent)
		_exit(1);
	return 0;
}

void net_keep_only(int fd)
{
	if (fd > 3)
		close_range(3, (unsigned)fd - 1, 0);
	close_range(fd < 3 ? 3U : (unsigned)fd + 1, ~0U, 0);
}

void net_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	must(fflush(stdout), "standard output");
}

void net_hold(void)
{
	char buf[256];

	while (read(STDIN_FILENO, buf, sizeof(buf)) > 0)
		;
}
