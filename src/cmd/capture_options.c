// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/capture_options.h"

#include <errno.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/packet.h"
#include "cmd/filter_text.h"
#include "cmd/options.h"
#include "util/cleanup.h"

#define RING_BYTES_DEFAULT (64ULL << 20)
#define RING_BYTES_MAX     (64ULL << 30)

/* The values of the options, before they become a plan. */
struct words {
	struct skw_capture_request *r;
	const char *filter_file, *format, *direction, *precision, *dlt;
	uint64_t snaplen, count, duration_ns, rotate_bytes, rotate_s, files_max, ring_bytes, rings;
	unsigned dump, times, hex, hex_ascii, ascii, verbose, numeric;
	bool dump_ebpf, print, no_promiscuous, quiet, link_header, absolute, number, no_checksum,
		packet_buffered, line_buffered, count_only, help, version, list_interfaces,
		list_link_types;
	const char *read_file, *write_file, *command, *user;
};

static int add_interface(void *values, const char *arg, struct skw_error *err)
{
	struct skw_capture_plan *plan = &((struct words *)values)->r->plan;

	if (!arg[0])
		return skw_error_usage(err, "-i: the interface's name is empty");
	for (size_t i = 0; i < plan->ifaces_len; i++)
		if (strcmp(plan->ifaces[i], arg) == 0)
			return 0;
	if (plan->ifaces_len == SKW_PLAN_IFACES_MAX)
		return skw_error_usage(err, "-i: more than %d interfaces; -i any takes them all",
				       SKW_PLAN_IFACES_MAX);
	plan->ifaces[plan->ifaces_len++] = arg;
	return 0;
}

/* -s 0 means the largest snaplen, as in tcpdump. */
static int set_snaplen(void *values, const char *arg, struct skw_error *err)
{
	struct words *w = values;
	char *end;

	errno = 0;
	unsigned long long value = strtoull(arg, &end, 10);
	if (*end || end == arg || arg[0] == '-' || errno || value > SKW_SNAPLEN_MAX)
		return skw_error_usage(err, "-s: \"%s\" is not a number up to %d", arg,
				       SKW_SNAPLEN_MAX);
	w->snaplen = value ? value : SKW_SNAPLEN_MAX;
	return 0;
}

#define AT(field) offsetof(struct words, field)

