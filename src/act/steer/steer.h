/* SPDX-License-Identifier: BSD-2-Clause */
/* steer: connections to ports and prefixes of a network namespace go to one server. */
#ifndef SKW_ACT_STEER_H
#define SKW_ACT_STEER_H

#include <stdbool.h>
#include <stddef.h>

#include "act/kind.h"
#include "act/session.h"
#include "util/error.h"

struct skw_steer_plan {
	struct skw_act_options *options;
	const char *to;     /* the server; NULL: the first word is the name of a pin */
	bool udp;           /* PID:PORT is a socket of UDP */
	bool udp_same_port; /* UDP to other ports than the server's own, too */
	bool follow;        /* register a restarted server again */
	char *const *words; /* rules; or NAME, and add or remove with rules */
	size_t words_len;
};

/* Returns 0, or -errno with err filled. */
int skw_steer_run(const struct skw_steer_plan *plan, struct skw_error *err);

extern const struct skw_act_kind skw_steer_kind;

#endif
