// SPDX-License-Identifier: BSD-2-Clause
#include "metrics/accept.h"

#include <string.h>
#include <strings.h>

/* Weights are in thousandths. */
#define FULL 1000

static const char *skip_spaces(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

/* "0.75" and the like. */
static int weight_of(const char *at, const char *end)
{
	int weight = 0, digit = FULL;

	for (; at < end && (*at == '.' || (*at >= '0' && *at <= '9')); at++) {
		if (*at == '.')
			continue;
		weight += (*at - '0') * digit;
		digit /= 10;
	}
	return weight > FULL ? FULL : weight;
}

/* The weight among the parameters of a media type, which begin with a semicolon. */
static int parameters(const char *at, const char *end)
{
	while ((at = memchr(at, ';', (size_t)(end - at)))) {
		at = skip_spaces(at + 1, end);
		if (end - at > 2 && (*at == 'q' || *at == 'Q') && at[1] == '=')
			return weight_of(at + 2, end);
	}
	return FULL;
}

static bool is_type(const char *at, const char *end, const char *type)
{
	size_t len = strlen(type);

	return (size_t)(end - at) >= len && !strncasecmp(at, type, len) &&
	       (at + len == end || strchr("; \t", at[len]));
}

enum skw_exposition_form skw_accept_form(const char *header)
{
	int open = 0, plain = 0;

	while (header && *header) {
		const char *end = header + strcspn(header, ",");
		const char *at = skip_spaces(header, end);
		int weight = parameters(at, end);

		if (is_type(at, end, "application/openmetrics-text") && weight > open)
			open = weight;
		if (is_type(at, end, "text/plain") && weight > plain)
			plain = weight;
		header = *end ? end + 1 : end;
	}
	return open && open >= plain ? SKW_EXPOSITION_OPENMETRICS : SKW_EXPOSITION_PROMETHEUS;
}
