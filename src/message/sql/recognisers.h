/* SPDX-License-Identifier: BSD-2-Clause */
/* The recognisers of this room, each in the file of its name. */
#ifndef SKW_MESSAGE_SQL_RECOGNISERS_H
#define SKW_MESSAGE_SQL_RECOGNISERS_H

#include "message/recogniser.h"

extern const struct skw_recogniser skw_recognisers_mysql;
extern const struct skw_recogniser skw_recognisers_postgres;

#endif
