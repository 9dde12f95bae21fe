// SPDX-License-Identifier: BSD-2-Clause
#include "act/kill_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/kill_words.h"
#include "util/cleanup.h"
#include "util/clock.h"

struct skw_kill_run_item {
	const struct skw_row *row;
	const struct skw_owner *holder; /* NULL: the socket is to be ended */
	uint32_t at;                    /* the keeper's number of the socket or process */
};

int skw_kill_run_begin(struct skw_kill_run *run, struct skw_error *err)
{
	int ret = skw_kill_begin(run->kill, run->keeper);

	run->len = run->at = 0;
	run->rows = run->ended = run->gone = run->failed = run->no_holder = run->spared = 0;
	run->first_error = 0;
	return ret ? skw_error_set(err, ret, "kill: %s", strerror(-ret)) : 0;
}

void skw_kill_run_free(struct skw_kill_run *run)
{
	free(run->items);
	run->items = NULL;
	run->len = run->at = 0;
}

static int add(struct skw_kill_run *run, struct skw_kill_run_item item)
{
	/* The room doubles at 64, 128 and so on. */
	if (!run->len || (run->len >= 64 && !(run->len & (run->len - 1)))) {
		size_t size = run->len ? 2 * run->len : 64;
		struct skw_kill_run_item *items = reallocarray(run->items, size, sizeof(*items));

		if (!items)
			return -ENOMEM;
		run->items = items;
	}
	run->items[run->len++] = item;
	return 0;
}

static void note_failure(struct skw_kill_run *run, int error)
{
	if (error == -ENOENT || error == -ESRCH) {
		run->gone++;
		return;
	}
	run->failed++;
	if (!run->first_error)
		run->first_error = error;
}

/* A guess, such as the process that once connected, is no reason for a signal. */
static int add_holders(struct skw_kill_run *run, const struct skw_row *row, uint32_t at)
{
	const struct skw_owners *owners = row->owners;
	int ret = 0;

	if (!owners || row->owner_source != SKW_OWNER_HOLDER) {
		run->no_holder++;
		return 0;
	}
	for (uint32_t i = 0; !ret && i < owners->len; i++) {
		struct skw_kill_run_item item = { .row = row, .holder = &owners->list[i] };
		int answer =
			skw_kill_add_holder(run->kill, run->keeper, at, item.holder->pid, &item.at);

		if (!answer)
			ret = add(run, item);
		else if (answer == -EPERM)
			run->spared++;
		else if (answer == -EPIPE || answer == -E2BIG)
			ret = answer;
		else if (answer != -EEXIST)
			note_failure(run, answer);
	}
	return ret;
}

int skw_kill_run_add(struct skw_kill_run *run, const struct skw_row *row, struct skw_error *err)
{
	const struct skw_socket_id id = { .tuple = row->tuple,
					  .cookie = row->cookie,
					  .netns = row->netns };
	struct skw_kill_run_item item = { .row = row };
	int ret = skw_kill_list(run->kill, run->keeper, &id, &item.at);

	if (ret && ret != -EPIPE && ret != -E2BIG) {
		note_failure(run, ret);
		return 0;
	}
	if (!ret)
		ret = run->kill->signo ? add_holders(run, row, item.at) : add(run, item);
	if (ret == -E2BIG)
		return skw_error_set(err, ret,
				     "more than %d connections, or %d processes, are too many at a "
				     "time, so nothing is ended; choose less of them",
				     SKW_KILL_MAX, SKW_KILL_HOLDERS_MAX);
	if (ret)
		return skw_error_set(err, ret, "kill: %s", strerror(-ret));
	run->rows++;
	return 1;
}

static int tell(struct skw_kill_run *run, const struct skw_kill_run_item *item, const char *type,
		const char *why, struct skw_error *err)
{
	char name[SKW_KILL_WORDS_SIGNAL];
	struct skw_act_fact facts[4];
	struct skw_act_event event = {
		.ts_ns = skw_clock_monotonic_ns(), .type = type, .row = item->row, .facts = facts
	};

	if (why)
		facts[event.facts_len++] = (struct skw_act_fact){ .name = "error", .text = why };
	if (item->holder) {
		facts[event.facts_len++] = (struct skw_act_fact){
			.name = "signal", .text = skw_kill_words_signal(run->kill->signo, name)
		};
		facts[event.facts_len++] =
			(struct skw_act_fact){ .name = "to_pid", .number = item->holder->pid };
		facts[event.facts_len++] =
			(struct skw_act_fact){ .name = "to_comm", .text = item->holder->comm };
	}
	return run->tell ? run->tell(run->ctx, &event, err) : 0;
}

int skw_kill_run_next(struct skw_kill_run *run, struct skw_error *err)
{
	if (run->at == run->len)
		return 0;
	const struct skw_kill_run_item *item = &run->items[run->at++];
	bool more = run->at < run->len;
	int ret;

	if (run->kill->dry_run) {
		ret = tell(run, item, item->holder ? "would_signal" : "would_end", NULL, err);
		return ret ? ret : more;
	}
	ret = item->holder ? skw_kill_signal(run->kill, run->keeper, item->at)
			   : skw_kill_end(run->kill, run->keeper, item->at);
	if (ret == -EPIPE)
		return skw_error_set(err, ret, "kill: %s", skw_keeper_fate(run->keeper));
	if (ret) {
		note_failure(run, ret);
		ret = tell(run, item, ret == -ENOENT || ret == -ESRCH ? "gone" : "fail",
			   skw_kill_words_why(ret), err);
	} else {
		run->ended++;
		ret = tell(run, item, item->holder ? "signal" : "end", NULL, err);
	}
	return ret ? ret : more;
}
