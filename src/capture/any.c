// SPDX-License-Identifier: BSD-2-Clause
#include "capture/any.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/say.h"

/* The index of the filter for interfaces of this kind (ARPHRD_*), or -1. */
static int filter_by_kind(const struct skw_any *any, uint16_t arphrd)
{
	for (unsigned i = 0; i < any->kinds_len; i++)
		if (any->kinds[i].arphrd == arphrd)
			return any->kinds[i].filter;
	return -1;
}

static int filter_by_dlt(const struct skw_any *any, int dlt)
{
	for (unsigned i = 0; i < any->filters_len; i++)
		if (any->filters[i].dlt == dlt)
			return (int)i;
	return -1;
}

/*
 * Makes the filter for the kind of this interface if there is none yet or only a stand-in. Returns
 * its index or -errno.
 */
static int learn_filter(struct skw_any *any, const struct skw_iface_info *info,
			struct skw_error *err)
{
	struct skw_filters_made made = { 0 };
	int known = filter_by_kind(any, info->arphrd);
	int plain = skw_iface_plain_dlt(info->arphrd);

	if (known < 0 && plain >= 0)
		known = filter_by_dlt(any, plain);

	if (known >= 0 && !(any->filters[known].stand_in && (info->flags & IFF_UP)))
		return known;

	SKW_AUTO_FD int prog = skw_verbs_filters_make(any->verbs, any->keeper, info, &made, err);
	if (prog < 0)
		return prog;
	int index = filter_by_dlt(any, made.dlt);
	if (index < 0 && any->filters_len == SKW_DISPATCH_FILTERS)
		return skw_error_set(err, -ENOSPC, "%s: more than %d kinds of link", info->name,
				     SKW_DISPATCH_FILTERS);
	if (index < 0)
		index = (int)any->filters_len;

	struct skw_offline_filter *user = NULL;
	if (made.user) {
		int ret = skw_offline_filter_compile(any->plan->filter, made.dlt,
						     any->plan->snaplen, true, &user, err);
		if (ret)
			return ret;
	}
	int ret = skw_tap_set_filter(any->tap, (unsigned)index, prog);
	if (ret) {
		skw_offline_filter_free(user);
		return skw_error_set(err, ret, "%s: filter: %s", info->name, strerror(-ret));
	}
	if ((unsigned)index == any->filters_len)
		any->filters_len++;
	if (user)
		skw_tap_set_snaplen(any->tap, SKW_SNAPLEN_MAX);
	/* Interfaces still point to the old filter, so give them the new one before freeing it. */
	struct skw_offline_filter *old = any->filters[index].user;
	any->filters[index].dlt = made.dlt;
	any->filters[index].stand_in = made.stand_in;
	any->filters[index].user = user;
	for (size_t i = 0; i < any->ifaces->len; i++)
		if (any->ifaces->all[i]->iface.dlt == made.dlt)
			any->ifaces->all[i]->user_filter = user;
	skw_offline_filter_free(old);
	if (known < 0 && any->kinds_len < SKW_DISPATCH_FILTERS) {
		any->kinds[any->kinds_len].arphrd = info->arphrd;
		any->kinds[any->kinds_len++].filter = (uint8_t)index;
	}
	return index;
}

/* Adds an interface to the table and to the dispatcher. */
static int learn(struct skw_any *any, const struct skw_iface_info *info, struct skw_error *err)
{
	int filter = learn_filter(any, info, err);
	int place = skw_capture_ifaces_find(any->ifaces, info->ifindex);
	struct skw_capture_iface *iface = place >= 0 ? any->ifaces->all[place] : NULL;

	if (filter < 0)
		return filter;
	/* An interface with a new name is written to files as a new interface. */
	if (iface && (iface->gone || strcmp(iface->info.name, info->name) != 0 ||
		      iface->info.arphrd != info->arphrd))
		iface = NULL;
	if (!iface) {
		iface = skw_capture_ifaces_add(any->ifaces, info, any->filters[filter].dlt,
					       any->plan->snaplen, any->plan->filter);
		if (!iface)
			return skw_error_set(err, -ENOMEM, "%s: out of memory", info->name);
		if (any->slots_used < SKW_ANY_SLOTS)
			iface->slot = any->slots_used++;
	}
	iface->user_filter = any->filters[filter].user;
	int ret = skw_tap_set_iface(any->tap, info->ifindex, (unsigned)filter, iface->slot);
	return ret ? skw_error_set(err, ret, "%s: %s", info->name, strerror(-ret)) : 0;
}

