// SPDX-License-Identifier: BSD-2-Clause
#include "act/steer/steer_server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "act/steer/taken.h"
#include "kern/host/waiting.h"
#include "row/address.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/mapped.h"
#include "util/say.h"
#include "util/units.h"

/* More listeners that are overruled are counted and not named. */
#define NAMED_MAX 5
/* The first descriptor that a service manager passes on: sd_listen_fds(3). */
#define LISTEN_FDS_START 3

static const uint8_t zeros[16];

static bool is_loopback(uint8_t family, const uint8_t addr[16])
{
	if (family == AF_INET6)
		return skw_mapped_is(addr) ? addr[SKW_MAPPED_AT] == 127
					   : memcmp(addr, zeros, 15) == 0 && addr[15] == 1;
	return addr[0] == 127;
}

int skw_steer_socket_check(const struct skw_foreign_socket *is, struct skw_error *err)
{
	uint64_t home = skw_foreign_netns_cookie();

	if (is->family != AF_INET && is->family != AF_INET6)
		return skw_error_usage(err, "it is not a socket of IPv4 or IPv6");
	if (is->protocol == IPPROTO_MPTCP)
		return skw_error_usage(err, "it is a listener of MPTCP, which the kernel can't "
					    "steer to; let the server listen with TCP (Go: "
					    "GODEBUG=multipathtcp=0)");
	if (is->protocol != IPPROTO_TCP && is->protocol != IPPROTO_UDP)
		return skw_error_usage(err, "it is a socket of neither TCP nor UDP");
	if (is->protocol == IPPROTO_TCP && !is->listens)
		return skw_error_usage(err, "it does not listen");
	if (is->connected)
		return skw_error_usage(err, "it is connected to a peer");
	if (!is->port)
		return skw_error_usage(err, "it is not bound to a port");
	if (home && is->netns_cookie && is->netns_cookie != home)
		return skw_error_usage(err, "it is in another network namespace; start skwatch in "
					    "that of the server: nsenter --net=/proc/PID/ns/net");
	return 0;
}

/* The slots that a socket can fill: a socket of IPv6 for any address may take IPv4 as well. */
static void slots_of(const struct skw_foreign_socket *is, bool out[SKW_STEER_SLOTS])
{
	bool mapped = is->family == AF_INET6 && skw_mapped_is(is->addr);
	bool any = is->family == AF_INET6 && memcmp(is->addr, zeros, sizeof(zeros)) == 0;

	out[SKW_STEER_SLOT4] = is->family == AF_INET || mapped || (any && !is->v6only);
	out[SKW_STEER_SLOT6] = is->family == AF_INET6 && !mapped;
}

bool skw_steer_server_fits(unsigned slot, const struct skw_foreign_socket *is)
{
	bool slots[SKW_STEER_SLOTS];

	slots_of(is, slots);
	return slots[slot];
}

void skw_steer_server_note(struct skw_steer_server *server, unsigned slot,
			   const struct skw_foreign_socket *is)
{
	server->proto = (uint8_t)is->protocol;
	server->has[slot] = 1;
	server->family[slot] = (uint8_t)is->family;
	server->port[slot] = is->port;
	server->uid = is->uid;
	memcpy(server->addr[slot], is->addr, sizeof(is->addr));
}

void skw_steer_server_note_process(struct skw_steer_server *server, uint32_t pid)
{
	struct timespec now;
	char comm[17] = "";

	clock_gettime(CLOCK_BOOTTIME, &now);
	server->since_ns = (uint64_t)now.tv_sec * SKW_NS_PER_S + (uint64_t)now.tv_nsec;
	server->cgroup[0] = '\0';
	if (pid) {
		skw_foreign_cgroup(pid, server->cgroup, sizeof(server->cgroup));
		skw_foreign_comm(pid, comm);
	}
	snprintf(server->comm, sizeof(server->comm), "%s", comm);
}

/* A socket of IPv4 is better for its slot than one of both. Of several alike, the first is used:
 * the kernel spreads over all members of a reuseport group. */