static const struct skw_option options[] = {
	{ 'i', "interface", "IF", "capture on IF, repeatable; any (the default) is every one",
	  SKW_OPT_CALL, 0, 0, add_interface },
	{ 'w', "write", "FILE",
	  "write packets to FILE (.pcap, .pcapng, then .gz or .zst); - is stdout", SKW_OPT_STRING,
	  AT(write_file), 0, NULL },
	{ 0, "format", "FORMAT", "pcap or pcapng, whatever the name says", SKW_OPT_STRING,
	  AT(format), 0, NULL },
	{ 'r', "read", "FILE", "read packets from FILE instead; - is standard input",
	  SKW_OPT_STRING, AT(read_file), 0, NULL },
	{ 'c', "packets", "N", "stop after N packets", SKW_OPT_UINT, AT(count), 0, NULL },
	{ 0, "duration", "TIME", "stop after TIME (10s, 5m, 1h)", SKW_OPT_DURATION, AT(duration_ns),
	  0, NULL },
	{ 's', "snapshot-length", "LEN", "keep at most LEN bytes of a packet (default 262144)",
	  SKW_OPT_CALL, 0, 0, set_snaplen },
	{ 'C', "rotate-size", "SIZE",
	  "next file once one is larger than SIZE (millions of bytes, or k M G)", SKW_OPT_SIZE,
	  AT(rotate_bytes), 1000000, NULL },
	{ 'G', "rotate-seconds", "SECS",
	  "next file each SECS seconds; FILE may hold strftime(3) fields", SKW_OPT_UINT,
	  AT(rotate_s), 0, NULL },
	{ 'W', "rotate-files", "N", "with -C a ring of N files, with -G stop after N files",
	  SKW_OPT_UINT, AT(files_max), 0, NULL },
	{ 'z', "postrotate-command", "CMD", "run CMD FILE for each file that is complete",
	  SKW_OPT_STRING, AT(command), 0, NULL },
	{ 'Q', "direction", "DIR", "only packets that go in, out, or inout (the default)",
	  SKW_OPT_STRING, AT(direction), 0, NULL },
	{ 'p', "no-promiscuous-mode", NULL, "do not put the interface into promiscuous mode",
	  SKW_OPT_FLAG, AT(no_promiscuous), 0, NULL },
	{ 'F', "filter-file", "FILE", "read the filter expression from FILE", SKW_OPT_STRING,
	  AT(filter_file), 0, NULL },
	{ 'd', "dump-filter", NULL, "print the compiled filter and stop; -dd as C, -ddd as numbers",
	  SKW_OPT_COUNT, AT(dump), 0, NULL },
	{ 0, "dump-ebpf", NULL, "print the filter as the eBPF that the kernel runs, and stop",
	  SKW_OPT_FLAG, AT(dump_ebpf), 0, NULL },
	{ 'D', "list-interfaces", NULL, "list the interfaces and stop", SKW_OPT_FLAG,
	  AT(list_interfaces), 0, NULL },
	{ 'L', "list-data-link-types", NULL, "list the interface's link types and stop",
	  SKW_OPT_FLAG, AT(list_link_types), 0, NULL },
	{ 'y', "linktype", "DLT", "use this one of the interface's link types", SKW_OPT_STRING,
	  AT(dlt), 0, NULL },
	{ 'q', "quiet", NULL, "shorter lines", SKW_OPT_FLAG, AT(quiet), 0, NULL },
	{ 'v', "verbose", NULL, "longer lines; more with -vv, -vvv", SKW_OPT_COUNT, AT(verbose), 0,
	  NULL },
	{ 'e', "link-header", NULL, "print the link-layer header", SKW_OPT_FLAG, AT(link_header), 0,
	  NULL },
	{ 't', "time-format", NULL,
	  "no time; -tt since 1970, -ttt since the last packet, -tttt with date, -ttttt since the "
	  "first",
	  SKW_OPT_COUNT, AT(times), 0, NULL },
	{ 'x', "hex", NULL, "print the bytes in hex; -xx with the link-layer header", SKW_OPT_COUNT,
	  AT(hex), 0, NULL },
	{ 'X', "hex-ascii", NULL,
	  "print the bytes in hex and ASCII; -XX with the link-layer header", SKW_OPT_COUNT,
	  AT(hex_ascii), 0, NULL },
	{ 'A', "ascii", NULL, "print the bytes in ASCII; -AA with the link-layer header",
	  SKW_OPT_COUNT, AT(ascii), 0, NULL },
	{ 'S', "absolute-tcp-sequence-numbers", NULL, "print TCP sequence numbers as they are",
	  SKW_OPT_FLAG, AT(absolute), 0, NULL },
	{ '#', "number", NULL, "print the packet's number in front", SKW_OPT_FLAG, AT(number), 0,
	  NULL },
	{ 'K', "dont-verify-checksums", NULL, "do not verify checksums", SKW_OPT_FLAG,
	  AT(no_checksum), 0, NULL },
	{ 'n', "numeric", NULL, "numbers instead of names: always so", SKW_OPT_COUNT, AT(numeric),
	  0, NULL },
	{ 'l', "line-buffered", NULL, "give each line out at once: always so", SKW_OPT_FLAG,
	  AT(line_buffered), 0, NULL },
	{ 0, "print", NULL, "print lines also while writing to a file", SKW_OPT_FLAG, AT(print), 0,
	  NULL },
	{ 0, "count", NULL, "print only the number of packets", SKW_OPT_FLAG, AT(count_only), 0,
	  NULL },
	{ 'U', "packet-buffered", NULL, "write each packet out as soon as it is there",
	  SKW_OPT_FLAG, AT(packet_buffered), 0, NULL },
	{ 0, "time-precision", "WHAT",
	  "of times in files and lines: nano (the default in files) or micro", SKW_OPT_STRING,
	  AT(precision), 0, NULL },
	{ 'B', "buffer-size", "KIB", "size of all rings together in KiB", SKW_OPT_SIZE,
	  AT(ring_bytes), 1024, NULL },
	{ 0, "ring-size", "SIZE", "size of all rings together (default 64M)", SKW_OPT_SIZE,
	  AT(ring_bytes), 1, NULL },
	{ 0, "rings", "N", "number of rings (default: one for each CPU, at most 16)", SKW_OPT_UINT,
	  AT(rings), 0, NULL },
	{ 'Z', "relinquish-privileges", "USER", "run as USER once set up; files belong to USER",
	  SKW_OPT_STRING, AT(user), 0, NULL },
	{ 'h', "help", NULL, "print this", SKW_OPT_FLAG, AT(help), 0, NULL },
	{ 'V', "version", NULL, "print the version", SKW_OPT_FLAG, AT(version), 0, NULL },
};

void skw_capture_options_help(FILE *to)
{
	fputs("Usage: skwatch capture [OPTION...] [FILTER]\n"
	      "Prints packets, or writes them to a file. FILTER is a pcap-filter(7) "
	      "expression.\n\n",
	      to);
	skw_options_help(options, SKW_ARRAY_SIZE(options), to);
}

/* Returns the index of the word in the list, or -1. */
static int choice(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return (int)i;
	return -1;
}

