/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much the kernel may take from a sender before the relay reads it. The kernel lets the buffer
 * of a socket grow up to net.ipv4.tcp_rmem, which is 32 MiB on newer kernels, and it goes on with
 * that while nobody reads.
 */
#ifndef SKW_ACT_RELAY_WINDOW_H
#define SKW_ACT_RELAY_WINDOW_H

#include <stdbool.h>

struct skw_relay_end;

/*
 * A buffer that is larger becomes this small, and stays so. It is the limit of older kernels. One
 * step of the kernel may go from 128 KiB beyond it.
 */
#define SKW_RELAY_BUFFER_BYTES 6291456

/* Whether net.core.rmem_max permits this size. Otherwise a buffer can only be kept from growing. */
bool skw_relay_window_can_shrink(void);

/*
 * The kernel takes the first bytes that are read for a jump of the sender's speed, and would let
 * the buffer grow to 100 times of them. So it does not grow before this many. A sender takes five
 * round trips for them in any case, as it starts slowly.
 */
#define SKW_RELAY_FIRST_BYTES 262144

/* Keeps the buffer of a socket from growing, or that of the connections of a listener. */
void skw_relay_window_freeze(int fd);

/* Lets the buffer of a sender grow, but not while its receiver has stopped. */
void skw_relay_window_follow(struct skw_relay_end *from, bool stopped, bool can_shrink);

/* Gives the buffer its largest size for good, as nobody looks at it while the kernel moves bytes.
 */
void skw_relay_window_fix(struct skw_relay_end *from, bool can_shrink);

/* Looks whether the buffer is too large. Call this after reading a large portion. */
void skw_relay_window_look(struct skw_relay_end *from, bool can_shrink);

#endif
