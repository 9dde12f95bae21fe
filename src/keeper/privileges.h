/* SPDX-License-Identifier: BSD-2-Clause */
/* The privileges of a process: its user and its capabilities. */
#ifndef SKW_KEEPER_PRIVILEGES_H
#define SKW_KEEPER_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/error.h"

/* Few users have more supplementary groups. */
#define SKW_IDENTITY_GROUPS 32

struct skw_identity {
	uid_t uid;
	gid_t gid;
	/* The name in the user database, by which initgroups(3) finds the groups. */
	char name[64];
	/* By skw_rights_keep_groups(); 0: the user database is asked each time. */
	int groups_len;
	gid_t groups[SKW_IDENTITY_GROUPS];
};

/*
 * Looks a user up, by name or number. An unknown user is an error in the command line (err->usage).
 * Returns 0, or -ENOENT or another -errno with err filled.
 */
int skw_identity_lookup(const char *user, struct skw_identity *out, struct skw_error *err);

/*
 * The user that an unprivileged process of root becomes where nobody has chosen one: the one that
 * `configure --with-user` named, else skwatch, else nobody.
 */
void skw_identity_default(struct skw_identity *out);

/*
 * Becomes `who`, with its supplementary groups. Needs CAP_SETUID and CAP_SETGID. Returns 0 or
 * -errno.
 */
int skw_identity_assume(const struct skw_identity *who);

/*
 * For the worker, before any thread starts: becomes `who` (NULL: the user stays the same), gives up
 * every capability in every set (in the bounding set only where that is permitted), sets
 * no-new-privs and forbids core dumps and tracing. Reads the state back: if a privilege is left,
 * that is an error, and the caller must end. Returns 0, or -errno with err filled.
 */
int skw_privileges_drop(const struct skw_identity *who, struct skw_error *err);

/* The purposes that need privileges, as bits. */
enum skw_privileges_use {
	SKW_USE_CAPTURE = 1,    /* CAP_BPF, CAP_NET_RAW, CAP_NET_ADMIN, CAP_PERFMON */
	SKW_USE_WATCH = 2,      /* CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON */
	SKW_USE_NAMESPACES = 4, /* CAP_SYS_ADMIN, CAP_SYS_PTRACE: other network namespaces */
};

/*
 * Checks that the process has the capabilities that `uses` need. CAP_SYS_ADMIN replaces CAP_BPF and
 * CAP_PERFMON. Returns 0, or -EPERM with an err that names each missing capability, its purpose and
 * how to grant it.
 */
int skw_privileges_missing(unsigned uses, struct skw_error *err);

struct skw_check;

/* Adds a line for each capability that a command needs: whether the process has it. */
void skw_privileges_report(struct skw_check *check);

#endif
