// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_summary_choice.h"

#include <string.h>

#include "format/format_summary_field.h"
#include "view/choice.h"

static const struct skw_expr_either eithers[] = {
	{ "port", SKW_SUMMARY_SRC_PORT, SKW_SUMMARY_DST_PORT, "port on either side" },
	{ "addr", SKW_SUMMARY_SRC_ADDR, SKW_SUMMARY_DST_ADDR, "address on either side" },
	{ "pid", SKW_SUMMARY_SRC_PID, SKW_SUMMARY_DST_PID, "process on either side" },
	{ "comm", SKW_SUMMARY_SRC_COMM, SKW_SUMMARY_DST_COMM, "its name" },
	{ NULL, 0, 0, NULL },
};

static const struct skw_field_info *info(uint8_t field)
{
	return &skw_format_summary_fields[field].info;
}

static uint8_t role(uint8_t field)
{
	return field == SKW_SUMMARY_SRC_PORT || field == SKW_SUMMARY_DST_PORT ? SKW_EXPR_PORT
									      : SKW_EXPR_PLAIN;
}

static uint8_t whole(uint8_t field)
{
	switch (field) {
	case SKW_SUMMARY_RETRANS:
		return SKW_SUMMARY_PACKETS;
	case SKW_SUMMARY_SRC_RETRANS:
	case SKW_SUMMARY_SRC_KERNEL_RETRANS:
		return SKW_SUMMARY_SRC_PACKETS;
	case SKW_SUMMARY_DST_RETRANS:
	case SKW_SUMMARY_DST_KERNEL_RETRANS:
		return SKW_SUMMARY_DST_PACKETS;
	default:
		return SKW_EXPR_NO_FIELD;
	}
}

static void value(const void *record, uint8_t field, struct skw_value *out)
{
	const struct skw_format_summary_field *f = &skw_format_summary_fields[field];
	uint64_t number = skw_format_summary_get(record, f);

	*out = (struct skw_value){ .known = number != SKW_NONE64, .number = number };
	if (out->known && f->info.kind == SKW_KIND_TEXT)
		out->text = skw_format_summary_word(record, f, number);
}

static void end(const void *record, uint8_t field, struct skw_expr_end *out)
{
	const struct skw_tuple *t = &((const struct skw_conversation *)record)->tuple;
	bool src = field == SKW_SUMMARY_SRC_ADDR;

	*out = (struct skw_expr_end){ .family = t->family,
				      .addr = src ? t->local_addr : t->remote_addr,
				      .port = src ? t->local_port : t->remote_port };
}

static const struct skw_expr_subject subject = {
	.fields = SKW_SUMMARY_FIELDS,
	.info = info,
	.role = role,
	.whole = whole,
	.eithers = eithers,
	.field = "rtt",
	.example = "rtt > 20ms",
	.shares = "a share of the packets, for retrans only",
	.time = "duration, as in 'duration > 10s'",
	.value = value,
	.end = end,
};

static int choose_order(struct skw_format_summary_choice *choice, struct skw_error *err)
{
	const char *sort = choice->sort ? choice->sort : "bytes";

	choice->ascending = sort[0] == '-';
	choice->by =
		skw_format_summary_find(sort + choice->ascending, strlen(sort + choice->ascending));
	return choice->by ? 0
			  : skw_error_usage(err,
					    "--sort %s: not a field to sort by; skwatch capture "
					    "--help lists the fields",
					    sort);
}

int skw_format_summary_choose(struct skw_format_summary_choice *choice,
			      const struct skw_expr_names *names, struct skw_error *err)
{
	int ret = choose_order(choice, err);

	if (!ret && choice->json && choice->csv)
		ret = skw_error_usage(err, "--json and --csv: choose one");
	if (ret || !choice->where)
		return ret;
	return skw_choice_expr_about(&subject, "--where", choice->where, names, &choice->filter,
				     err);
}

void skw_format_summary_choice_free(struct skw_format_summary_choice *choice)
{
	skw_expr_free(choice->filter);
	choice->filter = NULL;
}

void skw_format_summary_help(struct skw_buf *out)
{
	skw_expr_help_about(&subject, out);
}
