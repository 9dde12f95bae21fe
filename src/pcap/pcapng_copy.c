// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/pcapng_copy.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "util/cleanup.h"

#define TOTAL_AT    4 /* where a block has its length */
#define TOTAL_BYTES 4
#define LENGTH_AT   16 /* of a section */
#define SNAPLEN_AT  12 /* of an interface */
#define CAPLEN_AT   20 /* of a packet */
#define LEN_AT      8  /* of a simple packet */
#define SECRETS_AT  12 /* their length */

static const uint8_t zeros[8];

/* Blocks whose options are known, and where their fixed fields end. */
static const struct copy_kind {
	uint32_t type;
	uint32_t fixed;
} kinds[] = {
	{ SKW_PCAPNG_SECTION, 24 }, { SKW_PCAPNG_INTERFACE, 16 },     { SKW_PCAPNG_OLD_PACKET, 28 },
	{ SKW_PCAPNG_PACKET, 28 },  { SKW_PCAPNG_STATISTICS, 20 },    { SKW_PCAPNG_SECRETS, 16 },
	{ SKW_PCAPNG_NAMES, 8 },    { SKW_PCAPNG_SIMPLE_PACKET, 12 },
};

/* The parts of a block, as offsets: fixed fields, data with padding, options, second length. */
struct parts {
	uint32_t data;
	uint32_t options; /* the same as `end` if the block has none, or none that can be found */
	uint32_t end;
	bool known; /* the block is one of `kinds`, and has its fixed fields */
};

/* The length of the records of a name resolution block, or SIZE_MAX if they have no end. */
static size_t names_len(const struct skw_raw_block *b, uint32_t from, uint32_t end)
{
	struct skw_pcapng_body records = { b->bytes + from, end - from, b->swapped };
	struct skw_pcapng_opt record;

	/* Records have the same form as options, and the same end. */
	while (skw_pcapng_next_option(&records, &record))
		;
	const uint8_t *last = records.p - 4;

	/* If the loop ended for want of bytes, the last record is none. */
	if (last < b->bytes + from || skw_pcapng_get32(last, b->swapped) != 0)
		return SIZE_MAX;
	return (size_t)(records.p - (b->bytes + from));
}

static size_t data_len(const struct skw_raw_block *b, const struct parts *p)
{
	switch (b->type) {
	case SKW_PCAPNG_PACKET:
	case SKW_PCAPNG_OLD_PACKET:
		return skw_pcapng_get32(b->bytes + CAPLEN_AT, b->swapped);
	case SKW_PCAPNG_SECRETS:
		return skw_pcapng_get32(b->bytes + SECRETS_AT, b->swapped);
	case SKW_PCAPNG_NAMES:
		return names_len(b, p->data, p->end);
	case SKW_PCAPNG_SIMPLE_PACKET:
		return SIZE_MAX;
	default:
		return 0;
	}
}

static struct parts parts_of(const struct skw_raw_block *b)
{
	struct parts p = { .end = b->len - TOTAL_BYTES };

	p.data = p.options = p.end;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(kinds) && !p.known; i++) {
		p.known = kinds[i].type == b->type && kinds[i].fixed <= p.end;
		if (p.known)
			p.data = kinds[i].fixed;
	}
	if (!p.known)
		return p;

	size_t len = data_len(b, &p);

	if (len <= p.end - p.data)
		p.options = p.data + (((uint32_t)len + 3) & ~3u);
	return p;
}

static bool is_forbidden(const struct skw_pcapng_opt *o)
{
	return o->code == SKW_PCAPNG_CUSTOM_TEXT_NO_COPY ||
	       o->code == SKW_PCAPNG_CUSTOM_BYTES_NO_COPY;
}

static bool is_any(const struct skw_pcapng_opt *o)
{
	(void)o;
	return true;
}

static bool is_comment(const struct skw_pcapng_opt *o)
{
	return o->code == SKW_PCAPNG_COMMENT;
}

/* Options of an interface without which the times of its packets can't be read. */
static bool is_time_unit(const struct skw_pcapng_opt *o)
{
	return skw_pcapng_is_option(o, SKW_PCAPNG_IF_TSRESOL, 1) ||
	       skw_pcapng_is_option(o, SKW_PCAPNG_IF_TSOFFSET, 8);
}

