// SPDX-License-Identifier: BSD-2-Clause
/*
 * Prints pcap files by the printer of src/dissect, with tcpdump's letters: the harness of the
 * golden tests, which so need neither root nor the skwatch program. Before each file but the first
 * it prints a line that holds a form feed alone, which the printer never does.
 *
 *	print_pcap [-q] [-v]... [-e] [-t]... [-x|-X|-A]... [-S] [-#] [-K] [--nano] [--any] -r FILE
 *		[FILE...]
 *	print_pcap --cut FROM TO	write each packet of FROM in every captured length
 */
#include <errno.h>
#include <getopt.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/printer.h"

enum { OPT_NANO = 256, OPT_ANY, OPT_COLOR, OPT_CUT };

static const struct option long_options[] = {
	{ "nano", no_argument, NULL, OPT_NANO },   { "any", no_argument, NULL, OPT_ANY },
	{ "color", no_argument, NULL, OPT_COLOR }, { "cut", no_argument, NULL, OPT_CUT },
	{ "number", no_argument, NULL, '#' },      { NULL, 0, NULL, 0 },
};

static pcap_t *open_file(const char *name)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *file =
		pcap_open_offline_with_tstamp_precision(name, PCAP_TSTAMP_PRECISION_NANO, error);

	if (!file) {
		fprintf(stderr, "print_pcap: %s\n", error);
		exit(1);
	}
	return file;
}

static int print_file(const struct skw_print_options *opt, const char *name)
{
	pcap_t *file = open_file(name);
	struct skw_printer *printer = skw_printer_new(opt);
	struct skw_iface iface = { .name = "eth0", .dlt = pcap_datalink(file), .ifindex = 2 };
	struct skw_buf out = SKW_BUF_INIT;
	struct pcap_pkthdr *header;
	const u_char *data;

	if (!printer)
		return 1;
	while (pcap_next_ex(file, &header, &data) == 1) {
		struct skw_packet pkt = {
			.ts_ns = (uint64_t)header->ts.tv_sec * 1000000000 +
				 (uint64_t)header->ts.tv_usec,
			.data = data,
			.caplen = header->caplen,
			.len = header->len,
			.dlt = pcap_datalink(file),
		};

		skw_printer_packet(printer, &pkt, &iface, &out);
		fwrite(out.data, 1, out.len, stdout);
		skw_buf_reset(&out);
	}
	skw_buf_free(&out);
	skw_printer_free(printer);
	pcap_close(file);
	return fflush(stdout) ? 1 : 0;
}

static int cut_file(const char *from, const char *to)
{
	pcap_t *file = open_file(from);
	pcap_dumper_t *dump = pcap_dump_open(file, to);
	struct pcap_pkthdr *header;
	const u_char *data;

	if (!dump) {
		fprintf(stderr, "print_pcap: %s\n", pcap_geterr(file));
		return 1;
	}
	while (pcap_next_ex(file, &header, &data) == 1) {
		struct pcap_pkthdr cut = *header;

		for (cut.caplen = 1; cut.caplen < header->caplen; cut.caplen++)
			pcap_dump((u_char *)dump, &cut, data);
	}
	pcap_dump_close(dump);
	pcap_close(file);
	return 0;
}

int main(int argc, char **argv)
{
	struct skw_print_options opt = { 0 };
	unsigned t = 0, x = 0, X = 0, A = 0;
	const char *name = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "qvetxXASKn#r:", long_options, NULL)) != -1) {
		switch (c) {
		case 'q':
			opt.quiet = true;
			break;
		case 'v':
			opt.verbose++;
			break;
		case 'e':
			opt.link_header = true;
			break;
		case 't':
			t++;
			break;
		case 'x':
			x++;
			break;
		case 'X':
			X++;
			break;
		case 'A':
			A++;
			break;
		case 'S':
			opt.absolute_seq = true;
			break;
		case 'K':
			opt.no_checksum = true;
			break;
		case '#':
			opt.number = true;
			break;
		case 'n':
			break;
		case 'r':
			name = optarg;
			break;
		case OPT_NANO:
			opt.nano = true;
			break;
		case OPT_ANY:
			opt.interface = true;
			break;
		case OPT_COLOR:
			opt.color = true;
			break;
		case OPT_CUT:
			if (argc - optind == 2)
				return cut_file(argv[optind], argv[optind + 1]);
			return 2;
		default:
			return 2;
		}
	}
	if (!name)
		return 2;
	opt.time = (enum skw_print_time)(t > 5 ? 5 : t);
	if (X)
		opt.bytes = X > 1 ? SKW_BYTES_HEX_ASCII_LINK : SKW_BYTES_HEX_ASCII;
	else if (x)
		opt.bytes = x > 1 ? SKW_BYTES_HEX_LINK : SKW_BYTES_HEX;
	else if (A)
		opt.bytes = A > 1 ? SKW_BYTES_ASCII_LINK : SKW_BYTES_ASCII;
	int ret = print_file(&opt, name);

	for (int i = optind; !ret && i < argc; i++) {
		puts("\f");
		ret = print_file(&opt, argv[i]);
	}
	return ret;
}
