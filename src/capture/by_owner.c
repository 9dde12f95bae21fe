// SPDX-License-Identifier: BSD-2-Clause
#include "capture/by_owner.h"

#include <inttypes.h>

#include "keeper/privileges.h"
#include "util/say.h"

int skw_by_owner_prepare(struct skw_capture *c, struct skw_error *err)
{
	if (!skw_owner_plan_chooses(&c->plan->owners))
		return 0;
	int ret = skw_privileges_missing(SKW_USE_WATCH, err);
	return ret ? ret : skw_chosen_open(&c->plan->owners, c->tap, &c->chosen, err);
}

uint64_t skw_capture_open_connections(void *capture)
{
	const struct skw_capture *c = capture;
	struct skw_chosen_figures figures = { 0 };

	if (c->chosen)
		skw_chosen_count(c->chosen, &figures);
	return figures.open;
}

void skw_by_owner_step(struct skw_capture *c)
{
	struct skw_chosen_figures figures;

	if (!c->chosen || c->full_told)
		return;
	skw_chosen_count(c->chosen, &figures);
	if (!figures.full)
		return;
	skw_say("the table of sockets by owner is full: packets of further sockets are not "
		"captured; --owner-sockets makes it larger");
	c->full_told = true;
}

int skw_by_owner_end(void *capture, struct skw_error *err)
{
	const struct skw_capture *c = capture;
	struct skw_chosen_figures figures;

	(void)err;
	if (!c->chosen)
		return 0;
	skw_chosen_count(c->chosen, &figures);
	if (figures.full)
		skw_say("%" PRIu64 " times a socket found no room in the table of sockets by "
			"owner; its packets may be missing (--owner-sockets)",
			figures.full);
	if (figures.early)
		skw_say("%" PRIu64 " closed sockets were forgotten early to make room; late "
			"packets of theirs may be missing (--owner-sockets)",
			figures.early);
	return 0;
}
