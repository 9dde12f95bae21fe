/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tap in the kernel: the BPF programs, their maps and rings, and the
 * packet sockets that run them. Loading needs CAP_BPF, sockets CAP_NET_RAW;
 * reading, counting and telling of interfaces need nothing.
 */
#ifndef SKW_KERN_TAP_H
#define SKW_KERN_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kern/ring.h"
#include "model/packet.h"
#include "util/error.h"

struct bpf_insn; /* linux/bpf.h, which can't stand beside pcap.h */
struct skw_tap;

struct skw_tap_options {
	uint64_t ring_bytes; /* of all rings together; each gets its share, rounded down */
	unsigned rings;      /* 0: one for each CPU, at most 16 */
	unsigned slots;      /* counter slots: one for each interface that is counted apart */
};

/* Loads programs and makes rings. *out is the caller's. */
int skw_tap_load(const struct skw_tap_options *opt, struct skw_tap **out, struct skw_error *err);
void skw_tap_free(struct skw_tap *tap); /* NULL allowed; closes sockets, rings and programs */

/* What a generated filter program refers to; the descriptors stay the tap's. */
int skw_tap_counters_fd(const struct skw_tap *tap);
int skw_tap_next_fd(const struct skw_tap *tap);

/*
 * Loads a generated filter program: a descriptor that the caller owns, or -errno. The
 * verifier's last words are in err.
 */
int skw_tap_load_filter(const struct bpf_insn *insns, size_t len, struct skw_error *err);

/* The dispatcher's tables: programs by index (0: Ethernet), and interfaces. */
int skw_tap_set_filter(struct skw_tap *tap, unsigned index, int prog_fd);
int skw_tap_set_iface(struct skw_tap *tap, uint32_t ifindex, unsigned filter, unsigned slot);
int skw_tap_forget_iface(struct skw_tap *tap, uint32_t ifindex);

/* How much of a packet is kept, at most; SKW_SNAPLEN_MAX until this is called. */
void skw_tap_set_snaplen(struct skw_tap *tap, uint32_t snaplen);

/* CPUs that there might ever be; records name them. */
unsigned skw_tap_cpus(void);

struct skw_tap_socket {
	const char *name; /* for messages */
	uint32_t ifindex; /* 0: every interface, through the dispatcher */
	bool cooked;      /* without the link-layer header (SOCK_DGRAM) */
	bool promiscuous;
	int prog_fd;    /* the filter; ignored with ifindex 0 */
	unsigned index; /* below SKW_DISPATCH_FILTERS: place of a filter too long for a socket */
};

/* Opens a packet socket with its program. From here on packets come in. */
int skw_tap_open_socket(struct skw_tap *tap, const struct skw_tap_socket *how,
			struct skw_error *err);
size_t skw_tap_sockets_len(const struct skw_tap *tap);
/* For polling: EPOLLERR tells that an interface went down. The descriptor stays the tap's. */
int skw_tap_socket_fd(const struct skw_tap *tap, size_t i);
/* Reads and clears the socket's error: 0, or a positive errno such as ENETDOWN. */
int skw_tap_socket_error(const struct skw_tap *tap, size_t i);
/* No packet is added to the rings after this returns. */
void skw_tap_close_sockets(struct skw_tap *tap);

/*
 * Adds the rings to an epoll instance, each with `data`. Edge-triggered: a ring is told of
 * when it fills up or after skw_tap_arm(), not for as long as it holds something.
 */
int skw_tap_watch_rings(const struct skw_tap *tap, int epoll_fd, uint64_t data);
/* Bytes in one ring from which on it should be read without delay. */
uint64_t skw_tap_wake_threshold(const struct skw_tap *tap);
/* Asks to be woken by the next packet; look at the rings again after it and before sleeping. */
void skw_tap_arm(struct skw_tap *tap);

struct skw_rings *skw_tap_rings(struct skw_tap *tap); /* the tap's */

/* The figures of one slot, summed over the CPUs. */
int skw_tap_stats(const struct skw_tap *tap, unsigned slot, struct skw_iface_stats *stats);

#endif
