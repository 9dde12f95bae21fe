/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process may do: whom it runs as, and its capabilities.
 */
#ifndef SKW_KEEPER_PRIVILEGES_H
#define SKW_KEEPER_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/error.h"

struct skw_identity {
	uid_t uid;
	gid_t gid;
	char name[64]; /* as in the user database; its groups are looked up by it */
};

/*
 * Looks a user up, by name or number. An unknown one is the caller's user's error
 * (err->usage). Returns 0, or -ENOENT or another -errno with err filled.
 */
int skw_identity_lookup(const char *user, struct skw_identity *out, struct skw_error *err);

/* Becomes `who`, supplementary groups included. Needs CAP_SETUID and CAP_SETGID. 0 or -errno. */
int skw_identity_assume(const struct skw_identity *who);

/*
 * For the worker, before any thread starts: becomes `who` (NULL: stays the user), gives up every
 * capability in every set, the bounding set too where that is permitted, sets no-new-privs and
 * forbids core dumps and tracing. `keep_bpf` keeps CAP_BPF, for kernels before 5.19, where map
 * access asks for it. Reads back what is left: if anything is, that is an error, and the caller
 * must end. Returns 0, or -errno with err filled.
 */
int skw_privileges_drop(const struct skw_identity *who, bool keep_bpf, struct skw_error *err);

/* What privileges are wanted for; bits. */
enum skw_privileges_use {
	SKW_USE_CAPTURE = 1,    /* CAP_BPF, CAP_NET_RAW, CAP_NET_ADMIN, CAP_PERFMON */
	SKW_USE_WATCH = 2,      /* CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON */
	SKW_USE_NAMESPACES = 4, /* CAP_SYS_ADMIN, CAP_SYS_PTRACE: other network namespaces */
};

/*
 * Whether the process has what `uses` need, where CAP_SYS_ADMIN stands for CAP_BPF and
 * CAP_PERFMON. Returns 0, or -EPERM with err naming each missing one, what it is for and how to
 * grant it.
 */
int skw_privileges_missing(unsigned uses, struct skw_error *err);

#endif
