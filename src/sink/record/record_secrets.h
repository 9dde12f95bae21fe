/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a TLS key log for files that are not open yet: the first one, and those of a rotation,
 * each of which begins with all of them.
 */
#ifndef SKW_SINK_RECORD_RECORD_SECRETS_H
#define SKW_SINK_RECORD_RECORD_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* No more than this is kept for the files of a rotation, and for a single file. */
#define SKW_RECORD_SECRETS_REPEATED (4u << 20)
#define SKW_RECORD_SECRETS_ONCE     (64u << 20)
/* The most bytes of lines in one block. */
#define SKW_RECORD_SECRETS_BLOCK (64u << 10)

struct skw_record_secrets {
	struct skw_buf kept; /* owned: whole lines */
	/* The number of lines that were dropped, the oldest first, because there were too many. */
	uint64_t dropped;
};

void skw_record_secrets_free(struct skw_record_secrets *s);

/*
 * Keeps `len` bytes of whole lines. `repeated`: for the files of a rotation. Returns 0 or -ENOMEM.
 */
int skw_record_secrets_keep(struct skw_record_secrets *s, const uint8_t *lines, size_t len,
			    bool repeated);

/*
 * The lines for one block: those from *at on. Moves *at behind them. Returns their length; 0: there
 * are no more.
 */
size_t skw_record_secrets_next(const struct skw_record_secrets *s, size_t *at);

/* Tells the user what was dropped. `name` is that of the output. */
void skw_record_secrets_say(const struct skw_record_secrets *s, const char *name);

#endif
