// SPDX-License-Identifier: BSD-2-Clause
/* The options for which packets to capture, and into which files. */
#include "cmd/capture_options.h"

#include <errno.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "abi/packet.h"
#include "util/cleanup.h"

#define AT(field) offsetof(struct skw_capture_request, field)

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
	struct skw_session_plan *plan = &((struct skw_capture_request *)values)->plan;
	char *end;

	errno = 0;
	unsigned long long value = strtoull(arg, &end, 10);
	if (*end || end == arg || arg[0] == '-' || errno || value > SKW_SNAPLEN_MAX)
		return skw_error_usage(err, "-s: \"%s\" is not a number up to %d", arg,
				       SKW_SNAPLEN_MAX);
	plan->capture.snaplen = value ? (uint32_t)value : SKW_SNAPLEN_MAX;
	plan->snaplen_given = true;
	return 0;
}

static int add_read_file(void *values, const char *arg, struct skw_error *err)
{
	int ret = skw_read_list_add(&((struct skw_capture_request *)values)->read, arg);

	return ret ? skw_error_set(err, ret, "-r: out of memory") : 0;
}

/* The order is that of enum skw_direction. */
static const char *const directions[] = { "inout", "in", "out", NULL };

static const struct skw_option options[] = {
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

const struct skw_option_table skw_capture_options_packets = { options, SKW_ARRAY_SIZE(options) };
