// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/read_error.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *plural(uint64_t packets)
{
	return packets == 1 ? "packet" : "packets";
}

int skw_read_error_stream(struct skw_error *err, const char *name, int errnum, uint64_t packets)
{
	const char *what = strerror(errnum);

	if (errnum == EBADMSG)
		what = "the compressed data is corrupt";
	else if (errnum == ENODATA)
		what = "truncated: the compressed data ends early";
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
