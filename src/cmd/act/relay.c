// SPDX-License-Identifier: BSD-2-Clause
#include <stddef.h>

#include "act/relay/relay.h"
#include "cmd/act/verb.h"
#include "cmd/command.h"
#include "util/cleanup.h"
#include "util/clock.h"

struct relay_request {
	struct skw_verb_request act; /* must be the first */
	struct skw_relay_plan plan;
};

#define AT(field) offsetof(struct relay_request, field)

#define DAY_NS    (86400 * SKW_NS_PER_S)

static const char *const engines[] = { "splice", "copy", "sockmap", NULL };
static const char *const balances[] = { "round-robin", "least-connections", "source-hash", NULL };
static const char *const versions[] = { "v1", "v2", NULL };

static const struct skw_option options[] = {
	{ .name = "balance",
	  .arg = "HOW",
	  .help = "choose the backend by round-robin, least-connections or source-hash",
	  .kind = SKW_OPT_CHOICE,
	  .offset = AT(plan.balance),
	  .words = balances },
	{ .name = "check",
	  .arg = "TIME",
	  .help = "connect to each backend every TIME, and leave out those that don't answer",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.check_ns),
	  .min = 10 * SKW_NS_PER_MS,
	  .max = DAY_NS,
	  .limits = "10 milliseconds to a day" },
	{ .name = "connect-timeout",
	  .arg = "TIME",
	  .help = "try the next backend after TIME (default 5s)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.connect_ns),
	  .min = SKW_NS_PER_MS,
	  .max = DAY_NS,
	  .limits = "1 millisecond to a day" },
	{ .name = "drain",
	  .arg = "TIME",
	  .help = "let connections go on for TIME at most after the first signal",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.drain_ns),
	  .min = SKW_NS_PER_MS,
	  .max = DAY_NS,
	  .limits = "1 millisecond to a day" },
	{ .name = "echo",
	  .help = "use no backend, but send each client its own bytes, for tests",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.echo) },
	{ .name = "engine",
	  .arg = "NAME",
	  .help = "move bytes by splice (default), by copy, or in the kernel by sockmap",
	  .kind = SKW_OPT_CHOICE,
	  .offset = AT(plan.engine),
	  .words = engines },
	{ .name = "fall",
	  .arg = "N",
	  .help = "a backend is down after N failed checks (default 3)",
	  .kind = SKW_OPT_UINT32,
	  .offset = AT(plan.fall),
	  .max = 1000 },
	{ .name = "idle-timeout",
	  .arg = "TIME",
	  .help = "end connections without a byte for TIME (default 1h; 0: never)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.idle_ns),
	  .max = 365 * DAY_NS,
	  .limits = "a year" },
	{ .name = "max-connections",
	  .arg = "N",
	  .help = "let further clients wait while there are N connections (default 1000)",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.most),
	  .max = 1000000 },
	{ .name = "max-per-backend",
	  .arg = "N",
	  .help = "use another backend for further clients, or let them wait",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.most_each),
	  .max = 1000000 },
	{ .name = "proxy",
	  .arg = "VERSION",
	  .help = "tell backends the client's address by the PROXY protocol, v1 or v2",
	  .kind = SKW_OPT_CHOICE,
	  .offset = AT(plan.proxy),
	  .min = 1,
	  .words = versions },
	{ .letter = 'q',
	  .name = "quiet",
	  .help = "print no event for each connection",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.quiet) },
	{ .name = "rise",
	  .arg = "N",
	  .help = "a backend is up again after N good checks (default 2)",
	  .kind = SKW_OPT_UINT32,
	  .offset = AT(plan.rise),
	  .max = 1000 },
};

static const struct skw_verb_words words = {
	.usage = "[OPTION...] LISTEN BACKEND...",
	.summary =
		"Takes TCP connections at LISTEN and passes their bytes to a BACKEND, and back.\n"
		"Backends see the address of this host, unless --proxy tells them the client's.",
	.examples = "  skwatch relay :8080 192.0.2.1:80 192.0.2.2:80\n"
		    "  skwatch relay --check 2s --balance source-hash '[2001:db8::1]:443' "
		    "10.0.0.7:443\n"
		    "  skwatch relay --proxy v2 --max-connections 20000 -q :443 127.0.0.1:8443\n"
		    "  skwatch relay --echo 127.0.0.1:7\n",
};

static int check(const struct relay_request *r, int backends, struct skw_error *err)
{
	if (r->plan.echo && backends)
		return skw_error_usage(err, "--echo uses no backends; leave out %s",
				       r->plan.backends[0]);
	if (!r->plan.echo && !backends)
		return skw_error_usage(err, "relay needs LISTEN and at least one BACKEND, such as "
					    "skwatch relay :8080 192.0.2.1:80");
	if (backends > SKW_RELAY_BACKENDS_MAX)
		return skw_error_usage(err, "%d backends are too many; relay takes up to %d",
				       backends, SKW_RELAY_BACKENDS_MAX);
	if (r->plan.echo && (r->plan.proxy || r->plan.check_ns || r->plan.most_each))
		return skw_error_usage(err, "--proxy, --check and --max-per-backend are for "
					    "backends, and --echo uses none");
	if (r->plan.echo && r->plan.engine == SKW_RELAY_SOCKMAP)
		return skw_error_usage(err, "--engine sockmap moves bytes to backends, and --echo "
					    "uses none");
	return 0;
}

static int run(int argc, char **argv, struct skw_error *err)
{
	const struct skw_option_table tables[] = { { options, SKW_ARRAY_SIZE(options) },
						   skw_verb_common_table };
	struct relay_request r = { .plan = { .most = 1000,
					     .connect_ns = 5 * SKW_NS_PER_S,
					     .idle_ns = 3600 * SKW_NS_PER_S,
					     .rise = 2,
					     .fall = 3 } };
	bool done;
	int first;
	int ret = skw_verb_parse(&words, tables, SKW_ARRAY_SIZE(tables), argc, argv, &r.act, &first,
				 &done, err);

	if (ret || done)
		return ret;
	if (first == argc)
		return skw_error_usage(err, "relay needs LISTEN, such as 127.0.0.1:8080");
	r.plan.options = &r.act.options;
	r.plan.listen = argv[first];
	r.plan.backends = argv + first + 1;
	r.plan.backends_len = (size_t)(argc - first - 1);
	ret = check(&r, argc - first - 1, err);
	return ret ? ret : skw_relay_run(&r.plan, err);
}

const struct skw_command skw_cmd_relay = {
	.name = "relay",
	.summary = "pass TCP connections on to backends",
	.run = run,
};
