// SPDX-License-Identifier: BSD-2-Clause
#include "message/app/words.h"

#include <string.h>

bool skw_words_have(const char *list, const void *word, size_t len)
{
	for (const char *end; len && (end = strchr(list, ' ')); list = end + 1)
		if ((size_t)(end - list) == len && memcmp(list, word, len) == 0)
			return true;
	return false;
}

bool skw_words_begin(const char *list, struct skw_bytes b)
{
	for (const char *end; (end = strchr(list, ' ')); list = end + 1) {
		size_t n = (size_t)(end - list) + 1;

		if (memcmp(list, b.p, n < b.caplen ? n : b.caplen) == 0)
			return true;
	}
	return false;
}

struct skw_bytes skw_words_next(struct skw_bytes *line)
{
	uint32_t n = 0;
	struct skw_bytes word;

	while (line->caplen && *line->p == ' ')
		*line = skw_bytes_skip(*line, 1);
	while (n < line->caplen && line->p[n] != ' ')
		n++;
	word = skw_bytes_first(*line, n);
	*line = skw_bytes_skip(*line, n);
	return word;
}

struct skw_bytes skw_words_line(struct skw_bytes line)
{
	while (line.caplen == line.len && line.caplen &&
	       (line.p[line.caplen - 1] == '\n' || line.p[line.caplen - 1] == '\r'))
		line = skw_bytes_first(line, line.caplen - 1);
	return line;
}

bool skw_words_number(struct skw_bytes word, uint64_t *n)
{
	*n = 0;
	for (uint32_t i = 0; i < word.caplen; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
		*n = *n * 10 + word.p[i] - '0';
	}
	return word.caplen > 0 && word.caplen <= 18;
}
