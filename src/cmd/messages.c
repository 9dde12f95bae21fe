// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/packet.h"
#include "cmd/command.h"
#include "cmd/filter_text.h"
#include "cmd/name_list.h"
#include "cmd/options.h"
#include "cmd/owner_words.h"
#include "cmd/read_list.h"
#include "model/owner_plan.h"
#include "session/messages.h"
#include "util/cleanup.h"
#include "util/locale.h"

#define WAIT_MS   50 /* lines come at once, as far as anybody can see */
#define BYTES_MIN (1ULL << 20)
#define BYTES_MAX (1ULL << 40)

struct messages_request {
	struct skw_messages_plan plan;
	struct skw_read_list read; /* plan.read_files points to it */
	char *filter;              /* owned */
	bool help, version;
};

#define AT(field) offsetof(struct messages_request, field)

static int add_read_file(void *values, const char *arg, struct skw_error *err)
{
	int ret = skw_read_list_add(&((struct messages_request *)values)->read, arg);

	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}

static int add_interface(void *values, const char *arg, struct skw_error *err)
{
	struct skw_capture_plan *plan = &((struct messages_request *)values)->plan.capture;

	if (!arg[0])
		return skw_error_usage(err, "-i: the interface's name is empty");
	if (plan->ifaces_len == SKW_CAPTURE_IFACES_MAX)
		return skw_error_usage(err,
				       "-i: more than %d interfaces; without -i, all are taken",
				       SKW_CAPTURE_IFACES_MAX);
	plan->ifaces[plan->ifaces_len++] = arg;
	return 0;
}

static struct skw_owner_plan *owners(void *values)
{
	return &((struct messages_request *)values)->plan.capture.owners;
}

static int add_pid(void *values, const char *arg, struct skw_error *err)
{
	return skw_owner_words_add_pid(owners(values), arg, err);
}

static int add_comm(void *values, const char *arg, struct skw_error *err)
{
	return skw_owner_words_add_comm(owners(values), arg, err);
}

static int add_cgroup(void *values, const char *arg, struct skw_error *err)
{
	return skw_owner_words_add_cgroup(owners(values), arg, err);
}

