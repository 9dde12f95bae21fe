// SPDX-License-Identifier: BSD-2-Clause
/* Names that are learned from packets, and the ways in which a stranger might plant some. */
#include "asked_world.h"

/* ---- DNS ---- */

static void test_answer(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 1 << 20, false);
	ask(&w, ASKS("\3WwW\7example\3org\0" IN_A));
	answer(&w, SAYS("\2", WWW IN_A A(WEB) A(WEB2)));
	expect_address(&w, WEB, "www.example.org");
	expect_address(&w, WEB2, "www.example.org");
	expect_address(&w, RESOLVER, NULL);
	assert_int_equal(skw_asked_figures(w.a)->answers, 1);
	skw_asked_free(w.a);
}

static void test_cname(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 1 << 20, false);
	ask(&w, ASKS(WWW IN_A));
	/* The records come in another order, and one belongs to a name that nobody asked for. */
	answer(&w,
	       SAYS("\4", WWW IN_A "\1b\0" IN_A TTL "\0\4" WEB "\1a\0\0\5\0\1" TTL "\0\3\1b\0"
				   "\1x\0" IN_A TTL "\0\4" WEB2 AGAIN "\0\5\0\1" TTL "\0\3\1a\0"));
	expect_address(&w, WEB, "www.example.org");
	expect_address(&w, WEB2, NULL);
	skw_asked_free(w.a);
}

static void test_loops(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 1 << 20, false);
	/* Aliases in a circle. */
	ask(&w, ASKS("\1a\0" IN_A));
	answer(&w, SAYS("\3", "\1a\0" IN_A "\1a\0\0\5\0\1" TTL "\0\3\1b\0"
			      "\1b\0\0\5\0\1" TTL "\0\3\1a\0" A(WEB)));
	expect_address(&w, WEB, NULL);
	assert_int_equal(skw_asked_figures(w.a)->strange, 1);
	/* A name that points to itself, and one that points forward. */
	ask(&w, ASKS(AGAIN IN_A));
	ask(&w, ASKS("\xc0\x0e" IN_A "\1a\0"));
	assert_int_equal(skw_asked_figures(w.a)->strange, 3);
	/* An owner that points to itself ends the reading. */
	ask(&w, ASKS("\1c\0" IN_A));
	answer(&w, SAYS("\2", "\1c\0" IN_A "\xc0\x13" IN_A TTL "\0\4" WEB A(WEB)));
	expect_address(&w, WEB, NULL);
	skw_asked_free(w.a);
}

static void test_not_asked(void **state)
{
	static const char says[] = SAYS("\1", WWW IN_A A(WEB));
	struct world w;

	(void)state;
	begin(&w, 1 << 20, false);
	answer(&w, SAYS("\1", WWW IN_A A(WEB)));
	assert_int_equal(skw_asked_figures(w.a)->unasked, 1);
	ask(&w, ASKS(WWW IN_A));
	/* From another port, another server, to another port, with another number, name, type. */
	send_udp(&w, RESOLVER, 5353, CLIENT, 40000, says, sizeof(says) - 1);
	send_udp(&w, WEB, 53, CLIENT, 40000, says, sizeof(says) - 1);
	send_udp(&w, RESOLVER, 53, CLIENT, 40001, says, sizeof(says) - 1);
	answer(&w, "\x12\x35\x81\x80\0\1\0\1\0\0\0\0" WWW IN_A A(WEB));
	answer(&w, SAYS("\1", "\3xxx\7example\3org\0" IN_A A(WEB)));
	answer(&w, SAYS("\1", WWW IN_AAAA A(WEB)));
	expect_address(&w, WEB, NULL);
	assert_int_equal(skw_asked_figures(w.a)->unasked, 6);
	/* The first answer counts, however it fails. */
	answer(&w, MESSAGE("\x81\x83", "\0", WWW IN_A));
	answer(&w, SAYS("\1", WWW IN_A A(WEB)));
	expect_address(&w, WEB, NULL);
	/* A question waits for half a minute. */
	ask(&w, ASKS(WWW IN_A));
	w.now_ns += 31 * SECOND;
	answer(&w, SAYS("\1", WWW IN_A A(WEB)));
	expect_address(&w, WEB, NULL);
	skw_asked_free(w.a);
}

