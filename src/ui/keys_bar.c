// SPDX-License-Identifier: BSD-2-Clause
/* The last line of the screen: the most useful keys. */
#include "ui/draw/bar.h"
#include "ui/keys.h"

static void make_bar(const struct skw_screen *s, struct skw_bar *bar)
{
	bar->len = 0;
	for (size_t i = 0; i < skw_keys_len + 1; i++) {
		const struct skw_key *k = &skw_keys[i];

		if (k->bar && k->panes & SKW_PANE_BIT(s->pane) && skw_keys_have(s, k))
			skw_bar_add(bar, (int)i, k->names, k->bar, k->keep);
	}
	skw_bar_place(bar, s->paint.cols);
}

void skw_keys_draw(const struct skw_screen *s, int y)
{
	struct skw_bar bar;

	if (s->message[0]) {
		skw_paint_text(&s->paint, y, 1, s->paint.cols, SKW_STYLE_STRONG, false, s->message);
		return;
	}
	make_bar(s, &bar);
	skw_bar_draw(&bar, &s->paint, y);
}

void skw_keys_click(struct skw_screen *s, int x)
{
	struct skw_bar bar;
	int at;

	make_bar(s, &bar);
	at = skw_bar_at(&bar, x);
	if (at >= 0)
		skw_keys[at].run(s, skw_keys[at].codes[0]);
}
