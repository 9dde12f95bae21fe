// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/record_format.h"

#include <errno.h>
#include <pcap/dlt.h>

#include "pcap/linktype.h"
#include "pcap/pcap_write.h"
#include "pcap/pcapng_copy.h"
#include "pcap/sll2.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/say.h"

static uint64_t time_of(struct skw_record_file *f, const struct skw_packet *pkt)
{
	return skw_record_format_time(f, pkt, SKW_PCAP_LAST_NS, "February 2106");
}

static int pcap_begin(struct skw_record_file *f)
{
	uint8_t header[SKW_PCAP_FILE_HEADER_BYTES];

	skw_pcap_file_header(header, f->dlt, f->snaplen, f->plan->nano);
	int ret = skw_out_write(f->out, header, sizeof(header));
	return ret ? ret : skw_out_other_end(f->out);
}

/*
 * Writes a packet of another link type to a file of cooked packets: a cooked header replaces its
 * link-layer header.
 */
static int put_cooked(struct skw_record_file *f, const struct skw_packet *pkt)
{
	uint8_t header[SKW_PCAP_RECORD_HEADER_BYTES];
	struct skw_sll2 cooked;
	int ret = skw_sll2_make(pkt, pkt->from->ifindex, pkt->from->arphrd, &cooked);

	if (ret)
		return ret;
	uint32_t caplen = pkt->caplen - cooked.drop + SKW_SLL2_BYTES;
	uint32_t len = pkt->len - cooked.drop_len + SKW_SLL2_BYTES;

	if (caplen > f->snaplen)
		caplen = f->snaplen;
	uint32_t of_header = caplen < SKW_SLL2_BYTES ? caplen : SKW_SLL2_BYTES;
	skw_pcap_record_header(header, time_of(f, pkt), f->plan->nano, caplen, len);
	ret = skw_out_write(f->out, header, sizeof(header));
	if (!ret)
		ret = skw_out_write(f->out, cooked.header, of_header);
	if (!ret)
		ret = skw_out_write(f->out, pkt->data + cooked.drop, caplen - of_header);
	return ret ? ret : skw_out_record_end(f->out);
}

static int pcap_packet(struct skw_record_file *f, const struct skw_packet *pkt,
		       struct skw_error *err)
{
	uint8_t header[SKW_PCAP_RECORD_HEADER_BYTES];

	if (pkt->block)
		f->extras |= skw_pcapng_extras(pkt->block);
	if (pkt->dlt != f->dlt) {
		if (f->dlt == DLT_LINUX_SLL2 && skw_sll2_supported(pkt->dlt))
			return put_cooked(f, pkt);
		return skw_error_set(err, -EINVAL,
				     "%s: a pcap file holds one link type, and after %s comes %s; "
				     "write a .pcapng file",
				     f->name, skw_linktype_dlt_name(f->dlt),
				     skw_linktype_dlt_name(pkt->dlt));
	}
	skw_pcap_record_header(header, time_of(f, pkt), f->plan->nano, pkt->caplen, pkt->len);
	int ret = skw_out_write(f->out, header, sizeof(header));
	if (!ret)
		ret = skw_out_write(f->out, pkt->data, pkt->caplen);
	return ret ? ret : skw_out_record_end(f->out);
}

static int pcap_block(struct skw_record_file *f, const struct skw_raw_block *block)
{
	f->extras |= skw_pcapng_extras(block);
	return 0;
}

static void pcap_say(const struct skw_record_file *f)
{
	/* The order is that of enum skw_pcapng_extra. */
	static const char *const names[SKW_PCAPNG_EXTRAS] = {
		"comments",
		"flags and other options of packets",
		"names and options of interfaces",
		"options of sections",
		"host names",
		"decryption secrets",
		"statistics",
		"journal entries",
		"custom blocks",
		"unknown blocks",
	};
	struct skw_buf list = SKW_BUF_INIT;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(names); i++)
		if (f->extras & 1u << i)
			skw_buf_printf(&list, "%s%s", list.len ? ", " : "", names[i]);
	skw_buf_add_char(&list, '\0');
	if (f->extras && !list.failed)
		skw_say("%s: a pcap file has no place for these parts of the file that was read: "
			"%s; a .pcapng file keeps them",
			f->plan->name, (const char *)list.data);
	skw_buf_free(&list);
}

const struct skw_record_format skw_record_format_pcap = {
	.begin = pcap_begin,
	.packet = pcap_packet,
	.block = pcap_block,
	.say = pcap_say,
};
