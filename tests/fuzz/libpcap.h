/* SPDX-License-Identifier: BSD-2-Clause */
/* libpcap's interpreter; pcap.h can't be included next to linux/bpf.h. */
#ifndef SKW_TESTS_FUZZ_LIBPCAP_H
#define SKW_TESTS_FUZZ_LIBPCAP_H

#include <stdbool.h>

#include "model/cbpf.h"

bool libpcap_is_valid(const struct skw_cbpf *prog);

/* M[] starts at 0, which libpcap leaves to chance. */
bool libpcap_match(const struct skw_cbpf *prog, const uint8_t *packet, uint32_t len);

#endif
