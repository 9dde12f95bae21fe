// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_groups.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "kern/host/cgroup.h"
#include "util/cleanup.h"

struct named_cgroups {
	const struct skw_policy_rules *rules;
	struct skw_policy_image *image;
	bool found[SKW_POLICY_RULES];
};

bool skw_policy_groups_match(const struct skw_policy_rule *rule, const char *path, bool *itself)
{
	char part[PATH_MAX];

	/* The path of the policy's own cgroup is empty, and `*` would match that. */
	*itself = rule->glob[0] && path[0] && fnmatch(rule->glob, path, FNM_PATHNAME) == 0;
	if (*itself || !rule->glob[0])
		return true;
	snprintf(part, sizeof(part), "%s", path);
	for (char *slash = strrchr(part, '/'); slash; slash = strrchr(part, '/')) {
		*slash = '\0';
		if (fnmatch(rule->glob, part, FNM_PATHNAME) == 0)
			return true;
	}
	return false;
}

/* Adds a cgroup that a rule names. A cgroup below it needs no entry: see struct skw_policy_group.
 */
static int add_group(void *ctx, uint64_t id, const char *path)
{
	struct skw_policy_group_bits one = { .id = id };
	struct named_cgroups *s = ctx;
	bool named = false;

	for (size_t i = 0; i < s->rules->len; i++) {
		bool itself;

		if (!skw_policy_groups_match(&s->rules->rule[i], path + 1, &itself))
			continue;
		one.bits.word[i / 64] |= 1ULL << i % 64;
		named = named || itself;
		s->found[i] = s->found[i] || itself;
	}
	if (!named)
		return 0;
	if (s->image->groups == SKW_POLICY_GROUPS)
		return -ENOSPC;
	s->image->group[s->image->groups++] = one;
	return 0;
}

/* The rules for all cgroups, which hold where no other entry does. */
static void add_rest(struct skw_policy_image *image, const struct skw_policy_rules *rules)
{
	struct skw_policy_group_bits *rest = &image->group[image->groups++];

	rest->id = 0;
	for (size_t i = 0; i < rules->len; i++)
		if (!rules->rule[i].glob[0])
			rest->bits.word[i / 64] |= 1ULL << i % 64;
}

int skw_policy_groups_find(const struct skw_policy_rules *rules, const char *path,
			   struct skw_policy_image *image, struct skw_error *err)
{
	struct named_cgroups s = { .rules = rules, .image = image };

	if (!image->set.groups)
		return 0;
	SKW_AUTO_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return skw_error_set(err, -errno, "%s: %s", path, strerror(errno));
	add_rest(image, rules);
	int ret = skw_cgroup_walk(fd, "", add_group, &s);
	if (ret == -ENOSPC)
		return skw_error_usage(err, "the rules name more than %d cgroups",
				       SKW_POLICY_GROUPS - 1);
	if (ret)
		return skw_error_set(err, ret, "%s: %s", path, strerror(-ret));
	for (size_t i = 0; i < rules->len; i++)
		if (rules->rule[i].glob[0] && !s.found[i])
			return skw_error_usage(err, "rule %zu: cgroup %s: there is none below %s",
					       i + 1, rules->rule[i].glob, path);
	return 0;
}
