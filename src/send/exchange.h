/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps of the sender: batches, the connection, answers, and what follows from trouble. */
#ifndef SKW_SEND_EXCHANGE_H
#define SKW_SEND_EXCHANGE_H

#include "send/send.h"

/* Goes on as far as it can without waiting. Returns 0, or -errno with err filled. */
int skw_send_exchange(struct skw_send *s, struct skw_error *err);

/* When it must go on, even if nothing happens; CLOCK_MONOTONIC, 0: never. */
uint64_t skw_send_exchange_next_ns(const struct skw_send *s);

#endif