static int choose(struct skw_taken_list *list, struct skw_steer_sockets *out, struct skw_error *err)
{
	for (size_t i = 0; i < list->len; i++) {
		struct skw_taken *it = &list->all[i];

		for (unsigned slot = 0; slot < SKW_STEER_SLOTS; slot++) {
			bool better =
				!out->server.has[slot] ||
				(out->server.family[slot] == AF_INET6 && it->is.family == AF_INET);

			if (!better || !skw_steer_server_fits(slot, &it->is))
				continue;
			skw_cleanup_fd(&out->fds[slot]);
			out->fds[slot] = fcntl(it->fd, F_DUPFD_CLOEXEC, 0);
			if (out->fds[slot] < 0)
				return skw_error_set(err, -errno, "a descriptor of the server: %s",
						     strerror(errno));
			out->inodes[slot] = it->is.inode;
			skw_steer_server_note(&out->server, slot, &it->is);
		}
	}
	return 0;
}

static int take_inherited(struct skw_taken_list *list, struct skw_error *err)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	uint64_t for_pid = 0, n = 0;

	if (!pid || !fds || !skw_units_parse_uint(pid, &for_pid) || for_pid != (uint64_t)getpid() ||
	    !skw_units_parse_uint(fds, &n) || !n || n > SKW_TAKEN_MAX)
		return skw_error_usage(err, "listen-fds: no descriptors were passed to this "
					    "process (LISTEN_FDS, LISTEN_PID)");
	for (int i = 0; i < (int)n; i++) {
		struct skw_taken *it = &list->all[list->len];

		it->fd = fcntl(LISTEN_FDS_START + i, F_DUPFD_CLOEXEC, 0);
		if (it->fd < 0 || skw_foreign_describe(it->fd, &it->is)) {
			skw_cleanup_fd(&it->fd);
			return skw_error_usage(err, "listen-fds: descriptor %d is no socket",
					       LISTEN_FDS_START + i);
		}
		close(LISTEN_FDS_START + i);
		list->len++;
	}
	return 0;
}

static void describe(struct skw_steer_sockets *out)
{
	char ends[SKW_STEER_SLOTS][SKW_ENDPOINT_SIZE] = { "", "" }, comm[17] = "", pid[32] = "";
	const struct skw_steer_server *s = &out->server;

	for (unsigned i = 0; i < SKW_STEER_SLOTS; i++)
		if (s->has[i])
			skw_address_endpoint(ends[i], s->family[i], s->addr[i], s->port[i], NULL);
	if (out->pid) {
		skw_foreign_comm(out->pid, comm);
		snprintf(pid, sizeof(pid), " (%s[%u])", comm, out->pid);
	}
	bool both = s->has[0] && s->has[1] && strcmp(ends[0], ends[1]) != 0;
	snprintf(out->text, sizeof(out->text), "%s%s%s%s", ends[s->has[0] ? 0 : 1],
		 both ? " and " : "", both ? ends[1] : "", pid);
}

static int check_all(const char *to, const struct skw_taken_list *list, struct skw_error *err)
{
	for (size_t i = 0; i < list->len; i++) {
		struct skw_error why = { 0 };

		if (skw_steer_socket_check(&list->all[i].is, &why))
			return skw_error_usage(err, "%s: %s", to, why.text);
		if (list->all[i].is.protocol != list->all[0].is.protocol)
			return skw_error_usage(err,
					       "%s: there are sockets of TCP and of UDP; name "
					       "one of them",
					       to);
	}
	return 0;
}

void skw_steer_sockets_close(struct skw_steer_sockets *s)
{
	for (unsigned i = 0; i < SKW_STEER_SLOTS; i++) {
		skw_cleanup_fd(&s->fds[i]);
		s->fds[i] = -1;
	}
}

int skw_steer_sockets_open(const char *to, bool udp, struct skw_steer_sockets *out,
			   struct skw_error *err)
{
	struct skw_taken_list list = { .len = 0 };

