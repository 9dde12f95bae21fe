// SPDX-License-Identifier: BSD-2-Clause
#include "filter/pick.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/mapped.h"

/* A longer name of a cgroup is cut. */
#define GROUP_CHARS 40

/* Packets have the IPv4 address, where the socket has it in the form of IPv6. */
static int address_text(const struct skw_tuple *t, const uint8_t addr[16],
			char out[INET6_ADDRSTRLEN])
{
	bool is_mapped = t->family == AF_INET6 && skw_mapped_is(addr);

	if (t->family != AF_INET && t->family != AF_INET6)
		return -EINVAL;
	inet_ntop(is_mapped ? AF_INET : t->family, is_mapped ? addr + SKW_MAPPED_AT : addr, out,
		  INET6_ADDRSTRLEN);
	return 0;
}

static bool is_any(const uint8_t addr[16])
{
	static const uint8_t any[16];

	return memcmp(addr, any, sizeof(any)) == 0;
}

static const char *proto_text(uint8_t proto)
{
	return proto == IPPROTO_TCP ? "tcp" : proto == IPPROTO_UDP ? "udp" : NULL;
}

/* A socket without a peer talks to anybody. */
static int socket_filter(const struct skw_tuple *t, char out[SKW_PICK_FILTER_SIZE])
{
	char local[INET6_ADDRSTRLEN], remote[INET6_ADDRSTRLEN];
	const char *proto = proto_text(t->proto);

	if (!proto || !t->local_port || address_text(t, t->local_addr, local) ||
	    address_text(t, t->remote_addr, remote))
		return -EINVAL;
	if (t->remote_port)
		snprintf(out, SKW_PICK_FILTER_SIZE,
			 "%s and ((src host %s and src port %u and dst host %s and dst port %u) or "
			 "(src host %s and src port %u and dst host %s and dst port %u))",
			 proto, local, t->local_port, remote, t->remote_port, remote,
			 t->remote_port, local, t->local_port);
	else if (is_any(t->local_addr))
		snprintf(out, SKW_PICK_FILTER_SIZE, "%s port %u", proto, t->local_port);
	else
		snprintf(out, SKW_PICK_FILTER_SIZE,
			 "%s and ((src host %s and src port %u) or (dst host %s and dst port %u))",
			 proto, local, t->local_port, local, t->local_port);
	return 0;
}

static int remote_filter(const struct skw_tuple *t, char out[SKW_PICK_FILTER_SIZE])
{
	char remote[INET6_ADDRSTRLEN];

	if (address_text(t, t->remote_addr, remote) || is_any(t->remote_addr))
		return -EINVAL;
	snprintf(out, SKW_PICK_FILTER_SIZE, "%s host %s", strchr(remote, ':') ? "ip6" : "ip",
		 remote);
	return 0;
}

/*
 * DNS, the opening of TCP, Initial packets of QUIC, and records of TLS with a ClientHello. The last
 * ones look behind the header of TCP, where short packets end, which ends the filter, too.
 */
static const char names_filter[] =
	"port 53 or tcp[tcpflags] & tcp-syn != 0 or (ip6[6] = 6 and ip6[53] & 2 != 0)"
	" or (udp[8] & 0x80 != 0 and (udp[9:4] = 1 or udp[9:4] = 0x6b3343cf))"
	" or (ip6[6] = 17 and ip6[48] & 0x80 != 0 and (ip6[49:4] = 1 or ip6[49:4] = 0x6b3343cf))"
	" or (tcp[((tcp[12] & 0xf0) >> 2):2] = 0x1603 and tcp[((tcp[12] & 0xf0) >> 2) + 5] = 1)"
	" or (ip6[6] = 6 and ip6[40 + ((ip6[52] & 0xf0) >> 2):2] = 0x1603"
	" and ip6[45 + ((ip6[52] & 0xf0) >> 2)] = 1)";

int skw_pick_filter(const struct skw_pick *pick, char out[SKW_PICK_FILTER_SIZE])
{
	out[0] = '\0';
	if (memchr(pick->comm, '\0', sizeof(pick->comm)) == NULL)
		return -EINVAL;
	switch (pick->kind) {
	case SKW_PICK_SOCKET:
		return socket_filter(&pick->tuple, out);
	case SKW_PICK_REMOTE:
		return remote_filter(&pick->tuple, out);
	case SKW_PICK_PORT:
		snprintf(out, SKW_PICK_FILTER_SIZE, "port %u", pick->port);
		return pick->port ? 0 : -EINVAL;
	case SKW_PICK_COMM:
		return pick->comm[0] ? 0 : -EINVAL;
	case SKW_PICK_PID:
		return pick->pid ? 0 : -EINVAL;
	case SKW_PICK_CGROUP:
		return pick->cgroup_id ? 0 : -EINVAL;
	case SKW_PICK_ALL:
		return 0;
	case SKW_PICK_NAMES:
		snprintf(out, SKW_PICK_FILTER_SIZE, "%s", names_filter);
		return 0;
	default:
		return -EINVAL;
	}
}

/* Letters, digits, and these: the name may be the argument of a command later. */
static void clean(char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";

	for (char *c = text; *c; c++)
		if (!strchr(allowed, *c))
			*c = '_';
}

int skw_pick_name(const struct skw_pick *pick, const char *stamp, const char *group, unsigned again,
		  char out[SKW_PICK_NAME_SIZE])
{
	char what[80] = "", number[16] = "", address[INET6_ADDRSTRLEN];
	const char *comm = pick->comm[0] ? pick->comm : "unknown";

	if (pick->kind >= SKW_PICK_ALL || memchr(pick->comm, '\0', sizeof(pick->comm)) == NULL)
		return -EINVAL;
	if (pick->kind == SKW_PICK_REMOTE) {
		if (address_text(&pick->tuple, pick->tuple.remote_addr, address))
			return -EINVAL;
		snprintf(what, sizeof(what), "%s", address);
	} else if (pick->kind == SKW_PICK_CGROUP) {
		const char *last = group ? strrchr(group, '/') : NULL;

		snprintf(what, sizeof(what), "%.*s", GROUP_CHARS,
			 last && last[1] ? last + 1 : "cgroup");
	} else if (pick->kind == SKW_PICK_PORT) {
		snprintf(what, sizeof(what), "port-%u", pick->port);
	} else if (pick->kind == SKW_PICK_PID) {
		snprintf(what, sizeof(what), "%s-%u", comm, pick->pid);
	} else if (pick->port && pick->kind == SKW_PICK_SOCKET) {
		snprintf(what, sizeof(what), "%s-%u", comm, pick->port);
	} else {
		snprintf(what, sizeof(what), "%s", comm);
	}
	if (again > 1)
		snprintf(number, sizeof(number), "-%u", again);
	clean(what);
	snprintf(out, SKW_PICK_NAME_SIZE, "skwatch-%.24s-%s%s.pcapng", stamp, what, number);
	return 0;
}
