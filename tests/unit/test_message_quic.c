// SPDX-License-Identifier: BSD-2-Clause
/*
 * The handshake of QUIC. Initial packets are sealed here with keys that the code under test has
 * derived; that the keys are right is told by the examples of RFC 9001, appendix A, and RFC 9369,
 * appendix A.
 */
#include "config.h"

#include "message_world.h"

#include "quic/frames.h"
#include "quic/hello.h"
#include "quic/keys.h"
#include "quic/packet.h"

#define BYTES(literal)                                                                             \
	((struct skw_bytes){ (const uint8_t *)(literal), sizeof(literal) - 1, sizeof(literal) - 1 })

#define ID     "\x83\x94\xc8\xf0\x3e\x51\x57\x08"
#define SID    "\xf0\x67\xa5\x50\x2a\x42\x62\xb5"
#define RANDOM "abcdefghijklmnopabcdefghijklmnop"
#define SNI                                                                                        \
	"\0\0\0\x10\0\x0e\0\0\x0b"                                                                 \
	"example.org"
#define H3    "\0\x10\0\5\0\3\2h3"
#define HELLO "\1\0\0\x48\3\3" RANDOM "\0\0\2\x13\1\1\0\0\x1d" SNI H3
#define V1    "\0\0\0\1"

/* ---- headers ---- */

static void a_datagram_can_have_several_packets(void **state)
{
	struct skw_bytes b = BYTES("\xc0" V1 "\1d\1s\0\2nx\xe0" V1 "\1d\1s\3nxx\x40rest");
	struct skw_quic_packet p;

	(void)state;
	assert_true(skw_quic_packet_next(&b, &p));
	assert_int_equal(p.kind, SKW_QUIC_INITIAL);
	assert_int_equal(p.version, SKW_QUIC_V1);
	assert_int_equal(p.number_at, 11);
	assert_int_equal(p.whole.len, 13);
	assert_memory_equal(p.dcid.p, "d", p.dcid.len);
	assert_memory_equal(p.scid.p, "s", p.scid.len);
	assert_true(skw_quic_packet_next(&b, &p));
	assert_int_equal(p.kind, SKW_QUIC_HANDSHAKE);
	assert_int_equal(p.whole.len, 13);
	assert_true(skw_quic_packet_next(&b, &p));
	assert_int_equal(p.kind, SKW_QUIC_SHORT);
	assert_int_equal(p.whole.len, 5);
	assert_false(skw_quic_packet_next(&b, &p));
}

static void types_are_those_of_the_version(void **state)
{
	static const struct {
		const char *bytes;
		enum skw_quic_kind kind;
	} cases[] = {
		{ "\xf0\0\0\0\1\0\0tag", SKW_QUIC_RETRY },
		{ "\xc0\x6b\x33\x43\xcf\0\0tag", SKW_QUIC_RETRY },
		{ "\xe0\x6b\x33\x43\xcf\0\0\0", SKW_QUIC_ZERO_RTT },
		{ "\xf0\x6b\x33\x43\xcf\0\0\0", SKW_QUIC_HANDSHAKE },
		{ "\x80\0\0\0\0\0\0\0\0\0\1", SKW_QUIC_NEGOTIATION },
		{ "\xc0\x1a\x2a\x3a\x4a\0\0???", SKW_QUIC_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct skw_bytes b = { (const uint8_t *)cases[i].bytes, 10, 10 };
		struct skw_quic_packet p;

		assert_true(skw_quic_packet_next(&b, &p));
		assert_int_equal(p.kind, cases[i].kind);
	}
}

static void hostile_lengths_give_no_packet(void **state)
{
	static const char *const cases[] = {
		"\xc0\0\0\0",                         /* no version */
		"\xc0" V1 "\x15",                     /* an ID of 21 bytes */
		"\xc0" V1 "\4abc",                    /* an ID without end */
		"\xc0" V1 "\0\0\xff\xff\xff\xff",     /* half of a number */
		"\xc0" V1 "\0\0\x05tok",              /* a token without end */
		"\xc0" V1 "\0\0\0\x7f\xff",           /* a packet without end */
		"\xe0" V1 "\0\0\xbf\xff\xff\xff\0\0", /* the same, of 1 GiB */
	};
	static const uint32_t lens[] = { 4, 6, 9, 11, 11, 10, 13 };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct skw_bytes b = { (const uint8_t *)cases[i], lens[i], lens[i] };
		struct skw_quic_packet p;

		assert_false(skw_quic_packet_next(&b, &p));
	}
}

