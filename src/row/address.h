/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses as text. */
#ifndef SKW_ROW_ADDRESS_H
#define SKW_ROW_ADDRESS_H

#include <stdint.h>

#include "model/row.h"

/* An address; an IPv4-mapped one is shown as IPv4. `out` holds INET6_ADDRSTRLEN. */
void skw_address_text(uint8_t family, const uint8_t addr[16], char *out);

#define SKW_ADDRESS_SIZE 64
/* The addresses of a row, those of a link with their scope: "fe80::1%eth0". `out` holds
 * SKW_ADDRESS_SIZE. Return the end of the text. */
char *skw_address_of_local(char *out, const struct skw_row *row);
char *skw_address_of_remote(char *out, const struct skw_row *row);

#define SKW_ENDPOINT_SIZE 72
/*
 * "10.0.3.7:5432", "[2001:db8::1]:443", "[fe80::1%eth0]:22", or "*:80" for an address of zeros.
 * `scope` may be NULL. `out` holds SKW_ENDPOINT_SIZE.
 */
void skw_address_endpoint(char *out, uint8_t family, const uint8_t addr[16], uint16_t port,
			  const char *scope);

/* The two ends of a row in that form. */
void skw_address_local(char *out, const struct skw_row *row);
void skw_address_remote(char *out, const struct skw_row *row);

#define SKW_NAMED_SIZE 264
/* The remote end with its name in place of the address, if that is known. SKW_NAMED_SIZE. */
void skw_address_remote_named(char *out, const struct skw_row *row);

#endif
