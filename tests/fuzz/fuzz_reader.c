// SPDX-License-Identifier: BSD-2-Clause
/*
 * Capture files. Reading any bytes must end, and all memory that the reader returns must be
 * readable. The blocks of a pcapng file are copied to another file, which must have the same
 * packets.
 */
#include "pcap/reader.h"

#include <stdlib.h>
#include <string.h>

#include "../unit/memory_stream.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_copy.h"
#include "pcap/sll2.h"
#include "util/buf.h"
#include "util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Small, so that packets begin in one piece and end in another. */
#define PIECE_BYTES 61

static volatile uint8_t sum;

static void touch(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + p[i]);
}

static void touch_text(const char *text)
{
	if (text)
		touch(text, strlen(text));
}

/* ---- copies ---- */

/* A packet as both files must have it. */
struct seen {
	uint64_t ts_ns;
	uint32_t len, caplen, iface, dropped;
	uint8_t sum, comment;
};

static uint8_t sum_of(const void *bytes, size_t n)
{
	uint8_t all = 0;

	for (size_t i = 0; i < n; i++)
		all = (uint8_t)(all * 31 + ((const uint8_t *)bytes)[i]);
	return all;
}

static struct seen see(const struct skw_packet *p, uint32_t cut)
{
	uint32_t caplen = cut && p->caplen > cut ? cut : p->caplen;

	return (struct seen){ .ts_ns = p->ts_ns,
			      .len = p->len,
			      .caplen = caplen,
			      .iface = p->iface,
			      .dropped = p->dropped,
			      .sum = sum_of(p->data, caplen),
			      .comment = p->comment ? sum_of(p->comment, strlen(p->comment)) : 0 };
}

static struct skw_reader *open_bytes(const void *data, size_t size)
{
	struct skw_error err = { 0 };
	struct skw_reader *r = NULL;

	return skw_reader_open(memory_stream_pieces(data, size, PIECE_BYTES, 0), "fuzz", &r, &err)
		       ? NULL
		       : r;
}

/* Interfaces that are cut down to the needed parts still tell the times of their packets. */
static void check_short(struct skw_buf *to, const struct skw_raw_block *b)
{
	size_t at = to->len;

	if (skw_pcapng_add_short(to, b) || to->len - at > 44)
		abort();
}

/* Copies all blocks up to the first error. Returns the number of packets that are noted in `seen`.
 */
static size_t copy(struct skw_reader *r, uint32_t cut, bool brief, struct skw_buf *to,
		   struct seen *seen, size_t max)
{
	struct skw_buf room = SKW_BUF_INIT;
	struct skw_pcapng_uncopied uncopied = { 0 };
	struct skw_error err = { 0 };
	struct skw_raw_block b;
	struct skw_packet p;
	size_t n = 0;
	int ret;

	skw_reader_give_blocks(r);
	while (n < max && (ret = skw_reader_next(r, &p, &err)) > 0) {
		if (ret == 1)
			seen[n++] = see(&p, cut);
		(void)skw_pcapng_extras(p.block);
		if (skw_pcapng_copy(p.block, cut, &room, &b, &uncopied) != 1)
			continue;
		if (!cut && b.len > p.block->len)
			abort();
		if (brief && (b.type == SKW_PCAPNG_SECTION || b.type == SKW_PCAPNG_INTERFACE))
			check_short(to, &b);
		else
			skw_buf_add(to, b.bytes, b.len);
	}
	skw_buf_free(&room);
	return n;
}

static void check_copy(const uint8_t *data, size_t size, uint32_t cut, bool brief)
{
	static struct seen seen[256];
	struct skw_buf to = SKW_BUF_INIT;
	struct skw_error err = { 0 };
	struct skw_packet p;
	struct skw_reader *r = open_bytes(data, size);

	if (!r)
		return;
	size_t n = copy(r, cut, brief, &to, seen, SKW_ARRAY_SIZE(seen));
	skw_reader_close(r);
	r = open_bytes(to.data, to.len);
	for (size_t i = 0; i < n; i++) {
		struct seen again = { 0 };

		if (!r || skw_reader_next(r, &p, &err) != 1)
			abort();
		again = see(&p, 0);
		if (again.ts_ns != seen[i].ts_ns || again.len != seen[i].len ||
		    again.caplen != seen[i].caplen || again.iface != seen[i].iface ||
		    again.dropped != seen[i].dropped || again.sum != seen[i].sum ||
		    again.comment != seen[i].comment)
			abort();
	}
	skw_reader_close(r);
	skw_buf_free(&to);
}

static void check_copies(const uint8_t *data, size_t size)
{
	static const uint32_t cuts[] = { 0, 1, 7, 64 };

	/* A pcap file has no blocks. */
	if (size < 4 || memcmp(data, "\n\r\r\n", 4) != 0)
		return;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cuts); i++) {
		check_copy(data, size, cuts[i], false);
		check_copy(data, size, cuts[i], true);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct skw_error err = { 0 };
	struct skw_reader *r;
	struct skw_packet p;
	struct skw_sll2 sll2;
	int ret;

	check_copies(data, size);

	r = open_bytes(data, size);
	if (!r)
		return 0;
	while ((ret = skw_reader_next(r, &p, &err)) == 1) {
		const struct skw_iface *i = skw_reader_iface(r, p.iface);

		if (!i || i->dlt != p.dlt)
			abort();
		touch(p.data, p.caplen);
		touch_text(p.comment);
		if (!skw_sll2_make(&p, 1, i->arphrd, &sll2) &&
		    (sll2.drop > p.caplen || sll2.drop_len > p.len))
			abort();
	}
	if (ret < 0 && !err.text[0])
		abort();
	for (size_t n = 0; n < skw_reader_iface_count(r); n++) {
		touch_text(skw_reader_iface(r, n)->name);
		touch_text(skw_reader_iface(r, n)->filter);
		(void)skw_reader_stats(r, n);
	}
	skw_reader_close(r);
	return 0;
}