/* Questions that others ask of a server on this host is not asked by this host. */
/* A question that was sent twice has one answer, too. */
static void test_sent_again(void **state)
{
	struct world w;

	(void)state;
	begin(&w, SKW_ASKED_MAX_BYTES, false);
	ask(&w, ASKS(WWW IN_A));
	answer(&w, SAYS("\1", WWW IN_A A(WEB)));
	ask(&w, ASKS(WWW IN_A));
	answer(&w, SAYS("\1", WWW IN_A A(WEB2)));
	expect_address(&w, WEB, "www.example.org");
	expect_address(&w, WEB2, NULL);
	/* Much later it is another one with the same number. */
	w.now_ns += 60 * SECOND;
	ask(&w, ASKS(WWW IN_A));
	answer(&w, SAYS("\1", WWW IN_A A(WEB2)));
	expect_address(&w, WEB2, "www.example.org");
	skw_asked_free(w.a);
}

static void test_directions(void **state)
{
	static const char asks[] = ASKS(WWW IN_A);
	static const struct {
		uint8_t direction;
		bool live, believed;
	} cases[] = { { SKW_DIR_IN, true, false },
		      { SKW_DIR_OUT, true, true },
		      { SKW_DIR_IN, false, true } };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct frame f = { .n = 0 };
		struct world w;

		begin(&w, 1 << 20, cases[i].live);
		put_head(&f, IPPROTO_UDP, CLIENT, RESOLVER, false, 8 + sizeof(asks) - 1);
		put16(&f, 40000);
		put16(&f, 53);
		put16(&f, 8 + sizeof(asks) - 1);
		PUT(&f, "\0\0");
		put(&f, asks, sizeof(asks) - 1);
		take(&w, &f, cases[i].direction);
		answer(&w, SAYS("\1", WWW IN_A A(WEB)));
		expect_address(&w, WEB, cases[i].believed ? "www.example.org" : NULL);
		skw_asked_free(w.a);
	}
}

static void test_ipv6(void **state)
{
	static const char asks[] = ASKS(WWW IN_AAAA);
	static const char says[] = SAYS("\1", WWW IN_AAAA AGAIN IN_AAAA TTL "\0\x10" DST6);
	uint8_t addr[16];
	struct skw_asked_name found;
	struct world w;

	(void)state;
	begin(&w, 1 << 20, false);
	for (unsigned i = 0; i < 2; i++) {
		const char *bytes = i ? says : asks;
		size_t len = (i ? sizeof(says) : sizeof(asks)) - 1;
		struct frame f = { .n = 0 };

		put_head(&f, IPPROTO_UDP, i ? RESOLVER6 : CLIENT6, i ? CLIENT6 : RESOLVER6, true,
			 8 + len);
		put16(&f, i ? 53 : 40000);
		put16(&f, i ? 40000 : 53);
		put16(&f, (unsigned)(8 + len));
		PUT(&f, "\0\0");
		put(&f, bytes, len);
		take(&w, &f, SKW_DIR_UNKNOWN);
	}
	memcpy(addr, DST6, 16);
	assert_true(skw_asked_of_address(w.a, AF_INET6, addr, w.now_ns, &found));
	assert_string_equal(found.text, "www.example.org");
	skw_asked_free(w.a);
}

static void test_tcp_pieces(void **state)
{
	static const char asks[] = "\0\x21" ASKS(WWW IN_A);
	static const char says[] = "\0\x31" SAYS("\1", WWW IN_A A(WEB));
	struct world w;

	(void)state;
	assert_int_equal(sizeof(asks) - 3, 0x21);
	assert_int_equal(sizeof(says) - 3, 0x31);
	begin(&w, 1 << 20, false);
	send_tcp(&w, CLIENT, 40000, RESOLVER, 53, 1000, TH_ACK, asks, 10);
	send_tcp(&w, CLIENT, 40000, RESOLVER, 53, 1010, TH_ACK, asks + 10, sizeof(asks) - 11);
	send_tcp(&w, RESOLVER, 53, CLIENT, 40000, 5000, TH_ACK, says, 20);
	expect_address(&w, WEB, NULL);
	send_tcp(&w, RESOLVER, 53, CLIENT, 40000, 5020, TH_ACK, says + 20, sizeof(says) - 21);
	expect_address(&w, WEB, "www.example.org");
	skw_asked_free(w.a);
}

