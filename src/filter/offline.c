// SPDX-License-Identifier: BSD-2-Clause
#include "filter/offline.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/direction.h"
#include "filter/sets/classic.h"
#include "filter/sets/lists.h"
#include "filter/sets/run.h"
#include "util/cleanup.h"

#define DIRECTIONS 2

struct skw_offline_filter {
	struct skw_cbpf programs[DIRECTIONS];
	struct skw_set_index *indexes[DIRECTIONS]; /* of the programs' sets; NULL without sets */
	size_t len;
};

_Static_assert(sizeof(struct skw_cbpf_insn) == sizeof(struct bpf_insn), "classic instruction");
_Static_assert(offsetof(struct skw_cbpf_insn, jt) == offsetof(struct bpf_insn, jt), "jt");
_Static_assert(offsetof(struct skw_cbpf_insn, jf) == offsetof(struct bpf_insn, jf), "jf");
_Static_assert(offsetof(struct skw_cbpf_insn, k) == offsetof(struct bpf_insn, k), "k");

/* The header of a pcap file, from draft-ietf-opsawg-pcap. */
struct savefile_header {
	uint32_t magic;
	uint16_t major;
	uint16_t minor;
	uint32_t reserved[2];
	uint32_t snaplen;
	uint32_t linktype;
};

/* A handle, and the bytes of the file that it stands on. */
struct handle {
	struct savefile_header header;
	pcap_t *pcap;
};

static void close_handle(struct handle *h)
{
	if (h->pcap)
		pcap_close(h->pcap);
}

static void fill_header(struct savefile_header *h, const struct skw_offline_link *link)
{
	*h = (struct savefile_header){ .magic = 0xa1b2c3d4,
				       .major = 2,
				       .minor = 4,
				       .snaplen = link->snaplen,
				       /* libpcap leaves a number of a DLT_* as it is here. */
				       .linktype = (uint32_t)link->dlt };
	if (!link->swapped)
		return;
	h->magic = __builtin_bswap32(h->magic);
	h->major = __builtin_bswap16(h->major);
	h->minor = __builtin_bswap16(h->minor);
	h->snaplen = __builtin_bswap32(h->snaplen);
	h->linktype = __builtin_bswap32(h->linktype);
}

/*
 * Opens a file in memory that has a header and no packet. Only the handle of a file makes libpcap
 * compile for files: for their byte order, for the numbers of address families of all systems in
 * NULL and ENC, and without the values that only a kernel has.
 */
static int open_file(struct handle *h, const struct skw_offline_link *link, struct skw_error *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";

	fill_header(&h->header, link);
	FILE *f = fmemopen(&h->header, sizeof(h->header), "r");
	if (!f)
		return skw_error_set(err, -errno, "filter: %s", strerror(errno));
	errno = 0;
	h->pcap = pcap_fopen_offline(f, text);
	if (!h->pcap) {
		/* Only errno tells a lack of memory from a wrong header. */
		int ret = errno == ENOMEM ? -ENOMEM : -EINVAL;

		fclose(f);
		return skw_error_set(err, ret, "filter: %s", text);
	}
	if (pcap_datalink(h->pcap) == link->dlt)
		return 0;
	return skw_error_set(err, -EINVAL, "filter: link type %d has another number in files",
			     link->dlt);
}

static int compile_by_libpcap(void *pcap, const char *expr, bool optimize, struct skw_cbpf *out,
			      struct skw_error *err)
{
	struct bpf_program program;

	/*
	 * A file has no netmask. With 0, which tcpdump uses, too, `ip broadcast` means
	 * 255.255.255.255.
	 */
	errno = 0;
	if (pcap_compile(pcap, &program, expr, optimize, 0) < 0)
		/* Only errno tells a lack of memory from a wrong expression. */
		return errno == ENOMEM
			       ? skw_error_set(err, -ENOMEM, "filter: out of memory")
			       : skw_error_usage(err, "filter \"%s\": %s", expr, pcap_geterr(pcap));
	const struct skw_cbpf compiled = { .insns = (struct skw_cbpf_insn *)program.bf_insns,
					   .len = program.bf_len };
	int ret = skw_classic_copy(&compiled, out);

	pcap_freecode(&program);
	return ret ? skw_error_set(err, ret, "filter: out of memory") : 0;
}

/* Compiles an expression, with its lists as sets. */
static int compile(pcap_t *pcap, const char *expr, unsigned how, struct skw_cbpf *out,
		   struct skw_error *err)
{
	return skw_lists_compile(expr, how, compile_by_libpcap, pcap, out, err);
}

/* Makes the program for packets of one direction: it may be that none of them can match. */
static int compile_direction(pcap_t *pcap, const char *expr, unsigned how,
			     enum skw_direction direction, struct skw_cbpf *out)
{
	static struct skw_cbpf_insn none = { .code = BPF_RET | BPF_K, .k = 0 };
	const struct skw_cbpf program = { .insns = &none, .len = 1 };
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;

	if (!skw_direction_replace(expr, direction, &text))
		return -ENOENT;
	int ret = text.failed ? -ENOMEM : compile(pcap, (const char *)text.data, how, out, NULL);

	return ret == -EINVAL ? skw_classic_copy(&program, out) : ret;
}

/*
 * Makes the two programs of an expression that has `inbound` or `outbound`, and that is right but
 * for these words.
 */
