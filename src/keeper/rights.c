// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/rights.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include "keeper/privileges.h"
#include "util/cleanup.h"
#include "util/error.h"

void skw_rights_keep_groups(struct skw_identity *who)
{
	int len = SKW_IDENTITY_GROUPS;

	who->groups_len = getgrouplist(who->name, who->gid, who->groups, &len) < 0 ? 0 : len;
}

/* Takes the groups of `who`, in place of the own ones. Returns 0 or -errno. */
static int take_groups(const struct skw_identity *who)
{
	SKW_AUTO_FREE gid_t *groups = NULL;
	int len = 0;

	if (who->groups_len)
		return setgroups((size_t)who->groups_len, who->groups) < 0 ? -errno : 0;
	getgrouplist(who->name, who->gid, NULL, &len);
	groups = calloc((size_t)len + 1, sizeof(*groups));
	/* The list has a place for each group, unless the first call lacked memory. */
	if (!groups || getgrouplist(who->name, who->gid, groups, &len) < 0)
		return -ENOMEM;
	return setgroups((size_t)len, groups) < 0 ? -errno : 0;
}

int skw_rights_borrow(const struct skw_identity *who, int (*act)(void *ctx), void *ctx)
{
	int before_len = getgroups(0, NULL);
	SKW_AUTO_FREE gid_t *before = calloc((size_t)before_len + 1, sizeof(*before));

	if (!before || getgroups(before_len, before) < 0)
		return -ENOMEM;
	int ret = take_groups(who);
	if (ret)
		return ret;
	gid_t gid = (gid_t)setfsgid(who->gid);
	uid_t uid = (uid_t)setfsuid(who->uid);
	ret = (uid_t)setfsuid((uid_t)-1) == who->uid ? act(ctx) : -EPERM;

	setfsuid(uid);
	setfsgid(gid);
	/* The keeper must not go on with the wrong groups. */
	if (setgroups((size_t)before_len, before) < 0)
		_exit(SKW_EXIT_ERRNO + errno);
	return ret;
}
