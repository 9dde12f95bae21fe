// SPDX-License-Identifier: BSD-2-Clause
#include "act/bypass_event.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "abi/bypass.h"
#include "act/owner.h"
#include "row/row.h"
#include "util/cleanup.h"

static const char *const types[] = {
	[SKW_BYPASS_TAKEN] = "bypass",
	[SKW_BYPASS_LEFT] = "return",
	[SKW_BYPASS_CLOSED] = "close",
};

static const char *const reasons[] = {
	[SKW_BYPASS_STOPPED] = "skwatch has ended",
	[SKW_BYPASS_UNPAIRED] = "the other end was not taken over",
	[SKW_BYPASS_BUSY] = "TCP had bytes of this direction, or a reader that waited",
	[SKW_BYPASS_LOWAT] = "the other end has set SO_RCVLOWAT",
	[SKW_BYPASS_QUEUE] = "too much is unread at the other end",
	[SKW_BYPASS_ULP] = "the kernel encrypts or frames the data",
	[SKW_BYPASS_GONE] = "the other end has closed",
};
_Static_assert(SKW_ARRAY_SIZE(reasons) == SKW_BYPASS_REASONS, "each has words");

const char *skw_bypass_event_reason(unsigned reason)
{
	return reason < SKW_BYPASS_REASONS ? reasons[reason] : "unknown";
}

static void fill_row(struct skw_row *row, union skw_act_owner *sender,
		     const struct skw_bypass_rec *rec)
{
	skw_row_blank(row);
	memcpy(row->tuple.local_addr, rec->local_addr, sizeof(row->tuple.local_addr));
	memcpy(row->tuple.remote_addr, rec->remote_addr, sizeof(row->tuple.remote_addr));
	row->tuple.local_port = rec->local_port;
	row->tuple.remote_port = rec->remote_port;
	row->tuple.family = rec->family;
	row->ts_ns = rec->ts_ns;
	row->cookie = rec->cookie;
	row->cgroup_id = rec->cgroup_id;
	row->netns = rec->netns;
	row->uid = rec->uid;
	row->direction = rec->direction;
	row->state = rec->type == SKW_BYPASS_CLOSED ? SKW_STATE_CLOSED : SKW_STATE_ESTABLISHED;
	if (!rec->tgid)
		return;
	skw_act_owner_set(sender, row, rec->tgid, rec->comm, sizeof(rec->comm));
	row->owner_source = SKW_OWNER_HOLDER;
}

int skw_bypass_event_tell(struct skw_act_tell *tell, const void *record, size_t len,
			  struct skw_error *err)
{
	const struct skw_bypass_rec *rec = record;
	union skw_act_owner sender;
	struct skw_act_fact facts[3];
	struct skw_row row;
	size_t n = 0;

	if (len < sizeof(*rec) || rec->type >= SKW_ARRAY_SIZE(types))
		return skw_error_set(err, -EINVAL, "BPF: a record of bypass is damaged");
	fill_row(&row, &sender, rec);
	if (rec->type == SKW_BYPASS_LEFT)
		facts[n++] = (struct skw_act_fact){ .name = "reason",
						    .text = skw_bypass_event_reason(rec->reason) };
	if (rec->type != SKW_BYPASS_TAKEN) {
		facts[n++] = (struct skw_act_fact){ .name = "messages", .number = rec->messages };
		facts[n++] = (struct skw_act_fact){ .name = "bytes", .number = rec->bytes };
	}
	const struct skw_act_event event = { .ts_ns = rec->ts_ns,
					     .type = types[rec->type],
					     .row = &row,
					     .facts = facts,
					     .facts_len = n };
	return skw_act_tell(tell, &event, err);
}
