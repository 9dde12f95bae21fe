/* SPDX-License-Identifier: BSD-2-Clause */
/* A row of which nothing is known yet, and the parts that few rows have. */
#ifndef SKW_ROW_ROW_H
#define SKW_ROW_ROW_H

#include "model/row.h"

/*
 * Figures become unknown, pointers NULL, the state CLOSED, and the tuple one of TCP over IPv4
 * without addresses and ports.
 */
void skw_row_blank(struct skw_row *row);

/*
 * Changes the protocol. The figures that only the new one has become unknown. If a table has given
 * the row a history or datagrams, they must have been taken from it (row/extras.h).
 */
void skw_row_set_proto(struct skw_row *row, uint8_t proto);

/* The interface of link-local addresses. NULL: none. */
static inline const char *skw_row_scope(const struct skw_row *row)
{
	return row->remote && row->remote->scope[0] ? row->remote->scope : NULL;
}

/* The counts of the RTT samples. NULL: unknown. A row without samples keeps none. */
static inline const uint32_t *skw_row_hist(const struct skw_row *row)
{
	static const uint32_t none[SKW_RTT_BUCKETS];

	if (row->rtt_hist)
		return row->rtt_hist;
	return row->rtt_samples == SKW_NONE32 ? NULL : none;
}

#endif
