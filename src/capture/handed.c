// SPDX-License-Identifier: BSD-2-Clause
/* A capture of a tap that the keeper has opened after the split. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "capture/state.h"
#include "verbs/pick.h"

static int start(struct skw_capture *c, struct skw_loop *loop, struct skw_error *err)
{
	int ret = skw_capture_begin(c, loop, err);

	/* The keeper knows all interfaces. This process asks for each that netlink lists. */
	if (!ret)
		ret = skw_iface_watch_list(c->any.watch_fd);
	if (!ret)
		ret = skw_any_news(&c->any);
	if (ret)
		return skw_error_set(err, ret, "interfaces: %s", strerror(-ret));
	return skw_capture_start(c, err);
}

static int fill(struct skw_capture *c, const struct skw_verbs_pick *verbs,
		const struct skw_picked *picked, int fds[], struct skw_error *err)
{
	c->verbs.table.first = verbs->capture.table.first;
	c->any = (struct skw_any){ .plan = c->plan,
				   .ifaces = &c->ifaces,
				   .verbs = &c->verbs,
				   .watch_fd = fds[SKW_PICKED_NEWS] };
	c->slots = picked->shape.slots;
	int ret = skw_tap_adopt(&picked->shape, fds + SKW_PICKED_COUNTERS, &c->tap, err);

	if (!ret && skw_capture_make_buffers(c))
		ret = skw_error_set(err, -ENOMEM, "out of memory");
	return ret;
}

int skw_capture_handed(const struct skw_capture_plan *plan, const struct skw_verbs_pick *verbs,
		       const struct skw_picked *picked, int fds[], struct skw_loop *loop,
		       struct skw_capture **out, struct skw_error *err)
{
	struct skw_capture *c = NULL;

	if (skw_capture_new(plan, &c)) {
		for (unsigned i = SKW_PICKED_NEWS; i < SKW_PICKED_RINGS + picked->shape.rings; i++)
			close(fds[i]);
		return skw_error_set(err, -ENOMEM, "out of memory");
	}
	int ret = fill(c, verbs, picked, fds, err);

	if (!ret)
		ret = start(c, loop, err);
	if (ret)
		skw_capture_free(c);
	else
		*out = c;
	return ret;
}
