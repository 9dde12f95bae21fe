// SPDX-License-Identifier: BSD-2-Clause
/* A connection that something keeps slow. It is ready once the kernel's own figures show that. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/tcp.h>

#include "conns.h"
#include "util/cleanup.h"

#define SLOW_US 100000

static void send_on(const struct conns_plan *plan, int fd)
{
	for (;;)
		net_send(fd, plan->request);
}

/* The receiver is the cause: it never reads. */
static void prepare_reader(int client, int server)
{
	(void)client;
	(void)server;
}

/* The buffer of the sender is the cause: it holds one segment at a time. */
static void prepare_buffer(int client, int server)
{
	net_set(client, SOL_SOCKET, SO_SNDBUF, 1);
	if (!net_fork("conns-reader"))
		net_receive_end(server);
}

/* The path is the cause: it loses packets. */
static void prepare_path(int client, int server)
{
	(void)server;
	net_set_tos(client, CONNS_DROPPED_TOS);
}

static bool is_reader(const struct tcp_info *info)
{
	return info->tcpi_rwnd_limited > SLOW_US;
}

static bool is_buffer(const struct tcp_info *info)
{
	return info->tcpi_sndbuf_limited > SLOW_US;
}

static bool is_path(const struct tcp_info *info)
{
	return info->tcpi_total_retrans >= 3;
}

static const struct kind {
	const char *name;
	void (*prepare)(int client, int server);
	bool (*is)(const struct tcp_info *info);
} kinds[] = {
	{ "reader", prepare_reader, is_reader },
	{ "buffer", prepare_buffer, is_buffer },
	{ "path", prepare_path, is_path },
};

static void slow(const struct conns_plan *plan, const struct kind *k)
{
	const char *there = net_addr(plan, THERE, AF_INET);
	int listener = net_listen(plan, THERE, AF_INET, there, plan->port, 0, 8);
	int client = net_connect(plan, AF_INET, there, plan->port, 0);
	int server = net_accept(listener);
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	k->prepare(client, server);
	if (!net_fork("conns-sender"))
		send_on(plan, client);
	do
		must(getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &len), "TCP_INFO");
	while (!k->is(&info) && !usleep(10000));
	net_say("%s %d %d", k->name, net_port(client, false), plan->port);
}

int conns_slow(struct conns_plan *plan, char *argv[], int n)
{
	(void)n;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(kinds); i++) {
		if (strcmp(argv[0], kinds[i].name) != 0)
			continue;
		slow(plan, &kinds[i]);
		net_say("ready");
		net_hold();
		return 0;
	}
	fprintf(stderr, "conns: %s: no such kind\n", argv[0]);
	return 2;
}
