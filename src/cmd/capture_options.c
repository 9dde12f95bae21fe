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
#include "session/capture.h"
#include "util/cleanup.h"

#define RING_BYTES_MAX (64ULL << 30)

static int add_interface(void *values, const char *arg, struct skw_error *err)
{
	struct skw_capture_plan *plan = &((struct skw_capture_request *)values)->plan.capture;

	if (!arg[0])
		return skw_error_usage(err, "-i: the interface's name is empty");
	for (size_t i = 0; i < plan->ifaces_len; i++)
		if (strcmp(plan->ifaces[i], arg) == 0)
			return 0;
	if (plan->ifaces_len == SKW_CAPTURE_IFACES_MAX)
		return skw_error_usage(err, "-i: more than %d interfaces; -i any takes them all",
				       SKW_CAPTURE_IFACES_MAX);
	plan->ifaces[plan->ifaces_len++] = arg;
	return 0;
}

/* -s 0 means the largest snaplen, as in tcpdump. */
static int set_snaplen(void *values, const char *arg, struct skw_error *err)
{
	struct skw_capture_plan *plan = &((struct skw_capture_request *)values)->plan.capture;
	char *end;

	errno = 0;
	unsigned long long value = strtoull(arg, &end, 10);
	if (*end || end == arg || arg[0] == '-' || errno || value > SKW_SNAPLEN_MAX)
		return skw_error_usage(err, "-s: \"%s\" is not a number up to %d", arg,
				       SKW_SNAPLEN_MAX);
	plan->snaplen = value ? (uint32_t)value : SKW_SNAPLEN_MAX;
	return 0;
}

static int add_read_file(void *values, const char *arg, struct skw_error *err)
{
	int ret = skw_read_list_add(&((struct skw_capture_request *)values)->read, arg);

	return ret ? skw_error_set(err, ret, "-r: out of memory") : 0;
}

/* The order is that of enum skw_direction. */
static const char *const directions[] = { "inout", "in", "out", NULL };

#define AT(field) offsetof(struct skw_capture_request, field)

static const struct skw_option packets[] = {
	{ .letter = 'i',
	  .name = "interface",
	  .arg = "IF",
	  .help = "capture on IF, repeatable; any (the default) means all interfaces",
	  .kind = SKW_OPT_CALL,
	  .call = add_interface },
	{ .letter = 'w',
	  .name = "write",
	  .arg = "FILE",
	  .help = "write packets to FILE (.pcap, .pcapng, then .gz or .zst); - is stdout",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.file.name) },
	{ .name = "format",
	  .arg = "FORMAT",
	  .help = "write pcap or pcapng, whatever the name of FILE is",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.format_name) },
	{ .letter = 'r',
	  .name = "read",
	  .arg = "FILE",
	  .help = "read packets from FILE instead, repeatable; - is standard input",
	  .kind = SKW_OPT_CALL,
	  .call = add_read_file },
	{ .letter = 'V',
	  .name = "read-list",
	  .arg = "FILE",
	  .help = "read packets from the files whose names are in FILE, one a line",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(list_file) },
	{ .letter = 'c',
	  .name = "packets",
	  .arg = "N",
	  .help = "stop after N packets",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.count) },
	{ .name = "duration",
	  .arg = "TIME",
	  .help = "stop after TIME (10s, 5m, 1h)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.duration_ns) },
	{ .name = "stop-size",
	  .arg = "SIZE",
	  .help = "stop when the files of -w have SIZE bytes together (or k M G)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.file.stop_bytes) },
	{ .letter = 's',
	  .name = "snapshot-length",
	  .arg = "LEN",
	  .help = "keep at most LEN bytes of a packet (default 262144)",
	  .kind = SKW_OPT_CALL,
	  .call = set_snaplen },
	{ .letter = 'C',
	  .name = "rotate-size",
	  .arg = "SIZE",
	  .help = "start another file after SIZE (millions of bytes, or k M G)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.file.rotate_bytes),
	  .unit = 1000000 },
	{ .letter = 'G',
	  .name = "rotate-seconds",
	  .arg = "SECS",
	  .help = "start another file every SECS seconds; FILE may have strftime(3) fields",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.file.rotate_s),
	  .max = UINT32_MAX,
	  .limits = "4294967295 seconds" },
	{ .letter = 'W',
	  .name = "rotate-files",
	  .arg = "N",
	  .help = "with -C keep N files, with -G stop after N files",
	  .kind = SKW_OPT_UINT32,
	  .offset = AT(plan.file.files_max),
	  .max = 1000000,
	  .limits = "1000000 files" },
	{ .letter = 'z',
	  .name = "postrotate-command",
	  .arg = "CMD",
	  .help = "run CMD FILE for each complete file",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.file.command) },
	{ .letter = 'Q',
	  .name = "direction",
	  .arg = "DIR",
	  .help = "capture only packets that go in or out; inout (the default) means both",
	  .kind = SKW_OPT_CHOICE,
	  .offset = AT(plan.capture.direction),
	  .words = directions },
	{ .letter = 'p',
	  .name = "no-promiscuous-mode",
	  .help = "do not put the interface into promiscuous mode",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.capture.no_promiscuous) },
	{ .letter = 'F',
	  .name = "filter-file",
	  .arg = "FILE",
	  .help = "read the filter expression from FILE",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(filter_file) },
	{ .letter = 'd',
	  .name = "dump-filter",
	  .help = "print the compiled filter and stop; -dd as C, -ddd as numbers",
	  .kind = SKW_OPT_LEVEL,
	  .offset = AT(plan.dump),
	  .min = SKW_DUMP_TEXT,
	  .max = SKW_DUMP_NUMBERS },
	{ .name = "dump-ebpf",
	  .help = "print the filter as the eBPF that the kernel runs, and stop",
	  .kind = SKW_OPT_LEVEL,
	  .offset = AT(plan.dump),
	  .min = SKW_DUMP_EBPF,
	  .max = SKW_DUMP_EBPF },
	{ .letter = 'D',
	  .name = "list-interfaces",
	  .help = "list the interfaces and stop",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(list_interfaces) },
	{ .letter = 'L',
	  .name = "list-data-link-types",
	  .help = "list the interface's link types and stop",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.list_link_types) },
	{ .letter = 'y',
	  .name = "linktype",
	  .arg = "DLT",
	  .help = "use this link type, which must be one that -L lists",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.dlt_name) },
};

