/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of the same kind between the same processes, counted. No logic. */
#ifndef SKW_MODEL_MESSAGE_GROUP_H
#define SKW_MODEL_MESSAGE_GROUP_H

#include <stdbool.h>
#include <stdint.h>

/* Texts are printable ASCII; a process that is not known is empty. */
struct skw_message_group {
	const char *client_comm, *server_comm;
	const char *protocol, *kind;
	bool other;      /* kinds that found no place of their own: no processes, one protocol */
	uint64_t count;  /* all messages; of them: */
	uint64_t recent; /* since the last skw_message_groups_mark() */
	uint64_t errors; /* the answer tells of a failure */
	uint64_t unanswered;
	uint64_t rate_milli; /* messages in 1000 seconds; UINT64_MAX: unknown */
	uint64_t request_bytes, answer_bytes;
	/* Of latencies, in nanoseconds. Without one, total is 0 and the others are UINT64_MAX. */
	uint64_t total_ns, p50_ns, p90_ns, p99_ns, max_ns;
};

#endif
