// SPDX-License-Identifier: BSD-2-Clause
/*
 * Filters with long lists against libpcap's own, on generated packets.
 *
 * A program that reads a byte that the packet lacks rejects it at once. So for a packet that ends
 * in its headers libpcap's verdict depends on the order of the terms, and on its optimizer. A
 * verdict is compared if it does not hang on bytes that the packet lacks. A list may still ask for
 * a missing byte before another term matches, since all its values are tested in the first place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "../live/filter_corpus.h"
#include "../live/filter_lists.h"
#include "filter/offline.h"
#include "filter/sets/lists.h"

#define SEED        UINT64_C(0x2f9b1d7c5a3e8641)
#define EXPRESSIONS 400
#define LONGEST     4096
#define MORE        200
#define PACKETS     800
#define SNAPLEN     262144

struct tally {
	size_t compared, matched, unclear, cut, with_sets, optimized;
};

/*
 * Makes libpcap's programs of an expression: not optimized, and optimized. Returns false if nothing
 * matches, which only libpcap's optimizer finds.
 */
static bool compile_both(const char *expr, int dlt, struct bpf_program out[2])
{
	pcap_t *pcap = pcap_open_dead(dlt, SNAPLEN);
	bool may_match = true;

	for (int i = 0; i < 2; i++) {
		if (pcap_compile(pcap, &out[i], expr, i, 0) == 0)
			continue;
		if (!i || strcmp(pcap_geterr(pcap), "expression rejects all packets") != 0)
			fail_msg("%s: %s", pcap_geterr(pcap), expr);
		may_match = false;
		pcap_freecode(&out[0]);
	}
	pcap_close(pcap);
	return may_match;
}

static struct skw_offline_filter *compile(const char *expr, int dlt, unsigned how, struct tally *t)
{
	struct skw_offline_filter *f = NULL;
	struct skw_error err = { 0 };

	if (skw_offline_filter_compile_dead(expr, dlt, SNAPLEN, how, &f, &err))
		fail_msg("%s: %s", err.text, expr);
	t->with_sets += skw_offline_filter_program(f, 0)->sets_len > 0;
	return f;
}

static bool run(const struct bpf_program *p, const struct skw_packet *pkt)
{
	const struct pcap_pkthdr h = { .caplen = pkt->caplen, .len = pkt->len };

	return pcap_offline_filter(p, &h, pkt->data) != 0;
}

/* Makes the packet longer by some bytes of one value. */
static struct skw_packet grow(const struct skw_packet *pkt, int fill, uint8_t longer[LONGEST])
{
	struct skw_packet grown = *pkt;

	memcpy(longer, pkt->data, pkt->caplen);
	memset(longer + pkt->caplen, fill, MORE);
	grown.data = longer;
	grown.caplen += MORE;
	return grown;
}

/* Whether libpcap decides alike, optimized or not, whatever bytes the packet lacks. */
static bool is_clear(const struct bpf_program theirs[2], const struct skw_packet *pkt, bool *want)
{
	uint8_t longer[LONGEST];

	*want = run(&theirs[0], pkt);
	if (run(&theirs[1], pkt) != *want)
		return false;
	for (int fill = 0; fill <= 0xff; fill += 0xff) {
		const struct skw_packet grown = grow(pkt, fill, longer);

		if (run(&theirs[0], &grown) != *want)
			return false;
	}
	return true;
}

/* Whether our filter only misses bytes: it matches the packet if that is longer. */
static bool is_cut(const struct skw_offline_filter *ours, const struct skw_packet *pkt)
{
	uint8_t longer[LONGEST];
	bool all = true;

	for (int fill = 0; fill <= 0xff; fill += 0xff) {
		const struct skw_packet grown = grow(pkt, fill, longer);

		all = all && skw_offline_filter_match(ours, &grown);
	}
	return all;
}

static void fail_verdict(const char *expr, const struct skw_packet *pkt, size_t number,
			 const char *how, bool want)
{
	for (uint32_t i = 0; i < pkt->caplen && i < 100; i++)
		print_message("%02x%s", pkt->data[i], i % 2 ? " " : "");
	print_message("\n%s\n", expr);
	fail_msg("packet %zu of %u bytes, %s: libpcap says %d", number, pkt->caplen, how, want);
}

static void compare(const char *expr, int dlt, const struct test_corpus *c, struct tally *t)
{
	struct bpf_program theirs[2];
	struct skw_offline_filter *ours[2];

	if (!compile_both(expr, dlt, theirs))
		return;
	for (unsigned i = 0; i < 2; i++)
		ours[i] = compile(expr, dlt, i ? SKW_LISTS_OPTIMIZE : 0, t);
	t->optimized += skw_offline_filter_program(ours[0], 0)->sets_len &&
			skw_offline_filter_program(ours[0], 0)->len !=
				skw_offline_filter_program(ours[1], 0)->len;
	for (size_t i = 0; i < c->count; i++) {
		const struct skw_packet pkt = { .data = c->packets[i].data,
						.caplen = c->packets[i].len,
						.len = c->packets[i].len };
		bool want;

		if (!is_clear(theirs, &pkt, &want)) {
			t->unclear++;
			continue;
		}
		for (int k = 0; k < 2; k++) {
			if (skw_offline_filter_match(ours[k], &pkt) == want)
				continue;
			t->cut++;
			if (!want || !is_cut(ours[k], &pkt))
				fail_verdict(expr, &pkt, i, k ? "optimized" : "not optimized",
					     want);
		}
		t->compared++;
		t->matched += want;
	}
	for (int i = 0; i < 2; i++) {
		pcap_freecode(&theirs[i]);
		skw_offline_filter_free(ours[i]);
	}
}

