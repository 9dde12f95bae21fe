/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SKW_MESSAGE_QUIC_RECOGNISERS_H
#define SKW_MESSAGE_QUIC_RECOGNISERS_H

#include "message/recogniser.h"

extern const struct skw_recogniser skw_recognisers_quic;

#endif
