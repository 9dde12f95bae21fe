// SPDX-License-Identifier: BSD-2-Clause
#include "capture/capture.h"

#include <errno.h>
#include <stdlib.h>

#include "capture/by_owner.h"
#include "capture/state.h"
#include "util/cleanup.h"

int skw_capture_new(const struct skw_capture_plan *plan, struct skw_capture **out)
{
	struct skw_capture *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->plan = plan;
	c->use_any = plan->ifaces_len == 0;
	c->recooked = c->use_any && plan->dlt >= 0;
	c->watch_fd = c->any.watch_fd = -1;
	c->kind = (struct skw_packet_kind){ .dlt = -1,
					    .snaplen = plan->snaplen,
					    .any = c->use_any,
					    .several = c->use_any || plan->ifaces_len > 1 };
	*out = c;
	return 0;
}

void skw_capture_free(struct skw_capture *c)
{
	if (!c)
		return;
	skw_any_free(&c->any);
	for (size_t i = 0; c->compiled && i < c->plan->ifaces_len; i++)
		skw_compiled_free(&c->compiled[i]);
	free(c->compiled);
	skw_verbs_capture_settle(&c->verbs);
	skw_chosen_close(c->chosen);
	skw_tap_free(c->tap);
	skw_capture_ifaces_free(&c->ifaces);
	skw_cleanup_fd(&c->watch_fd);
	free(c->drops);
	free(c->cooked);
	free(c);
}

const struct skw_packet_kind *skw_capture_kind(const struct skw_capture *c)
{
	return &c->kind;
}

const struct skw_iface *skw_capture_iface(void *capture, uint32_t place)
{
	const struct skw_capture *c = capture;
	/* A host may have thousands of interfaces, and most of them never get a packet. */
	size_t n = c->use_any && c->ifaces.len ? 1 : c->ifaces.len;

	return place < n ? &c->ifaces.all[place]->iface : NULL;
}

static struct skw_keeper_table *verbs(void *capture)
{
	return &((struct skw_capture *)capture)->verbs.table;
}

int skw_capture_begin(void *capture, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_capture *c = capture;

	(void)err;
	c->loop = loop;
	c->clock = skw_loop_clock(loop);
	c->any.keeper = skw_loop_keeper(loop);
	return 0;
}

static void quiesce(void *capture)
{
	struct skw_capture *c = capture;

	/* A keeper that has died has no sockets open either. */
	skw_verbs_capture_stop(&c->verbs, skw_loop_keeper(c->loop));
}

static const struct skw_source_ops ops = {
	.prepare = skw_capture_prepare,
	.verbs = verbs,
	.begin = skw_capture_begin,
	.start = skw_capture_start,
	.look = skw_capture_look,
	.peek = skw_capture_peek,
	.take = skw_capture_take,
	.step = skw_capture_step,
	.rest = skw_capture_rest,
	.quiesce = quiesce,
	.end = skw_by_owner_end,
};

struct skw_source skw_capture_source(struct skw_capture *c)
{
	return (struct skw_source){ &ops, c };
}
