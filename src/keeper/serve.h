/* SPDX-License-Identifier: BSD-2-Clause */
/* What the keeper's process does after the split. */
#ifndef SKW_KEEPER_SERVE_H
#define SKW_KEEPER_SERVE_H

#include <stddef.h>
#include <sys/types.h>

struct skw_keeper_verb;

struct skw_serve_plan {
	const struct skw_keeper_verb *verbs;
	size_t n_verbs;
	void *ctx;
	int fd;       /* our end of the socket */
	pid_t worker; /* the parent, to see whether it died before we could ask to be told */
	const int *keep_fds;
	size_t n_keep;
};

/* Turns this process into the keeper; ends it when the worker ends or asks for it. */
_Noreturn void skw_keeper_serve(const struct skw_serve_plan *plan);

#endif
