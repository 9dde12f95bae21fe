/* SPDX-License-Identifier: BSD-2-Clause */
/* A steering that runs: it tells its events, and follows the restarts of its server. */
#ifndef SKW_ACT_STEER_SESSION_H
#define SKW_ACT_STEER_SESSION_H

#include "act/steer/steer.h"
#include "act/steer/steer_repair.h"
#include "act/steer/steer_server.h"
#include "act/tell.h"
#include "keeper/keeper.h"
#include "kern/act/lookup.h"
#include "model/pin.h"

struct skw_steering {
	const struct skw_steer_plan *plan;
	struct skw_lookup lookup;
	struct skw_steer_rules rules;
	struct skw_steer_sockets to;
	uint8_t proto;
	uint32_t netns; /* inode number */
	struct skw_pin pin;
	bool is_pinned;
	bool is_old; /* it was pinned by an earlier command */

	struct skw_act_tell tell;
	struct skw_loop *loop;
	struct skw_keeper_table table;
	int timer_fd;
	bool failed; /* the last look for the server has failed, which was said */
	struct skw_steer_repaired last;
	struct skw_steer_seen seen; /* the keeper's */
};

/* Loads and attaches, and pins if that is wanted. The caller ends it. 0, or -errno with err. */
int skw_steering_begin(struct skw_steering *s, struct skw_error *err);
/* Says what is steered. */
void skw_steering_tell(const struct skw_steering *s);
void skw_steering_end(struct skw_steering *s);
/* Runs until it is stopped. `s` was not begun, or is that of an older pin. */
int skw_steering_run(struct skw_steering *s, struct skw_error *err);

#endif
