// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/pcap_write.h"

#include "pcap/linktype.h"

#define MAGIC_MICRO   0xa1b2c3d4
#define MAGIC_NANO    0xa1b23c4d
#define VERSION_MAJOR 2
#define VERSION_MINOR 4

struct file_header {
	uint32_t magic;
	uint16_t major;
	uint16_t minor;
	uint32_t reserved[2]; /* formerly a time zone and an accuracy; always 0 */
	uint32_t snaplen;
	uint32_t linktype;
};

_Static_assert(sizeof(struct file_header) == SKW_PCAP_FILE_HEADER_BYTES, "pcap file header");

void skw_pcap_file_header(uint8_t out[SKW_PCAP_FILE_HEADER_BYTES], int dlt, uint32_t snaplen,
			  bool nano)
{
	const struct file_header h = {
		.magic = nano ? MAGIC_NANO : MAGIC_MICRO,
		.major = VERSION_MAJOR,
		.minor = VERSION_MINOR,
		.snaplen = snaplen,
		.linktype = skw_linktype_from_dlt(dlt),
	};

	memcpy(out, &h, sizeof(h));
}
