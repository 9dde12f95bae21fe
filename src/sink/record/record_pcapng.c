// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include "sink/record/record_format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "pcap/pcapng_write.h"

/* Writes the scratch buffer to the file. It must contain whole blocks that are not packets. */
static int put_scratch(struct skw_record_file *f)
{
	int ret = f->scratch.failed ? -ENOMEM
				    : skw_out_write(f->out, f->scratch.data, f->scratch.len);

	return ret ? ret : skw_out_other_end(f->out);
}

/*
 * Finds the number of the interface in this file. If it has none yet, describes the interface
 * first.
 */
static int block_of(struct skw_record_file *f, uint32_t place, const struct skw_iface *iface,
		    uint32_t *number)
{
	if (place >= f->blocks_len) {
		size_t len = (size_t)place + 16;
		uint32_t *blocks = realloc(f->blocks, len * sizeof(*blocks));

		if (!blocks)
			return -ENOMEM;
		f->blocks = blocks;
		uint32_t *places = realloc(f->places, len * sizeof(*places));
		if (!places)
			return -ENOMEM;
		f->places = places;
		memset(blocks + f->blocks_len, 0, (len - f->blocks_len) * sizeof(*blocks));
		f->blocks_len = len;
	}
	if (!f->blocks[place]) {
		struct skw_iface described = *iface;

		/*
		 * All interfaces get the same snapshot length, because libpcap does not read files
		 * with different ones.
		 */
		described.snaplen = f->snaplen;
		skw_buf_reset(&f->scratch);
		skw_pcapng_interface(&f->scratch, &described, f->plan->nano, f->os);
		int ret = put_scratch(f);
		if (ret)
			return ret;
		f->places[f->blocks_used] = place;
		f->blocks[place] = ++f->blocks_used;
	}
	*number = f->blocks[place] - 1;
	return 0;
}

/* Begins a section of our own, with the interfaces that are known by now. */
static int begin_section(struct skw_record_file *f)
{
	const struct skw_pcapng_section section = { .os = f->os, .userappl = PACKAGE_STRING };
	const struct skw_iface *iface;
	uint32_t number;

	f->blocks_used = 0;
	if (f->owners)
		skw_record_owners_begin(f->owners);
	if (f->blocks_len)
		memset(f->blocks, 0, f->blocks_len * sizeof(*f->blocks));
	skw_buf_reset(&f->scratch);
	skw_pcapng_section(&f->scratch, &section);
	int ret = put_scratch(f);
	/* Other programs refuse a file without interfaces, even if it has no packet. */
	for (uint32_t i = 0; !ret && f->iface && (iface = f->iface(f->ctx, i)); i++)
		ret = block_of(f, i, iface, &number);
	return ret;
}

/* A packet that was not read from a pcapng file, after others that were. */
static int leave_copy(struct skw_record_file *f)
{
	skw_record_copy_stop(&f->copy);
	return begin_section(f);
}

/* Finds the owners for a packet that has some, and writes the processes that the file lacks. */
static int find_owners(struct skw_record_file *f, const struct skw_packet *pkt,
		       const struct skw_pcapng_owner *owners[2])
{
	if (!f->owners)
		f->owners = skw_record_owners_new(f->plan->owner_comments);
	if (!f->owners)
		return -ENOMEM;
	skw_buf_reset(&f->scratch);
	int ret = skw_record_owners_of(f->owners, pkt, owners, &f->scratch);

	return !ret && f->scratch.len ? put_scratch(f) : ret;
}

/* Makes the block of a packet with owners or a remark, whose option is in the scratch buffer then.
 */
static int owned_block(struct skw_record_file *f, const struct skw_packet *pkt, uint32_t number,
		       struct skw_pcapng_packet *block, const struct skw_pcapng_owner *owners[2])
{
	int ret = pkt->sender || pkt->receiver ? find_owners(f, pkt, owners) : 0;

	if (ret)
		return ret;
	skw_buf_reset(&f->scratch);
	if (pkt->remark)
		skw_pcapng_comment(&f->scratch, pkt->remark);
	if (f->scratch.failed)
		return -ENOMEM;
	skw_pcapng_owned_packet(block, pkt, number, f->plan->nano, owners,
				(uint32_t)f->scratch.len);
	return 0;
}

static int put_comments(struct skw_record_file *f, const struct skw_packet *pkt,
			const struct skw_pcapng_owner *owners[2])
{
	int ret = 0;

	for (size_t i = 0; !ret && i < 2; i++)
		if (owners[i] && owners[i]->comment_len)
			ret = skw_out_write(f->out, owners[i]->comment, owners[i]->comment_len);
	if (!ret && pkt->remark)
		ret = skw_out_write(f->out, f->scratch.data, f->scratch.len);
	return ret;
}

static int pcapng_note(struct skw_record_file *f, uint64_t real_ns, const char *text)
{
	skw_buf_reset(&f->scratch);
	skw_pcapng_note(&f->scratch, real_ns, text);
	return put_scratch(f);
}

static int pcapng_packet(struct skw_record_file *f, const struct skw_packet *pkt,
			 struct skw_error *err)
{
	const struct skw_pcapng_owner *owners[2] = { NULL, NULL };
	struct skw_pcapng_packet block;
	uint32_t number = 0;

