// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/judge_messages.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdint.h>

#include "abi/policy.h"
#include "kern/bpf_log.h"

int skw_judge_messages_attach(int program_fd, int map_fd, struct skw_error *err)
{
	return bpf_prog_attach(program_fd, map_fd, BPF_SK_MSG_VERDICT, 0)
		       ? skw_error_set(err, -errno, "BPF: attaching to the map of sockets: %s",
				       skw_error_why(-errno))
		       : 0;
}

/*
 * The kernel drops what was redirected to a socket and is unread, but nothing is redirected here.
 * Sockets that close in between leave by themselves, so a key may be gone.
 */
void skw_judge_messages_release(int map_fd)
{
	uint64_t cookie;

	for (unsigned i = 0; i < 2 * SKW_POLICY_MESSAGE_SOCKETS; i++) {
		if (bpf_map_get_next_key(map_fd, NULL, &cookie))
			break;
		bpf_map_delete_elem(map_fd, &cookie);
	}
}
