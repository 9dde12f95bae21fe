// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/app/tls_record.h"

#include "dissect/text.h"

#define RECORD_MAX (16384 + 2048) /* RFC 5246, section 6.2.3 */

static const struct skw_text_name handshakes[] = {
	{ 0, "HelloRequest" },
	{ SKW_TLS_CLIENT_HELLO, "ClientHello" },
	{ 2, "ServerHello" },
	{ 3, "HelloVerifyRequest" },
	{ 4, "NewSessionTicket" },
	{ 5, "EndOfEarlyData" },
	{ 8, "EncryptedExtensions" },
	{ SKW_TLS_CERTIFICATE, "Certificate" },
	{ 12, "ServerKeyExchange" },
	{ 13, "CertificateRequest" },
	{ 14, "ServerHelloDone" },
	{ 15, "CertificateVerify" },
	{ 16, "ClientKeyExchange" },
	{ 20, "Finished" },
	{ 21, "CertificateURL" },
	{ 22, "CertificateStatus" },
	{ 24, "KeyUpdate" },
	{ SKW_TLS_COMPRESSED_CERTIFICATE, "CompressedCertificate" },
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

bool skw_tls_record_is(struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, SKW_TLS_RECORD_HEADER))
		return false;

	uint16_t n = skw_bytes_be16(b.p + 3);

	return b.p[0] >= SKW_TLS_CHANGE_CIPHER_SPEC && b.p[0] <= SKW_TLS_APPLICATION_DATA &&
	       b.p[1] == 3 && b.p[2] <= 4 && n >= 1 && n <= RECORD_MAX;
}

const char *skw_tls_record_handshake(uint8_t message)
{
	return skw_text_name(handshakes, message);
}

const char *skw_tls_record_alert(uint8_t alert)
{
	return skw_text_name(alerts, alert);
}
