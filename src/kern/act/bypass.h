/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and attaches the programs that move bytes past TCP (bpf/bypass.bpf.c). abi/bypass.h has the
 * records of their rings.
 *
 * Stopping takes no socket out of the kernel's map of sockets, because the kernel would drop bytes
 * that are unread. The sockets that are in it stay there until they are closed, and their messages
 * pass.
 */
#ifndef SKW_KERN_ACT_BYPASS_H
#define SKW_KERN_ACT_BYPASS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "abi/bypass.h"
#include "kern/act/pins.h"
#include "kern/ring/ring.h"
#include "util/error.h"

struct skw_kern_bypass;

/*
 * Loads them, if no program excludes others from the cgroup at the path `cgroup`, whose folder is
 * `cgroup_fd`. Of each direction at most max_queue bytes are unread. With `records`, what is moved
 * comes as records, too, among those of events. Returns 0, or -errno with err filled.
 */
int skw_kern_bypass_open(const char *cgroup, int cgroup_fd, uint64_t max_queue, bool records,
			 struct skw_kern_bypass **out, struct skw_error *err);
/*
 * Attaches them to the cgroup, whose folder is `cgroup_fd`: connections are taken over from then
 * on. Returns 0, or -errno with err filled.
 */
int skw_kern_bypass_attach(struct skw_kern_bypass *b, const char *cgroup, int cgroup_fd,
			   struct skw_error *err);
/* Detaches what is not pinned. */
void skw_kern_bypass_close(struct skw_kern_bypass *b); /* NULL allowed */

/*
 * In the process that has no privileges: gives up all but the rings and the counters. stop(),
 * silence(), pin() and is_attached() are of the other process then.
 */
void skw_kern_bypass_disarm(struct skw_kern_bypass *b);
/* The descriptors that the other process needs. They stay ours. */
void skw_kern_bypass_fds(const struct skw_kern_bypass *b, int fds[2]);
/* Whether the program is attached, which a detach of its pin may have changed meanwhile. */
bool skw_kern_bypass_is_attached(const struct skw_kern_bypass *b);

/* No more sockets are put into the map, and all messages go to TCP. */
void skw_kern_bypass_stop(struct skw_kern_bypass *b);
/* Programs that are pinned go on without telling events. */
void skw_kern_bypass_silence(struct skw_kern_bypass *b);

struct skw_rings *skw_kern_bypass_rings(struct skw_kern_bypass *b); /* stays ours */

/* Adds up the counters of all CPUs. */
void skw_kern_bypass_count(const struct skw_kern_bypass *b, struct skw_bypass_counters *sum);

/* Pins the link and the maps. Returns 0, or -errno with err filled. */
int skw_kern_bypass_pin(const struct skw_kern_bypass *b, const struct skw_pin *pin,
			struct skw_error *err);

/* Reads the counters of a pin. Returns 0 or -errno. */
int skw_kern_bypass_read(const struct skw_pin *pin, struct skw_bypass_counters *sum);

#endif
