// SPDX-License-Identifier: BSD-2-Clause
#include "capture/state.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

#include "keeper/unprivileged.h"
#include "loop/signals.h"
#include "pcap/linktype.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

int skw_live_iface_stats(void *live, uint32_t place, struct skw_iface_stats *stats)
{
	const struct skw_live *l = live;

	if (place >= l->ifaces.len)
		return -ENOENT;
	const struct skw_live_iface *iface = l->ifaces.all[place];

	/* Interfaces that share a slot have no figures of their own. */
	if (l->use_any && iface->slot == 0)
		return -ENOENT;
	int ret = skw_tap_stats(l->tap, iface->slot, stats);
	if (!ret) {
		stats->captured -= iface->user_rejected;
		stats->matched -= iface->user_rejected;
	}
	return ret;
}

static int load_tap(struct skw_live *l, struct skw_error *err)
{
	struct skw_tap_options opt = { .ring_bytes = l->plan->ring_bytes,
				       .rings = l->plan->rings,
				       .slots = l->slots };

	return skw_tap_load(&opt, &l->tap, err);
}

/* One socket with one filter program for each interface that was named. */
static int set_up_named(struct skw_live *l, struct skw_error *err)
{
	const struct skw_capture_plan *plan = l->plan;
	int ret = 0;

	l->watch_fd = skw_iface_watch();
	if (l->watch_fd < 0)
		return skw_error_set(err, l->watch_fd, "netlink: %s", strerror(-l->watch_fd));
	l->slots = (unsigned)plan->ifaces_len;
	l->compiled = calloc(plan->ifaces_len, sizeof(*l->compiled));
	if (!l->compiled)
		return skw_error_set(err, -ENOMEM, "out of memory");
	for (size_t i = 0; !ret && i < plan->ifaces_len; i++) {
		struct skw_compiled *c = &l->compiled[i];
		struct skw_iface_info info;

		ret = skw_iface_by_name(plan->ifaces[i], &info, err);
		int same = ret ? -1 : skw_live_ifaces_find(&l->ifaces, info.ifindex);
		if (same >= 0)
			ret = skw_error_usage(err, "-i %s: it is the same interface as -i %s",
					      plan->ifaces[i], plan->ifaces[same]);
		if (!ret && !(info.flags & IFF_UP))
			ret = skw_error_set(
				err, -ENETDOWN,
				"%s: the interface is not up; ip link set %s up does that",
				info.name, info.name);
		if (!ret)
			ret = skw_filters_compile(plan, &info, c, err);
		if (ret)
			return ret;
		struct skw_live_iface *iface =
			skw_live_ifaces_add(&l->ifaces, &info, c->dlt, plan->snaplen, plan->filter);
		if (!iface)
			return skw_error_set(err, -ENOMEM, "out of memory");
		iface->slot = (unsigned)i;
		iface->cooked = c->cooked;
	}
	return load_tap(l, err);
}

_Static_assert(SKW_PLAN_IFACES_MAX <= SKW_DISPATCH_FILTERS, "a place for each filter");

static int open_named(struct skw_live *l, struct skw_error *err)
{
	for (size_t i = 0; i < l->ifaces.len; i++) {
		struct skw_live_iface *iface = l->ifaces.all[i];
		struct skw_compiled *c = &l->compiled[i];
		struct skw_filters_place place = { .counters_fd = skw_tap_counters_fd(l->tap),
						   .next_fd = skw_tap_next_fd(l->tap),
						   .slot = iface->slot,
						   .access = l->access };

		if (iface->info.flags & IFF_LOOPBACK)
			place.lo_ifindex = iface->info.ifindex;
		SKW_AUTO_FD int prog = skw_filters_load(l->plan, c, &place, err);
		if (prog < 0)
			return prog;
		iface->user_filter = c->user;
		if (c->user)
			skw_tap_set_snaplen(l->tap, SKW_SNAPLEN_MAX);

		struct skw_tap_socket how = { .name = iface->info.name,
					      .ifindex = iface->info.ifindex,
					      .cooked = c->cooked,
					      .promiscuous = !l->plan->no_promiscuous,
					      .prog_fd = prog,
					      .index = iface->slot };
		int ret = skw_tap_open_socket(l->tap, &how, err);
		if (ret)
			return ret;
	}
	return 0;
}

static int set_up_any(struct skw_live *l, struct skw_error *err)
{
	l->slots = SKW_ANY_SLOTS;
	int ret = load_tap(l, err);
	if (ret)
		return ret;
	l->any = (struct skw_any){ .plan = l->plan,
				   .tap = l->tap,
				   .ifaces = &l->ifaces,
				   .access = l->access,
				   .watch_fd = -1 };
	return skw_any_start(&l->any, err);
}

static int open_any(struct skw_live *l, struct skw_error *err)
{
	struct skw_tap_socket how = { .name = "any" };

	return skw_tap_open_socket(l->tap, &how, err);
}

static int read_counters(void *tap)
{
	struct skw_iface_stats stats;

	return skw_tap_stats(tap, 0, &stats);
}

/* From here on there are two processes, and this one can do nothing any more but read. */
static int split(struct skw_live *l, struct skw_error *err)
{
	bool keep_bpf = skw_unprivileged_keeps_bpf(read_counters, l->tap);

	l->verbs = (struct skw_verbs_context){ .plan = l->plan,
					       .who = l->has_who ? &l->who : NULL,
					       .counters_fd = skw_tap_counters_fd(l->tap),
					       .next_fd = skw_tap_next_fd(l->tap),
					       .access = l->access };
	int ret = skw_verbs_split(&l->verbs, &l->keeper, err);
	if (ret)
		return ret;
	l->any.keeper = l->keeper;
	return skw_privileges_drop(l->has_who ? &l->who : NULL, keep_bpf, err);
}

