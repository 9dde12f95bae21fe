// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/ip/tcp_options.h"

#include <linux/types.h>
#include <stddef.h>
#include <string.h>

#include "abi/mark.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum {
	EOL = 0,
	NOP = 1,
	EXPERIMENT2 = 254,
	MAGIC_TFO = 0xf989,
};

/* The data of the option may have any length. */
#define ANY 0xff

/* An option. `data` are the `len` bytes after kind and length, `have` of which were captured. */
struct tcp_option {
	uint8_t flags; /* flags of the segment */
	uint32_t sack_base;
	const uint8_t *data;
	uint32_t len, have;
};

typedef bool print_fn(struct skw_dissect *d, const struct tcp_option *o);

static bool print_u8(struct skw_dissect *d, const struct tcp_option *o)
{
	skw_text_field(d->out, " ", o->data[0]);
	return true;
}

static bool print_u16(struct skw_dissect *d, const struct tcp_option *o)
{
	skw_text_field(d->out, " ", skw_bytes_be16(o->data));
	return true;
}

static bool print_u32(struct skw_dissect *d, const struct tcp_option *o)
{
	skw_text_field(d->out, " ", skw_bytes_be32(o->data));
	return true;
}

static void add_hex(struct skw_dissect *d, const uint8_t *p, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		skw_text_hex(d->out, p[i], 2);
}

static bool print_timestamps(struct skw_dissect *d, const struct tcp_option *o)
{
	skw_text_field(d->out, " val ", skw_bytes_be32(o->data));
	skw_text_field(d->out, " ecr ", skw_bytes_be32(o->data + 4));
	return true;
}

static bool print_sack(struct skw_dissect *d, const struct tcp_option *o)
{
	if (o->len % 8) {
		skw_buf_add_str(d->out, " invalid sack");
		return true;
	}
	skw_text_field(d->out, " ", o->len / 8);
	skw_buf_add_char(d->out, ' ');
	for (uint32_t i = 0; i + 8 <= o->have; i += 8) {
		skw_text_field(d->out, "{", skw_bytes_be32(o->data + i) - o->sack_base);
		skw_text_field(d->out, ":", skw_bytes_be32(o->data + i + 4) - o->sack_base);
		skw_buf_add_char(d->out, '}');
	}
	return true;
}

/* The digest can't be verified without the secret, so it is only printed. */
static bool print_md5(struct skw_dissect *d, const struct tcp_option *o)
{
	skw_buf_add_char(d->out, ' ');
	add_hex(d, o->data, o->len);
	return true;
}

static bool print_scps(struct skw_dissect *d, const struct tcp_option *o)
{
	skw_buf_add_str(d->out, " cap ");
	skw_text_hex(d->out, o->data[0], 2);
	skw_text_field(d->out, " id ", o->data[1]);
	return true;
}

static bool print_user_timeout(struct skw_dissect *d, const struct tcp_option *o)
{
	uint32_t timeout = skw_bytes_be16(o->data);

	skw_buf_add_str(d->out, " 0x");
	skw_text_hex(d->out, timeout, 1);
	skw_text_field(d->out, " ", timeout & 1 ? (timeout >> 1) * 60 : timeout >> 1);
	return true;
}

static bool print_authentication(struct skw_dissect *d, const struct tcp_option *o)
{
	if (o->len < 2) {
		skw_buf_add_str(d->out, " (invalid)");
		return true;
	}
	skw_text_field(d->out, " keyid ", o->data[0]);
	skw_text_field(d->out, " rnextkeyid ", o->data[1]);
	if (o->len > 2) {
		skw_buf_add_str(d->out, " mac 0x");
		add_hex(d, o->data + 2, o->len - 2);
	}
	return true;
}

static void fast_open(struct skw_dissect *d, const uint8_t *cookie, uint32_t len)
{
	if (len == 0) {
		skw_buf_add_str(d->out, " cookiereq");
	} else if (len % 2 || len < 4 || len > 16) {
		skw_buf_add_str(d->out, " (invalid)");
	} else {
		skw_buf_add_str(d->out, " cookie ");
		add_hex(d, cookie, len);
	}
}

static bool print_fast_open(struct skw_dissect *d, const struct tcp_option *o)
{
	skw_buf_add_char(d->out, ' ');
	fast_open(d, o->data, o->len);
	return true;
}

/* The option of skwatch mark (abi/mark.h). `data` begins with the identifier. */
static void print_mark(struct skw_dissect *d, const struct tcp_option *o)
{
	const uint8_t *mark = o->data - 2;
	const uint8_t *cookie = mark + offsetof(struct skw_mark_option, cookie);
	char comm[SKW_COMM_LEN + 1] = "";
	size_t len = o->len + 2;

	skw_text_field(d->out, " skwatch host ",
		       skw_bytes_be32(mark + offsetof(struct skw_mark_option, host)));
	skw_text_field(d->out, " cookie ",
		       (uint64_t)skw_bytes_be32(cookie) << 32 | skw_bytes_be32(cookie + 4));
	if (len > sizeof(struct skw_mark_option))
		len = sizeof(struct skw_mark_option);
	memcpy(comm, mark + SKW_MARK_LEN, len - SKW_MARK_LEN);
	if (comm[0])
		skw_buf_add_str(d->out, " name ");
	/* Any host may send any bytes as a name. */
	for (const char *at = comm; *at; at++)
		skw_buf_add_char(d->out, *at > ' ' && *at < 0x7f ? *at : '?');
}

