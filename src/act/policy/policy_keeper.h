/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper's part of a policy: it holds the programs and their maps, reads the rules again, and
 * tells counters. Requests carry nothing, the number of a rule, or the id of a cgroup.
 */
#ifndef SKW_ACT_POLICY_KEEPER_H
#define SKW_ACT_POLICY_KEEPER_H

#include <limits.h>

#include "keeper/keeper.h"
#include "kern/act/judge.h"
#include "model/policy.h"
#include "util/error.h"

/* The caller sets the first members. It must stay valid for the rest of the program. */
struct skw_policy_keeper {
	struct skw_judge *judge; /* borrowed */
	const char *path;        /* of the rules; NULL: they can't be read again */
	const char *cgroup;      /* its path in the file system */
	bool redirects;          /* rules may redirect */
	bool messages;           /* rules may be for messages */
	bool stays;              /* it is pinned */
	bool keeps_image;        /* the next rules stay in `image` as well */
	char mount[PATH_MAX];    /* of the cgroups */

	/* The rules in place, with what the same rules have counted before: owned. */
	char (*texts)[SKW_POLICY_TEXT_MAX];
	uint64_t *base;
	size_t rules;
	struct skw_policy_image *image; /* owned; NULL: not kept */
	uint32_t generation;            /* of the rules that come next */
	int fds[SKW_JUDGE_FDS];
	struct skw_keeper_table table;
};

/* Puts rules into place. Returns 0, or -errno with err filled. */
int skw_policy_keeper_put(struct skw_policy_keeper *k, const struct skw_policy_rules *rules,
			  struct skw_error *err);
/* Fills in the table for the split. */
void skw_policy_keeper_prepare(struct skw_policy_keeper *k);
void skw_policy_keeper_free(struct skw_policy_keeper *k);

/* The functions below ask the keeper. They return 0, or -errno. */

/* Reads the rules again. *rules becomes their number. Or -errno with err filled. */
int skw_policy_keeper_reload(const struct skw_policy_keeper *k, struct skw_keeper *keeper,
			     uint32_t *rules, struct skw_error *err);
/* Ends the events, and the verdicts if nothing is pinned. *stays: calls are judged further on. */
int skw_policy_keeper_stop(const struct skw_policy_keeper *k, struct skw_keeper *keeper,
			   bool *stays);
int skw_policy_keeper_totals(const struct skw_policy_keeper *k, struct skw_keeper *keeper,
			     struct skw_policy_totals *out);
/* A rule, from 0, and how often it has decided. -ENOENT: there are no more. */
int skw_policy_keeper_rule(const struct skw_policy_keeper *k, struct skw_keeper *keeper,
			   uint32_t rule, uint64_t *count, char text[SKW_POLICY_TEXT_MAX]);
/* The path of a cgroup below the mount point. */
int skw_policy_keeper_cgroup(const struct skw_policy_keeper *k, struct skw_keeper *keeper,
			     uint64_t id, char path[PATH_MAX]);

#endif
