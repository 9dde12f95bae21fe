// SPDX-License-Identifier: BSD-2-Clause
#include "kern/types.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/types.h>

const char *skw_types_path(void)
{
	__u32 id;

	return bpf_btf_get_next_id(0, &id) < 0 && errno == EPERM ? "/sys/kernel/btf/vmlinux" : NULL;
}
