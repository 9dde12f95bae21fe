// SPDX-License-Identifier: BSD-2-Clause
/* Blocks that are copied: the few changes, in both byte orders, and everything else as it was. */
#include "pcap/pcapng_copy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pcap/pcapng.h"
#include "util/cleanup.h"

/* A block that is being made, in either byte order. */
struct made {
	struct skw_buf b;
	bool swapped;
};

static void put(struct made *m, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		skw_buf_add_char(&m->b, (char)(v >> 8 * (m->swapped ? bytes - 1 - i : i)));
}

static void pad(struct made *m, char with)
{
	while (m->b.len % 4)
		skw_buf_add_char(&m->b, with);
}

static void option(struct made *m, uint16_t code, const char *value)
{
	put(m, code, 2);
	put(m, strlen(value), 2);
	skw_buf_add_str(&m->b, value);
	pad(m, '~');
}

static struct made begin(uint32_t type, bool swapped)
{
	struct made m = { .swapped = swapped };

	put(&m, type, 4);
	put(&m, 0, 4);
	return m;
}

static struct skw_raw_block end(struct made *m, uint32_t type)
{
	struct made total = { .swapped = m->swapped };

	put(&total, m->b.len + 4, 4);
	memcpy(m->b.data + 4, total.b.data, 4);
	skw_buf_add(&m->b, total.b.data, 4);
	skw_buf_free(&total.b);
	return (struct skw_raw_block){ m->b.data, (uint32_t)m->b.len, type, m->swapped, false };
}

static const struct expected {
	uint32_t cut;
	bool same; /* the copy has the same bytes */
} any_cut[] = { { 0, true }, { 1, false }, { 61, true }, { 100, true } };

static struct made packet(uint32_t type, bool swapped, uint32_t caplen, bool forbidden)
{
	struct made m = begin(type, swapped);

	put(&m, 7, 4);
	put(&m, 1, 8);
	put(&m, caplen, 4);
	put(&m, 99, 4);
	for (uint32_t i = 0; i < caplen; i++)
		put(&m, i, 1);
	pad(&m, '#');
	option(&m, 1, "one");
	if (forbidden)
		option(&m, 19372, "text");
	option(&m, 4444, "unknown");
	if (forbidden)
		option(&m, 19373, "");
	put(&m, 0, 4);
	put(&m, 0x42424242, 4);
	return m;
}

static void expect_same(const struct skw_raw_block *a, const struct skw_raw_block *b)
{
	assert_int_equal(a->len, b->len);
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->swapped, b->swapped);
	assert_memory_equal(a->bytes, b->bytes, a->len);
}

static void packets_stay_as_they_are_or_are_cut(void **state)
{
	static const uint32_t types[] = { SKW_PCAPNG_PACKET, SKW_PCAPNG_OLD_PACKET };
	struct skw_pcapng_uncopied none = { 0 };
	struct skw_buf room = SKW_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 4 * SKW_ARRAY_SIZE(any_cut); i++) {
		const struct expected *e = &any_cut[i / 4];
		bool swapped = i % 2;
		struct made m = packet(types[i / 2 % 2], swapped, 61, false);
		struct made n = packet(types[i / 2 % 2], swapped, e->cut, false);
		struct skw_raw_block in = end(&m, types[i / 2 % 2]);
		struct skw_raw_block shorter = end(&n, types[i / 2 % 2]), out;

		assert_int_equal(skw_pcapng_copy(&in, e->cut, &room, &out, &none), 1);
		if (e->same) {
			assert_ptr_equal(out.bytes, in.bytes);
		} else {
			/* New padding is 0. */
			memset((uint8_t *)(uintptr_t)shorter.bytes + 28 + e->cut, 0, -e->cut & 3);
			expect_same(&out, &shorter);
		}
		skw_buf_free(&m.b);
		skw_buf_free(&n.b);
	}
	assert_int_equal(none.blocks + none.options + none.too_long, 0);
	skw_buf_free(&room);
}

static void options_that_forbid_a_copy_are_left_out(void **state)
{
	struct skw_buf room = SKW_BUF_INIT;

	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct skw_pcapng_uncopied uncopied = { 0 };
		struct made with = packet(SKW_PCAPNG_PACKET, swapped, 61, true);
		struct made without = packet(SKW_PCAPNG_PACKET, swapped, 61, false);
		struct skw_raw_block in = end(&with, SKW_PCAPNG_PACKET), out;
		struct skw_raw_block expected = end(&without, SKW_PCAPNG_PACKET);

		assert_int_equal(skw_pcapng_copy(&in, 0, &room, &out, &uncopied), 1);
		expect_same(&out, &expected);
		assert_int_equal(uncopied.options, 2);
		skw_buf_free(&with.b);
		skw_buf_free(&without.b);
	}
	skw_buf_free(&room);
}

static void blocks_that_forbid_a_copy_or_are_too_long_are_counted(void **state)
{
	struct skw_pcapng_uncopied uncopied = { 0 };
	struct skw_raw_block out, in = { (const uint8_t *)"", 12, 0x40000bad, false, false };
	struct skw_buf room = SKW_BUF_INIT;

	(void)state;
	assert_int_equal(skw_pcapng_copy(&in, 0, &room, &out, &uncopied), 0);
	in = (struct skw_raw_block){ NULL, 20u << 20, SKW_PCAPNG_SECRETS, false, false };
	assert_int_equal(skw_pcapng_copy(&in, 0, &room, &out, &uncopied), 0);
	assert_int_equal(uncopied.blocks, 1);
	assert_int_equal(uncopied.too_long, 1);
	assert_int_equal(uncopied.options, 0);
}

