// SPDX-License-Identifier: BSD-2-Clause
/*
 * Holds one packet socket with a filter until it is told to stop, so that the time of a sender
 * tells what the filter costs. The filter is either the classic program that libpcap makes of the
 * expression, or skwatch's translation with all that skwatch puts around it. Neither keeps the
 * packets that match.
 *
 * With "turns" the socket gets one filter after the other, as standard input asks for: a letter is
 * read, 'c' for the classic program, 't' for the translation, 'a' for neither, and repeated on a
 * line when that is done.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/types.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "abi/packet.h"
#include "filter/sets/classic.h"
#include "filter/sets/lists.h"
#include "filter/translate.h"
#include "kern/skb_access.h"
#include "kern/compile.h"
#include "kern/libbpf.h"
#include "kern/sets/set_maps.h"
#include "kern/tap.h"
#include "util/cleanup.h"

struct plan {
	const char *ifname;
	const char *expression;
	bool classic, turns;
};

static int usage(void)
{
	fprintf(stderr, "usage: filter -i IF -m classic|ebpf|turns EXPRESSION\n");
	return 2;
}

static int parse(int argc, char **argv, struct plan *p)
{
	const char *how = "";
	int c;

	while ((c = getopt(argc, argv, "i:m:")) != -1) {
		if (c == 'i')
			p->ifname = optarg;
		else if (c == 'm')
			how = optarg;
		else
			return -EINVAL;
	}
	p->classic = strcmp(how, "classic") == 0;
	p->turns = strcmp(how, "turns") == 0;
	if (!p->ifname || optind + 1 != argc ||
	    (!p->classic && !p->turns && strcmp(how, "ebpf") != 0))
		return -EINVAL;
	p->expression = argv[optind];
	return 0;
}

static int compile(const struct plan *p, struct skw_cbpf *prog, struct skw_error *err)
{
	struct skw_handle *h = NULL;
	int ret = skw_handle_open(p->ifname, SKW_SNAPLEN_MAX, &h, err);

	if (ret == 0)
		ret = skw_handle_compile(h, p->expression,
					 skw_lists_how(false, p->classic || p->turns), true, prog,
					 err);
	skw_handle_close(h);
	return ret;
}

static int attach_classic(int fd, const struct skw_cbpf *prog)
{
	struct sock_fprog fprog = { .len = (unsigned short)prog->len,
				    .filter = (struct sock_filter *)prog->insns };

	_Static_assert(sizeof(struct sock_filter) == sizeof(struct skw_cbpf_insn), "one layout");
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &fprog, sizeof(fprog)) < 0 ? -errno : 0;
}

/* It has the counters, and a tail call that is never taken, as no packet matches. */
static int attach_translated(int fd, const struct skw_cbpf *prog, struct skw_tap *tap,
			     struct skw_error *err)
{
	struct skw_skb_access access;
	struct skw_filter_frame frame = { .counters_fd = skw_tap_counters_fd(tap),
					  .next_fd = skw_tap_next_fd(tap),
					  .cpus = skw_libbpf_cpus() };

	/* A capture does it in the same way. */
	if (skw_skb_access_probe(&access) == 0)
		frame.access = &access;
	SKW_CLEANUP(skw_set_maps_close) struct skw_set_maps maps = { .fds = NULL };
	int ret = skw_set_maps_open(prog, &maps, err);
	if (ret)
		return ret;
	frame.set_fds = maps.fds;
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len = 0;
	ret = skw_filter_translate(prog, &frame, &insns, &len);
	if (ret)
		return skw_error_set(err, ret, "translation: %s", strerror(-ret));
	SKW_AUTO_FD int prog_fd = skw_tap_load_filter(insns, len, err);
	if (prog_fd < 0)
		return prog_fd;
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd, sizeof(prog_fd)) < 0 ? -errno
											: 0;
}

static int bind_to(int fd, const char *ifname)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_ALL),
				    .sll_ifindex = (int)if_nametoindex(ifname) };

	if (!addr.sll_ifindex)
		return -errno;
	return bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? -errno : 0;
}

static int attach(int fd, const struct plan *p, bool classic, const struct skw_cbpf *prog,
		  struct skw_tap *tap, struct skw_error *err)
{
	int ret = classic ? attach_classic(fd, prog) : attach_translated(fd, prog, tap, err);

	if (ret)
		return skw_error_set(err, ret, "filter: %s", strerror(-ret));
	ret = bind_to(fd, p->ifname);
	return ret ? skw_error_set(err, ret, "%s: %s", p->ifname, strerror(-ret)) : 0;
}

static int take_turns(int fd, const struct plan *p, const struct skw_cbpf *prog,
		      struct skw_tap *tap, struct skw_error *err)
{
	int letter, ret = 0;

	while (!ret && (letter = getchar()) != EOF) {
		/* On lo it meets no packet. */
		if (letter == 'a')
			ret = bind_to(fd, "lo");
		else
			ret = attach(fd, p, letter == 'c', prog, tap, err);
		printf("%c\n", letter);
		fflush(stdout);
	}
	return ret;
}

static int hold(const struct plan *p, const struct skw_cbpf *prog, struct skw_tap *tap,
		struct skw_error *err)
{
	SKW_AUTO_FD int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	sigset_t set;
	int sig;

	if (fd < 0)
		return skw_error_set(err, -errno, "socket: %s", strerror(errno));
	if (p->turns)
		return take_turns(fd, p, prog, tap, err);
	int ret = attach(fd, p, p->classic, prog, tap, err);
	if (ret)
		return ret;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fprintf(stderr, "ready\n");
	return -sigwait(&set, &sig);
}

int main(int argc, char **argv)
{
	struct skw_tap_options opt = { .ring_bytes = 1, .rings = 1 };
	struct plan p = { 0 };
	struct skw_error err = { 0 };
	struct skw_cbpf prog = { 0 };
	struct skw_tap *tap = NULL;

	if (parse(argc, argv, &p))
		return usage();
	int ret = compile(&p, &prog, &err);
	if (ret == 0 && !p.classic)
		ret = skw_tap_load(&opt, &tap, &err);
	if (ret == 0)
		ret = hold(&p, &prog, tap, &err);
	skw_tap_free(tap);
	skw_classic_free(&prog);
	if (ret)
		fprintf(stderr, "filter: %s\n", err.text);
	return ret ? 1 : 0;
}
