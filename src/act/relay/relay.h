/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A relay for TCP: it takes connections at one address and passes their bytes, unread, to backends.
 */
#ifndef SKW_ACT_RELAY_RELAY_H
#define SKW_ACT_RELAY_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "act/relay/backend.h"
#include "act/relay/lane.h"
#include "act/session.h"
#include "util/error.h"

struct skw_relay_plan {
	const struct skw_act_options *options;
	const char *listen;
	char *const *backends;
	size_t backends_len;
	bool echo;  /* no backends: each client gets its own bytes back */
	bool quiet; /* no event per connection */
	enum skw_relay_engine engine;
	enum skw_relay_balance balance;
	unsigned proxy;           /* the version of the PROXY protocol's header; 0: none */
	uint64_t most, most_each; /* connections, and those of a backend (0: no limit) */
	uint64_t connect_ns;
	uint64_t idle_ns;    /* 0: no limit */
	uint64_t drain_ns;   /* 0: no limit */
	uint64_t check_ns;   /* 0: no health checks */
	unsigned rise, fall; /* checks in a row that change a backend's health */
};

/* Runs until it is ended. Returns 0, or -errno with err filled. */
int skw_relay_run(const struct skw_relay_plan *plan, struct skw_error *err);

#endif
