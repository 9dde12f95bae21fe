// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/pcapng_write.h"

#include <inttypes.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>

#include "pcap/linktype.h"
#include "pcap/pcapng.h"
#include "util/cleanup.h"

#define VERSION_MAJOR 1
#define VERSION_MINOR 0

static const uint8_t zeros[4];

static uint32_t padding(size_t n)
{
	return (uint32_t)(-n & 3);
}

/* Appends to a small array, which must be large enough. */
static uint8_t *put(uint8_t *to, const void *bytes, size_t n)
{
	memcpy(to, bytes, n);
	return to + n;
}

static uint8_t *put_option_head(uint8_t *to, uint16_t code, uint16_t len)
{
	const uint16_t head[2] = { code, len };

	return put(to, head, sizeof(head));
}

/* Returns the place of the block in the buffer, for end_block(). */
static size_t begin_block(struct skw_buf *b, uint32_t type)
{
	const uint32_t head[2] = { type, 0 };
	size_t at = b->len;

	skw_buf_add(b, head, sizeof(head));
	return at;
}

static void end_block(struct skw_buf *b, size_t at)
{
	skw_buf_add(b, zeros, padding(b->len - at));
	uint32_t total = (uint32_t)(b->len - at + sizeof(total));
	skw_buf_add(b, &total, sizeof(total));
	if (!b->failed)
		memcpy(b->data + at + 4, &total, sizeof(total));
}

static void add_option(struct skw_buf *b, uint16_t code, const void *value, size_t len)
{
	uint8_t head[4];

	if (len > UINT16_MAX)
		len = UINT16_MAX;
	put_option_head(head, code, (uint16_t)len);
	skw_buf_add(b, head, sizeof(head));
	skw_buf_add(b, value, len);
	skw_buf_add(b, zeros, padding(len));
}

static void add_text(struct skw_buf *b, uint16_t code, const char *text)
{
	if (text)
		add_option(b, code, text, strlen(text));
}

static void end_options(struct skw_buf *b)
{
	skw_buf_add(b, zeros, sizeof(zeros));
}

void skw_pcapng_section(struct skw_buf *b, const struct skw_pcapng_section *s)
{
	const uint32_t byte_order = SKW_PCAPNG_BYTE_ORDER;
	const uint16_t version[2] = { VERSION_MAJOR, VERSION_MINOR };
	const int64_t length = -1; /* not known yet */
	size_t at = begin_block(b, SKW_PCAPNG_SECTION);

	skw_buf_add(b, &byte_order, sizeof(byte_order));
	skw_buf_add(b, version, sizeof(version));
	skw_buf_add(b, &length, sizeof(length));
	add_text(b, SKW_PCAPNG_COMMENT, s->comment);
	add_text(b, SKW_PCAPNG_SHB_HARDWARE, s->hardware);
	add_text(b, SKW_PCAPNG_SHB_OS, s->os);
	add_text(b, SKW_PCAPNG_SHB_USERAPPL, s->userappl);
	end_options(b);
	end_block(b, at);
}

static void add_filter(struct skw_buf *b, const char *filter)
{
	/* The first byte tells the kind of filter. 0 means that a text follows. */
	size_t len = strnlen(filter, UINT16_MAX - 1) + 1;
	uint8_t head[4];

	put_option_head(head, SKW_PCAPNG_IF_FILTER, (uint16_t)len);
	skw_buf_add(b, head, sizeof(head));
	skw_buf_add_char(b, '\0');
	skw_buf_add(b, filter, len - 1);
	skw_buf_add(b, zeros, padding(len));
}

void skw_pcapng_interface(struct skw_buf *b, const struct skw_iface *iface, bool nano,
			  const char *os)
{
	const uint16_t type[2] = { skw_linktype_from_dlt(iface->dlt), 0 };
	const uint8_t tsresol = nano ? 9 : 6;
	size_t at = begin_block(b, SKW_PCAPNG_INTERFACE);

	skw_buf_add(b, type, sizeof(type));
	skw_buf_add(b, &iface->snaplen, sizeof(iface->snaplen));
	add_text(b, SKW_PCAPNG_IF_NAME, iface->name);
	add_option(b, SKW_PCAPNG_IF_TSRESOL, &tsresol, sizeof(tsresol));
	if (iface->filter && iface->filter[0])
		add_filter(b, iface->filter);
	add_text(b, SKW_PCAPNG_IF_OS, os);
	end_options(b);
	end_block(b, at);
}

