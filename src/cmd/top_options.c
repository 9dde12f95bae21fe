// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/top_options.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "cmd/options.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

#define INTERVAL_DEFAULT_NS SKW_NS_PER_S
#define INTERVAL_MIN_NS     (100 * SKW_NS_PER_MS)
#define INTERVAL_MAX_NS     (24 * 3600 * SKW_NS_PER_S)
#define CLOSED_DEFAULT_NS   (10 * SKW_NS_PER_S)
#define EVENTS_MS           50

/* The events that the table needs: the begin, the problems and the end of each connection. */
#define TABLE_EVENTS                                                                               \
	(SKW_EVENT_BIT(SKW_EVENT_CREATOR) | SKW_EVENT_BIT(SKW_EVENT_ESTABLISHED) |                 \
	 SKW_EVENT_BIT(SKW_EVENT_STATE) | SKW_EVENT_BIT(SKW_EVENT_RTO) |                           \
	 SKW_EVENT_BIT(SKW_EVENT_RETRANS) | SKW_EVENT_BIT(SKW_EVENT_CLOSE))

/* The values of the options, before they become a request. */
struct words {
	uint64_t interval_ns, iterations, closed_ns;
	const char *sort, *filter, *group, *netns, *cgroup;
	bool batch, json, csv, listeners, no_color, ascii, help, version;
};

#define AT(field) offsetof(struct words, field)

static const struct skw_option options[] = {
	{ 'd', "delay", "SECS", "time between updates (default 1)", SKW_OPT_DURATION,
	  AT(interval_ns), 0, NULL },
	{ 'n', "iterations", "N", "end after N updates", SKW_OPT_UINT, AT(iterations), 0, NULL },
	{ 'b', "batch", NULL, "print lines instead of drawing a screen", SKW_OPT_FLAG, AT(batch), 0,
	  NULL },
	{ 0, "json", NULL, "as -b, one JSON object per row and line", SKW_OPT_FLAG, AT(json), 0,
	  NULL },
	{ 0, "csv", NULL, "as -b, comma-separated values with a line of headers", SKW_OPT_FLAG,
	  AT(csv), 0, NULL },
	{ 's', "sort", "KEY", "sort by this field, largest first; -KEY smallest first",
	  SKW_OPT_STRING, AT(sort), 0, NULL },
	{ 'f', "filter", "EXPR", "only rows that match, such as 'comm ~ nginx and srtt > 20ms'",
	  SKW_OPT_STRING, AT(filter), 0, NULL },
	{ 'g', "group", "BY", "sum up by process, remote, port, cgroup or state", SKW_OPT_STRING,
	  AT(group), 0, NULL },
	{ 'l', "listeners", NULL, "listening and unconnected sockets too", SKW_OPT_FLAG,
	  AT(listeners), 0, NULL },
	{ 0, "closed", "TIME", "keep closed connections in sight for TIME (default 10s)",
	  SKW_OPT_DURATION, AT(closed_ns), 0, NULL },
	{ 0, "netns", "WHICH", "network namespaces: self, all (the default), a name or a path",
	  SKW_OPT_STRING, AT(netns), 0, NULL },
	{ 0, "cgroup", "PATH", "only sockets of this cgroup and those below", SKW_OPT_STRING,
	  AT(cgroup), 0, NULL },
	{ 0, "no-color", NULL, "no colours, as with NO_COLOR in the environment", SKW_OPT_FLAG,
	  AT(no_color), 0, NULL },
	{ 0, "ascii", NULL, "draw with ASCII characters only", SKW_OPT_FLAG, AT(ascii), 0, NULL },
	{ 'h', "help", NULL, "print this", SKW_OPT_FLAG, AT(help), 0, NULL },
	{ 'V', "version", NULL, "print the version", SKW_OPT_FLAG, AT(version), 0, NULL },
};

void skw_top_options_help(FILE *to)
{
	fputs("Usage: skwatch top [OPTION...]\n"
	      "Shows the connections of this host, live. F1 tells the keys.\n\n",
	      to);
	skw_options_help(options, SKW_ARRAY_SIZE(options), to);
	skw_choice_help(to);
}

