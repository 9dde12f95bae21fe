// SPDX-License-Identifier: BSD-2-Clause
/*
 * Translated filters against their oracles, packet by packet: libpcap's
 * interpreter where the expression only asks for bytes, and in any case the
 * kernel's own classic BPF on a second socket of the same interface. TAP, as root.
 */
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter/translate.h"
#include "filter_corpus.h"
#include "filter_expr.h"
#include "filter_frame_test.h"
#include "filter_kernel.h"
#include "filter_list_test.h"
#include "filter_random.h"
#include "filter_tap.h"
#include "kern/skb_access.h"
#include "util/cleanup.h"

#define SEED        UINT64_C(0x5b1f3c9d2e7a4681)
#define GENERATED   1400
#define LONGEST     8900
#define AT_ONCE     32 /* socket pairs, as closing one takes long */
#define EXPRS_MIN   150
#define RANDOM_RUNS 24

/* Sockets on one interface, or programs and an interpreter. */
struct pair {
	const char *text;
	int classic, by_call, in_place; /* descriptors of sockets */
	bool set;                       /* all have their filter */
	size_t matched, differ, first_differ;
};

/* Bytes are loaded by calls, and in place where the kernel can do that. */
static const struct skw_filter_frame by_call = { .counters_fd = -1, .next_fd = -1 };
static struct skw_filter_frame in_place = { .counters_fd = -1, .next_fd = -1 };
static struct skw_skb_access access_in_place;

static int translate_and_load(const struct skw_cbpf *prog, const struct skw_filter_frame *frame)
{
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len;
	int err = skw_filter_translate(prog, frame, &insns, &len);

	return err ? err : kernel_load(insns, len);
}

/* ----- verdicts of BPF_PROG_TEST_RUN against libpcap's interpreter ----- */

static void run_against_libpcap(int call_fd, int place_fd, const struct skw_cbpf *prog,
				const struct test_corpus *c, struct pair *p)
{
	for (size_t i = 0; i < c->count; i++) {
		uint32_t called = 0, placed = 0;

		if (c->packets[i].len < 1 || c->packets[i].len > TEST_RUN_MAX)
			continue;
		int err = kernel_run(call_fd, &c->packets[i], &called);
		if (!err)
			err = kernel_run(place_fd, &c->packets[i], &placed);
		bool want = test_interpret(prog, &c->packets[i]);

		p->matched += want;
		if ((err || (called != 0) != want || (placed != 0) != want) && p->differ++ == 0)
			p->first_differ = i;
	}
}

static void test_bytes(const struct test_expr *e, const struct test_corpus *c)
{
	char why[256] = "";
	struct skw_cbpf *prog = test_compile(e->text, e->link_type, why);
	SKW_AUTO_FD int call_fd = prog ? translate_and_load(prog, &by_call) : -EINVAL;
	SKW_AUTO_FD int place_fd = prog ? translate_and_load(prog, &in_place) : -EINVAL;
	struct pair p = { 0 };

	if (call_fd == -EOPNOTSUPP && place_fd == call_fd && strstr(e->text, "protochain")) {
		tap_ok(true, "%s: %s: a loop, left to user space", e->link_type, e->text);
	} else if (call_fd < 0 || place_fd < 0) {
		tap_ok(false, "%s: %s: %s %s", e->link_type, e->text, why,
		       strerror(call_fd < 0 ? -call_fd : -place_fd));
	} else {
		run_against_libpcap(call_fd, place_fd, prog, c, &p);
		tap_ok(!p.differ && p.matched, "%s: %s: as libpcap, %zu of %zu match", e->link_type,
		       e->text, p.matched, c->count);
		if (p.differ)
			tap_note("%zu verdicts differ, first that of packet %zu", p.differ,
				 p.first_differ);
	}
	test_program_free(prog);
}

static int test_all_bytes(const struct test_exprs *exprs, const struct test_corpus *ethernet)
{
	struct test_corpus c = { 0 };
	const char *link_type = "";

	for (size_t i = 0; i < exprs->count; i++) {
		const struct test_expr *e = &exprs->list[i];

		if (e->live)
			continue;
		if (strcmp(link_type, e->link_type) != 0) {
			link_type = e->link_type;
			test_corpus_free(&c);
			for (size_t k = 0; k < ethernet->count; k++)
				test_corpus_add(&c, ethernet->packets[k].data,
						ethernet->packets[k].len);
			if (strcmp(link_type, "EN10MB") != 0 &&
			    test_corpus_reframe(ethernet, link_type, &c) < 0)
				return -EINVAL;
		}
		test_bytes(e, &c);
	}
	test_corpus_free(&c);
	return 0;
}

