// SPDX-License-Identifier: BSD-2-Clause
/*
 * Short connections, one after the other: connect, a request, an answer, the end. The client
 * closes first and waits until the server has closed, so that both ends close between two times
 * that the client knows. The log has a line for each connection:
 *
 *	port opening open answered closing closed acked received retransmitted
 *
 * the client's port, CLOCK_MONOTONIC nanoseconds before and after its opening and its end, and the
 * kernel's final figures of the client (TCP_INFO). Between `answered` and `closing` both ends are
 * open.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/tcp.h>

#include "conns.h"

static void serve(const struct conns_plan *plan, int listener, uint64_t count)
{
	while (count--) {
		int fd = net_accept(listener);

		net_receive(fd, plan->request);
		net_send(fd, plan->response);
		net_receive_end(fd);
		must(close(fd), "close");
	}
}

static void ask(const struct conns_plan *plan, int family, FILE *log)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	uint64_t opening = net_now_ns();
	int fd = net_connect(plan, family, net_addr(plan, THERE, family), plan->port, 0);
	uint64_t open = net_now_ns();
	net_send(fd, plan->request);
	net_receive(fd, plan->response);
	uint64_t answered = net_now_ns();
	int port = net_port(fd, false);
	uint64_t closing = net_now_ns();
	must(shutdown(fd, SHUT_WR), "shutdown");
	net_receive_end(fd);
	uint64_t closed = net_now_ns();
	must(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), "TCP_INFO");
	must(close(fd), "close");
	if (log)
		fprintf(log,
			"%d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
			" %llu %llu %u\n",
			port, opening, open, answered, closing, closed,
			(unsigned long long)info.tcpi_bytes_acked,
			(unsigned long long)info.tcpi_bytes_received, info.tcpi_total_retrans);
}

int conns_short(struct conns_plan *plan, char *argv[], int n)
{
	uint64_t count = strtoull(argv[0], NULL, 10);
	int family = plan->six ? AF_INET6 : AF_INET, status = 1;
	int listener =
		net_listen(plan, THERE, family, net_addr(plan, THERE, family), plan->port, 0, 128);
	FILE *log = plan->log ? fopen(plan->log, "we") : NULL;

	(void)n;
	must(plan->log && !log ? -1 : 0, "log");
	pid_t server = net_fork("conns-server");
	if (!server) {
		serve(plan, listener, count);
		_exit(0);
	}
	close(listener);
	uint64_t began = net_now_ns();
	for (uint64_t i = 0; i < count; i++)
		ask(plan, family, log);
	must(log ? fclose(log) : 0, "log");
	must(waitpid(server, &status, 0), "server");
	net_say("did %" PRIu64 " in %" PRIu64 " us, ended at %" PRIu64, count,
		(net_now_ns() - began) / 1000, net_now_ns());
	return status != 0;
}
