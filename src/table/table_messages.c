// SPDX-License-Identifier: BSD-2-Clause
/*
 * The other ends of rows (struct skw_remote): marks and interfaces, and requests and answers and
 * names as they were seen on the wire.
 */
#include "table/table.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "row/row.h"
#include "table/table_rows.h"
#include "table/table_state.h"

int skw_table_row_set_remote(struct skw_table *t, struct skw_entry *e,
			     const struct skw_remote *remote)
{
	struct skw_remote both = *remote;

	/* A mark of the other end tells no messages, no interface, and no name. */
	if (e->row.remote && !both.scope[0])
		memcpy(both.scope, e->row.remote->scope, sizeof(both.scope));
	if (e->row.remote && !both.talk)
		both.talk = e->row.remote->talk;
	if (e->row.remote && !both.name) {
		both.name = e->row.remote->name;
		both.name_source = e->row.remote->name_source;
	}
	e->row.remote = skw_remotes_put(&t->remotes, e->slot, &both);
	return e->row.remote ? 0 : -ENOMEM;
}

int skw_table_row_set_scope(struct skw_table *t, struct skw_entry *e, const char *scope)
{
	const char *before = skw_row_scope(&e->row);

	if (!*scope || (before && !strcmp(before, scope)))
		return 0;
	struct skw_remote both = skw_remotes_of(&e->row);

	memcpy(both.scope, scope, strlen(scope) + 1);
	return skw_table_row_set_remote(t, e, &both);
}

static struct skw_tuple turned(const struct skw_tuple *t)
{
	struct skw_tuple out = *t;

	memcpy(out.local_addr, t->remote_addr, sizeof(out.local_addr));
	memcpy(out.remote_addr, t->local_addr, sizeof(out.remote_addr));
	out.local_port = t->remote_port;
	out.remote_port = t->local_port;
	return out;
}

/* Without memory, the row has no messages. */
static void set_talk(struct skw_table *t, struct skw_entry *e, const struct skw_row_talk *talk)
{
	struct skw_remote both = skw_remotes_of(&e->row);

	if (both.talk == talk)
		return;
	both.talk = talk;
	e->row.remote = skw_remotes_put(&t->remotes, e->slot, &both);
}

/* A server of UDP has one socket for all its clients. A listener of TCP has no messages. */
static void count(struct skw_table *t, uint32_t netns, const struct skw_message *m, bool serves)
{
	const struct skw_tuple tuple = serves ? turned(&m->tuple) : m->tuple;
	const struct skw_row *row = skw_table_socket(
		t, netns, &tuple, tuple.proto == IPPROTO_UDP ? SKW_TABLE_BOUND : SKW_TABLE_TOLD);
	struct skw_entry *e;
	struct skw_row_talk *talk;

	if (!row || row->state == SKW_STATE_LISTEN || row->cookie == SKW_NONE64)
		return;
	e = skw_slots_find_cookie(&t->slots, row->cookie);
	talk = e ? skw_talks_open(&t->talks, e->slot, row->cookie) : NULL;
	if (!talk)
		return;
	skw_talks_count(talk, m, serves, row->min_rtt_us);
	set_talk(t, e, talk);
}

void skw_table_message(struct skw_table *t, uint32_t netns, const struct skw_message *m,
		       bool client_is_here, bool server_is_here)
{
	if (client_is_here)
		count(t, netns, m, false);
	if (server_is_here)
		count(t, netns, m, true);
}

uint64_t skw_table_messages_left_out(const struct skw_table *t)
{
	return t->talks.left_out;
}

void skw_table_forget_messages(struct skw_table *t)
{
	for (uint32_t slot = 0; slot < t->slots.end; slot++)
		if (skw_slots_at(&t->slots, slot)->used)
			set_talk(t, skw_slots_at(&t->slots, slot), NULL);
	skw_talks_free(&t->talks);
}

static void set_name(struct skw_table *t, struct skw_entry *e, const char *name, const char *source)
{
	struct skw_remote both = skw_remotes_of(&e->row);

	if (name ? both.name && !strcmp(both.name, name) && both.name_source == source : !both.name)
		return;
	both.name = name;
	both.name_source = name ? source : NULL;
	e->row.remote = skw_remotes_put(&t->remotes, e->slot, &both);
}

void skw_table_name_remotes(struct skw_table *t, uint64_t since_ns, skw_table_namer name, void *ctx)
{
	for (uint32_t slot = 0; slot < t->slots.end; slot++) {
		struct skw_entry *e = skw_slots_at(&t->slots, slot);
		const char *source = NULL, *found = NULL;

		if (!e->used ||
		    (name && (!e->row.tuple.remote_port ||
			      (e->row.tuple.proto == IPPROTO_TCP && e->row.opened_ns < since_ns))))
			continue;
		if (name)
			found = name(ctx, &e->row, &source);
		if (found || !name)
			set_name(t, e, found, source);
	}
}
