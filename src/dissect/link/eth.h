/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet, IEEE 802.1Q and 802.2, and their payloads. */
#ifndef SKW_DISSECT_ETH_H
#define SKW_DISSECT_ETH_H

#include "dissect/dissect.h"

/* The addresses of a frame, of six bytes each. */
struct skw_eth_ends {
	const uint8_t *src, *dst;
};

/* A tag that a switch puts between the addresses and the ethertype. */
struct skw_eth_tag {
	uint32_t len;
	const char *cut; /* the name for skw_dissect_cut(), if the frame ends too early */
	void (*print)(struct skw_dissect *d, const uint8_t *p);
};

/* Returns the length of all link-layer headers, including tags and LLC. */
uint32_t skw_dissect_ether(struct skw_dissect *d, struct skw_bytes b);
/* The same. `tag` may be NULL. */
uint32_t skw_dissect_ether_tagged(struct skw_dissect *d, struct skw_bytes b,
				  const struct skw_eth_tag *tag);

/*
 * Prints an 802.2 header and its payload. Returns the length of the header. `ends` is NULL if the
 * header outside has no addresses.
 */
uint32_t skw_dissect_llc(struct skw_dissect *d, struct skw_bytes b,
			 const struct skw_eth_ends *ends);

/* Payloads of LLC and of SNAP. */
void skw_dissect_stp(struct skw_dissect *d, struct skw_bytes b);
void skw_dissect_cdp(struct skw_dissect *d, struct skw_bytes b);
void skw_dissect_dtp(struct skw_dissect *d, struct skw_bytes b);
void skw_dissect_udld(struct skw_dissect *d, struct skw_bytes b);
void skw_dissect_vtp(struct skw_dissect *d, struct skw_bytes b);

/* Prints "00:11:22:33:44:55 > 66:77:88:99:aa:bb". */
void skw_dissect_ends(struct skw_dissect *d, const struct skw_eth_ends *ends);

/* Prints "vlan 5, p 0" from the first two bytes of a tag, and ", DEI" if that bit is set. */
void skw_dissect_vlan_tag(struct skw_dissect *d, uint16_t tci);

/* Prints "ethertype IPv4 (0x0800)", or with -q "IPv4" or "Unknown Ethertype (0x9999)". */
void skw_dissect_ethertype_name(struct skw_dissect *d, uint16_t ethertype);

/*
 * Prints bytes of an unknown protocol, unless -x or -X prints all bytes anyway, or -q is set.
 */
void skw_dissect_unknown(struct skw_dissect *d, struct skw_bytes b);

#endif
