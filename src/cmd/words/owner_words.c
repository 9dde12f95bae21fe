// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/words/owner_words.h"

#include <limits.h>
#include <stddef.h>

#include "util/units.h"

static int too_many(const char *option, struct skw_error *err)
{
	return skw_error_usage(err, "%s: more than %d", option, SKW_OWNER_PLAN_MAX);
}

int skw_owner_words_add_pid(struct skw_owner_plan *plan, const char *word, struct skw_error *err)
{
	uint64_t pid;

	if (!skw_units_parse_uint(word, &pid) || !pid || pid > INT_MAX)
		return skw_error_usage(err, "--pid: \"%s\" is not the number of a process", word);
	if (plan->pids_len == SKW_OWNER_PLAN_MAX)
		return too_many("--pid", err);
	plan->pids[plan->pids_len++] = (uint32_t)pid;
	return 0;
}

static int add_name(const char *option, const char **names, size_t *len, const char *word,
		    struct skw_error *err)
{
	if (!word[0])
		return skw_error_usage(err, "%s: the name is empty", option);
	if (*len == SKW_OWNER_PLAN_MAX)
		return too_many(option, err);
	names[(*len)++] = word;
	return 0;
}

int skw_owner_words_add_comm(struct skw_owner_plan *plan, const char *word, struct skw_error *err)
{
	return add_name("--comm", plan->comms, &plan->comms_len, word, err);
}

int skw_owner_words_add_cgroup(struct skw_owner_plan *plan, const char *word, struct skw_error *err)
{
	return add_name("--cgroup", plan->cgroups, &plan->cgroups_len, word, err);
}
