/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCP connection, or the UDP packets between two ends, as packets show them. */
#ifndef SKW_FLOW_CONVERSATION_H
#define SKW_FLOW_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/end_socket.h"
#include "flow/flow.h"
#include "flow/stream.h"
#include "model/tuple.h"

#define SKW_CONVERSATION_UNKNOWN UINT64_MAX

/* How a TCP connection ended, as far as the packets tell. */
enum skw_conversation_end {
	SKW_CONVERSATION_OPEN, /* or unknown */
	SKW_CONVERSATION_FIN,
	SKW_CONVERSATION_HALF_CLOSED, /* only one end has sent a FIN */
	SKW_CONVERSATION_REFUSED,     /* a reset answered the SYN */
	SKW_CONVERSATION_RESET_BY_SRC,
	SKW_CONVERSATION_RESET_BY_DST,
	SKW_CONVERSATION_ENDS
};

/* The packets that one end has sent. */
struct skw_conversation_side {
	uint64_t packets;
	uint64_t bytes; /* on the wire, with the link-layer header */
	uint64_t resets;
	uint64_t last_ns; /* when the interface last brought a packet */
	uint32_t iface;   /* the interface whose packets count, as a number made of its name */
	bool fin;
	bool read; /* a whole header of TCP was seen */
};

struct skw_conversation {
	/* local is src: the end that has opened the connection, else that of the first packet. */
	struct skw_tuple tuple;
	struct skw_conversation_side sides[2]; /* the packets of src and of dst */
	struct skw_stream *streams;            /* owned; two for TCP, else NULL */
	/* Owned; of src and of dst. NULL: nothing was told of them. */
	struct skw_end_socket *sockets;
	void *user; /* the watcher's, see struct skw_conversations_watcher */
	/* Real time of the first and the last packet; SKW_CONVERSATION_UNKNOWN: it has none. */
	uint64_t first_ns, last_ns;
	/* From the first SYN, and from the last one, to the end of the handshake. */
	uint64_t handshake_ns, last_handshake_ns;
	uint64_t first_syn_ns, last_syn_ns;
	uint64_t fragments; /* packets that are fragments, which count as packets, too */
	uint64_t cut;       /* packets without a whole header of TCP, which count, too */
	uint64_t copies;    /* packets of another interface, which do not count */
	bool syn;           /* a SYN was seen, so src is the end that has opened it */
	bool established;
	uint8_t end; /* enum skw_conversation_end */
};

/* Whether the packet begins another connection between the same ends. */
bool skw_conversation_is_over(const struct skw_conversation *c, const struct skw_flow *flow);

/*
 * A conversation that begins with this packet, which is to be taken next. The caller frees it with
 * skw_conversation_free(), also after an error. 0 or -ENOMEM.
 */
int skw_conversation_begin(struct skw_conversation *c, const struct skw_packet *pkt,
			   const struct skw_flow *flow);
void skw_conversation_free(struct skw_conversation *c);
/* The bytes of memory that it owns. */
size_t skw_conversation_memory(const struct skw_conversation *c);

/*
 * Takes a packet of the conversation, whose tuple has its ports, also if it is a later fragment. 0
 * or -ENOMEM.
 */
int skw_conversation_take(struct skw_conversation *c, const struct skw_packet *pkt,
			  const struct skw_flow *flow);

/*
 * Takes what the kernel tells of the socket at one end. `tuple` is the row's, in the form that
 * packets have. 0 or -ENOMEM.
 */
int skw_conversation_tell(struct skw_conversation *c, const struct skw_tuple *tuple,
			  const struct skw_row *row);

/* Both ends have closed it, or it was reset. */
bool skw_conversation_is_closed(const struct skw_conversation *c);

#endif
