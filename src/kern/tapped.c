// SPDX-License-Identifier: BSD-2-Clause
#include "kern/tapped.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <string.h>
#include <unistd.h>

#include "kern/host/cgroup.h"
#include "util/cleanup.h"

/* A ring holds some of the largest packets, and the memory is charged to top. */
#define RING_BYTES (4ULL << 20)

static unsigned rings_len(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus < 1 ? 1 : cpus > SKW_TAPPED_RINGS ? SKW_TAPPED_RINGS : (unsigned)cpus;
}

static int find_cgroup(struct skw_tapped *t, uint64_t id, struct skw_error *err)
{
	char mount[PATH_MAX];
	int ret = skw_cgroup_mount(mount, err);

	if (ret)
		return ret;
	ret = skw_cgroup_by_id(mount, id, t->cgroup);
	return ret ? skw_error_set(err, ret, "this cgroup: %s", strerror(-ret)) : 0;
}

/* Where the owner decides, the kernel's owner filter does, as for --pid, --comm and --cgroup. */
static int make_plan(struct skw_tapped *t, const struct skw_pick *pick, struct skw_error *err)
{
	struct skw_owner_plan *owners = &t->plan.owners;
	int ret = skw_pick_filter(pick, t->filter);

	if (ret)
		return skw_error_set(err, ret, "this can't be captured");
	t->plan = (struct skw_capture_plan){ .filter = t->filter,
					     .dlt = -1,
					     .snaplen = SKW_SNAPLEN_MAX,
					     .rings = rings_len(),
					     .quiet = true };
	t->plan.ring_bytes = t->plan.rings * RING_BYTES;
	memcpy(t->comm, pick->comm, sizeof(t->comm));
	t->cgroup[0] = '\0';
	if (pick->kind == SKW_PICK_PID)
		owners->pids[owners->pids_len++] = pick->pid;
	if (pick->kind == SKW_PICK_COMM)
		owners->comms[owners->comms_len++] = t->comm;
	if (pick->kind != SKW_PICK_CGROUP)
		return 0;
	owners->cgroups[owners->cgroups_len++] = t->cgroup;
	return find_cgroup(t, pick->cgroup_id, err);
}

/* The first filter must be for Ethernet. Interfaces that go meanwhile need no filter. */
static int learn_all(struct skw_tapped *t, struct skw_error *err)
{
	const struct skw_iface_info ether = { .name = "any", .arphrd = ARPHRD_ETHER };
	SKW_AUTO_FREE struct skw_iface_info *list = NULL;
	struct skw_dispatched learned;
	size_t n = 0;
	int ret = skw_dispatch_learn(t->dispatch, &ether, &learned, err);

	if (!ret)
		ret = skw_iface_list(&list, &n, err);
	for (size_t i = 0; !ret && i < n; i++) {
		ret = skw_dispatch_learn(t->dispatch, &list[i], &learned, err);
		if (ret == -ENODEV)
			ret = 0;
	}
	return ret;
}

static int open_all(struct skw_tapped *t, struct skw_error *err)
{
	const struct skw_tap_options opt = { .ring_bytes = t->plan.ring_bytes,
					     .rings = t->plan.rings,
					     .slots = SKW_DISPATCH_SLOTS,
					     .at_once = true };
	const struct skw_tap_socket socket = { .name = "any" };
	int ret = skw_tap_load(&opt, &t->tap, err);

	if (!ret && skw_owner_plan_chooses(&t->plan.owners))
		ret = skw_chosen_open(&t->plan.owners, t->tap, &t->chosen, err);
	if (ret)
		return ret;
	skw_tap_set_snaplen(t->tap, t->plan.snaplen);
	skw_dispatch_init(t->dispatch, &t->plan, t->tap,
			  skw_filters_access(&t->plan, &t->access_room));
	ret = learn_all(t, err);
	/* Packets that come before the rings are there would only be counted. */
	if (!ret)
		ret = skw_tap_make_rings(t->tap, err);
	return ret ? ret : skw_tap_open_socket(t->tap, &socket, err);
}

int skw_tapped_open(struct skw_tapped *t, const struct skw_pick *pick, struct skw_error *err)
{
	int ret = make_plan(t, pick, err);

	if (!ret)
		ret = open_all(t, err);
	if (ret)
		skw_tapped_close(t);
	return ret;
}

void skw_tapped_close(struct skw_tapped *t)
{
	skw_chosen_close(t->chosen);
	skw_dispatch_free(t->dispatch);
	skw_tap_free(t->tap);
	t->chosen = NULL;
	t->tap = NULL;
}
