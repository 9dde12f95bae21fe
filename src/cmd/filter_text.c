// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/filter_text.h"

#include <errno.h>
#include <string.h>

#include "util/buf.h"
#include "util/cleanup.h"

#define FILTER_BYTES_MAX (16u << 20)

static int read_filter_file(const char *name, struct skw_buf *text, struct skw_error *err)
{
	SKW_AUTO_FILE FILE *file = NULL;
	FILE *in = strcmp(name, "-") == 0 ? stdin : (file = fopen(name, "re"));
	size_t got;

	if (!in)
		return skw_error_usage(err, "-F %s: %s", name, strerror(errno));
	do {
		uint8_t *p = skw_buf_reserve(text, 4096);

		if (!p)
			return skw_error_set(err, -ENOMEM, "-F %s: out of memory", name);
		got = fread(p, 1, 4096, in);
		text->len += got;
	} while (got && text->len < FILTER_BYTES_MAX);
	if (ferror(in))
		return skw_error_usage(err, "-F %s: %s", name, strerror(errno));
	if (got || memchr(text->data, 0, text->len))
		return skw_error_usage(err, "-F %s: this is not a filter expression", name);
	return 0;
}

int skw_filter_text(const char *file, char *const *words, size_t n, char **text,
		    struct skw_error *err)
{
	struct skw_buf all = SKW_BUF_INIT;
	int ret = 0;

	if (file && n)
		ret = skw_error_usage(err, "%s: -F %s has the filter already", words[0], file);
	else if (file)
		ret = read_filter_file(file, &all, err);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			skw_buf_add_char(&all, ' ');
		skw_buf_add_str(&all, words[i]);
	}
	skw_buf_add_char(&all, '\0');
	if (!ret && all.failed)
		ret = skw_error_set(err, -ENOMEM, "filter: out of memory");
	if (ret) {
		skw_buf_free(&all);
		return ret;
	}
	*text = (char *)all.data;
	return 0;
}
