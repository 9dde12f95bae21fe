// SPDX-License-Identifier: BSD-2-Clause
#include "watch/probe.h"

#include <errno.h>
#include <limits.h>
#include <linux/types.h>
#include <stdio.h>
#include <string.h>

#include "abi/conn.h"
#include "kern/host/cgroup.h"
#include "kern/conn.h"
#include "kern/conn_reader.h"
#include "kern/host/netns.h"
#include "kern/probe.h"
#include "util/cleanup.h"
#include "util/report.h"

#define RING_BYTES 65536

/* The results of the attempts with the running programs: each is 0 or -errno. */
struct found {
	int tried; /* the connection and the sweep */
	int iterators[SKW_ITERS];
	uint32_t lacks;
	int counts; /* of the programs that count datagrams */
	struct skw_error no_counts;
};

static void add_for(struct skw_check *check, unsigned commands, const char *name,
		    enum skw_check_state state, bool vital, const char *help, const char *why)
{
	const struct skw_check_line line = { .section = "connections",
					     .name = name,
					     .state = state,
					     .commands = commands,
					     .vital = vital,
					     .help = state == SKW_CHECK_OK ? NULL : help };

	skw_report_add(check, &line, "%s", state == SKW_CHECK_OK ? "" : why);
}

static void add(struct skw_check *check, const char *name, enum skw_check_state state, bool vital,
		const char *help, const char *why)
{
	add_for(check, SKW_CHECK_WATCH, name, state, vital, help, why);
}

static int ignore(void *ctx, const void *record, size_t len)
{
	(void)ctx;
	(void)record;
	(void)len;
	return 0;
}

/* Sweeps the TCP sockets once, so that an older socket gets its callbacks, if it can. */
static int sweep(const struct skw_conn *conn)
{
	struct skw_conn_reader reader = { .fd = -1 };
	int fd = skw_conn_iter_open(skw_conn_iter_link(conn, SKW_ITER_TCP));
	int ret = fd < 0 ? fd : skw_conn_reader_begin(&reader, fd, sizeof(struct skw_conn_rec), 0);

	while (!ret) {
		ret = skw_conn_reader_slice(&reader, ignore, NULL);
		if (ret <= 0)
			break;
		ret = 0;
	}
	skw_conn_reader_free(&reader);
	return ret;
}

static int open_iterator(const struct skw_conn *conn, enum skw_conn_iter which)
{
	int link = skw_conn_iter_link(conn, which);
	SKW_AUTO_FD int fd = link < 0 ? -EOPNOTSUPP : skw_conn_iter_open(link);

	return fd < 0 ? fd : 0;
}

static void look(struct found *found, struct skw_conn *conn, bool alone)
{
	struct skw_probe_pair newer = { -1, -1 };

	for (int i = 0; i < SKW_ITERS; i++)
		found->iterators[i] = open_iterator(conn, (enum skw_conn_iter)i);
	found->tried = alone ? sweep(conn) : -EPERM;
	if (!found->tried)
		found->tried = skw_probe_connect(&newer);
	if (!found->tried)
		found->tried = skw_probe_exchange(&newer);
	found->counts = skw_conn_count_udp(conn, true, &found->no_counts);
	found->lacks = skw_conn_lacks(conn);
	skw_probe_close(&newer);
}

/* A part that the programs do without if the kernel lacks it. */
static void add_part(struct skw_check *check, const struct found *found, uint32_t part,
		     const char *name, const char *help, const char *why)
{
	bool runs = part == SKW_LACKS_ENROL || part == SKW_LACKS_RTT_ARGS;

	if (found->lacks & part)
		add(check, name, SKW_CHECK_LIMITED, false, help, why);
	else if (runs && found->tried)
		add(check, name, SKW_CHECK_UNKNOWN, false, "run it as root, or with CAP_SYS_ADMIN",
		    "it is tried in a network namespace of its own");
	else
		add(check, name, SKW_CHECK_OK, false, NULL, "");
}

static void add_iterator(struct skw_check *check, int ret, const char *name, bool vital,
			 const char *why)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: %s", why, ret ? strerror(-ret) : "");
	add(check, name,
	    !ret    ? SKW_CHECK_OK
	    : vital ? SKW_CHECK_MISSING
		    : SKW_CHECK_LIMITED,
	    vital, "a kernel with CONFIG_BPF_SYSCALL, CONFIG_DEBUG_INFO_BTF and this iterator",
	    text);
}

