// SPDX-License-Identifier: BSD-2-Clause
/* libpcap reads what is written as pcap, and link types have the same numbers as in libpcap. */
#include "pcap/pcap_write.h"

#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pcap/linktype.h"

#define TS_NS 1700000000123456789ull

static pcap_t *open_bytes(const void *bytes, size_t n)
{
	char text[PCAP_ERRBUF_SIZE];
	/* fmemopen() wants a pointer to writable memory, but with "r" it does not write. */
	FILE *f = fmemopen((void *)(uintptr_t)bytes, n, "r");
	pcap_t *p = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, text);

	if (!p)
		print_error("%s\n", text);
	assert_non_null(p);
	return p;
}

static void read_back(bool nano, uint64_t expected_ns)
{
	uint8_t file[SKW_PCAP_FILE_HEADER_BYTES + SKW_PCAP_RECORD_HEADER_BYTES + 3];
	struct pcap_pkthdr *h;
	const uint8_t *data;

	skw_pcap_file_header(file, DLT_EN10MB, 4096, nano);
	skw_pcap_record_header(file + SKW_PCAP_FILE_HEADER_BYTES, TS_NS, nano, 3, 60);
	memcpy(file + sizeof(file) - 3, "abc", 3);
	pcap_t *p = open_bytes(file, sizeof(file));
	assert_int_equal(pcap_datalink(p), DLT_EN10MB);
	assert_int_equal(pcap_snapshot(p), 4096);
	assert_int_equal(pcap_is_swapped(p), 0);
	assert_int_equal(pcap_next_ex(p, &h, &data), 1);
	assert_int_equal((uint64_t)h->ts.tv_sec * 1000000000 + (uint64_t)h->ts.tv_usec,
			 expected_ns);
	assert_int_equal(h->caplen, 3);
	assert_int_equal(h->len, 60);
	assert_memory_equal(data, "abc", 3);
	assert_int_equal(pcap_next_ex(p, &h, &data), PCAP_ERROR_BREAK);
	pcap_close(p);
}

static void libpcap_reads_nanoseconds(void **state)
{
	(void)state;
	read_back(true, TS_NS);
}

static void libpcap_reads_microseconds_rounded_down(void **state)
{
	(void)state;
	read_back(false, TS_NS / 1000 * 1000);
}

static void the_magic_tells_the_precision(void **state)
{
	uint8_t h[SKW_PCAP_FILE_HEADER_BYTES];
	uint32_t magic;

	(void)state;
	skw_pcap_file_header(h, DLT_EN10MB, 0, true);
	memcpy(&magic, h, sizeof(magic));
	assert_int_equal(magic, 0xa1b23c4d);
	skw_pcap_file_header(h, DLT_EN10MB, 0, false);
	memcpy(&magic, h, sizeof(magic));
	assert_int_equal(magic, 0xa1b2c3d4);
}

static void link_types_are_numbered_as_libpcap_numbers_them(void **state)
{
	unsigned compared = 0;

	(void)state;
	for (int dlt = 0; dlt < 300; dlt++) {
		pcap_t *dead = pcap_open_dead(dlt, 100);
		char *bytes = NULL;
		size_t n;
		uint32_t linktype;
		FILE *f = open_memstream(&bytes, &n);
		pcap_dumper_t *d = pcap_dump_fopen(dead, f);

		pcap_close(dead);
		if (d) {
			pcap_dump_close(d);
			memcpy(&linktype, bytes + 20, sizeof(linktype));
			assert_int_equal(skw_linktype_from_dlt(dlt), linktype);
			pcap_t *p = open_bytes(bytes, n);
			assert_int_equal(skw_linktype_to_dlt((uint16_t)linktype), pcap_datalink(p));
			pcap_close(p);
			compared++;
		} else {
			fclose(f); /* a number that no file has */
		}
		free(bytes);
	}
	assert_true(compared > 150);
}

static void link_types_have_names(void **state)
{
	(void)state;
	assert_string_equal(skw_linktype_dlt_name(DLT_EN10MB), "EN10MB");
	assert_string_equal(skw_linktype_dlt_text(DLT_EN10MB), "Ethernet");
	assert_null(skw_linktype_dlt_name(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libpcap_reads_nanoseconds),
		cmocka_unit_test(libpcap_reads_microseconds_rounded_down),
		cmocka_unit_test(the_magic_tells_the_precision),
		cmocka_unit_test(link_types_are_numbered_as_libpcap_numbers_them),
		cmocka_unit_test(link_types_have_names),
	};

	return cmocka_run_group_tests_name("pcap_write", tests, NULL, NULL);
}
