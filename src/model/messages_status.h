/* SPDX-License-Identifier: BSD-2-Clause */
/* How the messages of rows are seen, for the screen of top. No logic. */
#ifndef SKW_MODEL_MESSAGES_STATUS_H
#define SKW_MODEL_MESSAGES_STATUS_H

#include <stdbool.h>
#include <stdint.h>

struct skw_messages_status {
	bool runs;
	uint64_t messages; /* since they were switched on */
	uint64_t packets, lost;
	uint64_t left_out; /* messages of rows beyond the limit */
	uint64_t holes;    /* messages in which packets are missing */
};

#endif
