/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiles expressions with long lists of addresses, networks and ports. libpcap compares one value
 * after the other, and compiling takes it a time that grows faster than the square of their number.
 * Here it compiles the expression with one value for each list, and so decides about all else. Then
 * the comparison with that value becomes a test in a set.
 */
#ifndef SKW_FILTER_SETS_LISTS_H
#define SKW_FILTER_SETS_LISTS_H

#include <stdbool.h>

#include "model/cbpf.h"
#include "util/error.h"

/* How an expression is compiled. */
#define SKW_LISTS_OPTIMIZE 1U /* libpcap's optimizer is run */
/* The program is for another interpreter of classic BPF: it has no sets. */
#define SKW_LISTS_CLASSIC 2U

static inline unsigned skw_lists_how(bool no_optimize, bool classic)
{
	return (no_optimize ? 0 : SKW_LISTS_OPTIMIZE) | (classic ? SKW_LISTS_CLASSIC : 0);
}

/* Compiles an expression with libpcap. Returns 0 or -errno, with `err` (NULL allowed) filled. */
typedef int skw_lists_compile_fn(void *arg, const char *expr, bool optimize, struct skw_cbpf *out,
				 struct skw_error *err);

/*
 * Compiles an expression by `compile`. One without a long list is handed to it as it is. Returns 0
 * or -errno, with `err` (NULL allowed) filled. The caller frees `out` with skw_classic_free().
 */
int skw_lists_compile(const char *expr, unsigned how, skw_lists_compile_fn *compile, void *arg,
		      struct skw_cbpf *out, struct skw_error *err);

#endif
