// SPDX-License-Identifier: BSD-2-Clause
/*
 * Entries of a systemd journal. An accepted entry must be printable in all forms, and when it is
 * made again and read again, it must be the same.
 */
#include "journal/journal_read.h"

#include <stdlib.h>
#include <string.h>

#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct skw_format_env env = { .utf8 = true };

/* All that is known of the entry, as text. */
static void show(const struct skw_journal_entry *e, struct skw_buf *out)
{
	if (e->kind == SKW_JOURNAL_EVENT)
		skw_format_event_json(out, &e->event, &env);
	skw_format_row_json(out, &e->row, &env);
}

static void make_again(const struct skw_journal_entry *e, struct skw_buf *out)
{
	if (e->kind == SKW_JOURNAL_EVENT)
		skw_journal_event(out, &e->event, &env);
	else
		skw_journal_row(out, &e->row, e->real_ns, &env);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct skw_journal_entry first, second;
	struct skw_buf text = SKW_BUF_INIT, before = SKW_BUF_INIT, after = SKW_BUF_INIT;

	if (skw_journal_read(data, size, &first) <= 0)
		return 0;
	if (first.kind == SKW_JOURNAL_EVENT)
		skw_format_event_line(&text, &first.event, &env);
	skw_buf_reset(&text);
	if (first.kind == SKW_JOURNAL_EVENT || first.kind == SKW_JOURNAL_ROW) {
		make_again(&first, &text);
		if (skw_journal_read(text.data, text.len, &second) != 1)
			abort();
		show(&first, &before);
		show(&second, &after);
		if (before.len != after.len || memcmp(before.data, after.data, after.len) != 0)
			abort();
	}
	skw_buf_free(&text);
	skw_buf_free(&before);
	skw_buf_free(&after);
	return 0;
}
