// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/app/dns_record.h"

#include "dissect/app/dns_name.h"
#include "dissect/app/dns_opt.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum {
	TYPE_OPT = 41,
	CLASS_IN = 1,
	/*
	 * RFC 6762: in a question, a unicast answer is wanted; in a record, the cache is to be
	 * flushed.
	 */
	MULTICAST_BIT = 0x8000,
	RECORD_FIXED = 10, /* type, class, time to live, length of the data */
	EDNS_DO = 0x8000,
};

/* The data of a record. Compressed names need `at`, the place of the data in the message. */
struct rdata {
	struct skw_bytes msg;
	uint32_t at, len;
	uint16_t class;
	uint32_t ttl;
};

static bool print_a(struct skw_dissect *d, const struct rdata *r)
{
	if (!skw_bytes_has(r->msg, r->at, 4))
		return false;
	skw_buf_add_char(d->out, ' ');
	skw_text_ipv4(d->out, r->msg.p + r->at);
	return true;
}

static bool print_aaaa(struct skw_dissect *d, const struct rdata *r)
{
	if (!skw_bytes_has(r->msg, r->at, 16))
		return false;
	skw_buf_add_char(d->out, ' ');
	skw_text_ipv6(d->out, r->msg.p + r->at);
	return true;
}

static bool print_name(struct skw_dissect *d, const struct rdata *r)
{
	uint32_t at = r->at;

	skw_buf_add_char(d->out, ' ');
	return skw_dns_name_print(d, r->msg, &at);
}

static bool print_soa(struct skw_dissect *d, const struct rdata *r)
{
	uint32_t at = r->at;

	if (!d->opt->verbose)
		return true;
	for (int i = 0; i < 2; i++) {
		skw_buf_add_char(d->out, ' ');
		if (!skw_dns_name_print(d, r->msg, &at))
			return false;
	}
	if (!skw_bytes_has(r->msg, at, 5 * 4))
		return false;
	for (int i = 0; i < 5; i++, at += 4)
		skw_text_field(d->out, " ", skw_bytes_be32(r->msg.p + at));
	return true;
}

static bool print_mx(struct skw_dissect *d, const struct rdata *r)
{
	uint32_t at = r->at + 2;

	skw_buf_add_char(d->out, ' ');
	if (!skw_bytes_has(r->msg, r->at, 2) || !skw_dns_name_print(d, r->msg, &at))
		return false;
	skw_text_field(d->out, " ", skw_bytes_be16(r->msg.p + r->at));
	return true;
}

static bool print_srv(struct skw_dissect *d, const struct rdata *r)
{
	const uint8_t *p = r->msg.p + r->at;
	uint32_t at = r->at + 6;

	skw_buf_add_char(d->out, ' ');
	if (!skw_bytes_has(r->msg, r->at, 6) || !skw_dns_name_print(d, r->msg, &at))
		return false;
	skw_text_field(d->out, ":", skw_bytes_be16(p + 4));
	skw_text_field(d->out, " ", skw_bytes_be16(p));
	skw_text_field(d->out, " ", skw_bytes_be16(p + 2));
	return true;
}

static bool print_txt(struct skw_dissect *d, const struct rdata *r)
{
	uint32_t end = r->at + r->len;

	for (uint32_t at = r->at; at < end;) {
		uint32_t n = r->msg.p[at++];
		bool whole = skw_bytes_has(r->msg, at, n);

		skw_buf_add_str(d->out, " \"");
		skw_dissect_text(d, r->msg.p + at, whole ? n : r->msg.caplen - at);
		if (!whole)
			return false;
		skw_buf_add_char(d->out, '"');
		at += n;
	}
	return true;
}

/*
 * RFC 2874, obsolete: the length of a prefix, the other bits of the address, the name of the
 * prefix.
 */
