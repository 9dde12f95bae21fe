/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The versions of QUIC whose packets are read. */
#ifndef SKW_ABI_QUIC_H
#define SKW_ABI_QUIC_H

#define SKW_QUIC_V1 0x00000001 /* RFC 9000 */
#define SKW_QUIC_V2 0x6b3343cf /* RFC 9369 */
/* The drafts before version 1 whose keys differ from those of older ones. */
#define SKW_QUIC_DRAFT_FIRST 0xff00001d
#define SKW_QUIC_DRAFT_LAST  0xff000022

#define SKW_QUIC_IS_KNOWN(version)                                                                 \
	((version) == SKW_QUIC_V1 || (version) == SKW_QUIC_V2 ||                                   \
	 ((version) >= SKW_QUIC_DRAFT_FIRST && (version) <= SKW_QUIC_DRAFT_LAST))

#endif
