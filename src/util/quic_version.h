/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SKW_UTIL_QUIC_VERSION_H
#define SKW_UTIL_QUIC_VERSION_H

#include <stdint.h>

/* "v1", "v2", "draft-29"; NULL: it is none of abi/quic.h. */
const char *skw_quic_version_name(uint32_t version);

#endif
