// SPDX-License-Identifier: BSD-2-Clause
/*
 * Short connections whose owners are easily mistaken. A line tells of each:
 *
 *	KIND client-port in|out PID
 *
 * The process PID closes the end of that connection that was accepted (in) or opened (out).
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conns.h"
#include "util/cleanup.h"

#define SERVERS 4
#define TIMES   16 /* connections to all servers */

struct owners {
	const struct conns_plan *plan;
	int family, port;
};

static void send_pid(int fd)
{
	pid_t pid = getpid();

	must(send(fd, &pid, sizeof(pid), MSG_NOSIGNAL) == sizeof(pid) ? 0 : -1, "send");
}

static pid_t receive_pid(int fd)
{
	pid_t pid = 0;

	must(recv(fd, &pid, sizeof(pid), MSG_WAITALL) == sizeof(pid) ? 0 : -1, "recv");
	return pid;
}

static int listen_at(const struct owners *o)
{
	int fd = net_socket(o->plan, THERE, o->family, SOCK_STREAM, 0);

	net_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	net_set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	net_bind(fd, net_addr(o->plan, THERE, o->family), o->port);
	must(listen(fd, 128), "listen");
	return fd;
}

/* Connects, and tells which process has answered. The server closes last. */
static void ask(const struct owners *o, const char *kind)
{
	int fd = net_connect(o->plan, o->family, net_addr(o->plan, THERE, o->family), o->port, 0);
	pid_t pid = receive_pid(fd);
	int port = net_port(fd, false);

	must(shutdown(fd, SHUT_WR), "shutdown");
	net_receive_end(fd);
	close(fd);
	net_say("%s %d in %d", kind, port, (int)pid);
}

/* Each of several processes has a listener of its own at the same port. */
static void own_reuseport(const struct owners *o, const char *kind)
{
	pid_t servers[SERVERS];
	int pipe_fd[2];

	must(pipe(pipe_fd), "pipe");
	for (int i = 0; i < SERVERS; i++) {
		servers[i] = net_fork("conns-server");
		if (servers[i])
			continue;
		int listener = listen_at(o);

		must((int)write(pipe_fd[1], "", 1), "pipe");
		for (;;) {
			int fd = net_accept(listener);

			send_pid(fd);
			net_receive_end(fd);
			close(fd);
		}
	}
	for (int i = 0; i < SERVERS; i++)
		must((int)read(pipe_fd[0], &(char){ 0 }, 1), "pipe");
	for (int i = 0; i < TIMES; i++)
		ask(o, kind);
	for (int i = 0; i < SERVERS; i++) {
		kill(servers[i], SIGKILL);
		waitpid(servers[i], NULL, 0);
	}
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

/* The parent closes its own of a socket that both hold before the child goes on. */
static void close_first(int fd, const int pipe_fd[2])
{
	close(fd);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

static void await_close(const int pipe_fd[2])
{
	close(pipe_fd[1]);
	must((int)read(pipe_fd[0], &(char){ 0 }, 1), "pipe");
}

/* A child answers: it closes the socket, or it exits. */
static void serve_by_child(const struct owners *o, const char *kind, bool exits)
{
	int listener = listen_at(o);
	pid_t server = net_fork("conns-parent");

	if (!server) {
		int fd = net_accept(listener), pipe_fd[2];
		pid_t child;

		must(pipe(pipe_fd), "pipe");
		child = net_fork("conns-child");
		if (child) {
			close_first(fd, pipe_fd);
			waitpid(child, NULL, 0);
			_exit(0);
		}
		close(listener);
		await_close(pipe_fd);
		send_pid(fd);
		net_receive_end(fd);
		if (!exits)
			close(fd);
		_exit(0);
	}
	ask(o, kind);
	waitpid(server, NULL, 0);
	close(listener);
}

static void own_fork(const struct owners *o, const char *kind)
{
	serve_by_child(o, kind, false);
}

static void own_exit(const struct owners *o, const char *kind)
{
	serve_by_child(o, kind, true);
}

/* The parent connects, and a child uses and closes the connection. */
static void own_handed_on(const struct owners *o, const char *kind)
{
	int listener = listen_at(o), fd, server, port, pipe_fd[2];
	pid_t child;

	must(pipe(pipe_fd), "pipe");
	fd = net_connect(o->plan, o->family, net_addr(o->plan, THERE, o->family), o->port, 0);
	server = net_accept(listener);
	port = net_port(fd, false);
	child = net_fork("conns-child");
	if (!child) {
		close(server);
		close(listener);
		await_close(pipe_fd);
		close(fd);
		_exit(0);
	}
	close_first(fd, pipe_fd);
	net_receive_end(server);
	close(server);
	close(listener);
	waitpid(child, NULL, 0);
	net_say("%s %d out %d", kind, port, (int)child);
}

static const struct {
	const char *name;
	void (*run)(const struct owners *o, const char *kind);
} kinds[] = {
	{ "reuseport", own_reuseport },
	{ "fork", own_fork },
	{ "exit", own_exit },
	{ "handed-on", own_handed_on },
};

int conns_owners(struct conns_plan *plan, char *argv[], int n)
{
	for (int i = 0; i < n; i++) {
		bool found = false;

		for (size_t k = 0; k < SKW_ARRAY_SIZE(kinds); k++) {
			struct owners o = { plan, plan->six ? AF_INET6 : AF_INET,
					    plan->port + (int)k };

			if (strcmp(argv[i], "all") != 0 && strcmp(argv[i], kinds[k].name) != 0)
				continue;
			found = true;
			kinds[k].run(&o, kinds[k].name);
		}
		if (!found) {
			fprintf(stderr, "conns: %s: no such kind\n", argv[i]);
			return 2;
		}
	}
	net_say("ready");
	net_hold();
	return 0;
}
