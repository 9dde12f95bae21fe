// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/reader.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "pcap/pcap_read.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_read.h"
#include "pcap/read_error.h"
#include "util/cleanup.h"

struct skw_reader {
	struct skw_byte_stream *stream; /* owned; NULL if libpcap owns it */
	/* The reader of the file is one of these three: `usual` if both pointers are NULL. */
	pcap_t *pcap;
	struct skw_pcapng_read *pcapng;
	struct skw_pcap_read usual;
	struct skw_iface iface; /* the only interface of a pcap file */
	char *name;
	uint64_t packets;
	int failed; /* -errno of an earlier call, or 0 */
};

static const uint32_t pcap_magics[] = {
	0xa1b2c3d4, /* microseconds */
	0xa1b23c4d, /* nanoseconds */
	0xa1b2cd34, /* some old Linux systems, with longer record headers */
	0xa1e2cb12, /* files of Navtel */
};

static bool is_pcap(uint32_t magic)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(pcap_magics); i++)
		if (magic == pcap_magics[i] || magic == __builtin_bswap32(pcap_magics[i]))
			return true;
	return false;
}

static int read_magic(struct skw_reader *r, uint32_t *magic, struct skw_error *err)
{
	struct skw_byte_stream *s = r->stream;
	const uint8_t *p = skw_byte_stream_look(s, sizeof(*magic));

	if (!p && s->ended < 0)
		return skw_read_error_stream(err, r->name, -s->ended, 0);
	if (!p)
		return skw_error_set(err, -ENODATA, "%s: %s", r->name,
				     s->have ? "too short for a capture file"
					     : "the file is empty");
	memcpy(magic, p, sizeof(*magic));
	return 0;
}

static int pcap_failure(struct skw_reader *r, int errnum, const char *text, struct skw_error *err)
{
	if (errnum)
		return skw_read_error_stream(err, r->name, errnum, r->packets);
	if (!strncmp(text, "truncated dump file", strlen("truncated dump file")))
		return skw_read_error_truncated(err, r->name, r->packets);
	return skw_read_error_corrupt(err, r->name, r->packets, text);
}

static int open_with_libpcap(struct skw_reader *r, struct skw_error *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	FILE *f = skw_byte_stream_file(r->stream);

	if (!f)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", r->name);
	r->stream = NULL;
	errno = 0;
	r->pcap = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, text);
	if (!r->pcap) {
		int ret = pcap_failure(r, ferror(f) ? errno : 0, text, err);

		fclose(f);
		return ret;
	}
	r->iface.dlt = pcap_datalink(r->pcap);
	r->iface.snaplen = (uint32_t)pcap_snapshot(r->pcap);
	r->iface.swapped = pcap_is_swapped(r->pcap);
	return 0;
}

static int open_pcap(struct skw_reader *r, struct skw_error *err)
{
	const uint8_t *header = skw_byte_stream_look(r->stream, SKW_PCAP_FILE_HEADER_BYTES);

	if (!header || !skw_pcap_read_begin(&r->usual, header))
		return open_with_libpcap(r, err);
	skw_byte_stream_use(r->stream, SKW_PCAP_FILE_HEADER_BYTES);
	r->usual.stream = r->stream;
	r->usual.name = r->name;
	r->iface.dlt = r->usual.dlt;
	r->iface.snaplen = r->usual.snaplen;
	return 0;
}

int skw_reader_open(struct skw_byte_stream *s, const char *name, struct skw_reader **out,
		    struct skw_error *err)
{
	struct skw_reader *r = calloc(1, sizeof(*r));
	uint32_t magic = 0;
	int ret = -ENOMEM;

	if (!r || !(r->name = strdup(name))) {
		skw_byte_stream_close(s);
		free(r);
		return skw_error_set(err, ret, "%s: out of memory", name);
	}
	r->stream = s;
	ret = read_magic(r, &magic, err);
	if (!ret && magic == SKW_PCAPNG_SECTION)
		ret = skw_pcapng_read_open(s, r->name, &r->pcapng, err);
	else if (!ret && is_pcap(magic))
		ret = open_pcap(r, err);
	else if (!ret)
		ret = skw_read_error_format(err, name, (const uint8_t *)&magic);
	if (ret) {
		skw_reader_close(r);
		return ret;
	}
	*out = r;
	return 0;
}

void skw_reader_close(struct skw_reader *r)
{
	if (!r)
		return;
	skw_pcapng_read_close(r->pcapng);
	if (r->pcap)
		pcap_close(r->pcap);
	skw_byte_stream_close(r->stream);
	free(r->name);
	free(r);
}

static int next_of_libpcap(struct skw_reader *r, struct skw_packet *pkt, struct skw_error *err)
{
	struct pcap_pkthdr *h;
	const uint8_t *data;

	errno = 0;
	switch (pcap_next_ex(r->pcap, &h, &data)) {
	case 1:
		break;
	case PCAP_ERROR_BREAK:
		return 0;
	default:
		return pcap_failure(r, ferror(pcap_file(r->pcap)) ? errno : 0, pcap_geterr(r->pcap),
				    err);
	}
	/*
	 * The seconds are unsigned 32-bit numbers in the file, but libpcap makes them signed, and
	 * the fraction, which may be too large.
	 */
	int64_t ts_ns = (int64_t)(uint32_t)h->ts.tv_sec * 1000000000 + h->ts.tv_usec;
	*pkt = (struct skw_packet){
		.ts_ns = ts_ns < 0 ? SKW_PACKET_TIME_UNKNOWN : (uint64_t)ts_ns,
		.data = data,
		.caplen = h->caplen,
		.len = h->len,
		.dlt = r->iface.dlt,
	};
	return 1;
}

int skw_reader_next(struct skw_reader *r, struct skw_packet *pkt, struct skw_error *err)
{
	struct skw_packet next;

	if (r->failed)
		return skw_error_set(err, r->failed, "%s: can't be read further", r->name);
	int ret = r->pcapng ? skw_pcapng_read_next(r->pcapng, &next, err)
		  : r->pcap ? next_of_libpcap(r, &next, err)
			    : skw_pcap_read_next(&r->usual, &next, err);
	if (ret < 0)
		r->failed = ret;
	if (ret > 0)
		*pkt = next;
	r->packets += ret == 1;
	return ret;
}

bool skw_reader_goes_on(const struct skw_reader *r)
{
	if (r->failed || r->pcap)
		return false;
	return r->pcapng ? skw_pcapng_read_goes_on(r->pcapng) : skw_pcap_read_goes_on(&r->usual);
}

void skw_reader_give_blocks(struct skw_reader *r)
{
	if (r->pcapng)
		skw_pcapng_read_give_blocks(r->pcapng);
}

size_t skw_reader_iface_count(const struct skw_reader *r)
{
	return r->pcapng ? skw_pcapng_read_iface_count(r->pcapng) : 1;
}

const struct skw_iface *skw_reader_iface(const struct skw_reader *r, size_t i)
{
	if (!r->pcapng)
		return i ? NULL : &r->iface;
	return skw_pcapng_read_iface(r->pcapng, i);
}

const struct skw_iface_stats *skw_reader_stats(const struct skw_reader *r, size_t i)
{
	return r->pcapng ? skw_pcapng_read_stats(r->pcapng, i) : NULL;
}
