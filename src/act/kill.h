/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ends connections, or sends signals to their holders, in the keeper. The worker lists what it
 * wants to end, socket by socket. The keeper looks at each in the kernel, asks the question, reads
 * the answer from the terminal itself, and from then on ends only what is in that list. So a worker
 * that was taken over ends nothing that no person has agreed to.
 */
#ifndef SKW_ACT_KILL_H
#define SKW_ACT_KILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keeper/keeper.h"
#include "kern/host/netns.h"
#include "model/socket_id.h"
#include "util/error.h"

/* The most sockets, and processes, of one question. */
#define SKW_KILL_MAX         65536
#define SKW_KILL_HOLDERS_MAX 1024

/*
 * The states of sockets that are no connections: what ends them ends a service, or does nothing for
 * anybody. They are ended only where the user has named their state.
 */
extern const uint8_t skw_kill_apart[3];

struct skw_kill_listed;
struct skw_kill_holder;

struct skw_kill {
	/* The caller sets these. */
	const char *netns; /* "self", "all" and so on, as for the watch */
	uint32_t states;   /* the bits of those of skw_kill_apart that may be ended all the same */
	int signo;         /* for the holders; 0: connections are ended */
	bool dry_run;      /* nothing is ended */
	bool yes;          /* no question is asked */
	bool screen;       /* the worker shows the question, and a single key answers it */

	/* In the keeper. */
	struct skw_netns_list namespaces;
	bool scan;     /* look for namespaces; otherwise the list is complete */
	uint32_t home; /* the namespace of this process */
	uint32_t only; /* sockets of this namespace only; 0: of all */
	int terminal_fd, netns_fd;
	int keep_fds[2]; /* the two above */
	int diag_fd;     /* leads to the sockets of diag_netns; -1: to none */
	uint32_t diag_netns;
	struct skw_kill_listed *listed;  /* owned */
	struct skw_kill_holder *holders; /* owned */
	size_t listed_len, holders_len;
	bool asked, agreed;

	struct skw_keeper_table table;
};

/*
 * Finds out whether this kernel does it, and fills in the table for
 * skw_keeper_split(). *k stays valid for the rest of the program. Returns 0, or -errno with err
 * filled. skw_kill_free() is right in any case.
 */
int skw_kill_prepare(struct skw_kill *k, struct skw_error *err);
void skw_kill_free(struct skw_kill *k);

/* Begins a new list, which forgets the old one and its answer. Returns 0 or -errno. */
int skw_kill_begin(const struct skw_kill *k, struct skw_keeper *keeper);
/*
 * Adds a socket to the list. *at gets its number there. Returns 0, -ENOENT if it has gone, -EACCES
 * if its state is one of those that nobody has named, -E2BIG, or another -errno.
 */
int skw_kill_list(const struct skw_kill *k, struct skw_keeper *keeper,
		  const struct skw_socket_id *id, uint32_t *at);
/*
 * Adds a process that holds the socket with that number. Returns 0 with its number in *holder,
 * -EEXIST if it is in the list already, -EPERM if it is skwatch itself or the first process,
 * -ENOENT if it does not hold the socket any more, or another -errno.
 */
int skw_kill_add_holder(const struct skw_kill *k, struct skw_keeper *keeper, uint32_t at,
			uint32_t pid, uint32_t *holder);

/* Asks the question. Returns 0 or -errno. */
int skw_kill_ask(const struct skw_kill *k, struct skw_keeper *keeper);
/* Standard input can be read. Returns 1 for yes, 0 for anything else, -EAGAIN or another -errno. */
int skw_kill_answer(const struct skw_kill *k, struct skw_keeper *keeper);

/* Ends a socket of the list. Returns 0 or an error of skw_sock_diag_end(). */
int skw_kill_end(const struct skw_kill *k, struct skw_keeper *keeper, uint32_t at);
/* Sends the signal to a process of the list. Returns 0 or an error of skw_signal_holder_send(). */
int skw_kill_signal(const struct skw_kill *k, struct skw_keeper *keeper, uint32_t holder);

#endif
