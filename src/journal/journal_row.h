/* SPDX-License-Identifier: BSD-2-Clause */
/* The row of an entry that is read. Only for this room. */
#ifndef SKW_JOURNAL_JOURNAL_ROW_H
#define SKW_JOURNAL_JOURNAL_ROW_H

#include "journal/journal_read.h"

void skw_journal_row_begin(struct skw_journal_entry *e);
/* Sets a field by its name in capitals, without the prefix. Other names are passed over. 0 or
 * -EBADMSG. */
int skw_journal_row_set(struct skw_journal_entry *e, const struct skw_journal_text *name,
			const struct skw_journal_text *value);
/* Sets what takes several fields. 0 or -EBADMSG. */
int skw_journal_row_finish(struct skw_journal_entry *e);

#endif
