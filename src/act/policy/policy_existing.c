// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_existing.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/kill_words.h"
#include "keeper/privileges.h"
#include "kern/host/netns.h"
#include "row/address.h"
#include "row/row.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

/*
 * A dump can miss a socket while others come and go. The sockets that are meant become less, so it
 * is repeated until nothing is found.
 */
#define PASSES_MAX 5

int skw_policy_existing_check(struct skw_error *err)
{
	int ret = skw_privileges_missing(SKW_USE_NAMESPACES, err);

	if (ret)
		return ret;
	SKW_AUTO_FD int fd = skw_sock_diag_open();
	if (fd < 0)
		return skw_error_set(err, fd, "sock_diag: %s", strerror(-fd));
	ret = skw_sock_diag_check(fd, err);
	if (!ret && skw_sock_diag_can_end(fd))
		return skw_error_set(err, -EOPNOTSUPP,
				     "--kill-existing: this kernel can't end connections "
				     "(CONFIG_INET_DIAG_DESTROY is not set)");
	return ret;
}

/* Whether a pass before this one has ended it. */
static bool is_ended(const struct skw_policy_existing *e, uint64_t cookie)
{
	for (size_t i = 0; i < e->before; i++)
		if (e->ended.all[i].id.cookie == cookie)
			return true;
	return false;
}

static void note_failure(struct skw_policy_existing *e, int ret)
{
	e->failed++;
	if (!e->failed_error)
		e->failed_error = ret;
}

/* Returns whether it was ended. */
static bool end_one(struct skw_policy_existing *e, int fd, struct skw_policy_open *it)
{
	if (is_ended(e, it->id.cookie))
		return false;
	int ret = skw_policy_existing_make_sure(fd, it);
	if (ret == -EUCLEAN) {
		e->accepted++;
		return false;
	}
	/* It is noted first, so that an end without an event can't be. */
	it->ts_ns = skw_clock_monotonic_ns();
	if (!ret)
		ret = skw_policy_open_add(&e->ended, it);
	if (!ret && !e->dry_run) {
		ret = skw_sock_diag_end(fd, &it->id, &it->found);
		if (ret)
			e->ended.len--;
	}
	if (ret && ret != -ENOENT)
		note_failure(e, ret);
	return ret == 0;
}

static int open_diag(void *ctx)
{
	(void)ctx;
	return skw_sock_diag_open();
}

/* Returns how many were ended. */
static size_t end_inside(struct skw_policy_existing *e, const struct skw_netns *netns)
{
	struct skw_policy_found found = { 0 };
	SKW_AUTO_FD int fd = skw_netns_inside(netns, open_diag, NULL);
	size_t ended = 0;

	/* A namespace that has gone has no sockets. */
	if (fd == -ENOENT)
		return 0;
	int ret = fd < 0 ? fd : skw_policy_existing_find(fd, e->image, &e->members, &found);
	if (ret) {
		e->unseen++;
		if (!e->unseen_error)
			e->unseen_error = ret;
	}
	for (size_t i = 0; i < found.list.len; i++) {
		found.list.all[i].id.netns = netns->inode;
		ended += end_one(e, fd, &found.list.all[i]);
	}
	e->accepted += found.accepted;
	e->proxied += found.proxied;
	e->closing += found.closing;
	free(found.list.all);
	return ended;
}

/* The last pass counts the connections that are left. Returns how many were ended, or -errno. */
static ssize_t end_everywhere(struct skw_policy_existing *e)
{
	struct skw_netns_list list = { 0 };
	int ret = skw_netns_scan(&list);
	ssize_t ended = 0;

	if (ret)
		return ret;
	e->before = e->ended.len;
	e->accepted = e->proxied = e->closing = e->failed = e->unseen = 0;
	for (size_t i = 0; i < list.len; i++)
		ended += (ssize_t)end_inside(e, &list.all[i]);
	skw_netns_list_free(&list);
	return ended;
}

