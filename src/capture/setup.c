// SPDX-License-Identifier: BSD-2-Clause
#include "capture/by_owner.h"
#include "capture/state.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "keeper/privileges.h"
#include "kern/libbpf.h"
#include "pcap/linktype.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/limits.h"
#include "util/say.h"

/*
 * More than a capture opens beside its rings and interfaces: programs, maps, timers, files, and the
 * keeper.
 */
#define DESCRIPTORS 64
/* The most rings unless the user asks for more. */
#define RINGS 16

static int load_tap(struct skw_capture *c, struct skw_error *err)
{
	struct skw_tap_options opt = { .ring_bytes = c->plan->ring_bytes,
				       .rings = c->plan->rings,
				       .slots = c->slots };

	int ret = skw_tap_load(&opt, &c->tap, err);
	return ret ? ret : skw_by_owner_prepare(c, err);
}

/* Prepares one socket with its own filter program for each named interface. */
static int set_up_named(struct skw_capture *c, struct skw_error *err)
{
	const struct skw_capture_plan *plan = c->plan;
	int ret = 0;

	c->watch_fd = skw_iface_watch();
	if (c->watch_fd < 0)
		return skw_error_set(err, c->watch_fd, "netlink: %s", strerror(-c->watch_fd));
	c->slots = skw_packet_slots((__u32)plan->ifaces_len, skw_libbpf_cpus());
	c->compiled = calloc(plan->ifaces_len, sizeof(*c->compiled));
	if (!c->compiled)
		return skw_error_set(err, -ENOMEM, "out of memory");
	for (size_t i = 0; !ret && i < plan->ifaces_len; i++) {
		struct skw_compiled *made = &c->compiled[i];
		struct skw_iface_info info;

		ret = skw_iface_by_name(plan->ifaces[i], &info, err);
		int same = ret ? -1 : skw_capture_ifaces_find(&c->ifaces, info.ifindex);
		if (same >= 0)
			ret = skw_error_usage(err, "-i %s: it is the same interface as -i %s",
					      plan->ifaces[i], plan->ifaces[same]);
		if (!ret && !(info.flags & IFF_UP))
			ret = skw_error_set(
				err, -ENETDOWN,
				"%s: the interface is not up; ip link set %s up does that",
				info.name, info.name);
		if (!ret)
			ret = skw_filters_compile(plan, &info, made, err);
		if (ret)
			return ret;
		struct skw_capture_iface *iface = skw_capture_ifaces_add(
			&c->ifaces, &info, made->dlt, plan->snaplen, plan->filter);
		if (!iface)
			return skw_error_set(err, -ENOMEM, "out of memory");
		iface->slot = i < c->slots ? (unsigned)i : 0;
		c->named[i] = info.ifindex;
		iface->cooked = made->cooked;
	}
	return load_tap(c, err);
}

_Static_assert(SKW_CAPTURE_IFACES_MAX <= SKW_DISPATCH_FILTERS, "a place for each filter");

static int open_named(struct skw_capture *c, struct skw_error *err)
{
	for (size_t i = 0; i < c->ifaces.len; i++) {
		struct skw_capture_iface *iface = c->ifaces.all[i];
		struct skw_compiled *made = &c->compiled[i];
		struct skw_filters_place place = { .counters_fd = skw_tap_counters_fd(c->tap),
						   .next_fd = skw_tap_next_fd(c->tap),
						   .slot = iface->slot,
						   .access = c->access };

		if (iface->info.flags & IFF_LOOPBACK)
			place.lo_ifindex = iface->info.ifindex;
		SKW_AUTO_FD int prog = skw_filters_load(c->plan, made, &place, err);
		if (prog < 0)
			return prog;
		iface->user_filter = made->user;
		if (made->user)
			skw_tap_set_snaplen(c->tap, SKW_SNAPLEN_MAX);

		struct skw_tap_socket how = { .name = iface->info.name,
					      .ifindex = iface->info.ifindex,
					      .cooked = made->cooked,
					      .promiscuous = !c->plan->no_promiscuous,
					      .prog_fd = prog,
					      .index = (unsigned)i };
		int ret = skw_tap_open_socket(c->tap, &how, err);
		if (ret)
			return ret;
	}
	return 0;
}

static int set_up_any(struct skw_capture *c, struct skw_error *err)
{
	c->slots = skw_packet_slots(SKW_DISPATCH_SLOTS, skw_libbpf_cpus());
	int ret = load_tap(c, err);
	if (ret)
		return ret;
	c->verbs.dispatches = true;
	skw_dispatch_init(&c->verbs.dispatch, c->plan, c->tap, c->access);
	c->any = (struct skw_any){
		.plan = c->plan, .ifaces = &c->ifaces, .verbs = &c->verbs, .watch_fd = -1
	};
	return skw_any_start(&c->any, err);
}

