// SPDX-License-Identifier: BSD-2-Clause
/* Multipath TCP, RFC 6824 (version 0) and RFC 8684 (version 1). */
#include "dissect/ip/tcp_options.h"

#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

#define SYN_ACK (SKW_TCP_SYN | SKW_TCP_ACK)

static void add_key(struct skw_dissect *d, const char *label, const uint8_t *p)
{
	skw_buf_add_str(d->out, label);
	skw_buf_add_str(d->out, "0x");
	if (skw_bytes_be32(p)) {
		skw_text_hex(d->out, skw_bytes_be32(p), 1);
		skw_text_hex(d->out, skw_bytes_be32(p + 4), 8);
	} else {
		skw_text_hex(d->out, skw_bytes_be32(p + 4), 1);
	}
}

static void add_hex(struct skw_dissect *d, const char *label, uint32_t v, unsigned digits)
{
	skw_buf_add_str(d->out, label);
	skw_text_hex(d->out, v, digits);
}

static uint64_t be64(const uint8_t *p)
{
	return (uint64_t)skw_bytes_be32(p) << 32 | skw_bytes_be32(p + 4);
}

static bool print_capable(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len)
{
	uint8_t version = p[2] & 0xf;
	bool syn = (len == 4 || len == 12) && (flags & SKW_TCP_SYN);
	bool ack = (len == 20 || len == 22 || len == 24) && (flags & SYN_ACK) == SKW_TCP_ACK;

	if (!syn && !ack)
		return false;
	if (version > 1) {
		skw_text_field(d->out, " Unknown Version (", version);
		skw_buf_add_char(d->out, ')');
		return true;
	}
	skw_text_field(d->out, " v", version);
	if (p[3] & 0x80)
		skw_buf_add_str(d->out, " csum");
	if (len >= 12) {
		add_key(d, " {", p + 4);
		if (len >= 20)
			add_key(d, ",", p + 12);
		skw_buf_add_char(d->out, '}');
	}
	return true;
}

static bool print_join(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len)
{
	bool syn = len == 12 && (flags & SKW_TCP_SYN);
	bool syn_ack = len == 16 && (flags & SYN_ACK) == SYN_ACK;
	bool ack = len == 24 && (flags & SKW_TCP_ACK);

	if (!syn && !syn_ack && !ack)
		return false;
	if (!ack) {
		if (p[2] & 1)
			skw_buf_add_str(d->out, " backup");
		skw_text_field(d->out, " id ", p[3]);
	}
	if (syn) {
		add_hex(d, " token 0x", skw_bytes_be32(p + 4), 1);
		add_hex(d, " nonce 0x", skw_bytes_be32(p + 8), 1);
	} else if (syn_ack) {
		add_key(d, " hmac ", p + 4);
		add_hex(d, " nonce 0x", skw_bytes_be32(p + 12), 1);
	} else {
		skw_buf_add_str(d->out, " hmac 0x");
		for (uint32_t i = 4; i < 24; i++)
			skw_text_hex(d->out, p[i], 2);
	}
	return true;
}

enum { DSS_FIN = 0x10, DSS_SEQ8 = 0x08, DSS_MAP = 0x04, DSS_ACK8 = 0x02, DSS_ACK = 0x01 };

/*
 * Takes a number of 4 or 8 bytes off the front and prints it. Returns false if bytes are missing.
 */
static bool take(struct skw_dissect *d, const char *label, struct skw_bytes *b, bool wide)
{
	uint32_t n = wide ? 8 : 4;

	skw_buf_add_str(d->out, label);
	if (b->len < n)
		return false;
	skw_buf_add_uint(d->out, wide ? be64(b->p) : skw_bytes_be32(b->p));
	*b = skw_bytes_skip(*b, n);
	return true;
}

