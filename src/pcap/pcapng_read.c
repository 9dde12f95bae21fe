// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/pcapng_read.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pcap/linktype.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_blocks.h"
#include "pcap/pcapng_body.h"
#include "pcap/read_error.h"
#include "pcap/reader.h"
#include "pcap/tsresol.h"
#include "util/buf.h"
#include "util/cleanup.h"

#define IFACES_MAX 65536
/* An interface's name and filter are kept up to this length. */
#define TEXT_MAX 1024

struct iface {
	struct skw_iface public; /* owns its texts */
	uint8_t tsresol;
	int64_t tsoffset;
	bool has_stats;
	struct skw_iface_stats stats;
};

struct skw_pcapng_read {
	struct skw_pcapng_blocks blocks;
	struct iface **ifaces;
	size_t count;
	size_t section; /* index of the current section's interface 0 */
	/* The blocks of a run of packets. */
	struct skw_raw_block kept[SKW_READER_RUN];
	size_t kept_next;
	struct skw_buf comment; /* of the last packet */
	bool gives_blocks;
	bool at_start; /* the current block is the first section header */
};

static void iface_free(struct iface *i)
{
	if (!i)
		return;
	free((char *)(uintptr_t)i->public.name);
	free((char *)(uintptr_t)i->public.filter);
	free(i);
}

static void replace_text(const char **text, const uint8_t *p, size_t n, bool *failed)
{
	char *copy = strndup((const char *)p, n < TEXT_MAX ? n : TEXT_MAX);

	free((char *)(uintptr_t)*text);
	*text = copy;
	*failed |= !copy;
}

static void iface_option(struct iface *i, const struct skw_pcapng_opt *o, bool swapped,
			 bool *failed)
{
	if (o->code == SKW_PCAPNG_IF_NAME)
		replace_text(&i->public.name, o->value, o->len, failed);
	else if (o->code == SKW_PCAPNG_IF_FILTER && o->len && o->value[0] == 0)
		replace_text(&i->public.filter, o->value + 1, o->len - 1u, failed);
	else if (skw_pcapng_is_option(o, SKW_PCAPNG_IF_TSRESOL, 1))
		i->tsresol = o->value[0];
	else if (skw_pcapng_is_option(o, SKW_PCAPNG_IF_TSOFFSET, 8))
		i->tsoffset = (int64_t)skw_pcapng_get64(o->value, swapped);
}

static int add_iface(struct skw_pcapng_read *r, struct iface *i, struct skw_error *err)
{
	/* The array grows to the next power of two. */
	if (!(r->count & (r->count - 1))) {
		size_t room = r->count ? r->count * 2 : 1;
		struct iface **more = realloc(r->ifaces, room * sizeof(struct iface *));

		if (!more)
			return skw_pcapng_blocks_no_memory(&r->blocks, err);
		r->ifaces = more;
	}
	r->ifaces[r->count++] = i;
	return 0;
}

static int read_iface(struct skw_pcapng_read *r, struct skw_error *err)
{
	struct skw_pcapng_body b = skw_pcapng_blocks_body(&r->blocks);
	const uint8_t *p = skw_pcapng_take(&b, 8);
	struct skw_pcapng_opt o;
	bool failed = false;

	if (!p)
		return skw_pcapng_blocks_corrupt(&r->blocks,
						 "an interface description is too short", err);
	if (r->count >= IFACES_MAX)
		return skw_pcapng_blocks_corrupt(&r->blocks, "more than 65,536 interfaces", err);
	struct iface *i = calloc(1, sizeof(*i));
	if (!i)
		return skw_pcapng_blocks_no_memory(&r->blocks, err);
	i->public.dlt = skw_linktype_to_dlt(skw_pcapng_get16(p, r->blocks.swapped));
	i->public.snaplen = skw_pcapng_get32(p + 4, r->blocks.swapped);
	i->public.swapped = r->blocks.swapped;
	i->public.directions = true;
	i->tsresol = SKW_TSRESOL_DEFAULT;
	while (skw_pcapng_next_option(&b, &o))
		iface_option(i, &o, r->blocks.swapped, &failed);
	int ret = failed ? skw_pcapng_blocks_no_memory(&r->blocks, err) : add_iface(r, i, err);
	if (ret)
		iface_free(i);
	return ret;
}