static const struct skw_option others[] = {
	{ .letter = 'U',
	  .name = "packet-buffered",
	  .help = "write each packet as soon as it arrives",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.file.packet_buffered) },
	{ .letter = 'B',
	  .name = "buffer-size",
	  .arg = "KIB",
	  .help = "size of all rings together in KiB",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.capture.ring_bytes),
	  .unit = 1024,
	  .max = RING_BYTES_MAX,
	  .limits = "64G" },
	{ .name = "ring-size",
	  .arg = "SIZE",
	  .help = "size of all rings together (default 64M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.capture.ring_bytes),
	  .max = RING_BYTES_MAX,
	  .limits = "64G" },
	{ .name = "rings",
	  .arg = "N",
	  .help = "number of rings (default: one for each CPU, at most 16)",
	  .kind = SKW_OPT_UINT32,
	  .offset = AT(plan.capture.rings),
	  .max = 1024,
	  .limits = "1024" },
	{ .letter = 'Z',
	  .name = "relinquish-privileges",
	  .arg = "USER",
	  .help = "run as USER after set-up; files belong to USER",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.user) },
	SKW_OPTION_NO_SANDBOX(AT(plan.no_sandbox)),
	SKW_OPTION_HELP(AT(help)),
	/* The letter V is -V FILE here. */
	{ .name = "version",
	  .help = "print the version",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(version) },
};

#define TABLES 7

static struct skw_option_table *tables_as_in_help(struct skw_option_table tables[TABLES])
{
	tables[0] = (struct skw_option_table){ packets, SKW_ARRAY_SIZE(packets) };
	tables[1] = skw_capture_options_owner;
	tables[2] = skw_capture_options_printing;
	tables[3] = skw_capture_options_summary;
	tables[4] = skw_capture_options_tcpdump;
	tables[5] = skw_capture_options_secrets;
	tables[6] = (struct skw_option_table){ others, SKW_ARRAY_SIZE(others) };
	return tables;
}

void skw_capture_options_help(FILE *to)
{
	struct skw_option_table tables[TABLES];

	fputs("Usage: skwatch capture [OPTION...] [FILTER] [-- COMMAND [ARGUMENT...]]\n"
	      "Prints packets, or writes them to a file. FILTER is a pcap-filter(7) expression.\n"
	      "COMMAND is run, and its packets are captured, and no others.\n\n",
	      to);
	skw_options_help(tables_as_in_help(tables), TABLES, to);
}

static bool wants_color(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && no_color[0]) && term &&
	       strcmp(term, "dumb") != 0;
}

int skw_capture_options_parse(int argc, char **argv, struct skw_capture_request *r,
			      struct skw_error *err)
{
	struct skw_option_table tables[TABLES];
	int first = argc;

	*r = (struct skw_capture_request){ .plan = { .capture = { .snaplen = SKW_SNAPLEN_MAX },
						     .file = { .nano = true } } };
	int end = skw_capture_options_end(argc, argv);
	int ret = skw_options_parse(tables_as_in_help(tables), TABLES, argc, argv, r, &first, err);
	if (!ret)
		ret = skw_capture_options_command(&argc, argv, first, end, &r->plan, err);
	if (ret || r->help || r->version)
		return ret;
	r->plan.print.color = wants_color();
	ret = skw_read_list_choose(&r->read, r->list_file, r->filter_file, err);
	r->plan.read_files = r->read.names;
	r->plan.read_files_len = r->read.len;
	if (!ret && !r->read.len)
		ret = skw_session_capture_numbers(&r->plan, err);
	if (!ret)
		ret = skw_filter_text(r->filter_file, argv + first, (size_t)(argc - first),
				      &r->filter_text, err);
	if (ret)
		return ret;
	r->plan.capture.filter = r->filter_text;
	ret = skw_session_plan_check(&r->plan, err);
	return ret ? ret : skw_session_plan_check_files(&r->plan, err);
}

void skw_capture_request_free(struct skw_capture_request *r)
{
	free(r->filter_text);
	skw_session_plan_free(&r->plan);
	skw_read_list_free(&r->read);
}
