// SPDX-License-Identifier: BSD-2-Clause
/* The parts of a pinned steering, for `skwatch list`. */
#include "act/steer/steer.h"

#include <errno.h>
#include <stdio.h>

#include "act/steer/steer_repair.h"
#include "act/steer/steer_rule.h"
#include "kern/act/lookup.h"
#include "row/address.h"

static void list_server(const struct skw_lookup *l, const struct skw_act_listing *to)
{
	struct skw_steer_server server;
	char end[SKW_ENDPOINT_SIZE], text[SKW_ENDPOINT_SIZE + 64];

	if (skw_lookup_server(l, &server))
		return;
	for (unsigned i = 0; i < SKW_STEER_SLOTS; i++) {
		if (!server.has[i])
			continue;
		skw_address_endpoint(end, server.family[i], server.addr[i], server.port[i], NULL);
		snprintf(text, sizeof(text), "server for %s %s%s",
			 i == SKW_STEER_SLOT4 ? "IPv4" : "IPv6", end,
			 skw_lookup_has(l, i) ? "" : ": it has gone; use list --repair");
		to->add(to->ctx, text, SKW_NONE64);
	}
}

static void list_figures(const struct skw_lookup *l, const struct skw_act_listing *to)
{
	struct skw_steer_figures f;

	if (skw_lookup_figures(l, &f))
		return;
	if (f.taken)
		to->add(to->ctx, "taken by another program first", f.taken);
	if (f.failed)
		to->add(to->ctx, "refused by the kernel", f.failed);
}

static int describe(const struct skw_pin *pin, const struct skw_act_listing *to,
		    struct skw_error *err)
{
	struct skw_lookup l = SKW_LOOKUP_INIT;
	int ret = skw_lookup_open(&l, pin, err);
	uint64_t missed = 0;

	if (!ret)
		list_server(&l, to);
	for (uint32_t i = 0; !ret && i < SKW_STEER_RULES_MAX; i++) {
		struct skw_steer_entry entry;
		char text[SKW_STEER_RULE_SIZE];

		if (skw_lookup_entry(&l, i, &entry) || !entry.rule.used)
			continue;
		skw_steer_rule_text(&entry.rule, text);
		to->add(to->ctx, text, entry.steered);
		missed += entry.missed;
	}
	if (missed)
		to->add(to->ctx, "not steered, as the server was not there", missed);
	if (!ret)
		list_figures(&l, to);
	skw_lookup_close(&l);
	return ret;
}

static int repair(const struct skw_pin *pin, struct skw_error *err)
{
	struct skw_lookup l = SKW_LOOKUP_INIT;
	struct skw_steer_repaired done = { 0 };
	int ret = skw_lookup_open(&l, pin, err);

	if (!ret)
		ret = skw_steer_repair(&l, (uint32_t)pin->meta.where_id, &done, err);
	skw_lookup_close(&l);
	if (!ret && done.empty)
		ret = skw_error_set(err, -ENOENT, "its server is not there; start it, and repeat");
	return ret ? ret : (int)done.mended;
}

const struct skw_act_kind skw_steer_kind = { .name = "steer",
					     .describe = describe,
					     .repair = repair };
