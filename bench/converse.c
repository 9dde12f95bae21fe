// SPDX-License-Identifier: BSD-2-Clause
/*
 * A client and a server talk over TCP on one CPU, and the time of an exchange is measured: a
 * message and its answer (rr), a connection with one message and its answer (crr), many bytes one
 * way (bulk), or, over UDP, a burst of datagrams and one in answer (udp). On one CPU the two take
 * turns, so that the time contains what the kernel does for a watcher and nothing else.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHUNK       65536
#define KEY_BYTES   40 /* a request of a key-value store without its value, such as Redis */
#define VALUE_BYTES 1000
#define OK_BYTES    5            /* its answer to a change */
#define BULK_BYTES  (4ULL << 20) /* of one operation */
#define BURST       32           /* datagrams of one operation */

struct plan {
	const struct mode *mode;
	struct sockaddr_in server;
	const char *client_netns;
	uint64_t count;
	int cpu;
	uint64_t *ns; /* of each operation */
};

struct mode {
	const char *name;
	bool each_connects;
	void (*ask)(int fd);
	bool (*answer)(int fd); /* false: the client has ended */
	bool datagrams;
};

static uint64_t message = 64; /* bytes of a request and of its answer */
static char buffer[CHUNK];

static int must(int result, const char *what)
{
	if (result < 0) {
		fprintf(stderr, "converse: %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return result;
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* ---- the exchanges ---- */

static void put(int fd, uint64_t bytes)
{
	while (bytes) {
		size_t n = bytes < CHUNK ? (size_t)bytes : CHUNK;

		bytes -= (uint64_t)must((int)send(fd, buffer, n, MSG_NOSIGNAL), "send");
	}
}

/* false: the other side ended before the first byte. */
static bool take(int fd, uint64_t bytes)
{
	for (uint64_t left = bytes; left;) {
		size_t want = left < CHUNK ? (size_t)left : CHUNK;
		int n = must((int)recv(fd, buffer, want, 0), "recv");

		if (!n && left == bytes)
			return false;
		if (!n) {
			errno = EPIPE;
			must(-1, "recv");
		}
		left -= (uint64_t)n;
	}
	return true;
}

static void ask_message(int fd)
{
	put(fd, message);
	take(fd, message);
}

static bool answer_message(int fd)
{
	if (!take(fd, message))
		return false;
	put(fd, message);
	return true;
}

/* Sets a value and gets it again. */
static void ask_values(int fd)
{
	put(fd, KEY_BYTES + VALUE_BYTES);
	take(fd, OK_BYTES);
	put(fd, KEY_BYTES);
	take(fd, KEY_BYTES + VALUE_BYTES);
}

static bool answer_values(int fd)
{
	if (!take(fd, KEY_BYTES + VALUE_BYTES))
		return false;
	put(fd, OK_BYTES);
	take(fd, KEY_BYTES);
	put(fd, KEY_BYTES + VALUE_BYTES);
	return true;
}

static void ask_bulk(int fd)
{
	put(fd, BULK_BYTES);
	take(fd, 1);
}

static bool answer_bulk(int fd)
{
	if (!take(fd, BULK_BYTES))
		return false;
	put(fd, 1);
	return true;
}

static void ask_burst(int fd)
{
	for (int i = 0; i < BURST; i++)
		put(fd, message);
	take(fd, message);
}

static bool answer_burst(int fd)
{
	for (int i = 0; i < BURST; i++)
		take(fd, message);
	put(fd, message);
	return true;
}

static const struct mode modes[] = {
	{ "rr", false, ask_message, answer_message, false },
	{ "crr", true, ask_message, answer_message, false },
	{ "values", false, ask_values, answer_values, false },
	{ "bulk", false, ask_bulk, answer_bulk, false },
	{ "udp", false, ask_burst, answer_burst, true },
};

/* ---- client and server ---- */

static int new_socket(const struct plan *plan)
{
	const int one = 1, type = plan->mode->datagrams ? SOCK_DGRAM : SOCK_STREAM;
	int fd = must(socket(AF_INET, type | SOCK_CLOEXEC, 0), "socket");

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (type == SOCK_DGRAM)
		return fd;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* The only client is the peer. */
static void serve_datagrams(const struct plan *plan, int fd)
{
	struct sockaddr_in client;
	socklen_t len = sizeof(client);

	must((int)recvfrom(fd, buffer, 1, MSG_PEEK, (struct sockaddr *)&client, &len), "recvfrom");
	must(connect(fd, (const struct sockaddr *)&client, len), "connect");
	while (plan->mode->answer(fd))
		;
}

static void serve(const struct plan *plan, int listener)
{
	if (plan->mode->datagrams)
		serve_datagrams(plan, listener);
	for (;;) {
		int fd = must(accept4(listener, NULL, NULL, SOCK_CLOEXEC), "accept");

		while (plan->mode->answer(fd))
			;
		close(fd);
	}
}

static int open_client(const struct plan *plan)
{
	int fd = new_socket(plan);

	must(connect(fd, (const struct sockaddr *)&plan->server, sizeof(plan->server)), "connect");
	return fd;
}

/*
 * The server closes after the client. The operation includes that. A socket that skwatch bypass has
 * taken over can only be waited for by poll() after its shutdown().
 */
static void end_client(int fd)
{
	struct pollfd end = { .fd = fd, .events = POLLIN };

	must(shutdown(fd, SHUT_WR), "shutdown");
	must(poll(&end, 1, -1), "poll");
	if (take(fd, 1)) {
		errno = EPROTO;
		must(-1, "more than the answer");
	}
	close(fd);
}

static void converse(const struct plan *plan)
{
	int fd = plan->mode->each_connects ? -1 : open_client(plan);

	for (uint64_t i = 0; i < plan->count; i++) {
		uint64_t began = now_ns(CLOCK_MONOTONIC);

		if (plan->mode->each_connects)
			fd = open_client(plan);
		plan->mode->ask(fd);
		if (plan->mode->each_connects)
			end_client(fd);
		plan->ns[i] = now_ns(CLOCK_MONOTONIC) - began;
	}
	if (plan->mode->datagrams)
		close(fd);
	else if (!plan->mode->each_connects)
		end_client(fd);
}

static void enter_netns(const char *path)
{
	int fd = must(open(path, O_RDONLY | O_CLOEXEC), path);

	must(setns(fd, CLONE_NEWNET), "setns");
	close(fd);
}

/* ---- the times ---- */

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void report(const struct plan *plan, uint64_t wall_ns)
{
	const double n = (double)plan->count;

	qsort(plan->ns, plan->count, sizeof(*plan->ns), by_size);
	printf("{\"mode\": \"%s\", \"ops\": %" PRIu64 ", \"mean_ns\": %.1f, \"median_ns\": %" PRIu64
	       ", \"p99_ns\": %" PRIu64 ", \"bytes_per_s\": %.0f}\n",
	       plan->mode->name, plan->count, (double)wall_ns / n, plan->ns[plan->count / 2],
	       plan->ns[plan->count * 99 / 100],
	       plan->mode->ask == ask_bulk ? n * (double)BULK_BYTES * 1e9 / (double)wall_ns : 0);
}

static int run(struct plan *plan)
{
	cpu_set_t cpus;
	int listener = new_socket(plan);

	CPU_ZERO(&cpus);
	CPU_SET((size_t)plan->cpu, &cpus);
	must(sched_setaffinity(0, sizeof(cpus), &cpus), "CPU");
	must(bind(listener, (struct sockaddr *)&plan->server, sizeof(plan->server)), "bind");
	if (!plan->mode->datagrams)
		must(listen(listener, 128), "listen");
	pid_t server = must(fork(), "fork");
	if (!server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(plan, listener);
	}
	close(listener);
	if (plan->client_netns)
		enter_netns(plan->client_netns);
	uint64_t began = now_ns(CLOCK_MONOTONIC);
	converse(plan);
	uint64_t wall_ns = now_ns(CLOCK_MONOTONIC) - began;
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	report(plan, wall_ns);
	return 0;
}

static int usage(void)
{
	fprintf(stderr,
		"converse -m rr|crr|values|bulk|udp -n COUNT -c CPU -a ADDR [-s MESSAGE-BYTES]\n"
		"         [-N CLIENT-NETNS-PATH]\n");
	return 2;
}

int main(int argc, char *argv[])
{
	struct plan plan = { .server = { .sin_family = AF_INET, .sin_port = htons(7001) } };
	int c;

	while ((c = getopt(argc, argv, "m:n:c:a:s:N:")) != -1) {
		switch (c) {
		case 'm':
			for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
				if (!strcmp(optarg, modes[i].name))
					plan.mode = &modes[i];
			break;
		case 'n':
			plan.count = strtoull(optarg, NULL, 10);
			break;
		case 'c':
			plan.cpu = (int)strtol(optarg, NULL, 10);
			break;
		case 'a':
			if (inet_pton(AF_INET, optarg, &plan.server.sin_addr) != 1)
				return usage();
			break;
		case 's':
			message = strtoull(optarg, NULL, 10);
			break;
		case 'N':
			plan.client_netns = optarg;
			break;
		default:
			return usage();
		}
	}
	if (!plan.mode || !plan.count || optind < argc)
		return usage();
	plan.ns = calloc(plan.count, sizeof(*plan.ns));
	must(plan.ns ? 0 : -1, "memory");
	return run(&plan);
}
