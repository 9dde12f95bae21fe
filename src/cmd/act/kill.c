// SPDX-License-Identifier: BSD-2-Clause
#include <stddef.h>

#include "act/kill_words.h"
#include "cmd/act/verb.h"
#include "cmd/command.h"
#include "cmd/words/name_list.h"
#include "session/act/kill.h"
#include "util/cleanup.h"
#include "util/locale.h"
#include "view/choice.h"

struct kill_request {
	struct skw_verb_request act; /* must be the first */
	struct skw_kill_plan plan;
	const char *where;
};

#define AT(field) offsetof(struct kill_request, field)

static int take_signal(void *request, const char *arg, struct skw_error *err)
{
	struct kill_request *r = request;

	if (skw_kill_words_parse_signal(arg, &r->plan.signo))
		return 0;
	return skw_error_usage(err,
			       "--signal: \"%s\" is no signal; give a name or number, such as "
			       "TERM or 15",
			       arg);
}

static const struct skw_option options[] = {
	{ .letter = 'f',
	  .name = "filter",
	  .arg = "EXPR",
	  .help = "the connections to end, for example 'comm ~ nginx and remote ~ 192.0.2.0/24'",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(where) },
	{ .name = "netns",
	  .arg = "WHICH",
	  .help = "network namespaces: self, all (the default), a name, a process or a path",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.netns) },
	{ .name = "signal",
	  .arg = "SIG",
	  .help = "leave the connections, and send this signal to each process that holds one",
	  .kind = SKW_OPT_CALL,
	  .call = take_signal },
	{ .name = "yes",
	  .help = "ask no question, as is needed where there is no terminal",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.yes) },
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

static const struct skw_verb_words words = {
	.usage = "[OPTION...] -f EXPR",
	.summary = "Ends the connections that an expression selects: the peer of TCP gets a reset, "
		   "and\n"
		   "the applications here get an error from their sockets. Lists them and asks "
		   "first.\n"
		   "Listeners are left out, unless they match because of state = LISTEN.",
	.examples = "  skwatch kill -f 'remote ~ 192.0.2.0/24'\n"
		    "  skwatch kill --dry-run -f 'state = CLOSE_WAIT and age > 1h'\n"
		    "  skwatch kill --yes --json -f 'comm = worker and retrans > 100'\n"
		    "  skwatch kill --signal TERM -f 'rport = 5432 and netns_name = web'\n",
};

static int run_plan(struct kill_request *r, struct skw_error *err)
{
	struct skw_name_list names;
	struct skw_expr *where = NULL;

	skw_name_list_begin(&names);
	int ret = skw_choice_expr("-f", r->where, &names.names, &where, err);

	r->plan.where = where;
	r->plan.options = &r->act.options;
	if (!r->plan.netns)
		r->plan.netns = "all";
	if (!ret)
		ret = skw_session_kill(&r->plan, err);
	skw_expr_free(where);
	skw_name_list_free(&names);
	return ret;
}

static int run(int argc, char **argv, struct skw_error *err)
{
	const struct skw_option_table tables[] = { table, skw_verb_common_table };
	struct kill_request r = { 0 };
	bool done;
	int first;

	skw_locale_take();
	int ret = skw_verb_parse(&words, tables, SKW_ARRAY_SIZE(tables), argc, argv, &r.act, &first,
				 &done, err);

	if (ret || done)
		return ret;
	if (first < argc)
		return skw_error_usage(err,
				       "%s: kill takes no arguments; an expression goes with "
				       "-f",
				       argv[first]);
	if (!r.where)
		return skw_error_usage(err, "kill needs -f EXPR, which selects the connections; "
					    "see skwatch kill --help");
	return run_plan(&r, err);
}

const struct skw_command skw_cmd_kill = {
	.name = "kill",
	.summary = "end connections, or send their holders a signal",
	.run = run,
};
