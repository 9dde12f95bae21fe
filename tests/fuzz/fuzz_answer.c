// SPDX-License-Identifier: BSD-2-Clause
/*
 * Answers of HTTP servers. Any bytes give the same in one piece and in pieces of the size in the
 * first byte.
 */
#include "post/answer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum skw_post_verdict take(struct skw_post_answer *a, const uint8_t *data, size_t size,
				  size_t piece)
{
	enum skw_post_verdict verdict = SKW_POST_MORE;

	skw_post_answer_begin(a);
	while (size && verdict == SKW_POST_MORE) {
		size_t n = size < piece ? size : piece;
		/* An allocation of its own, so that any access beyond it is detected. */
		uint8_t *bytes = malloc(n);

		if (!bytes)
			abort();
		memcpy(bytes, data, n);
		verdict = skw_post_answer_take(a, bytes, n);
		free(bytes);
		data += n;
		size -= n;
	}
	if (strlen(a->said) > SKW_POST_SAID_MAX || strpbrk(a->said, "\r\n"))
		abort();
	return verdict == SKW_POST_MORE ? skw_post_answer_end(a) : verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct skw_post_answer a, b;

	if (size < 2)
		return 0;
	enum skw_post_verdict whole = take(&a, data + 1, size - 1, size);
	enum skw_post_verdict parts = take(&b, data + 1, size - 1, data[0] + 1U);

	if (whole != parts || (whole == SKW_POST_DONE && a.status != b.status) ||
	    strcmp(a.said, b.said) != 0 || a.retry_after_s != b.retry_after_s)
		abort();
	return 0;
}
