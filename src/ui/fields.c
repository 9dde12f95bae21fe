// SPDX-License-Identifier: BSD-2-Clause
#include "ui/fields.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>

#include "format/format.h"
#include "row/address.h"
#include "row/field.h"
#include "row/row.h"
#include "util/cleanup.h"

#define NAME_WIDTH 20

static void print_number(const struct skw_value *v, int64_t offset_ns, struct skw_buf *out)
{
	(void)offset_ns;
	skw_buf_add_uint(out, v->number);
}

static void print_us(const struct skw_value *v, int64_t offset_ns, struct skw_buf *out)
{
	char text[16];

	(void)offset_ns;
	skw_format_us(text, 7, v->number);
	skw_buf_printf(out, "%" PRIu64 " (%s)", v->number, text);
}

static void print_time(const struct skw_value *v, int64_t offset_ns, struct skw_buf *out)
{
	char text[SKW_RFC3339_SIZE];

	skw_format_rfc3339(text, v->number + (uint64_t)offset_ns);
	skw_buf_add_str(out, text);
}

static void print_bool(const struct skw_value *v, int64_t offset_ns, struct skw_buf *out)
{
	(void)offset_ns;
	skw_buf_add_str(out, v->number ? "yes" : "no");
}

static void print_text(const struct skw_value *v, int64_t offset_ns, struct skw_buf *out)
{
	(void)offset_ns;
	skw_buf_add_str(out, v->text);
}

/* NULL if the value of this kind is not in struct skw_value but in the row. */
static void (*const printers[])(const struct skw_value *, int64_t, struct skw_buf *) = {
	[SKW_KIND_NUMBER] = print_number, [SKW_KIND_BYTES] = print_number,
	[SKW_KIND_BPS] = print_number,    [SKW_KIND_US] = print_us,
	[SKW_KIND_TIME] = print_time,     [SKW_KIND_BOOL] = print_bool,
	[SKW_KIND_TEXT] = print_text,     [SKW_KIND_ADDR] = NULL,
	[SKW_KIND_OWNERS] = NULL,         [SKW_KIND_HIST] = NULL,
};

static void print_of_row(const struct skw_row *row, enum skw_field field, struct skw_buf *out)
{
	if (skw_fields[field].kind == SKW_KIND_ADDR) {
		char addr[SKW_ADDRESS_SIZE];

		if (field == SKW_FIELD_LOCAL_ADDR)
			skw_address_of_local(addr, row);
		else
			skw_address_of_remote(addr, row);
		skw_buf_add_str(out, addr);
	} else if (skw_fields[field].kind == SKW_KIND_OWNERS) {
		for (uint32_t i = 0; i < row->owners->len; i++)
			skw_buf_printf(out, "%s%s[%" PRIu32 "]", i ? " " : "",
				       row->owners->list[i].comm, row->owners->list[i].pid);
	} else {
		for (size_t i = 0; i < SKW_RTT_BUCKETS; i++)
			skw_buf_printf(out, "%s%" PRIu32, i ? " " : "", skw_row_hist(row)[i]);
	}
}

void skw_fields_add(struct skw_page *p, const struct skw_row *row, int64_t offset_ns)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
	struct skw_value v;

	p->indent = 0;
	skw_page_line(p, SKW_STYLE_TITLE, " field               value ");
	for (unsigned i = 0; i < SKW_FIELDS; i++) {
		uint8_t kind = skw_fields[i].kind;

		skw_buf_reset(&text);
		skw_field_value(row, (enum skw_field)i, &v);
		if (!v.known)
			skw_buf_add_str(&text, "--");
		else if (printers[kind])
			printers[kind](&v, offset_ns, &text);
		else
			print_of_row(row, (enum skw_field)i, &text);
		skw_buf_add_char(&text, '\0');
		p->x = 1;
		skw_page_put(p, SKW_STYLE_FAINT, skw_fields[i].name);
		skw_page_tab(p, 1 + NAME_WIDTH);
		p->open = false;
		p->indent = 1 + NAME_WIDTH;
		if (!text.failed)
			skw_page_item(p, NULL, SKW_STYLE_PLAIN, (const char *)text.data);
		skw_page_end(p);
	}
}
