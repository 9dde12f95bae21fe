/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much the kernel may take from a sender before the relay reads it. The kernel lets the buffer
 * of a socket grow up to net.ipv4.tcp_rmem, also while nobody reads. That is 6 MiB before Linux
 * 6.18 and 32 MiB since, but there net.core.rmem_max permits a size of our own.
 */
#ifndef SKW_ACT_RELAY_WINDOW_H
#define SKW_ACT_RELAY_WINDOW_H

/* The size of the buffer, as getsockopt() tells it. */
#define SKW_RELAY_BUFFER_BYTES 6291456

/*
 * Gives the buffer of a socket this size for good. Where net.core.rmem_max does not permit it, the
 * kernel goes on to choose it.
 */
void skw_relay_window_set(int fd);

/* Likewise for all connections of a listener, by a privilege if there is one. */
void skw_relay_window_set_listener(int fd);

#endif
