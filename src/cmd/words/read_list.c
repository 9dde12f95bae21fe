// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/words/read_list.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/words/read_text.h"
#include "util/buf.h"

int skw_read_list_add(struct skw_read_list *list, const char *name)
{
	const char **names = reallocarray(list->names, list->len + 1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	list->names = names;
	names[list->len++] = name;
	return 0;
}

/* Appends the names in the file, one a line. Empty lines are skipped. */
static int add_from(struct skw_read_list *list, const char *file, struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;
	size_t before = list->len;
	int ret = skw_read_text("-V", file, "a list of files; -r reads a capture file", &text, err);

	if (!ret)
		skw_buf_add_char(&text, '\0');
	if (!ret && text.failed)
		ret = skw_error_set(err, -ENOMEM, "-V %s: out of memory", file);
	if (ret) {
		skw_buf_free(&text);
		return ret;
	}
	list->text = (char *)text.data;
	char *rest = NULL;
	for (char *name = strtok_r(list->text, "\n", &rest); !ret && name;
	     name = strtok_r(NULL, "\n", &rest))
		ret = skw_read_list_add(list, name);
	if (ret)
		return skw_error_set(err, ret, "-V %s: out of memory", file);
	return list->len > before ? 0 : skw_error_usage(err, "-V %s: it names no file", file);
}

static bool is_stdin(const char *name)
{
	return name && strcmp(name, "-") == 0;
}

int skw_read_list_choose(struct skw_read_list *list, const char *list_file, const char *filter_file,
			 struct skw_error *err)
{
	size_t on_stdin = is_stdin(list_file) + is_stdin(filter_file);
	int ret = 0;

	if (list_file && list->len)
		return skw_error_usage(err, "-V and -r both name files to read: give one of them");
	if (list_file)
		ret = add_from(list, list_file, err);
	if (ret)
		return ret;
	for (size_t i = 0; i < list->len; i++)
		on_stdin += is_stdin(list->names[i]);
	if (on_stdin < 2)
		return 0;
	return skw_error_usage(err, "- is standard input, which can be read only once: give it to "
				    "one of -r, -V and -F");
}

int skw_read_list_choose_alone(struct skw_read_list *list, const char *ignored,
			       struct skw_error *err)
{
	int ret = skw_read_list_choose(list, NULL, NULL, err);

	if (!ret && list->len && ignored)
		return skw_error_usage(err, "-r reads a file: %s does not apply", ignored);
	return ret;
}

void skw_read_list_free(struct skw_read_list *list)
{
	free(list->names);
	free(list->text);
}