/* The high word comes first, whatever the byte order. */
static void split_time(uint32_t out[2], uint64_t ts_ns, bool nano)
{
	uint64_t ticks = nano ? ts_ns : ts_ns / 1000;

	out[0] = (uint32_t)(ticks >> 32);
	out[1] = (uint32_t)ticks;
}

static uint32_t flags_of(const struct skw_packet *pkt)
{
	static const uint8_t cast[] = {
		[PACKET_HOST] = SKW_PCAPNG_CAST_UNICAST,
		[PACKET_BROADCAST] = SKW_PCAPNG_CAST_BROADCAST,
		[PACKET_MULTICAST] = SKW_PCAPNG_CAST_MULTICAST,
		[PACKET_OTHERHOST] = SKW_PCAPNG_CAST_PROMISCUOUS,
	};

	if (pkt->direction == SKW_DIR_OUT)
		return SKW_PCAPNG_FLAGS_OUT;
	if (pkt->direction != SKW_DIR_IN)
		return 0;
	uint32_t how = pkt->pkt_type < SKW_ARRAY_SIZE(cast) ? cast[pkt->pkt_type] : 0;
	return SKW_PCAPNG_FLAGS_IN | how << SKW_PCAPNG_FLAGS_CAST_SHIFT;
}

/* Appends the options that say which process it is. */
static uint8_t *put_process(uint8_t *to, const struct skw_pcapng_owner *owner)
{
	const uint32_t ids[2] = { owner->pid, owner->pid };

	to = put_option_head(to, SKW_PCAPNG_EPB_PROCESS_THREAD, sizeof(ids));
	to = put(to, ids, sizeof(ids));
	to = put_option_head(to, SKW_PCAPNG_EPB_PROCESS_BLOCK, sizeof(owner->process));
	return put(to, &owner->process, sizeof(owner->process));
}

/* Fills in the head and completes the tail, which ends at `tail`. */
static void finish_packet(struct skw_pcapng_packet *p, const struct skw_packet *pkt, uint32_t iface,
			  bool nano, uint32_t comments_len, uint8_t *tail)
{
	uint32_t head[7] = { SKW_PCAPNG_PACKET, 0, iface, 0, 0, pkt->caplen, pkt->len };

	p->tail_len = (uint32_t)(tail - p->tail) + (uint32_t)sizeof(uint32_t);
	p->total =
		(uint64_t)sizeof(head) + pkt->caplen + p->middle_len + comments_len + p->tail_len;
	head[1] = (uint32_t)p->total;
	put(tail, &head[1], sizeof(head[1]));
	split_time(head + 3, pkt->ts_ns, nano);
	put(p->head, head, sizeof(head));
}

/* Appends the options that do not depend on the owner. */
static uint8_t *put_flags(uint8_t *to, const struct skw_packet *pkt)
{
	const uint32_t flags = flags_of(pkt);
	const uint64_t dropped = pkt->dropped;

	if (flags) {
		to = put_option_head(to, SKW_PCAPNG_EPB_FLAGS, sizeof(flags));
		to = put(to, &flags, sizeof(flags));
	}
	if (dropped) {
		to = put_option_head(to, SKW_PCAPNG_EPB_DROPCOUNT, sizeof(dropped));
		to = put(to, &dropped, sizeof(dropped));
	}
	return to;
}

void skw_pcapng_packet(struct skw_pcapng_packet *p, const struct skw_packet *pkt, uint32_t iface,
		       bool nano)
{
	uint8_t *tail = p->tail, *options;

	p->comment = pkt->comment;
	p->comment_len = 0;
	p->middle_len = 0;
	if (pkt->comment && pkt->comment[0]) {
		uint8_t *middle = put(p->middle, zeros, padding(pkt->caplen));

		p->comment_len = (uint32_t)strnlen(pkt->comment, UINT16_MAX);
		middle = put_option_head(middle, SKW_PCAPNG_COMMENT, (uint16_t)p->comment_len);
		p->middle_len = (uint32_t)(middle - p->middle);
		tail = put(tail, zeros, padding(p->comment_len));
	} else {
		tail = put(tail, zeros, padding(pkt->caplen));
	}
	options = tail;
	tail = put_flags(tail, pkt);
	if (tail != options || p->middle_len)
		tail = put(tail, zeros, sizeof(zeros));
	finish_packet(p, pkt, iface, nano, p->comment_len, tail);
}

