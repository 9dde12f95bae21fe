// SPDX-License-Identifier: BSD-2-Clause
#include "act/steer/steer_repair.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "act/steer/steer_server.h"
#include "kern/host/netns.h"
#include "kern/host/waiting.h"
#include "util/cleanup.h"

struct repair {
	const struct skw_lookup *l;
	struct skw_steer_server server;
	struct skw_waiting *list; /* owned */
	size_t n;
	struct skw_steer_seen *seen; /* NULL: none */
	struct skw_steer_repaired *out;
	struct skw_error *err;
};

void skw_steer_seen_free(struct skw_steer_seen *seen)
{
	free(seen->inodes);
	*seen = (struct skw_steer_seen){ 0 };
}

static bool is_seen(const struct repair *r, uint32_t inode)
{
	for (size_t i = 0; r->seen && i < r->seen->len; i++)
		if (r->seen->inodes[i] == inode)
			return true;
	return false;
}

/*
 * The listeners of this look take the place of those of the last one. Once the server is found, all
 * are looked at again: another one of its sockets may have to take over later.
 */
static void see(const struct repair *r)
{
	struct skw_steer_seen *seen = r->seen;

	if (!seen)
		return;
	if (r->out->mended) {
		seen->len = 0;
		return;
	}
	if (seen->size < r->n) {
		uint32_t *inodes = reallocarray(seen->inodes, r->n, sizeof(*inodes));

		/* Then the next look takes longer. */
		if (!inodes)
			return;
		seen->inodes = inodes;
		seen->size = r->n;
	}
	for (size_t i = 0; i < r->n; i++)
		seen->inodes[i] = r->list[i].inode;
	seen->len = r->n;
}

/* Whether a process seems to be the restarted server. Older ones have ports of their own. */
static bool is_restarted(void *ctx, uint32_t pid)
{
	const struct skw_steer_server *server = ctx;
	char cgroup[sizeof(server->cgroup)], comm[17];

	skw_foreign_cgroup(pid, cgroup, sizeof(cgroup));
	skw_foreign_comm(pid, comm);
	return server->cgroup[0] && strcmp(cgroup, server->cgroup) == 0 &&
	       strcmp(comm, server->comm) == 0 && skw_foreign_started_ns(pid) > server->since_ns;
}

/* Copies the socket of a listener and checks it. Returns a descriptor, or -errno. */
static int take(struct repair *r, unsigned slot, const struct skw_waiting *it,
		struct skw_foreign_socket *is, uint32_t *pid, bool by_port)
{
	int number;

	if (it->family != r->server.family[slot] || it->uid != r->server.uid ||
	    is_seen(r, it->inode))
		return -ENOENT;
	int ret = skw_foreign_find(it->inode, by_port ? NULL : is_restarted, &r->server, pid,
				   &number);
	if (ret)
		return ret;
	SKW_AUTO_FD int fd = skw_foreign_get(*pid, number, NULL);
	if (fd < 0)
		return fd;
	/* A number may be used again between two looks. */
	if (skw_foreign_describe(fd, is) || is->inode != it->inode || is->uid != r->server.uid ||
	    skw_steer_socket_check(is, NULL) || !skw_steer_server_fits(slot, is))
		return -ENOENT;
	return SKW_TAKE_FD(fd);
}

static int put(struct repair *r, unsigned slot, int fd, const struct skw_foreign_socket *is,
	       uint32_t pid)
{
	int ret = skw_lookup_put(r->l, slot, fd);

	if (ret)
		return skw_error_set(r->err, ret, "registering the socket of process %u: %s", pid,
				     strerror(-ret));
	skw_steer_server_note(&r->server, slot, is);
	r->out->mended++;
	r->out->pid = pid;
	return 0;
}

/* How well a listener is the one of before: 2 the same address and port, 1 the same port. */
static unsigned likeness(const struct repair *r, unsigned slot, const struct skw_waiting *it)
{
	if (it->family != r->server.family[slot] || it->port != r->server.port[slot])
		return 0;
	return memcmp(it->addr, r->server.addr[slot], sizeof(it->addr)) == 0 ? 2 : 1;
}