static void test_last_before_start(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 1 << 20, false);
	open_tcp(&w, WEB, 50000);
	ask(&w, ASKS("\1a\0" IN_A));
	answer(&w, SAYS("\1", "\1a\0" IN_A A(WEB)));
	w.now_ns += SECOND;
	open_tcp(&w, WEB, 50001);
	ask(&w, ASKS("\1b\0" IN_A));
	answer(&w, SAYS("\1", "\1b\0" IN_A A(WEB)));
	w.now_ns += SECOND;
	open_tcp(&w, WEB, 50002);
	/* The same SYN once more begins nothing. */
	open_tcp(&w, WEB, 50001);
	expect_server(&w, WEB, 50000, NULL, NULL);
	expect_server(&w, WEB, 50001, "a", "dns");
	expect_server(&w, WEB, 50002, "b", "dns");
	/* A connection that is older than the capture. */
	send_tcp(&w, CLIENT, 50003, WEB, 443, 1, TH_ACK, "x", 1);
	expect_server(&w, WEB, 50003, NULL, NULL);
	w.now_ns = START;
	expect_address(&w, WEB, "a");
	skw_asked_free(w.a);
}

/* ---- TLS ---- */

/* A ClientHello with a host name, in a record. */
static size_t make_hello(uint8_t *out, const char *host, size_t host_len, size_t padding)
{
	struct frame f = { .n = 0 };
	size_t extensions = 4 + 5 + host_len + 4 + padding;
	size_t body = 2 + 32 + 1 + 4 + 2 + 2 + extensions;
	uint8_t zeros[2000] = { 0 };

	PUT(&f, "\x16\3\1");
	put16(&f, (unsigned)(body + 4));
	PUT(&f, "\1\0");
	put16(&f, (unsigned)body);
	PUT(&f, "\3\3");
	put(&f, zeros, 32);
	PUT(&f, "\0\0\2\x13\1\1\0");
	put16(&f, (unsigned)extensions);
	PUT(&f, "\0\x15");
	put16(&f, (unsigned)padding);
	put(&f, zeros, padding);
	PUT(&f, "\0\0");
	put16(&f, (unsigned)(5 + host_len));
	put16(&f, (unsigned)(3 + host_len));
	PUT(&f, "\0");
	put16(&f, (unsigned)host_len);
	put(&f, host, host_len);
	memcpy(out, f.bytes, f.n);
	return f.n;
}

static void test_hello(void **state)
{
	uint8_t hello[4096];
	size_t len = make_hello(hello, "Shop.example", 12, 0);
	struct world w;

	(void)state;
	begin(&w, 1 << 20, false);
	ask(&w, ASKS(WWW IN_A));
	answer(&w, SAYS("\1", WWW IN_A A(WEB)));
	open_tcp(&w, WEB, 50000);
	expect_server(&w, WEB, 50000, "www.example.org", "dns");
	/* Bytes of the server, and later ones of the client, are no hello of the client. */
	send_tcp(&w, WEB, 443, CLIENT, 50000, 1001, TH_ACK, hello, len);
	send_tcp(&w, CLIENT, 50000, WEB, 443, 2001, TH_ACK, hello, len);
	expect_server(&w, WEB, 50000, "www.example.org", "dns");
	send_tcp(&w, CLIENT, 50000, WEB, 443, 1001, TH_ACK, hello, len);
	expect_server(&w, WEB, 50000, "shop.example", "sni");
	/* It names this connection only. */
	expect_address(&w, WEB, "www.example.org");
	/* The begin was not seen, and the hello was. */
	send_tcp(&w, CLIENT, 50001, WEB2, 443, 1, TH_ACK, hello, len);
	expect_server(&w, WEB2, 50001, "shop.example", "sni");
	skw_asked_free(w.a);
}

