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

int skw_rights_borrow(const struct skw_identity *who, int (*act)(void *ctx), void *ctx)
{
	SKW_AUTO_FREE gid_t *before = NULL, *groups = NULL;
	int before_len = getgroups(0, NULL);
	int len = 0;

	getgrouplist(who->name, who->gid, NULL, &len);
	before = calloc((size_t)before_len + 1, sizeof(*before));
	groups = calloc((size_t)len + 1, sizeof(*groups));
	if (!before || !groups || getgroups(before_len, before) < 0)
		return -ENOMEM;
	/* Its list has a place for each group, unless the first call lacked memory. */
	if (getgrouplist(who->name, who->gid, groups, &len) < 0)
		return -ENOMEM;
	if (setgroups((size_t)len, groups) < 0)
		return -errno;
	gid_t gid = (gid_t)setfsgid(who->gid);
	uid_t uid = (uid_t)setfsuid(who->uid);
	int ret = (uid_t)setfsuid((uid_t)-1) == who->uid ? act(ctx) : -EPERM;

	setfsuid(uid);
	setfsgid(gid);
	/* The keeper must not go on with the wrong groups. */
	if (setgroups((size_t)before_len, before) < 0)
		_exit(SKW_EXIT_ERRNO + errno);
	return ret;
}
