// SPDX-License-Identifier: BSD-2-Clause
#include "metrics/id_texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/hash.h"

#define FIRST_SIZE 64

struct skw_id_text {
	uint64_t id;
	uint32_t text;
	bool used;
};

void skw_id_texts_free(struct skw_id_texts *t)
{
	for (uint32_t i = 0; i < t->texts_len; i++)
		free(t->texts[i]);
	free(t->texts);
	free(t->ids);
	*t = (struct skw_id_texts){ 0 };
}

/* The place of a number, or the free one where it belongs. */
static struct skw_id_text *place(struct skw_id_text *ids, size_t size, uint64_t id)
{
	size_t at = skw_hash_word(0, id) >> 32 & (size - 1);

	while (ids[at].used && ids[at].id != id)
		at = (at + 1) & (size - 1);
	return &ids[at];
}

static int grow(struct skw_id_texts *t)
{
	size_t size = t->ids_size ? t->ids_size * 2 : FIRST_SIZE;
	struct skw_id_text *ids = calloc(size, sizeof(*ids));

	if (!ids)
		return -ENOMEM;
	for (size_t i = 0; i < t->ids_size; i++)
		if (t->ids[i].used)
			*place(ids, size, t->ids[i].id) = t->ids[i];
	free(t->ids);
	t->ids = ids;
	t->ids_size = size;
	return 0;
}

static int add_text(struct skw_id_texts *t, uint32_t at, const char *text)
{
	if (at == t->texts_size) {
		uint32_t size = t->texts_size ? t->texts_size * 2 : FIRST_SIZE;
		char **texts = reallocarray(t->texts, size, sizeof(*texts));

		if (!texts)
			return -ENOMEM;
		t->texts = texts;
		t->texts_size = size;
	}
	t->texts[at] = strdup(text);
	if (!t->texts[at])
		return -ENOMEM;
	if (at == t->texts_len)
		t->texts_len++;
	t->used++;
	return 0;
}

/* The number of a text, which may be new. 0 or -ENOMEM. */
static int intern(struct skw_id_texts *t, const char *text, uint32_t *out)
{
	uint32_t at = t->texts_len;

	for (uint32_t i = t->texts_len; i-- > 0;) {
		if (!t->texts[i])
			at = i;
		else if (strcmp(t->texts[i], text) == 0) {
			*out = i + 1;
			return 0;
		}
	}
	int ret = add_text(t, at, text);

	if (!ret)
		*out = at + 1;
	return ret;
}

int skw_id_texts_set(struct skw_id_texts *t, uint64_t id, const char *text)
{
	uint32_t number = 0;

	if (t->ids_len * 4 >= t->ids_size * 3 && grow(t))
		return -ENOMEM;
	struct skw_id_text *entry = place(t->ids, t->ids_size, id);

	/* Mostly it is told again what it is. */
	if (entry->used && text && entry->text && strcmp(t->texts[entry->text - 1], text) == 0)
		return 0;
	int ret = text ? intern(t, text, &number) : 0;

	if (ret)
		return ret;
	t->ids_len += !entry->used;
	*entry = (struct skw_id_text){ id, number, true };
	return 0;
}

bool skw_id_texts_find(const struct skw_id_texts *t, uint64_t id, uint32_t *text)
{
	const struct skw_id_text *entry = t->ids_size ? place(t->ids, t->ids_size, id) : NULL;

	if (!entry || !entry->used)
		return false;
	*text = entry->text;
	return true;
}

const char *skw_id_texts_get(const struct skw_id_texts *t, uint32_t text)
{
	return text ? t->texts[text - 1] : NULL;
}

void skw_id_texts_forget(struct skw_id_texts *t, const bool *marks)
{
	free(t->ids);
	t->ids = NULL;
	t->ids_len = t->ids_size = 0;
	for (uint32_t i = 0; i < t->texts_len; i++) {
		if (!t->texts[i] || (marks && marks[i]))
			continue;
		free(t->texts[i]);
		t->texts[i] = NULL;
		t->used--;
	}
}
