// SPDX-License-Identifier: BSD-2-Clause
/* News of interfaces while a capture runs. */
#include "capture/by_owner.h"
#include "capture/state.h"

#include <errno.h>
#include <string.h>

#include "util/say.h"

static void iface_gone(struct skw_capture_iface *iface)
{
	if (iface->gone)
		return;
	iface->gone = true;
	skw_say("%s: the interface has gone", iface->info.name);
}

/* Ends the capture when all named interfaces have gone. */
static int check_any_left(struct skw_capture *c, struct skw_error *err)
{
	for (size_t i = 0; i < c->ifaces.len; i++)
		if (!c->ifaces.all[i]->gone)
			return 0;
	return skw_loop_fail(c->loop, skw_error_set(err, -ENODEV,
						    "no interface is left to capture on; what was "
						    "captured can be read"));
}

static void on_named_news(void *ctx, const struct skw_iface_info *info, bool gone)
{
	struct skw_capture *c = ctx;
	int place = skw_capture_ifaces_find(&c->ifaces, info->ifindex);
	struct skw_capture_iface *iface = place >= 0 ? c->ifaces.all[place] : NULL;

	if (!iface || iface->gone)
		return;
	if (gone) {
		iface_gone(iface);
		return;
	}
	if ((iface->info.flags & IFF_UP) && !(info->flags & IFF_UP))
		skw_say("%s: %s; the capture goes on when it is up again", iface->info.name,
			strerror(ENETDOWN));
	iface->info.flags = info->flags;
}

static int read_named_news(struct skw_capture *c)
{
	int ret = skw_iface_watch_read(c->watch_fd, on_named_news, c);

	if (ret != -ENOBUFS)
		return ret;
	/* Netlink messages were lost, so ask for each interface. */
	for (size_t i = 0; i < c->ifaces.len; i++)
		if (skw_verbs_capture_forget(&c->verbs, skw_loop_keeper(c->loop),
					     c->ifaces.all[i]->info.ifindex) == 0)
			iface_gone(c->ifaces.all[i]);
	return skw_iface_watch_list(c->watch_fd);
}

/*
 * Netlink is read here, after the earlier packets were passed on, because those packets belong
 * to the interfaces as they were before.
 */
int skw_capture_step(void *capture, struct skw_error *err)
{
	struct skw_capture *c = capture;

	skw_by_owner_step(c);
	if (!c->news)
		return 0;
	c->news = false;
	/* An index may belong to another interface now. */
	c->last_ifindex = 0;
	int ret = c->use_any ? skw_any_news(&c->any) : read_named_news(c);
	if (ret)
		return skw_loop_fail(c->loop,
				     skw_error_set(err, ret, "netlink: %s", strerror(-ret)));
	return c->use_any ? 0 : check_any_left(c, err);
}

int skw_capture_on_news(void *capture, struct skw_error *err)
{
	(void)err;
	((struct skw_capture *)capture)->news = true;
	return 0;
}
