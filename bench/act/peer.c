// SPDX-License-Identifier: BSD-2-Clause
/*
 * The two ends between which bench/act/relay puts a relay.
 *
 *	peer echo PORT          sends back what it receives, each connection in turn
 *	peer sink PORT          reads a number (8 bytes) and that many bytes, and answers with one
 *	peer rr PORT N          N messages of 64 bytes and their answers, in one connection: prints
 *	                        the median and the 99th percentile of a round trip in nanoseconds
 *	peer crr PORT N         likewise, in a connection for each
 *	peer bulk PORT BYTES    sends that many bytes, and waits for the answer: prints nanoseconds
 *
 * All on 127.0.0.1.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE 64
#define CHUNK   262144

static char buffer[CHUNK];

static int must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return result;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static struct sockaddr_in address(const char *port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void set_nodelay(int fd)
{
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int connected(const char *port)
{
	const struct sockaddr_in at = address(port);
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");

	must(connect(fd, (const struct sockaddr *)&at, sizeof(at)), "connect");
	set_nodelay(fd);
	return fd;
}

static void send_all(int fd, const char *bytes, size_t len)
{
	for (ssize_t n; len; bytes += n, len -= (size_t)n)
		n = must((int)send(fd, bytes, len, MSG_NOSIGNAL), "send");
}

static ssize_t received(int fd)
{
	return recv(fd, buffer, CHUNK, 0);
}

static void echo_all(int fd)
{
	for (ssize_t n; (n = received(fd)) > 0;)
		send_all(fd, buffer, (size_t)n);
}

/* The end of the stream can't tell the end: some relays do not pass it on alone. */
static void swallow(int fd)
{
	uint64_t left = 0;
	ssize_t n = recv(fd, &left, sizeof(left), MSG_WAITALL);

	if (n != sizeof(left))
		return;
	for (; left && (n = received(fd)) > 0; left -= (uint64_t)n)
		;
	if (!left)
		send_all(fd, "", 1);
}

static _Noreturn void serve(const char *port, bool echo)
{
	const struct sockaddr_in at = address(port);
	int listener = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	const int on = 1;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	must(bind(listener, (const struct sockaddr *)&at, sizeof(at)), "bind");
	must(listen(listener, 4096), "listen");
	puts("ready");
	fflush(stdout);
	for (;;) {
		int fd = must(accept(listener, NULL, NULL), "accept");

		set_nodelay(fd);
		if (echo)
			echo_all(fd);
		else
			swallow(fd);
		close(fd);
	}
}

static void exchange(int fd)
{
	send_all(fd, buffer, MESSAGE);
	for (ssize_t got = 0; got < MESSAGE;) {
		ssize_t n = must((int)recv(fd, buffer, (size_t)(MESSAGE - got), 0), "recv");

		if (n == 0) {
			fprintf(stderr, "peer: the connection has ended\n");
			exit(1);
		}
		got += n;
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int round_trips(const char *port, size_t n, bool each_connects)
{
	uint64_t *ns = calloc(n, sizeof(*ns));
	int fd = each_connects ? -1 : connected(port);

	for (size_t i = 0; ns && i < n; i++) {
		uint64_t began_ns = now_ns();

		if (each_connects)
			fd = connected(port);
		exchange(fd);
		if (each_connects)
			close(fd);
		ns[i] = now_ns() - began_ns;
	}
	if (!ns)
		return 1;
	qsort(ns, n, sizeof(*ns), compare);
	printf("%" PRIu64 " %" PRIu64 "\n", ns[n / 2], ns[n * 99 / 100]);
	free(ns);
	return 0;
}

static int bulk(const char *port, uint64_t bytes)
{
	int fd = connected(port);
	uint64_t began_ns = now_ns();

	send_all(fd, (const char *)&bytes, sizeof(bytes));
	for (uint64_t left = bytes; left;) {
		size_t n = left < CHUNK ? (size_t)left : CHUNK;

		send_all(fd, buffer, n);
		left -= n;
	}
	if (must((int)recv(fd, buffer, 1, 0), "recv") != 1) {
		fprintf(stderr, "peer: no answer came\n");
		return 1;
	}
	printf("%" PRIu64 "\n", now_ns() - began_ns);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	uint64_t n = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;

	if (strcmp(what, "echo") == 0 || strcmp(what, "sink") == 0)
		serve(argv[2], what[0] == 'e');
	if (n && (strcmp(what, "rr") == 0 || strcmp(what, "crr") == 0))
		return round_trips(argv[2], n, what[0] == 'c');
	if (n && strcmp(what, "bulk") == 0)
		return bulk(argv[2], n);
	fprintf(stderr, "usage: peer echo|sink PORT, peer rr|crr PORT N, peer bulk PORT BYTES\n");
	return 2;
}
