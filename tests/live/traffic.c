// SPDX-License-Identifier: BSD-2-Clause
/*
 * Makes traffic for the live tests, and checks captures of it. Without arguments it lists its
 * subcommands.
 */
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "flows.h"
#include "pipes.h"
#include "send.h"
#include "util/cleanup.h"

/* No conversation takes longer. A test that has lost its peer ends here and fails. */
#define DEADLINE_S 300

struct options {
	struct send_plan send;
	struct flow_plan flow;
	uint64_t expect;
	uint64_t tolerance_us;
};

struct command {
	const char *name;
	const char *args;
	int min, max;
	int (*run)(struct options *o, char *argv[], int n);
};

static uint64_t number(const char *text)
{
	char *end;

	errno = 0;
	unsigned long long v = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-') {
		fprintf(stderr, "traffic: %s: not a number\n", text);
		exit(2);
	}
	return v;
}

static int run_flood(struct options *o, char *argv[], int n)
{
	(void)n;
	o->send.iface = argv[0];
	o->send.count = number(argv[1]);
	o->send.frame.size = number(argv[2]);
	if (o->send.frame.size < FRAME_MIN || o->send.frame.size > FRAME_MAX) {
		fprintf(stderr, "traffic: size is %d to %d\n", FRAME_MIN, FRAME_MAX);
		return 2;
	}
	return send_flood(&o->send);
}

static int run_vlan(struct options *o, char *argv[], int n)
{
	o->send.frame.n_tags = (unsigned)n - 3;
	for (int i = 3; i < n; i++)
		o->send.frame.tags[i - 3] = (uint16_t)number(argv[i]);
	return run_flood(o, argv, n);
}

static int run_replay(struct options *o, char *argv[], int n)
{
	(void)n;
	o->send.iface = argv[0];
	return send_replay(&o->send, argv[1]);
}

static int run_check(struct options *o, char *argv[], int n)
{
	return files_check(argv, n, o->expect);
}

static int run_compare(struct options *o, char *argv[], int n)
{
	(void)n;
	return files_compare(argv[0], argv[1], o->tolerance_us);
}

static int run_ping(struct options *o, char *argv[], int n)
{
	(void)n;
	o->flow.addr = argv[0];
	o->flow.port = "0";
	return flow_ping(&o->flow);
}

static int take_flow(struct options *o, char *argv[], int (*flow)(const struct flow_plan *))
{
	o->flow.addr = argv[0];
	o->flow.port = argv[1];
	return flow(&o->flow);
}

static int run_http(struct options *o, char *argv[], int n)
{
	(void)n;
	return take_flow(o, argv, flow_http);
}

static int run_bulk(struct options *o, char *argv[], int n)
{
	(void)n;
	return take_flow(o, argv, flow_bulk);
}

static int run_udp(struct options *o, char *argv[], int n)
{
	(void)n;
	return take_flow(o, argv, flow_udp);
}

static int run_holds(struct options *o, char *argv[], int n)
{
	(void)o;
	(void)n;
	return files_hold(argv[0], number(argv[1]));
}

static int run_gone(struct options *o, char *argv[], int n)
{
	(void)o;
	return flow_gone(argv, n);
}

static int run_narrow(struct options *o, char *argv[], int n)
{
	(void)o;
	(void)n;
	return pipe_narrow(argv[0]);
}

static int run_full(struct options *o, char *argv[], int n)
{
	(void)o;
	(void)n;
	return pipe_await_full(argv[0]);
}

static const struct command commands[] = {
	{ "flood", "IF COUNT SIZE [--cpus N] [--pps R] [--ports N] [--sender N]", 3, 3, run_flood },
	{ "vlan", "IF COUNT SIZE TCI [INNER-TCI] [--pps R]", 4, 5, run_vlan },
	{ "replay", "IF FILE [--pps R]", 2, 2, run_replay },
	{ "http", "ADDR PORT [--server NETNS] [--bytes N]", 2, 2, run_http },
	{ "bulk", "ADDR PORT [--server NETNS] [--bytes N]", 2, 2, run_bulk },
	{ "udp", "ADDR PORT [--server NETNS] [--count N]", 2, 2, run_udp },
	{ "ping", "ADDR [--count N]", 1, 1, run_ping },
	{ "holds", "FILE COUNT", 2, 2, run_holds },
	{ "gone", "PID...", 1, 100, run_gone },
	{ "narrow", "FIFO", 1, 1, run_narrow },
	{ "full", "FIFO", 1, 1, run_full },
	{ "check", "FILE... [--expect N]", 1, 100000, run_check },
	{ "compare", "FILE FILE [--tolerance-us N]", 2, 2, run_compare },
};

static int usage(void)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(commands); i++)
		fprintf(stderr, "traffic %s %s\n", commands[i].name, commands[i].args);
	return 2;
}

int main(int argc, char *argv[])
{
	enum { CPUS = 1, PPS, PORTS, SENDER, SERVER, BYTES, COUNT, EXPECT, TOLERANCE };
	static const struct option longs[] = {
		{ "cpus", 1, NULL, CPUS },
		{ "pps", 1, NULL, PPS },
		{ "ports", 1, NULL, PORTS },
		{ "sender", 1, NULL, SENDER },
		{ "server", 1, NULL, SERVER },
		{ "bytes", 1, NULL, BYTES },
		{ "count", 1, NULL, COUNT },
		{ "expect", 1, NULL, EXPECT },
		{ "tolerance-us", 1, NULL, TOLERANCE },
		{ NULL, 0, NULL, 0 },
	};
	struct options o = { .expect = UINT64_MAX, .tolerance_us = 1000 };
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case CPUS:
			o.send.cpus = (unsigned)number(optarg);
			break;
		case PPS:
			o.send.pps = number(optarg);
			break;
		case PORTS:
			o.send.frame.ports = (unsigned)number(optarg);
			break;
		case SENDER:
			o.send.first = (uint32_t)number(optarg);
			break;
		case SERVER:
			o.flow.server_netns = optarg;
			break;
		case BYTES:
			o.flow.bytes = number(optarg);
			break;
		case COUNT:
			o.flow.count = number(optarg);
			break;
		case EXPECT:
			o.expect = number(optarg);
			break;
		case TOLERANCE:
			o.tolerance_us = number(optarg);
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
		alarm(DEADLINE_S);
		return commands[i].run(&o, argv + optind + 1, n);
	}
	return usage();
}