int skw_any_start(struct skw_any *any, struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_iface_info *list = NULL;
	size_t n = 0;

	any->slots_used = 1;
	any->watch_fd = skw_iface_watch();
	if (any->watch_fd < 0)
		return skw_error_set(err, any->watch_fd, "netlink: %s", strerror(-any->watch_fd));
	int ret = skw_iface_list(&list, &n, err);

	/*
	 * The order is: Ethernet interfaces that are up, those that are down, all other interfaces.
	 */
	for (int round = 0; !ret && round < 3; round++) {
		for (size_t i = 0; !ret && i < n; i++) {
			int kind = skw_iface_plain_dlt(list[i].arphrd) != DLT_EN10MB ? 2
				   : list[i].flags & IFF_UP                          ? 0
										     : 1;

			if (kind == round)
				ret = learn(any, &list[i], err);
		}
		/* Filter 0 must be for Ethernet, even if there is no Ethernet interface. */
		if (!ret && round == 1 && !any->filters_len) {
			struct skw_iface_info ether = { .name = "any", .arphrd = ARPHRD_ETHER };

			int index = learn_filter(any, &ether, err);
			ret = index < 0 ? index : 0;
		}
	}
	return ret;
}

void skw_any_free(struct skw_any *any)
{
	for (unsigned i = 0; i < any->filters_len; i++)
		skw_offline_filter_free(any->filters[i].user);
	skw_cleanup_fd(&any->watch_fd);
}

static void on_news(void *ctx, const struct skw_iface_info *info, bool gone)
{
	struct skw_any *any = ctx;
	struct skw_error err = { 0 };

	if (gone) {
		int place = skw_capture_ifaces_find(any->ifaces, info->ifindex);

		if (place >= 0)
			any->ifaces->all[place]->gone = true;
		skw_tap_forget_iface(any->tap, info->ifindex);
		return;
	}
	if (learn(any, info, &err) < 0)
		skw_say("%s", err.text);
}

int skw_any_news(struct skw_any *any)
{
	int ret = skw_iface_watch_read(any->watch_fd, on_news, any);

	if (ret != -ENOBUFS)
		return ret;
	/* Netlink messages were lost, so compare the table with the kernel's list. */
	SKW_AUTO_FREE struct skw_iface_info *list = NULL;
	struct skw_iface_info now;
	size_t n = 0;
	for (size_t i = 0; i < any->ifaces->len; i++)
		if (skw_iface_by_index(any->ifaces->all[i]->info.ifindex, &now) == -ENODEV)
			on_news(any, &any->ifaces->all[i]->info, true);
	ret = skw_iface_list(&list, &n, NULL);
	for (size_t i = 0; !ret && i < n; i++)
		on_news(any, &list[i], false);
	return ret;
}

int skw_any_unknown(struct skw_any *any, uint32_t ifindex)
{
	struct skw_iface_info info = { .ifindex = ifindex, .arphrd = ARPHRD_ETHER };

	/* The message about this interface may be unread, even if the interface has gone by now. */
	int ret = skw_any_news(any);
	if (ret)
		return ret;
	int place = skw_capture_ifaces_find(any->ifaces, ifindex);
	if (place < 0 && skw_iface_by_index(ifindex, &info) == 0 && learn(any, &info, NULL) == 0)
		place = skw_capture_ifaces_find(any->ifaces, ifindex);
	if (place >= 0)
		return place;
	snprintf(info.name, sizeof(info.name), "if%u", ifindex);
	/* The dispatcher treats an unknown interface as Ethernet, so do the same. */
	struct skw_capture_iface *iface = skw_capture_ifaces_add(
		any->ifaces, &info, DLT_EN10MB, any->plan->snaplen, any->plan->filter);
	if (!iface)
		return -ENOMEM;
	iface->user_filter = any->filters[0].user;
	return (int)any->ifaces->len - 1;
}
