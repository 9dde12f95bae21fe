// SPDX-License-Identifier: BSD-2-Clause
#include "flow/wrapped.h"

enum { VALUE_HEADER = 4, VALUE_PAYLOAD = 9 /* NFULA_PAYLOAD */ };

int skw_wrapped_nflog(struct skw_bytes b, struct skw_bytes *out)
{
	b = skw_bytes_skip(b, SKW_WRAPPED_NFLOG);
	while (b.len) {
		int ret = skw_bytes_need(b, 0, VALUE_HEADER);

		if (ret)
			return ret;

		/*
		 * The byte order is that of the host that captured. Types are below 256, and no
		 * type is 0, so the byte that is not 0 tells the order.
		 */
		bool big = b.p[2] == 0;
		uint16_t len = big ? skw_bytes_be16(b.p) : skw_bytes_le16(b.p);
		uint16_t type = big ? skw_bytes_be16(b.p + 2) : skw_bytes_le16(b.p + 2);
		uint32_t padded = (len + 3u) & ~3u;

		if (padded < VALUE_HEADER)
			return -EBADMSG;
		ret = skw_bytes_need(b, 0, padded);
		if (ret)
			return ret;
		if (type == VALUE_PAYLOAD) {
			*out = skw_bytes_skip(b, VALUE_HEADER);
			return 0;
		}
		b = skw_bytes_skip(b, padded);
	}
	*out = b;
	return 0;
}
