// SPDX-License-Identifier: BSD-2-Clause
/*
 * Servers and clients for the tests of steer and adopt.
 *
 *	server serve NAME ADDRESS PORT [udp] [v6only] [reuseport] [mptcp] [blocking]
 *[poll|epoll|select] answers each connection with "NAME PORT", the port that the client asked for.
 *It takes sockets by LISTEN_FDS if they were passed. It prints "ready FD" first, and at SIGTERM it
 *		closes its sockets, answers what it has accepted, prints "served N" and ends.
 *	server ask [udp] ADDRESS PORT...
 *		prints a line for each port: "ADDRESS PORT ANSWER", where ANSWER may be an errno.
 *	server load ADDRESS PORT COUNT CLIENTS [until-term]
 *		makes COUNT connections, or more, until SIGTERM comes, and prints how
 *they ended, as name=number pairs.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MAX 128
#define SOCKETS    8

static volatile sig_atomic_t ends;

static void on_term(int signo)
{
	(void)signo;
	ends = 1;
}

static void hold_term(void)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
}

/* A wait that finds something at once does not let a signal in. */
static void let_term_in(void)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
	hold_term();
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static bool has(int argc, char **argv, const char *word)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

static socklen_t fill(struct sockaddr_storage *to, const char *addr, const char *port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
	in_port_t number = htons((uint16_t)atoi(port));

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, addr, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = number;
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, addr, &v6->sin6_addr) != 1)
		die(addr);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = number;
	return sizeof(*v6);
}

static unsigned port_of(int fd)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		return 0;
	return ntohs(at.ss_family == AF_INET ? ((struct sockaddr_in *)&at)->sin_port
					     : ((struct sockaddr_in6 *)&at)->sin6_port);
}

static int make(int argc, char **argv)
{
	const int one = 1;
	struct sockaddr_storage at;
	socklen_t len = fill(&at, argv[1], argv[2]);
	bool udp = has(argc, argv, "udp");
	int fd = socket(at.ss_family, udp ? SOCK_DGRAM : SOCK_STREAM,
			has(argc, argv, "mptcp") ? IPPROTO_MPTCP : 0);

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (has(argc, argv, "reuseport"))
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	if (has(argc, argv, "v6only"))
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&at, len) < 0 || (!udp && listen(fd, 4096) < 0))
		die("bind and listen");
	return fd;
}

/* Waits until one of the sockets has something, as servers do. SIGTERM comes only here. */
static void wait_for(const char *how, int epoll, const int *fds, int n)
{
	struct epoll_event event;
	struct pollfd p[SOCKETS];
	sigset_t none;
	fd_set set;

	sigemptyset(&none);
	FD_ZERO(&set);
	for (int i = 0; i < n; i++) {
		p[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
		FD_SET(fds[i], &set);
	}
	if (strcmp(how, "epoll") == 0)
		epoll_pwait(epoll, &event, 1, -1, &none);
	else if (strcmp(how, "select") == 0)
		pselect(fds[n - 1] + 1, &set, NULL, NULL, NULL, &none);
	else
		ppoll(p, (nfds_t)n, NULL, &none);
}

static bool answer(int fd, const char *name, bool udp)
{
	char text[ANSWER_MAX];
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);

	if (udp) {
		if (recvfrom(fd, text, sizeof(text), MSG_DONTWAIT, (struct sockaddr *)&from, &len) <
		    0)
			return false;
		snprintf(text, sizeof(text), "%s %u", name, port_of(fd));
		sendto(fd, text, strlen(text), 0, (struct sockaddr *)&from, len);
		return true;
	}
	int peer = accept(fd, NULL, NULL);
	if (peer < 0)
		return false;
	snprintf(text, sizeof(text), "%s %u", name, port_of(peer));
	send(peer, text, strlen(text), MSG_NOSIGNAL);
	shutdown(peer, SHUT_WR);
	/* A close with unread data would reset the connection. */
	while (recv(peer, text, sizeof(text), 0) > 0)
		;
	close(peer);
	return true;
}

/* The sockets that were passed, or a new one. Returns their number. */
static int open_sockets(int argc, char **argv, int fds[SOCKETS])
{
	const char *pid = getenv("LISTEN_PID"), *passed = getenv("LISTEN_FDS");
	int n = pid && passed && atoi(pid) == getpid() ? atoi(passed) : 0;

	for (int i = 0; i < n && i < SOCKETS; i++)
		fds[i] = 3 + i;
	if (n)
		return n;
	fds[0] = make(argc, argv);
	return 1;
}

