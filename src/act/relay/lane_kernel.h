/* SPDX-License-Identifier: BSD-2-Clause */
/* A lane whose bytes the kernel moves as long as the receiver has room: see abi/conduit.h. */
#ifndef SKW_ACT_RELAY_LANE_KERNEL_H
#define SKW_ACT_RELAY_LANE_KERNEL_H

#include <stdint.h>

#include "act/relay/lane.h"

struct skw_conduit;

/* Before the kernel gets the lane, which has read nothing and holds nothing. 0 or -errno. */
int skw_relay_lane_kernel_begin(struct skw_relay_lane *lane, struct skw_conduit *conduit);

/*
 * The next step of a lane that holds nothing: SKW_RELAY_MORE to read, SKW_RELAY_DONE if the
 * receiver has all and may be told the end, or it is gone.
 */
enum skw_relay_moved skw_relay_lane_kernel_look(struct skw_relay_lane *lane);

/* Tells the program how much was sent. */
void skw_relay_lane_kernel_sent(struct skw_relay_lane *lane);

/* Bytes that the kernel has moved, and bytes that the receiver's TCP has not taken yet. */
uint64_t skw_relay_lane_kernel_moved(const struct skw_relay_lane *lane);
uint64_t skw_relay_lane_kernel_waiting(const struct skw_relay_lane *lane);

#endif
