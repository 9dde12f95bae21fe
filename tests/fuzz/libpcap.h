/* SPDX-License-Identifier: BSD-2-Clause */
/* libpcap's interpreter. pcap.h and linux/bpf.h can't be included in the same file. */
#ifndef SKW_TESTS_FUZZ_LIBPCAP_H
#define SKW_TESTS_FUZZ_LIBPCAP_H

#include <stdbool.h>

#include "model/cbpf.h"

bool libpcap_is_valid(const struct skw_cbpf *prog);

/* M[] starts with zeros. libpcap would leave it uninitialized. */
bool libpcap_match(const struct skw_cbpf *prog, const uint8_t *packet, uint32_t len);

#endif
