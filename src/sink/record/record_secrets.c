// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/record_secrets.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "util/say.h"

/* So much is dropped at once, so that the rest is not moved for each new line. */
#define DROP_PART 4

void skw_record_secrets_free(struct skw_record_secrets *s)
{
	skw_buf_free(&s->kept);
}

/* Drops at least n bytes of lines, the oldest. */
static void drop(struct skw_record_secrets *s, size_t n)
{
	struct skw_buf *kept = &s->kept;
	size_t at = 0;

	while (at < n && at < kept->len) {
		const uint8_t *end = memchr(kept->data + at, '\n', kept->len - at);

		at = end ? (size_t)(end - kept->data) + 1 : kept->len;
		s->dropped++;
	}
	memmove(kept->data, kept->data + at, kept->len - at);
	kept->len -= at;
}

int skw_record_secrets_keep(struct skw_record_secrets *s, const uint8_t *lines, size_t len,
			    bool repeated)
{
	size_t most = repeated ? SKW_RECORD_SECRETS_REPEATED : SKW_RECORD_SECRETS_ONCE;

	if (s->kept.len && s->kept.len + len > most)
		drop(s, most / DROP_PART);
	skw_buf_add(&s->kept, lines, len);
	return s->kept.failed ? -ENOMEM : 0;
}

size_t skw_record_secrets_next(const struct skw_record_secrets *s, size_t *at)
{
	if (*at >= s->kept.len)
		return 0;
	const uint8_t *from = s->kept.data + *at;
	size_t len = s->kept.len - *at;

	if (len > SKW_RECORD_SECRETS_BLOCK) {
		const uint8_t *end = memrchr(from, '\n', SKW_RECORD_SECRETS_BLOCK);

		len = end ? (size_t)(end - from) + 1 : SKW_RECORD_SECRETS_BLOCK;
	}
	*at += len;
	return len;
}

void skw_record_secrets_say(const struct skw_record_secrets *s, const char *name)
{
	if (s->dropped)
		skw_say("%s: the key log is too large: its %" PRIu64
			" oldest secrets are not in the files that began later",
			name, s->dropped);
}
