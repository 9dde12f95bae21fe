// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/lists.h"

#include <errno.h>

#include "filter/sets/classic.h"
#include "filter/sets/gather.h"
#include "filter/sets/place.h"
#include "util/cleanup.h"

/* Up to this number of values libpcap takes less than a second to compile them one by one. */
#define FEW 150

/*
 * A name server may tell the addresses of a name in another order each time. Then the programs
 * differ in more than the stand-ins, until the order comes round.
 */
#define ATTEMPTS 4

struct lists_compiler {
	skw_lists_compile_fn *compile;
	void *arg;
};

/* Compiles the expression with one kind of stand-in. */
static int compile_one(const struct lists_compiler *c, const struct skw_sets *sets, unsigned which,
		       bool optimize, struct skw_cbpf *out, struct skw_error *err)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;

	skw_sets_write(sets, which, &text);
	if (text.failed)
		return skw_error_set(err, -ENOMEM, "filter: out of memory");
	return c->compile(c->arg, (const char *)text.data, optimize, out, err);
}

static void free_both(struct skw_cbpf (*programs)[SKW_SETS_STAND_INS])
{
	for (unsigned i = 0; i < SKW_SETS_STAND_INS; i++)
		skw_classic_free(&(*programs)[i]);
}

/*
 * Compiles with both stand-ins. *may_optimize tells of a program that was not optimized whether it
 * may be. Returns 0, -ENOENT if the sets have no place in it, or another error.
 */
static int compile_both(const struct lists_compiler *c, struct skw_sets *sets, bool optimize,
			bool *may_optimize, struct skw_cbpf *out)
{
	SKW_CLEANUP(free_both) struct skw_cbpf programs[SKW_SETS_STAND_INS] = { 0 };
	const struct skw_cbpf *both[SKW_SETS_STAND_INS] = { &programs[0], &programs[1] };
	int ret = compile_one(c, sets, 0, optimize, &programs[0], NULL);

	if (ret)
		return ret;
	ret = -ENOENT;
	for (int i = 0; i < ATTEMPTS && ret == -ENOENT; i++) {
		skw_classic_free(&programs[1]);
		ret = compile_one(c, sets, 1, optimize, &programs[1], NULL);
		if (!ret)
			ret = skw_sets_place(sets, both, out);
	}
	*may_optimize = !ret && !optimize && skw_sets_may_optimize(sets, both);
	return ret;
}

static int compile_sets(const struct lists_compiler *c, struct skw_sets *sets, bool optimize,
			struct skw_cbpf *out)
{
	SKW_CLEANUP(skw_classic_free) struct skw_cbpf plain = { .insns = NULL };
	bool may_optimize = false, unused;
	int ret = compile_both(c, sets, false, &may_optimize, &plain);

	if (ret)
		return ret;
	if (optimize && may_optimize) {
		/* The optimizer may also find that nothing matches, which libpcap calls an error.
		 */
		ret = compile_both(c, sets, true, &unused, out);
		if (ret != -ENOENT)
			return ret;
	}
	*out = plain;
	plain = (struct skw_cbpf){ .insns = NULL };
	return 0;
}

int skw_lists_compile(const char *expr, unsigned how, skw_lists_compile_fn *compile, void *arg,
		      struct skw_cbpf *out, struct skw_error *err)
{
	SKW_CLEANUP(skw_sets_free) struct skw_sets sets = { .lists = NULL };
	const struct lists_compiler c = { compile, arg };
	struct skw_cbpf unused = { .insns = NULL };
	bool optimize = how & SKW_LISTS_OPTIMIZE;
	int ret = how & SKW_LISTS_CLASSIC ? -ENOENT : skw_sets_gather(expr, &sets);

	if (!ret)
		ret = compile_sets(&c, &sets, optimize, out);
	if (!ret)
		return 0;
	if (ret == -ENOMEM)
		return skw_error_set(err, -ENOMEM, "filter: out of memory");
	/* libpcap's message has the expression in it. A short one has the same mistake. */
	if (sets.values > FEW && ret != -ENOENT) {
		ret = compile_one(&c, &sets, SKW_SETS_STAND_INS, optimize, &unused, err);
		if (ret)
			return ret;
		skw_classic_free(&unused);
	}
	return compile(arg, expr, optimize, out, err);
}