static void add_found(struct skw_check *check, const struct found *found)
{
	add_iterator(check, found->iterators[SKW_ITER_TCP], "iterator of TCP sockets", true,
		     "connections can't be listed");
	add_iterator(check, found->iterators[SKW_ITER_UDP], "iterator of UDP sockets", false,
		     "UDP is not shown");
	add_iterator(check, found->iterators[SKW_ITER_HOLDERS], "iterator of open files", false,
		     "sockets older than the start have no owner");
	add_part(check, found, SKW_LACKS_ENROL, "callbacks of older sockets", "Linux 6.12 or later",
		 "connections older than the start have no events and no RTT samples");
	add_part(check, found, SKW_LACKS_RTT_ARGS, "RTT of each sample", "Linux 6.10 or later",
		 "RTT events have no figure, histograms are empty");
	add_part(check, found, SKW_LACKS_CREATOR, "process in callbacks",
		 "a kernel whose sockops programs may read the current process",
		 "a connection has no owner before the next sweep");
	add(check, "callbacks at the root of cgroups",
	    found->lacks & SKW_LACKS_CALLBACKS ? SKW_CHECK_LIMITED : SKW_CHECK_OK, false,
	    "see bpftool cgroup tree; --cgroup of one below",
	    "another program is attached there that does not run beside others");
	add_for(check, SKW_CHECK_TOP, "counts of datagrams",
		found->counts ? SKW_CHECK_LIMITED : SKW_CHECK_OK, false,
		found->counts == -EBUSY ? "see bpftool cgroup tree; --cgroup of one below"
					: "a kernel with CONFIG_CGROUP_BPF",
		found->no_counts.text);
	/* Only the owners of packets need it. */
	add_for(check, SKW_CHECK_CAPTURE, "addresses of packets",
		found->lacks & SKW_LACKS_WIRE ? SKW_CHECK_LIMITED : SKW_CHECK_OK, false,
		"a kernel with CONFIG_CGROUP_BPF whose programs may read the current process",
		"packets of short UDP sockets and of translated addresses have no owner");
}

static bool find_cgroup(struct skw_check *check, char path[PATH_MAX])
{
	struct skw_check_line line = { .section = "connections",
				       .name = "cgroup v2",
				       .commands = SKW_CHECK_WATCH,
				       .vital = true };
	struct skw_error err = { 0 };
	int ret = skw_cgroup_mount(path, &err);

	line.state = ret ? SKW_CHECK_MISSING : SKW_CHECK_OK;
	line.help = ret ? "mount -t cgroup2 none /sys/fs/cgroup" : NULL;
	skw_report_add(check, &line, "%s", ret ? err.text : path);
	return !ret;
}

void skw_watch_probe(struct skw_check *check, bool alone)
{
	struct skw_conn_options opt = { .events = SKW_EVENT_BIT(SKW_EVENT_RTT) |
						  SKW_EVENT_BIT(SKW_EVENT_WIRE) |
						  SKW_EVENT_BIT(SKW_EVENT_RELEASE),
					.enrol = true,
					.udp = true,
					.holders = true,
					.counts = true,
					.ring_bytes = RING_BYTES };
	struct skw_probe_pair older = { -1, -1 };
	struct found found = { 0 };
	struct skw_netns home = { 0 };
	struct skw_conn *conn = NULL;
	struct skw_error err = { 0 };
	char path[PATH_MAX];
	bool has_cgroup = find_cgroup(check, path);

	if (!has_cgroup || skw_netns_self(&home))
		return;
	opt.cgroup = path;
	opt.netns = home.inode;
	if (alone && skw_probe_connect(&older))
		alone = false;
	int ret = skw_conn_open(&opt, &conn, &err);
	if (!ret)
		look(&found, conn, alone);
	skw_conn_close(conn);
	skw_probe_close(&older);
	add(check, "programs at the cgroup",
	    !ret            ? SKW_CHECK_OK
	    : ret == -EPERM ? SKW_CHECK_UNKNOWN
			    : SKW_CHECK_MISSING,
	    true, ret == -EPERM ? "run it as root, or with the privileges above" : NULL, err.text);
	if (!ret)
		add_found(check, &found);
}

bool skw_watch_probe_netns(struct skw_check *check)
{
	struct skw_check_line line = { .section = "namespaces",
				       .name = "other network namespaces",
				       .commands = SKW_CHECK_WATCH };
	int ret = skw_probe_enter_netns();

	if (ret) {
		line.state = SKW_CHECK_LIMITED;
		line.help = "run it as root, or with CAP_SYS_ADMIN and CAP_SYS_PTRACE";
	}
	skw_report_add(check, &line, "%s%s", ret ? "only this network namespace is watched: " : "",
		       ret ? strerror(-ret) : "");
	return !ret && skw_probe_own_netns() == 0;
}
