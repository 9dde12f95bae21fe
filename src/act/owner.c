// SPDX-License-Identifier: BSD-2-Clause
#include "act/owner.h"

#include <stdio.h>

void skw_act_owner_set(union skw_act_owner *owner, struct skw_row *row, uint32_t pid,
		       const char *comm, size_t size)
{
	struct skw_owner *one = owner->set.list;

	owner->set.refs = owner->set.len = 1;
	one->pid = pid;
	snprintf(one->comm, sizeof(one->comm), "%.*s", (int)size, comm);
	row->owners = &owner->set;
}