static struct iface *find_iface(const struct skw_pcapng_read *r, uint32_t id)
{
	return id < r->count - r->section ? r->ifaces[r->section + id] : NULL;
}

/* Several comments become a single one with a line for each. */
static void add_comment(struct skw_pcapng_read *r, const struct skw_pcapng_opt *o)
{
	if (r->comment.len)
		skw_buf_add_char(&r->comment, '\n');
	skw_buf_add(&r->comment, o->value, strnlen((const char *)o->value, o->len));
}

static void read_flags(uint32_t flags, struct skw_packet *pkt)
{
	static const uint8_t types[SKW_PCAPNG_FLAGS_CAST_MASK + 1] = {
		[SKW_PCAPNG_CAST_MULTICAST] = PACKET_MULTICAST,
		[SKW_PCAPNG_CAST_BROADCAST] = PACKET_BROADCAST,
		[SKW_PCAPNG_CAST_PROMISCUOUS] = PACKET_OTHERHOST,
	};

	switch (flags & SKW_PCAPNG_FLAGS_DIR_MASK) {
	case SKW_PCAPNG_FLAGS_IN:
		pkt->direction = SKW_DIR_IN;
		pkt->pkt_type =
			types[flags >> SKW_PCAPNG_FLAGS_CAST_SHIFT & SKW_PCAPNG_FLAGS_CAST_MASK];
		break;
	case SKW_PCAPNG_FLAGS_OUT:
		pkt->direction = SKW_DIR_OUT;
		pkt->pkt_type = PACKET_OUTGOING;
		break;
	}
}

static int packet_options(struct skw_pcapng_read *r, struct skw_pcapng_body b,
			  struct skw_packet *pkt, struct skw_error *err)
{
	struct skw_pcapng_opt o;

	while (skw_pcapng_next_option(&b, &o)) {
		if (o.code == SKW_PCAPNG_COMMENT) {
			add_comment(r, &o);
		} else if (skw_pcapng_is_option(&o, SKW_PCAPNG_EPB_FLAGS, 4)) {
			read_flags(skw_pcapng_get32(o.value, b.swapped), pkt);
		} else if (skw_pcapng_is_option(&o, SKW_PCAPNG_EPB_DROPCOUNT, 8)) {
			uint64_t n = skw_pcapng_get64(o.value, b.swapped);

			pkt->dropped = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
		}
	}
	if (!r->comment.len)
		return 0;
	skw_buf_add_char(&r->comment, '\0');
	if (r->comment.failed)
		return skw_pcapng_blocks_no_memory(&r->blocks, err);
	pkt->comment = (const char *)r->comment.data;
	return 0;
}

/* Reads the interface and the bytes, which all three kinds of packet blocks have. */
static int read_data(struct skw_pcapng_read *r, struct skw_pcapng_body *b, uint32_t id,
		     uint32_t caplen, struct skw_packet *pkt, struct skw_error *err)
{
	const struct iface *i = find_iface(r, id);

	if (!i)
		return skw_pcapng_blocks_corrupt(
			&r->blocks, "a packet of an interface that was not described", err);
	pkt->data = skw_pcapng_take(b, caplen);
	if (!pkt->data)
		return skw_pcapng_blocks_corrupt(&r->blocks, "a packet is longer than its block",
						 err);
	skw_pcapng_take(b, -caplen & 3);
	pkt->caplen = caplen;
	pkt->dlt = i->public.dlt;
	pkt->iface = (uint32_t)(r->section + id);
	return 1;
}

