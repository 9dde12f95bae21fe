/* SPDX-License-Identifier: BSD-2-Clause */
/* For `skwatch check`: whether a command can be run in a cgroup of its own. */
#ifndef SKW_RUN_PROBE_H
#define SKW_RUN_PROBE_H

#include "util/report.h"

/* Makes the cgroup and the processes, starts no command, and removes all of it. */
void skw_run_probe(struct skw_check *check);

#endif
