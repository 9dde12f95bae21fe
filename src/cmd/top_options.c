// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/top_options.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/options.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

#define INTERVAL_MIN_NS (100 * SKW_NS_PER_MS)
#define INTERVAL_MAX_NS (24 * 3600 * SKW_NS_PER_S)
#define WAIT_MS         50

/* --speed, and struct skw_recording.speed */
#define SPEED_MIN    0.01
#define SPEED_MAX    1000
#define NORMAL_SPEED 1000

/* The events that the table needs: the begin, the problems and the end of each connection. */
#define TABLE_EVENTS                                                                               \
	(SKW_EVENT_BIT(SKW_EVENT_CREATOR) | SKW_EVENT_BIT(SKW_EVENT_CLOSER) |                      \
	 SKW_EVENT_BIT(SKW_EVENT_ESTABLISHED) | SKW_EVENT_BIT(SKW_EVENT_STATE) |                   \
	 SKW_EVENT_BIT(SKW_EVENT_RTO) | SKW_EVENT_BIT(SKW_EVENT_RETRANS) |                         \
	 SKW_EVENT_BIT(SKW_EVENT_CLOSE) | SKW_EVENT_BIT(SKW_EVENT_LAST))

#define AT(field)   offsetof(struct skw_top_request, field)
#define FLAG(field) .kind = SKW_OPT_FLAG, .offset = AT(field)

static int add_read_file(void *request, const char *arg, struct skw_error *err)
{
	int ret = skw_read_list_add(&((struct skw_top_request *)request)->read, arg);

	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}

static int take_speed(void *request, const char *arg, struct skw_error *err)
{
	struct skw_top_request *r = request;
	char *end = NULL;
	double speed = strtod(arg, &end);

	r->has_speed = true;
	r->plan.speed = 0;
	if (strcmp(arg, "max") == 0)
		return 0;
	if (end == arg || *end || !(speed >= SPEED_MIN && speed <= SPEED_MAX))
		return skw_error_usage(
			err, "--speed: \"%s\" is not max or a number from 0.01 to 1000", arg);
	r->plan.speed = (uint32_t)(speed * NORMAL_SPEED + 0.5);
	return 0;
}

static const struct skw_option options[] = {
	{ .letter = 'r',
	  .name = "read",
	  .arg = "FILE",
	  .help = "show the connections that are in FILE, which capture has written, as they were "
		  "then; repeatable, - is standard input",
	  .kind = SKW_OPT_CALL,
	  .call = add_read_file },
	{ .name = "speed",
	  .arg = "N",
	  .help = "with -r: N times as fast as it was recorded, or max (the default for lines)",
	  .kind = SKW_OPT_CALL,
	  .call = take_speed },
	{ .letter = 'd',
	  .name = "delay",
	  .arg = "SECS",
	  .help = "time between updates (default 1)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.watch.interval_ns),
	  .min = INTERVAL_MIN_NS,
	  .max = INTERVAL_MAX_NS,
	  .limits = "0.1 seconds to a day" },
	{ .letter = 'n',
	  .name = "iterations",
	  .arg = "N",
	  .help = "stop after N updates",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.iterations) },
	{ .letter = 'b',
	  .name = "batch",
	  .help = "print lines instead of drawing a screen",
	  FLAG(batch) },
	{ .name = "json",
	  .help = "like -b, but print a line with a JSON object for each row",
	  FLAG(json) },
	{ .name = "csv",
	  .help = "like -b, but print comma-separated values with a line of headers",
	  FLAG(csv) },
	{ .letter = 's',
	  .name = "sort",
	  .arg = "KEY",
	  .help = "sort by the field KEY, largest first; with -KEY smallest first",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(words.sort) },
	{ .letter = 'f',
	  .name = "filter",
	  .arg = "EXPR",
	  .help = "show only rows that match, for example 'comm ~ nginx and srtt > 20ms'",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(words.filter) },
	{ .letter = 'g',
	  .name = "group",
	  .arg = "BY",
	  .help = "sum up by process, pid, remote, port, cgroup, netns or state",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(words.group) },
	{ .letter = 'l',
	  .name = "listeners",
	  .help = "show listening and unconnected sockets, too",
	  FLAG(listeners) },
	{ .letter = 'u',
	  .name = "datagrams",
	  .help = "count what each socket of UDP moves: bytes, datagrams, drops; show all of them",
	  FLAG(datagrams) },
	{ .name = "messages",
	  .help = "see requests and answers of applications: their rate, latency, errors (key m)",
	  FLAG(messages) },
	{ .name = "names",
	  .help = "show remote addresses by the names that this host has asked for (key D)",
	  FLAG(remote_names) },
	{ .name = "closed",
	  .arg = "TIME",
	  .help = "show closed connections for TIME (default 10s)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.watch.closed_ns) },
	{ .name = "netns",
	  .arg = "WHICH",
	  .help = "network namespaces: self, all (the default), a name, a process or a path",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.watch.netns) },
	{ .name = "cgroup",
	  .arg = "PATH",
	  .help = "watch only sockets of this cgroup and the cgroups below it",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.watch.cgroup) },
	{ .name = "capture-dir",
	  .arg = "DIR",
	  .help = "the folder for files of the key c (default: the current folder)",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.capture_dir) },
	{ .name = "no-color",
	  .help = "use no colours, as with NO_COLOR in the environment",
	  FLAG(screen.no_color) },
	{ .name = "ascii", .help = "draw with ASCII characters only", FLAG(screen.ascii) },
	SKW_OPTION_NO_SANDBOX(AT(plan.watch.no_sandbox)),
	SKW_OPTION_HELP(AT(help)),
	SKW_OPTION_VERSION(AT(version)),
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