	*out = (struct skw_steer_sockets){ .fds = { -1, -1 } };
	int ret = strcmp(to, "listen-fds") == 0
			  ? take_inherited(&list, err)
			  : skw_taken_add(&list, to, udp ? IPPROTO_UDP : IPPROTO_TCP, err);
	if (!ret)
		ret = check_all(to, &list, err);
	if (!ret)
		ret = choose(&list, out, err);
	if (!ret) {
		out->pid = list.all[0].pid;
		skw_steer_server_note_process(&out->server, out->pid);
		describe(out);
	} else {
		skw_steer_sockets_close(out);
	}
	skw_taken_close(&list);
	return ret;
}

static int check_rule(const struct skw_steer_server *server, const struct skw_steer_rule *rule,
		      struct skw_error *err)
{
	char text[SKW_STEER_RULE_SIZE];

	skw_steer_rule_text(rule, text);
	for (unsigned slot = 0; slot < SKW_STEER_SLOTS; slot++) {
		bool v4 = slot == SKW_STEER_SLOT4;

		if (rule->family == (v4 ? AF_INET : AF_INET6) && !server->has[slot])
			return skw_error_usage(err, "%s: the server has no socket that takes %s",
					       text, v4 ? "IPv4" : "IPv6");
		if (server->proto != IPPROTO_UDP || server->same_port || !server->has[slot])
			continue;
		if (rule->first != server->port[slot] || rule->last != rule->first)
			return skw_error_usage(err,
					       "%s: the server would answer from its own port, %u, "
					       "which UDP clients do not accept; use "
					       "--udp-same-port if it answers from the port that "
					       "was asked",
					       text, server->port[slot]);
	}
	return 0;
}

int skw_steer_server_check(const struct skw_steer_server *server,
			   const struct skw_steer_rules *rules, struct skw_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < rules->len; i++)
		ret = check_rule(server, &rules->all[i], err);
	return ret;
}

static void warn_of_loopback(const struct skw_steer_server *server,
			     const struct skw_steer_rules *rules)
{
	char text[SKW_STEER_RULE_SIZE], end[SKW_ENDPOINT_SIZE];

	for (unsigned slot = 0; slot < SKW_STEER_SLOTS; slot++) {
		if (!server->has[slot] || !is_loopback(server->family[slot], server->addr[slot]))
			continue;
		for (size_t i = 0; i < rules->len; i++) {
			if (skw_steer_rule_is_loopback(&rules->all[i]))
				continue;
			skw_steer_rule_text(&rules->all[i], text);
			skw_address_endpoint(end, server->family[slot], server->addr[slot],
					     server->port[slot], NULL);
			skw_say("warning: the server listens on %s only, and other hosts reach it "
				"by %s",
				end, text);
			return;
		}
	}
}

static bool is_own(const struct skw_steer_server *server, const struct skw_waiting *it)
{
	for (unsigned i = 0; i < SKW_STEER_SLOTS; i++)
		if (server->has[i] && server->family[i] == it->family &&
		    server->port[i] == it->port && memcmp(server->addr[i], it->addr, 16) == 0)
			return true;
	return false;
}

static bool is_taken(const struct skw_steer_rules *rules, const struct skw_waiting *it)
{
	for (size_t i = 0; i < rules->len; i++)
		if (skw_steer_rule_takes(&rules->all[i], it->family, it->addr, it->port))
			return true;
	return false;
}

void skw_steer_server_warn(const struct skw_steer_server *server,
			   const struct skw_steer_rules *rules)
{
	SKW_AUTO_FREE struct skw_waiting *list = NULL;
	char end[SKW_ENDPOINT_SIZE];
	size_t n = 0, found = 0;

	if (server->proto == IPPROTO_UDP)
		skw_say("warning: as long as this lasts, FIONREAD may tell the server that no "
			"datagram waits");
	warn_of_loopback(server, rules);
	if (skw_waiting_read(0, server->proto, &list, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		if (is_own(server, &list[i]) || !is_taken(rules, &list[i]) || found++ >= NAMED_MAX)
			continue;
		skw_address_endpoint(end, list[i].family, list[i].addr, list[i].port, NULL);
		skw_say("warning: another socket listens on %s; it gets nothing of what is steered",
			end);
	}
	if (found > NAMED_MAX)
		skw_say("warning: so do %zu further sockets", found - NAMED_MAX);
}
