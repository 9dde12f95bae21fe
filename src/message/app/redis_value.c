// SPDX-License-Identifier: BSD-2-Clause
#include "message/app/redis_value.h"

#include <string.h>

#include "message/app/words.h"

#define TYPES   "+-:$*_#,(!=%~>|"
#define STRINGS "$!="
#define GROUPS  "*~>%|"
#define PAIRS   "%|"

static bool is_one_of(const char *types, uint8_t type)
{
	return type && strchr(types, type);
}

void skw_redis_value_reset(struct skw_redis_value *v)
{
	skw_gather_free(&v->line);
	*v = (struct skw_redis_value){ 0 };
}

bool skw_redis_value_number(struct skw_bytes line, int64_t *number)
{
	struct skw_bytes text;
	uint64_t n = 0;

	if (line.caplen < 4 || line.caplen < line.len || line.p[line.caplen - 2] != '\r' ||
	    line.p[line.caplen - 1] != '\n')
		return false;
	text = skw_bytes_first(skw_bytes_skip(line, 1), line.caplen - 3);
	*number = -1;
	if (text.caplen == 2 && memcmp(text.p, "-1", 2) == 0)
		return true;
	if (text.caplen > 12 || !skw_words_number(text, &n))
		return false;
	*number = (int64_t)n;
	return true;
}

static enum skw_redis_step take_line(struct skw_redis_value *v, struct skw_bytes line,
				     struct skw_bytes *text)
{
	char type = (char)*line.p;
	bool string = is_one_of(STRINGS, *line.p), group = is_one_of(GROUPS, *line.p);
	int64_t number = 0;

	if ((string || group) && !skw_redis_value_number(line, &number))
		return SKW_REDIS_BAD;
	if (!v->missing)
		v->missing = 1;
	/* Attributes ('|') stand in front of the value that they belong to. */
	if (v->type) {
		v->nth++;
	} else if (v->missing == 1 && type != '|') {
		v->type = type;
		v->number = number;
	}
	if (string && number >= 0)
		v->left = (uint64_t)number + 2;
	else if (type != '|')
		v->missing--;
	if (group && number > 0)
		v->missing += (uint64_t)number * (is_one_of(PAIRS, *line.p) ? 2 : 1);
	*text = skw_words_line(skw_bytes_skip(line, 1));
	return SKW_REDIS_LINE;
}

static enum skw_redis_step take_string(struct skw_redis_value *v, struct skw_bytes *b,
				       struct skw_bytes *text)
{
	uint32_t n = v->left < b->caplen ? (uint32_t)v->left : b->caplen;
	uint64_t inner = v->left > 2 ? v->left - 2 : 0;

	*text = skw_bytes_first(*b, inner < n ? (uint32_t)inner : n);
	*b = skw_bytes_skip(*b, n);
	v->left -= n;
	if (!v->left)
		v->missing--;
	return SKW_REDIS_STRING;
}

bool skw_redis_value_hole(struct skw_redis_value *v, uint64_t len)
{
	if (len > v->left)
		return false;
	v->left -= len;
	if (!v->left)
		v->missing--;
	return true;
}

enum skw_redis_step skw_redis_value_step(struct skw_redis_value *v, struct skw_bytes *b,
					 struct skw_bytes *text)
{
	struct skw_bytes line;

	if (!v->missing && v->type)
		return SKW_REDIS_END;
	if (!b->caplen)
		return SKW_REDIS_MORE;
	if (v->left)
		return take_string(v, b, text);
	if ((!v->line.len || v->line.given) && !is_one_of(TYPES, *b->p))
		return SKW_REDIS_BAD;
	if (!skw_gather_line(&v->line, b, &line))
		return SKW_REDIS_MORE;
	/* Without memory the type is not known. */
	return line.caplen ? take_line(v, line, text) : SKW_REDIS_BAD;
}