/* ----- verdicts on a wire against the kernel's classic BPF ----- */

static void compare_taps(struct pair *pairs, size_t n, size_t packet)
{
	for (size_t i = 0; i < n; i++) {
		if (!pairs[i].set)
			continue;
		bool classic = tap_take(pairs[i].classic);
		bool same = tap_take(pairs[i].by_call) == classic;

		same = tap_take(pairs[i].in_place) == classic && same;

		pairs[i].matched += classic;
		if (!same && pairs[i].differ++ == 0)
			pairs[i].first_differ = packet;
	}
}

/* Returns how many packets went by, or -errno. */
static int run_on_wire(struct wire *w, const struct test_corpus *c, size_t step, struct pair *pairs,
		       size_t n)
{
	int sent = 0;

	for (size_t i = 0; i < c->count; i += step) {
		for (int way = 0; way < WIRE_WAYS; way++) {
			/* Short packets are never in pages. */
			if (!wire_carries(way, &c->packets[i]) || c->packets[i].len > LONGEST ||
			    (way == WIRE_IN_PAGED && c->packets[i].len < 4096))
				continue;
			int err = wire_send(w, way, &c->packets[i]);

			if (err) {
				tap_note("packet %zu way %d: %s", i, way, strerror(-err));
				return err;
			}
			compare_taps(pairs, n, i);
			sent++;
		}
	}
	return sent;
}

/* A socket whose pair was left out has kept what its old filter let through. */
static void empty(struct pair *p)
{
	p->matched = p->differ = 0;
	while (tap_take(p->classic) || tap_take(p->by_call) || tap_take(p->in_place))
		;
}

static int attach_ebpf(const struct pair *p, const struct skw_cbpf *prog)
{
	SKW_AUTO_FD int call_fd = translate_and_load(prog, &by_call);
	SKW_AUTO_FD int place_fd = translate_and_load(prog, &in_place);

	if (call_fd < 0 || place_fd < 0)
		return call_fd < 0 ? call_fd : place_fd;
	int err = tap_set_ebpf(p->by_call, call_fd);
	return err ? err : tap_set_ebpf(p->in_place, place_fd);
}

static void attach_expr(struct test_handle *h, const struct test_expr *e, struct pair *p)
{
	char why[256] = "";
	struct skw_cbpf *prog = test_handle_compile(h, e->text, why);
	int classic = prog ? tap_set_classic(p->classic, prog) : -EINVAL;
	int ebpf = prog ? attach_ebpf(p, prog) : -EINVAL;

	p->text = e->text;
	empty(p);
	p->set = !classic && !ebpf;
	if (classic == -EINVAL && ebpf == -EOPNOTSUPP && strstr(e->text, "protochain"))
		tap_ok(true, "live: %s: a loop, refused by both", e->text);
	else if (!p->set)
		tap_ok(false, "live: %s: classic: %s, translated: %s %s", e->text,
		       strerror(-classic), strerror(-ebpf), why);
	test_program_free(prog);
}

static void report(const struct pair *pairs, size_t n, int sent)
{
	for (size_t i = 0; i < n; i++) {
		if (!pairs[i].set)
			continue;
		tap_ok(sent > 0 && !pairs[i].differ && pairs[i].matched,
		       "live: %s: as classic BPF, %zu of %d match", pairs[i].text, pairs[i].matched,
		       sent);
		if (pairs[i].differ)
			tap_note("%zu verdicts differ, first that of packet %zu", pairs[i].differ,
				 pairs[i].first_differ);
	}
}

static int test_all_live(struct wire *w, const struct test_exprs *exprs,
			 const struct test_corpus *c, struct pair *pairs)
{
	char why[256] = "";
	struct test_handle *h = test_handle_open(WIRE_NEAR, why);
	int sent = 0;

	if (!h)
		return -ENODEV;
	for (size_t i = 0; i < exprs->count && sent >= 0;) {
		size_t n = 0;

		for (; i < exprs->count && n < AT_ONCE; i++)
			if (strcmp(exprs->list[i].link_type, "EN10MB") == 0 &&
			    !exprs->list[i].offline)
				attach_expr(h, &exprs->list[i], &pairs[n++]);
		sent = run_on_wire(w, c, 1, pairs, n);
		report(pairs, n, sent);
	}
	test_handle_close(h);
	return sent < 0 ? sent : 0;
}

