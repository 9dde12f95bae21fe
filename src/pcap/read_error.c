// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/read_error.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "util/cleanup.h"

static const char *plural(uint64_t packets)
{
	return packets == 1 ? "packet" : "packets";
}

int skw_read_error_format(struct skw_error *err, const char *name, const uint8_t magic[4])
{
	static const struct {
		uint8_t magic[4];
		const char *kind, *program;
	} packed[] = {
		{ { 0xfd, '7', 'z', 'X' }, "xz", "xz -dc" },
		{ { 0x04, 0x22, 0x4d, 0x18 }, "lz4", "lz4 -dc" },
		{ { 0x02, 0x21, 0x4c, 0x18 }, "lz4", "lz4 -dc" }, /* before the frame format */
		{ { 'B', 'Z', 'h', '1' }, "bzip2", "bzip2 -dc" }, /* the level is not compared */
		{ { 'L', 'Z', 'I', 'P' }, "lzip", "lzip -dc" },
		{ { 'P', 'K', 3, 4 }, "zip", "unzip -p" },
		{ { '7', 'z', 0xbc, 0xaf }, "7z", "7z e -so" },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(packed); i++) {
		if (memcmp(magic, packed[i].magic, packed[i].magic[0] == 'B' ? 3 : 4) != 0)
			continue;
		return skw_error_set(err, -EINVAL,
				     "%s: compressed with %s, and only gzip and zstd are read: "
				     "use \"%s FILE | skwatch capture -r -\"",
				     name, packed[i].kind, packed[i].program);
	}
	return skw_error_set(err, -EINVAL, "%s: not a pcap or pcapng file", name);
}

int skw_read_error_stream(struct skw_error *err, const char *name, int errnum, uint64_t packets)
{
	const char *what = strerror(errnum);

	if (errnum == EBADMSG)
		what = "the compressed data is corrupt";
	else if (errnum == ENODATA)
		what = "truncated: the compressed data ends early";
	else if (errnum == ENOTSUP)
		what = "compressed, and this build can't decompress it: use \"zcat FILE | skwatch "
		       "capture -r -\", or zstdcat";
	return skw_error_set(err, -errnum, "%s: %s (%" PRIu64 " %s read)", name, what, packets,
			     plural(packets));
}

int skw_read_error_truncated(struct skw_error *err, const char *name, uint64_t packets)
{
	return skw_error_set(err, -ENODATA,
			     "%s: truncated: the last packet is cut short (%" PRIu64 " %s read)",
			     name, packets, plural(packets));
}

int skw_read_error_corrupt(struct skw_error *err, const char *name, uint64_t packets,
			   const char *what)
{
	return skw_error_set(err, -EBADMSG, "%s: corrupt: %s (%" PRIu64 " %s read)", name, what,
			     packets, plural(packets));
}
