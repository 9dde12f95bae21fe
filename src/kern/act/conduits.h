/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program of bpf/conduit.bpf.c and its maps. Only the first function needs privileges. All is
 * gone when the process ends, as nothing is pinned.
 */
#ifndef SKW_KERN_ACT_CONDUITS_H
#define SKW_KERN_ACT_CONDUITS_H

#include <linux/types.h>
#include <stdint.h>

#include "abi/conduit.h"
#include "util/error.h"

struct skw_conduits;

/*
 * Loads the program, and makes room for this number of pairs. `unsent_bytes` is the
 * TCP_NOTSENT_LOWAT of the sockets. The caller closes *out. Returns 0, or -errno with err filled.
 */
int skw_conduits_open(unsigned pairs, uint32_t unsent_bytes, struct skw_conduits **out,
		      struct skw_error *err);
void skw_conduits_close(struct skw_conduits *c); /* NULL allowed */

/* The conduit that reads socket `number`. It is zero when its pair is joined. */
struct skw_conduit *skw_conduits_at(const struct skw_conduits *c, uint32_t number);

/*
 * Makes two sockets the ends of a pair, which is free; `number` is even. Nothing moves yet. Returns
 * 0 or -errno; then the pair is still free.
 */
int skw_conduits_join(const struct skw_conduits *c, uint32_t number, const int fds[2],
		      const uint64_t cookies[2]);
/*
 * The program gets what this end receives from now on, and what it has received and nobody has
 * read. Returns 0 or -errno: -EOPNOTSUPP if the end's peer has ended already. Then nothing has
 * changed.
 */
int skw_conduits_start(const struct skw_conduits *c, uint32_t number, int fd);
/* Frees a pair. Both sockets must be closed. */
void skw_conduits_leave(const struct skw_conduits *c, const uint64_t cookies[2]);

#endif