void skw_pcapng_owned_packet(struct skw_pcapng_packet *p, const struct skw_packet *pkt,
			     uint32_t iface, bool nano, const struct skw_pcapng_owner *owners[2],
			     uint32_t more_len)
{
	const struct skw_pcapng_owner *first = owners[0] ? owners[0] : owners[1];
	uint32_t comments_len = more_len;

	for (size_t i = 0; i < 2; i++)
		comments_len += owners[i] ? owners[i]->comment_len : 0;
	p->comment = NULL;
	p->comment_len = 0;
	p->middle_len = padding(pkt->caplen);
	put(p->middle, zeros, p->middle_len);

	uint8_t *tail = put_flags(p->tail, pkt);

	if (first)
		tail = put_process(tail, first);
	tail = put(tail, zeros, sizeof(zeros));
	finish_packet(p, pkt, iface, nano, comments_len, tail);
}

void skw_pcapng_comment(struct skw_buf *b, const char *text)
{
	add_text(b, SKW_PCAPNG_COMMENT, text);
}

void skw_pcapng_process(struct skw_buf *b, uint32_t pid, const char *comm)
{
	size_t at = begin_block(b, SKW_PCAPNG_PROCESS);

	skw_buf_add(b, &pid, sizeof(pid));
	add_text(b, SKW_PCAPNG_PROCESS_NAME, comm);
	end_options(b);
	end_block(b, at);
}

void skw_pcapng_stats(struct skw_buf *b, uint32_t iface, const struct skw_iface_stats *stats,
		      uint64_t start_ns, uint64_t end_ns, bool nano)
{
	const struct {
		uint16_t code;
		uint64_t value;
	} counts[] = {
		{ SKW_PCAPNG_ISB_IFRECV, stats->seen },
		{ SKW_PCAPNG_ISB_IFDROP, stats->dropped },
		{ SKW_PCAPNG_ISB_FILTERACCEPT, stats->matched },
		{ SKW_PCAPNG_ISB_OSDROP, stats->dropped },
		{ SKW_PCAPNG_ISB_USRDELIV, stats->captured },
	};
	uint32_t start[2], end[2];
	size_t at = begin_block(b, SKW_PCAPNG_STATISTICS);

	split_time(start, start_ns, nano);
	split_time(end, end_ns, nano);
	skw_buf_add(b, &iface, sizeof(iface));
	skw_buf_add(b, end, sizeof(end));
	add_option(b, SKW_PCAPNG_ISB_STARTTIME, start, sizeof(start));
	add_option(b, SKW_PCAPNG_ISB_ENDTIME, end, sizeof(end));
	for (size_t i = 0; i < SKW_ARRAY_SIZE(counts); i++)
		add_option(b, counts[i].code, &counts[i].value, sizeof(counts[i].value));
	end_options(b);
	end_block(b, at);
}

void skw_pcapng_journal(struct skw_buf *b, const void *text, size_t len)
{
	size_t at = begin_block(b, SKW_PCAPNG_JOURNAL);

	skw_buf_add(b, text, len);
	end_block(b, at);
}

void skw_pcapng_note(struct skw_buf *b, uint64_t ts_ns, const char *text)
{
	size_t at = begin_block(b, SKW_PCAPNG_JOURNAL);

	skw_buf_printf(b,
		       "__REALTIME_TIMESTAMP=%" PRIu64 "\n"
		       "PRIORITY=5\n"
		       "SYSLOG_IDENTIFIER=skwatch\n"
		       "MESSAGE=",
		       ts_ns / 1000);
	for (const char *c = text; *c; c++)
		skw_buf_add_char(b, *c == '\n' ? ' ' : *c);
	skw_buf_add_char(b, '\n');
	end_block(b, at);
}

void skw_pcapng_secrets(struct skw_buf *b, uint32_t type, const void *secrets, size_t len,
			bool swapped)
{
	uint32_t total = SKW_PCAPNG_SECRETS_AT + (uint32_t)len + padding(len) + 4;
	uint32_t words[] = { SKW_PCAPNG_SECRETS, total, type, (uint32_t)len };

	if (swapped) {
		total = __builtin_bswap32(total);
		for (size_t i = 0; i < SKW_ARRAY_SIZE(words); i++)
			words[i] = __builtin_bswap32(words[i]);
	}
	skw_buf_add(b, words, sizeof(words));
	skw_buf_add(b, secrets, len);
	skw_buf_add(b, zeros, padding(len));
	skw_buf_add(b, &total, sizeof(total));
}
