// SPDX-License-Identifier: BSD-2-Clause
/*
 * Holds sockets of every kind. Each kind's server has a port of its own: --port plus the place of
 * the kind in the table. Lines on standard input (see verbs) make the connections do something.
 * Each line is answered by `done N`, counted from 1.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conns.h"
#include "util/cleanup.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

#define TALKERS 32
#define CHUNK   1000

/* No host has this address. lib_conns.sh gives it a neighbour, so that packets go out and are lost.
 */
#define NOWHERE "10.77.0.9"

struct pair {
	int client, server;
};

struct hold {
	const struct conns_plan *plan;
	struct pair talkers[TALKERS];
	int n;
};

/* ---- pairs ---- */

/* The address that the client connects to, and the address that the server listens on. */
struct ends {
	int client_family, server_family;
	const char *connect_to, *listen_on;
	int protocol;
};

static struct pair make(const struct hold *h, const struct ends *e, int port)
{
	int listener =
		net_listen(h->plan, THERE, e->server_family, e->listen_on, port, e->protocol, 8);
	struct pair p;

	p.client = net_connect(h->plan, e->client_family, e->connect_to, port, e->protocol);
	p.server = net_accept(listener);
	close(listener);
	return p;
}

static struct pair make_plain(const struct hold *h, int family, int port)
{
	const char *there = net_addr(h->plan, THERE, family);

	return make(h, &(struct ends){ family, family, there, there, 0 }, port);
}

static void keep(struct hold *h, struct pair p)
{
	if (h->n == TALKERS) {
		errno = ENOSPC;
		must(-1, "too many pairs");
	}
	h->talkers[h->n++] = p;
}

static void talk(const struct pair *p, uint64_t times)
{
	while (times--) {
		net_send(p->client, CHUNK);
		net_receive(p->server, CHUNK);
		net_send(p->server, CHUNK);
		net_receive(p->client, CHUNK);
	}
}

/* ---- the kinds ---- */

static void hold_v4(struct hold *h, int port)
{
	struct pair p = make_plain(h, AF_INET, port);

	talk(&p, 3);
	keep(h, p);
}

static void hold_v6(struct hold *h, int port)
{
	struct pair p = make_plain(h, AF_INET6, port);

	talk(&p, 3);
	keep(h, p);
}

static void hold_mapped_server(struct hold *h, int port)
{
	keep(h,
	     make(h,
		  &(struct ends){ AF_INET, AF_INET6, net_addr(h->plan, THERE, AF_INET), "::", 0 },
		  port));
}

static void hold_mapped_client(struct hold *h, int port)
{
	char mapped[64];

	snprintf(mapped, sizeof(mapped), "::ffff:%s", net_addr(h->plan, THERE, AF_INET));
	keep(h, make(h, &(struct ends){ AF_INET6, AF_INET, mapped, "0.0.0.0", 0 }, port));
}

static void hold_mptcp(struct hold *h, int port)
{
	const char *there = net_addr(h->plan, THERE, AF_INET);
	int probe = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);

	if (probe < 0) {
		net_say("without mptcp: %s", strerror(errno));
		return;
	}
	close(probe);
	struct pair p =
		make(h, &(struct ends){ AF_INET, AF_INET, there, there, IPPROTO_MPTCP }, port);
	talk(&p, 3);
	keep(h, p);
}

static void hold_listen(struct hold *h, int port)
{
	net_listen(h->plan, THERE, AF_INET, "0.0.0.0", port, 0, 16);
	net_listen(h->plan, HERE, AF_INET, net_addr(h->plan, HERE, AF_INET), port, 0, 16);
	net_listen(h->plan, HERE, AF_INET6, net_addr(h->plan, HERE, AF_INET6), port, 0, 16);
}

static void hold_listen_dual(struct hold *h, int port)
{
	net_listen(h->plan, THERE, AF_INET6, "::", port, 0, 16);
}

static void hold_listen_v6only(struct hold *h, int port)
{
	int fd = net_socket(h->plan, THERE, AF_INET6, SOCK_STREAM, 0);

	net_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	net_bind(fd, "::", port);
	must(listen(fd, 5), "listen");
}

/* Returns in the parent only, once the child holds nothing but that socket. */
static void fork_holder(const char *name, int fd)
{
	int ready[2];
	char c;

	must(pipe(ready), "pipe");
	if (!net_fork(name)) {
		dup2(ready[1], STDOUT_FILENO);
		net_keep_only(fd);
		/* This closes the pipe, which tells the parent. */
		dup2(STDERR_FILENO, STDOUT_FILENO);
		for (;;)
			pause();
	}
	close(ready[1]);
	must(read(ready[0], &c, 1) != 0 ? -1 : 0, "child");
	close(ready[0]);
}

