/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes the block with names of addresses of the pcapng format. */
#ifndef SKW_PCAP_PCAPNG_NAMES_H
#define SKW_PCAP_PCAPNG_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* A block that is being appended to a buffer. */
struct skw_pcapng_names {
	struct skw_buf *out;
	size_t at;    /* where it begins */
	bool swapped; /* it is in the other byte order */
};

void skw_pcapng_names_begin(struct skw_pcapng_names *n, struct skw_buf *out, bool swapped);
/* Adds a name. `family`: AF_INET, AF_INET6. */
void skw_pcapng_names_add(struct skw_pcapng_names *n, uint8_t family, const uint8_t *addr,
			  const char *text);
void skw_pcapng_names_end(struct skw_pcapng_names *n);

#endif
