// SPDX-License-Identifier: BSD-2-Clause
#include "capture/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/state.h"
#include "util/cleanup.h"
#include "util/say.h"

int skw_capture_new(const struct skw_capture_plan *plan, struct skw_capture **out)
{
	struct skw_capture *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->plan = plan;
	c->use_any = plan->ifaces_len == 0;
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

static struct skw_keeper_table *verbs(void *capture)
{
	return &((struct skw_capture *)capture)->filters.table;
}

/* Reading counters requires CAP_BPF on kernels before 5.19. */
static int probe(void *capture)
{
	struct skw_iface_stats stats;

	return skw_tap_stats(((struct skw_capture *)capture)->tap, 0, &stats);
}

static int begin(void *capture, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_capture *c = capture;

	(void)err;
	c->loop = loop;
	c->clock = skw_loop_clock(loop);
	c->any.keeper = skw_loop_keeper(loop);
	return 0;
}

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
	int place = gone ? skw_capture_ifaces_find(&c->ifaces, info->ifindex) : -1;

	if (place >= 0)
		iface_gone(c->ifaces.all[place]);
}

/* A socket reports that its interface goes down, but not that the interface is deleted. */
static int read_named_news(struct skw_capture *c)
{
	struct skw_iface_info now;
	int ret = skw_iface_watch_read(c->watch_fd, on_named_news, c);

	if (ret != -ENOBUFS)
		return ret;
	/* Netlink messages were lost, so ask for each interface. */
	for (size_t i = 0; i < c->ifaces.len; i++)
		if (skw_iface_by_index(c->ifaces.all[i]->info.ifindex, &now) == -ENODEV)
			iface_gone(c->ifaces.all[i]);
	return 0;
}

/*
 * Netlink is read only here, after the earlier packets were passed on, because those packets belong
 * to the interfaces as they were before.
 */
static int step(void *capture, struct skw_error *err)
{
	struct skw_capture *c = capture;

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

int skw_capture_on_sockets(void *capture, struct skw_error *err)
{
	struct skw_capture *c = capture;

	(void)err;
	for (size_t i = 0; i < skw_tap_sockets_len(c->tap); i++) {
		int error = skw_tap_socket_error(c->tap, i);

		if (!error || c->use_any || c->ifaces.all[i]->gone)
			continue;
		skw_say("%s: %s; the capture goes on when it is up again",
			c->ifaces.all[i]->info.name, strerror(error));
	}
	return 0;
}

static void quiesce(void *capture)
{
	skw_tap_close_sockets(((struct skw_capture *)capture)->tap);
}

static const struct skw_source_ops ops = {
	.prepare = skw_capture_prepare,
	.verbs = verbs,
	.probe = probe,
	.begin = begin,
	.start = skw_capture_start,
	.look = skw_capture_look,
	.peek = skw_capture_peek,
	.take = skw_capture_take,
	.step = step,
	.rest = skw_capture_rest,
	.quiesce = quiesce,
};

struct skw_source skw_capture_source(struct skw_capture *c)
{
	return (struct skw_source){ &ops, c };
}