static struct skw_pcapng_body options_of(const struct skw_raw_block *b, const struct parts *p)
{
	return (struct skw_pcapng_body){ b->bytes + p->options, p->end - p->options, b->swapped };
}

static uint64_t count_options(const struct skw_raw_block *b, const struct parts *p,
			      bool (*is)(const struct skw_pcapng_opt *o))
{
	struct skw_pcapng_body body = options_of(b, p);
	struct skw_pcapng_opt o;
	uint64_t n = 0;

	while (skw_pcapng_next_option(&body, &o))
		n += is(&o);
	return n;
}

/* Appends the options but the forbidden ones, and what stands behind their end. */
static void add_options(struct skw_buf *to, const struct skw_raw_block *b, const struct parts *p)
{
	struct skw_pcapng_body body = options_of(b, p);
	struct skw_pcapng_opt o;
	const uint8_t *from = body.p;

	for (; skw_pcapng_next_option(&body, &o); from = body.p)
		if (!is_forbidden(&o))
			skw_buf_add(to, from, (size_t)(body.p - from));
	skw_buf_add(to, from, (size_t)(b->bytes + p->end - from));
}

static void put32(struct skw_buf *to, size_t at, uint32_t v, bool swapped)
{
	if (swapped)
		v = __builtin_bswap32(v);
	if (!to->failed)
		memcpy(to->data + at, &v, sizeof(v));
}

/* Appends the second length to the block that begins at `at`, and fills in the first. */
static void finish(struct skw_buf *to, size_t at, bool swapped)
{
	uint32_t total = (uint32_t)(to->len - at) + TOTAL_BYTES;

	skw_buf_add(to, zeros, TOTAL_BYTES);
	put32(to, at + TOTAL_AT, total, swapped);
	put32(to, at + total - TOTAL_BYTES, total, swapped);
}

static bool is_section_of_known_length(const struct skw_raw_block *b)
{
	return b->type == SKW_PCAPNG_SECTION &&
	       skw_pcapng_get64(b->bytes + LENGTH_AT, b->swapped) != UINT64_MAX;
}

/* Whether the number that limits the data of this block is larger than `cut`, and where it is. */
static bool is_over(const struct skw_raw_block *b, const struct parts *p, uint32_t cut, size_t *at)
{
	if (!cut || !p->known)
		return false;
	switch (b->type) {
	case SKW_PCAPNG_INTERFACE:
		*at = SNAPLEN_AT;
		/* 0 means that there is no limit. */
		return skw_pcapng_get32(b->bytes + *at, b->swapped) - 1 >= cut;
	case SKW_PCAPNG_PACKET:
	case SKW_PCAPNG_OLD_PACKET:
		*at = CAPLEN_AT;
		return p->options - p->data > cut &&
		       skw_pcapng_get32(b->bytes + *at, b->swapped) > cut;
	case SKW_PCAPNG_SIMPLE_PACKET:
		/* Its captured length is not written down: the interface tells it. */
		*at = 0;
		return skw_pcapng_get32(b->bytes + LEN_AT, b->swapped) > cut &&
		       p->end - p->data > cut;
	default:
		return false;
	}
}

static int change(const struct skw_raw_block *in, const struct parts *p, uint32_t cut, bool over,
		  size_t limit_at, struct skw_buf *room, struct skw_raw_block *out)
{
	uint32_t data = p->options - p->data;

	skw_buf_reset(room);
	skw_buf_add(room, in->bytes, p->data);
	if (in->type == SKW_PCAPNG_SECTION && !room->failed)
		memset(room->data + LENGTH_AT, 0xff, sizeof(uint64_t));
	if (over && limit_at)
		put32(room, limit_at, cut, in->swapped);
	if (over && in->type != SKW_PCAPNG_INTERFACE)
		data = cut;
	skw_buf_add(room, in->bytes + p->data, data);
	skw_buf_add(room, zeros, -data & 3);
	add_options(room, in, p);
	finish(room, 0, in->swapped);
	if (room->failed)
		return -ENOMEM;
	*out = *in;
	out->bytes = room->data;
	out->len = (uint32_t)room->len;
	return 1;
}

