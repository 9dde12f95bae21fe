// SPDX-License-Identifier: BSD-2-Clause
/*
 * TLS, RFC 8446 and 5246: prints the types of the records, and the name of the server that a client
 * asks for.
 */
#include "dissect/dissect.h"

#include "dissect/text.h"
#include "util/bytes.h"

enum {
	RECORD_HEADER = 5,
	RECORD_MAX = 16384 + 2048, /* RFC 5246, section 6.2.3 */
	TYPE_CHANGE_CIPHER_SPEC = 20,
	TYPE_ALERT = 21,
	TYPE_HANDSHAKE = 22,
	TYPE_APPLICATION_DATA = 23,
	HANDSHAKE_HEADER = 4,
	CLIENT_HELLO = 1,
	CERTIFICATE = 11,
	COMPRESSED_CERTIFICATE = 25,
	EXTENSION_SERVER_NAME = 0,
	SERVER_NAME_MAX = 255,
	SHOWN_MAX = 8, /* phrases in a line */
};

static const struct skw_text_name handshakes[] = {
	{ 0, "HelloRequest" },
	{ CLIENT_HELLO, "ClientHello" },
	{ 2, "ServerHello" },
	{ 3, "HelloVerifyRequest" },
	{ 4, "NewSessionTicket" },
	{ 5, "EndOfEarlyData" },
	{ 8, "EncryptedExtensions" },
	{ CERTIFICATE, "Certificate" },
	{ 12, "ServerKeyExchange" },
	{ 13, "CertificateRequest" },
	{ 14, "ServerHelloDone" },
	{ 15, "CertificateVerify" },
	{ 16, "ClientKeyExchange" },
	{ 20, "Finished" },
	{ 21, "CertificateURL" },
	{ 22, "CertificateStatus" },
	{ 24, "KeyUpdate" },
	{ COMPRESSED_CERTIFICATE, "CompressedCertificate" },
	{ 0, NULL },
};

static const struct skw_text_name alerts[] = {
	{ 0, "close_notify" },
	{ 10, "unexpected_message" },
	{ 20, "bad_record_mac" },
	{ 21, "decryption_failed" },
	{ 22, "record_overflow" },
	{ 30, "decompression_failure" },
	{ 40, "handshake_failure" },
	{ 41, "no_certificate" },
	{ 42, "bad_certificate" },
	{ 43, "unsupported_certificate" },
	{ 44, "certificate_revoked" },
	{ 45, "certificate_expired" },
	{ 46, "certificate_unknown" },
	{ 47, "illegal_parameter" },
	{ 48, "unknown_ca" },
	{ 49, "access_denied" },
	{ 50, "decode_error" },
	{ 51, "decrypt_error" },
	{ 60, "export_restriction" },
	{ 70, "protocol_version" },
	{ 71, "insufficient_security" },
	{ 80, "internal_error" },
	{ 86, "inappropriate_fallback" },
	{ 90, "user_canceled" },
	{ 100, "no_renegotiation" },
	{ 109, "missing_extension" },
	{ 110, "unsupported_extension" },
	{ 111, "certificate_unobtainable" },
	{ 112, "unrecognized_name" },
	{ 113, "bad_certificate_status_response" },
	{ 114, "bad_certificate_hash_value" },
	{ 115, "unknown_psk_identity" },
	{ 116, "certificate_required" },
	{ 120, "no_application_protocol" },
	{ 121, "ech_required" },
	{ 0, NULL },
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

/*
 * Takes a vector off b. Its length is in the `width` bytes in front of it. Returns false if b ends
 * within the vector.
 */
static bool take(struct skw_bytes *b, uint32_t width, struct skw_bytes *vector)
{
	uint32_t n = 0;

	if (!skw_bytes_has(*b, 0, width))
		return false;
	for (uint32_t i = 0; i < width; i++)
		n = n << 8 | b->p[i];
	*b = skw_bytes_skip(*b, width);
	if (n > b->len)
		return false;
	*vector = skw_bytes_first(*b, n);
	*b = skw_bytes_skip(*b, n);
	return true;
}

/*
 * Finds the host name of a server_name extension (RFC 6066). Returns false if it was not captured
 * completely.
 */
static bool find_server_name(struct skw_bytes hello, struct skw_bytes *name)
{
	struct skw_bytes skipped, extensions, list;

	hello = skw_bytes_skip(hello, 2 + 32); /* version, random */
	if (!take(&hello, 1, &skipped) || !take(&hello, 2, &skipped) || !take(&hello, 1, &skipped))
		return false;
	if (!take(&hello, 2, &extensions))
		return false;
	while (skw_bytes_has(extensions, 0, 4)) {
		uint16_t type = skw_bytes_be16(extensions.p);
		struct skw_bytes data;

		extensions = skw_bytes_skip(extensions, 2);
		if (!take(&extensions, 2, &data))
			return false;
		if (type != EXTENSION_SERVER_NAME)
			continue;
		return take(&data, 2, &list) && skw_bytes_has(list, 0, 1) && list.p[0] == 0 &&
		       (list = skw_bytes_skip(list, 1), take(&list, 2, name)) && name->len &&
		       name->caplen == name->len;
	}
	return false;
}

static void print_server_name(struct skw_dissect *d, struct skw_bytes hello)
{
	struct skw_bytes name;

	if (!find_server_name(hello, &name))
		return;
	skw_buf_add_str(d->out, " SNI ");
	skw_dissect_text(d, name.p, name.len < SERVER_NAME_MAX ? name.len : SERVER_NAME_MAX);
}

/* Whether messages of this type often continue in a second record. */
static bool may_be_long(uint8_t type)
{
	return type == CLIENT_HELLO || type == CERTIFICATE || type == COMPRESSED_CERTIFICATE;
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

		const char *name = skw_text_name(handshakes, b.p[0]);
		uint32_t n = skw_bytes_be32(b.p) & 0xffffff;
		bool fits = n <= b.len - HANDSHAKE_HEADER || may_be_long(b.p[0]);

		if (!name || !fits || s->encrypted) {
			say(s, "Handshake");
			return;
		}
		if (say(s, name) && b.p[0] == CLIENT_HELLO)
			print_server_name(s->d, skw_bytes_skip(b, HANDSHAKE_HEADER));
		b = skw_bytes_skip(b, HANDSHAKE_HEADER + n);
	}
}

