// SPDX-License-Identifier: BSD-2-Clause
/*
 * Capture files. Reading any bytes must end, and all memory that the reader returns must be
 * readable.
 */
#include "pcap/reader.h"

#include <stdlib.h>
#include <string.h>

#include "pcap/sll2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct skw_error err = { 0 };
	struct skw_reader *r;
	struct skw_packet p;
	struct skw_sll2 sll2;
	int ret;

	FILE *f = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	if (!f || skw_reader_open(f, "fuzz", &r, &err))
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
