/* SPDX-License-Identifier: BSD-2-Clause */
/* Which form of metrics a reader wants. */
#ifndef SKW_METRICS_ACCEPT_H
#define SKW_METRICS_ACCEPT_H

#include "metrics/exposition.h"

/*
 * `header` is the value of Accept (RFC 9110, 12.5.1), NULL if there is none. OpenMetrics is chosen
 * if it is named with at least the weight of text/plain. Otherwise it is Prometheus' own form,
 * which every reader knows.
 */
enum skw_exposition_form skw_accept_form(const char *header);

#endif
