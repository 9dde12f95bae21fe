// SPDX-License-Identifier: BSD-2-Clause
#include "join/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/escape.h"
#include "util/hash.h"

/* A cgroup's path has no limit of its own, and a comment should stay short. */
#define CGROUP_BYTES 1024

void skw_join_names_free(struct skw_join_names *n)
{
	for (size_t i = 0; i < SKW_PACKET_OWNERS; i++)
		free(n->all[i].bytes);
}

/* A cgroup without a name yet will get one, and then the text is made again. */
static uint64_t cgroup_of(const struct skw_row *row)
{
	return row->cgroup ? row->cgroup_id : SKW_NONE64;
}

static bool is_same(const struct skw_join_name *name, const struct skw_owner *process,
		    uint64_t cgroup_id, uint32_t netns)
{
	return name->owner.id && name->owner.pid == process->pid && name->cgroup_id == cgroup_id &&
	       name->netns == netns && !strcmp(name->comm, process->comm);
}

/* An owner in the namespace of the packets has a netns of 0. */
static void add_place(struct skw_buf *text, const struct skw_row *row, uint32_t netns)
{
	char path[SKW_ESCAPED_BYTES(CGROUP_BYTES)];

	if (row->cgroup)
		skw_buf_printf(text, " %s", skw_escape(row->cgroup, path, sizeof(path)));
	if (netns && row->netns_name)
		skw_buf_printf(text, " netns %s", skw_escape(row->netns_name, path, sizeof(path)));
	else if (netns)
		skw_buf_printf(text, " netns %u", netns);
}

/* Makes the three texts, one behind the other. */
static bool make_texts(struct skw_join_name *name, const struct skw_owner *process,
		       const struct skw_row *row)
{
	char comm[SKW_ESCAPED_BYTES(SKW_COMM_LEN)];
	struct skw_buf text = SKW_BUF_INIT;

	skw_escape(process->comm, comm, sizeof(comm));
	skw_buf_add(&text, comm, strlen(comm) + 1);
	size_t named = text.len;
	skw_buf_printf(&text, "%s[%u]", comm, process->pid);
	skw_buf_add_char(&text, '\0');
	size_t all = text.len;
	skw_buf_printf(&text, "%s[%u]", comm, process->pid);
	add_place(&text, row, name->netns);
	skw_buf_add_char(&text, '\0');
	if (text.failed) {
		skw_buf_free(&text);
		return false;
	}
	free(name->bytes);
	name->bytes = (char *)text.data;
	name->owner.comm = name->bytes;
	name->owner.name = name->bytes + named;
	name->owner.text = name->bytes + all;
	return true;
}

static bool is_in_use(const struct skw_join_names *n, uint32_t place)
{
	return n->all[place].owner.id && n->all[place].run == n->run;
}

/*
 * The place of this owner: that of its hash or the one beside it, so that both ends of a packet
 * have room. *found: it is there already.
 */
static uint32_t place_of(const struct skw_join_names *n, const struct skw_owner *process,
			 uint64_t cgroup_id, uint32_t elsewhere, bool *found)
{
	uint64_t hash = skw_hash_word(0, process->pid ^ cgroup_id << 20 ^ elsewhere);
	uint32_t place = hash >> 32 & (SKW_PACKET_OWNERS - 1);

	*found = true;
	if (is_same(&n->all[place], process, cgroup_id, elsewhere))
		return place;
	if (is_same(&n->all[place ^ 1], process, cgroup_id, elsewhere))
		return place ^ 1;
	*found = false;
	return is_in_use(n, place) ? place ^ 1 : place;
}

const struct skw_packet_owner *
skw_join_names_of(struct skw_join_names *n, const struct skw_row *row, uint32_t netns, bool *full)
{
	const struct skw_owner *process = &row->owners->list[0];
	uint64_t cgroup_id = cgroup_of(row);
	uint32_t elsewhere = row->netns == netns ? 0 : row->netns;
	bool found;
	uint32_t place = place_of(n, process, cgroup_id, elsewhere, &found);
	struct skw_join_name *name = &n->all[place];

	*full = false;
	if (!found) {
		*full = is_in_use(n, place);
		if (*full)
			return NULL;
		name->netns = elsewhere;
		if (!make_texts(name, process, row)) {
			name->owner.id = 0;
			return NULL;
		}
		name->owner.id = ++n->last_id;
		name->owner.place = place;
		name->owner.pid = process->pid;
		memcpy(name->comm, process->comm, sizeof(name->comm));
		name->cgroup_id = cgroup_id;
	}
	name->run = n->run;
	return &name->owner;
}