static void print_alert(struct phrases *s, struct skw_bytes b)
{
	if (!say(s, "Alert") || b.len != 2 || b.caplen != 2 || b.p[0] < 1 || b.p[0] > 2)
		return;

	const char *name = skw_text_name(alerts, b.p[1]);

	skw_buf_add_str(s->d->out, b.p[0] == 1 ? " warning " : " fatal ");
	if (name)
		skw_buf_add_str(s->d->out, name);
	else
		skw_buf_add_uint(s->d->out, b.p[1]);
}

/*
 * Whether a record may begin here: its type is known, its version is SSL 3.0 to TLS 1.3, its length
 * is allowed.
 */
static bool is_record(struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, RECORD_HEADER))
		return false;

	uint16_t n = skw_bytes_be16(b.p + 3);

	return b.p[0] >= TYPE_CHANGE_CIPHER_SPEC && b.p[0] <= TYPE_APPLICATION_DATA &&
	       b.p[1] == 3 && b.p[2] <= 4 && n >= 1 && n <= RECORD_MAX;
}

bool skw_dissect_tls(struct skw_dissect *d, struct skw_bytes b)
{
	struct phrases s = { .d = d };

	while (is_record(b) && s.count < SHOWN_MAX) {
		uint16_t n = skw_bytes_be16(b.p + 3);
		struct skw_bytes body = skw_bytes_first(skw_bytes_skip(b, RECORD_HEADER), n);

		switch (b.p[0]) {
		case TYPE_CHANGE_CIPHER_SPEC:
			say(&s, "ChangeCipherSpec");
			s.encrypted = true;
			break;
		case TYPE_ALERT:
			print_alert(&s, body);
			break;
		case TYPE_HANDSHAKE:
			print_handshake(&s, body);
			break;
		case TYPE_APPLICATION_DATA:
			say(&s, "ApplicationData");
			break;
		}
		b = skw_bytes_skip(b, (uint32_t)RECORD_HEADER + n);
	}
	return s.count > 0;
}
