// SPDX-License-Identifier: BSD-2-Clause
/* Packets to payload: connections, their ends, UDP, fragments, and the limit of memory. */
#include "flow/payload/payloads.h"

#include <netinet/tcp.h>

#include "flow_frames.h"
#include "util/buf.h"

struct fixture {
	struct skw_payloads *p;
	struct skw_buf text;
	uint64_t now_ns;
};

static int piece(void *ctx, struct skw_payload_connection *c, unsigned direction,
		 const struct skw_payload_piece *p, const struct skw_packet *pkt)
{
	struct skw_buf *out = &((struct fixture *)ctx)->text;

	(void)pkt;
	(void)c;
	skw_buf_add_str(out, direction ? "<" : ">");
	if (p->data)
		skw_buf_add(out, p->data, p->len < 8 ? p->len : 8);
	else
		skw_buf_printf(out, "[%llu]", (unsigned long long)p->len);
	skw_buf_add_char(out, ' ');
	return 0;
}

static int fin(void *ctx, struct skw_payload_connection *c, unsigned direction)
{
	(void)c;
	skw_buf_add_str(&((struct fixture *)ctx)->text, direction ? "<fin " : ">fin ");
	return 0;
}

static int end(void *ctx, struct skw_payload_connection *c, enum skw_payload_end why)
{
	static const char *const words[] = { "closed",    "reset",   "followed", "idle",
					     "forgotten", "stopped", "dropped" };

	(void)c;
	skw_buf_printf(&((struct fixture *)ctx)->text, "%s ", words[why]);
	return 0;
}

static void setup(struct fixture *f, size_t max_bytes)
{
	static const struct skw_payload_ops ops = { piece, fin, end };

	*f = (struct fixture){ .now_ns = 1000 };

	const struct skw_payloads_options opt = { .key = { 3, 4 },
						  .max_bytes = max_bytes,
						  .limits = SKW_PAYLOADS_LIMITS,
						  .udp_idle_ns = 1000000,
						  .ops = &ops,
						  .ctx = f };

	assert_int_equal(skw_payloads_new(&opt, &f->p), 0);
}

static void done(struct fixture *f, const char *text)
{
	skw_payloads_free(f->p);
	skw_buf_add_char(&f->text, '\0');
	assert_string_equal((const char *)f->text.data, text);
	skw_buf_free(&f->text);
}

static void take(struct fixture *f, const struct frame *frame, uint32_t caplen)
{
	SKW_AUTO_FREE uint8_t *copy = malloc(caplen);
	const struct skw_packet pkt = {
		.ts_ns = f->now_ns, .data = copy, .caplen = caplen, .len = frame->n, .dlt = DLT_RAW
	};

	assert_non_null(copy);
	memcpy(copy, frame->bytes, caplen);
	assert_int_equal(skw_payloads_take(f->p, &pkt), 0);
	f->now_ns += 1000;
}

struct tcp {
	bool back;
	uint8_t flags;
	uint32_t seq, ack;
	const char *text;
	uint16_t port;
	uint32_t cut;
};

static void tcp(struct fixture *f, struct tcp t)
{
	struct frame frame = { .n = 0 };
	unsigned port = t.port ? t.port : 40000, len = t.text ? (unsigned)strlen(t.text) : 0;

	put_ipv4(&frame, IPPROTO_TCP, 20 + len, 0);
	if (t.back)
		memcpy(frame.bytes + 12, DST4 SRC4, 8);
	put16(&frame, t.back ? 80 : port);
	put16(&frame, t.back ? port : 80);
	put16(&frame, t.seq >> 16);
	put16(&frame, t.seq & 0xffff);
	put16(&frame, t.ack >> 16);
	put16(&frame, t.ack & 0xffff);
	put16(&frame, 0x5000u | t.flags);
	PUT(&frame, "\1\0\0\0\0\0");
	put(&frame, t.text ? t.text : "", len);
	take(f, &frame, frame.n - t.cut);
}

#define TCP_PACKET(f, ...) tcp(f, (struct tcp){ __VA_ARGS__ })

static void handshake(struct fixture *f)
{
	TCP_PACKET(f, .flags = TH_SYN, .seq = 999);
	TCP_PACKET(f, .back = true, .flags = TH_SYN | TH_ACK, .seq = 4999, .ack = 1000);
	TCP_PACKET(f, .flags = TH_ACK, .seq = 1000, .ack = 5000);
}

static void both_directions_and_their_end(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 1 << 20);
	handshake(&f);
	TCP_PACKET(&f, .flags = TH_ACK, .seq = 1000, .ack = 5000, .text = "ask");
	TCP_PACKET(&f, .back = true, .flags = TH_ACK | TH_FIN, .seq = 5000, .ack = 1003,
		   .text = "say");
	TCP_PACKET(&f, .flags = TH_ACK | TH_FIN, .seq = 1003, .ack = 5004);
	/* The same once more is of the connection that is over. */
	TCP_PACKET(&f, .flags = TH_ACK, .seq = 1000, .ack = 5000, .text = "ask");
	assert_int_equal(skw_payloads_len(f.p), 0);
	done(&f, ">ask <say <fin >fin closed ");
}

static void what_only_the_capture_lacks_is_told_at_once(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 1 << 20);
	handshake(&f);
	TCP_PACKET(&f, .flags = TH_ACK, .seq = 1010, .ack = 5000, .text = "late");
	TCP_PACKET(&f, .back = true, .flags = TH_ACK, .seq = 5000, .ack = 1014, .text = "say");
	TCP_PACKET(&f, .flags = TH_ACK, .seq = 1014, .ack = 5003, .text = "cut off", .cut = 4);
	done(&f, ">[10] >late <say >cut >[4] dropped ");
}

