// SPDX-License-Identifier: BSD-2-Clause
#include "format/format.h"

#include <arpa/inet.h>
#include <errno.h>

#include "format/utf8.h"
#include "row/address.h"

/*
 * The number of bytes of the control character at `text` (C0, DEL, or C1 in UTF-8). 0 if it is not
 * a control character.
 */
static size_t control_len(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	if (*p < ' ' || *p == 0x7f)
		return 1;
	return *p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0 ? 2 : 0;
}

/*
 * Any user who creates a cgroup chooses its name, and people read tables in a terminal, so control
 * characters are escaped.
 */
static const char *add_character(struct skw_buf *out, const char *text)
{
	size_t len = *text == '\n' ? 0 : control_len(text);

	if (!len)
		return skw_utf8_add(out, text);
	skw_buf_add_str(out, SKW_UTF8_REPLACEMENT);
	return text + len;
}

/*
 * RFC 4180, 2: a field that contains a comma, a quote or a line end is put in quotes, and quotes in
 * it are doubled.
 */
static void add_quoted(struct skw_buf *out, const char *text)
{
	bool quotes = text[strcspn(text, ",\"\r\n")] != '\0';

	if (quotes)
		skw_buf_add_char(out, '"');
	while (*text) {
		if (*text == '"')
			skw_buf_add_char(out, '"');
		text = add_character(out, text);
	}
	if (quotes)
		skw_buf_add_char(out, '"');
}

/* A cell with a known value. */
struct csv_cell {
	const struct skw_row *row;
	enum skw_field field;
	struct skw_value value;
	const struct skw_format_env *env;
};

static void number_cell(struct skw_buf *out, const struct csv_cell *cell)
{
	skw_buf_add_uint(out, cell->value.number);
}

static void time_cell(struct skw_buf *out, const struct csv_cell *cell)
{
	char text[SKW_RFC3339_SIZE];

	skw_format_rfc3339(text, skw_format_real_ns(cell->env, cell->value.number));
	skw_buf_add(out, text, sizeof(text) - 1);
}

static void bool_cell(struct skw_buf *out, const struct csv_cell *cell)
{
	skw_buf_add_str(out, cell->value.number ? "true" : "false");
}

static void text_cell(struct skw_buf *out, const struct csv_cell *cell)
{
	add_quoted(out, cell->value.text);
}

static void addr_cell(struct skw_buf *out, const struct csv_cell *cell)
{
	char text[SKW_ADDRESS_SIZE];

	if (cell->field == SKW_FIELD_LOCAL_ADDR)
		skw_address_of_local(text, cell->row);
	else
		skw_address_of_remote(text, cell->row);
	/* The name of an interface may contain a comma or quotes. */
	add_quoted(out, text);
}

/* All owners as "pid:comm pid:comm" in a single pair of quotes. */
static void owners_cell(struct skw_buf *out, const struct csv_cell *cell)
{
	struct skw_buf list = SKW_BUF_INIT;

	for (uint32_t i = 0; i < cell->row->owners->len; i++) {
		if (i)
			skw_buf_add_char(&list, ' ');
		skw_buf_add_uint(&list, cell->row->owners->list[i].pid);
		skw_buf_add_char(&list, ':');
		skw_buf_add_str(&list, cell->row->owners->list[i].comm);
	}
	skw_buf_add_char(&list, '\0');
	if (list.failed)
		out->failed = true;
	else
		add_quoted(out, (const char *)list.data);
	skw_buf_free(&list);
}

static void hist_cell(struct skw_buf *out, const struct csv_cell *cell)
{
	for (int i = 0; i < SKW_RTT_BUCKETS; i++) {
		if (i)
			skw_buf_add_char(out, ' ');
		skw_buf_add_uint(out, cell->row->rtt_hist[i]);
	}
}

static void (*const cells[])(struct skw_buf *out, const struct csv_cell *cell) = {
	[SKW_KIND_NUMBER] = number_cell, [SKW_KIND_BYTES] = number_cell,
	[SKW_KIND_BPS] = number_cell,    [SKW_KIND_US] = number_cell,
	[SKW_KIND_TIME] = time_cell,     [SKW_KIND_BOOL] = bool_cell,
	[SKW_KIND_TEXT] = text_cell,     [SKW_KIND_ADDR] = addr_cell,
	[SKW_KIND_OWNERS] = owners_cell, [SKW_KIND_HIST] = hist_cell,
};

void skw_format_csv_head(struct skw_buf *out)
{
	for (int i = 0; i < SKW_FIELDS; i++) {
		if (i)
			skw_buf_add_char(out, ',');
		skw_buf_add_str(out, skw_fields[i].name);
	}
	skw_buf_add_char(out, '\n');
}

int skw_format_row_csv(struct skw_buf *out, const struct skw_row *row,
		       const struct skw_format_env *env)
{
	for (unsigned i = 0; i < SKW_FIELDS; i++) {
		struct csv_cell cell = { .row = row, .field = (enum skw_field)i, .env = env };

		if (i)
			skw_buf_add_char(out, ',');
		skw_field_value(row, cell.field, &cell.value);
		if (cell.value.known)
			cells[skw_fields[i].kind](out, &cell);
	}
	skw_buf_add_char(out, '\n');
	return out->failed ? -ENOMEM : 0;
}