static void test_hello_pieces(void **state)
{
	uint8_t hello[4096];
	size_t len = make_hello(hello, "a\nb", 3, 1800);
	struct world w;

	(void)state;
	begin(&w, 1 << 20, false);
	open_tcp(&w, WEB, 50000);
	send_tcp(&w, CLIENT, 50000, WEB, 443, 1001, TH_ACK, hello, 1400);
	expect_server(&w, WEB, 50000, NULL, NULL);
	send_tcp(&w, CLIENT, 50000, WEB, 443, 2401, TH_ACK, hello + 1400, len - 1400);
	expect_server(&w, WEB, 50000, "a\\010b", "sni");
	/* Hellos that never end make room for others. */
	for (unsigned i = 0; i < 200; i++)
		send_tcp(&w, CLIENT, 1000 + i, WEB, 443, 1, TH_ACK, hello, 1400);
	assert_int_equal(skw_asked_figures(w.a)->pieces_forgotten, 200 - 64);
	skw_asked_free(w.a);
}

/* The sender chooses the length of a record, and the greatest one is waited for, too. */
static void test_longest_records(void **state)
{
	char bytes[] = "\x16\3\1\0\0\1";
	struct world w;

	(void)state;
	begin(&w, SKW_ASKED_MAX_BYTES, false);
	for (unsigned len = 0xfff0; len <= 0xffff; len++) {
		bytes[3] = (char)(len >> 8);
		bytes[4] = (char)len;
		open_tcp(&w, WEB, len);
		send_tcp(&w, CLIENT, len, WEB, 443, 1001, TH_ACK, bytes, 6);
		expect_server(&w, WEB, len, NULL, NULL);
	}
	assert_int_equal(skw_asked_figures(w.a)->pieces_forgotten, 0);
	skw_asked_free(w.a);
}

/* A connection that was open already takes more memory by its name. */
static void test_names_of_open_connections(void **state)
{
	char host[250];
	uint8_t hello[1024];
	struct world w;

	(void)state;
	memset(host, 'h', sizeof(host));
	begin(&w, 1 << 18, false);
	for (unsigned i = 0; i < 800; i++)
		open_tcp(&w, WEB, 1 + i);
	for (unsigned i = 0; i < 800; i++) {
		size_t len = make_hello(hello, host, sizeof(host), 0);

		send_tcp(&w, CLIENT, 1 + i, WEB, 443, 1001, TH_ACK, hello, len);
		assert_true(skw_asked_memory(w.a) <= 1 << 18);
	}
	assert_true(skw_asked_figures(w.a)->connections_forgotten > 0);
	assert_true(skw_asked_figures(w.a)->hellos > 700);
	skw_asked_free(w.a);
}

static void test_ends(void **state)
{
	struct skw_tuple t = tuple_of(WEB, 50000), back = t;
	struct skw_asked_name found;
	struct world w;

	(void)state;
	begin(&w, 1 << 20, false);
	ask(&w, ASKS(WWW IN_A));
	answer(&w, SAYS("\1", WWW IN_A A(WEB)));
	open_tcp(&w, WEB, 50000);
	memcpy(back.local_addr, t.remote_addr, 16);
	memcpy(back.remote_addr, t.local_addr, 16);
	back.local_port = t.remote_port;
	back.remote_port = t.local_port;
	assert_true(skw_asked_of_end(w.a, &t, false, w.now_ns, &found));
	assert_true(skw_asked_of_end(w.a, &back, true, w.now_ns, &found));
	assert_string_equal(found.text, "www.example.org");
	assert_false(skw_asked_of_end(w.a, &t, true, w.now_ns, &found));
	assert_false(skw_asked_of_end(w.a, &back, false, w.now_ns, &found));
	skw_asked_free(w.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_cname),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_sent_again),
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_tcp_pieces),
		cmocka_unit_test(test_last_before_start),
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_hello_pieces),
		cmocka_unit_test(test_longest_records),
		cmocka_unit_test(test_names_of_open_connections),
		cmocka_unit_test(test_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
