// SPDX-License-Identifier: BSD-2-Clause
#include "watch/watch_names.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "kern/host/cgroup.h"
#include "util/cleanup.h"

int skw_watch_names_open(struct skw_watch_names *n)
{
	n->mount_fd = open(n->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (n->mount_fd < 0)
		return -errno;
	if (!n->top[0])
		return 0;
	n->top_fd = open(n->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return n->top_fd < 0 ? -errno : 0;
}

void skw_watch_names_free(struct skw_watch_names *n)
{
	skw_cleanup_fd(&n->mount_fd);
	skw_cleanup_fd(&n->top_fd);
	skw_id_set_free(&n->missing);
	skw_id_set_free(&n->inside);
	skw_id_set_free(&n->outside);
}

struct cgroups_wanted {
	const struct skw_row_taker *taker;
	const struct skw_id_set *wanted;
	struct skw_id_set found;
};

static int name_one(void *ctx, uint64_t id, const char *path)
{
	struct cgroups_wanted *naming = ctx;

	bool is_wanted = skw_id_set_has(naming->wanted, id);
	int ret = is_wanted ? skw_id_set_add(&naming->found, id) : 0;

	if (ret || (!is_wanted && !naming->taker->ops->needs_cgroup))
		return ret;
	return naming->taker->ops->name_cgroup(naming->taker->ctx, id, path);
}

int skw_watch_names_fill(struct skw_watch_names *n, const struct skw_row_taker *taker)
{
	struct skw_id_set wanted = { 0 };
	struct cgroups_wanted naming = { .taker = taker, .wanted = &wanted };
	uint64_t id;
	int ret = 0;

	while (!ret && taker->ops->unnamed_cgroup(taker->ctx, &id))
		if (!skw_id_set_has(&n->missing, id))
			ret = skw_id_set_add(&wanted, id);
	if (!ret && wanted.len)
		ret = skw_cgroup_walk(n->mount_fd, "", name_one, &naming);
	for (size_t i = 0; !ret && i < wanted.len; i++)
		if (!skw_id_set_has(&naming.found, wanted.all[i]))
			ret = skw_id_set_add(&n->missing, wanted.all[i]);
	skw_id_set_free(&wanted);
	skw_id_set_free(&naming.found);
	return ret;
}

static int note_inside(void *ctx, uint64_t id, const char *path)
{
	(void)path;
	return skw_id_set_add(ctx, id);
}

bool skw_watch_names_inside(struct skw_watch_names *n, uint64_t cgroup_id)
{
	if (!n->top[0] || skw_id_set_has(&n->inside, cgroup_id))
		return true;
	if (skw_id_set_has(&n->outside, cgroup_id))
		return false;
	/* An unknown cgroup may have been created in the subtree since the last walk. */
	skw_cgroup_walk(n->top_fd, "", note_inside, &n->inside);
	if (skw_id_set_has(&n->inside, cgroup_id))
		return true;
	skw_id_set_add(&n->outside, cgroup_id);
	return false;
}
