// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/record_copy.h"

#include <errno.h>
#include <inttypes.h>

#include "pcap/pcapng.h"
#include "util/say.h"

void skw_record_copy_free(struct skw_record_copy *c)
{
	skw_buf_free(&c->all);
	skw_buf_free(&c->head);
	skw_buf_free(&c->held);
	skw_buf_free(&c->room);
}

static int add(struct skw_buf *to, const void *bytes, size_t n)
{
	skw_buf_add(to, bytes, n);
	return to->failed ? -ENOMEM : 0;
}

static int end_record(struct skw_record_copy *c, bool packet)
{
	return packet ? skw_out_record_end(c->out) : skw_out_other_end(c->out);
}

/*
 * Writes whole blocks. If there is no room for them now, they are held back, because a wait here
 * would keep the loop from its signals.
 */
static int put(struct skw_record_copy *c, const void *bytes, size_t n, bool packet)
{
	if (!c->held.len && skw_out_has_room(c->out, n)) {
		int ret = skw_out_write(c->out, bytes, n);

		return ret ? ret : end_record(c, packet);
	}
	c->held_packet = packet;
	return add(&c->held, bytes, n);
}

int skw_record_copy_settle(struct skw_record_copy *c, bool wait)
{
	while (c->held_done < c->held.len) {
		size_t n = c->held.len - c->held_done, room = skw_out_room(c->out);

		if (!wait && n > room)
			n = room;
		if (!n)
			return skw_out_error(c->out);
		int ret = skw_out_write(c->out, c->held.data + c->held_done, n);
		if (ret)
			return ret;
		c->held_done += n;
	}
	bool had = c->held.len > 0;

	skw_buf_free(&c->held);
	c->held_done = 0;
	int ret = had ? end_record(c, c->held_packet) : 0;
	return ret ? ret : 1;
}

int skw_record_copy_begin(struct skw_record_copy *c)
{
	bool first = !c->begun;
	const struct skw_buf *b = first && !c->all_is_short ? &c->all : &c->head;

	c->begun = true;
	int ret = c->active ? put(c, b->data, b->len, false) : 0;
	if (first)
		skw_buf_free(&c->all);
	return ret ? ret : c->active;
}

void skw_record_copy_stop(struct skw_record_copy *c)
{
	c->active = false;
	skw_buf_free(&c->head);
}

/* Keeps a block for the files to come. The packets need interfaces, so these always find room. */
static int keep(struct skw_record_copy *c, const struct skw_raw_block *b)
{
	if (b->type == SKW_PCAPNG_SECTION)
		skw_buf_reset(&c->head);
	if (c->head.len + b->len <= SKW_RECORD_COPY_MAX)
		return add(&c->head, b->bytes, b->len);
	c->head_is_short = true;
	if (b->type != SKW_PCAPNG_SECTION && b->type != SKW_PCAPNG_INTERFACE)
		return 0;
	return skw_pcapng_add_short(&c->head, b);
}

/* Keeps a block until the first file is open. */
static int keep_first(struct skw_record_copy *c, const struct skw_raw_block *b)
{
	/* Otherwise the recorder opens the file as soon as this is full. */
	if (c->waits && c->all.len + b->len > SKW_RECORD_COPY_MAX) {
		c->all_is_short = true;
		skw_buf_free(&c->all);
	}
	return c->all_is_short ? 0 : add(&c->all, b->bytes, b->len);
}

static bool is_packet(const struct skw_raw_block *b)
{
	return b->type == SKW_PCAPNG_PACKET || b->type == SKW_PCAPNG_OLD_PACKET ||
	       b->type == SKW_PCAPNG_SIMPLE_PACKET;
}

int skw_record_copy_block(struct skw_record_copy *c, const struct skw_raw_block *block)
{
	struct skw_raw_block b;
	int ret = skw_pcapng_copy(block, c->cut, &c->room, &b, &c->uncopied);

	if (ret <= 0)
		return ret;
	if (b.type == SKW_PCAPNG_SECTION) {
		c->active = true;
		c->swapped = b.swapped;
	}
	ret = c->repeats && skw_pcapng_is_for_all(&b) ? keep(c, &b) : 0;
	if (ret)
		return ret;
	return c->begun ? put(c, b.bytes, b.len, is_packet(&b)) : keep_first(c, &b);
}

int skw_record_copy_put(struct skw_record_copy *c, const void *bytes, size_t n)
{
	return put(c, bytes, n, false);
}

bool skw_record_copy_is_full(const struct skw_record_copy *c)
{
	return !c->waits && c->all.len > SKW_RECORD_COPY_MAX;
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void skw_record_copy_say(const struct skw_record_copy *c, const char *name)
{
	const struct skw_pcapng_uncopied *u = &c->uncopied;

	/* One line, although most files have either none or blocks. */
	if (u->options)
		skw_say("%s: %" PRIu64 " custom block%s and %" PRIu64
			" custom option%s are left out: the file that was read forbids their copy",
			name, u->blocks, plural(u->blocks), u->options, plural(u->options));
	else if (u->blocks)
		skw_say("%s: %" PRIu64 " custom block%s left out: the file that was read forbids "
			"%s copy",
			name, u->blocks, u->blocks == 1 ? " is" : "s are",
			u->blocks == 1 ? "its" : "their");
	if (u->too_long)
		skw_say("%s: %" PRIu64 " block%s of more than 16 MiB %s left out", name,
			u->too_long, plural(u->too_long), u->too_long == 1 ? "was" : "were");
	if (c->all_is_short)
		skw_say("%s: more than 16 MiB stand before the first packet; with -G only the "
			"last section's interfaces, names and secrets of these were kept",
			name);
	if (c->head_is_short)
		skw_say("%s: interfaces, names and secrets take more than 16 MiB; the rest of them "
			"is only in the file in which it came",
			name);
}