/* Takes the options whose argument is one of several words. */
static int take_choices(const struct words *w, struct skw_capture_plan *plan, struct skw_error *err)
{
	static const char *const precisions[] = { "nano", "micro" };
	static const char *const directions[] = { "inout", "in", "out" };

	plan->nano = true;
	if (w->precision) {
		int i = choice(w->precision, precisions, SKW_ARRAY_SIZE(precisions));

		if (i < 0)
			return skw_error_usage(err, "--time-precision: \"%s\" is not nano or micro",
					       w->precision);
		plan->nano = i == 0;
		plan->print.nano = i == 0;
	}
	if (w->direction) {
		int i = choice(w->direction, directions, SKW_ARRAY_SIZE(directions));

		if (i < 0)
			return skw_error_usage(err, "-Q: \"%s\" is not in, out or inout",
					       w->direction);
		plan->direction = (enum skw_direction)i;
	}
	return 0;
}

static bool wants_color(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && no_color[0]) && term &&
	       strcmp(term, "dumb") != 0;
}

static void take_printing(const struct words *w, struct skw_capture_plan *plan)
{
	struct skw_print_options *print = &plan->print;

	print->time = w->times > SKW_TIME_SINCE_FIRST ? SKW_TIME_SINCE_FIRST
						      : (enum skw_print_time)w->times;
	/* Like tcpdump, prefers -A to -X, and -X to -x. */
	if (w->ascii)
		print->bytes = w->ascii > 1 ? SKW_BYTES_ASCII_LINK : SKW_BYTES_ASCII;
	else if (w->hex_ascii)
		print->bytes = w->hex_ascii > 1 ? SKW_BYTES_HEX_ASCII_LINK : SKW_BYTES_HEX_ASCII;
	else if (w->hex)
		print->bytes = w->hex > 1 ? SKW_BYTES_HEX_LINK : SKW_BYTES_HEX;
	print->quiet = w->quiet;
	print->verbose = w->verbose;
	print->link_header = w->link_header;
	print->absolute_seq = w->absolute;
	print->number = w->number;
	print->no_checksum = w->no_checksum;
	print->color = wants_color();
	plan->count_only = w->count_only;
	plan->lines = w->write_file ? w->print : !w->count_only || w->print;
}

static int take_numbers(const struct words *w, struct skw_capture_plan *plan, struct skw_error *err)
{
	plan->snaplen = w->snaplen ? (uint32_t)w->snaplen : SKW_SNAPLEN_MAX;
	plan->count = w->count;
	plan->duration_ns = w->duration_ns;
	plan->rotate_bytes = w->rotate_bytes;
	plan->rotate_s = w->rotate_s;
	plan->ring_bytes = w->ring_bytes ? w->ring_bytes : RING_BYTES_DEFAULT;
	if (plan->ring_bytes > RING_BYTES_MAX)
		return skw_error_usage(err, "--ring-size: more than 64G");
	if (w->rings > 1024)
		return skw_error_usage(err, "--rings: more than 1024");
	if (w->rotate_s > UINT32_MAX)
		return skw_error_usage(err, "-G: more than %u seconds", UINT32_MAX);
	if (w->files_max > 1000000)
		return skw_error_usage(err, "-W: more than 1000000 files");
	plan->rings = (unsigned)w->rings;
	plan->files_max = (unsigned)w->files_max;
	return 0;
}

static void take_files(const struct words *w, struct skw_capture_plan *plan)
{
	plan->read_file = w->read_file;
	plan->write_file = w->write_file;
	plan->command = w->command;
	plan->user = w->user;
	plan->packet_buffered = w->packet_buffered;
	plan->no_promiscuous = w->no_promiscuous;
	plan->format_name = w->format;
	plan->dlt_name = w->dlt;
	plan->list_link_types = w->list_link_types;
	plan->dump = w->dump_ebpf  ? SKW_DUMP_EBPF
		     : w->dump > 3 ? SKW_DUMP_NUMBERS
				   : (enum skw_dump)w->dump;
}

int skw_capture_options_parse(int argc, char **argv, struct skw_capture_request *r,
			      struct skw_error *err)
{
	struct words w = { .r = r };
	int first = argc;
	int ret;

	memset(r, 0, sizeof(*r));
	ret = skw_options_parse(options, SKW_ARRAY_SIZE(options), argc, argv, &w, &first, err);
	if (ret)
		return ret;
	r->help = w.help;
	r->version = w.version;
	r->list_interfaces = w.list_interfaces;
	if (r->help || r->version)
		return 0;
	take_files(&w, &r->plan);
	take_printing(&w, &r->plan);
	ret = take_choices(&w, &r->plan, err);
	if (!ret)
		ret = take_numbers(&w, &r->plan, err);
	if (!ret)
		ret = skw_filter_text(w.filter_file, argv + first, (size_t)(argc - first),
				      &r->filter_text, err);
	r->plan.filter = r->filter_text;
	return ret ? ret : skw_capture_plan_check(&r->plan, err);
}

void skw_capture_request_free(struct skw_capture_request *r)
{
	free(r->filter_text);
}
