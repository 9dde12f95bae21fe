/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process that looks names up. The worker can't: it opens neither sockets nor files. The
 * resolver is another process without privileges, which never gets a byte of a packet. A request is
 * an address, and the answer is its name. The answers may come after any time, in the order of the
 * requests.
 */
#ifndef SKW_RESOLVE_RESOLVER_H
#define SKW_RESOLVE_RESOLVER_H

#include "resolve/cache.h"
#include "util/error.h"

#define SKW_RESOLVE_MAX 256 /* bytes of a name, with its NUL */

struct skw_identity;

/* A request is a struct skw_resolve_address, a message of its own like the answer. */
struct skw_resolve_answer {
	struct skw_resolve_address address;
	char name[SKW_RESOLVE_MAX]; /* "" if there is none */
};

/*
 * Starts the resolver, which becomes `who` (NULL: skw_identity_default() if root has started the
 * program, otherwise the user stays the same). It is no child of this process, and it ends when the
 * other end of its socket is closed. Must be called while there is one thread, and before anything
 * is open that it must not have: it inherits the memory and closes all descriptors. Returns that
 * socket, which the caller owns, or -errno with err filled.
 */
int skw_resolver_start(const struct skw_identity *who, struct skw_error *err);

#endif