static bool print_dss(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len)
{
	if (len < 4 || (flags & SKW_TCP_SYN))
		return false;

	uint8_t bits = p[3];
	struct skw_bytes b = { p + 4, len - 4, len - 4 };

	if (bits & DSS_FIN)
		skw_buf_add_str(d->out, " fin");
	if ((bits & DSS_ACK) && !take(d, " ack ", &b, bits & DSS_ACK8))
		return false;
	if (bits & DSS_MAP) {
		if (!take(d, " seq ", &b, bits & DSS_SEQ8) || b.len < 4)
			return false;
		take(d, " subseq ", &b, false);
		if (b.len < 2)
			return false;
		skw_text_field(d->out, " len ", skw_bytes_be16(b.p));
		b = skw_bytes_skip(b, 2);
		if (b.len >= 2) {
			add_hex(d, " csum 0x", skw_bytes_be16(b.p), 1);
			b = skw_bytes_skip(b, 2);
		}
	}
	return b.len == 0;
}

static const struct skw_text_name forms[] = {
	{ 0, " v1" }, { 1, " v1-echo" }, { 4, " v0-ip4" }, { 6, " v0-ip6" }, { 0, NULL },
};

static bool print_add_addr(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len)
{
	static const uint8_t lengths[] = { 8, 10, 16, 18, 20, 22, 28, 30 };
	uint8_t low = p[2] & 0xf;
	bool right = false;

	(void)flags;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(lengths); i++)
		right |= lengths[i] == len;
	if (!right)
		return false;

	/*
	 * In version 0 this field is the address family, in version 1 it tells whether this is an
	 * echo.
	 */
	bool v6 = len >= 20;

	const char *name = skw_text_name(forms, low);

	skw_buf_add_str(d->out, name ? name : " [bad version/echo]");
	skw_text_field(d->out, " id ", p[3]);
	skw_buf_add_char(d->out, ' ');
	if (v6)
		skw_text_ipv6(d->out, p + 4);
	else
		skw_text_ipv4(d->out, p + 4);

	uint32_t at = 4 + (v6 ? 16 : 4);

	if (len - at == 2 || len - at == 10) {
		skw_text_field(d->out, ":", skw_bytes_be16(p + at));
		at += 2;
	}
	if (len - at == 8)
		add_key(d, " hmac ", p + at);
	return true;
}

static bool print_remove_addr(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len)
{
	(void)flags;
	if (len < 4)
		return false;
	skw_buf_add_str(d->out, " id");
	for (uint32_t i = 3; i < len; i++)
		skw_text_field(d->out, " ", p[i]);
	return true;
}

static bool print_prio(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len)
{
	(void)flags;
	if (len != 3 && len != 4)
		return false;
	skw_buf_add_str(d->out, p[2] & 1 ? " backup" : " non-backup");
	if (len == 4)
		skw_text_field(d->out, " id ", p[3]);
	return true;
}

static bool print_fail(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len)
{
	(void)flags;
	if (len != 12)
		return false;
	skw_text_field(d->out, " seq ", be64(p + 4));
	return true;
}

static bool print_fast_close(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len)
{
	(void)flags;
	if (len != 12)
		return false;
	add_key(d, " key ", p + 4);
	return true;
}

static const struct {
	const char *name;
	bool (*print)(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len);
} subtypes[] = {
	{ "capable", print_capable },
	{ "join", print_join },
	{ "dss", print_dss },
	{ "add-addr", print_add_addr },
	{ "rem-addr", print_remove_addr },
	{ "prio", print_prio },
	{ "fail", print_fail },
	{ "fast-close", print_fast_close },
};

bool skw_dissect_mptcp(struct skw_dissect *d, uint8_t flags, const uint8_t *p, uint32_t len)
{
	if (len < 3)
		return false;

	uint8_t subtype = p[2] >> 4;

	skw_text_field(d->out, " ", len);
	if (subtype >= SKW_ARRAY_SIZE(subtypes)) {
		skw_buf_add_str(d->out, " unknown");
		return true;
	}
	skw_buf_add_char(d->out, ' ');
	skw_buf_add_str(d->out, subtypes[subtype].name);
	return subtypes[subtype].print(d, flags, p, len);
}
