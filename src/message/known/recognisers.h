/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of all recognisers. To add one: write NAME.c with its struct in message/app, rpc or
 * sql, declare it in recognisers.h there, add it to the table in recognisers.c and to
 * Makemodule.am. See "Messages" in doc/ARCHITECTURE.md.
 */
#ifndef SKW_MESSAGE_KNOWN_RECOGNISERS_H
#define SKW_MESSAGE_KNOWN_RECOGNISERS_H

#include "message/recogniser.h"

/* In the order in which they are asked, where no port decides. Ends with NULL. */
extern const struct skw_recogniser *const skw_recognisers[];

/* The recogniser of this name; NULL: there is none. */
const struct skw_recogniser *skw_recognisers_find(const char *name, size_t len);

#endif
