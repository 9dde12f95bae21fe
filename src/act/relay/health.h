/* SPDX-License-Identifier: BSD-2-Clause */
/* Health checks: a backend that takes no connection gets none until it does again. */
#ifndef SKW_ACT_RELAY_HEALTH_H
#define SKW_ACT_RELAY_HEALTH_H

#include <stdint.h>

#include "act/relay/state.h"

/* Begins the checks that are due, and ends those that are late. */
void skw_relay_health_look(struct skw_relay *r);

/* The connection of a check has an event. `watch` is the backend's member `try`. */
void skw_relay_health_event(struct skw_relay *r, struct skw_relay_watch *watch);

/* When something is to be done next. UINT64_MAX: never. */
uint64_t skw_relay_health_next_ns(const struct skw_relay *r);

#endif
