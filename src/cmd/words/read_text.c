// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/words/read_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

#define TEXT_BYTES_MAX (16u << 20)

int skw_read_text(const char *option, const char *name, const char *what, struct skw_buf *text,
		  struct skw_error *err)
{
	SKW_AUTO_FILE FILE *file = NULL;
	FILE *in = strcmp(name, "-") == 0 ? stdin : (file = fopen(name, "re"));
	size_t got;

	if (!in)
		return skw_error_usage(err, "%s %s: %s", option, name, strerror(errno));
	do {
		uint8_t *p = skw_buf_reserve(text, 4096);

		if (!p)
			return skw_error_set(err, -ENOMEM, "%s %s: out of memory", option, name);
		got = fread(p, 1, 4096, in);
		text->len += got;
	} while (got && text->len < TEXT_BYTES_MAX);
	if (ferror(in))
		return skw_error_usage(err, "%s %s: %s", option, name, strerror(errno));
	if (got || memchr(text->data, 0, text->len))
		return skw_error_usage(err, "%s %s: this is not %s", option, name, what);
	return 0;
}
