// SPDX-License-Identifier: BSD-2-Clause
#include "asked/text.h"

#include <string.h>

enum {
	LABEL_KIND = 0xc0, /* the upper two bits of a label's first byte; their values: */
	LABEL_TEXT = 0x00,
	LABEL_POINTER = 0xc0,
	POINTERS_MAX = 127, /* no name has more labels */
};

/* ---- reading ---- */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* Appends a label with its length. */
static bool add_label(struct skw_asked_wire *out, struct skw_bytes msg, uint32_t at)
{
	uint32_t n = 1U + msg.p[at];

	if (!skw_bytes_has(msg, at, n) || out->len + n > sizeof(out->bytes))
		return false;
	for (uint32_t i = 0; i < n; i++)
		out->bytes[out->len + i] = i ? lower(msg.p[at + i]) : msg.p[at];
	out->len = (uint8_t)(out->len + n);
	return true;
}

bool skw_asked_wire_read(struct skw_bytes msg, uint32_t *at, struct skw_asked_wire *out)
{
	uint32_t pos = *at, limit = pos, after = 0;
	unsigned pointers = 0;

	out->len = 0;
	for (;;) {
		if (!skw_bytes_has(msg, pos, 1))
			return false;

		uint8_t first = msg.p[pos];

		if ((first & LABEL_KIND) == LABEL_POINTER) {
			if (!skw_bytes_has(msg, pos, 2) || ++pointers > POINTERS_MAX)
				return false;
			after = after ? after : pos + 2;
			pos = (uint32_t)(first & 0x3f) << 8 | msg.p[pos + 1];
			if (pos >= limit)
				return false;
			limit = pos;
			continue;
		}
		if ((first & LABEL_KIND) != LABEL_TEXT || !add_label(out, msg, pos))
			return false;
		pos += 1U + first;
		if (!first)
			break;
	}
	*at = after ? after : pos;
	return true;
}

bool skw_asked_wire_is(const struct skw_asked_wire *a, const struct skw_asked_wire *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* ---- showing ---- */

struct writer {
	char *out;
	unsigned len;
	bool full;
	bool digits; /* the label so far has digits only */
};

static void put(struct writer *w, char c)
{
	if (w->len < SKW_ASKED_TEXT)
		w->out[w->len++] = c;
	else
		w->full = true;
}

static void put_dot(struct writer *w)
{
	put(w, '.');
	w->digits = true;
}

static void put_byte(struct writer *w, uint8_t c)
{
	bool digit = c >= '0' && c <= '9';

	c = lower(c);
	w->digits = w->digits && digit;
	if (digit || (c >= 'a' && c <= 'z') || c == '-' || c == '_') {
		put(w, (char)c);
		return;
	}
	put(w, '\\');
	put(w, (char)('0' + c / 100));
	put(w, (char)('0' + c / 10 % 10));
	put(w, (char)('0' + c % 10));
}

/* A last label of digits is that of an IPv4 address, in one of its forms. */
static bool finish(struct writer *w)
{
	w->out[w->len] = '\0';
	return w->len && !w->full && !w->digits;
}

bool skw_asked_wire_text(const struct skw_asked_wire *name, char out[SKW_ASKED_TEXT + 1])
{
	struct writer w = { .out = out, .digits = true };

	for (unsigned at = 0; at < name->len && name->bytes[at];) {
		unsigned end = at + 1U + name->bytes[at];

		if (at)
			put_dot(&w);
		while (++at < end && at < name->len)
			put_byte(&w, name->bytes[at]);
	}
	return finish(&w);
}

bool skw_asked_host_text(struct skw_bytes host, char out[SKW_ASKED_TEXT + 1])
{
	struct writer w = { .out = out, .digits = true };

	/* The last dot tells nothing. */
	if (host.caplen && host.p[host.caplen - 1] == '.')
		host.caplen--;
	for (uint32_t i = 0; i < host.caplen && !w.full; i++)
		if (host.p[i] == '.')
			put_dot(&w);
		else
			put_byte(&w, host.p[i]);
	return finish(&w);
}
