// SPDX-License-Identifier: BSD-2-Clause
#include "ui/groups/groups_head.h"

#include <stdio.h>
#include <time.h>

#include "format/format.h"
#include "ui/draw/numbers.h"
#include "ui/draw/parts.h"
#include "ui/groups/groups_list.h"
#include "util/clock.h"

static void clock_text(const struct skw_groups_screen *s, char *out, size_t size)
{
	time_t now = (time_t)(s->look.now_ns / SKW_NS_PER_S);
	struct tm tm;

	if (!s->loaded || !localtime_r(&now, &tm) || !strftime(out, size, "%H:%M:%S", &tm))
		snprintf(out, size, "--:--:--");
}

static void first_line(const struct skw_groups_screen *s, int y)
{
	struct skw_parts l = { .paint = &s->paint };
	char n[SKW_NUMBERS_SIZE], text[16];

	clock_text(s, text, sizeof(text));
	skw_parts_add(&l, 20, 1, SKW_STYLE_STRONG, "skwatch");
	skw_parts_add(&l, 60, 2, SKW_STYLE_PLAIN, "%s", s->host);
	skw_parts_add(&l, 80, 2, SKW_STYLE_STRONG, "%s", text);
	if (s->paused)
		skw_parts_add(&l, 255, 2, SKW_STYLE_TITLE, " PAUSED ");
	skw_parts_add(&l, s->look.lost ? 100 : 30, 3,
		      s->look.lost ? SKW_STYLE_ALARM : SKW_STYLE_PLAIN, "%s packets lost",
		      skw_numbers_grouped(n, s->look.lost));
	skw_parts_add(&l, 35, 3, SKW_STYLE_PLAIN, "every %g s",
		      (double)s->interval_ns / SKW_NS_PER_S);
	skw_parts_add(&l, 70, 3, SKW_STYLE_PLAIN, "sort %s %c",
		      skw_groups_list_title(s->order.field), s->order.ascending ? '^' : 'v');
	if (s->filter)
		skw_parts_add(&l, 90, 3, SKW_STYLE_STRONG, "filter %.*s", s->paint.cols / 2,
			      s->filter_text);
	else
		skw_parts_add(&l, 10, 3, SKW_STYLE_FAINT, "no filter");
	skw_parts_draw(&l, y);
}

static void rate_text(const struct skw_message_look *look, char *out, size_t size)
{
	double rate =
		look->recent_ns ? (double)look->recent * SKW_NS_PER_S / (double)look->recent_ns : 0;

	if (look->recent_ns)
		snprintf(out, size, "%.*f/s", rate > 0 && rate < 9.95 ? 1 : 0, rate);
	else
		snprintf(out, size, "--/s");
}

static void second_line(const struct skw_groups_screen *s, int y)
{
	const struct skw_message_look *look = &s->look;
	struct skw_parts l = { .paint = &s->paint };
	char n[SKW_NUMBERS_SIZE], rate[32];

	rate_text(look, rate, sizeof(rate));
	skw_parts_add(&l, 100, 1, SKW_STYLE_STRONG, "%s message%s",
		      skw_numbers_grouped(n, look->messages), look->messages == 1 ? "" : "s");
	skw_parts_add(&l, 80, 3, SKW_STYLE_PLAIN, "%s", rate);
	skw_parts_add(&l, 90, 3, look->errors ? SKW_STYLE_ALARM : SKW_STYLE_PLAIN, "%s error%s",
		      skw_numbers_grouped(n, look->errors), look->errors == 1 ? "" : "s");
	skw_parts_add(&l, 70, 3, look->unanswered ? SKW_STYLE_WARNING : SKW_STYLE_PLAIN,
		      "%s without an answer", skw_numbers_grouped(n, look->unanswered));
	if (s->filter)
		skw_parts_add(&l, 60, 3, SKW_STYLE_PLAIN, "%zu of %zu groups", s->rows_len,
			      look->len);
	else
		skw_parts_add(&l, 60, 3, SKW_STYLE_PLAIN, "%zu group%s", look->len,
			      look->len == 1 ? "" : "s");
	skw_parts_draw(&l, y);
}

static void third_line(const struct skw_groups_screen *s, int y)
{
	const struct skw_message_look *look = &s->look;
	struct skw_parts l = { .paint = &s->paint };
	char n[SKW_NUMBERS_SIZE], bytes[SKW_NUMBERS_SIZE], age[16];

	skw_format_age(age, 8, look->total_ns / 1000);
	skw_parts_add(&l, 100, 1, SKW_STYLE_PLAIN, "%s packets in %s",
		      skw_numbers_grouped(n, look->packets), age);
	skw_parts_add(&l, 60, 3, SKW_STYLE_PLAIN, "%s connections recognised",
		      skw_numbers_grouped(n, look->recognised));
	if (look->unrecognised)
		skw_parts_add(&l, 50, 3, SKW_STYLE_PLAIN, "%s not",
			      skw_numbers_grouped(n, look->unrecognised));
	if (look->holes)
		skw_parts_add(&l, 90, 3, SKW_STYLE_WARNING, "%s holes of %s in streams",
			      skw_numbers_grouped(n, look->holes),
			      skw_numbers_bytes(bytes, look->missing_bytes));
	if (look->forgotten)
		skw_parts_add(&l, 85, 3, SKW_STYLE_WARNING, "%s connections forgotten",
			      skw_numbers_grouped(n, look->forgotten));
	skw_parts_draw(&l, y);
}

int skw_groups_head_draw(const struct skw_groups_screen *s)
{
	int rows = s->paint.rows;

	first_line(s, 0);
	if (!s->loaded || rows < 8)
		return 1;
	second_line(s, 1);
	if (rows < 9)
		return 2;
	third_line(s, 2);
	return 3 + (rows >= 14);
}
