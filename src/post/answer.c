// SPDX-License-Identifier: BSD-2-Clause
#include "post/answer.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define RETRY_MAX_S 3600

enum { START, FIELDS, BODY, UNTIL_CLOSE, SIZE, CHUNK, CHUNK_END, TRAILER };

void skw_post_answer_begin(struct skw_post_answer *a)
{
	*a = (struct skw_post_answer){ .state = START };
}

/* ---- the head ---- */

/* "HTTP/1.1 200 OK"; the reason may be missing. */
static enum skw_post_verdict take_status(struct skw_post_answer *a)
{
	const char *p = a->line;

	if (strncmp(p, "HTTP/1.", 7) != 0 || !isdigit((unsigned char)p[7]) || p[8] != ' ')
		return SKW_POST_BROKEN;
	a->closes = p[7] == '0';
	for (p += 8; *p == ' '; p++)
		;
	if (p[0] < '1' || p[0] > '9' || !isdigit((unsigned char)p[1]) ||
	    !isdigit((unsigned char)p[2]) || (p[3] && p[3] != ' '))
		return SKW_POST_BROKEN;
	a->status = (unsigned)((p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
	a->state = FIELDS;
	return SKW_POST_MORE;
}

/* A number of digits only; false if there is something else, or if it is too large. */
static bool read_decimal(const char *p, uint64_t *out)
{
	uint64_t n = 0;

	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p); p++) {
		if (n > UINT64_MAX / 10 - 1)
			return false;
		n = 10 * n + (uint64_t)(*p - '0');
	}
	*out = n;
	return !*p;
}

/* Whether the list, with commas between its words, has this word. */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (*list) {
		list += strspn(list, " \t,");
		size_t n = strcspn(list, ",");
		size_t used = n;

		while (used && (list[used - 1] == ' ' || list[used - 1] == '\t'))
			used--;
		if (used == len && strncasecmp(list, word, len) == 0)
			return true;
		list += n;
	}
	return false;
}

static bool is_field(const char *line, size_t name_len, const char *name)
{
	return strlen(name) == name_len && strncasecmp(line, name, name_len) == 0;
}

static enum skw_post_verdict take_length(struct skw_post_answer *a, const char *value)
{
	uint64_t length;

	/* Two lengths that differ are an attack, or nonsense (RFC 9112, section 6.3). */
	if (!read_decimal(value, &length) || (a->has_length && length != a->left))
		return SKW_POST_BROKEN;
	a->has_length = true;
	a->left = length;
	return SKW_POST_MORE;
}

static void take_retry(struct skw_post_answer *a, const char *value)
{
	uint64_t seconds;

	/* A date is not looked at: the answer then has the usual delay. */
	if (!read_decimal(value, &seconds))
		return;
	a->has_retry = true;
	a->retry_after_s = seconds < RETRY_MAX_S ? (uint32_t)seconds : RETRY_MAX_S;
}

static enum skw_post_verdict take_field(struct skw_post_answer *a)
{
	size_t len = strlen(a->line);
	const char *colon = strchr(a->line, ':');
	size_t name_len = colon ? (size_t)(colon - a->line) : 0;
	const char *value;

	if (!name_len)
		return SKW_POST_BROKEN;
	while (a->line[len - 1] == ' ' || a->line[len - 1] == '\t')
		a->line[--len] = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	if (is_field(a->line, name_len, "Content-Length"))
		return take_length(a, value);
	if (is_field(a->line, name_len, "Transfer-Encoding")) {
		/* Another coding than chunks can't be read, so its end is that of the connection.
		 */
		a->chunked = has_word(value, "chunked");
		a->closes = a->closes || !a->chunked;
	} else if (is_field(a->line, name_len, "Connection")) {
		if (has_word(value, "close"))
			a->closes = true;
		else if (has_word(value, "keep-alive"))
			a->closes = false;
	} else if (is_field(a->line, name_len, "Retry-After")) {
		take_retry(a, value);
	}
	return SKW_POST_MORE;
}

/* Which body follows (RFC 9112, section 6.3). */
static enum skw_post_verdict end_head(struct skw_post_answer *a)
{
	/* An interim answer, such as 100: the answer itself is still to come. */
	if (a->status < 200 && a->status != 101) {
		skw_post_answer_begin(a);
		a->begun = true;
		return SKW_POST_MORE;
	}
	if (a->status == 101)
		return SKW_POST_BROKEN;
	if (a->status == 204 || a->status == 304)
		return SKW_POST_DONE;
	if (a->chunked) {
		a->state = SIZE;
		return SKW_POST_MORE;
	}
	if (a->has_length) {
		a->state = BODY;
		return a->left ? SKW_POST_MORE : SKW_POST_DONE;
	}
	a->closes = true;
	a->state = UNTIL_CLOSE;
	return SKW_POST_MORE;
}

