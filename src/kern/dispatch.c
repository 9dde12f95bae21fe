// SPDX-License-Identifier: BSD-2-Clause
#include "kern/dispatch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kern/libbpf.h"
#include "util/cleanup.h"

/* The loopback interface has this number in every namespace: include/net/flow.h. */
#define LOOPBACK_IFINDEX 1

void skw_dispatch_init(struct skw_dispatch *d, const struct skw_capture_plan *plan,
		       struct skw_tap *tap, const struct skw_skb_access *access)
{
	*d = (struct skw_dispatch){ .plan = plan, .tap = tap, .access = access, .slots_used = 1 };
	d->slots = skw_packet_slots(SKW_DISPATCH_SLOTS, skw_libbpf_cpus());
}

void skw_dispatch_free(struct skw_dispatch *d)
{
	for (unsigned i = 0; i < d->filters_len; i++)
		skw_offline_filter_free(d->filters[i].user);
	d->filters_len = 0;
	free(d->known);
	d->known = NULL;
	d->known_len = 0;
}

/* The index of the filter for interfaces of this kind (ARPHRD_*), or -1. */
static int filter_by_kind(const struct skw_dispatch *d, uint16_t arphrd)
{
	for (unsigned i = 0; i < d->kinds_len; i++)
		if (d->kinds[i].arphrd == arphrd)
			return d->kinds[i].filter;
	return -1;
}

static int filter_by_dlt(const struct skw_dispatch *d, int dlt)
{
	for (unsigned i = 0; i < d->filters_len; i++)
		if (d->filters[i].dlt == dlt)
			return (int)i;
	return -1;
}

/* Puts a compiled filter into the dispatcher. Returns its index or -errno. */
static int enter_filter(struct skw_dispatch *d, const struct skw_iface_info *info,
			struct skw_compiled *c, bool stand_in, struct skw_error *err)
{
	const struct skw_filters_place place = { .counters_fd = skw_tap_counters_fd(d->tap),
						 .next_fd = skw_tap_next_fd(d->tap),
						 .slot_from_cb = true,
						 .slots = d->slots,
						 .lo_ifindex = LOOPBACK_IFINDEX,
						 .access = d->access };
	int index = filter_by_dlt(d, c->dlt);

	if (index < 0 && d->filters_len == SKW_DISPATCH_FILTERS)
		return skw_error_set(err, -ENOSPC, "%s: more than %d kinds of link", info->name,
				     SKW_DISPATCH_FILTERS);
	if (index < 0)
		index = (int)d->filters_len;
	SKW_AUTO_FD int prog = skw_filters_load(d->plan, c, &place, err);
	if (prog < 0)
		return prog;
	/* A filter in user space must see whole packets. */
	if (c->user)
		skw_tap_set_snaplen(d->tap, SKW_SNAPLEN_MAX);
	int ret = skw_tap_set_filter(d->tap, (unsigned)index, prog);
	if (ret)
		return skw_error_set(err, ret, "%s: filter: %s", info->name, strerror(-ret));
	if ((unsigned)index == d->filters_len)
		d->filters_len++;
	skw_offline_filter_free(d->filters[index].user);
	d->filters[index].dlt = c->dlt;
	d->filters[index].stand_in = stand_in;
	d->filters[index].user = SKW_TAKE_PTR(c->user);
	return index;
}

static int learn_filter(struct skw_dispatch *d, const struct skw_iface_info *info,
			struct skw_error *err)
{
	struct skw_compiled c = { 0 };
	bool stand_in = false;
	int known = filter_by_kind(d, info->arphrd);
	int plain = skw_iface_plain_dlt(info->arphrd);

	if (known < 0 && plain >= 0)
		known = filter_by_dlt(d, plain);
	if (known >= 0 && !(d->filters[known].stand_in && (info->flags & IFF_UP)))
		return known;
	int ret = skw_filters_compile_kind(d->plan, info, &c, &stand_in, err);
	int index = ret ? ret : enter_filter(d, info, &c, stand_in, err);

	skw_compiled_free(&c);
	if (index >= 0 && known < 0 && d->kinds_len < SKW_DISPATCH_FILTERS) {
		d->kinds[d->kinds_len].arphrd = info->arphrd;
		d->kinds[d->kinds_len++].filter = (uint8_t)index;
	}
	return index;
}

/* The slot of an interface: a new one for an interface that is new or has a new name. */
static int slot_of(struct skw_dispatch *d, const struct skw_iface_info *info)
{
	size_t i = 0;

	while (i < d->known_len && d->known[i].info.ifindex != info->ifindex)
		i++;
	if (i < d->known_len && strcmp(d->known[i].info.name, info->name) == 0 &&
	    d->known[i].info.arphrd == info->arphrd)
		return d->known[i].slot;
	if (i == d->known_len) {
		void *known = reallocarray(d->known, i + 1, sizeof(*d->known));

		if (!known)
			return -ENOMEM;
		d->known = known;
		d->known_len++;
	}
	d->known[i].info = *info;
	d->known[i].slot = 0;
	if (d->slots_used < d->slots)
		d->known[i].slot = (uint16_t)d->slots_used++;
	return d->known[i].slot;
}

int skw_dispatch_learn(struct skw_dispatch *d, const struct skw_iface_info *info,
		       struct skw_dispatched *out, struct skw_error *err)
{
	int filter = learn_filter(d, info, err);

	if (filter < 0)
		return filter;
	/* The filter for Ethernet is made first, for a machine without such an interface, too. */
	int slot = info->ifindex ? slot_of(d, info) : 0;
	if (slot < 0)
		return skw_error_set(err, slot, "%s: %s", info->name, strerror(-slot));
	int ret = info->ifindex ? skw_tap_set_iface(d->tap, info->ifindex, (unsigned)filter,
						    (unsigned)slot)
				: 0;
	if (ret)
		return skw_error_set(err, ret, "%s: %s", info->name, strerror(-ret));
	*out = (struct skw_dispatched){ .info = *info,
					.dlt = d->filters[filter].dlt,
					.slot = (uint16_t)slot,
					.filter = (uint8_t)filter,
					.user = d->filters[filter].user != NULL };
	return 0;
}

int skw_dispatch_forget(struct skw_dispatch *d, uint32_t ifindex)
{
	struct skw_iface_info now;
	size_t i = 0;

	while (i < d->known_len && d->known[i].info.ifindex != ifindex)
		i++;
	if (i == d->known_len)
		return -ENOENT;
	if (skw_iface_by_index(ifindex, &now) != -ENODEV)
		return -EEXIST;
	skw_tap_forget_iface(d->tap, ifindex);
	d->known[i] = d->known[--d->known_len];
	return 0;
}
