// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/options.h"
#include "metrics/label_sets.h"
#include "serve/listen.h"
#include "session/fleet/export.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define DEFAULT_LISTEN   "127.0.0.1:9910"
#define DEFAULT_SETS     500
#define MAX_SETS         100000
#define DEFAULT_INTERVAL (15 * SKW_NS_PER_S)
#define RING_BYTES_MAX   (16ULL << 30)

struct export_request {
	struct skw_export_plan plan;
	const char *labels;
	bool help, version;
};

#define AT(field) offsetof(struct export_request, field)

static int add_class(void *values, const char *arg, struct skw_error *err)
{
	return skw_zones_add(&((struct export_request *)values)->plan.zones, arg, err);
}

static const struct skw_option options[] = {
	{ .name = "listen",
	  .arg = "WHERE",
	  .help = "serve HTTP at ADDR:PORT, [ADDR6]:PORT, unix:PATH, or the socket of systemd "
		  "(default " DEFAULT_LISTEN ")",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.listen) },
	{ .name = "textfile",
	  .arg = "FILE",
	  .help = "write FILE after each sweep, for node_exporter; without --listen, serve nothing",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.textfile) },
	{ .name = "interval",
	  .arg = "TIME",
	  .help = "time between sweeps (default 15s)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.watch.interval_ns),
	  .min = 100 * SKW_NS_PER_MS,
	  .max = 3600 * SKW_NS_PER_S,
	  .limits = "0.1 seconds to an hour" },
	{ .name = "labels",
	  .arg = "NAMES",
	  .help = "labels of the series: comm, cgroup, netns, direction, remote_class, or none "
		  "(default comm,direction,remote_class)",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(labels) },
	{ .name = "class",
	  .arg = "NAME=PREFIX,...",
	  .help = "a remote_class of your own, for example dc1=10.1.0.0/16; repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_class },
	{ .name = "max-series",
	  .arg = "N",
	  .help = "at most N label sets; all others together are \"other\" (default 500)",
	  .kind = SKW_OPT_UINT32,
	  .offset = AT(plan.max_sets),
	  .max = MAX_SETS,
	  .limits = "100000" },
	{ .letter = 'u',
	  .name = "datagrams",
	  .help = "count what sockets of UDP move, too",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.udp) },
	{ .name = "messages",
	  .help = "count requests and answers of applications, by protocol",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.messages) },
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
	{ .name = "duration",
	  .arg = "TIME",
	  .help = "stop after TIME (10s, 5m, 1h)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.duration_ns) },
	{ .name = "ring-size",
	  .arg = "SIZE",
	  .help = "size of all event rings together (default 1M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.watch.ring_bytes),
	  .max = RING_BYTES_MAX,
	  .limits = "16G" },
	SKW_OPTION_NO_SANDBOX(AT(plan.watch.no_sandbox)),
	SKW_OPTION_HELP(AT(help)),
	SKW_OPTION_VERSION(AT(version)),
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

static void print_help(void)
{
	fputs("Usage: skwatch export [OPTION...]\n"
	      "Serves figures of this host's connections to Prometheus.\n\n",
	      stdout);
	skw_options_help(&table, 1, stdout);
}

static const struct {
	const char *name;
	unsigned label;
} labels[] = {
	{ "comm", SKW_LABEL_COMM },
	{ "cgroup", SKW_LABEL_CGROUP },
	{ "netns", SKW_LABEL_NETNS },
	{ "direction", SKW_LABEL_DIRECTION },
	{ "remote_class", SKW_LABEL_REMOTE_CLASS },
};

static unsigned label_of(const char *name, size_t len)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(labels); i++)
		if (strlen(labels[i].name) == len && !memcmp(labels[i].name, name, len))
			return labels[i].label;
	return 0;
}

static int take_labels(struct export_request *r, struct skw_error *err)
{
	const char *at = r->labels ? r->labels : "comm,direction,remote_class";

	if (strcmp(at, "none") == 0)
		return 0;
	for (;;) {
		size_t len = strcspn(at, ",");
		unsigned label = label_of(at, len);

		if (!label)
			return skw_error_usage(err,
					       "--labels: \"%.*s\" is not comm, cgroup, netns, "
					       "direction, remote_class or none",
					       (int)len, at);
		r->plan.labels |= label;
		if (!at[len])
			return 0;
		at += len + 1;
	}
}

static int take_outputs(struct skw_export_plan *plan, struct skw_error *err)
{
	size_t len = plan->textfile ? strlen(plan->textfile) : 0;

	if (plan->textfile && (!len || plan->textfile[len - 1] == '/'))
		return skw_error_usage(err, "--textfile: \"%s\" is not the name of a file",
				       plan->textfile);
	if (!plan->listen && !plan->textfile)
		plan->listen = DEFAULT_LISTEN;
	return plan->listen ? skw_listen_check("--listen", plan->listen, err) : 0;
}

static int check(struct export_request *r, struct skw_error *err)
{
	int ret = take_labels(r, err);

	if (!ret)
		ret = take_outputs(&r->plan, err);
	if (!r->plan.watch.netns)
		r->plan.watch.netns = "all";
	if (!r->plan.watch.interval_ns)
		r->plan.watch.interval_ns = DEFAULT_INTERVAL;
	if (!r->plan.max_sets)
		r->plan.max_sets = DEFAULT_SETS;
	return ret;
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct export_request r = { .plan.version = PACKAGE_VERSION };
	int first = argc;
	int ret = skw_options_parse(&table, 1, argc, argv, &r, &first, err);

	if (!ret && r.help)
		print_help();
	else if (!ret && r.version)
		printf("skwatch %s\n", PACKAGE_VERSION);
	else if (!ret && first < argc)
		ret = skw_error_usage(err, "%s: export takes no arguments", argv[first]);
	else if (!ret)
		ret = check(&r, err);
	if (!ret && !r.help && !r.version)
		ret = skw_session_export(&r.plan, err);
	skw_zones_free(&r.plan.zones);
	return ret;
}

const struct skw_command skw_cmd_export = {
	.name = "export",
	.summary = "serve figures of connections to Prometheus",
	.run = run,
};
