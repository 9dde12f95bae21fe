/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a talk. Internal to this room: recognisers use talk.h only. */
#ifndef SKW_MESSAGE_TALK_STATE_H
#define SKW_MESSAGE_TALK_STATE_H

#include "message/messages.h"
#include "message/talk.h"
#include "message/unanswered.h"
#include "util/bytes.h"

/* All talks have this in common. */
struct skw_talk_env {
	int (*take)(void *ctx, const struct skw_message *m);
	void *ctx;
	struct skw_messages_figures *figures;
	bool content;
};

struct skw_talk {
	const struct skw_talk_env *env;
	struct skw_unanswered waiting;
	struct skw_tuple tuple; /* local is the client */
	const char *protocol;
	struct skw_message_owner *owners; /* owned; of client and server. NULL: none is known */
	bool datagram;
	bool missed;           /* requests may have been lost, since all was certain */
	bool server_last;      /* an answer, or a hole of them, came behind the last request */
	bool interleaves;      /* the client asks again while answers are due */
	uint64_t last_ns;      /* of the last request or answer; 0: there was none */
	struct skw_bytes rest; /* of the piece that is being fed: another protocol's */
};

/* Tells all requests that still wait as unanswered. 0 or -errno. */
int skw_talk_give_up(struct skw_talk *t);
/* The same for those that are older than this time. */
int skw_talk_give_up_before(struct skw_talk *t, uint64_t ns);
size_t skw_talk_memory(const struct skw_talk *t);
/* Tells nothing. */
void skw_talk_free(struct skw_talk *t);

#endif
