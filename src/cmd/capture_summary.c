// SPDX-License-Identifier: BSD-2-Clause
/* The options for the summary of connections. */
#include <stddef.h>

#include "cmd/capture_options.h"
#include "cmd/words/name_list.h"
#include "util/cleanup.h"

#define AT(field)         offsetof(struct skw_capture_request, field)

#define SUMMARY_BYTES_MAX (1ULL << 40)

static const struct skw_option options[] = {
	{ .name = "summary",
	  .help = "print a table of the connections at the end, instead of packets",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.summary) },
	{ .name = "sort",
	  .arg = "KEY",
	  .help = "sort the table by the field KEY, largest first; with -KEY smallest first "
		  "(default bytes)",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.summary_choice.sort) },
	{ .name = "json",
	  .help = "print the table as a line with a JSON object for each connection",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.summary_choice.json) },
	{ .name = "csv",
	  .help = "print the table as comma-separated values with a line of headers",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.summary_choice.csv) },
	{ .name = "summary-size",
	  .arg = "SIZE",
	  .help = "memory for the table (default 64M, for about 45000 connections)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.summary_bytes),
	  .max = SUMMARY_BYTES_MAX,
	  .limits = "1T" },
};

const struct skw_option_table skw_capture_options_summary = { options, SKW_ARRAY_SIZE(options) };

int skw_capture_options_take_summary(struct skw_capture_request *r, struct skw_error *err)
{
	struct skw_name_list names;
	int ret;

	if (!r->plan.summary)
		return 0;
	skw_name_list_begin(&names);
	ret = skw_session_plan_summary(&r->plan, &names.names, err);
	skw_name_list_free(&names);
	return ret;
}

void skw_capture_options_help_summary(FILE *to)
{
	struct skw_buf text = SKW_BUF_INIT;

	skw_buf_add_str(&text, "\nFields of the summary:\n");
	skw_session_plan_summary_help(&text);
	if (!text.failed)
		fwrite(text.data, 1, text.len, to);
	skw_buf_free(&text);
}
