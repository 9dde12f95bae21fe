/* SPDX-License-Identifier: BSD-2-Clause */
/* Lets the keeper, which is root, do something with no more rights than another user has. */
#ifndef SKW_KEEPER_RIGHTS_H
#define SKW_KEEPER_RIGHTS_H

struct skw_identity;

/*
 * Asks the user database for the groups of `who`, so that it need not be asked for each file: it
 * may be on another machine. They stay those of now, as the worker's do. More than fit are not
 * kept.
 */
void skw_rights_keep_groups(struct skw_identity *who);

/*
 * Calls act(ctx) with the rights to files of `who` and that user's groups, and takes the own rights
 * back. Returns the result of `act`, or -errno if the rights could not be borrowed. Ends the
 * process if they can't be given back.
 */
int skw_rights_borrow(const struct skw_identity *who, int (*act)(void *ctx), void *ctx);

#endif
