// SPDX-License-Identifier: BSD-2-Clause
#include "filter_list_test.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "filter/offline.h"
#include "filter_kernel.h"
#include "filter_lists.h"
#include "filter_tap.h"
#include "kern/sets/set_maps.h"
#include "util/cleanup.h"

#define SEED        UINT64_C(0x3c6ef372fe94f82b)
#define EXPRESSIONS 60
#define ETHERNET    1 /* DLT_EN10MB of pcap/dlt.h, which can't be included beside linux/bpf.h */

struct tally {
	size_t sets, runs, matched, differ;
};

/* Loads a program with its sets. Returns its descriptor or -errno. */
static int load(const struct skw_cbpf *prog, struct skw_filter_frame frame, struct skw_error *err)
{
	SKW_CLEANUP(skw_set_maps_close) struct skw_set_maps maps = { .fds = NULL };
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len;
	int ret = skw_set_maps_open(prog, &maps, err);

	if (ret)
		return ret;
	frame.set_fds = maps.fds;
	ret = skw_filter_translate(prog, &frame, &insns, &len);
	return ret ? ret : kernel_load(insns, len);
}

static void run(const struct skw_offline_filter *f, int fd, const struct test_corpus *c,
		struct tally *t)
{
	for (size_t i = 0; i < c->count; i += 3) {
		const struct test_packet *p = &c->packets[i];
		const struct skw_packet pkt = { .data = p->data, .caplen = p->len, .len = p->len };
		uint32_t verdict = 0;

		if (p->len < 1 || p->len > TEST_RUN_MAX)
			continue;
		int err = kernel_run(fd, p, &verdict);
		bool want = skw_offline_filter_match(f, &pkt);

		t->runs++;
		t->matched += want;
		if ((err || (verdict != 0) != want) && t->differ++ == 0)
			tap_note("packet %zu: %s", i, err ? strerror(-err) : want ? "1" : "0");
	}
}

/* That a filter does in user space as libpcap does is a unit test. */
int test_lists(const struct test_corpus *c, const struct skw_filter_frame *frame)
{
	struct test_random r = { SEED };
	struct skw_error err = { 0 };
	struct tally t = { 0 };
	char expr[TEST_LISTS_BYTES];

	for (int i = 0; i < EXPRESSIONS; i++) {
		struct skw_offline_filter *f = NULL;
		size_t differ = t.differ;

		test_lists_expression(&r, expr);
		if (skw_offline_filter_compile_dead(expr, ETHERNET, 65535, i % 2, &f, NULL))
			continue; /* It rejects all packets. */
		const struct skw_cbpf *prog = skw_offline_filter_program(f, 0);
		SKW_AUTO_FD int fd = load(prog, *frame, &err);
		if (fd >= 0) {
			run(f, fd, c, &t);
			t.sets += prog->sets_len;
		}
		skw_offline_filter_free(f);
		if (fd < 0 || t.differ != differ)
			tap_note("%s %s", expr, err.text);
		if (fd < 0)
			return fd;
	}
	tap_ok(!t.differ && t.matched && t.sets > EXPRESSIONS / 2,
	       "lists: %s: %zu maps, %zu of %zu runs match, as in user space",
	       frame->access ? "in place" : "by calls", t.sets, t.matched, t.runs);
	return 0;
}
