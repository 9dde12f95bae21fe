// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/waiting.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

/* The kernel's states, include/net/tcp_states.h. */
#define STATE_LISTEN 10
#define STATE_CLOSE  7 /* of a UDP socket that is not connected */

struct table {
	struct skw_waiting *all;
	size_t len, size;
};

/* The kernel prints addresses as 32-bit numbers of this host's byte order. */
static bool parse_addr(const char *hex, struct skw_waiting *out)
{
	size_t words = strlen(hex) / 8;

	if (words != 1 && words != 4)
		return false;
	out->family = words == 1 ? AF_INET : AF_INET6;
	for (size_t i = 0; i < words; i++) {
		char text[9] = "";

		memcpy(text, hex + 8 * i, 8);
		uint32_t word = (uint32_t)strtoul(text, NULL, 16);
		memcpy(out->addr + 4 * i, &word, sizeof(word));
	}
	return true;
}

static int note(struct table *t, const struct skw_waiting *listener)
{
	if (t->len == t->size) {
		size_t size = t->size ? 2 * t->size : 32;
		struct skw_waiting *all = reallocarray(t->all, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		t->all = all;
		t->size = size;
	}
	t->all[t->len++] = *listener;
	return 0;
}

/* The kernel lists TCP's listeners first. So the first other socket is the end of what we need. */
static int read_table(FILE *file, uint8_t proto, struct table *t)
{
	const unsigned want = proto == IPPROTO_TCP ? STATE_LISTEN : STATE_CLOSE;
	char line[512];
	int ret = 0;

	if (!fgets(line, sizeof(line), file))
		return 0;
	while (!ret && fgets(line, sizeof(line), file)) {
		struct skw_waiting it = { 0 };
		unsigned port, state;
		char addr[33];

		if (sscanf(line, " %*u: %32[0-9A-F]:%X %*[0-9A-F]:%*X %X %*s %*s %*s %*u %*u %u",
			   addr, &port, &state, &it.inode) != 4)
			continue;
		if (state != want && proto == IPPROTO_TCP)
			break;
		it.port = (uint16_t)port;
		if (state == want && it.inode && parse_addr(addr, &it))
			ret = note(t, &it);
	}
	return ret;
}

int skw_waiting_read(uint32_t pid, uint8_t proto, struct skw_waiting **list, size_t *n)
{
	const char *name = proto == IPPROTO_TCP ? "tcp" : "udp";
	struct table t = { 0 };
	int ret = 0;

	for (int v6 = 0; !ret && v6 < 2; v6++) {
		char path[64];

		if (pid)
			snprintf(path, sizeof(path), "/proc/%u/net/%s%s", pid, name, v6 ? "6" : "");
		else
			snprintf(path, sizeof(path), "/proc/thread-self/net/%s%s", name,
				 v6 ? "6" : "");
		SKW_AUTO_FILE FILE *file = fopen(path, "re");
		if (file)
			ret = read_table(file, proto, &t);
		else if (!v6) /* a kernel may have no IPv6 */
			ret = -errno;
	}
	if (ret) {
		free(t.all);
		return ret;
	}
	*list = t.all;
	*n = t.len;
	return 0;
}
