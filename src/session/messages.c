// SPDX-License-Identifier: BSD-2-Clause
#include "session/messages.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "format/format_message.h"
#include "loop/loop.h"
#include "message/app/recognisers.h"
#include "replay/replay.h"
#include "session/messages_parts.h"
#include "util/say.h"

static void say_some(uint64_t n, const char *what)
{
	if (n)
		skw_say("%" PRIu64 " %s", n, what);
}

void skw_messages_parts_report(struct skw_message_lines *lines)
{
	const struct skw_messages_figures *f = &lines->figures;
	const struct skw_payloads_figures *p = &lines->payloads;

	skw_message_lines_count(lines);
	skw_say("%" PRIu64 " messages, %" PRIu64 " printed; %" PRIu64 " with an error, %" PRIu64
		" without an answer, %" PRIu64 " answers without a request",
		f->messages, lines->printed, f->errors, f->unanswered, f->orphans);
	skw_say("%" PRIu64 " packets, %" PRIu64 " connections recognised, %" PRIu64
		" not recognised",
		p->packets, f->recognised, f->unrecognised);
	if (p->streams.holes)
		skw_say("%" PRIu64 " holes of %" PRIu64 " bytes in streams, %" PRIu64
			" messages have one",
			p->streams.holes, p->streams.missing_bytes, f->with_holes);
	say_some(f->given_up, "times a connection made no sense any more");
	say_some(f->opaque, "connections can't be read further, as they are encrypted");
	say_some(f->crowded, "requests were given up because too many waited");
	say_some(p->forgotten, "connections were forgotten because memory is limited");
	say_some(p->cut_datagrams, "datagrams were captured in part");
	say_some(p->fragments, "IP fragments did not become whole");
	say_some(p->late, "segments came after the end of their connection");
	say_some(p->streams.strange, "segments were left out, as their numbers make no sense");
	say_some(p->unreadable, "packets are cut or damaged before their payload");
}

static void report(void *ctx, bool final)
{
	(void) final;
	skw_messages_parts_report(ctx);
}

static int run_files(const struct skw_messages_plan *plan, struct skw_message_lines *lines,
		     struct skw_error *err)
{
	const struct skw_replay_plan replay = { .files = plan->read_files,
						.files_len = plan->read_files_len,
						.filter = plan->capture.filter,
						.snaplen = UINT32_MAX };
	const struct skw_sink sink = skw_message_lines_sink(lines);
	struct skw_replay *r;

	if (skw_replay_new(&replay, &r))
		return skw_error_set(err, -ENOMEM, "out of memory");
	const struct skw_source source = skw_replay_source(r);
	const struct skw_loop_plan loop = { .sources = &source,
					    .sources_len = 1,
					    .sink = &sink,
					    .no_sandbox = plan->no_sandbox,
					    .report = report,
					    .ctx = lines };
	int ret = skw_loop_run(&loop, err);

	skw_replay_free(r);
	return ret;
}

/* ---- words ---- */

void skw_session_messages_protocols(struct skw_buf *out)
{
	for (size_t i = 0; skw_recognisers[i]; i++)
		skw_buf_printf(out, "%s%s", i ? "," : "", skw_recognisers[i]->name);
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
		.json = plan->json
	};
	uint64_t *key = lines.options.key;
	struct skw_expr *where = NULL;
	int ret = choose_protocols(plan->protocols, &lines.options.wanted, err);

	if (!ret && plan->where)
		ret = skw_format_message_where(plan->where, plan->names, &where, err);
	lines.where = where;
	if (!ret &&
	    getrandom(key, sizeof(lines.options.key), 0) != (ssize_t)sizeof(lines.options.key))
		ret = skw_error_set(err, -errno, "random numbers: %s", strerror(errno));
	if (!ret)
		ret = plan->read_files_len ? run_files(plan, &lines, err)
					   : skw_messages_parts_live(plan, &lines, err);
	skw_expr_free(where);
	return ret;
}
