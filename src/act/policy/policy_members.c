// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_members.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kern/host/cgroup.h"
#include "util/cleanup.h"

/* The programs look at this many cgroups, one above the other (CGROUP_DEPTH_MAX). */
#define LEVELS 16

/* The path of the root is "/". */
static bool is_below(const char *path, const char *above)
{
	size_t len = strcmp(above, "/") == 0 ? 0 : strlen(above);

	return strncmp(path, above, len) == 0 && path[len] == '/' && path[len + 1];
}

/* The nearest cgroup above it. A walk tells it before, and last of all that are above. */
static const struct skw_policy_member *above(const struct skw_policy_members *m, const char *path)
{
	for (size_t i = m->len; i-- > 0;)
		if (is_below(path, m->all[i].path))
			return &m->all[i];
	return NULL;
}

/* Finds the rules as group_of() of bpf/policy.bpf.c does. The first element has the id 0. */
static void set_group(const struct skw_policy_members *m, const struct skw_policy_image *image,
		      struct skw_policy_member *it)
{
	const struct skw_policy_member *parent = above(m, it->path);

	for (size_t i = 1; i < image->groups; i++)
		if (image->group[i].id == it->id) {
			it->group = i;
			return;
		}
	if (parent && parent->group && parent->below + 1 < LEVELS) {
		it->group = parent->group;
		it->below = parent->below + 1;
	}
}

int skw_policy_members_add(struct skw_policy_members *m, const struct skw_policy_image *image,
			   uint64_t id, const char *path)
{
	if (m->len == m->size) {
		size_t size = m->size ? 2 * m->size : 16;
		struct skw_policy_member *all = reallocarray(m->all, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		m->all = all;
		m->size = size;
	}
	struct skw_policy_member *it = &m->all[m->len];

	*it = (struct skw_policy_member){ .id = id, .path = strdup(path) };
	if (!it->path)
		return -ENOMEM;
	set_group(m, image, it);
	m->len++;
	return 0;
}

struct member_walk {
	struct skw_policy_members *members;
	const struct skw_policy_image *image;
};

static int add(void *ctx, uint64_t id, const char *path)
{
	const struct member_walk *w = ctx;

	return skw_policy_members_add(w->members, w->image, id, path);
}

int skw_policy_members_find(struct skw_policy_members *m, const struct skw_policy_image *image,
			    const char *folder, const char *path)
{
	struct member_walk walk = { .members = m, .image = image };
	SKW_AUTO_FD int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret = fd < 0 ? -errno : skw_cgroup_walk(fd, path, add, &walk);

	skw_policy_members_sort(m);
	return ret;
}

static int by_id(const void *a, const void *b)
{
	const struct skw_policy_member *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

void skw_policy_members_sort(struct skw_policy_members *m)
{
	if (m->len)
		qsort(m->all, m->len, sizeof(*m->all), by_id);
}

const struct skw_policy_member *skw_policy_members_get(const struct skw_policy_members *m,
						       uint64_t id)
{
	const struct skw_policy_member wanted = { .id = id };

	return m->len ? bsearch(&wanted, m->all, m->len, sizeof(*m->all), by_id) : NULL;
}

void skw_policy_members_free(struct skw_policy_members *m)
{
	for (size_t i = 0; i < m->len; i++)
		free(m->all[i].path);
	free(m->all);
	*m = (struct skw_policy_members){ 0 };
}