static bool print_a6(struct skw_dissect *d, const struct rdata *r)
{
	uint32_t at = r->at;

	if (!skw_bytes_has(r->msg, at, 1))
		return false;

	uint8_t bits = r->msg.p[at++];

	if (bits > 128) {
		skw_text_field(d->out, " ", bits);
		skw_buf_add_str(d->out, "(bad plen)");
		return true;
	}

	uint32_t skipped = bits / 8;

	if (bits < 128) {
		uint8_t addr[16] = { 0 };

		if (!skw_bytes_has(r->msg, at, 16 - skipped))
			return false;
		memcpy(addr + skipped, r->msg.p + at, 16 - skipped);
		skw_text_field(d->out, " ", bits);
		skw_buf_add_char(d->out, ' ');
		skw_text_ipv6(d->out, addr);
	}
	at += 16 - skipped;
	if (!bits)
		return true;
	skw_buf_add_char(d->out, ' ');
	return skw_dns_name_print(d, r->msg, &at);
}

static bool print_opt(struct skw_dissect *d, const struct rdata *r)
{
	skw_text_field(d->out, " UDPsize=", r->class);
	if (r->ttl & EDNS_DO)
		skw_buf_add_str(d->out, " DO");
	return skw_dns_opt_print(d, skw_bytes_first(skw_bytes_skip(r->msg, r->at), r->len));
}

/* RFC 8945. The signature itself is not shown. */
static bool print_tsig(struct skw_dissect *d, const struct rdata *r)
{
	static const char *const labels[] = { " origid=", " error=", " otherlen=" };
	uint32_t at = r->at;

	if (!d->opt->verbose)
		return true;
	skw_buf_add_char(d->out, ' ');
	if (!skw_dns_name_print(d, r->msg, &at))
		return false;
	at += 6; /* time signed */
	if (!skw_bytes_has(r->msg, at, 2))
		return false;
	skw_text_field(d->out, " fudge=", skw_bytes_be16(r->msg.p + at));
	if (!skw_bytes_has(r->msg, at + 2, 2))
		return false;

	uint16_t mac = skw_bytes_be16(r->msg.p + at + 2);

	skw_text_field(d->out, " maclen=", mac);
	at += 4u + mac;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(labels); i++, at += 2) {
		if (!skw_bytes_has(r->msg, at, 2))
			return false;
		skw_text_field(d->out, labels[i], skw_bytes_be16(r->msg.p + at));
	}
	return true;
}

static bool print_uri(struct skw_dissect *d, const struct rdata *r)
{
	const uint8_t *p = r->msg.p + r->at;

	if (r->len < 4)
		return false;
	skw_text_field(d->out, " ", skw_bytes_be16(p));
	skw_text_field(d->out, " ", skw_bytes_be16(p + 2));
	skw_buf_add_char(d->out, ' ');
	skw_dissect_text(d, p + 4, r->len - 4);
	return true;
}

static bool print_string(struct skw_dissect *d, const struct rdata *r)
{
	skw_dissect_text(d, r->msg.p + r->at, r->len);
	return true;
}

