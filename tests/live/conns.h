/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections for the live tests of top and events. Each command makes some between this network
 * namespace and another (or over loopback), says so on standard output, and holds them until
 * standard input ends. If that fails, the program says why and exits with 1.
 */
#ifndef LIVE_CONNS_H
#define LIVE_CONNS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum side { HERE, THERE, SIDES };

/*
 * Packets that carry this traffic class are dropped by the rules of lib_conns.sh, on the
 * receiving side, so that the sender sees a network that loses them.
 */
#define CONNS_DROPPED_TOS 0x20
/* Packets that carry this one are answered by an ICMP message: the host can't be reached. */
#define CONNS_REJECTED_TOS 0x40

struct conns_plan {
	const char *peer; /* namespace of the other side; NULL: this one, over loopback */
	int netns[SIDES];
	int port; /* of the first server; the others follow */
	uint64_t request, response;
	uint64_t per_process;
	const char *log;
	const char *there; /* the server's address, if not the usual one */
	bool six;
};

/* ---- conns_net.c: sockets on either side. All functions end the program on failure. ---- */

/* Returns `result` unless that is negative; then it ends the program. */
int must(int result, const char *what);

void net_open(struct conns_plan *plan);
const char *net_addr(const struct conns_plan *plan, enum side side, int family);

int net_socket(const struct conns_plan *plan, enum side side, int family, int type, int protocol);
void net_bind(int fd, const char *addr, int port);
int net_listen(const struct conns_plan *plan, enum side side, int family, const char *addr,
	       int port, int protocol, int backlog);
/* Returns once the handshake is done. */
int net_connect(const struct conns_plan *plan, int family, const char *addr, int port,
		int protocol);
/* Does not wait for the handshake. The packets of the socket carry `tos`. */
int net_connect_begin(const struct conns_plan *plan, int family, const char *addr, int port,
		      int tos);
/* The same with a socket that is there. */
void net_connect_by(int fd, const char *addr, int port);
int net_accept(int listener);

void net_send(int fd, uint64_t bytes);
void net_receive(int fd, uint64_t bytes);
/* Receives until the other side has closed. */
void net_receive_end(int fd);
void net_set(int fd, int level, int option, int value);
void net_set_tos(int fd, int tos);
int net_port(int fd, bool remote);
uint64_t net_now_ns(void);

/* Forks a child called `name`, which ends with this process. Returns 0 in the child. */
pid_t net_fork(const char *name);
/* Closes all descriptors but this one (-1: none) and the three standard ones. */
void net_keep_only(int fd);
/* Says a line on standard output, at once. */
void net_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Waits until packets of the other side have brought the socket to that state of TCP. */
void net_await_state(int fd, int state);
/* Waits until the peer has acknowledged all that was sent. */
void net_settle(int fd);
/* Waits for the end of standard input. */
void net_hold(void);

/* ---- the commands, which return an exit status ---- */

int conns_hold(struct conns_plan *plan, char *argv[], int n);
int conns_many(struct conns_plan *plan, char *argv[], int n);
int conns_short(struct conns_plan *plan, char *argv[], int n);
int conns_ends(struct conns_plan *plan, char *argv[], int n);
int conns_owners(struct conns_plan *plan, char *argv[], int n);
int conns_slow(struct conns_plan *plan, char *argv[], int n);
int conns_datagrams(struct conns_plan *plan, char *argv[], int n);
int conns_delay(struct conns_plan *plan, char *argv[], int n);

#endif