/* ----- what is not in the bytes, or has another name there ----- */

static const struct {
	const char *name;
	uint32_t offset;
	bool always_zero; /* or may be, here */
} fields[] = {
	{ "protocol", SKF_AD_OFF + SKF_AD_PROTOCOL, false },
	{ "packet type", SKF_AD_OFF + SKF_AD_PKTTYPE, false },
	{ "ifindex", SKF_AD_OFF + SKF_AD_IFINDEX, false },
	{ "mark", SKF_AD_OFF + SKF_AD_MARK, false },
	{ "queue", SKF_AD_OFF + SKF_AD_QUEUE, true },
	{ "hash", SKF_AD_OFF + SKF_AD_RXHASH, true },
	{ "cpu", SKF_AD_OFF + SKF_AD_CPU, true },
	{ "A ^ X", SKF_AD_OFF + SKF_AD_ALU_XOR_X, false },
	{ "vlan tag", SKF_AD_OFF + SKF_AD_VLAN_TAG, false },
	{ "vlan tag present", SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT, false },
	{ "vlan protocol", SKF_AD_OFF + SKF_AD_VLAN_TPID, false },
	{ "network header", SKF_NET_OFF, false },
	{ "link header", SKF_LL_OFF + 10, false },
	{ "bytes", 14, false },
};

_Static_assert(AT_ONCE == 32, "one pair of sockets for each bit");

/* There is a pair for each bit, so that the whole value is compared. */
static bool attach_bit(struct pair *p, uint32_t offset, unsigned int bit)
{
	struct skw_cbpf_insn insns[] = {
		{ .code = BPF_LDX | BPF_IMM, .k = 0x80000401 },
		{ .code = BPF_LD | BPF_LEN },
		{ .code = BPF_LD | BPF_ABS | BPF_W, .k = offset },
		{ .code = BPF_ALU | BPF_AND | BPF_K, .k = UINT32_C(1) << bit },
		{ .code = BPF_RET | BPF_A },
	};
	const struct skw_cbpf prog = { .insns = insns, .len = SKW_ARRAY_SIZE(insns) };

	p->set = !tap_set_classic(p->classic, &prog) && !attach_ebpf(p, &prog);
	empty(p);
	return p->set;
}

static int test_fields(struct wire *w, const struct test_corpus *c, struct pair *pairs)
{
	for (size_t f = 0; f < SKW_ARRAY_SIZE(fields); f++) {
		size_t matched = 0, differ = 0;
		bool set = true;

		for (unsigned int bit = 0; bit < AT_ONCE; bit++)
			set = attach_bit(&pairs[bit], fields[f].offset, bit) && set;
		int sent = run_on_wire(w, c, 19, pairs, AT_ONCE);

		if (sent < 0)
			return sent;
		for (size_t bit = 0; bit < AT_ONCE; bit++) {
			matched += pairs[bit].matched;
			differ += pairs[bit].differ;
		}
		tap_ok(set && !differ && (matched || fields[f].always_zero),
		       "live: %s: as classic BPF in each bit, %zu are set", fields[f].name,
		       matched);
	}
	return 0;
}

/* ----- programs that no expression makes ----- */

struct random_result {
	size_t accepted, left_out, disagree, matched, differ;
};

/* The kernel and skwatch must accept the same programs. */
static void attach_random(struct test_random *r, struct pair *p, struct random_result *result)
{
	struct skw_cbpf_insn insns[RANDOM_PROGRAM_MAX];
	struct skw_cbpf prog = { .insns = insns, .len = random_program(r, insns) };
	int classic = tap_set_classic(p->classic, &prog);
	int ebpf = attach_ebpf(p, &prog);

	empty(p);
	p->set = !classic && !ebpf;
	if (p->set)
		result->accepted++;
	else if (!classic && ebpf == -EOPNOTSUPP)
		result->left_out++;
	else if (classic != -EINVAL || (ebpf != -EINVAL && ebpf != -EOPNOTSUPP)) {
		tap_note("classic %s, translated %s", strerror(-classic), strerror(-ebpf));
		result->disagree++;
	}
}

