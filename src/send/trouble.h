/* SPDX-License-Identifier: BSD-2-Clause */
/* When a batch has to be sent again, how long that waits, and what the user is told. */
#ifndef SKW_SEND_TROUBLE_H
#define SKW_SEND_TROUBLE_H

#include "send/send.h"

/* Closes the connection, if there is one. */
void skw_send_trouble_close(struct skw_send *s);

/* The batch was not delivered, for that reason, and is tried again no earlier than in retry_s. */
void skw_send_trouble(struct skw_send *s, const char *why, uint32_t retry_s);

/* The connection has ended, or there is none. */
void skw_send_trouble_lost(struct skw_send *s, const char *why);

/* The batch was delivered. */
void skw_send_trouble_over(struct skw_send *s);

#endif
