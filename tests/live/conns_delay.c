// SPDX-License-Identifier: BSD-2-Clause
/*
 * A path with a delay: both namespaces have an interface `far0`, and a packet that is sent into one
 * comes out of the other after the given number of milliseconds. The caller gives them addresses.
 * Each line on standard input is another number, which holds for later packets.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/if_tun.h>

#include "conns.h"

/* Packets on their way in each direction, and the largest. */
#define SLOTS  1024
#define PACKET 2048

struct packet {
	uint64_t due_ns;
	size_t len;
	char bytes[PACKET];
};

struct way {
	int from, to;
	unsigned head, tail;
	struct packet slots[SLOTS];
};

static int open_tun(const struct conns_plan *plan, enum side side)
{
	struct ifreq req = { .ifr_flags = IFF_TUN | IFF_NO_PI };

	must(setns(plan->netns[side], CLONE_NEWNET), "setns");
	int fd = must(open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK), "/dev/net/tun");
	strcpy(req.ifr_name, "far0");
	must(ioctl(fd, TUNSETIFF, &req), "TUNSETIFF");
	must(setns(plan->netns[HERE], CLONE_NEWNET), "setns");
	return fd;
}

/* A full queue drops packets. */
static void take_in(struct way *w, uint64_t delay_ns)
{
	while (w->head - w->tail < SLOTS) {
		struct packet *p = &w->slots[w->head % SLOTS];
		ssize_t n = read(w->from, p->bytes, sizeof(p->bytes));

		if (n <= 0)
			return;
		p->len = (size_t)n;
		p->due_ns = net_now_ns() + delay_ns;
		w->head++;
	}
}

static void give_out(struct way *w)
{
	while (w->tail != w->head && w->slots[w->tail % SLOTS].due_ns <= net_now_ns()) {
		struct packet *p = &w->slots[w->tail++ % SLOTS];

		/* The other end may not be up yet; then the packet is lost. */
		if (write(w->to, p->bytes, p->len) < 0 && errno != EIO && errno != EAGAIN)
			must(-1, "far0");
	}
}

static uint64_t due_ns(const struct way *w)
{
	return w->tail == w->head ? UINT64_MAX : w->slots[w->tail % SLOTS].due_ns;
}

static uint64_t delay_of(const char *text)
{
	return strtoull(text, NULL, 10) * 1000000;
}

/* At the end of the input *fd becomes -1. */
static void read_delay(int *fd, uint64_t *delay_ns)
{
	char line[32] = "";
	ssize_t n = read(*fd, line, sizeof(line) - 1);

	if (n > 0)
		*delay_ns = delay_of(line);
	else
		*fd = -1;
}

int conns_delay(struct conns_plan *plan, char *argv[], int n)
{
	static struct way ways[SIDES];
	uint64_t delay_ns = delay_of(argv[0]);
	int input = STDIN_FILENO;

	(void)n;
	for (enum side side = HERE; side < SIDES; side++)
		ways[side].from = open_tun(plan, side);
	ways[HERE].to = ways[THERE].from;
	ways[THERE].to = ways[HERE].from;
	net_say("ready");
	for (;;) {
		uint64_t now = net_now_ns(), due = due_ns(&ways[HERE]);
		struct pollfd fds[SIDES + 1];

		if (due_ns(&ways[THERE]) < due)
			due = due_ns(&ways[THERE]);
		uint64_t wait = due > now ? due - now : 0;
		struct timespec left = { (time_t)(wait / 1000000000), (long)(wait % 1000000000) };

		for (enum side side = HERE; side < SIDES; side++)
			fds[side] = (struct pollfd){ ways[side].from, POLLIN, 0 };
		fds[SIDES] = (struct pollfd){ input, POLLIN, 0 };
		must(ppoll(fds, SIDES + 1, due == UINT64_MAX ? NULL : &left, NULL), "poll");
		if (fds[SIDES].revents)
			read_delay(&input, &delay_ns);
		for (enum side side = HERE; side < SIDES; side++) {
			take_in(&ways[side], delay_ns);
			give_out(&ways[side]);
		}
	}
}