void skw_top_options_help(FILE *to)
{
	fputs("Usage: skwatch top [OPTION...]\n"
	      "Shows the connections of this host, live. F1 lists the keys.\n\n",
	      to);
	skw_options_help(&table, 1, to);
	skw_options_help_fields(to);
}

static int take_format(struct skw_top_request *r, struct skw_error *err)
{
	if (r->json && r->csv)
		return skw_error_usage(err, "--json and --csv: choose one");
	r->plan.format = r->json ? SKW_ROWS_JSON : r->csv ? SKW_ROWS_CSV : SKW_ROWS_TEXT;
	r->batch = r->batch || r->json || r->csv;
	if (r->batch && r->plan.capture_dir)
		return skw_error_usage(err,
				       "--capture-dir is for the screen: lines capture nothing");
	r->plan.watch.quiet = !r->batch;
	return 0;
}

/* The screen has its keyboard at standard input, and shows what was recorded at some pace. */
static int take_pace(struct skw_top_request *r, struct skw_error *err)
{
	for (size_t i = 0; i < r->read.len; i++)
		if (strcmp(r->read.names[i], "-") == 0)
			return skw_error_usage(err, "-r -: the screen reads its keys from standard "
						    "input; give -b, --json or --csv");
	if (r->has_speed && !r->plan.speed)
		return skw_error_usage(err, "--speed max is for -b, --json and --csv");
	if (!r->has_speed)
		r->plan.speed = NORMAL_SPEED;
	r->plan.watch.interval_ns = SKW_NS_PER_S * NORMAL_SPEED / r->plan.speed;
	r->screen.recorded = true;
	return 0;
}

static int take_files(struct skw_top_request *r, struct skw_error *err)
{
	const struct skw_watch_plan *watch = &r->plan.watch;
	const char *ignored = watch->netns          ? "--netns"
			      : r->messages         ? "--messages"
			      : r->remote_names     ? "--names"
			      : watch->cgroup       ? "--cgroup"
			      : r->plan.capture_dir ? "--capture-dir"
			      : watch->interval_ns  ? "-d"
						    : NULL;
	int ret = skw_read_list_choose_alone(&r->read, ignored, err);

	r->plan.read_files = r->read.names;
	r->plan.read_files_len = r->read.len;
	if (!ret && r->read.len && !r->batch)
		ret = take_pace(r, err);
	if (!ret && r->has_speed && !r->read.len)
		return skw_error_usage(err, "--speed is for -r FILE");
	if (!watch->netns)
		r->plan.watch.netns = "all";
	if (!watch->interval_ns)
		r->plan.watch.interval_ns = SKW_NS_PER_S;
	return ret;
}

/* Chooses the rows and their order: by the options, or else by the settings. */
static int take_choice(struct skw_top_request *r, struct skw_error *err)
{
	struct skw_settings *s = &r->screen.settings;
	struct skw_view_options *view = &r->choice.view;
	unsigned skipped = 0;

	skw_settings_default(s);
	/* The contents of lines must not depend on settings that a user has stored on a screen. */
	if (!r->batch && skw_settings_load(s, &skipped) == 0 && skipped)
		skw_say("settings: %u lines were not understood", skipped);
	r->stored = *s;
	*view = (struct skw_view_options){ .sort = s->sort,
					   .ascending = s->ascending,
					   .listeners = s->listeners || r->listeners,
					   .datagrams = s->datagrams || r->datagrams,
					   .closed = true,
					   .group = s->group };
	r->words.names = &r->names.names;
	int ret = skw_choice_take(&r->choice, &r->words, err);

	if (!ret && r->words.filter && strlen(r->words.filter) >= sizeof(s->filter))
		return skw_error_usage(err, "-f: longer than %zu characters",
				       sizeof(s->filter) - 1);
	r->plan.view = view;
	s->sort = view->sort;
	s->ascending = view->ascending;
	s->listeners = view->listeners;
	s->datagrams = view->datagrams;
	r->plan.messages = s->messages = s->messages || r->messages;
	r->plan.names = s->names = s->names || r->remote_names;
	s->group = view->group;
	return ret;
}

static void take_screen(struct skw_top_request *r)
{
	/* A recording may be of another host. */
	if (r->read.len || gethostname(r->host, sizeof(r->host) - 1) < 0)
		r->host[0] = '\0';
	r->screen.host = r->host;
	r->plan.host = r->host[0] ? r->host : NULL;
	r->screen.filter = r->words.filter;
	/* An expression that is typed on the screen may have any name. */
	if (!r->batch)
		skw_name_list_seal(&r->names);
	r->screen.names = &r->names.names;
	r->screen.interval_ns = r->plan.watch.interval_ns;
}

int skw_top_options_parse(int argc, char **argv, struct skw_top_request *r, struct skw_error *err)
{
	int first = argc;

	*r = (struct skw_top_request){ .plan.watch = { .table_events = TABLE_EVENTS,
						       .closed_ns = 10 * SKW_NS_PER_S,
						       .wait_ms = WAIT_MS,
						       .udp = true } };
	skw_name_list_begin(&r->names);
	int ret = skw_options_parse(&table, 1, argc, argv, r, &first, err);
	if (ret || r->help || r->version)
		return ret;
	if (first < argc)
		return skw_error_usage(err, "%s: top takes no arguments; a filter goes with -f",
				       argv[first]);
	ret = take_format(r, err);
	if (!ret)
		ret = take_files(r, err);
	if (!ret)
		ret = take_choice(r, err);
	take_screen(r);
	return ret;
}

void skw_top_request_free(struct skw_top_request *r)
{
	skw_choice_free(&r->choice);
	skw_name_list_free(&r->names);
	skw_read_list_free(&r->read);
}
