// SPDX-License-Identifier: BSD-2-Clause
#include "session/messages/messages.h"

#include <errno.h>
#include <string.h>

#include "format/format_message.h"
#include "format/format_message_group.h"
#include "loop/loop.h"
#include "message/known/recognisers.h"
#include "replay/replay.h"
#include "session/messages/messages_live.h"
#include "session/messages/messages_report.h"
#include "session/send/sending.h"
#include "util/random.h"

struct file_messages {
	struct skw_message_lines *lines;
	struct skw_sending sending;
};

static void report(void *ctx, bool final)
{
	const struct file_messages *f = ctx;

	skw_messages_report(f->lines);
	skw_sending_report(&f->sending, final);
}

static int run_files(const struct skw_messages_plan *plan, struct skw_message_lines *lines,
		     struct skw_error *err)
{
	const struct skw_replay_plan replay = { .files = plan->read_files,
						.files_len = plan->read_files_len,
						.filter = plan->capture.filter,
						.snaplen = UINT32_MAX };
	struct file_messages f = { .lines = lines };
	struct skw_keeper_table *tables[1];
	struct skw_replay *r;

	if (skw_replay_new(&replay, &r))
		return skw_error_set(err, -ENOMEM, "out of memory");
	skw_sending_make(&f.sending, plan->send, "messages");
	f.sending.send.is_patient = f.sending.send.with_host = true;
	lines->out.to = skw_sending_to(&f.sending);
	const struct skw_source source = skw_replay_source(r);
	const struct skw_loop_plan loop = { .sources = &source,
					    .sources_len = 1,
					    .tables = tables,
					    .tables_len = skw_sending_table(&f.sending, tables, 0),
					    .sink = skw_sending_sink(&f.sending,
								     skw_message_lines_sink(lines)),
					    .no_sandbox = plan->no_sandbox,
					    .report = report,
					    .ctx = &f };
	int ret = skw_loop_run(&loop, err);

	skw_sending_free(&f.sending);
	skw_replay_free(r);
	return ret;
}

/* ---- words ---- */

void skw_session_messages_protocols(struct skw_buf *out)
{
	for (size_t i = 0; skw_recognisers[i]; i++)
		skw_buf_printf(out, "%s%s", i ? "," : "", skw_recognisers[i]->name);
}

void skw_session_messages_keys(struct skw_buf *out)
{
	skw_format_message_group_keys(out);
}

void skw_session_messages_help(struct skw_buf *out)
{
	skw_format_message_help(out);
}

static int refuse_protocol(const char *word, size_t len, struct skw_error *err)
{
	struct skw_buf names = SKW_BUF_INIT;
	int ret;

	skw_session_messages_protocols(&names);
	skw_buf_add_char(&names, '\0');
	ret = skw_error_usage(err, "-t %.*s: no such protocol; there are %s", (int)len, word,
			      names.failed ? "others" : (const char *)names.data);
	skw_buf_free(&names);
	return ret;
}

static uint64_t bit_of(const struct skw_recogniser *r)
{
	size_t i = 0;

	while (skw_recognisers[i] != r)
		i++;
	return 1ULL << i;
}

static int choose_protocols(const char *words, uint64_t *wanted, struct skw_error *err)
{
	*wanted = words ? 0 : UINT64_MAX;
	while (words) {
		size_t len = strcspn(words, ",");
		const struct skw_recogniser *r = skw_recognisers_find(words, len);

		if (!r)
			return refuse_protocol(words, len, err);
		*wanted |= bit_of(r);
		words = words[len] ? words + len + 1 : NULL;
	}
	return 0;
}

int skw_session_messages(const struct skw_messages_plan *plan, struct skw_error *err)
{
	struct skw_message_lines lines = {
		.options = { .max_bytes =
				     plan->max_bytes ? plan->max_bytes : SKW_PAYLOADS_MAX_BYTES,
			     .recognisers = skw_recognisers,
			     .content = plan->content },
		.count = plan->count,
		.slow_ns = plan->slow_ns,
		.json = plan->json,
		.names = plan->named,
		.asked_options = { .max_bytes = SKW_ASKED_MAX_BYTES,
				   .live = !plan->read_files_len },
	};
	struct skw_message_summary summary = {
		.max = plan->groups ? plan->groups : SKW_MESSAGE_SUMMARY_GROUPS,
		.json = plan->json,
		.csv = plan->csv,
	};
	uint64_t *key = lines.options.key;
	struct skw_expr *where = NULL;
	int ret = choose_protocols(plan->protocols, &lines.options.wanted, err);

	if (!ret && plan->summary) {
		lines.summary = &summary;
		ret = skw_format_message_group_order(plan->sort, &summary.order, err);
	}
	if (!ret && plan->where)
		ret = skw_format_message_where(plan->where, plan->named, plan->names, &where, err);
	lines.where = where;
	if (!ret)
		ret = skw_random_key(key, "messages", err);
	memcpy(lines.asked_options.key, key, sizeof(lines.options.key));
	if (!ret)
		ret = plan->read_files_len ? run_files(plan, &lines, err)
					   : skw_messages_live(plan, &lines, err);
	skw_expr_free(where);
	return ret;
}