static const struct dns_type {
	uint16_t value;
	const char *name;
	/* NULL if only the name is printed. */
	bool (*print)(struct skw_dissect *d, const struct rdata *r);
} types[] = {
	{ 1, "A", print_a },
	{ 28, "AAAA", print_aaaa },
	{ 5, "CNAME", print_name },
	{ 12, "PTR", print_name },
	{ 2, "NS", print_name },
	{ 6, "SOA", print_soa },
	{ 15, "MX", print_mx },
	{ 16, "TXT", print_txt },
	{ 33, "SRV", print_srv },
	{ TYPE_OPT, "OPT", print_opt },
	{ 39, "DNAME", print_name },
	{ 250, "TSIG", print_tsig },
	{ 256, "URI", print_uri },
	{ 38, "A6", print_a6 },
	{ 104, "UNSPECA", print_string },
	{ 3, "MD", NULL },
	{ 4, "MF", NULL },
	{ 7, "MB", NULL },
	{ 8, "MG", NULL },
	{ 9, "MR", NULL },
	{ 10, "NULL", NULL },
	{ 11, "WKS", NULL },
	{ 13, "HINFO", NULL },
	{ 14, "MINFO", NULL },
	{ 17, "RP", NULL },
	{ 18, "AFSDB", NULL },
	{ 19, "X25", NULL },
	{ 20, "ISDN", NULL },
	{ 21, "RT", NULL },
	{ 22, "NSAP", NULL },
	{ 23, "NSAP_PTR", NULL },
	{ 24, "SIG", NULL },
	{ 25, "KEY", NULL },
	{ 26, "PX", NULL },
	{ 27, "GPOS", NULL },
	{ 29, "LOC", NULL },
	{ 30, "NXT", NULL },
	{ 31, "EID", NULL },
	{ 32, "NIMLOC", NULL },
	{ 34, "ATMA", NULL },
	{ 35, "NAPTR", NULL },
	{ 36, "KX", NULL },
	{ 37, "CERT", NULL },
	{ 40, "SINK", NULL },
	{ 42, "APL", NULL },
	{ 43, "DS", NULL },
	{ 44, "SSHFP", NULL },
	{ 45, "IPSECKEY", NULL },
	{ 46, "RRSIG", NULL },
	{ 47, "NSEC", NULL },
	{ 48, "DNSKEY", NULL },
	{ 99, "SPF", NULL },
	{ 100, "UINFO", NULL },
	{ 101, "UID", NULL },
	{ 102, "GID", NULL },
	{ 103, "UNSPEC", NULL },
	{ 249, "TKEY", NULL },
	{ 251, "IXFR", NULL },
	{ 252, "AXFR", NULL },
	{ 253, "MAILB", NULL },
	{ 254, "MAILA", NULL },
	{ 255, "ANY", NULL },
};

/* Prints the name of the type with a space in front. Returns NULL if the type is not known. */
static const char *const rcodes[] = {
	"",        "FormErr", "ServFail", "NXDomain", "NotImp", "Refused", "YXDomain", "YXRRSet",
	"NXRRSet", "NotAuth", "NotZone",  "Resp11",   "Resp12", "Resp13",  "Resp14",   "NoChange",
	"BadVers", "Resp17",  "Resp18",   "Resp19",   "Resp20", "Resp21",  "Resp22",   "BadCookie",
};

const char *skw_dns_rcode_name(uint16_t rcode)
{
	return rcode < SKW_ARRAY_SIZE(rcodes) ? rcodes[rcode] : NULL;
}

static const struct dns_type *find_type(uint16_t value)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(types); i++)
		if (types[i].value == value)
			return &types[i];
	return NULL;
}

const char *skw_dns_type_name(uint16_t type)
{
	const struct dns_type *found = find_type(type);

	return found ? found->name : NULL;
}

static const struct dns_type *print_type(struct skw_dissect *d, uint16_t value)
{
	const struct dns_type *found = find_type(value);

	if (found) {
		skw_buf_add_char(d->out, ' ');
		skw_buf_add_str(d->out, found->name);
	} else {
		skw_text_field(d->out, " Type", value);
	}
	return found;
}

static void print_class(struct skw_dissect *d, uint16_t class)
{
	static const struct skw_text_name names[] = {
		{ 3, " CHAOS" },
		{ 4, " HS" },
		{ 255, " ANY" },
		{ 0, NULL },
	};
	const char *name = skw_text_name(names, class);

	if (class == CLASS_IN)
		return;
	if (name) {
		skw_buf_add_str(d->out, name);
	} else {
		skw_text_field(d->out, " (Class ", class);
		skw_buf_add_char(d->out, ')');
	}
}

