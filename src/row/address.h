/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses as text. */
#ifndef SKW_ROW_ADDRESS_H
#define SKW_ROW_ADDRESS_H

#include <stdint.h>

#include "model/tuple.h"

/* An address; an IPv4-mapped one is shown as IPv4. `out` holds INET6_ADDRSTRLEN. */
void skw_address_text(uint8_t family, const uint8_t addr[16], char *out);

#define SKW_ENDPOINT_SIZE 56
/*
 * "10.0.3.7:5432", "[2001:db8::1]:443", or "*:80" for an address of zeros. `out` holds
 * SKW_ENDPOINT_SIZE. The header has it for tests.
 */
void skw_address_endpoint(char *out, uint8_t family, const uint8_t addr[16], uint16_t port);

/* The two ends of a tuple in that form. */
void skw_address_local(char *out, const struct skw_tuple *tuple);
void skw_address_remote(char *out, const struct skw_tuple *tuple);

#endif
