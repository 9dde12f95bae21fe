/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet as every room sees it, and the interface it came from. No logic. */
#ifndef SKW_MODEL_PACKET_H
#define SKW_MODEL_PACKET_H

#include <stdbool.h>
#include <stdint.h>

struct skw_iface;

enum skw_direction { SKW_DIR_UNKNOWN, SKW_DIR_IN, SKW_DIR_OUT };

/*
 * A view: it owns nothing. `data` belongs to whoever produced the view (a ring,
 * a reader) and is valid until that one is asked for its next packet.
 */
struct skw_packet {
	uint64_t ts_ns;               /* real time, nanoseconds since the epoch */
	const uint8_t *data;          /* caplen bytes, starting with the link-layer header */
	uint32_t caplen;              /* captured, <= len unless the source says otherwise */
	uint32_t len;                 /* on the wire */
	int dlt;                      /* DLT_* of pcap/dlt.h (not LINKTYPE_*) */
	uint32_t iface;               /* index into the source's interface table */
	const struct skw_iface *from; /* the interface itself, its source's; NULL: not told */
	uint32_t dropped;             /* packets lost right before this one (epb_dropcount) */
	uint16_t protocol;            /* ethertype in host order where the kernel told it, else 0 */
	uint8_t pkt_type;    /* PACKET_* of linux/if_packet.h; only if direction is known */
	uint8_t direction;   /* enum skw_direction */
	const char *comment; /* pcapng comment, NUL-terminated UTF-8; NULL if none */
};

/* An interface that packets came from, live or in a file. Owned by its source. */
struct skw_iface {
	const char *name;   /* NULL if the file does not tell */
	const char *filter; /* filter expression, NULL if none */
	int dlt;
	uint32_t snaplen; /* 0: no limit */
	uint32_t ifindex; /* 0 if not known */
	uint16_t arphrd;  /* ARPHRD_*, linux/if_arp.h; 0 if not known */
};

/* What was seen of one interface, for the statistics blocks and the closing lines. */
struct skw_iface_stats {
	uint64_t seen;      /* packets the filter looked at */
	uint64_t matched;   /* ... and accepted */
	uint64_t captured;  /* ... and put into a ring */
	uint64_t dropped;   /* ... and lost, because a ring was full */
	uint64_t truncated; /* of those captured, longer than the snapshot length */
};

/* What is known of a source's packets before the first of them. Its source's, and may grow. */
struct skw_packet_kind {
	/* DLT_* of all packets; -1: they are unlike, or not known yet. */
	int dlt;
	/* That a file may promise. */
	uint32_t snaplen;
	/* They come from every interface of the machine. */
	bool any;
	/* They come from more than one interface, of one kind or unlike. */
	bool several;
	/* It is a file: the first packet tells the link type where dlt does not. */
	bool is_file;
};

#endif
