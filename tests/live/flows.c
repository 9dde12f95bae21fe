// SPDX-License-Identifier: BSD-2-Clause
#include "flows.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/cleanup.h"

/* One conversation: each side gets a connected socket (the server of UDP a bound one). */
struct flow {
	int type;
	bool (*serve)(int fd, const struct flow_plan *plan);
	bool (*ask)(int fd, const struct flow_plan *plan);
};

static int fail(const char *what)
{
	fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
	return -1;
}

static struct addrinfo *resolve(const struct flow_plan *plan, int type)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				  .ai_socktype = type };
	struct addrinfo *ai = NULL;
	int code = getaddrinfo(plan->addr, plan->port, &hints, &ai);

	if (code)
		fprintf(stderr, "traffic: %s: %s\n", plan->addr, gai_strerror(code));
	return ai;
}

static int enter_netns(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	SKW_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		return fail(path);
	return 0;
}

static int open_server(const struct flow_plan *plan, const struct addrinfo *ai)
{
	const int one = 1;

	if (plan->server_netns && enter_netns(plan->server_netns))
		return -1;
	SKW_AUTO_FD int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) ||
	    (ai->ai_socktype == SOCK_STREAM && listen(fd, 1)))
		return fail("bind");
	return SKW_TAKE_FD(fd);
}

static int run_server(const struct flow *flow, const struct flow_plan *plan,
		      const struct addrinfo *ai, int ready)
{
	SKW_AUTO_FD int fd = open_server(plan, ai);

	if (fd < 0 || write(ready, "r", 1) != 1)
		return 1;
	close(ready);
	if (flow->type == SOCK_STREAM) {
		int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (conn < 0)
			return 1;
		close(fd);
		fd = conn;
	}
	return !flow->serve(fd, plan);
}

static int run_client(const struct flow *flow, const struct flow_plan *plan,
		      const struct addrinfo *ai)
{
	SKW_AUTO_FD int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, ai->ai_addr, ai->ai_addrlen)) {
		fail("connect");
		return 1;
	}
	return !flow->ask(fd, plan);
}

static int run_flow(const struct flow *flow, const struct flow_plan *plan)
{
	struct addrinfo *ai = resolve(plan, flow->type);
	int ready[2], status = 1, result = 1;
	char c;

	if (!ai)
		return 1;
	if (pipe2(ready, O_CLOEXEC)) {
		freeaddrinfo(ai);
		return 1;
	}
	pid_t server = fork();
	if (!server) {
		close(ready[0]);
		_exit(run_server(flow, plan, ai, ready[1]));
	}
	close(ready[1]);
	if (server > 0 && read(ready[0], &c, 1) == 1)
		result = run_client(flow, plan, ai);
	close(ready[0]);
	freeaddrinfo(ai);
	if (server > 0) {
		/* A client that failed never lets the server finish. */
		if (result)
			kill(server, SIGKILL);
		waitpid(server, &status, 0);
	}
	return result || status;
}

static bool send_all(int fd, const void *bytes, size_t len)
{
	for (const char *p = bytes; len;) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* ---- HTTP ---- */

static bool serve_http(int fd, const struct flow_plan *plan)
{
	char request[1024] = "", head[256];
	size_t len = 0, body = plan->bytes ? plan->bytes : 1000;
	SKW_AUTO_FREE char *text = malloc(body);

	if (!text)
		return false;
	memset(text, 'x', body);
	while (!strstr(request, "\r\n\r\n")) {
		ssize_t n = recv(fd, request + len, sizeof(request) - 1 - len, 0);

		if (n <= 0)
			return false;
		len += (size_t)n;
		request[len] = '\0';
	}
	int n = snprintf(head, sizeof(head),
			 "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
			 "Connection: close\r\n\r\n",
			 body);
	return send_all(fd, head, (size_t)n) && send_all(fd, text, body);
}

static bool ask_http(int fd, const struct flow_plan *plan)
{
	static const char request[] = "GET /index.html HTTP/1.1\r\nHost: example.test\r\n"
				      "User-Agent: traffic\r\nConnection: close\r\n\r\n";
	char buf[4096];
	size_t total = 0, body = plan->bytes ? plan->bytes : 1000;
	ssize_t n;

	if (!send_all(fd, request, sizeof(request) - 1))
		return false;
	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
		total += (size_t)n;
	return n == 0 && total > body;
}

int flow_http(const struct flow_plan *plan)
{
	return run_flow(&(struct flow){ SOCK_STREAM, serve_http, ask_http }, plan);
}

/* ---- bulk ---- */

#define BULK_BYTES (8U << 20)

static bool serve_bulk(int fd, const struct flow_plan *plan)
{
	uint64_t want = plan->bytes ? plan->bytes : BULK_BYTES, total = 0;
	static char buf[1 << 18];
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
		total += (uint64_t)n;
	return n == 0 && total == want && send_all(fd, "k", 1);
}

static bool ask_bulk(int fd, const struct flow_plan *plan)
{
	uint64_t left = plan->bytes ? plan->bytes : BULK_BYTES;
	static char buf[1 << 18];
	char c;

	while (left) {
		size_t n = left < sizeof(buf) ? (size_t)left : sizeof(buf);

		if (!send_all(fd, buf, n))
			return false;
		left -= n;
	}
	return !shutdown(fd, SHUT_WR) && recv(fd, &c, 1, 0) == 1;
}

int flow_bulk(const struct flow_plan *plan)
{
	return run_flow(&(struct flow){ SOCK_STREAM, serve_bulk, ask_bulk }, plan);
}

/* ---- UDP ---- */

static uint64_t datagrams(const struct flow_plan *plan)
{
	return plan->count ? plan->count : 3;
}

static bool serve_udp(int fd, const struct flow_plan *plan)
{
	for (uint64_t i = 0; i < datagrams(plan); i++) {
		char buf[2048];
		struct sockaddr_storage from;
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&from, &from_len);

		if (n < 0 || sendto(fd, buf, (size_t)n, 0, (struct sockaddr *)&from, from_len) != n)
			return false;
	}
	return true;
}

