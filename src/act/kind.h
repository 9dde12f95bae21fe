/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions by which `skwatch list` describes and repairs each kind of pin. */
#ifndef SKW_ACT_KIND_H
#define SKW_ACT_KIND_H

#include <stdint.h>

#include "kern/act/pins.h"
#include "util/error.h"

/* Takes a rule, a port or another part of a pin, and its counter (SKW_NONE64: it has none). */
struct skw_act_listing {
	void (*add)(void *ctx, const char *text, uint64_t count);
	void *ctx;
};

struct skw_act_kind {
	const char *name; /* that of the verb */
	/* Lists the parts of a pin. Returns 0, or -errno with err filled. */
	int (*describe)(const struct skw_pin *pin, const struct skw_act_listing *to,
			struct skw_error *err);
	/*
	 * Registers again what has lost its server. Returns the number of parts that were mended,
	 * or -errno with err filled. NULL: there is nothing that can be lost.
	 */
	int (*repair)(const struct skw_pin *pin, struct skw_error *err);
};

#endif