static int compile_directions(pcap_t *pcap, const char *expr, unsigned how,
			      struct skw_offline_filter *f)
{
	static const enum skw_direction directions[DIRECTIONS] = { SKW_DIR_IN, SKW_DIR_OUT };
	int ret = 0;

	for (; !ret && f->len < DIRECTIONS; f->len += !ret)
		ret = compile_direction(pcap, expr, how, directions[f->len], &f->programs[f->len]);
	if (ret)
		return ret;
	return f->programs[0].len == 1 && f->programs[1].len == 1 ? -EINVAL : 0;
}

/* Makes what finds the keys of the sets when the filter runs here. */
static int make_indexes(struct skw_offline_filter *f, struct skw_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < f->len && !ret; i++)
		ret = skw_set_index_make(&f->programs[i], &f->indexes[i]);
	return ret ? skw_error_set(err, ret, "filter: out of memory") : 0;
}

int skw_offline_filter_compile(const char *expr, const struct skw_offline_link *link, unsigned how,
			       struct skw_offline_filter **out, struct skw_error *err)
{
	SKW_CLEANUP(close_handle) struct handle handle = { .pcap = NULL };
	struct skw_offline_filter *f = calloc(1, sizeof(*f));
	struct skw_error refusal = { 0 };

	if (!f)
		return skw_error_set(err, -ENOMEM, "filter: out of memory");
	int ret = open_file(&handle, link, &refusal);
	if (!ret) {
		ret = compile(handle.pcap, expr, how, &f->programs[0], &refusal);
		f->len = !ret;
		/* The first text is the one to tell, if this does not help either. */
		if (ret && link->directions && !compile_directions(handle.pcap, expr, how, f))
			ret = 0;
	}
	if (!ret)
		ret = make_indexes(f, &refusal);
	if (ret) {
		skw_offline_filter_free(f);
		return refusal.usage ? skw_error_usage(err, "%s", refusal.text)
				     : skw_error_set(err, ret, "%s", refusal.text);
	}
	*out = f;
	return 0;
}

int skw_offline_filter_compile_dead(const char *expr, int dlt, uint32_t snaplen, unsigned how,
				    struct skw_offline_filter **out, struct skw_error *err)
{
	SKW_CLEANUP(close_handle)
	struct handle handle = { .pcap = pcap_open_dead(dlt, (int)snaplen) };
	struct skw_offline_filter *f = calloc(1, sizeof(*f));

	if (!handle.pcap || !f) {
		free(f);
		return skw_error_set(err, -ENOMEM, "filter: out of memory");
	}
	int ret = compile(handle.pcap, expr, how, &f->programs[0], err);

	f->len = !ret;
	if (!ret)
		ret = make_indexes(f, err);
	if (ret) {
		skw_offline_filter_free(f);
		return ret;
	}
	*out = f;
	return 0;
}

/* The bytes are those of each program. */
void skw_offline_filter_pack(const struct skw_offline_filter *filter, struct skw_buf *out)
{
	for (size_t i = 0; i < filter->len; i++)
		skw_classic_pack(&filter->programs[i], out);
}

int skw_offline_filter_unpack(const uint8_t *bytes, size_t len, struct skw_offline_filter **out)
{
	struct skw_offline_filter *f = calloc(1, sizeof(*f));
	ssize_t n = f ? 0 : -ENOMEM;

	for (size_t at = 0; n >= 0 && (at < len || !f->len); at += (size_t)n) {
		n = f->len < DIRECTIONS
			    ? skw_classic_unpack(bytes + at, len - at, &f->programs[f->len])
			    : -EINVAL;
		f->len += n > 0;
	}
	if (n >= 0)
		n = make_indexes(f, NULL);
	if (n < 0) {
		skw_offline_filter_free(f);
		return (int)n;
	}
	*out = f;
	return 0;
}

void skw_offline_filter_free(struct skw_offline_filter *filter)
{
	if (!filter)
		return;
	for (size_t i = 0; i < DIRECTIONS; i++) {
		skw_set_index_free(filter->indexes[i], filter->programs[i].sets_len);
		skw_classic_free(&filter->programs[i]);
	}
	free(filter);
}

bool skw_offline_filter_asks_direction(const struct skw_offline_filter *filter)
{
	return filter->len > 1;
}

bool skw_offline_filter_match(const struct skw_offline_filter *filter,
			      const struct skw_packet *packet)
{
	const struct pcap_pkthdr header = { .caplen = packet->caplen, .len = packet->len };
	bool goes_out = false;

	if (skw_offline_filter_asks_direction(filter)) {
		if (packet->direction == SKW_DIR_UNKNOWN)
			return false;
		goes_out = packet->direction == SKW_DIR_OUT;
	}
	const struct skw_cbpf *p = &filter->programs[goes_out];
	if (p->sets_len)
		return skw_sets_run(p, filter->indexes[goes_out], packet->data, packet->caplen,
				    packet->len);
	const struct bpf_program program = { (unsigned)p->len, (struct bpf_insn *)p->insns };

	return pcap_offline_filter(&program, &header, packet->data) != 0;
}

const struct skw_cbpf *skw_offline_filter_program(const struct skw_offline_filter *filter, size_t i)
{
	return i < filter->len ? &filter->programs[i] : NULL;
}