/* A server forks after accept, so that the worker is the only holder. */
static void hold_forked(struct hold *h, int port)
{
	struct pair p = make_plain(h, AF_INET, port);

	fork_holder("conns-worker", p.server);
	close(p.server);
}

static void hold_shared(struct hold *h, int port)
{
	struct pair p = make_plain(h, AF_INET6, port);

	fork_holder("conns-share", p.server);
	fork_holder("conns-share", p.server);
}

static void hold_backlog(struct hold *h, int port)
{
	const char *there = net_addr(h->plan, THERE, AF_INET);

	net_listen(h->plan, THERE, AF_INET, there, port, 0, 8);
	for (int i = 0; i < 3; i++)
		net_settle(net_connect(h->plan, AF_INET, there, port, 0));
}

static void hold_syn_sent(struct hold *h, int port)
{
	net_connect_begin(h->plan, AF_INET, NOWHERE, port, 0);
}

/* lib_conns.sh drops the answers from this kind's port. */
static void hold_syn_recv(struct hold *h, int port)
{
	const char *there = net_addr(h->plan, THERE, AF_INET);

	net_listen(h->plan, THERE, AF_INET, there, port, 0, 8);
	net_connect_begin(h->plan, AF_INET, there, port, 0);
}

static void hold_close_wait(struct hold *h, int port)
{
	struct pair p = make_plain(h, AF_INET, port);

	must(shutdown(p.client, SHUT_WR), "shutdown");
	net_await_state(p.client, TCP_FIN_WAIT2);
	net_await_state(p.server, TCP_CLOSE_WAIT);
}

/* No process holds the client's end. The kernel keeps a small socket of it, which still waits. */
static void hold_orphan(struct hold *h, int port)
{
	struct pair p = make_plain(h, AF_INET, port);

	must(close(p.client), "close");
	net_await_state(p.server, TCP_CLOSE_WAIT);
}

static void hold_time_wait(struct hold *h, int port)
{
	struct pair p = make_plain(h, AF_INET, port);

	must(close(p.client), "close");
	net_receive_end(p.server);
	must(close(p.server), "close");
	p = make_plain(h, AF_INET6, port);
	must(close(p.client), "close");
	net_receive_end(p.server);
	must(close(p.server), "close");
}

/* In this kind and the next ones, packets of the client get lost from some point on. */
static void hold_fin_wait1(struct hold *h, int port)
{
	struct pair p = make_plain(h, AF_INET, port);

	net_set_tos(p.client, CONNS_DROPPED_TOS);
	must(shutdown(p.client, SHUT_WR), "shutdown");
	net_await_state(p.client, TCP_FIN_WAIT1);
}

static void hold_last_ack(struct hold *h, int port)
{
	struct pair p = make_plain(h, AF_INET6, port);

	must(shutdown(p.server, SHUT_WR), "shutdown");
	net_await_state(p.server, TCP_FIN_WAIT2);
	net_set_tos(p.client, CONNS_DROPPED_TOS);
	must(shutdown(p.client, SHUT_WR), "shutdown");
	net_await_state(p.client, TCP_LAST_ACK);
}

static void hold_closing(struct hold *h, int port)
{
	struct pair p = make_plain(h, AF_INET, port);

	net_set_tos(p.client, CONNS_DROPPED_TOS);
	must(shutdown(p.client, SHUT_WR), "shutdown");
	must(shutdown(p.server, SHUT_WR), "shutdown");
	net_await_state(p.client, TCP_CLOSING);
}

static void hold_udp(struct hold *h, int port)
{
	for (enum side side = HERE; side < SIDES; side++) {
		int four = net_socket(h->plan, side, AF_INET, SOCK_DGRAM, 0);
		int six = net_socket(h->plan, side, AF_INET6, SOCK_DGRAM, 0);

		/* Over loopback both sides are the same. */
		net_bind(four, "0.0.0.0", port + 1000 + 2 * (int)side);
		net_bind(six, net_addr(h->plan, side, AF_INET6), port + 1001 + 2 * (int)side);
	}
}

static void hold_udp_connected(struct hold *h, int port)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(families); i++) {
		struct sockaddr_storage ss;
		socklen_t len = sizeof(ss);
		int to = net_socket(h->plan, THERE, families[i], SOCK_DGRAM, 0);
		int from = net_socket(h->plan, HERE, families[i], SOCK_DGRAM, 0);

		net_bind(to, net_addr(h->plan, THERE, families[i]), port);
		must(getsockname(to, (struct sockaddr *)&ss, &len), "getsockname");
		must(connect(from, (struct sockaddr *)&ss, len), "connect");
		/* It stays unread, so that there is a queue to show. */
		net_send(from, 100);
		must((int)recv(to, &ss, sizeof(ss), MSG_PEEK), "recv");
	}
}