/* ---- frames and the hello ---- */

static void frames_are_skipped_or_told(void **state)
{
	struct skw_bytes b =
		BYTES("\0\0\1\2\1\0\1\0\1\1\3\x40\x10\0\0\0\1\1\1\6\2\3abc\x1c\x41\x28\6\0");
	struct skw_bytes wrong = BYTES("\x08stream\6\0\1x");
	struct skw_bytes cut = BYTES("\6\0\5abc");
	struct skw_bytes ranges = BYTES("\2\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0");
	struct skw_quic_frame f = skw_quic_frames_next(&b);

	(void)state;
	assert_int_equal(f.type, SKW_QUIC_FRAME_CRYPTO);
	assert_int_equal(f.offset, 2);
	assert_memory_equal(f.data.p, "abc", f.data.len);
	f = skw_quic_frames_next(&b);
	assert_int_equal(f.type, SKW_QUIC_FRAME_CLOSE);
	assert_int_equal(f.error, 0x128);
	assert_string_equal(skw_quic_frames_error(f.error), "handshake_failure");
	assert_string_equal(skw_quic_frames_error(2), "connection_refused");
	assert_null(skw_quic_frames_error(0x1000));
	assert_int_equal(skw_quic_frames_next(&b).type, SKW_QUIC_FRAME_END);
	assert_int_equal(skw_quic_frames_next(&wrong).type, SKW_QUIC_FRAME_END);
	assert_int_equal(skw_quic_frames_next(&cut).type, SKW_QUIC_FRAME_END);
	assert_int_equal(skw_quic_frames_next(&ranges).type, SKW_QUIC_FRAME_END);
}

static void a_hello_comes_in_any_order(void **state)
{
	struct skw_quic_hello h = { 0 };
	struct skw_bytes hello;

	(void)state;
	assert_int_equal(skw_quic_hello_add(&h, 6, BYTES("c")), 0);
	assert_int_equal(skw_quic_hello_add(&h, UINT64_MAX / 4, BYTES("far away")), 0);
	assert_int_equal(skw_quic_hello_add(&h, 8190, BYTES("at the end")), 0);
	assert_false(skw_quic_hello_is_whole(&h, &hello));
	assert_int_equal(skw_quic_hello_add(&h, 3, BYTES("\3ab")), 0);
	assert_int_equal(skw_quic_hello_add(&h, 0, BYTES("\1\0\0\4XY")), 0);
	assert_true(skw_quic_hello_is_whole(&h, &hello));
	assert_int_equal(hello.len, 3);
	/* The bytes that came first count. */
	assert_memory_equal(hello.p, "abc", 3);
	skw_quic_hello_free(&h);
	assert_int_equal(skw_quic_hello_memory(&h), 0);
}

#ifdef HAVE_NETTLE

#include <nettle/aes.h>
#include <nettle/gcm.h>

/* ---- keys ---- */

static void keys_are_those_of_the_rfcs(void **state)
{
	static const struct {
		uint32_t version;
		bool of_client;
		const char *keys;
	} cases[] = {
		{ SKW_QUIC_V1, true,
		  "\x1f\x36\x96\x13\xdd\x76\xd5\x46\x77\x30\xef\xcb\xe3\xb1\xa2\x2d"
		  "\xfa\x04\x4b\x2f\x42\xa3\xfd\x3b\x46\xfb\x25\x5c"
		  "\x9f\x50\x44\x9e\x04\xa0\xe8\x10\x28\x3a\x1e\x99\x33\xad\xed\xd2" },
		{ SKW_QUIC_V1, false,
		  "\xcf\x3a\x53\x31\x65\x3c\x36\x4c\x88\xf0\xf3\x79\xb6\x06\x7e\x37"
		  "\x0a\xc1\x49\x3c\xa1\x90\x58\x53\xb0\xbb\xa0\x3e"
		  "\xc2\x06\xb8\xd9\xb9\xf0\xf3\x76\x44\x43\x0b\x49\x0e\xea\xa3\x14" },
		{ SKW_QUIC_V2, true,
		  "\x8b\x1a\x0b\xc1\x21\x28\x42\x90\xa2\x9e\x09\x71\xb5\xcd\x04\x5d"
		  "\x91\xf7\x3e\x23\x51\xd8\xfa\x91\x66\x0e\x90\x9f"
		  "\x45\xb9\x5e\x15\x23\x5d\x6f\x45\xa6\xb1\x9c\xbc\xb0\x29\x4b\xa9" },
		{ SKW_QUIC_V2, false,
		  "\x82\xdb\x63\x78\x61\xd5\x5e\x1d\x01\x1f\x19\xea\x71\xd5\xd2\xa7"
		  "\xdd\x13\xc2\x76\x49\x9c\x02\x49\xd3\x31\x06\x52"
		  "\xed\xf6\xd0\x5c\x83\x12\x12\x01\xb4\x36\xe1\x68\x77\x59\x3c\x3a" },
	};
	struct skw_quic_keys keys;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		assert_true(skw_quic_keys_derive(cases[i].version, BYTES(ID), cases[i].of_client,
						 &keys));
		assert_memory_equal(keys.key, cases[i].keys, 16);
		assert_memory_equal(keys.iv, cases[i].keys + 16, 12);
		assert_memory_equal(keys.header, cases[i].keys + 28, 16);
	}
	assert_false(skw_quic_keys_derive(0x1a2a3a4a, BYTES(ID), true, &keys));
	assert_false(
		skw_quic_keys_derive(SKW_QUIC_V1, BYTES("123456789012345678901"), true, &keys));
}

