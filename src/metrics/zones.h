/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the other end of a connection is, as a label: loopback, private, public, or a zone that the
 * user has named by its prefixes.
 */
#ifndef SKW_METRICS_ZONES_H
#define SKW_METRICS_ZONES_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* The most zones with names, and the longest name. */
#define SKW_ZONES_MAX     64
#define SKW_ZONE_NAME_LEN 63

struct skw_zone_prefix {
	uint8_t addr[16]; /* IPv4 as an IPv4-mapped address */
	uint8_t bits, zone;
};

/* A zeroed one has the three classes without names. */
struct skw_zones {
	char names[SKW_ZONES_MAX][SKW_ZONE_NAME_LEN + 1];
	size_t len;
	struct skw_zone_prefix *prefixes; /* owned; the longest first */
	size_t prefixes_len, prefixes_size;
};

/*
 * Adds "NAME=PREFIX,PREFIX...", where a prefix is an address with or without "/BITS". A name may
 * come again, with other prefixes. 0, -EINVAL with err->usage, or -ENOMEM.
 */
int skw_zones_add(struct skw_zones *z, const char *text, struct skw_error *err);
void skw_zones_free(struct skw_zones *z);

/* The zone of an address (as in a tuple): the longest prefix that has it, or else its class. */
uint8_t skw_zones_find(const struct skw_zones *z, uint8_t family, const uint8_t addr[16]);
/* The name of a zone. It is valid as long as the zones are. */
const char *skw_zones_name(const struct skw_zones *z, uint8_t zone);

#endif