static int read_packet(struct skw_pcapng_read *r, bool old, struct skw_packet *pkt,
		       struct skw_error *err)
{
	struct skw_pcapng_body b = skw_pcapng_blocks_body(&r->blocks);
	const uint8_t *p = skw_pcapng_take(&b, 20);

	if (!p)
		return skw_pcapng_blocks_corrupt(&r->blocks, "a packet block is too short", err);
	uint32_t id = old ? skw_pcapng_get16(p, r->blocks.swapped)
			  : skw_pcapng_get32(p, r->blocks.swapped);
	int ret = read_data(r, &b, id, skw_pcapng_get32(p + 12, r->blocks.swapped), pkt, err);
	if (ret < 0)
		return ret;
	const struct iface *i = find_iface(r, id);
	pkt->ts_ns = skw_tsresol_to_ns(skw_pcapng_get_ticks(p + 4, r->blocks.swapped), i->tsresol,
				       i->tsoffset);
	pkt->len = skw_pcapng_get32(p + 16, r->blocks.swapped);
	if (old) {
		uint16_t drops = skw_pcapng_get16(p + 2, r->blocks.swapped);

		pkt->dropped = drops == UINT16_MAX ? 0 : drops; /* all ones mean unknown */
	}
	ret = packet_options(r, b, pkt, err);
	return ret ? ret : 1;
}

/* A simple packet block has no time and no interface number, and caplen must be computed. */
static int read_simple(struct skw_pcapng_read *r, struct skw_packet *pkt, struct skw_error *err)
{
	struct skw_pcapng_body b = skw_pcapng_blocks_body(&r->blocks);
	const uint8_t *p = skw_pcapng_take(&b, 4);
	const struct iface *i = find_iface(r, 0);

	if (!p)
		return skw_pcapng_blocks_corrupt(&r->blocks, "a packet block is too short", err);
	pkt->len = skw_pcapng_get32(p, r->blocks.swapped);
	uint32_t caplen = pkt->len;
	if (i && i->public.snaplen && caplen > i->public.snaplen)
		caplen = i->public.snaplen;
	return read_data(r, &b, 0, caplen, pkt, err);
}

static int read_stats(struct skw_pcapng_read *r, struct skw_error *err)
{
	struct skw_pcapng_body b = skw_pcapng_blocks_body(&r->blocks);
	const uint8_t *p = skw_pcapng_take(&b, 12);
	struct iface *i = p ? find_iface(r, skw_pcapng_get32(p, r->blocks.swapped)) : NULL;
	struct skw_iface_stats s = { 0 };
	uint64_t *const fields[] = {
		[SKW_PCAPNG_ISB_IFRECV] = &s.seen,
		[SKW_PCAPNG_ISB_FILTERACCEPT] = &s.matched,
		[SKW_PCAPNG_ISB_OSDROP] = &s.dropped,
		[SKW_PCAPNG_ISB_USRDELIV] = &s.captured,
	};
	struct skw_pcapng_opt o;

	if (!i)
		return skw_pcapng_blocks_corrupt(
			&r->blocks, "statistics of an interface that was not described", err);
	while (skw_pcapng_next_option(&b, &o))
		if (o.code < SKW_ARRAY_SIZE(fields) && fields[o.code] && o.len == 8)
			*fields[o.code] = skw_pcapng_get64(o.value, r->blocks.swapped);
	i->stats = s;
	i->has_stats = true;
	return 0;
}

