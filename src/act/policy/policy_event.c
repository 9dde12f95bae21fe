// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_event.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "act/owner.h"
#include "act/policy/policy_words.h"
#include "loop/loop.h"
#include "row/row.h"
#include "util/cleanup.h"
#include "util/mapped.h"

_Static_assert(SKW_POLICY_COMM_LEN == SKW_COMM_LEN, "the same name");

/* The path of a cgroup, or NULL. The keeper is asked once for each. */
static const char *name_of(struct skw_policy_names *names, const struct skw_policy_keeper *keeper,
			   struct skw_keeper *k, uint64_t id)
{
	size_t at = id % SKW_POLICY_CGROUPS;
	char path[PATH_MAX];

	if (names->name[at].id == id)
		return names->name[at].path;
	free(names->name[at].path);
	names->name[at].id = id;
	names->name[at].path = NULL;
	if (skw_policy_keeper_cgroup(keeper, k, id, path) == 0)
		names->name[at].path = strdup(path);
	return names->name[at].path;
}

void skw_policy_event_forget(struct skw_policy_names *names)
{
	for (size_t i = 0; i < SKW_POLICY_CGROUPS; i++)
		free(SKW_TAKE_PTR(names->name[i].path));
}

/* An address of IPv4 takes the first bytes. Returns its family. */
static uint8_t set_address(uint8_t to[16], const uint8_t from[16])
{
	bool is_ip4 = skw_mapped_is(from);

	memset(to, 0, 16);
	memcpy(to, is_ip4 ? from + 12 : from, is_ip4 ? 4 : 16);
	return is_ip4 ? AF_INET : AF_INET6;
}

static void set_tuple(struct skw_tuple *tuple, const struct skw_policy_event *event)
{
	*tuple = (struct skw_tuple){ .local_port = event->local_port,
				     .remote_port = event->remote_port,
				     .proto = event->protocol };
	if (event->what == SKW_POLICY_CREATE)
		tuple->family = event->family;
	else if (event->what == SKW_POLICY_BIND)
		tuple->family = set_address(tuple->local_addr, event->local_addr);
	else
		tuple->family = set_address(tuple->remote_addr, event->remote_addr);
}

static void set_row(struct skw_row *row, const struct skw_policy_event *event)
{
	bool out = event->what == SKW_POLICY_CONNECT || event->what == SKW_POLICY_SEND;
	bool is_message = event->what == SKW_POLICY_MESSAGE;

	skw_row_blank(row);
	set_tuple(&row->tuple, event);
	row->cookie = event->cookie;
	row->cgroup_id = event->cgroup_id;
	row->uid = event->uid;
	row->netns = event->netns;
	row->state = is_message ? SKW_STATE_ESTABLISHED : out ? SKW_STATE_CLOSED : SKW_STATE_UNCONN;
	row->direction = out ? SKW_CONN_OUT : SKW_CONN_UNKNOWN;
}

static const char *proto_word(uint32_t type, uint8_t protocol)
{
	if (type == SOCK_RAW)
		return "raw";
	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
		return "icmp";
	return protocol == IPPROTO_TCP ? "tcp" : protocol == IPPROTO_UDP ? "udp" : "other";
}

int skw_policy_event_tell(const void *record, size_t len, struct skw_policy_names *names,
			  const struct skw_policy_keeper *keeper, struct skw_act_tell *tell,
			  struct skw_error *err)
{
	struct skw_policy_event event;
	struct skw_row row;
	union skw_act_owner owner;
	char number[16];

	if (len < sizeof(event))
		return 0;
	memcpy(&event, record, sizeof(event));
	set_row(&row, &event);
	if (event.tgid) {
		skw_act_owner_set(&owner, &row, event.tgid, event.comm, sizeof(event.comm));
		row.owner_source = SKW_OWNER_CREATOR;
	}
	row.cgroup = name_of(names, keeper, skw_loop_keeper(tell->loop), event.cgroup_id);
	/* A line has no blank values. */
	uint64_t reloads = event.generation || tell->json ? event.generation : SKW_NONE64;
	const struct skw_act_fact facts[] = {
		{ .name = "call", .text = skw_policy_words_what(event.what) },
		{ .name = "protocol", .text = proto_word(event.type, event.protocol) },
		{ .name = "rule", .number = event.rule + 1U },
		{ .name = "reloads", .number = reloads },
		{ .name = "error", .text = skw_policy_words_error(event.error, number) },
	};
	const struct skw_act_event told = {
		.ts_ns = event.ts_ns,
		.type = skw_policy_words_verdict(event.verdict),
		.row = &row,
		.facts = facts,
		.facts_len = SKW_ARRAY_SIZE(facts) - (event.error == 0),
	};

	return skw_act_tell(tell, &told, err);
}