static int take_watch(const struct words *w, struct skw_top_request *r, struct skw_error *err)
{
	struct skw_watch_plan *plan = &r->batch.watch;

	*plan = (struct skw_watch_plan){
		.table_events = TABLE_EVENTS,
		.interval_ns = w->interval_ns ? w->interval_ns : INTERVAL_DEFAULT_NS,
		.closed_ns = w->closed_ns ? w->closed_ns : CLOSED_DEFAULT_NS,
		.netns = w->netns ? w->netns : "all",
		.cgroup = w->cgroup,
		.events_ms = EVENTS_MS,
		.udp = true,
	};
	if (plan->interval_ns < INTERVAL_MIN_NS || plan->interval_ns > INTERVAL_MAX_NS)
		return skw_error_usage(err, "-d: from 0.1 seconds to a day");
	r->batch.iterations = w->iterations;
	return 0;
}

static int take_format(const struct words *w, struct skw_top_request *r, struct skw_error *err)
{
	if (w->json && w->csv)
		return skw_error_usage(err, "--json and --csv: choose one");
	r->batch.format = w->json ? SKW_BATCH_JSON : w->csv ? SKW_BATCH_CSV : SKW_BATCH_TEXT;
	r->is_batch = w->batch || w->json || w->csv;
	if (w->group && r->batch.format != SKW_BATCH_TEXT)
		return skw_error_usage(err, "-g: sums are text, not %s; leave one out",
				       w->json ? "--json" : "--csv");
	return 0;
}

/* Chooses the rows and their order: from the options, otherwise from the settings. */
static int take_choice(const struct words *w, struct skw_top_request *r, struct skw_error *err)
{
	const struct skw_choice_words words = { .sort = w->sort,
						.group = w->group,
						.filter = w->filter };
	struct skw_settings *s = &r->screen.settings;
	struct skw_view_options *view = &r->choice.view;
	unsigned skipped = 0;

	skw_settings_default(s);
	/* Batch output must not depend on choices that were made on a screen. */
	if (!r->is_batch && skw_settings_load(s, &skipped) == 0 && skipped)
		skw_say("settings: %u lines were not understood", skipped);
	r->stored = *s;
	*view = (struct skw_view_options){ .sort = s->sort,
					   .ascending = s->ascending,
					   .listeners = s->listeners || w->listeners,
					   .closed = true,
					   .group = s->group };
	int ret = skw_choice_take(&r->choice, &words, err);

	if (ret)
		return ret;
	if (w->filter && strlen(w->filter) >= sizeof(s->filter))
		return skw_error_usage(err, "-f: longer than %zu characters",
				       sizeof(s->filter) - 1);
	r->batch.view = view;
	s->sort = view->sort;
	s->ascending = view->ascending;
	s->listeners = view->listeners;
	s->group = view->group;
	return 0;
}

static void take_screen(const struct words *w, struct skw_top_request *r)
{
	if (gethostname(r->host, sizeof(r->host) - 1) < 0)
		r->host[0] = '\0';
	r->screen.host = r->host;
	r->screen.filter = w->filter;
	r->screen.interval_ns = r->batch.watch.interval_ns;
	r->screen.no_color = w->no_color;
	r->screen.ascii = w->ascii;
}

int skw_top_options_parse(int argc, char **argv, struct skw_top_request *r, struct skw_error *err)
{
	struct words w = { 0 };
	int first = argc;

	memset(r, 0, sizeof(*r));
	int ret = skw_options_parse(options, SKW_ARRAY_SIZE(options), argc, argv, &w, &first, err);
	if (ret)
		return ret;
	r->help = w.help;
	r->version = w.version;
	if (r->help || r->version)
		return 0;
	if (first < argc)
		return skw_error_usage(err, "%s: top takes no arguments; a filter goes with -f",
				       argv[first]);
	ret = take_watch(&w, r, err);
	if (!ret)
		ret = take_format(&w, r, err);
	if (!ret)
		ret = take_choice(&w, r, err);
	take_screen(&w, r);
	return ret;
}

void skw_top_request_free(struct skw_top_request *r)
{
	skw_choice_free(&r->choice);
}
