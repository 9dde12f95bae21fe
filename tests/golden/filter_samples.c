// SPDX-License-Identifier: BSD-2-Clause
/*
 * Filters on files, against libpcap, which is what tcpdump uses: each sample, and each pcap sample
 * in the other byte order, with each expression of filter-expressions.txt. Both must refuse an
 * expression, or pass the same packets. The sections of the expressions do not count here.
 *
 *	filter_samples [SAMPLE...]
 *
 * A TAP test of one line for each file.
 */
#include <dirent.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/memory_stream.h"
#include "pcap/reader.h"
#include "replay/fit.h"
#include "util/buf.h"
#include "util/bytes.h"
#include "util/cleanup.h"

#define EXPRESSIONS_MAX 512
#define PACKETS_MAX     4096

static char *expressions[EXPRESSIONS_MAX];
static size_t expressions_len;
static unsigned count, compared, refused, passed;
static bool failed;

/* The result of a filter on a file: it is refused, or packets pass. */
struct verdict {
	bool refused;
	char text[768];
	size_t len;
	bool passes[PACKETS_MAX];
};

static bool read_expressions(const char *path)
{
	SKW_AUTO_FILE FILE *f = fopen(path, "r");
	char line[1024];

	while (f && fgets(line, sizeof(line), f) && expressions_len < EXPRESSIONS_MAX) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] && line[0] != '#' && line[0] != '[')
			expressions[expressions_len++] = strdup(line);
	}
	return expressions_len > 100 && expressions_len < EXPRESSIONS_MAX;
}

static bool read_file(const char *path, struct skw_buf *out)
{
	SKW_AUTO_FILE FILE *f = fopen(path, "rb");
	uint8_t part[4096];
	size_t n;

	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		skw_buf_add(out, part, n);
	return f && !out->failed && out->len >= 24;
}

static uint32_t get(const uint8_t *p, bool swapped)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap32(v) : v;
}

static void swap(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		uint8_t byte = p[i];

		p[i] = p[n - 1 - i];
		p[n - 1 - i] = byte;
	}
}

/*
 * Makes a pcap file one of a host with the other byte order. NULL begins with a number in the order
 * of the host.
 */
static void swap_pcap(struct skw_buf *b)
{
	bool swapped = get(b->data, false) >> 16 != 0xa1b2;
	bool is_null = get(b->data + 20, swapped) == DLT_NULL;
	size_t at = 24;

	swap(b->data, 4);
	swap(b->data + 4, 2);
	swap(b->data + 6, 2);
	for (size_t i = 8; i < 24; i += 4)
		swap(b->data + i, 4);
	while (at + 16 <= b->len) {
		uint32_t caplen = get(b->data + at + 8, swapped);

		for (size_t i = 0; i < 16; i += 4)
			swap(b->data + at + i, 4);
		at += 16;
		if (is_null && caplen >= 4)
			swap(b->data + at, 4);
		at += caplen;
	}
}

static FILE *stream(const struct skw_buf *b)
{
	FILE *f = fmemopen(b->data, b->len, "rb");

	if (!f)
		abort();
	return f;
}

/* NULL if libpcap does not read such files. */
static pcap_t *open_libpcap(const struct skw_buf *b)
{
	char text[PCAP_ERRBUF_SIZE];
	FILE *f = stream(b);
	pcap_t *pcap = pcap_fopen_offline(f, text);

	if (!pcap)
		fclose(f);
	return pcap;
}

/* Returns false if libpcap can't read the file to its end. */
static bool of_libpcap(const struct skw_buf *b, const char *expr, struct verdict *out)
{
	struct bpf_program program;
	struct pcap_pkthdr *header;
	const u_char *data;
	pcap_t *pcap = open_libpcap(b);
	int ret = PCAP_ERROR_BREAK;

	*out = (struct verdict){ 0 };
	if (!pcap)
		return false;
	if (pcap_compile(pcap, &program, expr, 1, 0) < 0) {
		out->refused = true;
		snprintf(out->text, sizeof(out->text), "filter \"%s\": %s", expr,
			 pcap_geterr(pcap));
	} else {
		while ((ret = pcap_next_ex(pcap, &header, &data)) == 1 && out->len < PACKETS_MAX)
			out->passes[out->len++] = pcap_offline_filter(&program, header, data);
		pcap_freecode(&program);
	}
	pcap_close(pcap);
	return ret == PCAP_ERROR_BREAK;
}

