// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_pins.h"

#include <inttypes.h>
#include <stdio.h>

#include "format/format.h"
#include "format/format_json.h"
#include "util/utf8.h"

/* "2026-11-28T00:19:36", without the fraction. */
#define SINCE_LEN 19

static void add_since(struct skw_buf *out, uint64_t real_ns)
{
	char text[SKW_RFC3339_SIZE];

	skw_format_rfc3339(text, real_ns);
	if (real_ns)
		skw_buf_printf(out, "%.*sZ", SINCE_LEN, text);
	else
		skw_buf_printf(out, "%-*s", SINCE_LEN + 1, "--");
}

static void add_visible(struct skw_buf *out, const char *text)
{
	while (*text)
		text = skw_utf8_add_visible(out, text);
}

void skw_format_pin_title(struct skw_buf *out)
{
	skw_buf_printf(out, "%-16s %-7s %-20s %-18s %s\n", "NAME", "KIND", "SINCE", "STATE",
		       "WHERE");
}

static void add_state(struct skw_buf *out, const struct skw_format_pin *pin)
{
	char text[40];

	if (pin->attached == pin->links)
		snprintf(text, sizeof(text), "%s", pin->links ? "attached" : "no link");
	else if (pin->attached)
		snprintf(text, sizeof(text), "%u of %u attached", pin->attached, pin->links);
	else
		snprintf(text, sizeof(text), "not attached");
	skw_buf_printf(out, " %-18s ", text);
}

void skw_format_pin_lines(struct skw_buf *out, const struct skw_format_pin *pin)
{
	skw_buf_printf(out, "%-16s %-7s ", pin->name, pin->kind);
	add_since(out, pin->since_ns);
	add_state(out, pin);
	add_visible(out, pin->where[0] ? pin->where : "--");
	skw_buf_add_char(out, '\n');
	for (size_t i = 0; i < pin->parts_len; i++) {
		const struct skw_format_pin_part *part = &pin->parts[i];

		if (part->count == SKW_NONE64)
			skw_buf_printf(out, "%12s  ", "");
		else
			skw_buf_printf(out, "%12" PRIu64 "  ", part->count);
		add_visible(out, part->text);
		skw_buf_add_char(out, '\n');
	}
}

static void add_text(struct skw_buf *out, const char *key, const char *text)
{
	skw_format_json_key(out, key);
	skw_format_json_string(out, text);
}

static void add_number(struct skw_buf *out, const char *key, uint64_t number)
{
	skw_format_json_key(out, key);
	if (number == SKW_NONE64)
		skw_format_json_null(out);
	else
		skw_buf_add_uint(out, number);
}

int skw_format_pin_json(struct skw_buf *out, const struct skw_format_pin *pin)
{
	const struct skw_format_env env = { 0 };

	skw_buf_add_char(out, '{');
	add_text(out, "name", pin->name);
	add_text(out, "kind", pin->kind);
	skw_format_json_key(out, "since");
	if (pin->since_ns)
		skw_format_json_time(out, pin->since_ns, &env);
	else
		skw_format_json_null(out);
	add_text(out, "where", pin->where);
	add_text(out, "what", pin->what);
	add_number(out, "links", pin->links);
	add_number(out, "attached", pin->attached);
	skw_format_json_key(out, "parts");
	skw_buf_add_char(out, '[');
	for (size_t i = 0; i < pin->parts_len; i++) {
		skw_buf_add_str(out, i ? ",{" : "{");
		add_text(out, "text", pin->parts[i].text);
		add_number(out, "count", pin->parts[i].count);
		skw_buf_add_char(out, '}');
	}
	skw_buf_add_char(out, ']');
	return skw_format_json_end(out);
}
