/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of an 802.11 frame. */
#ifndef SKW_DISSECT_WIFI_WIFI_H
#define SKW_DISSECT_WIFI_WIFI_H

#include "dissect/dissect.h"

/*
 * Prints an 802.11 frame. `padded`: the header is padded to four bytes. `fcs` is the length of the
 * checksum at the end of the frame, which may not have been captured.
 */
uint32_t skw_dissect_wifi_frame(struct skw_dissect *d, struct skw_bytes b, bool padded,
				uint32_t fcs);

/*
 * Prints a management frame behind its header. `src` is its source address. Returns false if a part
 * of it is missing.
 */
bool skw_dissect_wifi_management(struct skw_dissect *d, uint16_t control, const uint8_t *src,
				 struct skw_bytes b);

/* Prints what stands in front of encrypted data. Returns false if it is missing. */
bool skw_dissect_wifi_encrypted(struct skw_dissect *d, struct skw_bytes b);

#endif
