/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ClientHello and ServerHello of TLS (RFC 8446, section 4.1), without the header of the message.
 * The functions return false if the hello lacks what is asked for, or was not captured so far.
 */
#ifndef SKW_DISSECT_APP_TLS_HELLO_H
#define SKW_DISSECT_APP_TLS_HELLO_H

#include <stdbool.h>
#include <stdint.h>

#include "util/bytes.h"

/* The host name that a client asks for (RFC 6066). It is not empty, and borrowed. */
bool skw_tls_hello_server_name(struct skw_bytes client_hello, struct skw_bytes *name);
/* The protocol that a client offers (RFC 7301), if it is the only one. Borrowed. */
bool skw_tls_hello_only_protocol(struct skw_bytes client_hello, struct skw_bytes *name);

/* The version that a server has chosen, as a number of the wire: 0x0304 is TLS 1.3. */
bool skw_tls_hello_version(struct skw_bytes server_hello, uint16_t *version);
/* The protocol that a server has chosen (RFC 7301). TLS 1.3 encrypts it. */
bool skw_tls_hello_protocol(struct skw_bytes server_hello, struct skw_bytes *name);
/* It is a HelloRetryRequest: the client has to say hello again. */
bool skw_tls_hello_is_retry(struct skw_bytes server_hello);

#endif
