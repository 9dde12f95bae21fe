/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts tests in sets into a program that libpcap has compiled with stand-ins. */
#ifndef SKW_FILTER_SETS_PLACE_H
#define SKW_FILTER_SETS_PLACE_H

#include "filter/sets/gather.h"
#include "model/cbpf.h"

/*
 * Makes the program from two that differ in nothing but their stand-ins. Orders the keys of the
 * lists. Returns 0, -ENOENT if a difference is no comparison with a stand-in, or the words of an
 * address are not compared one after the other, or -ENOMEM. The caller frees `out` with
 * skw_classic_free().
 */
int skw_sets_place(struct skw_sets *sets, const struct skw_cbpf *const programs[SKW_SETS_STAND_INS],
		   struct skw_cbpf *out);

/*
 * Whether libpcap's optimizer may see the stand-ins, when it has not run on these programs. It
 * infers that something equal to one constant differs from another, which does not hold for sets.
 * So nothing that is compared with a stand-in may be compared with anything else.
 */
bool skw_sets_may_optimize(const struct skw_sets *sets,
			   const struct skw_cbpf *const programs[SKW_SETS_STAND_INS]);

#endif