static int by_port(struct repair *r, unsigned slot)
{
	struct skw_foreign_socket is;
	uint32_t pid;

	for (unsigned like = 2; like; like--)
		for (size_t i = 0; i < r->n; i++) {
			if (likeness(r, slot, &r->list[i]) != like)
				continue;
			SKW_AUTO_FD int fd = take(r, slot, &r->list[i], &is, &pid, true);

			if (fd >= 0)
				return put(r, slot, fd, &is, pid);
		}
	return -ENOENT;
}

/* The server may have another port now. Two candidates are one too many. */
static int by_cgroup(struct repair *r, unsigned slot)
{
	SKW_AUTO_FD int fd = -1;
	struct skw_foreign_socket found = { 0 };
	uint32_t pid = 0;

	for (size_t i = 0; i < r->n; i++) {
		struct skw_foreign_socket is;
		uint32_t other;
		SKW_AUTO_FD int it = take(r, slot, &r->list[i], &is, &other, false);

		if (it < 0)
			continue;
		if (fd >= 0)
			return -ENOENT;
		fd = SKW_TAKE_FD(it);
		found = is;
		pid = other;
	}
	return fd < 0 ? -ENOENT : put(r, slot, fd, &found, pid);
}

static int fill(struct repair *r, unsigned slot)
{
	int ret = by_port(r, slot);

	if (ret == -ENOENT)
		ret = by_cgroup(r, slot);
	return ret;
}

/* Runs in the namespace of the steering. */
static int fill_slots(void *ctx)
{
	struct repair *r = ctx;
	int ret = skw_waiting_read(0, r->server.proto, &r->list, &r->n);

	if (ret)
		return skw_error_set(r->err, ret, "the list of listeners: %s", strerror(-ret));
	for (unsigned slot = 0; !ret && slot < SKW_STEER_SLOTS; slot++) {
		if (!r->server.has[slot] || skw_lookup_has(r->l, slot))
			continue;
		ret = fill(r, slot);
		r->out->empty += ret == -ENOENT;
		r->out->family = r->server.family[slot];
		r->out->port = r->server.port[slot];
		memcpy(r->out->addr, r->server.addr[slot], sizeof(r->out->addr));
		ret = ret == -ENOENT ? 0 : ret;
	}
	see(r);
	free(r->list);
	/* Both slots are filled with the sockets of the same restart, so the time is noted last. */
	if (r->out->mended)
		skw_steer_server_note_process(&r->server, r->out->pid);
	return !ret && r->out->mended ? skw_lookup_set_server(r->l, &r->server) : ret;
}

static int fill_inside(struct repair *r, uint32_t netns)
{
	struct skw_netns_list list = { 0 };
	int ret = skw_netns_scan(&list);
	size_t i = 0;

	while (!ret && i < list.len && list.all[i].inode != netns)
		i++;
	if (!ret && i == list.len)
		ret = skw_error_set(r->err, -ENOENT, "its network namespace has gone");
	if (!ret)
		ret = skw_netns_inside(&list.all[i], fill_slots, r);
	skw_netns_list_free(&list);
	return ret;
}

int skw_steer_repair(const struct skw_lookup *l, uint32_t netns, struct skw_steer_seen *seen,
		     struct skw_steer_repaired *out, struct skw_error *err)
{
	struct repair r = { .l = l, .seen = seen, .out = out, .err = err };
	bool lacks = false;
	int ret = skw_lookup_server(l, &r.server);

	*out = (struct skw_steer_repaired){ 0 };
	for (unsigned slot = 0; !ret && slot < SKW_STEER_SLOTS; slot++)
		lacks |= r.server.has[slot] && !skw_lookup_has(l, slot);
	if (ret || !lacks)
		return ret;
	return netns == skw_foreign_netns(0) ? fill_slots(&r) : fill_inside(&r, netns);
}
