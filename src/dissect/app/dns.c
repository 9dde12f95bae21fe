// SPDX-License-Identifier: BSD-2-Clause
/* DNS messages, RFC 1035, and multicast DNS, RFC 6762. */
#include "dissect/dissect.h"

#include "dissect/app/dns_name.h"
#include "dissect/app/dns_record.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum {
	HEADER = 12,
	FLAG_QR = 0x8000, /* set in a response */
	FLAG_AA = 0x0400,
	FLAG_TC = 0x0200,
	FLAG_RD = 0x0100,
	FLAG_RA = 0x0080,
	FLAG_AD = 0x0020,
	FLAG_CD = 0x0010,
	QUERY_ODD = 0x06cf, /* bits that a query does not have */
	OPCODE_INVERSE = 1,
};

static const char *const opcodes[16] = {
	"",         " inv_q",    " stat",     " op3",     " notify",  " update",
	" op6",     " op7",      " op8",      " updateA", " updateD", " updateDA",
	" updateM", " updateMA", " zoneInit", " zoneRef",
};

struct dns_header {
	uint16_t id, flags;
	uint32_t questions, answers, authorities, extras;
};

static void print_count(struct skw_dissect *d, uint32_t n, const char *what)
{
	skw_text_field(d->out, " [", n);
	skw_buf_add_str(d->out, what);
}

/* Prints a section of records. Returns false if the message ends before the section does. */
static bool print_section(struct skw_dissect *d, struct skw_dns *m, uint32_t count)
{
	while (count) {
		if (!skw_dns_record_print(d, m))
			return false;
		count--;
		if (m->at >= m->msg.caplen)
			break;
		if (count)
			skw_buf_add_char(d->out, ',');
	}
	return !count;
}

/* Prints the sections that are shown with -vv only. */
static bool print_rest(struct skw_dissect *d, struct skw_dns *m, const struct dns_header *h)
{
	const struct {
		uint32_t count;
		const char *label;
	} sections[] = { { h->authorities, " ns:" }, { h->extras, " ar:" } };

	if (d->opt->verbose < 2)
		return true;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(sections); i++) {
		if (!sections[i].count)
			continue;
		if (m->at >= m->msg.caplen)
			return false;
		skw_buf_add_str(d->out, sections[i].label);
		if (!print_section(d, m, sections[i].count))
			return false;
	}
	return true;
}

static bool print_questions_of_answer(struct skw_dissect *d, struct skw_dns *m, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (i)
			skw_buf_add_char(d->out, ',');
		if (d->opt->verbose > 1) {
			skw_buf_add_str(d->out, " q:");
			if (!skw_dns_question_print(d, m))
				return false;
		} else {
			if (!skw_dns_name_skip(m->msg, &m->at))
				return false;
			m->at += 4;
		}
	}
	return true;
}

/* Two names have no space in front, as in tcpdump, so that scripts which compare lines work. */
static void print_rcode(struct skw_dissect *d, uint16_t rcode)
{
	const char *name = skw_dns_rcode_name(rcode);

	if (rcode && rcode != 17 && rcode != 21)
		skw_buf_add_char(d->out, ' ');
	if (name)
		skw_buf_add_str(d->out, name);
	else
		skw_text_field(d->out, "Resp", rcode);
}

static bool print_response(struct skw_dissect *d, struct skw_dns *m, const struct dns_header *h)
{
	uint16_t rcode = h->flags & 0xf;

	if (h->extras)
		rcode |= skw_dns_extended_rcode(m, h->questions, h->answers + h->authorities,
						h->extras);
	skw_buf_add_uint(d->out, h->id);
	skw_buf_add_str(d->out, opcodes[h->flags >> 11 & 0xf]);
	print_rcode(d, rcode);
	if (h->flags & FLAG_AA)
		skw_buf_add_char(d->out, '*');
	if (!(h->flags & FLAG_RA))
		skw_buf_add_char(d->out, '-');
	if (h->flags & FLAG_TC)
		skw_buf_add_char(d->out, '|');
	if (h->flags & FLAG_AD)
		skw_buf_add_char(d->out, '$');
	if (h->questions != 1)
		print_count(d, h->questions, "q]");
	if (!print_questions_of_answer(d, m, h->questions))
		return false;
	skw_text_field(d->out, " ", h->answers);
	skw_text_field(d->out, "/", h->authorities);
	skw_text_field(d->out, "/", h->extras);
	return print_section(d, m, h->answers) && print_rest(d, m, h);
}

