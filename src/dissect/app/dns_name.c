// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/app/dns_name.h"

#include "dissect/text.h"
#include "util/bytes.h"

enum {
	LABEL_KIND = 0xc0, /* the upper two bits of a label's first byte; their values: */
	LABEL_TEXT = 0x00,
	LABEL_EXTENDED = 0x40,
	LABEL_POINTER = 0xc0,
	EXTENDED_BITS = 0x41, /* the only type of extended label that was ever defined */
	NAME_MAX_CHARS = 255,
	NAME_MAX_POINTERS = 127, /* no name has more labels */
};

/* The number of bits of a bit-string label. A count of 0 means 256. */
static uint32_t bit_count(uint8_t n)
{
	return n ? n : 256;
}

bool skw_dns_name_skip(struct skw_bytes msg, uint32_t *at)
{
	uint32_t pos = *at;

	for (;;) {
		if (!skw_bytes_has(msg, pos, 1))
			return false;

		uint8_t first = msg.p[pos++];

		if (!first)
			break;
		if ((first & LABEL_KIND) == LABEL_POINTER) {
			pos++;
			break;
		}
		if ((first & LABEL_KIND) != LABEL_EXTENDED) {
			pos += first;
			continue;
		}
		if (first != EXTENDED_BITS || !skw_bytes_has(msg, pos, 1))
			return false;
		pos += 1 + (bit_count(msg.p[pos]) + 7) / 8;
	}
	*at = pos;
	return true;
}

/* Prints the bits in hexadecimal, as in \[x1f8/9]. Bits after the last are printed as 0. */
static bool print_bits(struct skw_dissect *d, struct skw_bytes msg, uint32_t *at)
{
	if (!skw_bytes_has(msg, *at, 1))
		return false;

	uint32_t bits = bit_count(msg.p[*at]);
	uint32_t size = (bits + 7) / 8;

	if (!skw_bytes_has(msg, *at + 1, size))
		return false;

	const uint8_t *p = msg.p + *at + 1;

	skw_buf_add_str(d->out, "\\[x");
	for (uint32_t left = bits; left; p++) {
		uint32_t here = left;

		if (here > 8)
			here = 8;

		uint8_t value = (uint8_t)(*p & 0xff << (8 - here));

		if (here > 4)
			skw_text_hex(d->out, value, 2);
		else
			skw_text_hex(d->out, value >> 4, 1);
		left -= here;
	}
	skw_text_field(d->out, "/", bits);
	skw_buf_add_char(d->out, ']');
	*at += 1 + size;
	return true;
}

/* Prints the text of a label. Text beyond the greatest length of a name is left out. */
static bool print_text(struct skw_dissect *d, struct skw_bytes msg, uint32_t at, uint32_t n,
		       uint32_t *chars)
{
	uint32_t room = *chars < NAME_MAX_CHARS ? NAME_MAX_CHARS - *chars : 0;
	uint32_t shown = n < room ? n : room;
	bool whole = skw_bytes_has(msg, at, n);

	if (!skw_bytes_has(msg, at, shown))
		shown = at < msg.caplen ? msg.caplen - at : 0;
	skw_dissect_text(d, msg.p + at, shown);
	*chars += n;
	return whole;
}

/* Prints a message and returns false if no label can begin with this byte. */
static bool check_label(struct skw_dissect *d, uint8_t first)
{
	uint8_t kind = first & LABEL_KIND;

	if (kind == LABEL_EXTENDED && first != EXTENDED_BITS) {
		skw_text_field(d->out, "<ELT ", first & ~LABEL_KIND & 0xff);
		skw_buf_add_char(d->out, '>');
		return false;
	}
	if (kind == 0x80) {
		skw_buf_add_str(d->out, "<BAD LABEL TYPE>");
		return false;
	}
	return true;
}

/*
 * Follows a pointer whose second byte is at `pos`. Returns false if bytes are missing or if it does
 * not lead to a place before `limit`, which prevents loops.
 */
static bool follow_pointer(struct skw_dissect *d, struct skw_bytes msg, uint32_t *pos,
			   uint32_t *limit, unsigned *pointers)
{
	if (!skw_bytes_has(msg, *pos, 1))
		return false;
	*pos = (msg.p[*pos - 1] & 0x3fu) << 8 | msg.p[*pos];
	if (*pos >= *limit || ++*pointers > NAME_MAX_POINTERS) {
		skw_buf_add_str(d->out, "<BAD PTR>");
		return false;
	}
	*limit = *pos;
	return true;
}

bool skw_dns_name_print(struct skw_dissect *d, struct skw_bytes msg, uint32_t *at)
{
	uint32_t pos = *at;
	uint32_t limit = pos; /* a pointer must lead to a place before this one */
	uint32_t after = 0;   /* the place after the name, 0 before the first pointer */
	uint32_t chars = 0;
	unsigned pointers = 0;

	if (skw_bytes_has(msg, pos, 1) && msg.p[pos] == 0)
		skw_buf_add_char(d->out, '.');
	for (;;) {
		if (!skw_bytes_has(msg, pos, 1))
			return false;

		uint8_t first = msg.p[pos];

		if (!check_label(d, first))
			return false;
		pos++;
		if (!first)
			break;
		/* Like tcpdump, accepts a name when nothing of its last label was captured. */
		if (pos == msg.caplen && (first & LABEL_KIND) != LABEL_POINTER) {
			*at = after ? after : pos + first;
			return true;
		}
		switch (first & LABEL_KIND) {
		case LABEL_POINTER:
			if (!after)
				after = pos + 1;
			if (!follow_pointer(d, msg, &pos, &limit, &pointers))
				return false;
			continue;
		case LABEL_EXTENDED:
			if (!print_bits(d, msg, &pos))
				return false;
			chars += 2;
			break;
		default:
			if (!print_text(d, msg, pos, first, &chars))
				return false;
			pos += first;
		}
		if (chars <= NAME_MAX_CHARS)
			skw_buf_add_char(d->out, '.');
		chars++;
		/*
		 * No more is shown of such a long name. Without this limit, the names of a message
		 * could take time that grows with the square of its length.
		 */
		if (chars > NAME_MAX_CHARS && after)
			break;
	}
	if (chars > NAME_MAX_CHARS)
		skw_buf_add_str(d->out, "<DOMAIN NAME TOO LONG>");
	*at = after ? after : pos;
	return true;
}
