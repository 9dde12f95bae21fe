/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells what a watch can do on this host, for `skwatch check`. */
#ifndef SKW_WATCH_PROBE_H
#define SKW_WATCH_PROBE_H

#include <stdbool.h>

struct skw_check;

/*
 * Whether other network namespaces can be entered. Then the process moves to a new one, where it is
 * alone. Returns whether it is there.
 */
bool skw_watch_probe_netns(struct skw_check *check);

/*
 * Loads the programs of a watch, and attaches them to the topmost cgroup for a moment. `alone`:
 * this process is in a network namespace of its own, so that sockets are looked at, too, and a
 * connection is made there. The programs ignore the sockets of other namespaces.
 */
void skw_watch_probe(struct skw_check *check, bool alone);

#endif