static const struct skw_option options[] = {
	{ .letter = 'r',
	  .name = "read",
	  .arg = "FILE",
	  .help = "read packets from FILE, repeatable, - is standard input (default: packets of "
		  "this host)",
	  .kind = SKW_OPT_CALL,
	  .call = add_read_file },
	{ .letter = 'i',
	  .name = "interface",
	  .arg = "NAME",
	  .help = "take packets of this interface, repeatable (default: all)",
	  .kind = SKW_OPT_CALL,
	  .call = add_interface },
	{ .letter = 't',
	  .name = "protocols",
	  .arg = "PROTOCOLS",
	  .help = "only these protocols, separated by commas (default: all)",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.protocols) },
	{ .name = "where",
	  .arg = "EXPR",
	  .help = "print only messages that match, for example 'latency > 100ms or error = yes'",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.where) },
	{ .name = "json",
	  .help = "print a line with a JSON object for each message",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.json) },
	{ .name = "content",
	  .help = "show values of the users' data, such as queries of URLs",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.content) },
	{ .letter = 'c',
	  .name = "count",
	  .arg = "N",
	  .help = "stop after N messages were printed",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.count) },
	{ .name = "duration",
	  .arg = "TIME",
	  .help = "stop after TIME (10s, 5m, 1h)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.duration_ns) },
	{ .name = "pid",
	  .arg = "PID",
	  .help = "only packets of this process's sockets, repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_pid },
	{ .name = "comm",
	  .arg = "NAME",
	  .help = "only packets of processes with this name, repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_comm },
	{ .name = "cgroup",
	  .arg = "PATH",
	  .help = "only packets of this cgroup and those below it, repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_cgroup },
	{ .name = "no-owner",
	  .help = "do not find the processes of messages",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.no_owner) },
	{ .name = "memory",
	  .arg = "SIZE",
	  .help = "memory for all connections (default 64M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.max_bytes),
	  .min = BYTES_MIN,
	  .max = BYTES_MAX,
	  .limits = "1M to 1T" },
	{ .letter = 'B',
	  .name = "ring-size",
	  .arg = "SIZE",
	  .help = "size of all packet rings together (default 64M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.capture.ring_bytes),
	  .max = 16ULL << 30,
	  .limits = "16G" },
	SKW_OPTION_NO_SANDBOX(AT(plan.no_sandbox)),
	SKW_OPTION_HELP(AT(help)),
	SKW_OPTION_VERSION(AT(version)),
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

static void print_help(void)
{
	struct skw_buf text = SKW_BUF_INIT;

	fputs("Usage: skwatch messages [OPTION...] [FILTER...]\n"
	      "Prints requests with their answers, a line for each, with the time it took.\n"
	      "FILTER chooses packets in the language of pcap-filter(7).\n\n",
	      stdout);
	skw_options_help(&table, 1, stdout);
	skw_buf_add_str(&text, "\nProtocols: ");
	skw_session_messages_protocols(&text);
	skw_buf_add_str(&text, "\n\nFields for --where:\n");
	skw_session_messages_help(&text);
	if (!text.failed)
		fwrite(text.data, 1, text.len, stdout);
	skw_buf_free(&text);
	fputs("\nExamples:\n"
	      "  skwatch messages --where 'latency > 100ms or error = yes'\n"
	      "  skwatch messages -i eth0 -t http --json tcp port 8080\n"
	      "  skwatch messages -r trace.pcapng -t dns --where 'outcome = unanswered'\n",
	      stdout);
}

static int check(struct messages_request *r, struct skw_error *err)
{
	struct skw_messages_plan *plan = &r->plan;
	const char *ignored = plan->capture.ifaces_len ? "-i"
			      : skw_owner_plan_chooses(&plan->capture.owners)
				      ? "--pid, --comm, --cgroup"
			      : plan->duration_ns        ? "--duration"
			      : plan->capture.ring_bytes ? "--ring-size"
			      : plan->no_owner           ? "--no-owner"
							 : NULL;
	int ret = skw_read_list_choose_alone(&r->read, ignored, err);

	plan->read_files = r->read.names;
	plan->read_files_len = r->read.len;
	for (size_t i = 0; !ret && i < r->read.len; i++)
		if (!r->read.names[i][0])
			ret = skw_error_usage(err, "-r: the file's name is empty");
	/* As in tcpdump, "any" is all of them. */
	for (size_t i = 0; i < plan->capture.ifaces_len; i++)
		if (strcmp(plan->capture.ifaces[i], "any") == 0)
			plan->capture.ifaces_len = 0;
	return ret;
}

static int run_session(struct skw_messages_plan *plan, struct skw_error *err)
{
	struct skw_name_list names;
	int ret;

	skw_name_list_begin(&names);
	plan->names = &names.names;
	ret = skw_session_messages(plan, err);
	skw_name_list_free(&names);
	plan->names = NULL;
	return ret;
}

static int run_request(struct messages_request *r, int argc, char **argv, int first,
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
	return ret ? ret : run_session(&r->plan, err);
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct messages_request r = {
		.plan = { .capture = { .snaplen = SKW_SNAPLEN_MAX, .wait_ms = WAIT_MS, .dlt = -1 } }
	};
	int first = argc;
	int ret;

	skw_locale_take();
	ret = skw_options_parse(&table, 1, argc, argv, &r, &first, err);
	if (!ret)
		ret = run_request(&r, argc, argv, first, err);
	free(r.filter);
	skw_read_list_free(&r.read);
	return ret;
}

const struct skw_command skw_cmd_messages = {
	.name = "messages",
	.summary = "print requests with their answers, and how long they took",
	.run = run,
};
