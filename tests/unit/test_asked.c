// SPDX-License-Identifier: BSD-2-Clause
/* Names that are learned from packets, and the ways in which a stranger might plant some. */
#include <netinet/tcp.h>

#include "asked/asked.h"
#include "asked/text.h"
#include "flow_frames.h"

#define CLIENT    "\x0a\0\0\1"
#define RESOLVER  "\x0a\0\0\x35"
#define WEB       "\x0a\0\0\x50"
#define WEB2      "\x0a\0\0\x51"
#define CLIENT6   "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
#define RESOLVER6 "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x35"

#define SECOND    1000000000ULL
#define START     (1700000000 * SECOND)
#define IN_A      "\0\1\0\1"
#define IN_AAAA   "\0\x1c\0\1"
#define WWW       "\3www\7example\3org\0"
#define AGAIN     "\xc0\x0c"
#define TTL       "\0\0\0\1"
#define A(addr)   AGAIN IN_A TTL "\0\4" addr

struct world {
	struct skw_asked *a;
	uint64_t now_ns;
};

static void begin(struct world *w, size_t max_bytes, bool live)
{
	const struct skw_asked_options opt = { .key = { 1, 2 },
					       .max_bytes = max_bytes,
					       .live = live };

	*w = (struct world){ .now_ns = START };
	assert_int_equal(skw_asked_new(&opt, &w->a), 0);
}

static void put_head(struct frame *f, uint8_t proto, const char *src, const char *dst, bool six,
		     size_t payload)
{
	if (six) {
		put_ipv6(f, proto, (unsigned)payload);
		f->n -= 32;
		put(f, src, 16);
		put(f, dst, 16);
	} else {
		put_ipv4(f, proto, (unsigned)payload, 0);
		f->n -= 8;
		put(f, src, 4);
		put(f, dst, 4);
	}
}

static void take(struct world *w, const struct frame *f, uint8_t direction)
{
	const struct skw_packet pkt = { .ts_ns = w->now_ns,
					.data = f->bytes,
					.caplen = f->n,
					.len = f->n,
					.dlt = DLT_RAW,
					.direction = direction };

	assert_int_equal(skw_asked_take(w->a, &pkt), 0);
}

static void send_udp(struct world *w, const char *src, unsigned sport, const char *dst,
		     unsigned dport, const void *bytes, size_t len)
{
	struct frame f = { .n = 0 };

	put_head(&f, IPPROTO_UDP, src, dst, false, 8 + len);
	put16(&f, sport);
	put16(&f, dport);
	put16(&f, (unsigned)(8 + len));
	PUT(&f, "\0\0");
	put(&f, bytes, len);
	take(w, &f, SKW_DIR_UNKNOWN);
}

static void send_tcp(struct world *w, const char *src, unsigned sport, const char *dst,
		     unsigned dport, uint32_t seq, uint8_t flags, const void *bytes, size_t len)
{
	struct frame f = { .n = 0 };

	put_head(&f, IPPROTO_TCP, src, dst, false, 20 + len);
	put16(&f, sport);
	put16(&f, dport);
	put16(&f, seq >> 16);
	put16(&f, seq & 0xffff);
	PUT(&f, "\0\0\0\1");
	put16(&f, 0x5000u | flags);
	PUT(&f, "\1\0\0\0\0\0");
	put(&f, bytes, len);
	take(w, &f, SKW_DIR_UNKNOWN);
}

/* A header with a number, flags, one question and so many answers; then what follows. */
#define MESSAGE(flags, answers, rest) "\x12\x34" flags "\0\1\0" answers "\0\0\0\0" rest
#define ASKS(rest)                    MESSAGE("\1\0", "\0", rest)
#define SAYS(answers, rest)           MESSAGE("\x81\x80", answers, rest)

#define ask(w, literal)               send_udp(w, CLIENT, 40000, RESOLVER, 53, literal, sizeof(literal) - 1)
#define answer(w, literal)            send_udp(w, RESOLVER, 53, CLIENT, 40000, literal, sizeof(literal) - 1)

static void expect_address(struct world *w, const char *addr, const char *name)
{
	uint8_t bytes[16] = { 0 };
	struct skw_asked_name found = { NULL, NULL };

	memcpy(bytes, addr, 4);
	assert_int_equal(skw_asked_of_address(w->a, AF_INET, bytes, w->now_ns, &found),
			 name != NULL);
	if (!name)
		return;
	assert_string_equal(found.text, name);
	assert_string_equal(found.source, "dns");
}

static struct skw_tuple tuple_of(const char *server, unsigned port)
{
	struct skw_tuple t = { .family = AF_INET,
			       .proto = IPPROTO_TCP,
			       .local_port = (uint16_t)port,
			       .remote_port = 443 };

