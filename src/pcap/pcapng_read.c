// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/pcapng_read.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pcap/linktype.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "pcap/read_error.h"
#include "pcap/tsresol.h"
#include "util/buf.h"
#include "util/cleanup.h"

/* The longest block that is read. The largest packet that a program captures is much shorter. */
#define BLOCK_MAX  (16u << 20)
#define IFACES_MAX 65536
#define BLOCK_MIN  12 /* type, length, and the length again */

struct iface {
	struct skw_iface public; /* owns its texts */
	uint8_t tsresol;
	int64_t tsoffset;
	bool has_stats;
	struct skw_iface_stats stats;
};

struct skw_pcapng_read {
	FILE *file;
	const char *name;
	bool swapped; /* the current section is not in this host's byte order */
	struct iface **ifaces;
	size_t count;
	size_t section; /* index of the current section's interface 0 */
	uint64_t packets;
	struct skw_buf block; /* the body of the current block */
	struct skw_buf comment;
};

static int corrupt(const struct skw_pcapng_read *r, struct skw_error *err, const char *what)
{
	return skw_read_error_corrupt(err, r->name, r->packets, what);
}

static int no_memory(const struct skw_pcapng_read *r, struct skw_error *err)
{
	return skw_error_set(err, -ENOMEM, "%s: out of memory", r->name);
}

/* Reads n bytes of the stream. Returns 1, 0 at the end of the file, or -errno with a text. */
static int read_bytes(struct skw_pcapng_read *r, void *to, size_t n, struct skw_error *err)
{
	errno = 0;
	size_t got = fread(to, 1, n, r->file);
	if (got == n)
		return 1;
	if (ferror(r->file))
		return skw_read_error_stream(err, r->name, errno ? errno : EIO, r->packets);
	return got ? skw_read_error_truncated(err, r->name, r->packets) : 0;
}

/* The same, but the end of the file is an error. Returns 0 or -errno. */
static int need_bytes(struct skw_pcapng_read *r, void *to, size_t n, struct skw_error *err)
{
	int ret = n ? read_bytes(r, to, n, err) : 1;

	if (!ret)
		return skw_read_error_truncated(err, r->name, r->packets);
	return ret < 0 ? ret : 0;
}

static int skip_bytes(struct skw_pcapng_read *r, size_t n, struct skw_error *err)
{
	uint8_t waste[4096];

	while (n) {
		size_t part = n < sizeof(waste) ? n : sizeof(waste);
		int ret = need_bytes(r, waste, part, err);

		if (ret)
			return ret;
		n -= part;
	}
	return 0;
}

/* Reads the rest of a block of `total` bytes, `had` of which are read. r->block gets its body. */
static int read_body(struct skw_pcapng_read *r, uint32_t total, size_t had, struct skw_error *err)
{
	size_t rest = total - had;

	if (total > BLOCK_MAX)
		return corrupt(r, err, "a block is longer than 16 MiB");
	skw_buf_reset(&r->block);
	uint8_t *p = skw_buf_reserve(&r->block, rest);
	if (!p)
		return no_memory(r, err);
	int ret = need_bytes(r, p, rest, err);
	if (ret)
		return ret;
	if (skw_pcapng_get32(p + rest - 4, r->swapped) != total)
		return corrupt(r, err, "the two lengths of a block differ");
	r->block.len = rest - 4;
	return 0;
}

static struct skw_pcapng_body body_of(const struct skw_pcapng_read *r)
{
	return (struct skw_pcapng_body){ r->block.data, r->block.len, r->swapped };
}

