/* SPDX-License-Identifier: BSD-2-Clause */
/* A row of which nothing is known yet. */
#ifndef SKW_ROW_ROW_H
#define SKW_ROW_ROW_H

#include "model/row.h"

/*
 * Figures become unknown, pointers NULL, the state CLOSED, and the tuple one of TCP over IPv4
 * without addresses and ports.
 */
void skw_row_blank(struct skw_row *row);

/* Changes the protocol. The figures that only the new one has become unknown. */
void skw_row_set_proto(struct skw_row *row, uint8_t proto);

#endif
