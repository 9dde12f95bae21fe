/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads bpf/policy.bpf.c, attaches it to a cgroup, and gives it rules: see abi/policy.h. Another
 * set of rules takes the place of the one before at once: each call is judged by one of them.
 */
#ifndef SKW_KERN_ACT_JUDGE_H
#define SKW_KERN_ACT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kern/ring/ring.h"
#include "model/pin.h"
#include "model/policy.h"
#include "util/error.h"

#define SKW_JUDGE_FDS 32

struct skw_judge;

struct skw_judge_options {
	const char *cgroup; /* its path in the file system */
	const char *proxy;  /* that of the proxy's cgroup; NULL: a proxy is not answered */
	unsigned whats;     /* bits of enum skw_policy_what: the calls that are judged */
	bool redirects;     /* rules may redirect */
	bool tells_allowed; /* events for calls that a rule allows, too */
	bool keeps_texts;   /* for a pin: the rules' texts go into a map */
	uint64_t rate;      /* events per second; 0: no limit */
};

/* Loads the programs; nothing is attached yet. Returns 0, or -errno with err filled. */
int skw_judge_open(const struct skw_judge_options *opt, struct skw_judge **out,
		   struct skw_error *err);
void skw_judge_close(struct skw_judge *j); /* NULL allowed */

/*
 * Puts other rules into place, with an element of `texts` for each rule. When it returns, no call
 * is judged by the rules before any more. Returns 0, or -errno with err filled; then the rules
 * before stay in place.
 */
int skw_judge_put(struct skw_judge *j, const struct skw_policy_image *image,
		  const char (*texts)[SKW_POLICY_TEXT_MAX], size_t rules, struct skw_error *err);

/* The calls that were judged by rules before the one in place, and belong to it. For a pin. */
int skw_judge_add_base(struct skw_judge *j, size_t rule, uint64_t count);

/*
 * Attaches the programs. The kernel detaches them when all processes that have the links have
 * ended, unless they are pinned. Returns 0, or -errno with err filled; then nothing is attached.
 */
int skw_judge_attach(struct skw_judge *j, struct skw_error *err);
/* Pins links and maps. Returns 0, or -errno with err filled. */
int skw_judge_pin(const struct skw_judge *j, const struct skw_pin *pin, struct skw_error *err);
/* Takes the programs off. No call is judged after this returns. */
void skw_judge_detach(struct skw_judge *j);
/* Whether a program is attached. Another command may detach those that are pinned. */
bool skw_judge_is_attached(const struct skw_judge *j);
/* Turns events on or off. Returns 0 or -errno. */
int skw_judge_tell(const struct skw_judge *j, bool on);

/* The descriptors that the keeper needs. Returns their number. */
size_t skw_judge_fds(const struct skw_judge *j, int fds[SKW_JUDGE_FDS]);
/* For the worker: closes all but the ring's memory. */
void skw_judge_disarm(struct skw_judge *j);
struct skw_rings *skw_judge_rings(struct skw_judge *j); /* stays ours */

/* How often a rule of the set in place, or of the one before, has decided. Or -errno. */
int skw_judge_count(const struct skw_judge *j, bool before, size_t rule, uint64_t *out);
/* The sums of all CPUs. Returns 0 or -errno. */
int skw_judge_totals(const struct skw_judge *j, struct skw_policy_totals *out);

/* Calls `each` for the rules of a pin. Returns 0, or -errno with err filled. */
int skw_judge_list(const struct skw_pin *pin,
		   void (*each)(void *ctx, const char *text, uint64_t count), void *ctx,
		   struct skw_error *err);

#endif
