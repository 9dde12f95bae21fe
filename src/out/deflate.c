// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/deflate.h"

#include <errno.h>

#ifdef HAVE_ZLIB
#include <zlib.h>

bool skw_deflate_supported(void)
{
	return true;
}

int skw_deflate(const uint8_t *bytes, size_t n, struct skw_buf *out)
{
	uLongf len = compressBound(n);
	uint8_t *to = skw_buf_reserve(out, len);
	int ret = to ? compress2(to, &len, bytes, n, Z_BEST_COMPRESSION) : Z_MEM_ERROR;

	if (ret == Z_OK)
		out->len += len;
	return ret == Z_OK ? 0 : -ENOMEM;
}
#else
bool skw_deflate_supported(void)
{
	return false;
}

int skw_deflate(const uint8_t *bytes, size_t n, struct skw_buf *out)
{
	(void)bytes;
	(void)n;
	(void)out;
	return -ENOTSUP;
}
#endif
