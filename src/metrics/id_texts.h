/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of the kernel's numbers for cgroups or namespaces. Numbers with the same name have the
 * same text: a service that was started again is the same one in its metrics. Texts are numbered
 * from 1; 0 stands for a name that is not known.
 */
#ifndef SKW_METRICS_ID_TEXTS_H
#define SKW_METRICS_ID_TEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With more texts than this, those that no label set has are forgotten. */
#define SKW_ID_TEXTS_MANY 4096

struct skw_id_text;

struct skw_id_texts {
	struct skw_id_text *ids; /* owned; a hash table */
	size_t ids_len, ids_size;
	char **texts; /* owned; NULL: free */
	uint32_t texts_len, texts_size, used;
};

void skw_id_texts_free(struct skw_id_texts *t); /* leaves it empty, as a zeroed one is */

/* Names a number, with NULL as one whose name can't be known. 0 or -ENOMEM. */
int skw_id_texts_set(struct skw_id_texts *t, uint64_t id, const char *text);
/* Whether skw_id_texts_set() has told this number, and its text. */
bool skw_id_texts_find(const struct skw_id_texts *t, uint64_t id, uint32_t *text);
/* NULL for 0. */
const char *skw_id_texts_get(const struct skw_id_texts *t, uint32_t text);

/* If there are many: forgets all numbers, and the texts that are not marked. `marks` may be NULL.
 */
static inline bool skw_id_texts_are_many(const struct skw_id_texts *t)
{
	return t->used > SKW_ID_TEXTS_MANY || t->ids_len > 4 * SKW_ID_TEXTS_MANY;
}
void skw_id_texts_forget(struct skw_id_texts *t, const bool *marks);

#endif
