/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of interfaces that rows refer to. Few rows have one, and each name is kept once. */
#ifndef SKW_TABLE_SCOPES_H
#define SKW_TABLE_SCOPES_H

#include <stddef.h>

struct skw_scopes {
	char **all; /* owned, as its elements are */
	size_t len, size;
};

void skw_scopes_free(struct skw_scopes *s);

/* The kept text of this name, which is valid until skw_scopes_free(). NULL: no memory. */
const char *skw_scopes_get(struct skw_scopes *s, const char *name);

#endif