bool skw_dns_question_print(struct skw_dissect *d, struct skw_dns *m)
{
	uint32_t at = m->at;

	if (!skw_dns_name_skip(m->msg, &at) || !skw_bytes_has(m->msg, at, 4))
		return false;

	uint16_t class = skw_bytes_be16(m->msg.p + at + 2);
	bool unicast = m->multicast && class & MULTICAST_BIT;

	print_type(d, skw_bytes_be16(m->msg.p + at));
	print_class(d, unicast ? class & (uint16_t)~MULTICAST_BIT : class);
	if (m->multicast)
		skw_buf_add_str(d->out, unicast ? " (QU)" : " (QM)");
	skw_buf_add_str(d->out, "? ");
	if (!skw_dns_name_print(d, m->msg, &m->at))
		return false;
	m->at = at + 4;
	return true;
}

/* Prints a duration with the largest unit first and without units that are 0: 1d1h1m1s. */
static void print_ttl(struct skw_dissect *d, uint32_t sec)
{
	static const struct {
		uint32_t size;
		char unit;
	} units[] = {
		{ 31536000, 'y' }, { 604800, 'w' }, { 86400, 'd' },
		{ 3600, 'h' },     { 60, 'm' },     { 1, 's' },
	};

	skw_buf_add_str(d->out, " [");
	if (!sec)
		skw_buf_add_str(d->out, "0s");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(units); i++) {
		if (sec >= units[i].size) {
			skw_buf_add_uint(d->out, sec / units[i].size);
			skw_buf_add_char(d->out, units[i].unit);
			sec %= units[i].size;
		}
	}
	skw_buf_add_char(d->out, ']');
}

bool skw_dns_record_print(struct skw_dissect *d, struct skw_dns *m)
{
	uint32_t at = m->at;
	bool named;

	if (d->opt->verbose) {
		skw_buf_add_char(d->out, ' ');
		named = skw_dns_name_print(d, m->msg, &at);
		if (!named)
			return false;
	} else {
		named = skw_dns_name_skip(m->msg, &at);
	}
	/* Like tcpdump, reports a missing record only if more records should follow. */
	m->at = m->msg.caplen;
	if (!named || !skw_bytes_has(m->msg, at, RECORD_FIXED))
		return true;

	const uint8_t *p = m->msg.p + at;
	uint16_t type = skw_bytes_be16(p);
	struct rdata r = {
		.msg = m->msg,
		.at = at + RECORD_FIXED,
		.len = skw_bytes_be16(p + 8),
		.class = skw_bytes_be16(p + 2),
		.ttl = skw_bytes_be32(p + 4),
	};
	bool flush = m->multicast && r.class & MULTICAST_BIT;

	if (flush)
		r.class &= (uint16_t)~MULTICAST_BIT;
	if (type != TYPE_OPT)
		print_class(d, r.class);
	if (flush)
		skw_buf_add_str(d->out, " (Cache flush)");
	if (type != TYPE_OPT && d->opt->verbose > 2)
		print_ttl(d, r.ttl);

	const struct dns_type *t = print_type(d, type);

	if (!skw_bytes_has(r.msg, r.at, r.len) || (t && t->print && !t->print(d, &r)))
		return false;
	m->at = r.at + r.len;
	return true;
}

uint16_t skw_dns_extended_rcode(const struct skw_dns *m, uint32_t questions, uint32_t before,
				uint32_t extra)
{
	uint32_t at = m->at;

	for (; questions; questions--) {
		if (!skw_dns_name_skip(m->msg, &at))
			return 0;
		at += 4;
	}
	for (uint32_t i = 0; i < before + extra; i++) {
		if (!skw_dns_name_skip(m->msg, &at) || !skw_bytes_has(m->msg, at, 5))
			return 0;

		const uint8_t *p = m->msg.p + at;

		if (i >= before && skw_bytes_be16(p) == TYPE_OPT)
			return (uint16_t)(p[4] << 4);
		if (!skw_bytes_has(m->msg, at, RECORD_FIXED))
			return 0;
		at += (uint32_t)RECORD_FIXED + skw_bytes_be16(p + 8);
	}
	return 0;
}
