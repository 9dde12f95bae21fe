// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy.h"

#include <stddef.h>

#include "cmd/act/verb.h"
#include "cmd/command.h"
#include "util/cleanup.h"

#define RATE 1000

struct policy_request {
	struct skw_verb_request act; /* must be the first */
	struct skw_policy_plan plan;
	uint64_t learn_ns;
};

#define AT(field) offsetof(struct policy_request, field)

static const struct skw_option options[] = {
	{ .name = "cgroup",
	  .arg = "PATH",
	  .help = "judge the sockets that are made in this cgroup and in those below it",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.cgroup) },
	{ .name = "rules",
	  .arg = "FILE",
	  .help = "read the rules from FILE, one in each line; SIGHUP reads it again",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.file) },
	{ .name = "watch",
	  .help = "read FILE again when it changes",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.watch) },
	{ .name = "kill-existing",
	  .help = "at the start, end the connections that are open and that a rule denies",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.kills) },
	{ .name = "learn",
	  .arg = "TIME",
	  .help = "watch for TIME, deny nothing, and print rules that allow what was seen",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(learn_ns) },
	{ .name = "proxy-cgroup",
	  .arg = "PATH",
	  .help = "tell a proxy in this cgroup the destinations of redirected connections "
		  "(SO_ORIGINAL_DST)",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.proxy) },
	{ .name = "allowed",
	  .help = "print calls that a rule allows, too",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.tells_allowed) },
	{ .name = "rate",
	  .arg = "N",
	  .help = "print N events in a second at most, and count the others (default 1000)",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.rate),
	  .max = 1000000000,
	  .limits = "1000000000" },
};
static const struct skw_option_table own = { options, SKW_ARRAY_SIZE(options) };

static const struct skw_verb_words words = {
	.usage = "[OPTION...] --cgroup PATH (--rules FILE | --learn TIME | RULE...)",
	.summary =
		"Judges connect(), bind(), sendto() and socket() of the programs in a cgroup by "
		"rules: a\n"
		"call that is denied fails with EPERM or another error, and a connection that is\n"
		"redirected goes to a proxy. It ends with the command.\n"
		"\n"
		"A RULE is one argument (in quotes) or a line of FILE; the first that matches "
		"decides:\n"
		"  ACTION[=ERRNO] CALL[,CALL...] [PROTOCOL] [to|from PREFIX] [port N[-M][,...]]\n"
		"          [cgroup PATTERN]\n"
		"  redirect connect [PROTOCOL] [to PREFIX] [port ...] via ADDRESS:PORT\n"
		"  deny-message|observe-message|allow-message [tcp] [to PREFIX] [port ...] "
		"[cgroup PATTERN]\n"
		"  default ACTION[=ERRNO] [CALL[,CALL...]]\n"
		"ACTION is allow, deny, observe (print, and let it pass) or redirect; CALL is "
		"connect,\n"
		"bind, send (sendto() of UDP) or create (socket()); PROTOCOL is tcp, udp, icmp or "
		"raw.",
	.examples = "  skwatch policy --cgroup web.slice 'deny connect tcp port 25'\n"
		    "  skwatch policy --cgroup web.slice 'allow connect to 10.0.0.0/8' \\\n"
		    "      'default deny=econnrefused connect'\n"
		    "  skwatch policy --cgroup web.slice 'deny-message tcp to 192.0.2.0/24'\n"
		    "  skwatch policy --cgroup web.slice --kill-existing 'deny connect to "
		    "192.0.2.0/24'\n"
		    "  skwatch policy --cgroup web.slice --learn 1h >web.rules\n"
		    "  skwatch policy --cgroup web.slice --rules web.rules --watch\n"
		    "  skwatch policy --cgroup web.slice --proxy-cgroup proxy.slice \\\n"
		    "      'redirect connect tcp port 80 via 127.0.0.1:8080'\n"
		    "  skwatch policy --cgroup web.slice --pin web --rules web.rules\n",
};

static const char *const learning[] = { "observe connect,bind,send" };

/* A policy that learns denies nothing, and nothing of it stays. */
static int set_learning(struct policy_request *r, struct skw_error *err)
{
	const struct skw_act_options *chosen = &r->act.options;

	if (r->plan.file || r->plan.rules_len)
		return skw_error_usage(err, "--learn makes rules, and takes none");
	if (r->plan.kills)
		return skw_error_usage(err, "--learn denies nothing, so --kill-existing has "
					    "nothing to end");
	if (chosen->pin || chosen->json || chosen->count || chosen->duration_ns)
		return skw_error_usage(err, "--learn TIME goes with none of --pin, --json, -c and "
					    "--duration");
	r->act.options.duration_ns = r->learn_ns;
	r->plan.learns = true;
	r->plan.rules = learning;
	r->plan.rules_len = SKW_ARRAY_SIZE(learning);
	return 0;
}

static int check(const struct policy_request *r, struct skw_error *err)
{
	const struct skw_policy_plan *plan = &r->plan;

	if (!plan->cgroup)
		return skw_error_usage(err, "policy needs --cgroup PATH; see skwatch policy "
					    "--help");
	if (plan->file && plan->rules_len)
		return skw_error_usage(err, "%s: a rule beside --rules FILE; choose one of both",
				       plan->rules[0]);
	if (!plan->file && !plan->rules_len)
		return skw_error_usage(
			err, "policy needs --rules FILE, a RULE or --learn TIME; see skwatch "
			     "policy --help");
	if (plan->watch && !plan->file)
		return skw_error_usage(err, "--watch needs --rules FILE");
	return 0;
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct policy_request r = { .plan = { .rate = RATE } };
	const struct skw_option_table tables[] = { own, skw_verb_pin_table, skw_verb_common_table };
	bool done;
	int first;
	int ret = skw_verb_parse(&words, tables, SKW_ARRAY_SIZE(tables), argc, argv, &r.act, &first,
				 &done, err);

	if (ret || done)
		return ret;
	r.plan.options = &r.act.options;
	r.plan.rules = (const char *const *)argv + first;
	r.plan.rules_len = (size_t)(argc - first);
	if (r.learn_ns)
		ret = set_learning(&r, err);
	if (!ret)
		ret = check(&r, err);
	return ret ? ret : skw_policy_run(&r.plan, err);
}

const struct skw_command skw_cmd_policy = {
	.name = "policy",
	.summary = "allow, deny or redirect what the programs of a cgroup connect to",
	.run = run,
};
