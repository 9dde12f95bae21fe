/* SPDX-License-Identifier: BSD-2-Clause */
/* The owners of packets in a file, as their comments tell them: "comm[pid] ...", sender first. */
#ifndef SKW_SINK_COMMENT_OWNERS_H
#define SKW_SINK_COMMENT_OWNERS_H

#include "model/packet.h"
#include "model/packet_owner.h"

#define SKW_COMMENT_NAME 128

struct skw_comment_owners {
	struct skw_packet_owner owners[2];
	char names[2][SKW_COMMENT_NAME];
};

/*
 * Gives the packet the owners that its comment tells, which may be none. They are valid as long as
 * `o` stays as it is. Of a single owner it is not known which end it is: it becomes the sender.
 */
void skw_comment_owners_give(struct skw_comment_owners *o, struct skw_packet *pkt);

#endif
