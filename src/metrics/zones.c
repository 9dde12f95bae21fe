// SPDX-License-Identifier: BSD-2-Clause
#include "metrics/zones.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define MAPPED_BITS 96 /* an IPv4-mapped address has these before the IPv4 address */

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

enum { LOOPBACK, PRIVATE, PUBLIC, CLASSES };
static const char *const class_names[CLASSES] = { "loopback", "private", "public" };

/* RFC 1122, 4291; 1918, 6598, 3927, 4193, 4291. */
static const struct {
	uint8_t first[16];
	uint8_t bits, class;
} classes[] = {
	{ { [10] = 0xff, 0xff, 127 }, 104, LOOPBACK },     /* 127.0.0.0/8 */
	{ { [15] = 1 }, 128, LOOPBACK },                   /* ::1 */
	{ { [10] = 0xff, 0xff, 10 }, 104, PRIVATE },       /* 10.0.0.0/8 */
	{ { [10] = 0xff, 0xff, 172, 16 }, 108, PRIVATE },  /* 172.16.0.0/12 */
	{ { [10] = 0xff, 0xff, 192, 168 }, 112, PRIVATE }, /* 192.168.0.0/16 */
	{ { [10] = 0xff, 0xff, 100, 64 }, 106, PRIVATE },  /* 100.64.0.0/10 */
	{ { [10] = 0xff, 0xff, 169, 254 }, 112, PRIVATE }, /* 169.254.0.0/16 */
	{ { 0xfc }, 7, PRIVATE },                          /* fc00::/7 */
	{ { 0xfe, 0x80 }, 10, PRIVATE },                   /* fe80::/10 */
};

static bool is_inside(const uint8_t addr[16], const uint8_t prefix[16], unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(addr, prefix, bits / 8) != 0)
		return false;
	return !rest || ((addr[bits / 8] ^ prefix[bits / 8]) & (0xff00 >> rest & 0xff)) == 0;
}

static void widen(uint8_t out[16], uint8_t family, const uint8_t addr[16])
{
	if (family == AF_INET6) {
		memcpy(out, addr, 16);
		return;
	}
	memcpy(out, mapped, sizeof(mapped));
	memcpy(out + sizeof(mapped), addr, 4);
}

uint8_t skw_zones_find(const struct skw_zones *z, uint8_t family, const uint8_t addr[16])
{
	uint8_t wide[16];

	widen(wide, family, addr);
	for (size_t i = 0; i < z->prefixes_len; i++)
		if (is_inside(wide, z->prefixes[i].addr, z->prefixes[i].bits))
			return z->prefixes[i].zone;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(classes); i++)
		if (is_inside(wide, classes[i].first, classes[i].bits))
			return classes[i].class;
	return PUBLIC;
}

const char *skw_zones_name(const struct skw_zones *z, uint8_t zone)
{
	return zone < CLASSES ? class_names[zone] : z->names[zone - CLASSES];
}

/* An address with or without the number of its bits. */
static bool parse_prefix(const char *text, struct skw_zone_prefix *out)
{
	char name[INET6_ADDRSTRLEN];
	uint8_t addr[16] = { 0 };
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	char *end = NULL;
	unsigned long bits = 0;

	if (len >= sizeof(name))
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	bool is_v4 = inet_pton(AF_INET, name, addr) == 1;

	if (!is_v4 && inet_pton(AF_INET6, name, addr) != 1)
		return false;
	if (slash) {
		if (slash[1] < '0' || slash[1] > '9')
			return false;
		bits = strtoul(slash + 1, &end, 10);
		if (*end || bits > (is_v4 ? 32 : 128))
			return false;
	} else {
		bits = is_v4 ? 32 : 128;
	}
	widen(out->addr, is_v4 ? AF_INET : AF_INET6, addr);
	out->bits = (uint8_t)(is_v4 ? bits + MAPPED_BITS : bits);
	return true;
}

/* The longest first, and of equal length the one that came first. */
static int insert(struct skw_zones *z, const struct skw_zone_prefix *prefix)
{
	size_t at = 0;

	if (z->prefixes_len == z->prefixes_size) {
		size_t size = z->prefixes_size ? z->prefixes_size * 2 : 16;
		struct skw_zone_prefix *all = reallocarray(z->prefixes, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		z->prefixes = all;
		z->prefixes_size = size;
	}
	while (at < z->prefixes_len && z->prefixes[at].bits >= prefix->bits)
		at++;
	memmove(&z->prefixes[at + 1], &z->prefixes[at],
		(z->prefixes_len - at) * sizeof(z->prefixes[0]));
	z->prefixes[at] = *prefix;
	z->prefixes_len++;
	return 0;
}

/* The number of a name, which may be new. Negative: there are too many. */
static int number_of(struct skw_zones *z, const char *name, size_t len)
{
	for (size_t i = 0; i < CLASSES; i++)
		if (strlen(class_names[i]) == len && !memcmp(class_names[i], name, len))
			return (int)i;
	for (size_t i = 0; i < z->len; i++)
		if (strlen(z->names[i]) == len && !memcmp(z->names[i], name, len))
			return (int)(i + CLASSES);
	if (z->len == SKW_ZONES_MAX)
		return -1;
	memcpy(z->names[z->len], name, len);
	z->names[z->len][len] = '\0';
	return (int)(z->len++ + CLASSES);
}

static int add_prefixes(struct skw_zones *z, uint8_t zone, const char *text, const char *list,
			struct skw_error *err)
{
	while (list) {
		struct skw_zone_prefix prefix = { .zone = zone };
		const char *comma = strchr(list, ',');
		size_t len = comma ? (size_t)(comma - list) : strlen(list);
		SKW_AUTO_FREE char *word = strndup(list, len);

		if (!word)
			return skw_error_set(err, -ENOMEM, "out of memory");
		if (!parse_prefix(word, &prefix))
			return skw_error_usage(err,
					       "--class %s: \"%s\" is no prefix such as "
					       "10.0.0.0/8 or 2001:db8::/32",
					       text, word);
		if (insert(z, &prefix))
			return skw_error_set(err, -ENOMEM, "out of memory");
		list = comma ? comma + 1 : NULL;
	}
	return 0;
}

int skw_zones_add(struct skw_zones *z, const char *text, struct skw_error *err)
{
	const char *equals = strchr(text, '=');
	size_t len = equals ? (size_t)(equals - text) : 0;

	if (!len || len > SKW_ZONE_NAME_LEN)
		return skw_error_usage(
			err,
			"--class %s: give NAME=PREFIX,..., for example "
			"dc1=10.1.0.0/16,2001:db8:1::/48 (a name has at most %d bytes)",
			text, SKW_ZONE_NAME_LEN);
	if (len == strlen("other") && !memcmp(text, "other", len))
		return skw_error_usage(err, "--class %s: \"other\" is what --max-series leaves",
				       text);
	int zone = number_of(z, text, len);

	if (zone < 0)
		return skw_error_usage(err, "--class: at most %d names", SKW_ZONES_MAX);
	return add_prefixes(z, (uint8_t)zone, text, equals + 1, err);
}

void skw_zones_free(struct skw_zones *z)
{
	free(z->prefixes);
	z->prefixes = NULL;
	z->prefixes_len = z->prefixes_size = 0;
}