/* Do all interfaces have one link type? Then it, else -1. */
static int common_dlt(const struct skw_live *l)
{
	if (l->use_any)
		return -1;
	for (size_t i = 1; i < l->ifaces.len; i++)
		if (l->ifaces.all[i]->iface.dlt != l->ifaces.all[0]->iface.dlt)
			return -1;
	return l->ifaces.all[0]->iface.dlt;
}

static int open_delivery(struct skw_live *l, int dlt, struct skw_error *err)
{
	struct skw_recorder_options opt = { .plan = l->plan,
					    .keeper = l->keeper,
					    .dlt = dlt < 0 ? DLT_LINUX_SLL2 : dlt,
					    .snaplen = l->plan->snaplen,
					    .stats = skw_live_iface_stats,
					    .ctx = l };
	int ret = skw_delivery_open(&l->delivery, l->plan, &opt, err);

	if (!ret && (l->use_any || l->ifaces.len > 1))
		skw_delivery_several(&l->delivery);
	if (!ret && l->delivery.recorder)
		ret = skw_recorder_start(l->delivery.recorder, skw_clock_real_ns(), err);
	if (ret || !l->plan->write_file || dlt >= 0)
		return ret;
	if (l->plan->format == SKW_FILE_PCAP)
		skw_say("%s: interfaces of all kinds in a pcap file: packets get LINUX_SLL2 "
			"headers, without destination MAC addresses; .pcapng keeps all",
			l->plan->write_file);
	else if (!l->use_any)
		skw_say("%s: interfaces of unlike link types: it takes Wireshark or skwatch to "
			"read it",
			l->plan->write_file);
	return 0;
}

static void say_listening(const struct skw_live *l, int dlt)
{
	struct skw_buf names = SKW_BUF_INIT;

	for (size_t i = 0; !l->use_any && i < l->ifaces.len; i++)
		skw_buf_printf(&names, "%s%s", i ? ", " : "", l->ifaces.all[i]->info.name);
	skw_buf_add_char(&names, '\0');
	if (!names.failed)
		skw_say("listening on %s, link-type %s (%s), snapshot length %u bytes",
			l->use_any ? "any" : (char *)names.data,
			dlt < 0 ? "of each" : skw_linktype_dlt_name(dlt),
			dlt < 0 ? "unlike interfaces" : skw_linktype_dlt_text(dlt),
			l->plan->snaplen);
	skw_buf_free(&names);
}

/* Blocked for good: what ends the capture comes through the signalfd. */
static int block_signals(struct skw_live *l, struct skw_error *err)
{
	sigset_t set;

	skw_signals_stop_set(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	l->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signal_fd < 0)
		return skw_error_set(err, -errno, "signals: %s", strerror(errno));
	l->delivery.out.interrupt_fds[0] = l->signal_fd;
	return 0;
}

/* A filter in user space must see all of a packet. */
static bool wants_whole(const struct skw_live *l)
{
	for (size_t i = 0; l->compiled && i < l->plan->ifaces_len; i++)
		if (l->compiled[i].user)
			return true;
	for (unsigned i = 0; i < l->any.filters_len; i++)
		if (l->any.filters[i].user)
			return true;
	return false;
}

int skw_live_set_up(struct skw_live *l, struct skw_error *err)
{
	int ret = skw_privileges_missing(SKW_USE_CAPTURE, err);

	l->use_any = l->plan->ifaces_len == 0;
	l->any.watch_fd = -1;
	if (!ret && l->plan->user) {
		ret = skw_identity_lookup(l->plan->user, &l->who, err);
		l->has_who = true;
	}
	if (!ret) {
		l->access = skw_filters_access(l->plan, &l->access_room);
		ret = l->use_any ? set_up_any(l, err) : set_up_named(l, err);
	}
	if (ret)
		return ret;

	l->cpus = skw_tap_cpus();
	l->drops = calloc((size_t)l->slots * l->cpus, sizeof(*l->drops));
	l->cooked = malloc(SKW_SNAPLEN_MAX + 64);
	if (!l->drops || !l->cooked)
		return skw_error_set(err, -ENOMEM, "out of memory");
	l->offset_ns = skw_clock_offset_ns();

	skw_tap_set_snaplen(l->tap, wants_whole(l) ? SKW_SNAPLEN_MAX : l->plan->snaplen);
	ret = l->use_any ? open_any(l, err) : open_named(l, err);
	if (!ret)
		ret = split(l, err);
	int dlt = ret ? -1 : common_dlt(l);
	if (!ret)
		ret = open_delivery(l, dlt, err);
	if (!ret)
		ret = block_signals(l, err);
	if (!ret)
		say_listening(l, dlt);
	return ret;
}

void skw_live_tear_down(struct skw_live *l)
{
	skw_any_free(&l->any);
	for (size_t i = 0; l->compiled && i < l->plan->ifaces_len; i++)
		skw_compiled_free(&l->compiled[i]);
	free(l->compiled);
	skw_tap_free(l->tap);
	skw_live_ifaces_free(&l->ifaces);
	free(l->drops);
	free(l->cooked);
}