/* RFC 9001, appendix A.3. */
#define SERVER_INITIAL                                                                             \
	"\xcf\x00\x00\x00\x01\x00\x08\xf0\x67\xa5\x50\x2a\x42\x62\xb5\x00\x40\x75\xc0\xd9"         \
	"\x5a\x48\x2c\xd0\x99\x1c\xd2\x5b\x0a\xac\x40\x6a\x58\x16\xb6\x39\x41\x00\xf3\x7a"         \
	"\x1c\x69\x79\x75\x54\x78\x0b\xb3\x8c\xc5\xa9\x9f\x5e\xde\x4c\xf7\x3c\x3e\xc2\x49"         \
	"\x3a\x18\x39\xb3\xdb\xcb\xa3\xf6\xea\x46\xc5\xb7\x68\x4d\xf3\x54\x8e\x7d\xde\xb9"         \
	"\xc3\xbf\x9c\x73\xcc\x3f\x3b\xde\xd7\x4b\x56\x2b\xfb\x19\xfb\x84\x02\x2f\x8e\xf4"         \
	"\xcd\xd9\x37\x95\xd7\x7d\x06\xed\xbb\x7a\xaf\x2f\x58\x89\x18\x50\xab\xbd\xca\x3d"         \
	"\x20\x39\x8c\x27\x64\x56\xcb\xc4\x21\x58\x40\x7d\xd0\x74\xee"

static void the_packet_of_the_rfc_opens(void **state)
{
	struct skw_bytes b = BYTES(SERVER_INITIAL), frames;
	uint8_t room[SKW_QUIC_INITIAL_MAX];
	struct skw_quic_keys keys;
	struct skw_quic_packet p;
	struct skw_quic_frame f;

	(void)state;
	assert_true(skw_quic_packet_next(&b, &p));
	assert_true(skw_quic_keys_derive(SKW_QUIC_V1, BYTES(ID), false, &keys));
	assert_true(skw_quic_keys_open(&keys, &p, room, &frames));
	f = skw_quic_frames_next(&frames);
	assert_int_equal(f.type, SKW_QUIC_FRAME_CRYPTO);
	assert_int_equal(f.data.len, 90);
	assert_memory_equal(f.data.p, "\2\0\0\x56\3\3", 6);
	/* With one bit changed it does not, nor if its end is missing. */
	p.whole.caplen--;
	assert_false(skw_quic_keys_open(&keys, &p, room, &frames));
	p.whole.caplen++;
	keys.iv[0] ^= 1;
	assert_false(skw_quic_keys_open(&keys, &p, room, &frames));
}

/* ---- conversations ---- */

struct datagram {
	uint8_t bytes[1300];
	size_t len;
};

static void put_bytes(struct datagram *d, const char *bytes, size_t len)
{
	memcpy(d->bytes + d->len, bytes, len);
	d->len += len;
}