static int test_random_programs(struct wire *w, const struct test_corpus *c, struct pair *pairs)
{
	struct test_random r = { SEED + 2 };
	struct random_result sum = { 0 };

	for (int run = 0; run < RANDOM_RUNS; run++) {
		for (size_t i = 0; i < AT_ONCE; i++)
			attach_random(&r, &pairs[i], &sum);
		int sent = run_on_wire(w, c, 37, pairs, AT_ONCE);

		if (sent < 0)
			return sent;
		for (size_t i = 0; i < AT_ONCE; i++) {
			sum.matched += pairs[i].set ? pairs[i].matched : 0;
			sum.differ += pairs[i].set ? pairs[i].differ : 0;
			if (pairs[i].set && pairs[i].differ)
				tap_note("run %d program %zu: packet %zu", run, i,
					 pairs[i].first_differ);
		}
	}
	tap_ok(!sum.disagree && sum.left_out && sum.accepted > RANDOM_RUNS * AT_ONCE / 2,
	       "random programs: the kernel and the translator agree on which are valid "
	       "(%zu of %d; %zu left to user space)",
	       sum.accepted, RANDOM_RUNS * AT_ONCE, sum.left_out);
	tap_ok(!sum.differ && sum.matched, "random programs: as classic BPF, %zu matches",
	       sum.matched);
	return 0;
}

static int test_live(struct wire *w, const struct test_exprs *exprs, const struct test_corpus *c)
{
	struct pair pairs[AT_ONCE];
	int err = 0;

	for (size_t i = 0; i < AT_ONCE; i++) {
		pairs[i] = (struct pair){ .classic = tap_open(WIRE_NEAR),
					  .by_call = tap_open(WIRE_NEAR),
					  .in_place = tap_open(WIRE_NEAR) };
		if (pairs[i].classic < 0 || pairs[i].by_call < 0 || pairs[i].in_place < 0)
			return -EMFILE;
	}
	err = test_all_live(w, exprs, c, pairs);
	if (!err)
		err = test_fields(w, c, pairs);
	if (!err)
		err = test_random_programs(w, c, pairs);
	if (!err)
		err = test_frame(w, c, in_place.access);
	for (size_t i = 0; i < AT_ONCE; i++) {
		close(pairs[i].classic);
		close(pairs[i].by_call);
		close(pairs[i].in_place);
	}
	return err;
}

static int read_all(struct test_exprs *exprs, struct test_corpus *c)
{
	const char *top = getenv("srcdir");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/golden/filter-expressions.txt", top ? top : ".");
	int err = test_exprs_read(path, exprs);

	if (err)
		return err;
	tap_ok(exprs->count >= EXPRS_MIN, "there are %zu expressions", exprs->count);
	snprintf(path, sizeof(path), "%s/pcap-samples", top ? top : ".");
	int samples = test_corpus_read(path, c);

	if (samples < 0)
		return samples;
	test_corpus_generate(c, SEED, GENERATED, LONGEST);
	test_corpus_mutate(c, SEED + 1);
	tap_note("%zu packets, %d of them from pcap-samples", c->count, samples);
	return 0;
}

int main(void)
{
	struct test_exprs exprs = { 0 };
	struct test_corpus c = { 0 };
	struct wire w;
	int err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	err = wire_open(&w);
	if (err == -EPERM) {
		puts("1..0 # SKIP network namespaces need root");
		return 0;
	}
	if (!err)
		err = read_all(&exprs, &c);
	if (skw_skb_access_probe(&access_in_place) == 0)
		in_place.access = &access_in_place;
	tap_note("packets are read by calls%s", in_place.access ? " and in place" : " only");
	if (!err)
		err = test_all_bytes(&exprs, &c);
	if (!err)
		err = test_lists(&c, &by_call);
	if (!err && in_place.access)
		err = test_lists(&c, &in_place);
	if (!err)
		err = test_live(&w, &exprs, &c);
	if (err)
		printf("Bail out! %s\n", strerror(-err));
	wire_close(&w);
	test_corpus_free(&c);
	test_exprs_free(&exprs);
	return tap_end(err);
}
