/* SPDX-License-Identifier: BSD-2-Clause */
/* The server that connections are steered to: its sockets, and how they are found again. */
#ifndef SKW_ACT_STEER_SERVER_H
#define SKW_ACT_STEER_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "act/steer/steer_rule.h"
#include "kern/act/lookup.h"
#include "kern/host/foreign.h"
#include "util/error.h"

/* For each slot a socket. Close them soon: as long as they are open, the server's sockets are. */
struct skw_steer_sockets {
	int fds[SKW_STEER_SLOTS]; /* owned; -1: none */
	struct skw_steer_server server;
	uint32_t inodes[SKW_STEER_SLOTS];
	uint32_t pid; /* 0: unknown */
	char text[160];
};

/*
 * Fetches the sockets that `to` names: "PID:PORT", "PID:FD" or "listen-fds". `udp`: sockets of UDP
 * are meant by PID:PORT. The caller closes *out. Returns 0, or a usage error with the reason.
 */
int skw_steer_sockets_open(const char *to, bool udp, struct skw_steer_sockets *out,
			   struct skw_error *err);
void skw_steer_sockets_close(struct skw_steer_sockets *s);

/*
 * Checks whether a rule can be served: a usage error if not. Says what becomes reachable by it, and
 * which listeners get no connections any more.
 */
int skw_steer_server_check(const struct skw_steer_server *server,
			   const struct skw_steer_rules *rules, struct skw_error *err);
void skw_steer_server_warn(const struct skw_steer_server *server,
			   const struct skw_steer_rules *rules);

/* Whether a socket can serve at all: a usage error with the reason if not. */
int skw_steer_socket_check(const struct skw_foreign_socket *is, struct skw_error *err);
/* Whether a socket can be in that slot. */
bool skw_steer_server_fits(unsigned slot, const struct skw_foreign_socket *is);
/* Notes what is in a slot. */
void skw_steer_server_note(struct skw_steer_server *server, unsigned slot,
			   const struct skw_foreign_socket *is);
/* Notes whose socket that is, and the time. 0: the process is unknown. */
void skw_steer_server_note_process(struct skw_steer_server *server, uint32_t pid);

#endif
