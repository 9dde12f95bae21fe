// SPDX-License-Identifier: BSD-2-Clause
/*
 * One connection for each way to end. A line tells of each:
 *
 *	KIND server-port client-reason server-reason
 *
 * with `-` where that side does not end. Each kind has a server port of its own.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "conns_ends.h"
#include "util/cleanup.h"

void end_open_pair(struct end *e)
{
	const char *there = net_addr(e->plan, THERE, e->family);

	e->listener = net_listen(e->plan, THERE, e->family, there, e->port, 0, 8);
	e->client = net_connect(e->plan, e->family, there, e->port, 0);
	e->server = net_accept(e->listener);
}

void end_await_error(int fd, int want)
{
	char c;

	if (recv(fd, &c, 1, 0) >= 0) {
		errno = 0;
		must(-1, "the connection did not fail");
	}
	must(errno == want ? 0 : -1, "it failed otherwise");
}

static void end_fin(struct end *e)
{
	end_open_pair(e);
	must(shutdown(e->client, SHUT_WR), "shutdown");
	net_receive_end(e->server);
	close(e->server);
	net_receive_end(e->client);
}

/* The server ends first. */
static void end_fin_server(struct end *e)
{
	end_open_pair(e);
	must(shutdown(e->server, SHUT_WR), "shutdown");
	net_receive_end(e->client);
	close(e->client);
	net_receive_end(e->server);
}

static void end_refused(struct end *e)
{
	int probe = net_connect_begin(e->plan, e->family, net_addr(e->plan, THERE, e->family),
				      e->port, 0);

	e->client = probe;
	while (recv(probe, &(char){ 0 }, 1, 0) < 0 && errno == EAGAIN)
		usleep(1000);
	must(errno == ECONNREFUSED ? 0 : -1, "it was not refused");
}

void end_close_hard(int fd)
{
	const struct linger none = { .l_onoff = 1 };

	must(setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none)), "SO_LINGER");
	close(fd);
}

static void end_linger(struct end *e)
{
	end_open_pair(e);
	end_close_hard(e->client);
	end_await_error(e->server, ECONNRESET);
}

static void end_linger_server(struct end *e)
{
	end_open_pair(e);
	end_close_hard(e->server);
	end_await_error(e->client, ECONNRESET);
}

static void end_unread(struct end *e)
{
	char c;

	end_open_pair(e);
	net_send(e->server, 100);
	must((int)recv(e->client, &c, 1, MSG_PEEK), "recv");
	close(e->client);
	end_await_error(e->server, ECONNRESET);
}

/* The server closes its listener while a connection still waits for accept. */
static void end_backlog(struct end *e)
{
	const char *there = net_addr(e->plan, THERE, e->family);
	int left = 1;

	e->listener = net_listen(e->plan, THERE, e->family, there, e->port, 0, 8);
	e->client = net_connect(e->plan, e->family, there, e->port, 0);
	net_send(e->client, 1);
	while (left)
		must(ioctl(e->client, SIOCOUTQ, &left), "SIOCOUTQ");
	close(e->listener);
	end_await_error(e->client, ECONNRESET);
}

static void end_user_timeout(struct end *e)
{
	end_open_pair(e);
	net_set_tos(e->client, CONNS_DROPPED_TOS);
	net_set(e->client, IPPROTO_TCP, TCP_USER_TIMEOUT, 300);
	net_send(e->client, 100);
	end_await_error(e->client, ETIMEDOUT);
}

static void end_keepalive(struct end *e)
{
	end_open_pair(e);
	net_set_tos(e->client, CONNS_DROPPED_TOS);
	net_set(e->client, IPPROTO_TCP, TCP_KEEPIDLE, 1);
	net_set(e->client, IPPROTO_TCP, TCP_KEEPINTVL, 1);
	net_set(e->client, IPPROTO_TCP, TCP_KEEPCNT, 1);
	net_set(e->client, SOL_SOCKET, SO_KEEPALIVE, 1);
	end_await_error(e->client, ETIMEDOUT);
}

static void end_syn_timeout(struct end *e)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	const char *there = net_addr(e->plan, THERE, e->family);

	e->listener = net_listen(e->plan, THERE, e->family, there, e->port, 0, 8);
	must(getsockname(e->listener, (struct sockaddr *)&ss, &len), "getsockname");
	e->client = net_socket(e->plan, HERE, e->family, SOCK_STREAM, 0);
	net_set_tos(e->client, CONNS_DROPPED_TOS);
	net_set(e->client, IPPROTO_TCP, TCP_SYNCNT, 1);
	net_bind(e->client, net_addr(e->plan, HERE, e->family), e->port + 1000);
	int err = connect(e->client, (struct sockaddr *)&ss, len);
	must(err < 0 && errno == ETIMEDOUT ? 0 : -1, "connect did not time out");
}

static const struct end_kind kinds[] = {
	{ "fin", end_fin, "fin", "fin", false },
	{ "fin-server", end_fin_server, "fin", "fin", false },
	{ "refused", end_refused, "refused", "-", false },
	{ "linger", end_linger, "reset_by_us", "reset_by_peer", false },
	{ "linger-server", end_linger_server, "reset_by_peer", "reset_by_us", false },
	{ "unread", end_unread, "reset_by_us", "reset_by_peer", false },
	{ "backlog", end_backlog, "reset_by_peer", "reset_by_us", false },
	{ "user-timeout", end_user_timeout, "timeout", "-", false },
	{ "keepalive", end_keepalive, "timeout", "-", false },
	{ "syn-timeout", end_syn_timeout, "timeout", "-", false },
};

static bool end_one(const struct conns_plan *plan, const struct end_kind *k, int port)
{
	struct end e = { plan, plan->six ? AF_INET6 : AF_INET, port, -1, -1, -1 };

	if (k->v4_only && plan->six)
		return true;
	k->run(&e);
	net_say("%s %d %s %s", k->name, port, k->client, k->server);
	return true;
}

int conns_ends(struct conns_plan *plan, char *argv[], int n)
{
	for (int i = 0; i < n; i++) {
		bool found = false;

		for (size_t k = 0; k < SKW_ARRAY_SIZE(kinds); k++)
			if (!strcmp(argv[i], "all") || !strcmp(argv[i], kinds[k].name))
				found = end_one(plan, &kinds[k], plan->port + (int)k);
		for (size_t k = 0; end_broken_kinds[k].name; k++)
			if (!strcmp(argv[i], "all") || !strcmp(argv[i], "broken") ||
			    !strcmp(argv[i], end_broken_kinds[k].name))
				found = end_one(plan, &end_broken_kinds[k],
						plan->port + (int)(SKW_ARRAY_SIZE(kinds) + k));
		if (!found) {
			fprintf(stderr, "conns: %s: no such kind\n", argv[i]);
			return 2;
		}
	}
	net_say("ready");
	net_hold();
	return 0;
}
