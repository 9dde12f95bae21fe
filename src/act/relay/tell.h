/* SPDX-License-Identifier: BSD-2-Clause */
/* The events of a relay, and its figures. */
#ifndef SKW_ACT_RELAY_TELL_H
#define SKW_ACT_RELAY_TELL_H

#include <stdbool.h>

#include "act/relay/state.h"

/*
 * Each prints an event. If the reader of the events is too slow, the event is only counted, because
 * the connections must not wait for it. A failure is left in r->failure.
 */
void skw_relay_tell_begin(struct skw_relay *r, const struct skw_relay_conn *c);
void skw_relay_tell_end(struct skw_relay *r, const struct skw_relay_conn *c, const char *reason);
/* An attempt to connect to the connection's backend has failed. */
void skw_relay_tell_failed(struct skw_relay *r, const struct skw_relay_conn *c, int error);
/* A backend went up or down; `error` is the reason, and 0 if it is up. */
void skw_relay_tell_health(struct skw_relay *r, const struct skw_relay_backend *b, int error);

/* Prints the figures on standard error. */
void skw_relay_tell_figures(const struct skw_relay *r);

#endif
