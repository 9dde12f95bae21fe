// SPDX-License-Identifier: BSD-2-Clause
#include "session/send/sending.h"

/* Lines are given to the sender in parts of this size, or smaller ones where a batch is. */
#define TEXT_BYTES 65536

void skw_sending_make(struct skw_sending *s, const struct skw_post_plan *plan, const char *what)
{
	*s = (struct skw_sending){ 0 };
	if (!plan->to)
		return;
	s->send.plan = plan;
	s->send.what = what;
	skw_send_begin(&s->send);
	s->to = (struct skw_lines_to){ .line = skw_send_line,
				       .take = skw_send_take,
				       .has_room = skw_send_has_room,
				       .wait = skw_send_wait,
				       .ctx = &s->send,
				       .most = plan->batch_bytes < TEXT_BYTES
						       ? (size_t)plan->batch_bytes
						       : TEXT_BYTES };
}

void skw_sending_free(struct skw_sending *s)
{
	skw_send_free(&s->send);
}

const struct skw_lines_to *skw_sending_to(const struct skw_sending *s)
{
	return s->send.plan ? &s->to : NULL;
}

const struct skw_sink *skw_sending_sink(struct skw_sending *s, struct skw_sink lines)
{
	s->sink = lines;
	if (!s->send.plan)
		return &s->sink;
	/* The tee closes its last sink first, so the sender gets the last lines. */
	skw_tee_add(&s->tee, skw_send_sink(&s->send));
	skw_tee_add(&s->tee, lines);
	s->sink = skw_tee_sink(&s->tee);
	return &s->sink;
}

size_t skw_sending_table(struct skw_sending *s, struct skw_keeper_table **tables, size_t len)
{
	if (!s->send.plan)
		return len;
	tables[len] = &s->send.connect.table;
	return len + 1;
}

void skw_sending_report(const struct skw_sending *s, bool final)
{
	if (s->send.plan)
		skw_send_report(&s->send, final);
}