int skw_pcapng_copy(const struct skw_raw_block *in, uint32_t cut, struct skw_buf *room,
		    struct skw_raw_block *out, struct skw_pcapng_uncopied *uncopied)
{
	if (in->type == SKW_PCAPNG_CUSTOM_NO_COPY) {
		uncopied->blocks++;
		return 0;
	}
	if (!in->bytes) {
		uncopied->too_long++;
		return 0;
	}

	struct parts p = parts_of(in);
	uint64_t forbidden = count_options(in, &p, is_forbidden);
	size_t limit_at = 0;
	bool over = is_over(in, &p, cut, &limit_at);

	uncopied->options += forbidden;
	if (over || forbidden || is_section_of_known_length(in))
		return change(in, &p, cut, over, limit_at, room, out);
	*out = *in;
	return 1;
}

/* Appends the last option of this code, which is the one that counts. */
static void add_last(struct skw_buf *to, const struct skw_raw_block *b, const struct parts *p,
		     uint16_t code)
{
	struct skw_pcapng_body body = options_of(b, p);
	struct skw_pcapng_opt o;
	const uint8_t *from = body.p, *last = NULL;
	size_t len = 0;

	for (; skw_pcapng_next_option(&body, &o); from = body.p) {
		if (o.code != code || !is_time_unit(&o))
			continue;
		last = from;
		len = (size_t)(body.p - from);
	}
	if (last)
		skw_buf_add(to, last, len);
}

int skw_pcapng_add_short(struct skw_buf *to, const struct skw_raw_block *b)
{
	struct parts p = parts_of(b);
	size_t at = to->len;

	skw_buf_add(to, b->bytes, p.data);
	if (b->type == SKW_PCAPNG_INTERFACE) {
		add_last(to, b, &p, SKW_PCAPNG_IF_TSRESOL);
		add_last(to, b, &p, SKW_PCAPNG_IF_TSOFFSET);
		skw_buf_add(to, zeros, 4); /* the end of the options */
	}
	finish(to, at, b->swapped);
	return to->failed ? -ENOMEM : 0;
}

bool skw_pcapng_is_for_all(const struct skw_raw_block *b)
{
	return b->type == SKW_PCAPNG_SECTION || b->type == SKW_PCAPNG_INTERFACE ||
	       b->type == SKW_PCAPNG_NAMES || b->type == SKW_PCAPNG_SECRETS;
}

static unsigned extras_of_options(const struct skw_raw_block *b)
{
	struct parts p = parts_of(b);
	uint64_t all = count_options(b, &p, is_any);
	uint64_t comments = count_options(b, &p, is_comment);
	unsigned extras = comments ? SKW_PCAPNG_HAS_COMMENTS : 0;

	if (b->type == SKW_PCAPNG_INTERFACE)
		all -= count_options(b, &p, is_time_unit);
	if (all == comments)
		return extras;
	if (b->type == SKW_PCAPNG_SECTION)
		return extras | SKW_PCAPNG_HAS_SECTION_OPTIONS;
	if (b->type == SKW_PCAPNG_INTERFACE)
		return extras | SKW_PCAPNG_HAS_IFACE_OPTIONS;
	return extras | SKW_PCAPNG_HAS_PACKET_OPTIONS;
}

unsigned skw_pcapng_extras(const struct skw_raw_block *b)
{
	switch (b->type) {
	case SKW_PCAPNG_SECTION:
	case SKW_PCAPNG_INTERFACE:
	case SKW_PCAPNG_PACKET:
	case SKW_PCAPNG_OLD_PACKET:
		return extras_of_options(b);
	case SKW_PCAPNG_SIMPLE_PACKET:
		return 0;
	case SKW_PCAPNG_NAMES:
		return SKW_PCAPNG_HAS_NAMES;
	case SKW_PCAPNG_SECRETS:
		return SKW_PCAPNG_HAS_SECRETS;
	case SKW_PCAPNG_STATISTICS:
		return SKW_PCAPNG_HAS_STATISTICS;
	case SKW_PCAPNG_JOURNAL:
		return SKW_PCAPNG_HAS_JOURNAL;
	case SKW_PCAPNG_CUSTOM:
	case SKW_PCAPNG_CUSTOM_NO_COPY:
		return SKW_PCAPNG_HAS_CUSTOM;
	default:
		return SKW_PCAPNG_HAS_UNKNOWN;
	}
}
