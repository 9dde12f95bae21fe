/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hands a compiled filter to the worker, which can't compile by itself: the expression may name
 * hosts and services, and to look them up takes files and sockets.
 */
#ifndef SKW_VERBS_PROGRAM_H
#define SKW_VERBS_PROGRAM_H

#include "filter/offline.h"

/* For the keeper: a descriptor from which the program can be read, or -errno. The caller owns it.
 */
int skw_verbs_program_put(const struct skw_offline_filter *filter);
/* For the worker: takes the descriptor in any case. Returns 0 or -errno. */
int skw_verbs_program_get(int fd, struct skw_offline_filter **out);

#endif
