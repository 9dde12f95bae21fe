/* SPDX-License-Identifier: BSD-2-Clause */
/* The records of TLS (RFC 8446 and 5246): where one begins, and names of what is in it. */
#ifndef SKW_DISSECT_APP_TLS_RECORD_H
#define SKW_DISSECT_APP_TLS_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "util/bytes.h"

enum skw_tls_type {
	SKW_TLS_CHANGE_CIPHER_SPEC = 20,
	SKW_TLS_ALERT = 21,
	SKW_TLS_HANDSHAKE = 22,
	SKW_TLS_APPLICATION_DATA = 23,
};

/* Messages of a handshake. */
enum skw_tls_message {
	SKW_TLS_CLIENT_HELLO = 1,
	SKW_TLS_SERVER_HELLO = 2,
	SKW_TLS_CERTIFICATE = 11,
	SKW_TLS_COMPRESSED_CERTIFICATE = 25,
};

#define SKW_TLS_RECORD_HEADER 5

/*
 * Whether a record may begin here: its type is known, its version is SSL 3.0 to TLS 1.3, its length
 * is allowed.
 */
bool skw_tls_record_is(struct skw_bytes b);

/* Names; NULL: the number is not known. */
const char *skw_tls_record_handshake(uint8_t message);
const char *skw_tls_record_alert(uint8_t alert);

#endif