static void a_connection_may_be_open_already(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 1 << 20);
	TCP_PACKET(&f, .back = true, .flags = TH_ACK, .seq = 5000, .ack = 1003, .text = "say");
	TCP_PACKET(&f, .flags = TH_ACK, .seq = 1003, .ack = 5003, .text = "ask");
	TCP_PACKET(&f, .flags = TH_ACK, .seq = 1000, .ack = 5003, .text = "old");
	TCP_PACKET(&f, .flags = TH_RST, .seq = 77777777);
	TCP_PACKET(&f, .flags = TH_RST, .seq = 1006);
	done(&f, ">say <ask reset ");
}

static void a_syn_with_another_number_begins_another(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 1 << 20);
	handshake(&f);
	TCP_PACKET(&f, .flags = TH_SYN, .seq = 999);
	TCP_PACKET(&f, .flags = TH_ACK, .seq = 1005, .ack = 5000, .text = "a");
	TCP_PACKET(&f, .flags = TH_SYN, .seq = 70000);
	TCP_PACKET(&f, .flags = TH_ACK, .seq = 70001, .ack = 1, .text = "b");
	assert_int_equal(skw_payloads_stop(f.p), 0);
	done(&f, ">[5] >a followed >b stopped ");
}

static void memory_has_a_limit(void **state)
{
	struct fixture f;
	uint32_t most = 0;

	(void)state;
	setup(&f, 20000);
	for (uint16_t port = 1; port < 2000; port++) {
		TCP_PACKET(&f, .flags = TH_ACK, .seq = 1, .ack = 1, .port = port);
		TCP_PACKET(&f, .flags = TH_ACK, .seq = 9, .ack = 1, .port = port, .text = "waits");
		assert_true(skw_payloads_memory(f.p) <= 20000);
		if (skw_payloads_len(f.p) > most)
			most = (uint32_t)skw_payloads_len(f.p);
	}
	assert_true(most > 10);
	assert_int_equal(skw_payloads_figures(f.p)->forgotten + skw_payloads_len(f.p), 1999);
	skw_payloads_free(f.p);
	skw_buf_free(&f.text);
}

static void put_udp(struct frame *f, const char *text)
{
	put_ipv4(f, IPPROTO_UDP, 8 + (unsigned)strlen(text), 0);
	put16(f, 40000);
	put16(f, 53);
	put16(f, 8 + (unsigned)strlen(text));
	PUT(f, "\0\0");
	put(f, text, strlen(text));
}

static void datagrams_are_pieces_and_become_idle(void **state)
{
	struct frame frame = { .n = 0 };
	struct fixture f;

	(void)state;
	setup(&f, 1 << 20);
	put_udp(&frame, "hello");
	take(&f, &frame, frame.n);
	take(&f, &frame, frame.n - 2);
	assert_int_equal(skw_payloads_pass(f.p, f.now_ns + 2000000), 0);
	assert_int_equal(skw_payloads_figures(f.p)->cut_datagrams, 1);
	done(&f, ">hello >hel >[2] idle ");
}

/* A fragment of the datagram `text`. */
static void fragment(struct fixture *f, const struct frame *whole, uint32_t from, uint32_t to)
{
	struct frame frame = { .n = 0 };
	unsigned more = 20 + to < whole->n ? 0x2000 : 0;

	put_ipv4(&frame, IPPROTO_UDP, to - from, more | from / 8);
	put(&frame, whole->bytes + 20 + from, to - from);
	take(f, &frame, frame.n);
}

static void fragments_become_whole_in_any_order(void **state)
{
	struct frame whole = { .n = 0 };
	struct fixture f;

	(void)state;
	setup(&f, 1 << 20);
	put_udp(&whole, "0123456789abcdefghijk");
	fragment(&f, &whole, 24, 29);
	fragment(&f, &whole, 8, 24);
	fragment(&f, &whole, 8, 24);
	fragment(&f, &whole, 0, 8);
	/* A fragment that overlaps another spoils its datagram. */
	fragment(&f, &whole, 0, 16);
	fragment(&f, &whole, 8, 29);
	fragment(&f, &whole, 16, 29);
	assert_int_equal(skw_payloads_figures(f.p)->datagrams, 1);
	assert_int_equal(skw_payloads_figures(f.p)->fragments, 3);
	done(&f, ">01234567 dropped ");
}

static void fragments_of_ipv6_become_whole(void **state)
{
	static const struct {
		const char *header, *data;
		unsigned len;
	} parts[] = { { "\x11\0\0\1\0\0\0\7",
			"\x9c\x40\0\x35\0\x13\0\0"
			"01234567",
			16 },
		      { "\x11\0\0\x10\0\0\0\7", "abc", 3 } };
	struct fixture f;

	(void)state;
	setup(&f, 1 << 20);
	for (unsigned i = 0; i < 2; i++) {
		struct frame frame = { .n = 0 };

		put_ipv6(&frame, IPPROTO_FRAGMENT, 8 + parts[i].len);
		put(&frame, parts[i].header, 8);
		put(&frame, parts[i].data, parts[i].len);
		take(&f, &frame, frame.n);
	}
	assert_int_equal(skw_payloads_figures(f.p)->datagrams, 1);
	done(&f, ">01234567 dropped ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_and_their_end),
		cmocka_unit_test(what_only_the_capture_lacks_is_told_at_once),
		cmocka_unit_test(a_connection_may_be_open_already),
		cmocka_unit_test(a_syn_with_another_number_begins_another),
		cmocka_unit_test(memory_has_a_limit),
		cmocka_unit_test(datagrams_are_pieces_and_become_idle),
		cmocka_unit_test(fragments_become_whole_in_any_order),
		cmocka_unit_test(fragments_of_ipv6_become_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
