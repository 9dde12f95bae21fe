// SPDX-License-Identifier: BSD-2-Clause
#include "flow/end_socket.h"

#include <stdio.h>

void skw_end_socket_init(struct skw_end_socket *s)
{
	*s = (struct skw_end_socket){ .srtt_us = SKW_NONE32,
				      .min_rtt_us = SKW_NONE32,
				      .retrans_segs = SKW_NONE32,
				      .rto_count = SKW_NONE32,
				      .pid = SKW_NONE32 };
}

/* Forgets the figures, and an owner that rows have told. */
static void forget(struct skw_end_socket *s)
{
	const struct skw_end_socket was = *s;

	skw_end_socket_init(s);
	if (!was.by_packet)
		return;
	s->by_packet = true;
	s->pid = was.pid;
	snprintf(s->comm, sizeof(s->comm), "%s", was.comm);
}

/* Whether the row is that of this end's socket. It forgets a socket that this one has followed. */
static bool is_ours(struct skw_end_socket *s, const struct skw_row *row)
{
	if (s->ambiguous)
		return false;
	if (s->cookie && s->cookie != row->cookie) {
		bool elsewhere = s->netns != row->netns;

		if (!elsewhere && row->opened_ns < s->opened_ns)
			return false;
		forget(s);
		s->ambiguous = elsewhere;
	}
	s->cookie = row->cookie;
	s->opened_ns = row->opened_ns;
	s->netns = row->netns;
	return !s->ambiguous;
}

/* A connection that one of several processes has accepted is owned by that one alone. */
static bool is_certain(const struct skw_row *row)
{
	return row->owners && (row->owner_source != SKW_OWNER_LISTENER || row->owners->len == 1);
}

static void set(uint32_t *to, uint32_t value)
{
	if (value != SKW_NONE32)
		*to = value;
}

void skw_end_socket_tell(struct skw_end_socket *s, const struct skw_row *row)
{
	if (!is_ours(s, row))
		return;
	set(&s->srtt_us, row->srtt_us);
	set(&s->min_rtt_us, row->min_rtt_us);
	set(&s->retrans_segs, row->retrans_segs);
	set(&s->rto_count, row->rto_count);
	if (!is_certain(row))
		return;
	s->by_packet = false;
	s->pid = row->owners->list[0].pid;
	snprintf(s->comm, sizeof(s->comm), "%s", row->owners->list[0].comm);
}

void skw_end_socket_own(struct skw_end_socket *s, const struct skw_packet_owner *owner)
{
	if (s->pid == owner->pid || (s->pid != SKW_NONE32 && !s->by_packet))
		return;
	s->by_packet = true;
	s->pid = owner->pid;
	snprintf(s->comm, sizeof(s->comm), "%s", owner->comm ? owner->comm : "");
}
