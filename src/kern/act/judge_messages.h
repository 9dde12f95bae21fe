/* SPDX-License-Identifier: BSD-2-Clause */
/* The map of the sockets whose messages are judged: see bpf/policy_message.bpf.h. */
#ifndef SKW_KERN_ACT_JUDGE_MESSAGES_H
#define SKW_KERN_ACT_JUDGE_MESSAGES_H

#include "util/error.h"

/*
 * Makes the program judge what the sockets in the map send. It does as long as the map is open or
 * pinned. Returns 0, or -errno with err filled.
 */
int skw_judge_messages_attach(int program_fd, int map_fd, struct skw_error *err);

/* Takes all sockets out of the map, which are then as they were before. No socket may come in. */
void skw_judge_messages_release(int map_fd);

#endif
