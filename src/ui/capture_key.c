// SPDX-License-Identifier: BSD-2-Clause
#include "ui/capture_key.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "ui/draw/numbers.h"

static void set_comm(struct skw_pick *pick, const char *comm, size_t len)
{
	if (len >= sizeof(pick->comm))
		len = sizeof(pick->comm) - 1;
	memcpy(pick->comm, comm, len);
}

/* Where nothing tells which end is the service, its port is the lower one. */
static uint16_t port_of_service(const struct skw_row *row)
{
	uint16_t local = row->tuple.local_port, remote = row->tuple.remote_port;

	if (row->direction == SKW_CONN_OUT)
		return remote;
	return row->direction == SKW_CONN_IN || !remote || local < remote ? local : remote;
}

static void pick_row(const struct skw_row *row, struct skw_pick *pick)
{
	*pick = (struct skw_pick){ .kind = SKW_PICK_SOCKET,
				   .tuple = row->tuple,
				   .cookie = row->cookie,
				   .netns = row->netns,
				   .port = port_of_service(row) };
	if (row->owners)
		set_comm(pick, row->owners->list[0].comm, strlen(row->owners->list[0].comm));
}

/* An address of a link has its interface behind it. */
static bool pick_remote(const struct skw_group_row *g, struct skw_pick *pick)
{
	char text[INET6_ADDRSTRLEN];
	struct skw_tuple *t = &pick->tuple;

	pick->kind = SKW_PICK_REMOTE;
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(g->name, "%"), g->name);
	t->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(t->family, text, t->remote_addr) == 1;
}

/* The rows of a group have the path of its cgroup from the table. */
static bool pick_cgroup(const struct skw_screen *s, const struct skw_group_row *g,
			struct skw_pick *pick)
{
	const struct skw_row *row;
	size_t at = 0;

	pick->kind = SKW_PICK_CGROUP;
	while (g->cgroup && (row = skw_table_next(s->table, &at))) {
		if (!row->cgroup || strcmp(row->cgroup, g->cgroup) != 0)
			continue;
		pick->cgroup_id = row->cgroup_id;
		return row->cgroup_id != SKW_NONE64;
	}
	return false;
}

/* Returns false if the packets of this group can't be told from others. */
static bool pick_group(const struct skw_screen *s, const struct skw_group_row *g,
		       struct skw_pick *pick)
{
	*pick = (struct skw_pick){ 0 };
	if (!g->known)
		return false;
	switch (s->settings.group) {
	case SKW_GROUP_PROCESS:
		pick->kind = SKW_PICK_COMM;
		set_comm(pick, g->name, strlen(g->name));
		return true;
	case SKW_GROUP_PID:
		pick->kind = SKW_PICK_PID;
		pick->pid = (uint32_t)g->number;
		set_comm(pick, g->name, strcspn(g->name, "["));
		return true;
	case SKW_GROUP_REMOTE:
		return pick_remote(g, pick);
	case SKW_GROUP_PORT:
		pick->kind = SKW_PICK_PORT;
		pick->port = (uint16_t)g->number;
		return true;
	case SKW_GROUP_CGROUP:
		return pick_cgroup(s, g, pick);
	default:
		return false;
	}
}

static bool pick_selected(struct skw_screen *s, struct skw_pick *pick)
{
	bool groups = s->pane == SKW_PANE_LIST && s->settings.group;
	size_t len = groups ? skw_view_groups_len(s->view) : skw_view_len(s->view);
	const struct skw_row *row = NULL;

	if (s->pane == SKW_PANE_LIST && s->list.at >= len)
		return false;
	if (groups) {
		if (pick_group(s, skw_view_group(s->view, s->list.at), pick))
			return true;
		snprintf(s->message, sizeof(s->message),
			 "This group can't be captured: group by process, pid, remote, port or "
			 "cgroup (F5).");
		return false;
	}
	if (s->table && s->pane == SKW_PANE_DETAIL)
		row = skw_table_find(s->table, s->detail);
	else if (s->pane == SKW_PANE_LIST)
		row = skw_view_row(s->view, s->list.at);
	if (!row || row->closed_ns != SKW_NONE64) {
		snprintf(s->message, sizeof(s->message), "This connection is closed.");
		return false;
	}
	pick_row(row, pick);
	return true;
}

void skw_capture_key_run(struct skw_screen *s)
{
	if (s->captured && s->captured->runs)
		s->ends_capture = true;
	else if (s->recorded)
		snprintf(s->message, sizeof(s->message),
			 "Nothing can be captured: these connections were recorded.");
	else if (!s->captured)
		snprintf(s->message, sizeof(s->message), "Nothing can be captured here.");
	else
		s->begins_capture = pick_selected(s, &s->pick);
}

bool skw_capture_key_line(const struct skw_screen *s, char out[SKW_CAPTURE_KEY_LINE])
{
	const struct skw_pick_status *c = s->captured;
	char packets[SKW_NUMBERS_SIZE], bytes[SKW_NUMBERS_SIZE], dropped[SKW_NUMBERS_SIZE];

	if (!c || !c->file)
		return false;
	snprintf(out, SKW_CAPTURE_KEY_LINE, "%s %s   %s packet%s   %s   %s dropped%s",
		 c->runs ? "capturing" : "captured", c->file,
		 skw_numbers_grouped(packets, c->packets), c->packets == 1 ? "" : "s",
		 skw_numbers_bytes(bytes, c->bytes), skw_numbers_grouped(dropped, c->dropped),
		 c->runs ? "   c stops" : "");
	return true;
}

void skw_capture_key_tail(struct skw_screen *s, struct skw_page *p)
{
	const struct skw_pick_status *c = s->captured;

	if (!c || !c->file || !c->cookie || c->cookie != s->detail)
		return;
	skw_page_line(p, SKW_STYLE_STRONG, c->runs ? " packets (live)" : " packets (the last)");
	for (size_t i = 0; i < c->tail_len; i++)
		skw_page_line(p, SKW_STYLE_PLAIN, c->tail[i]);
}
