// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/packet.h"
#include "cmd/capture_options.h"
#include "cmd/command.h"
#include "cmd/words/filter_text.h"
#include "cmd/live/live.h"
#include "cmd/messages_options.h"
#include "cmd/words/name_list.h"
#include "model/owner_plan.h"
#include "util/clock.h"
#include "util/locale.h"

#define WAIT_MS 50 /* lines come at once, as far as anybody can see */

static void print_help(void)
{
	struct skw_option_table tables[SKW_MESSAGES_OPTIONS_TABLES];
	struct skw_buf text = SKW_BUF_INIT;

	skw_messages_options_list(tables);
	fputs("Usage: skwatch messages [OPTION...] [FILTER...] [-- COMMAND [ARGUMENT...]]\n"
	      "Prints requests with their answers, a line for each, with the time it took.\n"
	      "FILTER chooses packets in the language of pcap-filter(7).\n"
	      "COMMAND is run, and its messages are printed, and no others.\n\n",
	      stdout);
	skw_options_help(tables, SKW_MESSAGES_OPTIONS_TABLES, stdout);
	skw_buf_add_str(&text, "\nProtocols: ");
	skw_session_messages_protocols(&text);
	skw_buf_add_str(&text, "\n\nKeys for --sort: ");
	skw_session_messages_keys(&text);
	skw_buf_add_str(&text, "\n\nFields for --where:\n");
	skw_session_messages_help(&text);
	if (!text.failed)
		fwrite(text.data, 1, text.len, stdout);
	skw_buf_free(&text);
	fputs("\nExamples:\n"
	      "  skwatch messages --where 'latency > 100ms or error = yes'\n"
	      "  skwatch messages -i eth0 -t http --json tcp port 8080\n"
	      "  skwatch messages --summary --sort p99 --duration 1m\n"
	      "  skwatch messages -r trace.pcapng -t dns --where 'outcome = unanswered'\n",
	      stdout);
}

static int check_table(const struct skw_messages_request *r, struct skw_error *err)
{
	const struct skw_messages_plan *plan = &r->plan;
	const char *alone = plan->csv           ? "--csv"
			    : plan->interval_ns ? "-d"
			    : r->batch          ? "-b"
			    : r->no_color       ? "--no-color"
			    : r->ascii          ? "--ascii"
			    : plan->sort        ? "--sort"
			    : plan->groups      ? "--groups"
						: NULL;

	if (!plan->summary && alone)
		return skw_error_usage(err, "%s: only the table of --summary has that", alone);
	if (plan->csv && plan->json)
		return skw_error_usage(err, "--json and --csv: choose one");
	return 0;
}

static int check(struct skw_messages_request *r, struct skw_error *err)
{
	struct skw_messages_plan *plan = &r->plan;
	const char *ignored = plan->capture.ifaces_len ? "-i"
			      : plan->write            ? "-w"
			      : skw_owner_plan_chooses(&plan->capture.owners)
				      ? "--pid, --comm, --cgroup"
			      : plan->duration_ns        ? "--duration"
			      : plan->capture.ring_bytes ? "--ring-size"
			      : plan->no_owner           ? "--no-owner"
							 : NULL;
	int ret;

	if (plan->command && r->read.len)
		return skw_error_usage(err, "-r reads a file: it runs no command");
	if (plan->command && skw_owner_plan_chooses(&plan->capture.owners))
		return skw_error_usage(err, "-- COMMAND captures its own packets: --pid, --comm "
					    "and --cgroup do not apply");
	ret = skw_read_list_choose_alone(&r->read, ignored, err);

	plan->read_files = r->read.names;
	plan->read_files_len = r->read.len;
	for (size_t i = 0; !ret && i < r->read.len; i++)
		if (!r->read.names[i][0])
			ret = skw_error_usage(err, "-r: the file's name is empty");
	if (!ret)
		ret = check_table(r, err);
	if (!ret && r->to.plan.to && plan->summary)
		ret = skw_error_usage(err, "--to: the table of --summary is printed only");
	if (!ret)
		ret = skw_to_options_finish(&r->to, err);
	/* As in tcpdump, "any" is all of them. */
	for (size_t i = 0; i < plan->capture.ifaces_len; i++)
		if (strcmp(plan->capture.ifaces[i], "any") == 0)
			plan->capture.ifaces_len = 0;
	return ret;
}

/* The command that is run has the terminal for itself. */
static bool is_live(const struct skw_messages_request *r)
{
	const struct skw_messages_plan *plan = &r->plan;

	return plan->summary && !r->batch && !plan->json && !plan->csv && !plan->read_files_len &&
	       !plan->command && skw_live_has_screen();
}

static int run_session(struct skw_messages_request *r, struct skw_error *err)
{
	struct skw_messages_plan *plan = &r->plan;
	struct skw_name_list names;
	int ret;

	skw_name_list_begin(&names);
	plan->names = &names.names;
	plan->send = &r->to.plan;
	plan->json = plan->json || r->to.plan.to;
	if (!plan->interval_ns)
		plan->interval_ns = SKW_NS_PER_S;
	if (is_live(r)) {
		/* A filter that is typed must not open files. */
		skw_name_list_seal(&names);
		ret = skw_live_run(plan, r->no_color, r->ascii, err);
	} else {
		ret = skw_session_messages(plan, err);
	}
	skw_name_list_free(&names);
	plan->names = NULL;
	return ret;
}

static int run_request(struct skw_messages_request *r, int argc, char **argv, int first,
		       struct skw_error *err)
{
	int ret;

	if (r->help) {
		print_help();
		return 0;
	}
	if (r->version) {
		printf("skwatch %s\n", PACKAGE_VERSION);
		return 0;
	}
	ret = check(r, err);
	if (!ret)
		ret = skw_filter_text(NULL, argv + first, (size_t)(argc - first), &r->filter, err);
	r->plan.capture.filter = r->filter;
	return ret ? ret : run_session(r, err);
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct skw_messages_request r = {
		.plan = { .capture = { .snaplen = SKW_SNAPLEN_MAX, .wait_ms = WAIT_MS, .dlt = -1 } }
	};
	struct skw_option_table tables[SKW_MESSAGES_OPTIONS_TABLES];
	int first = argc;
	int ret;

	skw_locale_take();
	skw_messages_options_list(tables);
	int end = skw_capture_options_end(argc, argv);
	ret = skw_options_parse(tables, SKW_MESSAGES_OPTIONS_TABLES, argc, argv, &r, &first, err);
	if (!ret)
		ret = skw_capture_options_command(&argc, argv, first, end, &r.plan.command, err);
	if (!ret)
		ret = run_request(&r, argc, argv, first, err);
	free(r.filter);
	skw_to_options_free(&r.to);
	skw_read_list_free(&r.read);
	return ret;
}

const struct skw_command skw_cmd_messages = {
	.name = "messages",
	.summary = "print requests with their answers, and how long they took",
	.run = run,
};
