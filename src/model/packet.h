/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet, and the interface that it came from, for all rooms. No logic. */
#ifndef SKW_MODEL_PACKET_H
#define SKW_MODEL_PACKET_H

#include <stdbool.h>
#include <stdint.h>

struct skw_iface;
struct skw_packet_owner;
struct skw_raw_block;

enum skw_direction { SKW_DIR_UNKNOWN, SKW_DIR_IN, SKW_DIR_OUT };

#define SKW_PACKET_TIME_UNKNOWN UINT64_MAX

/*
 * A packet owns nothing. `data` belongs to the source of the packet (a ring or a reader), and is
 * valid until that source is asked for its next packet.
 */
struct skw_packet {
	/*
	 * Real time in nanoseconds since the epoch, or SKW_PACKET_TIME_UNKNOWN: a file may have
	 * times before the epoch, or after the year 2554, which do not fit.
	 */
	uint64_t ts_ns;
	const uint8_t *data; /* caplen bytes, starting with the link-layer header */
	uint32_t caplen;     /* at most len, unless the source is wrong */
	uint32_t len;        /* the length on the wire */
	int dlt;             /* DLT_* of pcap/dlt.h (not LINKTYPE_*) */
	uint32_t iface;      /* index into the source's interface table */
	/* The interface itself, which the source owns. NULL if the source does not set it. */
	const struct skw_iface *from;
	uint32_t dropped; /* packets lost before this one (epb_dropcount) */
	/* The ethertype in host order if the kernel has reported it, otherwise 0. */
	uint16_t protocol;
	uint8_t pkt_type;    /* PACKET_* of linux/if_packet.h; only if direction is known */
	uint8_t direction;   /* enum skw_direction */
	const char *comment; /* pcapng comment, NUL-terminated UTF-8; NULL if there is none */
	/*
	 * Texts that were found out here, for a pcapng file: a comment beside those of the
	 * processes, and a note behind the packet. NULL: there is none.
	 */
	const char *remark, *news;
	/* The processes at both ends, as far as they are on this host. NULL: unknown. */
	const struct skw_packet_owner *sender, *receiver;
	/*
	 * The number of the connection (skw_connection_hash() in flow/), which all packets between
	 * two addresses and ports have. 0: both processes are unknown.
	 */
	uint64_t connection;
	/*
	 * The block of the pcapng file that the packet was read from, with everything that this
	 * struct has no field for. It is whole, also if the packet was cut. NULL for other sources.
	 */
	const struct skw_raw_block *block;
};

/* An interface that packets came from, live or in a file. The source owns it. */
struct skw_iface {
	const char *name;   /* NULL if the file does not have it */
	const char *filter; /* the filter expression; NULL if there is none */
	int dlt;
	uint32_t snaplen; /* 0: no limit */
	uint32_t ifindex; /* 0 if unknown */
	uint16_t arphrd;  /* ARPHRD_* of linux/if_arp.h; 0 if unknown */
	/* The packets come from a file, or a section of a file, in the other byte order. */
	bool swapped;
	/* The file has a place for the direction of each packet: it is a pcapng file. */
	bool directions;
};

/* The figures of one interface, for the statistics blocks and the closing lines. */
struct skw_iface_stats {
	uint64_t seen;      /* packets that the filter has seen */
	uint64_t matched;   /* of them, accepted by the filter */
	uint64_t captured;  /* of them, put into a ring */
	uint64_t dropped;   /* accepted but lost, because a ring was full */
	uint64_t truncated; /* captured, but longer than the snapshot length */
};

/*
 * The properties of a source's packets, known before the first packet. The source owns this and may
 * change it later.
 */
struct skw_packet_kind {
	/*
	 * The DLT_* of all packets. -1: the packets have different link types, or it is not known
	 * yet.
	 */
	int dlt;
	/* The snapshot length for the header of an output file. */
	uint32_t snaplen;
	/* The packets come from every interface of the machine. */
	bool any;
	/*
	 * The packets come from more than one interface, with the same link type or different ones.
	 * Of a file: from interfaces whose names differ.
	 */
	bool several;
	/* The source is a file. If dlt is -1, the first packet has the link type. */
	bool is_file;
	/* Longer packets of a file are cut to this length. 0: the user did not ask for that. */
	uint32_t cut;
};

#endif