static bool print_experiment(struct skw_dissect *d, const struct tcp_option *o)
{
	if (o->len < 2)
		return false;

	uint16_t magic = skw_bytes_be16(o->data);

	skw_buf_add_char(d->out, '-');
	if (magic == MAGIC_TFO) {
		skw_buf_add_str(d->out, "tfo");
		fast_open(d, o->data + 2, o->len - 2);
	} else {
		skw_text_hex(d->out, magic, 4);
		if (magic == SKW_MARK_EXID && o->len + 2 >= SKW_MARK_LEN)
			print_mark(d, o);
	}
	return true;
}

static bool print_mptcp(struct skw_dissect *d, const struct tcp_option *o)
{
	return skw_dissect_mptcp(d, o->flags, o->data - 2, o->len + 2);
}

static bool print_unknown(struct skw_dissect *d, const struct tcp_option *o)
{
	if (o->len) {
		skw_buf_add_str(d->out, " 0x");
		add_hex(d, o->data, o->have);
	}
	return true;
}

static const struct {
	uint8_t kind;
	uint8_t len; /* length of the data in the specification, or ANY */
	const char *name;
	print_fn *print; /* NULL if only the name is printed */
} options[] = {
	{ EOL, 0, "eol", NULL },
	{ NOP, 0, "nop", NULL },
	{ 2, 2, "mss", print_u16 },
	{ 3, 1, "wscale", print_u8 },
	{ 4, 0, "sackOK", NULL },
	{ 5, ANY, "sack", print_sack },
	{ 6, 4, "echo", print_u32 },
	{ 7, 4, "echoreply", print_u32 },
	{ 8, 8, "TS", print_timestamps },
	{ 11, 4, "cc", print_u32 },
	{ 12, 4, "ccnew", print_u32 },
	{ 13, 4, "ccecho", print_u32 },
	{ 19, 16, "md5", print_md5 },
	{ 20, 2, "scps", print_scps },
	{ 28, 2, "uto", print_user_timeout },
	{ 29, ANY, "tcp-ao", print_authentication },
	{ 30, ANY, "mptcp", print_mptcp },
	{ 34, ANY, "tfo", print_fast_open },
	{ EXPERIMENT2, ANY, "exp", print_experiment },
};

enum verdict { GOOD, BAD, CUT, CUT_DATA, LAST };

/* Prints the option at the start of b. *used is the distance to the next option. */
static enum verdict print_option(struct skw_dissect *d, struct tcp_option *o, struct skw_bytes b,
				 uint32_t *used)
{
	uint8_t kind;
	uint32_t len = 1, head = 1;

	if (!b.caplen)
		return CUT;
	kind = b.p[0];
	if (kind != EOL && kind != NOP) {
		if (b.caplen < 2)
			return CUT;
		len = b.p[1];
		head = 2;
		if (len < 2 || len > b.len)
			return BAD;
	}

	size_t i = 0;

	while (i < SKW_ARRAY_SIZE(options) && options[i].kind != kind)
		i++;

	bool known = i < SKW_ARRAY_SIZE(options);

	if (known)
		skw_buf_add_str(d->out, options[i].name);
	else
		skw_text_field(d->out, "unknown-", kind);

	/*
	 * For a known option the length of the specification is used, even if the length field
	 * differs.
	 */
	o->data = b.p + head;
	o->len = known && options[i].len != ANY ? options[i].len : len - head;
	if (o->len > b.len - head)
		return BAD;
	o->have = o->len < b.caplen - head ? o->len : b.caplen - head;

	print_fn *print = known ? options[i].print : print_unknown;
	bool in_parts = print == print_sack || print == print_unknown;

	if (o->have < o->len && !in_parts)
		return CUT_DATA;
	if (print && !print(d, o))
		return BAD;
	if (o->have < o->len)
		return CUT_DATA;
	*used = head + o->len;
	if (*used != len) {
		skw_text_field(d->out, "[len ", len);
		skw_buf_add_char(d->out, ']');
	}
	return kind == EOL ? LAST : GOOD;
}

bool skw_dissect_tcp_options(struct skw_dissect *d, uint8_t flags, uint32_t sack_base,
			     struct skw_bytes b)
{
	struct tcp_option o = { .flags = flags, .sack_base = sack_base };
	bool first = true;

	skw_buf_add_str(d->out, ", options [");
	while (b.len) {
		uint32_t used = 0;

		if (!first)
			skw_buf_add_char(d->out, ',');

		switch (print_option(d, &o, b, &used)) {
		case BAD:
			skw_buf_add_str(d->out, first ? "[bad opt]" : "[bad opt]]");
			return false;
		case CUT:
			skw_dissect_cut(d, "tcp");
			return false;
		case CUT_DATA:
			skw_dissect_cut(d, "tcp");
			/* The bracket is wrong, but tcpdump prints it. */
			if (!first)
				skw_buf_add_char(d->out, '>');
			return false;
		case LAST:
			b.len = 0;
			break;
		case GOOD:
			b = skw_bytes_skip(b, used);
			break;
		}
		first = false;
	}
	skw_buf_add_char(d->out, ']');
	return true;
}
