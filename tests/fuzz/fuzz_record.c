// SPDX-License-Identifier: BSD-2-Clause
/* Ring records. Decoding any bytes must return data within the record. */
#include "capture/packet_rec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct skw_packet_frame r;
	uint32_t snaplen = 0;
	volatile uint8_t sum = 0;

	/* The first four bytes are the snapshot length. The record is aligned as in a ring. */
	if (size < sizeof(snaplen))
		return 0;
	memcpy(&snaplen, data, sizeof(snaplen));
	data += sizeof(snaplen);
	size -= sizeof(snaplen);
	void *rec = malloc(size ? size : 1);
	if (!rec)
		return 0;
	memcpy(rec, data, size);
	if (!skw_packet_rec_decode(rec, size, snaplen, &r)) {
		if (r.caplen > r.len || (snaplen && r.caplen > snaplen))
			abort();
		for (uint32_t i = 0; i < r.caplen; i++)
			sum = (uint8_t)(sum + r.frame[i]);
	}
	free(rec);
	return 0;
}
