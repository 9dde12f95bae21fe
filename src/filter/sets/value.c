// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "util/bytes.h"

#define BITS_WORD 32
/*
 * The placeholder of a network must be distinguishable in each word, so none of its words may have
 * very few bits.
 */
#define BITS_MIN      8
#define LAST_BITS_MIN 3

/*
 * Reads a decimal number. For libpcap a 0 at the front makes it octal, so only "0" may begin so.
 * Returns its length, or 0.
 */
static size_t read_number(const char *text, size_t len, uint32_t max, uint32_t *out)
{
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < len && isdigit((unsigned char)text[i]); i++) {
		n = n * 10 + (uint32_t)(text[i] - '0');
		if (n > max || (i && text[0] == '0'))
			return 0;
	}
	*out = n;
	return i;
}

/* Reads up to four numbers with dots between them. Returns how many they are, or 0. */
static unsigned read_quad(const char *text, size_t len, uint32_t *out)
{
	unsigned parts = 0;
	uint32_t address = 0;
	size_t at = 0;

	while (parts < 4) {
		uint32_t part;
		size_t n = read_number(text + at, len - at, 255, &part);

		if (!n)
			return 0;
		address |= part << (24 - 8 * parts++);
		at += n;
		if (at == len || text[at] != '.')
			break;
		at++;
	}
	*out = address;
	return at == len ? parts : 0;
}

static bool read_ip6(const char *text, size_t len, struct skw_sets_value *v)
{
	char copy[INET6_ADDRSTRLEN];
	uint8_t address[16];

	/* An address with an IPv4 address in it has its own rules in libpcap. */
	if (len >= sizeof(copy) || memchr(text, '.', len) || len < 3)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET6, copy, address) != 1)
		return false;
	*v = (struct skw_sets_value){ .family = SKW_SETS_IP6, .bits = 128 };
	for (size_t i = 0; i < SKW_SETS_WORDS; i++)
		v->words[i] = skw_bytes_be32(address + 4 * i);
	return true;
}

bool skw_sets_value_host(const char *text, size_t len, struct skw_sets_value *out)
{
	struct skw_sets_value v = { .family = SKW_SETS_IP4, .bits = 32 };

	if (read_quad(text, len, &v.words[0]) != 4)
		return read_ip6(text, len, out);
	*out = v;
	return true;
}

bool skw_sets_value_port(const char *text, size_t len, struct skw_sets_value *out)
{
	struct skw_sets_value v = { .family = SKW_SETS_PORT, .bits = 16 };

	if (!len || read_number(text, len, UINT16_MAX, &v.words[0]) != len)
		return false;
	*out = v;
	return true;
}

static bool is_cut(const struct skw_sets_value *v)
{
	for (size_t i = 0; i < SKW_SETS_WORDS; i++)
		if (v->words[i] & ~skw_sets_value_mask(v, i))
			return false;
	return true;
}

bool skw_sets_value_net(const char *text, size_t len, struct skw_sets_value *out)
{
	const char *slash = memchr(text, '/', len);
	struct skw_sets_value v = { .family = SKW_SETS_IP4, .bits = 32 };
	uint32_t bits;

	if (!slash)
		return skw_sets_value_host(text, len, out);
	size_t before = (size_t)(slash - text), after = len - before - 1;

	/* libpcap takes a single number for something else. */
	if (read_quad(text, before, &v.words[0]) < 2 && !read_ip6(text, before, &v))
		return false;
	if (!after || read_number(slash + 1, after, v.bits, &bits) != after || bits < BITS_MIN ||
	    (bits % BITS_WORD && bits % BITS_WORD < LAST_BITS_MIN))
		return false;
	v.bits = bits;
	if (!is_cut(&v))
		return false;
	*out = v;
	return true;
}

size_t skw_sets_value_words(const struct skw_sets_value *v)
{
	return (v->bits + BITS_WORD - 1) / BITS_WORD;
}

uint32_t skw_sets_value_mask(const struct skw_sets_value *v, size_t word)
{
	if (v->family == SKW_SETS_PORT)
		return word ? 0 : UINT16_MAX;
	if (v->bits >= (word + 1) * BITS_WORD)
		return UINT32_MAX;
	return v->bits > word * BITS_WORD ? ~(UINT32_MAX >> v->bits % BITS_WORD) : 0;
}

void skw_sets_value_write(const struct skw_sets_value *v, struct skw_buf *out)
{
	const uint32_t *w = v->words;

	if (v->family == SKW_SETS_PORT)
		skw_buf_add_uint(out, w[0]);
	else if (v->family == SKW_SETS_IP4)
		skw_buf_printf(out, "%u.%u.%u.%u", w[0] >> 24, w[0] >> 16 & 0xff, w[0] >> 8 & 0xff,
			       w[0] & 0xff);
	else
		for (size_t i = 0; i < SKW_SETS_WORDS; i++)
			skw_buf_printf(out, "%s%x:%x", i ? ":" : "", w[i] >> 16, w[i] & 0xffff);
	if (v->family != SKW_SETS_PORT && v->bits != (v->family == SKW_SETS_IP4 ? 32 : 128))
		skw_buf_printf(out, "/%u", v->bits);
}
