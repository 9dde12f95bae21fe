/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, networks and ports as they stand in filter expressions. */
#ifndef SKW_FILTER_SETS_VALUE_H
#define SKW_FILTER_SETS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

#define SKW_SETS_WORDS 4

enum skw_sets_family { SKW_SETS_IP4, SKW_SETS_IP6, SKW_SETS_PORT };

struct skw_sets_value {
	enum skw_sets_family family;
	/* The bits that are compared: 32 and 128 for hosts, 16 for ports. */
	unsigned bits;
	uint32_t words[SKW_SETS_WORDS]; /* in the host's byte order; the rest is 0 */
};

/* Each reads exactly `len` characters. Returns false for all that libpcap may take in another way.
 */
bool skw_sets_value_host(const char *text, size_t len, struct skw_sets_value *out);
bool skw_sets_value_port(const char *text, size_t len, struct skw_sets_value *out);
/* A network with its length, "10.1/16", or an address. */
bool skw_sets_value_net(const char *text, size_t len, struct skw_sets_value *out);

/* The number of words that are compared. */
size_t skw_sets_value_words(const struct skw_sets_value *v);
/* The bits of a word that are compared. */
uint32_t skw_sets_value_mask(const struct skw_sets_value *v, size_t word);

/* Appends the value. A network has its length. */
void skw_sets_value_write(const struct skw_sets_value *v, struct skw_buf *out);

#endif