static struct skw_raw_block interface(struct made *m, uint32_t snaplen, const char *name)
{
	put(m, 1, 4);
	put(m, snaplen, 4);
	if (name) {
		option(m, 2, name);
		option(m, 9, "\x09");
		option(m, 9, "\x03");
		option(m, 9, "not one byte");
		put(m, 0, 4);
	}
	return end(m, SKW_PCAPNG_INTERFACE);
}

static void a_snapshot_length_is_lowered_and_never_raised(void **state)
{
	static const struct {
		uint32_t snaplen, cut, becomes;
	} cases[] = {
		{ 0, 0, 0 },    { 0, 64, 64 },  { 65535, 0, 65535 }, { 65535, 64, 64 },
		{ 64, 64, 64 }, { 63, 64, 63 }, { 65, 64, 64 },      { UINT32_MAX, 0, UINT32_MAX },
	};
	struct skw_pcapng_uncopied none = { 0 };
	struct skw_buf room = SKW_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 4 * SKW_ARRAY_SIZE(cases); i++) {
		/* With and without options, which is where the end of the block is another one. */
		const char *name = i % 4 < 2 ? "eth0" : NULL;
		struct made m = begin(SKW_PCAPNG_INTERFACE, i % 2), n = begin(1, i % 2);
		struct skw_raw_block in = interface(&m, cases[i / 4].snaplen, name), out;
		struct skw_raw_block expected = interface(&n, cases[i / 4].becomes, name);

		assert_int_equal(skw_pcapng_copy(&in, cases[i / 4].cut, &room, &out, &none), 1);
		expect_same(&out, &expected);
		skw_buf_free(&m.b);
		skw_buf_free(&n.b);
	}
	skw_buf_free(&room);
}

static void a_short_interface_keeps_the_unit_of_its_times(void **state)
{
	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct made m = begin(SKW_PCAPNG_INTERFACE, swapped);
		struct made expected = begin(SKW_PCAPNG_INTERFACE, swapped);
		struct skw_raw_block in = interface(&m, 77, "a long name");
		struct skw_buf to = SKW_BUF_INIT;

		put(&expected, 1, 4);
		put(&expected, 77, 4);
		option(&expected, 9, "\x03");
		put(&expected, 0, 4);
		struct skw_raw_block e = end(&expected, SKW_PCAPNG_INTERFACE);

		skw_buf_add_str(&to, "before");
		assert_int_equal(skw_pcapng_add_short(&to, &in), 0);
		assert_int_equal(to.len, 6 + e.len);
		assert_memory_equal(to.data + 6, e.bytes, e.len);
		skw_buf_free(&m.b);
		skw_buf_free(&expected.b);
		skw_buf_free(&to);
	}
}

static struct skw_raw_block section(struct made *m, uint64_t length)
{
	put(m, SKW_PCAPNG_BYTE_ORDER, 4);
	put(m, 1, 2);
	put(m, 0, 2);
	put(m, length, 8);
	option(m, 3, "Linux");
	put(m, 0, 4);
	return end(m, SKW_PCAPNG_SECTION);
}

static void the_length_of_a_section_becomes_unknown(void **state)
{
	struct skw_pcapng_uncopied none = { 0 };
	struct skw_buf room = SKW_BUF_INIT;

	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct made m = begin(SKW_PCAPNG_SECTION, swapped);
		struct made n = begin(SKW_PCAPNG_SECTION, swapped);
		struct skw_raw_block in = section(&m, 1000), unknown = section(&n, UINT64_MAX), out;

		assert_int_equal(skw_pcapng_copy(&in, 0, &room, &out, &none), 1);
		expect_same(&out, &unknown);
		assert_int_equal(skw_pcapng_copy(&unknown, 64, &room, &out, &none), 1);
		assert_ptr_equal(out.bytes, unknown.bytes);
		skw_buf_free(&m.b);
		skw_buf_free(&n.b);
	}
	skw_buf_free(&room);
}

static void extras_are_found(void **state)
{
	struct made m = packet(SKW_PCAPNG_PACKET, true, 5, false);
	struct made i = begin(SKW_PCAPNG_INTERFACE, true), bare = begin(1, false);
	struct skw_raw_block b = end(&m, SKW_PCAPNG_PACKET);

	(void)state;
	assert_int_equal(skw_pcapng_extras(&b),
			 SKW_PCAPNG_HAS_COMMENTS | SKW_PCAPNG_HAS_PACKET_OPTIONS);
	b = interface(&i, 0, "eth0");
	assert_int_equal(skw_pcapng_extras(&b), SKW_PCAPNG_HAS_IFACE_OPTIONS);
	b = interface(&bare, 0, NULL);
	assert_int_equal(skw_pcapng_extras(&b), 0);
	b = (struct skw_raw_block){ NULL, 99, SKW_PCAPNG_SECRETS, false, false };
	assert_int_equal(skw_pcapng_extras(&b), SKW_PCAPNG_HAS_SECRETS);
	b.type = 0x80001234;
	assert_int_equal(skw_pcapng_extras(&b), SKW_PCAPNG_HAS_UNKNOWN);
	skw_buf_free(&m.b);
	skw_buf_free(&i.b);
	skw_buf_free(&bare.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_stay_as_they_are_or_are_cut),
		cmocka_unit_test(options_that_forbid_a_copy_are_left_out),
		cmocka_unit_test(blocks_that_forbid_a_copy_or_are_too_long_are_counted),
		cmocka_unit_test(a_snapshot_length_is_lowered_and_never_raised),
		cmocka_unit_test(a_short_interface_keeps_the_unit_of_its_times),
		cmocka_unit_test(the_length_of_a_section_becomes_unknown),
		cmocka_unit_test(extras_are_found),
	};

	return cmocka_run_group_tests_name("pcapng_copy", tests, NULL, NULL);
}
