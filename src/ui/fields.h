/* SPDX-License-Identifier: BSD-2-Clause */
/* All fields of a connection, by the names they have in JSON and in expressions. */
#ifndef SKW_UI_FIELDS_H
#define SKW_UI_FIELDS_H

#include "model/row.h"
#include "ui/draw/page.h"

void skw_fields_add(struct skw_page *p, const struct skw_row *row, int64_t offset_ns);

#endif
