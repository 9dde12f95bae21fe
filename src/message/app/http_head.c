// SPDX-License-Identifier: BSD-2-Clause
#include "message/app/http_head.h"

#include <string.h>
#include <strings.h>

#define METHOD_MAX 24
#define VERSION    "HTTP/1."

static bool is_method_char(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* The length of the method with its space. 0: there is none; *more: there may be. */
static uint32_t method_len(struct skw_bytes b, bool *more)
{
	uint32_t n = 0;

	while (n < b.caplen && n < METHOD_MAX && is_method_char(b.p[n]))
		n++;
	*more = n == b.caplen && n < METHOD_MAX;
	return n && n < b.caplen && b.p[n] == ' ' ? n + 1 : 0;
}

/* Where the bytes have this text; caplen: nowhere. */
static uint32_t find(struct skw_bytes b, const char *text)
{
	uint32_t n = (uint32_t)strlen(text);

	for (uint32_t at = 0; skw_bytes_has(b, at, n); at++)
		if (b.p[at] == (uint8_t)text[0] && memcmp(b.p + at, text, n) == 0)
			return at;
	return b.caplen;
}

/* Nothing else begins with these, so the version need not be seen. */
static bool is_common(struct skw_bytes b)
{
	static const char *const begins[] = { "GET /",  "POST /",    "PUT /",
					      "HEAD /", "DELETE /",  "PATCH /",
					      "GET h",  "OPTIONS /", "CONNECT " };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (b.caplen >= strlen(begins[i]) && memcmp(b.p, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

enum skw_recogniser_verdict skw_http_head_is_request(struct skw_bytes b)
{
	bool more;
	uint32_t method = method_len(b, &more), end = find(b, "\n");

	if (!method)
		return more ? SKW_RECOGNISER_MORE : SKW_RECOGNISER_NO;
	if (end == b.caplen && b.caplen < SKW_RECOGNISER_PROBE_BYTES)
		return SKW_RECOGNISER_MORE;
	if (end == b.caplen)
		return is_common(b) ? SKW_RECOGNISER_CLIENT_0 : SKW_RECOGNISER_NO;
	return find(skw_bytes_first(b, end), " " VERSION) < end ? SKW_RECOGNISER_CLIENT_0
								: SKW_RECOGNISER_NO;
}

enum skw_recogniser_verdict skw_http_head_is_answer(struct skw_bytes b)
{
	uint32_t n = b.caplen < strlen(VERSION) ? b.caplen : (uint32_t)strlen(VERSION);

	if (n && memcmp(b.p, VERSION, n) != 0)
		return SKW_RECOGNISER_NO;
	if (b.caplen < 12)
		return SKW_RECOGNISER_MORE;
	return b.p[8] == ' ' && b.p[9] >= '1' && b.p[9] <= '9' ? SKW_RECOGNISER_CLIENT_0
							       : SKW_RECOGNISER_NO;
}

/* ---- start lines ---- */

static struct skw_bytes without_end(struct skw_bytes line)
{
	while (line.caplen == line.len && line.caplen &&
	       (line.p[line.caplen - 1] == '\n' || line.p[line.caplen - 1] == '\r'))
		line = skw_bytes_first(line, line.caplen - 1);
	return line;
}

/* The path of "http://user:password@host/path?query", without what may be a secret. */
static struct skw_bytes public_part(struct skw_bytes target)
{
	uint32_t scheme = find(target, "://"), end = 0;

	if (scheme < target.caplen && scheme < 8) {
		target = skw_bytes_skip(target, scheme + 3);
		target = skw_bytes_skip(target, find(target, "/"));
	}
	while (end < target.caplen && target.p[end] != '?' && target.p[end] != '#' &&
	       target.p[end] != ';')
		end++;
	return skw_bytes_first(target, end);
}

bool skw_http_head_request(struct skw_bytes line, bool content, struct skw_talk_part *part)
{
	bool more, cut = line.caplen < line.len;
	uint32_t method = method_len(line, &more), end;
	struct skw_bytes target;

	line = without_end(line);
	end = find(line, " " VERSION);
	/* A line that is too long has its version behind what was kept. */
	if (!method || (end == line.caplen && !cut) || end < method)
		return false;
	target = skw_bytes_skip(skw_bytes_first(line, end), method);
	skw_talk_part_text(part, line.p, method);
	if (method == 8 && memcmp(line.p, "CONNECT", 7) == 0)
		part->note = SKW_HTTP_CONNECT;
	else if (method == 5 && memcmp(line.p, "HEAD", 4) == 0)
		part->note = SKW_HTTP_HEAD;
	if (!content)
		target = public_part(target);
	skw_talk_part_text(part, target.p, target.caplen);
	return true;
}

unsigned skw_http_head_status(struct skw_bytes line, struct skw_talk_part *part)
{
	unsigned status = 0;

	if (line.caplen < 12 || memcmp(line.p, VERSION, strlen(VERSION)) != 0 || line.p[8] != ' ')
		return 0;
	for (unsigned i = 9; i < 12; i++) {
		if (line.p[i] < '0' || line.p[i] > '9')
			return 0;
		status = status * 10 + line.p[i] - '0';
	}
	if (status < 100)
		return 0;
	skw_talk_part_text(part, line.p + 9, 3);
	part->error = status >= 400;
	return status;
}

/* ---- header fields ---- */

/* The value of a field with this name (with its colon), without blanks around it. */
static bool is_field(struct skw_bytes line, const char *name, struct skw_bytes *value)
{
	size_t n = strlen(name);

	if (line.caplen < n || strncasecmp((const char *)line.p, name, n) != 0)
		return false;
	*value = without_end(skw_bytes_skip(line, (uint32_t)n));
	while (value->caplen && (*value->p == ' ' || *value->p == '\t'))
		*value = skw_bytes_skip(*value, 1);
	while (value->caplen && value->p[value->caplen - 1] == ' ')
		*value = skw_bytes_first(*value, value->caplen - 1);
	return true;
}

static void read_length(struct skw_bytes value, struct skw_http_head *h)
{
	uint64_t length = 0;

	for (uint32_t i = 0; i < value.caplen; i++) {
		if (value.p[i] < '0' || value.p[i] > '9' || length > UINT64_MAX / 100)
			return;
		length = length * 10 + value.p[i] - '0';
	}
	h->has_length = value.caplen > 0;
	h->length = length;
}

static void read_coding(struct skw_bytes value, struct skw_http_head *h)
{
	h->chunked = value.caplen >= 7 &&
		     strncasecmp((const char *)value.p + value.caplen - 7, "chunked", 7) == 0;
	h->coded = !h->chunked;
}

bool skw_http_head_line(struct skw_bytes line, struct skw_http_head *h)
{
	struct skw_bytes value;

	if (line.len <= 2 && without_end(line).caplen == 0)
		return true;
	if (is_field(line, "content-length:", &value))
		read_length(value, h);
	else if (is_field(line, "transfer-encoding:", &value))
		read_coding(value, h);
	return false;
}

/* The value of a hexadecimal digit; -1: it is none. */
static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool skw_http_head_chunk(struct skw_bytes line, uint64_t *size)
{
	uint64_t n = 0;
	uint32_t i = 0;

	for (; i < line.caplen && i < 16; i++) {
		int digit = digit_of(line.p[i]);

		if (digit < 0)
			break;
		n = n << 4 | (uint64_t)digit;
	}
	/* Larger ones than any body would only overflow sums. */
	if (!i || i == 16 || i == line.caplen)
		return false;
	*size = n;
	return true;
}