	memcpy(t.local_addr, CLIENT, 4);
	memcpy(t.remote_addr, server, 4);
	return t;
}

static void expect_server(struct world *w, const char *server, unsigned port, const char *name,
			  const char *source)
{
	struct skw_tuple t = tuple_of(server, port);
	struct skw_asked_name found = { NULL, NULL };

	assert_int_equal(skw_asked_of_server(w->a, &t, &found), name != NULL);
	if (!name)
		return;
	assert_string_equal(found.text, name);
	assert_string_equal(found.source, source);
}

static void open_tcp(struct world *w, const char *server, unsigned port)
{
	send_tcp(w, CLIENT, port, server, 443, 1000, TH_SYN, "", 0);
}

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

/* What others ask of a server on this host is not asked by this host. */
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

/* ---- names ---- */

static void test_text(void **state)
{
	static const struct {
		const char *host, *text;
	} cases[] = { { "Xn--Bcher-Kva.example.", "xn--bcher-kva.example" },
		      { "a\033[31mb", "a\\027\\09131mb" },
		      { "a > b: c", "a\\032\\062\\032b\\058\\032c" },
		      { "caf\xc3\xa9", "caf\\195\\169" },
		      { "8.8.8.8", NULL },
		      { "::1", "\\058\\0581" },
		      { "", NULL },
		      { ".", NULL } };
	char text[SKW_ASKED_TEXT + 1], longest[300];

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		uint32_t len = (uint32_t)strlen(cases[i].host);
		const struct skw_bytes b = { (const uint8_t *)cases[i].host, len, len };

		assert_int_equal(skw_asked_host_text(b, text), cases[i].text != NULL);
		if (cases[i].text)
			assert_string_equal(text, cases[i].text);
	}
	memset(longest, 'a', sizeof(longest));
	for (uint32_t n = 254; n < 258; n++) {
		const struct skw_bytes b = { (const uint8_t *)longest, n, n };

		assert_int_equal(skw_asked_host_text(b, text), n <= 255);
	}
}

/* ---- memory ---- */

static void answer_number(struct world *w, unsigned i)
{
	char asks[] = ASKS("\5xaaaa\0" IN_A);
	char says[] = SAYS("\1", "\5xaaaa\0" IN_A A("\x0b\0\0\0"));
	char name[5];

	snprintf(name, sizeof(name), "%04x", i & 0xffff);
	memcpy(asks + 14, name, 4);
	memcpy(says + 14, name, 4);
	says[sizeof(says) - 3] = (char)(i >> 8);
	says[sizeof(says) - 2] = (char)i;
	send_udp(w, CLIENT, 40000, RESOLVER, 53, asks, sizeof(asks) - 1);
	send_udp(w, RESOLVER, 53, CLIENT, 40000, says, sizeof(says) - 1);
}

static void test_memory(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 1 << 18, false);
	for (unsigned i = 0; i < 20000; i++) {
		answer_number(&w, i);
		open_tcp(&w, "\x0b\0\0\1", 1 + i);
		assert_true(skw_asked_memory(w.a) <= 2 << 18);
	}
	assert_int_equal(skw_asked_figures(w.a)->answers, 20000);
	assert_true(skw_asked_figures(w.a)->addresses_forgotten > 15000);
	assert_true(skw_asked_figures(w.a)->connections_forgotten > 15000);
	expect_address(&w, "\x0b\0\x4e\x1f", "x4e1f");
	expect_address(&w, "\x0b\0\0\1", NULL);
	/* An address with many names has the latest ones. */
	for (unsigned i = 0; i < 1000; i++) {
		ask(&w, ASKS("\1a\0" IN_A));
		answer(&w, SAYS("\1", "\1a\0" IN_A A(WEB)));
		ask(&w, ASKS("\1b\0" IN_A));
		answer(&w, SAYS("\1", "\1b\0" IN_A A(WEB)));
	}
	expect_address(&w, WEB, "b");
	skw_asked_free(w.a);
}

static void test_crowded_questions(void **state)
{
	char asks[] = ASKS("\1a\0" IN_A);
	struct world w;

	(void)state;
	begin(&w, 1 << 18, false);
	for (unsigned i = 0; i < 5000; i++) {
		asks[0] = (char)(i >> 8);
		asks[1] = (char)i;
		send_udp(&w, CLIENT, 40000, RESOLVER, 53, asks, sizeof(asks) - 1);
	}
	assert_true(skw_asked_figures(w.a)->questions_forgotten >= 5000 - 2048);
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
	/* What the server says, and what is said later, is no hello of the client. */
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
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_tcp_pieces),
		cmocka_unit_test(test_last_before_start),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_crowded_questions),
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_hello_pieces),
		cmocka_unit_test(test_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