static const struct kind {
	const char *name;
	void (*make)(struct hold *h, int port);
} kinds[] = {
	{ "v4", hold_v4 },
	{ "v6", hold_v6 },
	{ "mapped-server", hold_mapped_server },
	{ "mapped-client", hold_mapped_client },
	{ "mptcp", hold_mptcp },
	{ "listen", hold_listen },
	{ "listen-dual", hold_listen_dual },
	{ "listen-v6only", hold_listen_v6only },
	{ "forked", hold_forked },
	{ "shared", hold_shared },
	{ "backlog", hold_backlog },
	{ "syn-sent", hold_syn_sent },
	{ "syn-recv", hold_syn_recv },
	{ "close-wait", hold_close_wait },
	{ "orphan", hold_orphan },
	{ "time-wait", hold_time_wait },
	{ "fin-wait1", hold_fin_wait1 },
	{ "last-ack", hold_last_ack },
	{ "closing", hold_closing },
	{ "udp", hold_udp },
	{ "udp-connected", hold_udp_connected },
};

/* ---- verbs ---- */

static void verb_talk(struct hold *h, uint64_t times)
{
	for (int i = 0; i < h->n; i++)
		talk(&h->talkers[i], times ? times : 1);
}

/* Each client sends bytes that get lost until `heal`. */
static void verb_lose(struct hold *h, uint64_t bytes)
{
	for (int i = 0; i < h->n; i++) {
		net_set_tos(h->talkers[i].client, CONNS_DROPPED_TOS);
		net_send(h->talkers[i].client, bytes ? bytes : CHUNK);
	}
}

static void verb_heal(struct hold *h, uint64_t bytes)
{
	for (int i = 0; i < h->n; i++)
		net_set_tos(h->talkers[i].client, 0);
	for (int i = 0; i < h->n; i++) {
		net_receive(h->talkers[i].server, bytes ? bytes : CHUNK);
		net_settle(h->talkers[i].client);
	}
}

/* Each client sends the given number of bytes, whatever the path does to them. */
static void verb_bulk(struct hold *h, uint64_t bytes)
{
	for (int i = 0; i < h->n; i++) {
		if (!net_fork("conns-bulk")) {
			net_receive(h->talkers[i].server, bytes);
			_exit(0);
		}
		net_send(h->talkers[i].client, bytes);
		net_settle(h->talkers[i].client);
	}
}

/* Hands each server's end to a worker, as a server does that forks after accept. */
static void verb_hand(struct hold *h, uint64_t unused)
{
	(void)unused;
	for (int i = 0; i < h->n; i++) {
		fork_holder("conns-worker", h->talkers[i].server);
		must(close(h->talkers[i].server), "close");
	}
	h->n = 0;
}

static void verb_close(struct hold *h, uint64_t unused)
{
	(void)unused;
	for (int i = 0; i < h->n; i++) {
		must(shutdown(h->talkers[i].client, SHUT_WR), "shutdown");
		net_receive_end(h->talkers[i].server);
		must(close(h->talkers[i].server), "close");
		net_receive_end(h->talkers[i].client);
		must(close(h->talkers[i].client), "close");
	}
	h->n = 0;
}

static const struct verb {
	const char *name;
	void (*run)(struct hold *h, uint64_t n);
} verbs[] = {
	{ "talk", verb_talk }, { "lose", verb_lose },   { "heal", verb_heal },
	{ "bulk", verb_bulk }, { "close", verb_close }, { "hand", verb_hand },
};

static void obey(struct hold *h, char *line)
{
	const char *name = strtok(line, " \n"), *n = strtok(NULL, " \n");

	for (size_t i = 0; name && i < SKW_ARRAY_SIZE(verbs); i++) {
		if (!strcmp(name, verbs[i].name)) {
			verbs[i].run(h, n ? strtoull(n, NULL, 10) : 0);
			return;
		}
	}
	errno = EINVAL;
	must(-1, name ? name : "empty line");
}

static int make_kind(struct hold *h, const char *name)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(kinds); i++) {
		if (!strcmp(name, kinds[i].name) || !strcmp(name, "all")) {
			int had = h->n, port = h->plan->port + (int)i;

			kinds[i].make(h, port);
			if (h->n > had)
				net_say("%s %d %d", kinds[i].name,
					net_port(h->talkers[had].client, false), port);
			else
				net_say("%s - %d", kinds[i].name, port);
			if (strcmp(name, "all") != 0)
				return 0;
		}
	}
	return strcmp(name, "all") ? -1 : 0;
}

int conns_hold(struct conns_plan *plan, char *argv[], int n)
{
	struct hold h = { .plan = plan };
	char line[256];

	for (int i = 0; i < n; i++) {
		if (make_kind(&h, argv[i])) {
			fprintf(stderr, "conns: %s: no such kind\n", argv[i]);
			return 2;
		}
	}
	net_say("ready");
	for (int done = 1; fgets(line, sizeof(line), stdin); done++) {
		obey(&h, line);
		net_say("done %d", done);
	}
	return 0;
}
