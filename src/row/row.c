// SPDX-License-Identifier: BSD-2-Clause
#include "row/row.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

void skw_row_blank(struct skw_row *row)
{
	/* All ones mean unknown in a figure of any width. The other fields are set below. */
	memset(row, 0xff, sizeof(*row));
	row->tuple = (struct skw_tuple){ .family = AF_INET, .proto = IPPROTO_TCP };
	row->netns_name = NULL;
	row->cgroup = NULL;
	row->owners = NULL;
	row->congestion = NULL;
	row->remote = NULL;
	row->owner_source = SKW_OWNER_UNKNOWN;
	row->state = SKW_STATE_CLOSED;
	row->direction = SKW_CONN_UNKNOWN;
	row->close_reason = SKW_CLOSE_UNKNOWN;
	row->flags = SKW_ROW_APP_UNKNOWN;
	row->rtt_hist = NULL;
	row->history = NULL;
	row->history_code = row->history_run = row->changed = row->recent = 0;
}

void skw_row_set_proto(struct skw_row *row, uint8_t proto)
{
	if (row->tuple.proto == proto)
		return;
	row->tuple.proto = proto;
	/* Both are in the same place. */
	row->history = NULL;
	row->history_code = row->history_run = 0;
}
