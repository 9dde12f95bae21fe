/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper opens the key log that another program writes, and opens it again where another file
 * has taken its place. The request is empty, and the name comes from the plan.
 */
#ifndef SKW_VERBS_KEYLOG_H
#define SKW_VERBS_KEYLOG_H

#include "keeper/keeper.h"
#include "keeper/privileges.h"
#include "keeper/regular.h"

/* The caller sets the first two fields. It must stay valid for the rest of the program. */
struct skw_verbs_keylog {
	const char *name;
	/* The file is opened with the rights of this user (-Z). NULL: with the keeper's own. */
	const struct skw_identity *who;
	/* In the keeper: the file that it gave out last. */
	struct skw_regular_id last;
	struct skw_keeper_table table;
};

void skw_verbs_keylog_prepare(struct skw_verbs_keylog *ctx);

/*
 * Returns a descriptor for reading, which the caller owns; -EALREADY if the file is still the one
 * that was returned last, which the caller must keep open; -EMEDIUMTYPE if it is no regular file;
 * or another -errno.
 */
int skw_verbs_keylog_open(const struct skw_verbs_keylog *ctx, struct skw_keeper *k);

#endif
