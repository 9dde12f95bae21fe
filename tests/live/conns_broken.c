// SPDX-License-Identifier: BSD-2-Clause
/* Ends of connections that are easily mistaken for others. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conns_ends.h"

/* How often a race is run. */
#define TIMES 20

/* The client closes, and the server does not. */
static void end_half(struct end *e)
{
	end_open_pair(e);
	close(e->client);
	net_await_state(e->server, TCP_CLOSE_WAIT);
}

/* The client closes after its FIN was acknowledged. */
static void end_half_shut(struct end *e)
{
	end_open_pair(e);
	must(shutdown(e->client, SHUT_WR), "shutdown");
	net_await_state(e->client, TCP_FIN_WAIT2);
	close(e->client);
}

static void end_unread_shut(struct end *e)
{
	end_open_pair(e);
	net_send(e->server, 100);
	must((int)recv(e->client, &(char){ 0 }, 1, MSG_PEEK), "recv");
	must(shutdown(e->client, SHUT_WR), "shutdown");
	net_await_state(e->client, TCP_FIN_WAIT2);
	close(e->client);
	net_await_state(e->server, TCP_CLOSE);
}

/* It closes on both sides at once, as both sides are the same socket. */
static void end_self(struct end *e)
{
	e->client = net_socket(e->plan, HERE, e->family, SOCK_STREAM, 0);
	net_bind(e->client, net_addr(e->plan, HERE, e->family), e->port);

	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	must(getsockname(e->client, (struct sockaddr *)&ss, &len), "getsockname");
	must(connect(e->client, (struct sockaddr *)&ss, len), "connect");
	close(e->client);
}

/* A connect() to a host that does not answer. */
static int begin_lost(const struct end *e)
{
	return net_connect_begin(e->plan, e->family, net_addr(e->plan, THERE, e->family), e->port,
				 CONNS_DROPPED_TOS);
}

static void end_given_up(struct end *e)
{
	close(begin_lost(e));
}

static void end_killed(struct end *e)
{
	int fd = begin_lost(e);
	pid_t child = net_fork("conns-child");

	if (!child)
		for (;;)
			pause();
	close(fd);
	kill(child, SIGKILL);
	must(waitpid(child, NULL, 0), "waitpid");
}

static void end_icmp(struct end *e)
{
	int fd = net_connect_begin(e->plan, e->family, net_addr(e->plan, THERE, e->family), e->port,
				   CONNS_REJECTED_TOS);
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	must(poll(&wait, 1, -1), "poll");
	must(wait.revents & POLLERR ? 0 : -1, "it was not rejected");
	close(fd);
}

/*
 * Another process takes the error as soon as there is one, perhaps before the kernel has closed the
 * socket.
 */
static void take_errors(struct end *e, int tos)
{
	for (int i = 0; i < TIMES; i++) {
		int fd = net_socket(e->plan, HERE, e->family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		pid_t child = net_fork("conns-child");

		if (!child) {
			int err = 0;
			socklen_t len = sizeof(err);

			while (!err)
				must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len), "SO_ERROR");
			_exit(0);
		}
		if (tos)
			net_set_tos(fd, tos);
		net_connect_by(fd, net_addr(e->plan, THERE, e->family), e->port);
		must(waitpid(child, NULL, 0), "waitpid");
		close(fd);
	}
}

static void end_icmp_taken(struct end *e)
{
	take_errors(e, CONNS_REJECTED_TOS);
}

static void end_refused_taken(struct end *e)
{
	take_errors(e, 0);
}

/* Data comes after close(), while the FIN is on its way. */
static void end_late_data(struct end *e)
{
	end_open_pair(e);
	net_set_tos(e->client, CONNS_DROPPED_TOS);
	close(e->client);
	net_send(e->server, 100);
	end_await_error(e->server, ECONNRESET);
}

/* An error that is on the socket, but did not end the connection. */
static void end_old_error(struct end *e)
{
	struct pollfd wait;

	end_open_pair(e);
	net_set(e->client, IPPROTO_IP, IP_RECVERR, 1);
	if (e->family == AF_INET6)
		net_set(e->client, IPPROTO_IPV6, IPV6_RECVERR, 1);
	net_set_tos(e->client, CONNS_REJECTED_TOS);
	net_send(e->client, 100);
	wait = (struct pollfd){ .fd = e->client };
	must(poll(&wait, 1, -1), "poll");
	net_set_tos(e->client, 0);
	net_settle(e->client);
	net_receive(e->server, 100);
	must(shutdown(e->server, SHUT_WR), "shutdown");
	net_await_state(e->client, TCP_CLOSE_WAIT);
	close(e->client);
	net_receive_end(e->server);
	close(e->server);
}

const struct end_kind end_broken_kinds[] = {
	{ "half", end_half, "half_closed", "-", false },
	{ "half-shut", end_half_shut, "half_closed", "-", false },
	{ "unread-shut", end_unread_shut, "reset_by_us", "reset_by_peer", false },
	{ "self", end_self, "fin", "fin", false },
	{ "given-up", end_given_up, "aborted", "-", false },
	{ "killed", end_killed, "aborted", "-", false },
	{ "icmp", end_icmp, "refused", "-", false },
	{ "icmp-taken", end_icmp_taken, "refused", "-", true },
	{ "refused-taken", end_refused_taken, "refused", "-", false },
	{ "late-data", end_late_data, "reset_by_us", "reset_by_peer", false },
	{ "old-error", end_old_error, "fin", "fin", false },
	{ 0 },
};
