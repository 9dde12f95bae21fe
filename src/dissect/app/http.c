// SPDX-License-Identifier: BSD-2-Clause
/* HTTP/1, RFC 9112: prints the first line, or with -v all lines of text. */
#include "dissect/dissect.h"

#include <strings.h>

#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum { WORD_MAX = 128 };

/* The methods that tcpdump knows, among them those of WebDAV, but not PATCH. */
static const char *const methods[] = {
	"GET",
	"PUT",
	"COPY",
	"HEAD",
	"LOCK",
	"MOVE",
	"POLL",
	"POST",
	"BCOPY",
	"BMOVE",
	"MKCOL",
	"TRACE",
	"LABEL",
	"MERGE",
	"DELETE",
	"SEARCH",
	"UNLOCK",
	"REPORT",
	"UPDATE",
	"NOTIFY",
	"BDELETE",
	"CONNECT",
	"OPTIONS",
	"CHECKIN",
	"PROPFIND",
	"CHECKOUT",
	"CCM_POST",
	"SUBSCRIBE",
	"PROPPATCH",
	"BPROPFIND",
	"BPROPPATCH",
	"UNCHECKOUT",
	"MKACTIVITY",
	"MKWORKSPACE",
	"UNSUBSCRIBE",
	"RPC_CONNECT",
	"VERSION-CONTROL",
	"BASELINE-CONTROL",
};

static bool is_printable(uint8_t c)
{
	return c >= 0x20 && c < 0x7f;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Returns the length of the word of printable characters at *at, and moves *at to the next word of
 * the line. Returns 0 if there is no word, if the word has more than max bytes, or if the capture
 * ends within it.
 */
static uint32_t next_word(struct skw_bytes b, uint32_t *at, uint32_t max)
{
	uint32_t pos = *at;

	for (; pos < b.len; pos++) {
		if (pos >= b.caplen)
			return 0;
		if (is_blank(b.p[pos]) || b.p[pos] & 0x80)
			break;
		if (!is_printable(b.p[pos]) || pos - *at >= max)
			return 0;
	}

	uint32_t n = pos - *at;

	while (pos < b.caplen && b.p[pos] == ' ')
		pos++;
	*at = pos;
	return n;
}

static bool is_method(const uint8_t *p, uint32_t n)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(methods); i++) {
		if (strlen(methods[i]) == n && strncasecmp(methods[i], (const char *)p, n) == 0)
			return true;
	}
	return false;
}

/* Whether the text begins with a method, or with any word and a status code. */
static bool is_start(struct skw_bytes b)
{
	uint32_t at = 0;
	uint32_t n = next_word(b, &at, WORD_MAX);

	if (!n)
		return false;
	if (is_method(b.p, n))
		return true;

	const uint8_t *code = b.p + at;

	if (next_word(b, &at, 3) != 3)
		return false;
	for (int i = 0; i < 3; i++) {
		if (code[i] < '0' || code[i] > '9')
			return false;
	}
	return true;
}

/*
 * Prints the line at *at if it consists of printable characters and tabs, and moves on. Returns
 * false if no line follows, because the text ends here or was not captured.
 */
static bool print_line(struct skw_dissect *d, struct skw_bytes b, uint32_t *at, const char *before)
{
	uint32_t pos = *at, next = 0;

	for (; pos < b.caplen; pos++) {
		uint8_t c = b.p[pos];

		if (c == '\n') {
			next = pos + 1;
			break;
		}
		if (c == '\r') {
			if (skw_bytes_has(b, pos, 2) ? b.p[pos + 1] != '\n' : pos + 1 >= b.len)
				return false;
			if (!skw_bytes_has(b, pos, 2))
				break;
			next = pos + 2;
			break;
		}
		if (!is_printable(c) && c != '\t')
			return false;
	}
	/* An unfinished line is printed if the segment ends here, but not if the capture does. */
	if (next || b.caplen == b.len) {
		skw_buf_add_str(d->out, before);
		skw_buf_add(d->out, b.p + *at, pos - *at);
	}
	if (!next) {
		skw_dissect_cut(d, "http");
		return false;
	}
	*at = next;
	return next < b.len;
}

/* Whether the first line names HTTP/1, which is sufficient to recognize it on any port. */
static bool names_version(struct skw_bytes b)
{
	static const char version[] = { 'H', 'T', 'T', 'P', '/', '1', '.' };

	for (uint32_t at = 0; skw_bytes_has(b, at, sizeof(version)); at++) {
		if (!is_printable(b.p[at]))
			return false;
		if (memcmp(b.p + at, version, sizeof(version)) == 0)
			return at == 0 || b.p[at - 1] == ' ';
	}
	return false;
}

bool skw_dissect_http(struct skw_dissect *d, struct skw_bytes b, bool known_port)
{
	bool start = is_start(b);
	uint32_t at = 0;

	if (!known_port && !(start && names_version(b)))
		return false;
	skw_buf_add_str(d->out, ": HTTP");
	if (!start)
		return true;
	if (!d->opt->verbose) {
		print_line(d, b, &at, ": ");
		return true;
	}
	skw_text_field(d->out, ", length: ", b.len);
	for (bool more = true; more;)
		more = print_line(d, b, &at, "\n\t");
	return true;
}