static void read_packets(struct skw_reader *reader, struct skw_fit *fit, struct verdict *out)
{
	struct skw_error err = { 0 };
	struct skw_packet pkt;
	int ret = 0;

	while (skw_reader_next(reader, &pkt, &err) == 1 && out->len < PACKETS_MAX) {
		const struct skw_iface *iface = skw_reader_iface(reader, pkt.iface);

		ret = skw_fit_packet(fit, &pkt, iface, &err);
		if (ret < 0)
			break;
		out->passes[out->len++] = ret;
	}
	if (!ret)
		ret = skw_fit_end(fit, &err);
	/* If there was no packet. */
	if (!ret && !out->len && skw_reader_iface(reader, 0))
		ret = skw_fit_iface(fit, skw_reader_iface(reader, 0), &err);
	out->refused = ret < 0;
	snprintf(out->text, sizeof(out->text), "%s", err.text);
}

static void of_skwatch(const struct skw_buf *b, const char *expr, struct verdict *out)
{
	struct skw_error err = { 0 };
	struct skw_reader *reader;
	struct skw_fit fit;

	*out = (struct verdict){ 0 };
	skw_fit_init(&fit, expr, SKW_DIR_UNKNOWN, false);
	fit.file = "sample";
	out->refused = skw_fit_check(&fit, &err) < 0;
	snprintf(out->text, sizeof(out->text), "%s", err.text);
	if (!out->refused &&
	    skw_reader_open(memory_stream(b->data, b->len), "sample", &reader, &err) == 0) {
		read_packets(reader, &fit, out);
		skw_reader_close(reader);
	}
	skw_fit_free(&fit);
}

/* Packets of a pcapng file tell their direction, and libpcap does not know of it. */
static bool asks_direction(const char *expr)
{
	return strstr(expr, "inbound") || strstr(expr, "outbound");
}

static bool same(const struct verdict *ours, const struct verdict *theirs)
{
	if (ours->refused != theirs->refused)
		return false;
	if (ours->refused)
		return true;
	return ours->len == theirs->len &&
	       memcmp(ours->passes, theirs->passes, ours->len * sizeof(bool)) == 0;
}

static bool check_expression(const struct skw_buf *b, bool is_pcapng, const char *expr)
{
	static struct verdict ours, theirs;
	size_t differ = 0;

	if (is_pcapng && asks_direction(expr))
		return true;
	of_libpcap(b, expr, &theirs);
	of_skwatch(b, expr, &ours);
	compared++;
	refused += theirs.refused;
	for (size_t i = 0; i < theirs.len; i++)
		passed += theirs.passes[i];
	if (same(&ours, &theirs))
		return true;
	while (differ < ours.len && ours.passes[differ] == theirs.passes[differ])
		differ++;
	printf("# %s: ours: %zu packets%s%s, libpcap: %zu packets%s%s; first difference: %zu\n",
	       expr, ours.len, ours.refused ? ", refused: " : "", ours.text, theirs.len,
	       theirs.refused ? ", refused: " : "", theirs.text, differ);
	return false;
}

/* libpcap does not read a pcapng file of several link types. */
static void check_file(const struct skw_buf *b, const char *name, const char *how)
{
	bool is_pcapng = get(b->data, false) == 0x0a0d0d0a, good = true;
	static struct verdict whole;

	if (of_libpcap(b, "", &whole)) {
		for (size_t i = 0; i < expressions_len; i++)
			good = check_expression(b, is_pcapng, expressions[i]) && good;
		printf("%s %u - filters of %s%s pass what those of libpcap do\n",
		       good ? "ok" : "not ok", ++count, name, how);
	}
	failed |= !good;
}

static int is_sample(const struct dirent *e)
{
	return strstr(e->d_name, ".pcap") != NULL;
}

static void check_path(const char *path, const char *name)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf b = SKW_BUF_INIT;

	if (!read_file(path, &b)) {
		printf("not ok %u - %s can't be read\n", ++count, name);
		failed = true;
		return;
	}
	check_file(&b, name, "");
	if (get(b.data, false) == 0x0a0d0d0a)
		return;
	swap_pcap(&b);
	check_file(&b, name, " in the other byte order");
}

int main(int argc, char **argv)
{
	SKW_AUTO_FREE char *folder = NULL, *list = NULL;
	const char *top = getenv("srcdir");
	struct dirent **names = NULL;

	if (asprintf(&folder, "%s/pcap-samples", top ? top : ".") < 0 ||
	    asprintf(&list, "%s/tests/golden/filter-expressions.txt", top ? top : ".") < 0 ||
	    !read_expressions(list))
		return 99;
	for (int i = 1; i < argc; i++)
		check_path(argv[i], argv[i]);

	int n = argc > 1 ? 0 : scandir(folder, &names, is_sample, alphasort);

	for (int i = 0; i < n; i++) {
		SKW_AUTO_FREE char *path = NULL;

		if (asprintf(&path, "%s/%s", folder, names[i]->d_name) < 0)
			return 99;
		check_path(path, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	for (size_t i = 0; i < expressions_len; i++)
		free(expressions[i]);
	printf("# %u filters compared, %u refused, %u packets passed\n", compared, refused, passed);
	printf("1..%u\n", count);
	return failed;
}
