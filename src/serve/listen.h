/* SPDX-License-Identifier: BSD-2-Clause */
/* The listening socket of a server, which is opened with all privileges. */
#ifndef SKW_SERVE_LISTEN_H
#define SKW_SERVE_LISTEN_H

#include "util/error.h"

/* How the address is written, for messages. */
#define SKW_LISTEN_FORMS "ADDR:PORT, [ADDR6]:PORT, unix:PATH or systemd"

/* Whether the text has one of these forms. 0, or -EINVAL with err->usage. */
int skw_listen_check(const char *option, const char *text, struct skw_error *err);

/*
 * Opens it. "systemd" is the one socket that the service manager has opened (sd_listen_fds(3)). A
 * unix socket that nobody listens at any more is replaced. Returns a descriptor that does not block
 * and that the caller owns, or -errno.
 */
int skw_listen_open(const char *text, struct skw_error *err);

#endif