static int read_section(struct skw_pcapng_read *r, const uint8_t head[8], struct skw_error *err)
{
	uint8_t magic[4];
	int ret = need_bytes(r, magic, sizeof(magic), err);

	if (ret)
		return ret;
	if (skw_pcapng_get32(magic, false) == SKW_PCAPNG_BYTE_ORDER)
		r->swapped = false;
	else if (skw_pcapng_get32(magic, true) == SKW_PCAPNG_BYTE_ORDER)
		r->swapped = true;
	else
		return corrupt(r, err, "a section header has no byte order mark");

	uint32_t total = skw_pcapng_get32(head + 4, r->swapped);
	if (total < BLOCK_MIN + 16 || total % 4)
		return corrupt(r, err, "a section header has a wrong length");
	ret = read_body(r, total, 12, err);
	if (ret)
		return ret;
	struct skw_pcapng_body b = body_of(r);
	const uint8_t *version = skw_pcapng_take(&b, 4);
	if (!version || skw_pcapng_get16(version, r->swapped) != 1)
		return corrupt(r, err, "a section of an unknown version");
	r->section = r->count;
	return 0;
}

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
	char *copy = strndup((const char *)p, n);

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
			return no_memory(r, err);
		r->ifaces = more;
	}
	r->ifaces[r->count++] = i;
	return 0;
}

static int read_iface(struct skw_pcapng_read *r, struct skw_error *err)
{
	struct skw_pcapng_body b = body_of(r);
	const uint8_t *p = skw_pcapng_take(&b, 8);
	struct skw_pcapng_opt o;
	bool failed = false;

	if (!p)
		return corrupt(r, err, "an interface description is too short");
	if (r->count >= IFACES_MAX)
		return corrupt(r, err, "more than 65,536 interfaces");
	struct iface *i = calloc(1, sizeof(*i));
	if (!i)
		return no_memory(r, err);
	i->public.dlt = skw_linktype_to_dlt(skw_pcapng_get16(p, r->swapped));
	i->public.snaplen = skw_pcapng_get32(p + 4, r->swapped);
	i->public.swapped = r->swapped;
	i->public.directions = true;
	i->tsresol = SKW_TSRESOL_DEFAULT;
	while (skw_pcapng_next_option(&b, &o))
		iface_option(i, &o, r->swapped, &failed);
	int ret = failed ? no_memory(r, err) : add_iface(r, i, err);
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

	skw_buf_reset(&r->comment);
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
		return no_memory(r, err);
	pkt->comment = (const char *)r->comment.data;
	return 0;
}

/* Reads the interface and the bytes, which all three kinds of packet blocks have. */
static int read_data(struct skw_pcapng_read *r, struct skw_pcapng_body *b, uint32_t id,
		     uint32_t caplen, struct skw_packet *pkt, struct skw_error *err)
{
	const struct iface *i = find_iface(r, id);

	if (!i)
		return corrupt(r, err, "a packet of an interface that was not described");
	pkt->data = skw_pcapng_take(b, caplen);
	if (!pkt->data)
		return corrupt(r, err, "a packet is longer than its block");
	skw_pcapng_take(b, -caplen & 3);
	pkt->caplen = caplen;
	pkt->dlt = i->public.dlt;
	pkt->iface = (uint32_t)(r->section + id);
	return 1;
}

static int read_packet(struct skw_pcapng_read *r, bool old, struct skw_packet *pkt,
		       struct skw_error *err)
{
	struct skw_pcapng_body b = body_of(r);
	const uint8_t *p = skw_pcapng_take(&b, 20);

	if (!p)
		return corrupt(r, err, "a packet block is too short");
	uint32_t id = old ? skw_pcapng_get16(p, r->swapped) : skw_pcapng_get32(p, r->swapped);
	int ret = read_data(r, &b, id, skw_pcapng_get32(p + 12, r->swapped), pkt, err);
	if (ret < 0)
		return ret;
	const struct iface *i = find_iface(r, id);
	pkt->ts_ns =
		skw_tsresol_to_ns(skw_pcapng_get_ticks(p + 4, r->swapped), i->tsresol, i->tsoffset);
	pkt->len = skw_pcapng_get32(p + 16, r->swapped);
	if (old) {
		uint16_t drops = skw_pcapng_get16(p + 2, r->swapped);

		pkt->dropped = drops == UINT16_MAX ? 0 : drops; /* all ones mean unknown */
	}
	ret = packet_options(r, b, pkt, err);
	return ret ? ret : 1;
}

