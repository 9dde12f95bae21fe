// SPDX-License-Identifier: BSD-2-Clause
/*
 * The expression language. Any bytes must be parsed, or refused with an error of a single line. A
 * parsed expression must give an answer for any row, and `not` the opposite answer. The bytes after
 * a NUL are the row.
 */
#include "expr/expr.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any two letters are a user and a service. */
static bool user(void *ctx, const char *name, uint32_t *out)
{
	(void)ctx;
	*out = (uint8_t)name[0];
	return strlen(name) == 2;
}

static bool service(void *ctx, const char *name, uint16_t *out)
{
	(void)ctx;
	*out = (uint8_t)name[1];
	return strlen(name) == 2;
}

static const struct skw_expr_names names = { user, service, NULL };

static char *copy_text(const char *before, const char *text, const char *after)
{
	size_t len = strlen(before) + strlen(text) + strlen(after);
	char *copy = malloc(len + 1);

	if (!copy)
		abort();
	strcpy(stpcpy(stpcpy(copy, before), text), after);
	return copy;
}

/* Makes a row with any figures and addresses, but valid strings. */
static struct skw_row row_of(const uint8_t *data, size_t size, struct skw_owners *owners)
{
	static struct skw_row_datagrams datagrams;
	struct skw_row row;

	memset(&datagrams, 0xff, sizeof(datagrams));
	memcpy(&datagrams, data, size < sizeof(datagrams) ? size : sizeof(datagrams));
	memset(&row, 0xff, sizeof(row));
	memcpy(&row, data, size < sizeof(row) ? size : sizeof(row));
	row.netns_name = "web";
	row.cgroup = row.cookie % 2 ? "/system.slice/nginx.service" : NULL;
	row.congestion = NULL;
	row.rtt_hist = NULL;
	row.datagrams = &datagrams;
	row.remote = NULL;
	row.owners = row.uid % 2 ? owners : NULL;
	return row;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = strnlen((const char *)data, size);
	size_t rest = len < size ? size - len - 1 : 0;
	struct skw_owners *owners = calloc(1, sizeof(*owners) + 2 * sizeof(owners->list[0]));
	char *text = malloc(len + 1);
	struct skw_expr *e = NULL, *negated = NULL;
	struct skw_error err = { 0 };

	if (!owners || !text)
		abort();
	memcpy(text, data, len);
	text[len] = '\0';
	owners->len = 2;
	strcpy(owners->list[0].comm, "nginx");
	struct skw_row row = row_of(data + size - rest, rest, owners);

	if (skw_expr_parse(text, &names, &e, &err)) {
		if (e || strncmp(err.text, "column ", 7) != 0 || strchr(err.text, '\033'))
			abort();
	} else {
		/* The additional level may exceed the limit of nesting. */
		char *not_text = copy_text("not (", text, ")");
		bool answer = skw_expr_matches(e, &row);

		if (!skw_expr_parse(not_text, &names, &negated, NULL) &&
		    skw_expr_matches(negated, &row) == answer)
			abort();
		free(not_text);
	}
	skw_expr_free(e);
	skw_expr_free(negated);
	free(text);
	free(owners);
	return 0;
}