void skw_policy_existing_end(struct skw_policy_existing *e)
{
	size_t len = strlen(e->mount);
	bool inside = strncmp(e->cgroup, e->mount, len) == 0 &&
		      (e->cgroup[len] == '/' || !e->cgroup[len]);
	int ret = skw_policy_members_find(&e->members, e->image, e->cgroup,
					  inside ? e->cgroup + len : "");
	ssize_t ended = 1;

	if (ret)
		skw_say("--kill-existing: %s: some cgroups were not found: %s", e->cgroup,
			strerror(-ret));
	for (int i = 0; ended > 0 && i < (e->dry_run ? 1 : PASSES_MAX); i++)
		ended = end_everywhere(e);
	if (ended < 0)
		skw_say("--kill-existing: network namespaces: %s", strerror((int)-ended));
	e->image = NULL;
}

static void say_left(uint64_t n, const char *why)
{
	if (n)
		skw_say("left open: %" PRIu64 " %s", n, why);
}

void skw_policy_existing_say(const struct skw_policy_existing *e)
{
	skw_say("%zu connection%s that %s open and that rules deny %s", e->ended.len,
		e->ended.len == 1 ? "" : "s", e->ended.len == 1 ? "was" : "were",
		e->dry_run ? "would be ended" : "ended");
	say_left(e->accepted, "to such a destination that were accepted, or may have been");
	say_left(e->proxied, "to a proxy that a rule names");
	say_left(e->closing, "that no process holds any more, or not yet");
	if (e->failed)
		skw_say("left open: %" PRIu64 " that could not be ended: %s", e->failed,
			skw_kill_words_why(e->failed_error));
	if (e->unseen)
		skw_say("--kill-existing: %" PRIu64 " network namespaces could not be looked into: "
			"%s",
			e->unseen, strerror(-e->unseen_error));
}

void skw_policy_existing_print(const struct skw_policy_existing *e)
{
	for (size_t i = 0; i < e->ended.len; i++) {
		const struct skw_policy_open *it = &e->ended.all[i];
		const struct skw_tuple *t = &it->id.tuple;
		char local[SKW_ENDPOINT_SIZE], remote[SKW_ENDPOINT_SIZE];

		skw_address_endpoint(local, t->family, t->local_addr, t->local_port, NULL);
		skw_address_endpoint(remote, t->family, t->remote_addr, t->remote_port, NULL);
		printf("would end %s %s > %s, rule %u, cgroup %s, network namespace %u\n",
		       t->proto == IPPROTO_TCP ? "tcp" : "udp", local, remote, it->rule + 1U,
		       it->member->path, it->id.netns);
	}
	fflush(stdout);
}

static void set_row(struct skw_row *row, const struct skw_policy_open *it)
{
	skw_row_blank(row);
	row->tuple = it->id.tuple;
	row->cookie = it->id.cookie;
	row->netns = it->id.netns;
	row->cgroup_id = it->member->id;
	row->cgroup = it->member->path;
	row->uid = it->found.uid;
	row->inode = it->found.inode;
	row->state = it->found.state;
	row->direction = SKW_CONN_OUT;
}

int skw_policy_existing_tell(const struct skw_policy_existing *e, struct skw_act_tell *tell,
			     struct skw_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < e->ended.len; i++) {
		const struct skw_policy_open *it = &e->ended.all[i];
		const struct skw_act_fact facts[] = {
			{ .name = "call", .text = "connect" },
			{ .name = "protocol",
			  .text = it->id.tuple.proto == IPPROTO_TCP ? "tcp" : "udp" },
			{ .name = "rule", .number = it->rule + 1U },
		};
		struct skw_row row;
		const struct skw_act_event event = { .ts_ns = it->ts_ns,
						     .type = "end",
						     .row = &row,
						     .facts = facts,
						     .facts_len = SKW_ARRAY_SIZE(facts) };

		set_row(&row, it);
		ret = skw_act_tell(tell, &event, err);
	}
	return ret;
}

void skw_policy_existing_free(struct skw_policy_existing *e)
{
	free(e->ended.all);
	e->ended = (struct skw_policy_open_list){ 0 };
	skw_policy_members_free(&e->members);
}