/* ---- the body ---- */

static void hear(struct skw_post_answer *a, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len && !a->said_ends; i++) {
		if (bytes[i] == '\n' || bytes[i] == '\r') {
			a->said_ends = a->said_len > 0;
		} else if (a->said_len < SKW_POST_SAID_MAX) {
			a->said[a->said_len++] = (char)(bytes[i] ? bytes[i] : ' ');
		}
	}
}

static enum skw_post_verdict take_size(struct skw_post_answer *a)
{
	const char *p = a->line;
	uint64_t n = 0;

	if (!isxdigit((unsigned char)*p))
		return SKW_POST_BROKEN;
	for (; isxdigit((unsigned char)*p); p++) {
		if (n >> 59)
			return SKW_POST_BROKEN;
		n = n << 4 |
		    (uint64_t)(isdigit((unsigned char)*p) ? *p - '0'
							  : tolower((unsigned char)*p) - 'a' + 10);
	}
	if (*p && *p != ';' && *p != ' ' && *p != '\t')
		return SKW_POST_BROKEN;
	a->left = n;
	a->state = n ? CHUNK : TRAILER;
	return SKW_POST_MORE;
}

/* ---- pieces ---- */

static enum skw_post_verdict take_line(struct skw_post_answer *a)
{
	/* A server may send an empty line before its answer. */
	switch (a->state) {
	case START:
		return a->line[0] ? take_status(a) : SKW_POST_MORE;
	case FIELDS:
		return a->line[0] ? take_field(a) : end_head(a);
	case SIZE:
		return take_size(a);
	case CHUNK_END:
		a->state = SIZE;
		return a->line[0] ? SKW_POST_BROKEN : SKW_POST_MORE;
	default: /* TRAILER */
		return a->line[0] ? SKW_POST_MORE : SKW_POST_DONE;
	}
}

/* Takes a part of a line. *used becomes the number of bytes. */
static enum skw_post_verdict feed_line(struct skw_post_answer *a, const uint8_t *bytes, size_t len,
				       size_t *used)
{
	const uint8_t *end = memchr(bytes, '\n', len);
	size_t n = end ? (size_t)(end - bytes) : len;
	size_t room = a->line_len < SKW_POST_LINE_MAX ? SKW_POST_LINE_MAX - a->line_len : 0;

	memcpy(a->line + (SKW_POST_LINE_MAX - room), bytes, n < room ? n : room);
	a->line_len += n;
	a->head_bytes += n + (end != NULL);
	*used = n + (end != NULL);
	if (a->head_bytes > SKW_POST_HEAD_MAX)
		return SKW_POST_BROKEN;
	if (!end)
		return SKW_POST_MORE;
	size_t kept = a->line_len < SKW_POST_LINE_MAX ? a->line_len : SKW_POST_LINE_MAX;
	if (kept && a->line[kept - 1] == '\r')
		kept--;
	a->line[kept] = '\0';
	/* A zero byte would hide the rest of the line. */
	if (memchr(a->line, '\0', kept))
		return SKW_POST_BROKEN;
	a->line_len = 0;
	return take_line(a);
}

static enum skw_post_verdict feed_body(struct skw_post_answer *a, const uint8_t *bytes, size_t len,
				       size_t *used)
{
	size_t n = a->state != UNTIL_CLOSE && a->left < len ? (size_t)a->left : len;

	hear(a, bytes, n);
	*used = n;
	if (a->state == UNTIL_CLOSE)
		return SKW_POST_MORE;
	a->left -= n;
	if (a->left)
		return SKW_POST_MORE;
	if (a->state == BODY)
		return SKW_POST_DONE;
	a->state = CHUNK_END;
	/* The head is over: the lines between chunks have no limit together. */
	a->head_bytes = 0;
	return SKW_POST_MORE;
}

enum skw_post_verdict skw_post_answer_take(struct skw_post_answer *a, const uint8_t *bytes,
					   size_t len)
{
	enum skw_post_verdict verdict = SKW_POST_MORE;

	a->begun = a->begun || len > 0;
	while (len && verdict == SKW_POST_MORE) {
		bool is_body = a->state == BODY || a->state == UNTIL_CLOSE || a->state == CHUNK;
		size_t used;

		verdict =
			is_body ? feed_body(a, bytes, len, &used) : feed_line(a, bytes, len, &used);
		bytes += used;
		len -= used;
	}
	if (verdict == SKW_POST_DONE && len)
		a->closes = true;
	return verdict;
}

enum skw_post_verdict skw_post_answer_end(struct skw_post_answer *a)
{
	return a->state == UNTIL_CLOSE ? SKW_POST_DONE : SKW_POST_BROKEN;
}
