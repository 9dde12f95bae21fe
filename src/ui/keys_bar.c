// SPDX-License-Identifier: BSD-2-Clause
/* The last line of the screen: the most useful keys. */
#include "ui/keys.h"

#include <stdio.h>
#include <string.h>

/* The largest number of keys in the line. */
#define KEYS_MAX 32

struct bar {
	struct {
		const struct skw_key *key;
		int x, width;
	} items[KEYS_MAX];
	size_t len;
};

static int first_name(const struct skw_key *k)
{
	return (int)strcspn(k->names, " ");
}

static void make_bar(const struct skw_screen *s, struct bar *bar)
{
	int width = 1;

	bar->len = 0;
	for (size_t i = 0; i < skw_keys_len + 1 && bar->len < KEYS_MAX; i++) {
		const struct skw_key *k = &skw_keys[i];

		if (!k->bar || !(k->panes & SKW_PANE_BIT(s->pane)) || !skw_keys_have(s, k))
			continue;
		bar->items[bar->len].key = k;
		bar->items[bar->len].width = first_name(k) + 1 + (int)strlen(k->bar);
		width += bar->items[bar->len++].width + 2;
	}
	while (bar->len > 1 && width - 2 > s->paint.cols) {
		size_t least = 0;

		for (size_t i = 1; i < bar->len; i++)
			if (bar->items[i].key->keep < bar->items[least].key->keep)
				least = i;
		width -= bar->items[least].width + 2;
		bar->len--;
		memmove(&bar->items[least], &bar->items[least + 1],
			(bar->len - least) * sizeof(bar->items[0]));
	}
	width = 1;
	for (size_t i = 0; i < bar->len; i++) {
		bar->items[i].x = width;
		width += bar->items[i].width + 2;
	}
}

void skw_keys_draw(const struct skw_screen *s, int y)
{
	struct bar bar;

	if (s->message[0]) {
		skw_paint_text(&s->paint, y, 1, s->paint.cols, SKW_STYLE_STRONG, false, s->message);
		return;
	}
	make_bar(s, &bar);
	for (size_t i = 0; i < bar.len; i++) {
		const struct skw_key *k = bar.items[i].key;
		char name[16];

		snprintf(name, sizeof(name), "%.*s", first_name(k), k->names);
		skw_paint_text(&s->paint, y, bar.items[i].x, s->paint.cols, SKW_STYLE_KEY, false,
			       name);
		skw_paint_text(&s->paint, y, bar.items[i].x + first_name(k) + 1, s->paint.cols,
			       SKW_STYLE_PLAIN, false, k->bar);
	}
}

void skw_keys_click(struct skw_screen *s, int x)
{
	struct bar bar;

	make_bar(s, &bar);
	for (size_t i = 0; i < bar.len; i++)
		if (x >= bar.items[i].x && x < bar.items[i].x + bar.items[i].width) {
			bar.items[i].key->run(s, bar.items[i].key->codes[0]);
			return;
		}
}
