/* SPDX-License-Identifier: BSD-2-Clause */
/* The recognisers of this room, each in the file of its name. */
#ifndef SKW_MESSAGE_APP_RECOGNISERS_H
#define SKW_MESSAGE_APP_RECOGNISERS_H

#include "message/recogniser.h"

extern const struct skw_recogniser skw_recognisers_dns;
extern const struct skw_recogniser skw_recognisers_http;
extern const struct skw_recogniser skw_recognisers_memcached;
extern const struct skw_recogniser skw_recognisers_redis;
extern const struct skw_recogniser skw_recognisers_tls;

#endif
