/* SPDX-License-Identifier: BSD-2-Clause */
/* The figures of a flight recorder at its end. */
#ifndef SKW_SESSION_FLIGHT_REPORT_H
#define SKW_SESSION_FLIGHT_REPORT_H

#include "session/flight.h"

/* Says how many triggers there were, and what was recorded around them. */
void skw_flight_report(const struct skw_flight_session *f);

#endif
