// SPDX-License-Identifier: BSD-2-Clause
#include "capture/any.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/say.h"
#include "verbs/program.h"

/* Before the split this process has the dispatcher, afterwards the keeper. */
static int ask(struct skw_any *any, const struct skw_iface_info *info, struct skw_dispatched *out,
	       struct skw_offline_filter **user, struct skw_error *err)
{
	if (any->keeper)
		return skw_verbs_capture_learn(any->verbs, any->keeper, info->ifindex, out, user,
					       err);
	int ret = skw_dispatch_learn(&any->verbs->dispatch, info, out, err);
	if (ret || !out->user)
		return ret;
	/* This process keeps a copy of its own, as the dispatcher goes with the split. */
	int fd = skw_verbs_program_put(any->verbs->dispatch.filters[out->filter].user);
	ret = fd < 0 ? fd : skw_verbs_program_get(fd, user);
	return ret ? skw_error_set(err, ret, "%s: filter: %s", info->name, strerror(-ret)) : 0;
}

/* Interfaces still point to the old filter, so they get the new one before it is freed. */
static void take_filter(struct skw_any *any, const struct skw_dispatched *learned,
			struct skw_offline_filter *user)
{
	struct skw_offline_filter *old = any->filters[learned->filter];

	any->filters[learned->filter] = user;
	for (size_t i = 0; i < any->ifaces->len; i++)
		if (any->ifaces->all[i]->ring_dlt == learned->dlt)
			any->ifaces->all[i]->user_filter = user;
	skw_offline_filter_free(old);
}

/* Adds an interface to the table, with the link type that the user wants for all packets. */
static struct skw_capture_iface *add_iface(struct skw_any *any, const struct skw_iface_info *info,
					   int dlt)
{
	const struct skw_capture_plan *plan = any->plan;
	struct skw_capture_iface *iface =
		skw_capture_ifaces_add(any->ifaces, info, dlt, plan->snaplen, plan->filter);

	if (iface && plan->dlt >= 0)
		iface->iface.dlt = plan->dlt;
	return iface;
}

/*
 * Adds an interface to the table that the dispatcher never had. It took the packets of this
 * interface for those of an Ethernet.
 */
static int add_gone(struct skw_any *any, const struct skw_iface_info *info, struct skw_error *err)
{
	struct skw_capture_iface *iface = add_iface(any, info, DLT_EN10MB);

	if (!iface)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", info->name);
	iface->user_filter = any->filters[0];
	iface->gone = true;
	return 0;
}

/* Adds an interface to the table and to the dispatcher. */
static int learn(struct skw_any *any, const struct skw_iface_info *asked, struct skw_error *err)
{
	struct skw_offline_filter *user = NULL;
	struct skw_dispatched learned;
	int ret = ask(any, asked, &learned, &user, err);

	/* It has gone already, but its packets may be in the rings. */
	if (ret == -ENODEV && asked->name[0])
		return add_gone(any, asked, err);
	if (ret)
		return ret;
	take_filter(any, &learned, user);
	const struct skw_iface_info *info = &learned.info;
	/* The filter for Ethernet is made even if there is no such interface. */
	if (!info->ifindex)
		return 0;
	int place = skw_capture_ifaces_find(any->ifaces, info->ifindex);
	struct skw_capture_iface *iface = place >= 0 ? any->ifaces->all[place] : NULL;
	/* An interface with a new name is written to files as a new interface. */
	if (iface && (iface->gone || strcmp(iface->info.name, info->name) != 0 ||
		      iface->info.arphrd != info->arphrd))
		iface = NULL;
	if (!iface)
		iface = add_iface(any, info, learned.dlt);
	if (!iface)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", info->name);
	iface->slot = learned.slot;
	iface->user_filter = user;
	return 0;
}

int skw_any_start(struct skw_any *any, struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_iface_info *list = NULL;
	size_t n = 0;

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
		if (!ret && round == 1 && !any->verbs->dispatch.filters_len) {
			struct skw_iface_info ether = { .name = "any", .arphrd = ARPHRD_ETHER };

			ret = learn(any, &ether, err);
		}
	}
	return ret;
}

void skw_any_free(struct skw_any *any)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(any->filters); i++)
		skw_offline_filter_free(any->filters[i]);
	skw_cleanup_fd(&any->watch_fd);
}

/* Notes an interface as gone, if the keeper says so too. */
static void forget(struct skw_any *any, uint32_t ifindex)
{
	int place = skw_capture_ifaces_find(any->ifaces, ifindex);

	if (skw_verbs_capture_forget(any->verbs, any->keeper, ifindex) == 0 && place >= 0)
		any->ifaces->all[place]->gone = true;
}

static void on_news(void *ctx, const struct skw_iface_info *info, bool gone)
{
	struct skw_any *any = ctx;
	struct skw_error err = { 0 };

	if (gone) {
		forget(any, info->ifindex);
		return;
	}
	int ret = learn(any, info, &err);
	if (ret)
		skw_say("%s", err.text);
}

int skw_any_news(struct skw_any *any)
{
	int ret = skw_iface_watch_read(any->watch_fd, on_news, any);

	if (ret != -ENOBUFS)
		return ret;
	/* Netlink messages were lost, so compare the table with the kernel's list. */
	for (size_t i = 0; i < any->ifaces->len; i++)
		if (!any->ifaces->all[i]->gone)
			forget(any, any->ifaces->all[i]->info.ifindex);
	return skw_iface_watch_list(any->watch_fd);
}

int skw_any_unknown(struct skw_any *any, uint32_t ifindex)
{
	struct skw_iface_info info = { .ifindex = ifindex, .arphrd = ARPHRD_ETHER };

	/* The message about this interface may be unread, even if the interface has gone by now. */
	int ret = skw_any_news(any);
	if (ret)
		return ret;
	int place = skw_capture_ifaces_find(any->ifaces, ifindex);
	if (place < 0 && learn(any, &info, NULL) == 0)
		place = skw_capture_ifaces_find(any->ifaces, ifindex);
	if (place >= 0)
		return place;
	snprintf(info.name, sizeof(info.name), "if%u", ifindex);
	ret = add_gone(any, &info, NULL);
	return ret ? ret : (int)any->ifaces->len - 1;
}
