// SPDX-License-Identifier: BSD-2-Clause
#include "post/base64.h"

void skw_post_base64(struct skw_buf *out, const uint8_t *bytes, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t three = (uint32_t)bytes[i] << 16;

		if (n > 1)
			three |= (uint32_t)bytes[i + 1] << 8;
		if (n > 2)
			three |= bytes[i + 2];
		for (unsigned at = 0; at < 4; at++)
			skw_buf_add_char(out, at <= n ? digits[three >> (18 - 6 * at) & 63] : '=');
	}
}
