// SPDX-License-Identifier: BSD-2-Clause
/*
 * Makes connections for the live tests of top and events. Without arguments it lists its commands.
 */
#include "conns.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

/* No test takes longer. A test that hangs ends here and fails. */
#define DEADLINE_S 300

struct command {
	const char *name;
	const char *args;
	int min, max;
	int (*run)(struct conns_plan *plan, char *argv[], int n);
};

static const struct command commands[] = {
	{ "hold", "KIND... [--peer NETNS] [--port P]", 0, 100, conns_hold },
	{ "many", "SOCKETS [--per-process N]", 1, 1, conns_many },
	{ "short", "COUNT [--peer NETNS] [--request N] [--response N] [--log FILE] [-6]", 1, 1,
	  conns_short },
	{ "ends", "KIND... [--peer NETNS] [-6]", 0, 100, conns_ends },
	{ "owners", "KIND... [--peer NETNS] [-6]", 0, 100, conns_owners },
	{ "slow", "reader|buffer|path [--peer NETNS] [--there ADDR]", 1, 1, conns_slow },
	{ "datagrams", "[--peer NETNS]", 0, 0, conns_datagrams },
	{ "delay", "MILLISECONDS --peer NETNS", 1, 1, conns_delay },
};

static uint64_t number(const char *text)
{
	char *end;

	errno = 0;
	unsigned long long v = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-') {
		fprintf(stderr, "conns: %s: not a number\n", text);
		exit(2);
	}
	return v;
}

static int usage(void)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(commands); i++)
		fprintf(stderr, "conns %s %s\n", commands[i].name, commands[i].args);
	return 2;
}

int main(int argc, char *argv[])
{
	enum { PEER = 1, PORT, REQUEST, RESPONSE, PER_PROCESS, LOG, THERE_AT };
	static const struct option longs[] = {
		{ "peer", 1, NULL, PEER },
		{ "port", 1, NULL, PORT },
		{ "request", 1, NULL, REQUEST },
		{ "response", 1, NULL, RESPONSE },
		{ "per-process", 1, NULL, PER_PROCESS },
		{ "log", 1, NULL, LOG },
		{ "there", 1, NULL, THERE_AT },
		{ NULL, 0, NULL, 0 },
	};
	struct conns_plan plan = {
		.port = 7001, .request = 100, .response = 1000, .per_process = 16000
	};
	int c;

	while ((c = getopt_long(argc, argv, "6", longs, NULL)) != -1) {
		switch (c) {
		case PEER:
			plan.peer = optarg;
			break;
		case PORT:
			plan.port = (int)number(optarg);
			break;
		case REQUEST:
			plan.request = number(optarg);
			break;
		case RESPONSE:
			plan.response = number(optarg);
			break;
		case PER_PROCESS:
			plan.per_process = number(optarg);
			break;
		case LOG:
			plan.log = optarg;
			break;
		case THERE_AT:
			plan.there = optarg;
			break;
		case '6':
			plan.six = true;
			break;
		default:
			return usage();
		}
	}
	for (size_t i = 0; optind < argc && i < SKW_ARRAY_SIZE(commands); i++) {
		int n = argc - optind - 1;

		if (strcmp(argv[optind], commands[i].name) != 0)
			continue;
		if (n < commands[i].min || n > commands[i].max)
			return usage();
		signal(SIGPIPE, SIG_IGN);
		alarm(DEADLINE_S);
		net_open(&plan);
		return commands[i].run(&plan, argv + optind + 1, n);
	}
	return usage();
}
