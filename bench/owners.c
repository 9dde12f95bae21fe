// SPDX-License-Identifier: BSD-2-Clause
/*
 * owners SOCKETS OWNERS: holds connections over loopback until its standard input ends. There are
 * OWNERS processes with different names, each with both ends of its connections. Each process sends
 * a byte on another connection every five seconds. Prints "ready" when all are there.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAUSE_MS 5000
#define PORT     7300

static int must(int ret, const char *what)
{
	if (ret >= 0)
		return ret;
	perror(what);
	exit(1);
}

/* An address of its own, so that there are ports enough. */
static struct sockaddr_in address_of(unsigned owner)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(PORT),
				     .sin_addr.s_addr = htonl(0x7f010001 + (owner << 3)) };
}

static void hold(unsigned owner, unsigned connections, int ready_fd, int end_fd)
{
	struct sockaddr_in at = address_of(owner);
	int listener = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	int *ends = calloc(connections, sizeof(*ends));
	struct pollfd end = { .fd = end_fd, .events = POLLIN };
	char name[24];

	if (!ends)
		exit(1);
	snprintf(name, sizeof(name), "owner-%u", owner);
	prctl(PR_SET_NAME, name);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	must(bind(listener, (struct sockaddr *)&at, sizeof(at)), "bind");
	must(listen(listener, 16), "listen");
	for (unsigned i = 0; i < connections; i++) {
		ends[i] = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
		must(connect(ends[i], (struct sockaddr *)&at, sizeof(at)), "connect");
		must(accept(listener, NULL, NULL), "accept");
	}
	must((int)write(ready_fd, "r", 1), "write");
	/* Not all at the same time. */
	for (unsigned i = 0; poll(&end, 1, i ? PAUSE_MS : (int)(owner % PAUSE_MS)) == 0; i++)
		must((int)send(ends[i % connections], "x", 1, 0), "send");
	_exit(0);
}

int main(int argc, char **argv)
{
	unsigned sockets = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	unsigned owners = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	int ready[2], end[2];
	char c;

	if (!owners || sockets < 2 * owners) {
		fputs("usage: owners SOCKETS OWNERS (two or more for each)\n", stderr);
		return 2;
	}
	must(pipe(ready), "pipe");
	must(pipe(end), "pipe");
	for (unsigned i = 0; i < owners; i++) {
		if (must(fork(), "fork") == 0) {
			close(end[1]);
			hold(i, sockets / 2 / owners, ready[1], end[0]);
		}
		/* One after the other, as the machine has few CPUs. */
		must((int)read(ready[0], &c, 1), "read");
	}
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	close(end[1]);
	while (wait(NULL) > 0)
		;
	return 0;
}
