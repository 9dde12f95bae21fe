// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/capture_options.h"

#include <linux/types.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/packet.h"
#include "cmd/words/filter_text.h"
#include "session/capture.h"
#include "util/cleanup.h"

#define RING_BYTES_MAX (64ULL << 30)

#define AT(field)      offsetof(struct skw_capture_request, field)

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

#define TABLES 10

static struct skw_option_table *tables_as_in_help(struct skw_option_table tables[TABLES])
{
	tables[0] = skw_capture_options_packets;
	tables[1] = skw_capture_options_owner;
	tables[2] = skw_capture_options_printing;
	tables[3] = skw_capture_options_joined;
	tables[4] = skw_capture_options_events;
	tables[5] = skw_capture_options_flight;
	tables[6] = skw_capture_options_summary;
	tables[7] = skw_capture_options_tcpdump;
	tables[8] = skw_capture_options_secrets;
	tables[9] = (struct skw_option_table){ others, SKW_ARRAY_SIZE(others) };
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
		ret = skw_capture_options_command(&argc, argv, first, end, &r->plan.command, err);
	if (ret || r->help || r->version)
		return ret;
	r->plan.print.color = wants_color();
	skw_name_list_begin(&r->names);
	r->plan.flight.names = &r->names.names;
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
	skw_name_list_free(&r->names);
}