static int open_any(struct skw_capture *c, struct skw_error *err)
{
	struct skw_tap_socket how = { .name = "any" };

	return skw_tap_open_socket(c->tap, &how, err);
}

/* The link type if all interfaces have the same, otherwise -1. */
static int common_dlt(const struct skw_capture *c)
{
	if (c->use_any)
		return c->plan->dlt;
	for (size_t i = 1; i < c->ifaces.len; i++)
		if (c->ifaces.all[i]->iface.dlt != c->ifaces.all[0]->iface.dlt)
			return -1;
	return c->ifaces.all[0]->iface.dlt;
}

/* Whether a filter runs in user space, which must see whole packets. */
static bool wants_whole(const struct skw_capture *c)
{
	for (size_t i = 0; c->compiled && i < c->plan->ifaces_len; i++)
		if (c->compiled[i].user)
			return true;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(c->any.filters); i++)
		if (c->any.filters[i])
			return true;
	return false;
}

int skw_capture_make_buffers(struct skw_capture *c)
{
	c->cpus = skw_libbpf_cpus();
	c->drops = calloc((size_t)c->slots * c->cpus, sizeof(*c->drops));
	c->cooked = malloc(SKW_SNAPLEN_MAX + SKW_CAPTURE_COOKED_BYTES);
	return c->drops && c->cooked ? 0 : -ENOMEM;
}

int skw_capture_prepare(void *capture, struct skw_error *err)
{
	struct skw_capture *c = capture;
	int ret = skw_privileges_missing(SKW_USE_CAPTURE, err);

	if (!ret)
		ret = skw_libbpf_init(err);
	if (ret)
		return ret;
	ret = skw_limits_descriptors(DESCRIPTORS + (c->plan->rings ? c->plan->rings : RINGS) +
					     2 * (unsigned)c->plan->ifaces_len,
				     err);
	if (ret)
		return ret;
	c->access = skw_filters_access(c->plan, &c->access_room);
	ret = c->use_any ? set_up_any(c, err) : set_up_named(c, err);
	if (ret)
		return ret;
	if (skw_capture_make_buffers(c))
		return skw_error_set(err, -ENOMEM, "out of memory");
	c->kind.dlt = common_dlt(c);
	skw_tap_set_snaplen(c->tap, wants_whole(c) ? SKW_SNAPLEN_MAX : c->plan->snaplen);
	ret = c->use_any ? open_any(c, err) : open_named(c, err);
	if (!ret)
		ret = skw_tap_make_rings(c->tap, err);
	if (ret)
		return ret;
	c->verbs.tap = c->tap;
	c->verbs.chosen = c->chosen;
	c->verbs.named = c->named;
	c->verbs.named_len = c->ifaces.len;
	return skw_verbs_capture_prepare(&c->verbs) ? skw_error_set(err, -ENOMEM, "out of memory")
						    : 0;
}

/* A user or a script may wait for this line, so a lack of memory is an error. */
static int say_listening(const struct skw_capture *c)
{
	struct skw_buf names = SKW_BUF_INIT;

	for (size_t i = 0; !c->use_any && i < c->ifaces.len; i++)
		skw_buf_printf(&names, "%s%s", i ? ", " : "", c->ifaces.all[i]->info.name);
	skw_buf_add_char(&names, '\0');
	int ret = names.failed ? -ENOMEM : 0;
	if (!ret)
		skw_say("listening on %s, link-type %s (%s), snapshot length %u bytes",
			c->use_any ? "any" : (char *)names.data,
			c->kind.dlt < 0 ? "mixed" : skw_linktype_dlt_name(c->kind.dlt),
			c->kind.dlt < 0 ? "each interface has its own"
					: skw_linktype_dlt_text(c->kind.dlt),
			c->plan->snaplen);
	skw_buf_free(&names);
	return ret;
}

int skw_capture_start(void *capture, struct skw_error *err)
{
	struct skw_capture *c = capture;
	int ret = skw_loop_watch(c->loop, c->use_any ? c->any.watch_fd : c->watch_fd, EPOLLIN,
				 skw_capture_on_news, c);

	if (!ret)
		ret = skw_tap_watch_rings(c->tap, skw_loop_epoll_fd(c->loop), SKW_LOOP_NO_HANDLER);
	if (ret)
		return skw_error_set(err, ret, "events: %s", strerror(-ret));
	ret = c->plan->quiet ? 0 : say_listening(c);
	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}
