// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/words/filter_text.h"

#include <errno.h>
#include <stdbool.h>

#include "cmd/words/read_text.h"
#include "util/buf.h"

/* Replaces each comment, from # to the end of its line, by spaces, as tcpdump does. */
static void blank_comments(struct skw_buf *text)
{
	bool in_comment = false;

	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == '\n')
			in_comment = false;
		else if (text->data[i] == '#')
			in_comment = true;
		if (in_comment)
			text->data[i] = ' ';
	}
}

int skw_filter_text(const char *file, char *const *words, size_t n, char **text,
		    struct skw_error *err)
{
	struct skw_buf all = SKW_BUF_INIT;
	int ret = 0;

	if (file && n)
		ret = skw_error_usage(err, "%s: -F %s has the filter already", words[0], file);
	else if (file)
		ret = skw_read_text("-F", file, "a filter expression", &all, err);
	blank_comments(&all);
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