/* Appends an Initial packet with these frames and padding, sealed with the keys of `id`. */
static void put_initial(struct datagram *d, const char *id, bool of_client, uint8_t number,
			const char *frames, size_t len)
{
	uint8_t *p = d->bytes + d->len, mask[16], nonce[12];
	const struct skw_bytes key_id = { (const uint8_t *)id, 8, 8 };
	size_t body = 1100;
	struct skw_quic_keys keys;
	struct gcm_aes128_ctx gcm;
	struct aes128_ctx aes;

	assert_true(skw_quic_keys_derive(SKW_QUIC_V1, key_id, of_client, &keys));
	put_bytes(d, "\xc0" V1 "\x08", 6);
	put_bytes(d, of_client ? id : SID, 8);
	put_bytes(d, "\x08" SID "\0", 10);
	d->bytes[d->len++] = (uint8_t)(0x40 | (1 + body + 16) >> 8);
	d->bytes[d->len++] = (uint8_t)(1 + body + 16);
	d->bytes[d->len++] = number;

	size_t head = (size_t)(d->bytes + d->len - p);

	memcpy(d->bytes + d->len, frames, len);
	memset(d->bytes + d->len + len, 0, body - len);
	memcpy(nonce, keys.iv, sizeof(nonce));
	nonce[11] ^= number;
	gcm_aes128_set_key(&gcm, keys.key);
	gcm_aes128_set_iv(&gcm, sizeof(nonce), nonce);
	gcm_aes128_update(&gcm, head, p);
	gcm_aes128_encrypt(&gcm, body, p + head, p + head);
	gcm_aes128_digest(&gcm, 16, p + head + body);
	aes128_set_encrypt_key(&aes, keys.header);
	aes128_encrypt(&aes, 16, mask, p + head - 1 + 4);
	p[0] ^= mask[0] & 0x0f;
	p[head - 1] ^= mask[1];
	d->len += body + 16;
}

static void say_datagram(struct world *w, bool by_client, const struct datagram *d)
{
	w->now_ns += 1000000;
	world_packet(w, by_client, 0, d->bytes, d->len);
}

static void say_initial(struct world *w, const char *id, bool by_client, const char *frames,
			size_t len)
{
	struct datagram d = { .len = 0 };

	put_initial(&d, id, by_client, (uint8_t)w->seq[by_client], frames, len);
	say_datagram(w, by_client, &d);
}

static void say_plain(struct world *w, bool by_client, const char *bytes, size_t len)
{
	struct datagram d = { .len = 0 };

	put_bytes(&d, bytes, len);
	say_datagram(w, by_client, &d);
}

#define SAY_INITIAL(w, id, by_client, frames)                                                      \
	say_initial(w, id, by_client, frames, sizeof(frames) - 1)
#define SAY_PLAIN(w, by_client, bytes) say_plain(w, by_client, bytes, sizeof(bytes) - 1)
#define SERVER_HANDSHAKE               "\xe0" V1 "\x08" SID "\x08" SID "\4seal"
#define CRYPTO_HELLO                   "\6\0\x40\x4c" HELLO

static void quic_begin(struct world *w)
{
	world_begin(w, false);
	w->udp = true;
	w->port = 443;
}

static void quic_expect(struct world *w, const char *lines)
{
	assert_int_equal(skw_messages_stop(w->m), 0);
	skw_buf_add_char(&w->text, '\0');
	assert_string_equal((const char *)w->text.data, lines);
	world_free(w);
}

static void it_ends_before_the_clients_first_short_header(void **state)
{
	struct world w;

	(void)state;
	quic_begin(&w);
	SAY_INITIAL(&w, ID, true, CRYPTO_HELLO);
	SAY_INITIAL(&w, ID, false, "\2\0\0\0\0\6\0\4\2\0\0\0");
	SAY_PLAIN(&w, false, SERVER_HANDSHAKE);
	SAY_PLAIN(&w, true, SERVER_HANDSHAKE "\x40short");
	SAY_PLAIN(&w, false, "\x40more");
	quic_expect(&w, "quic|SNI example.org|v1 h3|answered|1143|1171|2000\n");
}

static void a_hello_can_have_several_datagrams(void **state)
{
	struct world w;

	(void)state;
	quic_begin(&w);
	SAY_INITIAL(&w, ID, true,
		    "\6\x20\x2c"
		    "klmnop"
		    "\0\0\2\x13\1\1\0\0\x1d" SNI H3 "\1");
	SAY_INITIAL(&w, ID, true,
		    "\6\0\x1e\1\0\0\x48\3\3"
		    "abcdefghijklmnopabcdefgh");
	SAY_INITIAL(&w, ID, true, "\1\6\x1e\2ij\1");
	SAY_INITIAL(&w, ID, true,
		    "\6\0\x1e\1\0\0\x48\3\3"
		    "abcdefghijklmnopabcdefgh");
	SAY_INITIAL(&w, ID, false, "\2\0\0\0\0");
	SAY_PLAIN(&w, true, "\x40short");
	quic_expect(&w, "quic|SNI example.org|v1 h3|answered|3429|1143|4000\n");
}

