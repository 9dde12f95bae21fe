/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for lines. This is the worker's side: a cache, which asks the resolver (resolve/resolver.h)
 * for the names of addresses, and a table of ports. It is a sink that takes no packets, so that the
 * loop gives it the answers. It must stand before the sink that prints.
 */
#ifndef SKW_RESOLVE_RESOLVE_H
#define SKW_RESOLVE_RESOLVE_H

#include <stdbool.h>

#include "dissect/printer.h"
#include "loop/sink.h"
#include "util/error.h"

struct skw_identity;

struct skw_resolve_options {
	/* See skw_resolver_start(). */
	const struct skw_identity *who;
	/*
	 * Wait for the name of a new address, for two seconds at most. Otherwise it is a number
	 * until the name is there.
	 */
	bool waits;
	/* Names end at their first dot. */
	bool no_domains;
};

struct skw_resolve;

/*
 * Reads the names of ports and starts the resolver, with its conditions. Returns 0, or -errno with
 * err filled.
 */
int skw_resolve_new(const struct skw_resolve_options *opt, struct skw_resolve **out,
		    struct skw_error *err);
/* NULL is allowed. */
void skw_resolve_free(struct skw_resolve *n);

/* Both are valid as long as n is. */
const struct skw_print_names *skw_resolve_print(const struct skw_resolve *n);
struct skw_sink skw_resolve_sink(struct skw_resolve *n);

#endif
