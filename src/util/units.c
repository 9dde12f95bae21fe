// SPDX-License-Identifier: BSD-2-Clause
#include "util/units.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "util/cleanup.h"

/* Parses the digits at *text and moves *text after them. */
static bool take_uint(const char **text, uint64_t *out)
{
	const char *p = *text;
	uint64_t value = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return false;
	if (p == *text)
		return false;
	*text = p;
	*out = value;
	return true;
}

bool skw_units_parse_uint(const char *text, uint64_t *out)
{
	uint64_t value;

	if (!take_uint(&text, &value) || *text)
		return false;
	*out = value;
	return true;
}

bool skw_units_parse_port(const char *text, uint16_t *out)
{
	uint64_t port;

	if (!skw_units_parse_uint(text, &port) || port > UINT16_MAX)
		return false;
	*out = (uint16_t)port;
	return true;
}

bool skw_units_parse_size(const char *text, uint64_t plain, uint64_t *bytes)
{
	static const struct {
		const char *name;
		uint64_t factor;
	} units[] = { { "k", 1ULL << 10 }, { "M", 1ULL << 20 }, { "G", 1ULL << 30 } };
	uint64_t value, factor = plain;

	if (!take_uint(&text, &value))
		return false;
	for (size_t i = 0; *text; i++) {
		if (i == SKW_ARRAY_SIZE(units))
			return false;
		if (strcasecmp(text, units[i].name) == 0) {
			factor = units[i].factor;
			break;
		}
	}
	if (__builtin_mul_overflow(value, factor, &value))
		return false;
	*bytes = value;
	return true;
}

bool skw_units_parse_duration(const char *text, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "", 1000000000ULL },     { "us", 1000ULL },       { "ms", 1000000ULL },
		      { "s", 1000000000ULL },    { "m", 60000000000ULL }, { "h", 3600000000000ULL },
		      { "d", 86400000000000ULL } };
	uint64_t whole = 0, part = 0, scale = 1;
	bool digits = take_uint(&text, &whole);

	if (*text == '.') {
		for (text++; *text >= '0' && *text <= '9' && scale < 1000000; text++) {
			part = part * 10 + (uint64_t)(*text - '0');
			scale *= 10;
			digits = true;
		}
	}
	for (size_t i = 0; digits && i < SKW_ARRAY_SIZE(units); i++) {
		uint64_t value;

		if (strcmp(text, units[i].name) != 0)
			continue;
		if (__builtin_mul_overflow(whole, units[i].ns, &value) ||
		    __builtin_add_overflow(value, units[i].ns / scale * part, &value))
			return false;
		*ns = value;
		return true;
	}
	return false;
}
