// SPDX-License-Identifier: BSD-2-Clause
/*
 * The time of a call that a policy judges, for bench/act/policy: prints nanoseconds per call.
 *
 *	connects tcp COUNT   connect() and close() to a listener of its own on the loopback
 *interface connects udp COUNT   sendto() to a socket of its own
 */
#include <arpa/inet.h>
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* A socket of this host with a port of its own. */
static int open_local(int type, struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);
	int fd = socket(AF_INET, type, 0);

	*at = (struct sockaddr_in){ .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (fd < 0 || bind(fd, (struct sockaddr *)at, sizeof(*at)) ||
	    getsockname(fd, (struct sockaddr *)at, &len))
		err(1, "socket");
	return fd;
}

static void accept_all(int fd)
{
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int conn = accept(fd, NULL, NULL);

		if (conn >= 0)
			close(conn);
	}
}

/* It resets the connection, so that no port stays in TIME_WAIT. */
static void connect_once(const struct sockaddr_in *to)
{
	const struct linger at_once = { 1, 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) ||
	    connect(fd, (const struct sockaddr *)to, sizeof(*to)))
		err(1, "connect");
	close(fd);
}

int main(int argc, char **argv)
{
	bool tcp = argc == 3 && strcmp(argv[1], "tcp") == 0;
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	struct sockaddr_in to;

	if (count <= 0)
		errx(2, "usage: connects tcp|udp COUNT");
	int fd = open_local(tcp ? SOCK_STREAM : SOCK_DGRAM, &to);
	int from = socket(AF_INET, SOCK_DGRAM, 0);
	if (tcp && listen(fd, 4096))
		err(1, "listen");
	if (tcp)
		accept_all(fd);
	uint64_t began = now_ns();
	for (long i = 0; i < count; i++) {
		if (tcp)
			connect_once(&to);
		else if (sendto(from, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to)) < 0)
			err(1, "sendto");
	}
	printf("%llu\n", (unsigned long long)((now_ns() - began) / (uint64_t)count));
	return 0;
}
