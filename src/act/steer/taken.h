/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies of sockets that a running server has: "PID:PORT" or "PID:FD" on the command line. */
#ifndef SKW_ACT_TAKEN_H
#define SKW_ACT_TAKEN_H

#include <stddef.h>
#include <stdint.h>

#include "kern/host/foreign.h"
#include "util/error.h"

#define SKW_TAKEN_MAX 64

struct skw_taken {
	int fd; /* owned: our copy, closed on exec */
	uint32_t pid;
	struct skw_foreign_socket is;
};

struct skw_taken_list {
	struct skw_taken all[SKW_TAKEN_MAX];
	size_t len;
};

/*
 * Adds copies of all sockets that the word names. PID:N is port N if the process has a socket of
 * `proto` that waits there (TCP: a listener; UDP: one that is not connected), else descriptor N;
 * PID:port:N and PID:fd:N are the one or the other. Returns 0, or a usage error with the reason.
 * The caller closes the list in any case.
 */
int skw_taken_add(struct skw_taken_list *list, const char *word, uint8_t proto,
		  struct skw_error *err);
void skw_taken_close(struct skw_taken_list *list);

#endif