static void a_retry_has_other_keys(void **state)
{
	struct world w;

	(void)state;
	quic_begin(&w);
	SAY_INITIAL(&w, ID, true, CRYPTO_HELLO);
	SAY_PLAIN(&w, false, "\xf0" V1 "\0\x08" SID "token0123456789abcdef");
	SAY_INITIAL(&w, SID, true, CRYPTO_HELLO);
	SAY_INITIAL(&w, SID, false, "\x1c\x41\x28\6\0");
	quic_expect(&w,
		    "quic|SNI example.org|v1 handshake_failure|answered|1143|1179|3000|error\n");
}

static void versions_can_be_refused(void **state)
{
	struct world w;
	struct datagram d = { .len = 0 };

	(void)state;
	quic_begin(&w);
	put_initial(&d, ID, true, 0, "", 0);
	memset(d.bytes + d.len, 0, 1250 - d.len);
	d.len = 1250;
	memcpy(d.bytes + 1, "\x1a\x2a\x3a\x4a", 4);
	say_datagram(&w, true, &d);
	SAY_PLAIN(&w, false, "\x80\0\0\0\0\x08" SID "\x08" ID V1);
	quic_expect(&w,
		    "quic|handshake|0x1a2a3a4a version_negotiation|answered|1250|27|1000|error\n");

	quic_begin(&w);
	say_datagram(&w, true, &d);
	SAY_PLAIN(&w, false, "\x80\0\0\0\0\x08" SID "\x08" ID V1);
	SAY_INITIAL(&w, ID, true, CRYPTO_HELLO);
	SAY_PLAIN(&w, false, SERVER_HANDSHAKE);
	SAY_PLAIN(&w, true, "\x40short");
	quic_expect(&w, "quic|SNI example.org|v1 h3 negotiated|answered|2393|55|3000\n");
}

static void what_is_hidden_is_not_guessed(void **state)
{
	struct world w;

	(void)state;
	/* The client closes in a packet that nobody can read. */
	quic_begin(&w);
	SAY_INITIAL(&w, ID, true, CRYPTO_HELLO);
	SAY_PLAIN(&w, false, SERVER_HANDSHAKE);
	SAY_PLAIN(&w, true, SERVER_HANDSHAKE);
	quic_expect(&w, "quic|SNI example.org|v1 incomplete|answered|1143|28|1000|error\n");

	/* There is no answer. */
	quic_begin(&w);
	SAY_INITIAL(&w, ID, true, CRYPTO_HELLO);
	SAY_INITIAL(&w, ID, true, CRYPTO_HELLO);
	quic_expect(&w, "quic|SNI example.org||unanswered|1143|0|-\n");

	/* The middle of a connection is none, and a datagram of another protocol neither. */
	quic_begin(&w);
	SAY_PLAIN(&w, true, "\x40short");
	SAY_PLAIN(&w, true, "\xc0\0\1\0\1\x08notquic!");
	quic_expect(&w, "");
}

static void keys_that_do_not_fit_have_a_limit(void **state)
{
	struct world w;

	(void)state;
	quic_begin(&w);
	for (int i = 0; i < 200; i++)
		SAY_PLAIN(&w, true,
			  "\xc0" V1 "\x08" ID "\x08" SID "\0\x20"
			  "0123456789abcdef0123456789abcdef");
	SAY_INITIAL(&w, ID, true, CRYPTO_HELLO);
	SAY_PLAIN(&w, false, SERVER_HANDSHAKE);
	SAY_PLAIN(&w, true, "\x40short");
	quic_expect(&w, "quic|handshake|v1|answered|12543|28|201000\n");
}

#endif

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_can_have_several_packets),
		cmocka_unit_test(types_are_those_of_the_version),
		cmocka_unit_test(hostile_lengths_give_no_packet),
		cmocka_unit_test(frames_are_skipped_or_told),
		cmocka_unit_test(a_hello_comes_in_any_order),
#ifdef HAVE_NETTLE
		cmocka_unit_test(keys_are_those_of_the_rfcs),
		cmocka_unit_test(the_packet_of_the_rfc_opens),
		cmocka_unit_test(it_ends_before_the_clients_first_short_header),
		cmocka_unit_test(a_hello_can_have_several_datagrams),
		cmocka_unit_test(a_retry_has_other_keys),
		cmocka_unit_test(versions_can_be_refused),
		cmocka_unit_test(what_is_hidden_is_not_guessed),
		cmocka_unit_test(keys_that_do_not_fit_have_a_limit),
#endif
	};

	return cmocka_run_group_tests_name("message/quic", tests, NULL, NULL);
}