/* Packets as they are, changed, and cut short in their headers. */
static void make_packets(struct test_corpus *c, struct test_random *r)
{
	test_corpus_generate(c, SEED, PACKETS, 2000);
	test_corpus_mutate(c, SEED + 1);
	for (size_t i = 0, n = c->count; i < n; i += 2) {
		uint32_t len = 14 + test_random_below(r, 60);

		if (len < c->packets[i].len)
			test_corpus_add(c, c->packets[i].data, len);
	}
}

static void lists_match_as_libpcap_does(void **state)
{
	struct test_random r = { SEED };
	struct test_corpus c = { 0 };
	struct tally t = { 0 };
	char expr[TEST_LISTS_BYTES];

	(void)state;
	make_packets(&c, &r);
	for (int i = 0; i < EXPRESSIONS; i++) {
		test_lists_expression(&r, expr);
		compare(expr, DLT_EN10MB, &c, &t);
	}
	print_message("%zu verdicts, %zu of them matches; %zu unclear, %zu cut; %zu programs with "
		      "sets, %zu "
		      "optimized\n",
		      t.compared, t.matched, t.unclear, t.cut, t.with_sets, t.optimized);
	/* Some lists are of kinds that are left to libpcap. */
	assert_true(t.with_sets > EXPRESSIONS);
	assert_true(t.optimized > EXPRESSIONS / 8);
	assert_true(t.cut < 10);
	assert_true(t.matched > t.compared / 10 && t.unclear < t.compared / 20);
	test_corpus_free(&c);
}

/* ---- prefixes of each length ---- */

#define NETS 20

static void fill_random(struct test_random *r, uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)test_random_below(r, 256);
}

/* Adds a packet from or to the network, with other bits behind the prefix. */
static void add_inside(struct test_corpus *c, struct test_random *r, const uint8_t *net, size_t len,
		       unsigned bits, int flipped)
{
	uint8_t frame[54] = { [12] = len == 4 ? 0x08 : 0x86, [13] = len == 4 ? 0 : 0xdd };
	uint8_t *ip = frame + 14, *address = ip + (len == 4 ? 12 : 8);

	ip[0] = len == 4 ? 0x45 : 0x60;
	fill_random(r, address, 2 * len);
	address += len * test_random_below(r, 2);
	for (unsigned i = 0; i < bits; i++) {
		uint8_t bit = (uint8_t)(0x80 >> i % 8);

		address[i / 8] = (uint8_t)((address[i / 8] & ~bit) | (net[i / 8] & bit));
	}
	if (flipped >= 0)
		address[flipped / 8] ^= (uint8_t)(0x80 >> flipped % 8);
	test_corpus_add(c, frame, sizeof(frame));
}

static void compare_prefixes(int family, unsigned bits, struct test_random *r, struct tally *t)
{
	size_t len = family == AF_INET ? 4 : 16, at = 0;
	struct test_corpus c = { 0 };
	char expr[TEST_LISTS_BYTES], text[INET6_ADDRSTRLEN];

	for (int n = 0; n < NETS; n++) {
		uint8_t net[16];

		fill_random(r, net, len);
		for (unsigned i = bits; i < 8 * len; i++)
			net[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
		inet_ntop(family, net, text, sizeof(text));
		at += (size_t)snprintf(expr + at, sizeof(expr) - at, "%s%s/%u", n ? " or " : "net ",
				       text, bits);
		/* As it is, and with one of the bits around the end of the prefix changed. */
		add_inside(&c, r, net, len, bits, -1);
		for (unsigned bit = bits < 4 ? 0 : bits - 4; bit < bits + 2 && bit < 8 * len; bit++)
			add_inside(&c, r, net, len, bits, (int)bit);
	}
	compare(expr, DLT_EN10MB, &c, t);
	test_corpus_free(&c);
}

/* libpcap compares words of an address; a set needs a few bits of each of them. */
static void prefixes_of_any_length_match_as_libpcap_does(void **state)
{
	struct test_random r = { SEED };

	(void)state;
	for (unsigned bits = 1; bits <= 128 + 32; bits++) {
		int family = bits <= 128 ? AF_INET6 : AF_INET;
		unsigned of = bits <= 128 ? bits : bits - 128;
		bool has_set = of >= 8 && of % 32 != 1 && of % 32 != 2;
		struct tally t = { 0 };

		compare_prefixes(family, of, &r, &t);
		if ((t.with_sets == 2) != has_set)
			fail_msg("IPv%d/%u: %zu sets", family == AF_INET ? 4 : 6, of, t.with_sets);
		assert_true(t.matched >= NETS && t.cut + t.unclear == 0);
		assert_true(of < 8 || t.compared - t.matched >= NETS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_match_as_libpcap_does),
		cmocka_unit_test(prefixes_of_any_length_match_as_libpcap_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
