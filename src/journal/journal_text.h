/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of an entry of a systemd journal, and their values. Any bytes are allowed as input. */
#ifndef SKW_JOURNAL_JOURNAL_TEXT_H
#define SKW_JOURNAL_JOURNAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of the entry, without a zero at its end. */
struct skw_journal_text {
	const char *at; /* borrowed */
	size_t len;
};

/*
 * Takes the next field from the front of `left`. Returns 1, 0 at the end of the entry, or -EBADMSG.
 */
int skw_journal_text_next(struct skw_journal_text *left, struct skw_journal_text *name,
			  struct skw_journal_text *value);

bool skw_journal_text_is(const struct skw_journal_text *text, const char *word);

/*
 * Whether `word` is the text in capitals. `word` has no capitals.
 */
bool skw_journal_text_is_name(const struct skw_journal_text *text, const char *word);

/* These return false, and leave the result alone, if the text is no such value. */

/* A number without a sign, up to `max`. */
bool skw_journal_text_number(const struct skw_journal_text *text, uint64_t max, uint64_t *out);
/* A time as skw_format_rfc3339() writes it; nanoseconds since 1970. */
bool skw_journal_text_time(const struct skw_journal_text *text, uint64_t *out);
/* The bytes with a zero at the end; `size` holds both. No byte of it is zero. */
bool skw_journal_text_copy(const struct skw_journal_text *text, char *out, size_t size);

#endif
