// SPDX-License-Identifier: BSD-2-Clause
#include "kern/filters.h"

#include <errno.h>
#include <linux/bpf.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "filter/sets/classic.h"
#include "filter/sets/lists.h"
#include "filter/translate.h"
#include "kern/compile.h"
#include "kern/libbpf.h"
#include "kern/sets/set_maps.h"
#include "kern/skb_access.h"
#include "util/cleanup.h"
#include "util/say.h"

#define CBPF_RET_K 0x06 /* BPF_RET | BPF_K, linux/bpf_common.h */

void skw_compiled_free(struct skw_compiled *c)
{
	skw_classic_free(&c->cbpf);
	skw_offline_filter_free(c->user);
	memset(c, 0, sizeof(*c));
}

/*
 * Makes the program of an empty expression: it accepts `snaplen` bytes of each packet, with 0 none.
 */
static int compile_all(uint32_t snaplen, struct skw_cbpf *out)
{
	struct skw_cbpf_insn *insn = calloc(1, sizeof(*insn));

	if (!insn)
		return -ENOMEM;
	insn->code = CBPF_RET_K;
	insn->k = snaplen;
	skw_classic_free(out);
	*out = (struct skw_cbpf){ .insns = insn, .len = 1 };
	return 0;
}

static unsigned how(const struct skw_capture_plan *plan)
{
	return skw_lists_how(plan->no_optimize, plan->classic);
}

/* Leaves the decision to user space: the program for the kernel accepts every packet. */
static int compile_for_user(const struct skw_capture_plan *plan, struct skw_compiled *c,
			    struct skw_error *err)
{
	const struct skw_offline_link link = { .dlt = c->dlt,
					       .snaplen = plan->snaplen,
					       .directions = true };
	int ret = skw_offline_filter_compile(plan->filter, &link, how(plan), &c->user, err);

	return ret ? ret : compile_all(plan->snaplen, &c->cbpf);
}

static int compile_on_handle(const struct skw_capture_plan *plan, struct skw_handle *handle,
			     struct skw_compiled *c, struct skw_error *err)
{
	if (plan->dlt >= 0 && plan->ifaces_len) {
		int ret = skw_handle_set_dlt(handle, plan->dlt, err);

		if (ret)
			return ret;
	}
	c->dlt = skw_handle_dlt(handle);
	if (c->dlt == DLT_LINUX_SLL || c->dlt == DLT_LINUX_SLL2) {
		/* libpcap would capture here without the link-layer header, so skwatch does too. */
		c->cooked = true;
		c->dlt = plan->dlt == DLT_LINUX_SLL ? DLT_LINUX_SLL : DLT_LINUX_SLL2;
		return plan->filter[0] ? compile_for_user(plan, c, err)
				       : compile_all(plan->snaplen, &c->cbpf);
	}
	return skw_handle_compile(handle, plan->filter, how(plan), plan->ifaces_len > 0, &c->cbpf,
				  err);
}

/*
 * Whether libpcap compiles the expression in another way on a live handle: these words look at
 * metadata or need the interface's netmask. A word that is part of a name costs time only.
 */
static bool needs_handle(const char *expr)
{
	static const char *const words[] = { "vlan", "inbound", "outbound", "ifindex",
					     "broadcast" };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(words); i++)
		if (strstr(expr, words[i]))
			return true;
	return false;
}

int skw_filters_compile(const struct skw_capture_plan *plan, const struct skw_iface_info *iface,
			struct skw_compiled *out, struct skw_error *err)
{
	struct skw_compiled c = { .dlt = skw_iface_plain_dlt(iface->arphrd) };
	struct skw_handle *handle = NULL;
	int ret;

	/* On any, the link type of -y is that of a header that the kernel never sees. */
	bool own = plan->dlt < 0 || !plan->ifaces_len;

	/* A handle takes tens of milliseconds, because it has a ring of its own. */
	if (c.dlt >= 0 && !plan->filter[0] && own) {
		ret = compile_all(plan->snaplen, &c.cbpf);
	} else if (c.dlt >= 0 && own && !needs_handle(plan->filter)) {
		ret = skw_filters_compile_dead(plan, c.dlt, &c, err);
	} else {
		ret = skw_handle_open(iface->name, plan->snaplen, &handle, err);
		if (!ret)
			ret = compile_on_handle(plan, handle, &c, err);
		skw_handle_close(handle);
	}
	if (ret) {
		skw_compiled_free(&c);
		return ret == -ENOMEM ? skw_error_set(err, ret, "filter: out of memory") : ret;
	}
	*out = c;
	return 0;
}

