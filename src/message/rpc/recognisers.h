/* SPDX-License-Identifier: BSD-2-Clause */
/* The recognisers of this room, each in the file of its name. */
#ifndef SKW_MESSAGE_RPC_RECOGNISERS_H
#define SKW_MESSAGE_RPC_RECOGNISERS_H

#include "message/recogniser.h"

/* Only if libnghttp2 was found. */
extern const struct skw_recogniser skw_recognisers_http2;
extern const struct skw_recogniser skw_recognisers_kafka;
extern const struct skw_recogniser skw_recognisers_thrift;

#endif
