/* SPDX-License-Identifier: BSD-2-Clause */
/* The session of `skwatch check`: tries what works on this host, and prints it. */
#ifndef SKW_SESSION_CHECK_H
#define SKW_SESSION_CHECK_H

#include <stdbool.h>

#include "util/error.h"

/*
 * Prints the report on standard output, as text or as a JSON object. Nothing stays attached. Needs
 * no privilege: without them the report tells what is missing. Returns 0 if capture, top and events
 * can run in full, -EOPNOTSUPP with err filled if not, or another -errno.
 */
int skw_session_check(bool json, struct skw_error *err);

#endif
