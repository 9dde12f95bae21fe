// SPDX-License-Identifier: BSD-2-Clause
/*
 * All samples, as they are and cut at every length: what flow says of each packet is what the
 * printer's lines say of it. A TAP test of one line for each file.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fuzz/flow_check.h"
#include "out/input.h"
#include "pcap/reader.h"
#include "util/cleanup.h"

/* Headers are near the start: beyond EVERY_LENGTH bytes, not each length is tried. */
#define EVERY_LENGTH 160
#define STEP         61

static uint64_t seen[FLOW_KINDS];
static unsigned count;
static bool failed;

static void result(bool good, const char *fmt, const char *name)
{
	printf(good ? "ok %u - " : "not ok %u - ", ++count);
	printf(fmt, name);
	putchar('\n');
	failed = failed || !good;
}

/* A copy of its own, so that AddressSanitizer sees each byte that is read beyond the end. */
static bool check_cut(struct flow_check *c, const struct skw_packet *whole, uint32_t caplen)
{
	SKW_AUTO_FREE uint8_t *copy = malloc(caplen ? caplen : 1);
	struct skw_packet pkt = *whole;

	if (!copy)
		abort();
	memcpy(copy, whole->data, caplen);
	pkt.data = copy;
	pkt.caplen = caplen;

	const char *complaint = flow_check_packet(c, &pkt, seen);

	if (complaint)
		printf("# %u of %u bytes: %s\n", caplen, pkt.len, complaint);
	return !complaint;
}

static bool check_packet(struct flow_check *c, const struct skw_packet *pkt)
{
	bool good = check_cut(c, pkt, pkt->caplen);

	for (uint32_t n = 0; n < pkt->caplen && good; n += n < EVERY_LENGTH ? 1 : STEP)
		good = check_cut(c, pkt, n);
	return good;
}

static bool check_file(struct flow_check *c, const char *path)
{
	struct skw_byte_stream *in;
	struct skw_error err = { 0 };
	struct skw_reader *reader;
	struct skw_packet pkt;
	bool good = true;
	int ret;

	if (skw_input_open(path, &in, &err) || skw_reader_open(in, path, &reader, &err) != 0) {
		printf("# %s: %s\n", path, err.text);
		return false;
	}
	while ((ret = skw_reader_next(reader, &pkt, &err)) > 0)
		good = check_packet(c, &pkt) && good;
	if (ret < 0)
		printf("# %s\n", err.text);
	skw_reader_close(reader);
	return good && !ret;
}

static int is_sample(const struct dirent *e)
{
	return strstr(e->d_name, ".pcap") != NULL;
}

/* A kind that the samples do not have is not tested, and an allowed difference must be needed. */
static void check_kinds(void)
{
	for (int i = 0; i < FLOW_KINDS; i++) {
		if (i == FLOW_TOO_MANY)
			continue;
		printf("# %8llu %s\n", (unsigned long long)seen[i], flow_kind_names[i]);
		result(seen[i] > 0, "the samples have %s", flow_kind_names[i]);
	}
}

int main(void)
{
	SKW_AUTO_FREE char *folder = NULL;
	const char *top = getenv("srcdir");
	struct flow_check *c = flow_check_new();
	struct dirent **names = NULL;

	if (asprintf(&folder, "%s/pcap-samples", top ? top : ".") < 0)
		return 99;

	int n = scandir(folder, &names, is_sample, alphasort);

	for (int i = 0; i < n; i++) {
		SKW_AUTO_FREE char *path = NULL;

		if (asprintf(&path, "%s/%s", folder, names[i]->d_name) < 0)
			return 99;
		result(check_file(c, path), "flow says what the lines say of %s", names[i]->d_name);
		free(names[i]);
	}
	free(names);
	check_kinds();
	flow_check_free(c);
	printf("1..%u\n", count);
	return failed;
}
