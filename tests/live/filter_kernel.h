/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's side of the filter tests: programs, maps, a veth pair, sockets that tap it. */
#ifndef SKW_TESTS_FILTER_KERNEL_H
#define SKW_TESTS_FILTER_KERNEL_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter_corpus.h"
#include "model/cbpf.h"

/* BPF_PROG_TEST_RUN strips a prefix from a socket filter's packet, and limits its length. */
#define TEST_RUN_PREFIX 14
#define TEST_RUN_MAX    3000

/* How long a frame may take from one end to the other; then something is broken. */
#define FRAME_PATIENCE_MS 60000

/* All return a descriptor or 0, or -errno. Loading prints the verifier's log when it fails. */
int kernel_load(const struct bpf_insn *insns, size_t len);
int kernel_map(enum bpf_map_type type, uint32_t value_size, uint32_t entries);
int kernel_map_set(int fd, uint32_t key, const void *value);
int kernel_map_get(int fd, uint32_t key, void *value);
/* Gets the value that the program returns for the packet. */
int kernel_run(int prog_fd, const struct test_packet *p, uint32_t *verdict);

#define WIRE_NEAR "near" /* the end that is tapped, ifindex 2 or 3 */
#define WIRE_FAR  "far"

/* A packet is sent to the tapped end, from it, or to it in pages rather than in one piece. */
enum wire_way { WIRE_IN, WIRE_OUT, WIRE_IN_PAGED, WIRE_WAYS };

struct wire {
	int send[WIRE_WAYS];
	int reference; /* a tap of all packets */
};

/* A network namespace of our own with a veth pair, quiet. -EPERM where that isn't allowed. */
int wire_open(struct wire *w);
void wire_close(struct wire *w);
/* Whether the kernel lets this packet come by at all. */
bool wire_carries(enum wire_way way, const struct test_packet *p);
/* Sends and waits until all taps have seen the packet. */
int wire_send(struct wire *w, enum wire_way way, const struct test_packet *p);

int tap_open(const char *ifname);
int tap_set_classic(int fd, const struct skw_cbpf *prog);
int tap_set_ebpf(int fd, int prog_fd);
/* Takes a packet. Returns false if there is none, as the filter let none through. */
bool tap_take(int fd);

#endif