static bool print_query(struct skw_dissect *d, struct skw_dns *m, const struct dns_header *h)
{
	uint8_t opcode = h->flags >> 11 & 0xf;

	skw_buf_add_uint(d->out, h->id);
	skw_buf_add_str(d->out, opcodes[opcode]);
	if (h->flags & FLAG_RD)
		skw_buf_add_char(d->out, '+');
	if (h->flags & FLAG_CD)
		skw_buf_add_char(d->out, '%');
	if (h->flags & QUERY_ODD) {
		skw_buf_add_str(d->out, " [b2&3=0x");
		skw_text_hex(d->out, h->flags, 1);
		skw_buf_add_char(d->out, ']');
	}
	if (opcode == OPCODE_INVERSE) {
		if (h->questions)
			print_count(d, h->questions, "q]");
		if (h->answers != 1)
			print_count(d, h->answers, "a]");
	} else {
		if (h->answers)
			print_count(d, h->answers, "a]");
		if (h->questions != 1)
			print_count(d, h->questions, "q]");
	}
	if (h->authorities)
		print_count(d, h->authorities, "n]");
	if (h->extras)
		print_count(d, h->extras, "au]");
	for (uint32_t i = 0; i < h->questions; i++) {
		if ((i && m->at >= m->msg.caplen) || !skw_dns_question_print(d, m))
			return false;
	}
	if (d->opt->verbose < 2)
		return true;
	return print_section(d, m, h->answers) && print_rest(d, m, h);
}

static void print_message(struct skw_dissect *d, struct skw_bytes b, bool multicast)
{
	if (b.len < HEADER) {
		skw_text_field(d->out, "domain [length ", b.len);
		skw_text_field(d->out, " < ", HEADER);
		skw_buf_add_char(d->out, ']');
		skw_dissect_invalid(d);
		return;
	}
	if (!skw_bytes_has(b, 0, HEADER)) {
		skw_dissect_cut(d, "domain");
		return;
	}

	const struct dns_header h = {
		.id = skw_bytes_be16(b.p),
		.flags = skw_bytes_be16(b.p + 2),
		.questions = skw_bytes_be16(b.p + 4),
		.answers = skw_bytes_be16(b.p + 6),
		.authorities = skw_bytes_be16(b.p + 8),
		.extras = skw_bytes_be16(b.p + 10),
	};
	struct skw_dns m = { .msg = b, .multicast = multicast, .at = HEADER };

	if (!(h.flags & FLAG_QR ? print_response : print_query)(d, &m, &h)) {
		skw_dissect_cut(d, "domain");
		return;
	}
	skw_text_field(d->out, " (", b.len);
	skw_buf_add_char(d->out, ')');
}

bool skw_dissect_dns(struct skw_dissect *d, struct skw_bytes b, bool over_tcp)
{
	if (!over_tcp) {
		print_message(d, b, false);
		return true;
	}
	if (b.len < 2) {
		skw_text_field(d->out, " [DNS over TCP: length ", b.len);
		skw_buf_add_str(d->out, " < 2]");
		skw_dissect_invalid(d);
		return true;
	}
	if (!skw_bytes_has(b, 0, 2)) {
		skw_dissect_cut(d, "domain");
		return true;
	}

	uint16_t length = skw_bytes_be16(b.p);

	b = skw_bytes_skip(b, 2);
	skw_buf_add_char(d->out, ' ');
	/*
	 * Messages are not reassembled from segments, and a second message in the segment is not
	 * printed.
	 */
	if (length != b.len) {
		skw_text_field(d->out, "[prefix length(", length);
		skw_text_field(d->out, ") != length(", b.len);
		skw_buf_add_str(d->out, ")]");
		skw_dissect_invalid(d);
		return true;
	}
	print_message(d, b, false);
	return true;
}

bool skw_dissect_mdns(struct skw_dissect *d, struct skw_bytes b)
{
	print_message(d, b, true);
	return true;
}