static bool ask_udp(int fd, const struct flow_plan *plan)
{
	for (uint64_t i = 0; i < datagrams(plan); i++) {
		char text[64], back[2048];
		int n = snprintf(text, sizeof(text), "question %llu", (unsigned long long)i);

		if (send(fd, text, (size_t)n, 0) != n || recv(fd, back, sizeof(back), 0) != n ||
		    memcmp(text, back, (size_t)n) != 0)
			return false;
	}
	return true;
}

int flow_udp(const struct flow_plan *plan)
{
	return run_flow(&(struct flow){ SOCK_DGRAM, serve_udp, ask_udp }, plan);
}

/* ---- echo ---- */

/* The checksum of ICMP. The kernel makes that of ICMPv6. */
static uint16_t checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static bool echo_once(int fd, bool six, uint16_t seq)
{
	uint8_t echo[56] = { six ? ICMP6_ECHO_REQUEST : ICMP_ECHO };
	uint16_t id = htons((uint16_t)getpid()), nseq = htons(seq);
	uint8_t back[512];

	memcpy(echo + 4, &id, 2);
	memcpy(echo + 6, &nseq, 2);
	if (!six)
		memcpy(echo + 2, &(uint16_t){ checksum(echo, sizeof(echo)) }, 2);
	if (send(fd, echo, sizeof(echo), 0) != sizeof(echo))
		return false;
	for (;;) {
		ssize_t n = recv(fd, back, sizeof(back), 0);
		size_t head = six ? 0 : sizeof(struct iphdr);

		if (n < 0)
			return false;
		if ((size_t)n >= head + 8 &&
		    back[head] == (six ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) &&
		    !memcmp(back + head + 4, echo + 4, 4))
			return true;
	}
}

int flow_ping(const struct flow_plan *plan)
{
	struct addrinfo *ai = resolve(plan, SOCK_DGRAM);
	const struct timeval patience = { .tv_sec = 60 };

	if (!ai)
		return 1;
	bool six = ai->ai_family == AF_INET6;
	SKW_AUTO_FD int fd =
		socket(ai->ai_family, SOCK_RAW | SOCK_CLOEXEC, six ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	/* Raw sockets have no port, and those of IPv6 take it for a protocol. */
	if (six)
		((struct sockaddr_in6 *)ai->ai_addr)->sin6_port = 0;
	bool ok = fd >= 0 &&
		  !setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) &&
		  !connect(fd, ai->ai_addr, ai->ai_addrlen);
	freeaddrinfo(ai);
	for (uint64_t i = 0; ok && i < datagrams(plan); i++)
		ok = echo_once(fd, six, (uint16_t)i);
	if (!ok)
		fail(plan->addr);
	return !ok;
}

/* ---- ends ---- */

int flow_gone(char *const pids[], int n)
{
	for (int i = 0; i < n; i++) {
		SKW_AUTO_FD int fd =
			(int)syscall(SYS_pidfd_open, (pid_t)strtol(pids[i], NULL, 10), 0);
		struct pollfd p = { fd, POLLIN, 0 };

		if (fd < 0 && errno == ESRCH)
			continue;
		if (fd < 0 || poll(&p, 1, -1) != 1) {
			fail(pids[i]);
			return 1;
		}
	}
	return 0;
}
