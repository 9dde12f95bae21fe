// SPDX-License-Identifier: BSD-2-Clause
/* Many sockets over loopback, both ends in this namespace, in as many processes as needed. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conns.h"

/* Each process has an address of its own, so that there are source ports enough. */
static void fill(const struct conns_plan *plan, unsigned process, uint64_t connections)
{
	char addr[32];

	snprintf(addr, sizeof(addr), "127.1.%u.1", process);
	int listener = net_listen(plan, HERE, AF_INET, addr, plan->port, 0, 128);
	while (connections--) {
		net_connect(plan, AF_INET, addr, plan->port, 0);
		net_accept(listener);
	}
	close(listener);
}

/* Half of the SOCKETS are those of clients, half those of servers. */
int conns_many(struct conns_plan *plan, char *argv[], int n)
{
	uint64_t left = strtoull(argv[0], NULL, 10) / 2, most = plan->per_process / 2;
	struct rlimit files;
	int ready[2];
	char c;

	(void)n;
	must(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
	files.rlim_cur = files.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
	for (unsigned process = 0; left; process++) {
		uint64_t share = left < most ? left : most;

		must(pipe(ready), "pipe");
		if (!net_fork("conns-many")) {
			close(ready[0]);
			fill(plan, process, share);
			must((int)write(ready[1], "r", 1), "write");
			close(ready[1]);
			for (;;)
				pause();
		}
		close(ready[1]);
		if (read(ready[0], &c, 1) != 1) {
			errno = ECHILD;
			must(-1, "a process of many");
		}
		close(ready[0]);
		left -= share;
	}
	net_say("ready");
	net_hold();
	return 0;
}