	(void)err;
	if (f->names.options && skw_record_names_take(&f->names, pkt))
		return -ENOMEM;
	if (pkt->block && f->copy.active)
		return skw_record_copy_block(&f->copy, pkt->block);

	int ret = f->copy.active ? leave_copy(f) : 0;

	if (!ret)
		ret = block_of(f, pkt->iface, pkt->from, &number);
	bool owned = pkt->sender || pkt->receiver || pkt->remark;
	if (!ret && owned)
		ret = owned_block(f, pkt, number, &block, owners);
	if (ret)
		return ret;
	skw_record_format_time(f, pkt, UINT64_MAX, "2554");
	if (!owned)
		skw_pcapng_packet(&block, pkt, number, f->plan->nano);
	ret = skw_out_write(f->out, block.head, sizeof(block.head));
	if (!ret)
		ret = skw_out_write(f->out, pkt->data, pkt->caplen);
	if (!ret && block.middle_len)
		ret = skw_out_write(f->out, block.middle, block.middle_len);
	if (!ret && block.comment_len)
		ret = skw_out_write(f->out, block.comment, block.comment_len);
	if (!ret)
		ret = put_comments(f, pkt, owners);
	if (!ret)
		ret = skw_out_write(f->out, block.tail, block.tail_len);
	ret = ret ? ret : skw_out_record_end(f->out);
	return ret || !pkt->news ? ret : pcapng_note(f, pkt->ts_ns, pkt->news);
}

static int put_secrets(struct skw_record_file *f, const uint8_t *lines, size_t len)
{
	const struct skw_buf *b = &f->scratch;
	bool swapped = f->copy.active && f->copy.swapped;

	skw_buf_reset(&f->scratch);
	skw_pcapng_secrets(&f->scratch, SKW_PCAPNG_SECRETS_TLS, lines, len, swapped);
	if (!f->copy.active || b->failed)
		return put_scratch(f);
	return skw_record_copy_put(&f->copy, b->data, b->len);
}

/* The secrets that came before this file. */
static int begin_secrets(struct skw_record_file *f)
{
	size_t at = 0, from = 0, len;
	int ret = 0;

	while (!ret && (len = skw_record_secrets_next(&f->secrets, &at))) {
		ret = put_secrets(f, f->secrets.kept.data + from, len);
		from = at;
	}
	if (!f->copy.repeats)
		skw_record_secrets_free(&f->secrets);
	return ret;
}

static int pcapng_begin(struct skw_record_file *f)
{
	int ret = skw_record_copy_begin(&f->copy);

	if (!ret)
		ret = begin_section(f);
	return ret < 0 ? ret : begin_secrets(f);
}

/* A block of secrets that is in no file that is read. */
static int add_secrets(struct skw_record_file *f, const struct skw_raw_block *block)
{
	const uint8_t *lines = block->bytes + SKW_PCAPNG_SECRETS_AT;
	uint32_t len = skw_pcapng_get32(lines - sizeof(len), false);
	bool later = f->copy.repeats || !f->copy.begun;
	int ret = later ? skw_record_secrets_keep(&f->secrets, lines, len, f->copy.repeats) : 0;

	return ret || !f->copy.begun ? ret : put_secrets(f, lines, len);
}

static int pcapng_block(struct skw_record_file *f, const struct skw_raw_block *block)
{
	return block->added ? add_secrets(f, block) : skw_record_copy_block(&f->copy, block);
}

/* Writes the names that the packets so far have told. */
static int put_names(struct skw_record_file *f)
{
	skw_buf_reset(&f->scratch);
	skw_record_names_block(&f->names, f->copy.active && f->copy.swapped, &f->scratch);
	return f->scratch.len || f->scratch.failed ? put_scratch(f) : 0;
}

/* Writes the figures of each interface of this file. */
static int pcapng_stats(struct skw_record_file *f, uint64_t real_ns)
{
	int ret = f->names.options ? put_names(f) : 0;

	if (ret)
		return ret;
	if (!f->stats || f->copy.active)
		return 0;
	skw_buf_reset(&f->scratch);
	for (uint32_t number = 0; number < f->blocks_used; number++) {
		struct skw_iface_stats stats;

		if (f->stats(f->ctx, f->places[number], &stats) == 0)
			skw_pcapng_stats(&f->scratch, number, &stats, f->start_ns, real_ns,
					 f->plan->nano);
	}
	return put_scratch(f);
}

void skw_record_file_free(struct skw_record_file *f)
{
	skw_buf_free(&f->scratch);
	free(f->blocks);
	free(f->places);
	skw_record_owners_free(f->owners);
	skw_record_copy_free(&f->copy);
	skw_record_secrets_free(&f->secrets);
	skw_record_names_free(&f->names);
}

static void pcapng_say(const struct skw_record_file *f)
{
	skw_record_copy_say(&f->copy, f->plan->name);
	skw_record_secrets_say(&f->secrets, f->plan->name);
}

const struct skw_record_format skw_record_format_pcapng = {
	.begin = pcapng_begin,
	.packet = pcapng_packet,
	.block = pcapng_block,
	.note = pcapng_note,
	.stats = pcapng_stats,
	.say = pcapng_say,
};
