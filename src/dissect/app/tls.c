// SPDX-License-Identifier: BSD-2-Clause
/*
 * TLS, RFC 8446 and 5246: prints the types of the records, and the name of the server that a client
 * asks for.
 */
#include "dissect/dissect.h"

#include "dissect/app/tls_hello.h"
#include "dissect/app/tls_record.h"
#include "dissect/text.h"
#include "util/bytes.h"

enum {
	HANDSHAKE_HEADER = 4,
	SERVER_NAME_MAX = 255,
	SHOWN_MAX = 8, /* phrases in a line */
};

/* The phrases of a line. Commas separate them, and a phrase is not repeated immediately. */
struct phrases {
	struct skw_dissect *d;
	const char *last;
	unsigned count;
	bool encrypted; /* a ChangeCipherSpec has been seen */
};

/* Prints a phrase. Returns false if it equals the last phrase or the line is long enough. */
static bool say(struct phrases *s, const char *name)
{
	if (s->last == name || s->count >= SHOWN_MAX)
		return false;
	skw_buf_add_str(s->d->out, s->count ? ", " : ": TLS ");
	skw_buf_add_str(s->d->out, name);
	s->last = name;
	s->count++;
	return true;
}

static void print_server_name(struct skw_dissect *d, struct skw_bytes hello)
{
	struct skw_bytes name;

	if (!skw_tls_hello_server_name(hello, &name))
		return;
	skw_buf_add_str(d->out, " SNI ");
	skw_dissect_text(d, name.p, name.len < SERVER_NAME_MAX ? name.len : SERVER_NAME_MAX);
}

/* Whether messages of this type often continue in a second record. */
static bool may_be_long(uint8_t type)
{
	return type == SKW_TLS_CLIENT_HELLO || type == SKW_TLS_CERTIFICATE ||
	       type == SKW_TLS_COMPRESSED_CERTIFICATE;
}

/*
 * Prints the messages of a handshake record. After the key exchange they are encrypted. An
 * encrypted message is recognized by an unknown type or by a length that exceeds the record.
 */
static void print_handshake(struct phrases *s, struct skw_bytes b)
{
	while (b.len && s->count < SHOWN_MAX) {
		if (!skw_bytes_has(b, 0, HANDSHAKE_HEADER)) {
			if (!s->count || b.len < HANDSHAKE_HEADER)
				say(s, "Handshake");
			return;
		}

		const char *name = skw_tls_record_handshake(b.p[0]);
		uint32_t n = skw_bytes_be32(b.p) & 0xffffff;
		bool fits = n <= b.len - HANDSHAKE_HEADER || may_be_long(b.p[0]);

		if (!name || !fits || s->encrypted) {
			say(s, "Handshake");
			return;
		}
		if (say(s, name) && b.p[0] == SKW_TLS_CLIENT_HELLO)
			print_server_name(s->d, skw_bytes_skip(b, HANDSHAKE_HEADER));
		b = skw_bytes_skip(b, HANDSHAKE_HEADER + n);
	}
}

static void print_alert(struct phrases *s, struct skw_bytes b)
{
	if (!say(s, "Alert") || b.len != 2 || b.caplen != 2 || b.p[0] < 1 || b.p[0] > 2)
		return;

	const char *name = skw_tls_record_alert(b.p[1]);

	skw_buf_add_str(s->d->out, b.p[0] == 1 ? " warning " : " fatal ");
	if (name)
		skw_buf_add_str(s->d->out, name);
	else
		skw_buf_add_uint(s->d->out, b.p[1]);
}

bool skw_dissect_tls(struct skw_dissect *d, struct skw_bytes b)
{
	struct phrases s = { .d = d };

	while (skw_tls_record_is(b) && s.count < SHOWN_MAX) {
		uint16_t n = skw_bytes_be16(b.p + 3);
		struct skw_bytes body =
			skw_bytes_first(skw_bytes_skip(b, SKW_TLS_RECORD_HEADER), n);

		switch (b.p[0]) {
		case SKW_TLS_CHANGE_CIPHER_SPEC:
			say(&s, "ChangeCipherSpec");
			s.encrypted = true;
			break;
		case SKW_TLS_ALERT:
			print_alert(&s, body);
			break;
		case SKW_TLS_HANDSHAKE:
			print_handshake(&s, body);
			break;
		case SKW_TLS_APPLICATION_DATA:
			say(&s, "ApplicationData");
			break;
		}
		b = skw_bytes_skip(b, (uint32_t)SKW_TLS_RECORD_HEADER + n);
	}
	return s.count > 0;
}