static int serve(int argc, char **argv)
{
	const char *how = has(argc, argv, "epoll")    ? "epoll"
			  : has(argc, argv, "select") ? "select"
						      : "poll";
	bool blocking = has(argc, argv, "blocking");
	struct sigaction action = { .sa_handler = on_term };
	int fds[SOCKETS], n = open_sockets(argc, argv, fds), epoll = epoll_create1(EPOLL_CLOEXEC);
	unsigned served = 0;

	for (int i = 0; i < n; i++) {
		struct epoll_event event = { .events = EPOLLIN };

		if (strcmp(how, "epoll") == 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event))
			die("epoll");
		if (!blocking)
			fcntl(fds[i], F_SETFL, O_NONBLOCK);
	}
	sigaction(SIGTERM, &action, NULL);
	if (!blocking)
		hold_term();
	printf("ready %d %s\n", fds[0], getenv("LISTEN_FDNAMES") ? getenv("LISTEN_FDNAMES") : "");
	fflush(stdout);
	while (!ends) {
		if (!blocking)
			let_term_in();
		if (!blocking && !ends)
			wait_for(how, epoll, fds, n);
		for (int i = 0; i < n && !ends; i++)
			served += answer(fds[i], argv[0], has(argc, argv, "udp"));
	}
	printf("served %u\n", served);
	return 0;
}

static void ask_one(const char *addr, const char *port, bool udp, char out[ANSWER_MAX])
{
	struct sockaddr_storage at;
	socklen_t len = fill(&at, addr, port);
	const struct timeval patience = { .tv_sec = 5 };
	int fd = socket(at.ss_family, udp ? SOCK_DGRAM : SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	ssize_t n = connect(fd, (struct sockaddr *)&at, len);
	if (n == 0)
		n = send(fd, "?", 1, MSG_NOSIGNAL);
	if (n > 0)
		n = recv(fd, out, ANSWER_MAX - 1, 0);
	if (n < 0)
		snprintf(out, ANSWER_MAX, "%s", strerrorname_np(errno));
	else
		out[n] = '\0';
	if (n == 0)
		strcpy(out, "nothing");
	close(fd);
}

static int ask(int argc, char **argv)
{
	bool udp = strcmp(argv[0], "udp") == 0;
	char text[ANSWER_MAX];

	argv += udp;
	argc -= udp;
	for (int i = 1; i < argc; i++) {
		ask_one(argv[0], argv[i], udp, text);
		printf("%s %s %s\n", argv[0], argv[i], text);
	}
	return 0;
}

/* The ends of the connections of all clients, in shared memory. */
struct ends {
	volatile int enough;
	unsigned answered, refused, reset, other;
	unsigned by[26]; /* by the first letter of the server's name */
};

static void load_one(char **argv, struct ends *e)
{
	char text[ANSWER_MAX];

	ask_one(argv[0], argv[1], false, text);
	if (text[0] >= 'A' && text[0] <= 'Z' && text[1] == ' ') {
		__sync_fetch_and_add(&e->answered, 1);
		__sync_fetch_and_add(&e->by[text[0] - 'A'], 1);
	} else if (strcmp(text, "ECONNREFUSED") == 0) {
		__sync_fetch_and_add(&e->refused, 1);
	} else if (strcmp(text, "ECONNRESET") == 0) {
		__sync_fetch_and_add(&e->reset, 1);
	} else {
		__sync_fetch_and_add(&e->other, 1);
	}
}

static int load(char **argv)
{
	struct ends *e =
		mmap(NULL, sizeof(*e), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int count = atoi(argv[2]), clients = atoi(argv[3]);
	bool until_term = argv[4] != NULL;
	struct sigaction action = { .sa_handler = on_term };
	sigset_t none;

	if (e == MAP_FAILED)
		die("mmap");
	sigemptyset(&none);
	sigaction(SIGTERM, &action, NULL);
	hold_term();
	for (int c = 0; c < clients; c++)
		if (fork() == 0) {
			for (int i = 0; i < count / clients || !e->enough; i++)
				load_one(argv, e);
			_exit(0);
		}
	while (until_term && !ends)
		sigsuspend(&none);
	e->enough = 1;
	while (wait(NULL) > 0)
		;
	printf("answered=%u refused=%u reset=%u other=%u", e->answered, e->refused, e->reset,
	       e->other);
	for (int i = 0; i < 26; i++)
		if (e->by[i])
			printf(" %c=%u", 'A' + i, e->by[i]);
	printf("\n");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 5 && strcmp(argv[1], "serve") == 0)
		return serve(argc - 2, argv + 2);
	if (argc >= 4 && strcmp(argv[1], "ask") == 0)
		return ask(argc - 2, argv + 2);
	if (argc >= 6 && strcmp(argv[1], "load") == 0)
		return load(argv + 2);
	fprintf(stderr, "server serve|ask|load, see the source\n");
	return 99;
}
