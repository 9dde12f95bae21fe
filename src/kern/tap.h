/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tap in the kernel: the BPF programs, their maps and rings, and the packet sockets that run
 * them. Loading programs needs CAP_BPF, opening sockets CAP_NET_RAW. After the split both processes
 * have a copy: the keeper's is whole, and the worker's can only read the rings (skw_tap_disarm()).
 */
#ifndef SKW_KERN_TAP_H
#define SKW_KERN_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kern/ring/ring.h"
#include "model/packet.h"
#include "util/error.h"

struct bpf_insn; /* linux/bpf.h, which can't stand beside pcap.h */
struct skw_tap;

struct skw_tap_options {
	/* All rings together; each gets its share, rounded down. 0: 64M, or what memory allows. */
	uint64_t ring_bytes;
	unsigned rings; /* number of rings; 0: one per CPU, 16 at most */
	unsigned slots; /* of counters, one per interface that is told apart, as far as they go */
	/* The rings are small enough to be made at once, without others before them. */
	bool at_once;
};

/* Loads the programs, so that sockets can be opened. The caller owns *out. */
int skw_tap_load(const struct skw_tap_options *opt, struct skw_tap **out, struct skw_error *err);
/*
 * Makes small rings, then the rings, and the reader of all. Packets are
 * recorded as soon as the first ring is there; those that came before are not counted. So this
 * comes after the sockets: a ring's way into its place takes longer than all the rest
 * (kern/ring/ring_set.h). To be called before any function below that reads the rings.
 */
int skw_tap_make_rings(struct skw_tap *tap, struct skw_error *err);
void skw_tap_free(struct skw_tap *tap); /* NULL allowed; closes sockets, rings and programs */

/*
 * The descriptors that the keeper needs: maps, rings and sockets. The array has `room` for more
 * behind them. The caller frees the array, and the tap owns the descriptors. NULL if memory is
 * short.
 */
int *skw_tap_kept_fds(const struct skw_tap *tap, size_t room, size_t *n);

/*
 * For the worker: closes all programs, maps and sockets of this process. Afterwards only the rings
 * are left and the counters, with skw_tap_watch_rings() and skw_tap_wake_threshold().
 */
void skw_tap_disarm(struct skw_tap *tap);

/*
 * The maps that a generated filter program refers to. The tap owns the descriptors. The counters of
 * a slot are at slot * skw_libbpf_cpus() + CPU.
 */
int skw_tap_counters_fd(const struct skw_tap *tap);
unsigned skw_tap_counters_len(const struct skw_tap *tap); /* of all slots */
int skw_tap_next_fd(const struct skw_tap *tap);

/* Everything beside the descriptors that the reader of a tap in another process must know. */
struct skw_tap_shape {
	uint32_t rings, slots;
	uint64_t ring_bytes; /* of each ring */
	uint64_t wake_threshold;
};
void skw_tap_get_shape(const struct skw_tap *tap, struct skw_tap_shape *shape);
/* For the reader: copies of the descriptors of the counters and then of each ring. 0 or -errno. */
int skw_tap_share(const struct skw_tap *tap, int *fds, size_t *n);
/*
 * Makes the worker's part of a tap that the keeper has opened. Takes the descriptors in any case:
 * the counters, and shape->rings of the rings. The caller owns *out. Returns 0 or -errno.
 */
int skw_tap_adopt(const struct skw_tap_shape *shape, int fds[], struct skw_tap **out,
		  struct skw_error *err);

/* The rings, for a program that adds records as the capture program does. */
int skw_tap_rings_fd(const struct skw_tap *tap);
unsigned skw_tap_rings_len(const struct skw_tap *tap);

/*
 * Puts a program between all filter programs and the capture program, to which it jumps by
 * SKW_NEXT_CAPTURE. Returns 0 or -errno.
 */
int skw_tap_set_first(struct skw_tap *tap, int prog_fd, struct skw_error *err);

/*
 * Loads a generated filter program. Returns a descriptor that the caller owns, or -errno with
 * the end of the verifier's log in `err`.
 */
int skw_tap_load_filter(const struct bpf_insn *insns, size_t len, struct skw_error *err);

/* Change the dispatcher's maps: filter programs by index (0: Ethernet), and interfaces. */
int skw_tap_set_filter(struct skw_tap *tap, unsigned index, int prog_fd);
int skw_tap_set_iface(struct skw_tap *tap, uint32_t ifindex, unsigned filter, unsigned slot);
int skw_tap_forget_iface(struct skw_tap *tap, uint32_t ifindex);

/* Sets the snapshot length. It is SKW_SNAPLEN_MAX before the first call. */
void skw_tap_set_snaplen(struct skw_tap *tap, uint32_t snaplen);

struct skw_tap_socket {
	const char *name; /* for messages */
	uint32_t ifindex; /* 0: every interface, through the dispatcher */
	bool cooked;      /* without the link-layer header (SOCK_DGRAM) */
	bool promiscuous;
	int prog_fd; /* the filter; ignored with ifindex 0 */
	/* Entry of the dispatcher's map for a filter that is too long for a socket. */
	unsigned index; /* below SKW_DISPATCH_FILTERS */
};

/* Opens a packet socket with its program. Packets come in from then on. */
int skw_tap_open_socket(struct skw_tap *tap, const struct skw_tap_socket *how,
			struct skw_error *err);
/* No packet is added to the rings after this returns. */
void skw_tap_close_sockets(struct skw_tap *tap);

/*
 * Adds the rings to an epoll instance, each with `data`, and closes this process's descriptors of
 * them: epoll goes on watching for as long as another process, the keeper, has them open. They are
 * edge-triggered: epoll reports a ring when its fill reaches the threshold, or on the first packet
 * after skw_rings_arm(). It does not report a ring for as long as it holds something.
 */
int skw_tap_watch_rings(struct skw_tap *tap, int epoll_fd, uint64_t data);
/* A ring that holds this many bytes should be read without delay. */
uint64_t skw_tap_ring_bytes(const struct skw_tap *tap); /* of one ring */
uint64_t skw_tap_wake_threshold(const struct skw_tap *tap);
struct skw_rings *skw_tap_rings(struct skw_tap *tap); /* the tap's */

/*
 * Adds up the counters of a slot over all CPUs. They are mapped memory: this also works after
 * skw_tap_disarm(), and after the keeper has died.
 */
void skw_tap_stats(const struct skw_tap *tap, unsigned slot, struct skw_iface_stats *stats);

#endif