/* A simple packet block has no time and no interface number, and caplen must be computed. */
static int read_simple(struct skw_pcapng_read *r, struct skw_packet *pkt, struct skw_error *err)
{
	struct skw_pcapng_body b = body_of(r);
	const uint8_t *p = skw_pcapng_take(&b, 4);
	const struct iface *i = find_iface(r, 0);

	if (!p)
		return corrupt(r, err, "a packet block is too short");
	pkt->len = skw_pcapng_get32(p, r->swapped);
	uint32_t caplen = pkt->len;
	if (i && i->public.snaplen && caplen > i->public.snaplen)
		caplen = i->public.snaplen;
	return read_data(r, &b, 0, caplen, pkt, err);
}

static int read_stats(struct skw_pcapng_read *r, struct skw_error *err)
{
	struct skw_pcapng_body b = body_of(r);
	const uint8_t *p = skw_pcapng_take(&b, 12);
	struct iface *i = p ? find_iface(r, skw_pcapng_get32(p, r->swapped)) : NULL;
	struct skw_iface_stats s = { 0 };
	uint64_t *const fields[] = {
		[SKW_PCAPNG_ISB_IFRECV] = &s.seen,
		[SKW_PCAPNG_ISB_FILTERACCEPT] = &s.matched,
		[SKW_PCAPNG_ISB_OSDROP] = &s.dropped,
		[SKW_PCAPNG_ISB_USRDELIV] = &s.captured,
	};
	struct skw_pcapng_opt o;

	if (!i)
		return corrupt(r, err, "statistics of an interface that was not described");
	while (skw_pcapng_next_option(&b, &o))
		if (o.code < SKW_ARRAY_SIZE(fields) && fields[o.code] && o.len == 8)
			*fields[o.code] = skw_pcapng_get64(o.value, r->swapped);
	i->stats = s;
	i->has_stats = true;
	return 0;
}

/* Returns 1 if *pkt was filled in, 0 if the block is not a packet, or -errno. */
static int read_block(struct skw_pcapng_read *r, uint32_t type, uint32_t total,
		      struct skw_packet *pkt, struct skw_error *err)
{
	switch (type) {
	case SKW_PCAPNG_INTERFACE:
	case SKW_PCAPNG_OLD_PACKET:
	case SKW_PCAPNG_SIMPLE_PACKET:
	case SKW_PCAPNG_STATISTICS:
	case SKW_PCAPNG_PACKET:
		break;
	default:
		return skip_bytes(r, total - 8, err);
	}

	int ret = read_body(r, total, 8, err);
	if (ret)
		return ret;
	*pkt = (struct skw_packet){ 0 };
	switch (type) {
	case SKW_PCAPNG_INTERFACE:
		return read_iface(r, err);
	case SKW_PCAPNG_STATISTICS:
		return read_stats(r, err);
	case SKW_PCAPNG_SIMPLE_PACKET:
		return read_simple(r, pkt, err);
	default:
		return read_packet(r, type == SKW_PCAPNG_OLD_PACKET, pkt, err);
	}
}

int skw_pcapng_read_next(struct skw_pcapng_read *r, struct skw_packet *pkt, struct skw_error *err)
{
	uint8_t head[8];
	int ret;

	do {
		ret = read_bytes(r, head, sizeof(head), err);
		if (ret <= 0)
			return ret;
		uint32_t type = skw_pcapng_get32(head, r->swapped);
		if (type == SKW_PCAPNG_SECTION) {
			ret = read_section(r, head, err);
			continue;
		}
		uint32_t total = skw_pcapng_get32(head + 4, r->swapped);
		if (total < BLOCK_MIN || total % 4)
			return corrupt(r, err, "a block has a wrong length");
		ret = read_block(r, type, total, pkt, err);
	} while (!ret);
	if (ret == 1)
		r->packets++;
	return ret;
}

int skw_pcapng_read_open(FILE *f, const char *name, struct skw_pcapng_read **out,
			 struct skw_error *err)
{
	struct skw_pcapng_read *r = calloc(1, sizeof(*r));
	uint8_t head[8];

	if (!r)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", name);
	r->file = f;
	r->name = name;
	int ret = need_bytes(r, head, sizeof(head), err);
	if (!ret && skw_pcapng_get32(head, false) != SKW_PCAPNG_SECTION)
		ret = corrupt(r, err, "it does not begin with a section header");
	if (!ret)
		ret = read_section(r, head, err);
	if (ret) {
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
	skw_buf_free(&r->block);
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
