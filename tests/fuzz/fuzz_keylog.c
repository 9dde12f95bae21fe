// SPDX-License-Identifier: BSD-2-Clause
/*
 * Key logs. Any bytes, in pieces of any size, give the same lines, and each of these lines is a
 * secret. The first byte is the size of the pieces.
 */
#include "keylog/lines.h"

#include <stdlib.h>
#include <string.h>

#include "pcap/tls_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct skw_keylog_lines split(const uint8_t *data, size_t size, size_t piece,
				     struct skw_buf *out)
{
	struct skw_keylog_lines l = { 0 };

	while (size) {
		size_t n = size < piece ? size : piece;
		/* An allocation of its own, so that any access beyond it is detected. */
		char *bytes = malloc(n);

		if (!bytes)
			abort();
		memcpy(bytes, data, n);
		skw_keylog_lines_add(&l, bytes, n, out);
		free(bytes);
		data += n;
		size -= n;
	}
	skw_keylog_lines_end(&l);
	return l;
}

static void check_secrets(const struct skw_buf *out, uint64_t count)
{
	const char *at = (const char *)out->data, *end = at ? at + out->len : at;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (!newline ||
		    skw_tls_keys_line(at, (size_t)(newline - at)) != SKW_TLS_KEYS_SECRET)
			abort();
		at = newline + 1;
		count--;
	}
	if (count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct skw_buf whole = { 0 }, pieces = { 0 };

	if (!size)
		return 0;
	struct skw_keylog_lines a = split(data + 1, size - 1, size, &whole);
	struct skw_keylog_lines b = split(data + 1, size - 1, data[0] + 1u, &pieces);

	if (a.bad != b.bad || whole.len != pieces.len ||
	    (whole.len && memcmp(whole.data, pieces.data, whole.len) != 0))
		abort();
	check_secrets(&whole, a.secrets);
	skw_keylog_lines_free(&a);
	skw_keylog_lines_free(&b);
	skw_buf_free(&whole);
	skw_buf_free(&pieces);
	return 0;
}
