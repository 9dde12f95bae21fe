// SPDX-License-Identifier: BSD-2-Clause
#include "session/act/top_kill.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "act/kill_words.h"

#define TEXT 256

void skw_top_kill_prepare(struct skw_top_kill *k, const char *netns)
{
	/* No state is named on a screen, so listeners are refused. */
	k->kill = (struct skw_kill){ .netns = netns, .screen = true };
	k->works = skw_kill_prepare(&k->kill, &k->lacks) == 0;
}

void skw_top_kill_free(struct skw_top_kill *k)
{
	skw_kill_free(&k->kill);
	skw_kill_run_free(&k->run);
}

static int list(struct skw_top_kill *k, const struct skw_table *table, const uint64_t *cookies,
		size_t n, struct skw_error *err)
{
	int ret = skw_kill_run_begin(&k->run, err);

	for (size_t i = 0; !ret && i < n; i++) {
		const struct skw_row *row = table ? skw_table_find(table, cookies[i]) : NULL;
		int added = row ? skw_kill_run_add(&k->run, row, err) : 0;

		k->run.gone += !row;
		ret = added < 0 ? added : 0;
	}
	if (!ret && !k->run.len)
		ret = k->run.failed ? k->run.first_error : -ENOENT;
	return ret;
}

void skw_top_kill_ask(struct skw_top_kill *k, struct skw_keeper *keeper,
		      const struct skw_table *table, const uint64_t *cookies, size_t n)
{
	struct skw_error err = { 0 };
	char text[TEXT];

	k->run.kill = &k->kill;
	k->run.keeper = keeper;
	int ret = list(k, table, cookies, n, &err);
	if (!ret)
		ret = skw_kill_ask(&k->kill, keeper);
	k->asks = !ret;
	if (!ret)
		return;
	snprintf(text, sizeof(text), "Nothing can be ended: %.200s.",
		 err.text[0] ? err.text : skw_kill_words_why(ret));
	k->say(k->ctx, text);
}

/* The parts that are 0 are left out. */
static void say_result(const struct skw_top_kill *k)
{
	const struct skw_kill_run *run = &k->run;
	char text[TEXT];
	int len = snprintf(text, sizeof(text), "%" PRIu64 " connection%s ended", run->ended,
			   run->ended == 1 ? "" : "s");

	if (run->gone)
		len += snprintf(text + len, sizeof(text) - (size_t)len, ", %" PRIu64 " had gone",
				run->gone);
	if (run->failed)
		len += snprintf(text + len, sizeof(text) - (size_t)len, ", %" PRIu64 " failed: %s",
				run->failed, skw_kill_words_why(run->first_error));
	snprintf(text + len, sizeof(text) - (size_t)len, ".");
	k->say(k->ctx, text);
}

bool skw_top_kill_answer(struct skw_top_kill *k)
{
	struct skw_error err = { 0 };
	int ret = skw_kill_answer(&k->kill, k->run.keeper);

	if (ret == -EAGAIN)
		return false;
	k->asks = false;
	if (ret != 1) {
		k->say(k->ctx, ret < 0 ? "There was no answer, so nothing is ended."
				       : "No connection was ended.");
		return true;
	}
	do
		ret = skw_kill_run_next(&k->run, &err);
	while (ret > 0);
	if (ret < 0)
		k->say(k->ctx, err.text);
	else
		say_result(k);
	return true;
}