/* Takes the current block apart. Returns 1 for a packet, SKW_READER_BLOCK or -errno. */
static int take_apart(struct skw_pcapng_read *r, struct skw_packet *pkt, struct skw_error *err)
{
	uint32_t type = r->blocks.raw.type;
	int ret = 0;

	switch (type) {
	case SKW_PCAPNG_SIMPLE_PACKET:
		return read_simple(r, pkt, err);
	case SKW_PCAPNG_PACKET:
	case SKW_PCAPNG_OLD_PACKET:
		return read_packet(r, type == SKW_PCAPNG_OLD_PACKET, pkt, err);
	case SKW_PCAPNG_INTERFACE:
		ret = read_iface(r, err);
		break;
	case SKW_PCAPNG_STATISTICS:
		ret = read_stats(r, err);
		break;
	case SKW_PCAPNG_SECTION:
		r->section = r->count;
		break;
	}
	return ret ? ret : SKW_READER_BLOCK;
}

/* The current block at a place where it stays as long as its packet is valid. */
static const struct skw_raw_block *keep_block(struct skw_pcapng_read *r)
{
	struct skw_raw_block *kept = &r->kept[r->kept_next++ % SKW_READER_RUN];

	*kept = r->blocks.raw;
	return kept;
}

/* Returns 1 for a packet, SKW_READER_BLOCK, 0 at the end, or -errno. */
static int read_block(struct skw_pcapng_read *r, struct skw_packet *pkt, struct skw_error *err)
{
	int ret = skw_pcapng_blocks_next(&r->blocks, err);

	if (ret <= 0)
		return ret;
	*pkt = (struct skw_packet){ .block = keep_block(r) };
	skw_buf_reset(&r->comment);
	return take_apart(r, pkt, err);
}

int skw_pcapng_read_next(struct skw_pcapng_read *r, struct skw_packet *pkt, struct skw_error *err)
{
	int ret = 0;

	if (r->at_start && r->gives_blocks) {
		*pkt = (struct skw_packet){ .block = keep_block(r) };
		ret = SKW_READER_BLOCK;
	}
	r->at_start = false;
	while (!ret || (ret == SKW_READER_BLOCK && !r->gives_blocks)) {
		ret = read_block(r, pkt, err);
		if (!ret)
			return 0;
	}
	r->blocks.packets += ret == 1;
	return ret;
}

bool skw_pcapng_read_goes_on(const struct skw_pcapng_read *r)
{
	/* Otherwise the next packet would replace the comment, or a block comes first. */
	return !r->comment.len && !r->at_start && skw_pcapng_blocks_goes_on(&r->blocks);
}

void skw_pcapng_read_give_blocks(struct skw_pcapng_read *r)
{
	r->gives_blocks = true;
}

int skw_pcapng_read_open(struct skw_byte_stream *s, const char *name, struct skw_pcapng_read **out,
			 struct skw_error *err)
{
	struct skw_pcapng_read *r = calloc(1, sizeof(*r));

	if (!r)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", name);
	r->blocks.stream = s;
	r->blocks.name = name;
	r->at_start = true;
	int ret = skw_pcapng_blocks_next(&r->blocks, err);
	if (!ret)
		ret = skw_read_error_truncated(err, name, 0);
	else if (ret > 0 && r->blocks.raw.type != SKW_PCAPNG_SECTION)
		ret = skw_pcapng_blocks_corrupt(&r->blocks,
						"it does not begin with a section header", err);
	if (ret < 0) {
		skw_pcapng_read_close(r);
		return ret;
	}
	*out = r;
	return 0;
}

void skw_pcapng_read_close(struct skw_pcapng_read *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->count; i++)
		iface_free(r->ifaces[i]);
	free(r->ifaces);
	skw_buf_free(&r->comment);
	free(r);
}

size_t skw_pcapng_read_iface_count(const struct skw_pcapng_read *r)
{
	return r->count;
}

const struct skw_iface *skw_pcapng_read_iface(const struct skw_pcapng_read *r, size_t i)
{
	return i < r->count ? &r->ifaces[i]->public : NULL;
}

const struct skw_iface_stats *skw_pcapng_read_stats(const struct skw_pcapng_read *r, size_t i)
{
	return i < r->count && r->ifaces[i]->has_stats ? &r->ifaces[i]->stats : NULL;
}
