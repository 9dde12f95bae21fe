/* SPDX-License-Identifier: BSD-2-Clause */
/* A descriptor that the relay's epoll watches. The event's data points at this struct. */
#ifndef SKW_ACT_RELAY_WATCH_H
#define SKW_ACT_RELAY_WATCH_H

enum skw_relay_watch_kind {
	SKW_RELAY_LISTENER,
	SKW_RELAY_END,   /* the first member of a struct skw_relay_end */
	SKW_RELAY_CHECK, /* the member `try` of a struct skw_relay_backend */
};

struct skw_relay_watch {
	enum skw_relay_watch_kind kind;
	int fd; /* owned; -1: closed */
};

#endif
