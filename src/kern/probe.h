/* SPDX-License-Identifier: BSD-2-Clause */
/* Small attempts that tell what this kernel has and permits. They leave nothing behind. */
#ifndef SKW_KERN_PROBE_H
#define SKW_KERN_PROBE_H

#include <stddef.h>

/* Each returns 0 or -errno. */

/* The kernel's types can be read, which programs need that read its structs. */
int skw_probe_btf(void);
/* A ring of BPF can be made. */
int skw_probe_ring(void);
/* A packet socket can be made and runs this program. It receives nothing. */
int skw_probe_packet_socket(int prog_fd);
/* This thread can enter a network namespace: its own, so that nothing changes. */
int skw_probe_enter_netns(void);

/*
 * Moves the process to a new network namespace whose loopback interface is up. There the later
 * probes meet no socket but their own.
 */
int skw_probe_own_netns(void);

/* Two ends of a TCP connection on the loopback interface, -1: none. The caller closes them. */
struct skw_probe_pair {
	int client;
	int server;
};
int skw_probe_connect(struct skw_probe_pair *pair);
/* Sends something there and back, so that the kernel measures the round trip. */
int skw_probe_exchange(const struct skw_probe_pair *pair);
void skw_probe_close(struct skw_probe_pair *pair);

/* The versions of libbpf and libpcap that the program runs with, as text. */
const char *skw_probe_libbpf(void);
const char *skw_probe_libpcap(void);

#endif