int skw_filters_compile_dead(const struct skw_capture_plan *plan, int dlt, struct skw_compiled *out,
			     struct skw_error *err)
{
	struct skw_offline_filter *filter = NULL;
	struct skw_compiled c = { .dlt = dlt };
	int ret = skw_offline_filter_compile_dead(plan->filter, dlt, plan->snaplen, how(plan),
						  &filter, err);

	if (ret)
		return ret;
	ret = skw_classic_copy(skw_offline_filter_program(filter, 0), &c.cbpf);
	skw_offline_filter_free(filter);
	if (ret)
		return skw_error_set(err, ret, "filter: out of memory");
	*out = c;
	return 0;
}

/* Makes a program that accepts no packet. */
static int compile_none(int dlt, struct skw_compiled *out)
{
	struct skw_compiled c = { .dlt = dlt };
	int ret = compile_all(0, &c.cbpf);

	if (!ret)
		*out = c;
	return ret;
}

const struct skw_skb_access *skw_filters_access(const struct skw_capture_plan *plan,
						struct skw_skb_access *room)
{
	/* Probing takes ten to twenty milliseconds, so it is skipped without a filter. */
	return plan->filter[0] && skw_skb_access_probe(room) == 0 ? room : NULL;
}

static int load_with(const struct skw_capture_plan *plan, const struct skw_compiled *c,
		     const struct skw_filters_place *place, const struct skw_skb_access *access,
		     const int *set_fds, struct skw_error *err)
{
	struct skw_filter_frame frame = { .counters_fd = place->counters_fd,
					  .next_fd = place->next_fd,
					  .slot = place->slot,
					  .slot_from_cb = place->slot_from_cb,
					  .slots = place->slots,
					  .cpus = skw_libbpf_cpus(),
					  .direction = plan->direction,
					  .access = access,
					  .set_fds = set_fds,
					  .lo_ifindex = place->lo_ifindex };
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len = 0;
	int ret = skw_filter_translate(&c->cbpf, &frame, &insns, &len);

	if (ret)
		return skw_error_set(err, ret, "filter: it can't be translated: %s",
				     strerror(-ret));
	return skw_tap_load_filter(insns, len, err);
}

static int load(const struct skw_capture_plan *plan, const struct skw_compiled *c,
		const struct skw_filters_place *place, struct skw_error *err)
{
	SKW_CLEANUP(skw_set_maps_close) struct skw_set_maps maps = { .fds = NULL };
	int fd = skw_set_maps_open(&c->cbpf, &maps, err);

	if (fd)
		return fd;
	/* Even if the kernel has the functions, it may refuse them to this program. */
	fd = place->access ? load_with(plan, c, place, place->access, maps.fds, NULL) : -ENOENT;
	return fd >= 0 ? fd : load_with(plan, c, place, NULL, maps.fds, err);
}

int skw_filters_load(const struct skw_capture_plan *plan, struct skw_compiled *c,
		     const struct skw_filters_place *place, struct skw_error *err)
{
	struct skw_error refusal = { 0 };
	int fd = load(plan, c, place, &refusal);

	if (fd >= 0)
		return fd;
	/*
	 * A missing privilege or lack of memory would not go away in user space. If c->user is set,
	 * user space filters already, and the refused program accepts everything.
	 */
	if (c->user || fd == -EPERM || fd == -ENOMEM)
		return skw_error_set(err, fd, "%s", refusal.text);
	int ret = compile_for_user(plan, c, err);
	if (ret)
		return ret;
	skw_say("%s; it runs in user space, which costs more", refusal.text);
	return load(plan, c, place, err);
}

int skw_filters_compile_kind(const struct skw_capture_plan *plan, const struct skw_iface_info *info,
			     struct skw_compiled *c, bool *stand_in, struct skw_error *err)
{
	struct skw_error trouble = { 0 };
	int dlt = skw_iface_plain_dlt(info->arphrd);
	int ret = -ENETDOWN;

	if (info->flags & IFF_UP)
		ret = skw_filters_compile(plan, info, c, &trouble);
	if (!ret && !c->cooked)
		return 0;
	if (!ret)
		skw_compiled_free(c);
	/*
	 * If libpcap would capture without the link-layer header, the packets of this socket have
	 * none.
	 */
	if (dlt < 0)
		dlt = DLT_RAW;
	if (!trouble.usage) {
		*stand_in = ret != 0;
		trouble.text[0] = '\0';
		ret = skw_filters_compile_dead(plan, dlt, c, &trouble);
	}
	/*
	 * An expression that is invalid for a link other than Ethernet matches none of its packets.
	 */
	if (ret && trouble.usage && dlt != DLT_EN10MB)
		return compile_none(dlt, c);
	if (ret && trouble.usage)
		return skw_error_usage(err, "%s", trouble.text);
	return ret ? skw_error_set(err, ret, "%s", trouble.text) : 0;
}
