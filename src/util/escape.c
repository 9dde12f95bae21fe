// SPDX-License-Identifier: BSD-2-Clause
#include "util/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "util/cleanup.h"

/*
 * The length of the character at `p`, whose code is stored in *code; the text ends with a zero.
 * Returns 0 if the bytes are not valid UTF-8.
 */
static size_t decode(const uint8_t *p, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (len < 2) {
		*code = p[0];
		return len;
	}
	*code = p[0] & (0x7fu >> len);
	/* The final zero is no continuation byte, so this does not read beyond it. */
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3f);
	}
	bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
	return p[0] > 0xf4 || *code < least[len] || *code > 0x10ffff || surrogate ? 0 : len;
}

static bool is_unsafe(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0xad, 0xad },       { 0x61c, 0x61c },
		{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },   { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(ranges); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

static void put_hex(char *out, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";
	const char text[] = { '\\', 'x', digits[byte >> 4], digits[byte & 15] };

	memcpy(out, text, sizeof(text));
}

char *skw_escape(const char *text, char *out, size_t size)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t at = 0;

	while (*p) {
		uint32_t code;
		size_t len = decode(p, &code);
		bool escaped = !len || is_unsafe(code);
		size_t bytes = len ? len : 1;
		size_t room = escaped ? 4 * bytes : bytes;

		if (room >= size - at)
			break;
		if (escaped)
			for (size_t i = 0; i < bytes; i++)
				put_hex(out + at + 4 * i, p[i]);
		else
			memcpy(out + at, p, bytes);
		p += bytes;
		at += room;
	}
	out[at] = '\0';
	return out;
}
