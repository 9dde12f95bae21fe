// SPDX-License-Identifier: BSD-2-Clause
#include "filter/direction.h"

#include <ctype.h>
#include <string.h>

#include "util/cleanup.h"

/* libpcap takes these as names wherever it takes the words. Its optimiser leaves them in. */
#define ALWAYS "(len >= 0)"
#define NEVER  "(len < 0)"

static const struct {
	const char *word;
	enum skw_direction direction;
} words[] = { { "inbound", SKW_DIR_IN }, { "outbound", SKW_DIR_OUT } };

/* The characters of names, as libpcap's scanner has them. A backslash makes a name of any word. */
static bool is_of_name(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.' || c == '\\';
}

/* The index in words[] of the whole name of `len` characters, or the number of words. */
static size_t find_word(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < SKW_ARRAY_SIZE(words); i++)
		if (strlen(words[i].word) == len && memcmp(name, words[i].word, len) == 0)
			break;
	return i;
}

bool skw_direction_replace(const char *expr, enum skw_direction direction, struct skw_buf *out)
{
	bool found = false;

	while (*expr) {
		size_t len = 0;

		while (is_of_name(expr[len]))
			len++;
		size_t i = find_word(expr, len);
		if (i < SKW_ARRAY_SIZE(words)) {
			skw_buf_add_str(out, words[i].direction == direction ? ALWAYS : NEVER);
			found = true;
		} else {
			len = len ? len : 1;
			skw_buf_add(out, expr, len);
		}
		expr += len;
	}
	skw_buf_add_char(out, '\0');
	return found;
}
