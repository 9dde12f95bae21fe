// SPDX-License-Identifier: BSD-2-Clause
#include "filter/offline.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/direction.h"
#include "util/cleanup.h"

#define DIRECTIONS 2

struct skw_offline_filter {
	struct skw_cbpf programs[DIRECTIONS];
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

static int copy_program(const void *insns, size_t len, struct skw_cbpf *out)
{
	struct skw_cbpf_insn *copy = calloc(len, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	memcpy(copy, insns, len * sizeof(*copy));
	*out = (struct skw_cbpf){ copy, len };
	return 0;
}

static int compile(pcap_t *pcap, const char *expr, bool optimize, struct skw_cbpf *out,
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
	int ret = copy_program(program.bf_insns, program.bf_len, out);

	pcap_freecode(&program);
	return ret ? skw_error_set(err, ret, "filter: out of memory") : 0;
}

/* Makes the program for packets of one direction: it may be that none of them can match. */
static int compile_direction(pcap_t *pcap, const char *expr, bool optimize,
			     enum skw_direction direction, struct skw_cbpf *out)
{
	static const struct skw_cbpf_insn none = { .code = BPF_RET | BPF_K, .k = 0 };
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;

	if (!skw_direction_replace(expr, direction, &text))
		return -ENOENT;
	int ret =
		text.failed ? -ENOMEM : compile(pcap, (const char *)text.data, optimize, out, NULL);

	return ret == -EINVAL ? copy_program(&none, 1, out) : ret;
}

/*
 * Makes the two programs of an expression that has `inbound` or `outbound`, and that is right but
 * for these words.
 */
static int compile_directions(pcap_t *pcap, const char *expr, bool optimize,
			      struct skw_offline_filter *f)
{
	static const enum skw_direction directions[DIRECTIONS] = { SKW_DIR_IN, SKW_DIR_OUT };
	int ret = 0;

	for (; !ret && f->len < DIRECTIONS; f->len += !ret)
		ret = compile_direction(pcap, expr, optimize, directions[f->len],
					&f->programs[f->len]);
	if (ret)
		return ret;
	return f->programs[0].len == 1 && f->programs[1].len == 1 ? -EINVAL : 0;
}

int skw_offline_filter_compile(const char *expr, const struct skw_offline_link *link, bool optimize,
			       struct skw_offline_filter **out, struct skw_error *err)
{
	SKW_CLEANUP(close_handle) struct handle handle = { .pcap = NULL };
	struct skw_offline_filter *f = calloc(1, sizeof(*f));
	struct skw_error refusal = { 0 };

	if (!f)
		return skw_error_set(err, -ENOMEM, "filter: out of memory");
	int ret = open_file(&handle, link, &refusal);
	if (!ret) {
		ret = compile(handle.pcap, expr, optimize, &f->programs[0], &refusal);
		f->len = !ret;
		/* The first text is the one to tell, if this does not help either. */
		if (ret && link->directions && !compile_directions(handle.pcap, expr, optimize, f))
			ret = 0;
	}
	if (ret) {
		skw_offline_filter_free(f);
		return refusal.usage ? skw_error_usage(err, "%s", refusal.text)
				     : skw_error_set(err, ret, "%s", refusal.text);
	}
	*out = f;
	return 0;
}

int skw_offline_filter_compile_dead(const char *expr, int dlt, uint32_t snaplen, bool optimize,
				    struct skw_offline_filter **out, struct skw_error *err)
{
	SKW_CLEANUP(close_handle)
	struct handle handle = { .pcap = pcap_open_dead(dlt, (int)snaplen) };
	struct skw_offline_filter *f = calloc(1, sizeof(*f));

	if (!handle.pcap || !f) {
		free(f);
		return skw_error_set(err, -ENOMEM, "filter: out of memory");
	}
	int ret = compile(handle.pcap, expr, optimize, &f->programs[0], err);

	if (ret) {
		free(f);
		return ret;
	}
	f->len = 1;
	*out = f;
	return 0;
}

/* The bytes are those of each program, with its length before it. */
void skw_offline_filter_pack(const struct skw_offline_filter *filter, struct skw_buf *out)
{
	for (size_t i = 0; i < filter->len; i++) {
		const struct skw_cbpf *p = &filter->programs[i];

		skw_buf_add(out, &p->len, sizeof(p->len));
		skw_buf_add(out, p->insns, p->len * sizeof(*p->insns));
	}
}

/* Takes a program off the front of the bytes. Returns its size there, or -errno. */
static ssize_t unpack_program(const uint8_t *bytes, size_t len, struct skw_cbpf *out)
{
	size_t n = 0;

	if (len < sizeof(n))
		return -EINVAL;
	memcpy(&n, bytes, sizeof(n));
	if (!n || n > (len - sizeof(n)) / sizeof(*out->insns))
		return -EINVAL;
	int ret = copy_program(bytes + sizeof(n), n, out);

	return ret ? ret : (ssize_t)(sizeof(n) + n * sizeof(*out->insns));
}

int skw_offline_filter_unpack(const uint8_t *bytes, size_t len, struct skw_offline_filter **out)
{
	struct skw_offline_filter *f = calloc(1, sizeof(*f));
	ssize_t n = f ? 0 : -ENOMEM;

	for (size_t at = 0; n >= 0 && (at < len || !f->len); at += (size_t)n) {
		n = f->len < DIRECTIONS ? unpack_program(bytes + at, len - at, &f->programs[f->len])
					: -EINVAL;
		f->len += n > 0;
	}
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
	for (size_t i = 0; i < DIRECTIONS; i++)
		free(filter->programs[i].insns);
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
	const struct skw_cbpf *p = &filter->programs[0];

	if (skw_offline_filter_asks_direction(filter)) {
		if (packet->direction == SKW_DIR_UNKNOWN)
			return false;
		p = &filter->programs[packet->direction == SKW_DIR_OUT];
	}
	const struct bpf_program program = { (unsigned)p->len, (struct bpf_insn *)p->insns };

	return pcap_offline_filter(&program, &header, packet->data) != 0;
}

const struct skw_cbpf *skw_offline_filter_program(const struct skw_offline_filter *filter, size_t i)
{
	return i < filter->len ? &filter->programs[i] : NULL;
}
