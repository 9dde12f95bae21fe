/* SPDX-License-Identifier: BSD-2-Clause */
/* A row before anything is known of it. */
#ifndef SKW_ROW_ROW_H
#define SKW_ROW_ROW_H

#include "model/row.h"

/* All figures unknown, pointers NULL, the tuple TCP over IPv4 without addresses, the rest 0. */
void skw_row_blank(struct skw_row *row);

#endif
