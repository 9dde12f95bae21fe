/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a TLS key log: a label, what the connection is known by, and a secret, both in hex.
 * Sources: draft-ietf-tls-keylogfile, section 2; NSS Key Log Format.
 */
#ifndef SKW_PCAP_TLS_KEYS_H
#define SKW_PCAP_TLS_KEYS_H

#include <stddef.h>

/* The longest line: some secrets of Encrypted Client Hello are a whole message. */
#define SKW_TLS_KEYS_LINE_MAX 8192

enum skw_tls_keys_line { SKW_TLS_KEYS_BAD, SKW_TLS_KEYS_SECRET, SKW_TLS_KEYS_COMMENT };

/* `line` has `len` bytes, without its newline. A comment is also a line without text. */
enum skw_tls_keys_line skw_tls_keys_line(const char *line, size_t len);

#endif
