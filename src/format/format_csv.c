// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_csv.h"

#include <arpa/inet.h>
#include <errno.h>

#include "row/address.h"
#include "row/row.h"
#include "util/cleanup.h"
#include "util/decimal.h"
#include "util/utf8.h"

/*
 * Any user who creates a cgroup chooses its name, and people read tables in a terminal, so
 * characters that can't be seen are replaced.
 */
static const char *add_character(struct skw_buf *out, const char *text)
{
	return *text == '\n' ? skw_utf8_add(out, text) : skw_utf8_add_visible(out, text);
}

/*
 * Whether a spreadsheet would take this text for a formula. Some take the wide forms of the signs
 * as well. Fields of numbers never come here, so a negative number would stay a number.
 */
static bool is_formula(const char *text)
{
	static const uint32_t signs[] = { '=', '+', '-', '@', 0xff1d, 0xff0b, 0xff0d, 0xff20 };
	uint32_t c;

	for (size_t i = 0; skw_utf8_decode(text, &c) && i < SKW_ARRAY_SIZE(signs); i++)
		if (c == signs[i])
			return true;
	return false;
}

static bool is_plain_char(char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != ',';
}

/* Whether a text is printed as it is, as nearly all are: nothing to quote, to hide or to compute.
 */
static bool is_plain(const char *text, size_t *len)
{
	const char *p = text;

	if (*p == '=' || *p == '+' || *p == '-' || *p == '@')
		return false;
	while (is_plain_char(*p))
		p++;
	*len = (size_t)(p - text);
	return !*p;
}

static void add_any(struct skw_buf *out, const char *text)
{
	bool formula = is_formula(text);
	bool quotes = formula || text[strcspn(text, ",\"\r\n")] != '\0';

	if (quotes)
		skw_buf_add_char(out, '"');
	if (formula)
		skw_buf_add_char(out, '\'');
	while (*text) {
		if (*text == '"')
			skw_buf_add_char(out, '"');
		text = add_character(out, text);
	}
	if (quotes)
		skw_buf_add_char(out, '"');
}

/*
 * RFC 4180, 2: a field that contains a comma, a quote or a line end is put in quotes, and quotes in
 * it are doubled. A text that looks like a formula gets an apostrophe in front, which tells a
 * spreadsheet that it is a text.
 */
void skw_format_csv_text(struct skw_buf *out, const char *text)
{
	size_t len;

	if (is_plain(text, &len))
		skw_buf_add(out, text, len);
	else
		add_any(out, text);
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
	skw_format_csv_text(out, cell->value.text);
}

static void addr_cell(struct skw_buf *out, const struct csv_cell *cell)
{
	char text[SKW_ADDRESS_SIZE];

	if (cell->field == SKW_FIELD_LOCAL_ADDR)
		skw_address_of_local(text, cell->row);
	else
		skw_address_of_remote(text, cell->row);
	/* The name of an interface may contain a comma or quotes. */
	skw_format_csv_text(out, text);
}

/* All owners as "pid:comm pid:comm" in a single pair of quotes. */
static void add_owners(struct skw_buf *out, const struct skw_owners *owners)
{
	for (uint32_t i = 0; i < owners->len; i++) {
		if (i)
			skw_buf_add_char(out, ' ');
		skw_buf_add_uint(out, owners->list[i].pid);
		skw_buf_add_char(out, ':');
		skw_buf_add_str(out, owners->list[i].comm);
	}
}

static void owners_cell(struct skw_buf *out, const struct csv_cell *cell)
{
	struct skw_buf list = SKW_BUF_INIT;
	size_t before = out->len, len;

	add_owners(out, cell->row->owners);
	skw_buf_add_char(out, '\0');
	if (out->failed)
		return;
	out->len--;
	if (is_plain((const char *)out->data + before, &len))
		return;
	/* The text was not plain, so it is added again in the general way. */
	out->len = before;
	add_owners(&list, cell->row->owners);
	skw_buf_add_char(&list, '\0');
	if (list.failed)
		out->failed = true;
	else
		add_any(out, (const char *)list.data);
	skw_buf_free(&list);
}

static void hist_cell(struct skw_buf *out, const struct csv_cell *cell)
{
	const uint32_t *hist = skw_row_hist(cell->row);

	for (int i = 0; i < SKW_RTT_BUCKETS; i++) {
		if (i)
			skw_buf_add_char(out, ' ');
		skw_buf_add_uint(out, hist[i]);
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
	skw_buf_add_str(out, ",update,host\n");
}

int skw_format_csv_end(struct skw_buf *out, const struct skw_format_env *env)
{
	skw_buf_add_char(out, ',');
	if (env->update)
		skw_buf_add_uint(out, env->update);
	skw_buf_add_char(out, ',');
	if (env->host)
		skw_format_csv_text(out, env->host);
	skw_buf_add_char(out, '\n');
	return out->failed ? -ENOMEM : 0;
}

int skw_format_row_csv(struct skw_buf *out, const struct skw_row *row,
		       const struct skw_format_env *env)
{
	struct csv_cell cell = { .row = row, .env = env };

	for (unsigned i = 0; i < SKW_FIELDS; i++) {
		const struct skw_field_info *info = &skw_fields[i];
		char *begin = (char *)skw_buf_reserve(out, 1 + SKW_DECIMAL_MAX), *p = begin;
		uint64_t number;

		if (!p)
			break;
		if (i)
			*p++ = ',';
		bool is_number = info->size && info->kind <= SKW_KIND_US;
		if (is_number && skw_field_number(row, info, &number))
			p = skw_decimal_put(p, number);
		out->len += (size_t)(p - begin);
		if (is_number)
			continue;
		cell.field = (enum skw_field)i;
		skw_format_value(row, cell.field, env, &cell.value);
		if (cell.value.known)
			cells[info->kind](out, &cell);
	}
	return skw_format_csv_end(out, env);
}
