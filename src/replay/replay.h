/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets from a capture file instead of the wire (-r): no BPF, and no privilege needed. */
#ifndef SKW_REPLAY_REPLAY_H
#define SKW_REPLAY_REPLAY_H

#include "session/plan.h"
#include "util/error.h"

/* Reads the plan's read_file to its end, to -c or to a signal. 0 or -errno with err filled. */
int skw_replay_run(const struct skw_capture_plan *plan, struct skw_error *err);

#endif
