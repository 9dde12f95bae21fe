/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A source: the secrets of a TLS key log that another program writes, as blocks for pcapng files.
 * It goes before the sources of packets, so that each secret comes before all packets that were not
 * handed on yet when it was read.
 */
#ifndef SKW_KEYLOG_KEYLOG_H
#define SKW_KEYLOG_KEYLOG_H

#include <stdbool.h>

#include "keeper/privileges.h"
#include "loop/source.h"

struct skw_keylog;

/* The caller keeps everything that this points to until the key log is freed. */
struct skw_keylog_plan {
	const char *name;
	/* The file is opened with the rights of this user. NULL: the rights stay the same. */
	const struct skw_identity *who;
	/*
	 * The file grows, and the packets come from the kernel. They are held back for a moment, as
	 * a program can write a secret only after the packet that it is agreed on with. Otherwise
	 * the file is read once, before all packets.
	 */
	bool grows;
	/* Only failures are told, and a file that is not there is none. */
	bool quiet;
	/* Tells that the packets can't be held back now. NULL: they always can. */
	bool (*is_pressed)(void *ctx);
	void *ctx;
};

/* Makes a key log and opens nothing. The caller frees *out. Returns 0 or -ENOMEM. */
int skw_keylog_new(const struct skw_keylog_plan *plan, struct skw_keylog **out);
void skw_keylog_free(struct skw_keylog *k); /* NULL is allowed */

struct skw_source skw_keylog_source(struct skw_keylog *k);

#endif
