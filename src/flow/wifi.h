/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IEEE 802.11 frames, and the headers that drivers put in front of them in monitor mode. All
 * numbers of 802.11 and of radiotap are little-endian. Sources: IEEE 802.11-2020 section 9.2,
 * radiotap.org, and the AVS and Prism headers as Linux had them.
 */
#ifndef SKW_FLOW_WIFI_H
#define SKW_FLOW_WIFI_H

#include <stdbool.h>

#include "util/bytes.h"

enum { SKW_WIFI_MANAGEMENT, SKW_WIFI_CONTROL, SKW_WIFI_DATA };

/* Bits of the frame control field, as a little-endian number. */
#define SKW_WIFI_TO_DS     0x0100
#define SKW_WIFI_FROM_DS   0x0200
#define SKW_WIFI_PROTECTED 0x4000

/* Bits of the subtype of data frames. */
#define SKW_WIFI_NO_DATA      0x4
#define SKW_WIFI_QOS          0x8

#define SKW_WIFI_PRISM        144
#define SKW_WIFI_AVS          8          /* the smallest length */
#define SKW_WIFI_AVS_COOKIE   0x80211001 /* also in files of link type PRISM_HEADER */
#define SKW_WIFI_AVS_COOKIE_2 0x80211002
#define SKW_WIFI_RADIOTAP     8 /* the smallest length */

/* Bits of radiotap's field "flags". */
#define SKW_WIFI_FCS    0x10 /* four bytes of checksum end the frame */
#define SKW_WIFI_PADDED 0x20 /* the header is padded to four bytes */

static inline unsigned skw_wifi_type(uint16_t control)
{
	return control >> 2 & 3;
}

static inline unsigned skw_wifi_subtype(uint16_t control)
{
	return control >> 4 & 0xf;
}

/* Returns the length of the header of a frame with this control field, 0 for unknown frames. */
uint32_t skw_wifi_header_len(uint16_t control, bool padded);

/*
 * Step over the header in front of a frame: *b becomes the frame. -ENODATA: it was not captured as
 * a whole. -EBADMSG: it contradicts itself. *flags are those of radiotap, 0 for the others.
 */
int skw_wifi_skip_radiotap(struct skw_bytes *b, uint8_t *flags);
int skw_wifi_skip_avs(struct skw_bytes *b);
int skw_wifi_skip_prism(struct skw_bytes *b);

#endif
