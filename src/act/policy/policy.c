// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "act/policy/policy_event.h"
#include "act/policy/policy_existing.h"
#include "act/policy/policy_groups.h"
#include "act/policy/policy_image.h"
#include "act/policy/policy_keeper.h"
#include "act/policy/policy_learn.h"
#include "act/policy/policy_rules.h"
#include "act/policy/policy_start.h"
#include "keeper/privileges.h"
#include "kern/act/judge.h"
#include "kern/act/pins.h"
#include "kern/host/cgroup.h"
#include "loop/loop.h"
#include "util/cleanup.h"
#include "util/say.h"

/* Events wake nobody, so that a verdict stays cheap. */
#define LOOK_MS  50
#define MESSAGES (1U << SKW_POLICY_MESSAGE)
/* Messages are judged only if rules name some at the start: that alone changes connections. */
#define ALL_WHATS ((1U << SKW_POLICY_WHATS) - 1 - MESSAGES)

struct policy {
	const struct skw_policy_plan *plan;
	struct skw_act_tell tell;
	struct skw_policy_rules *rules; /* owned, until it is prepared */
	size_t rules_len;
	bool pinned;
	bool stays; /* when the command has ended */
	char cgroup[PATH_MAX], proxy[PATH_MAX];
	struct skw_judge *judge;
	struct skw_policy_keeper keeper;
	struct skw_policy_names names;
	struct skw_policy_learn learned;
	uint64_t lost; /* calls that could not be learned from */
	struct skw_policy_existing existing;
	struct skw_loop *loop;
	int inotify_fd;
	char file_name[NAME_MAX + 1];
};

static int watch_file(struct policy *p, struct skw_error *err)
{
	char copy[PATH_MAX];

	if (!p->plan->watch)
		return 0;
	p->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (p->inotify_fd < 0)
		return skw_error_set(err, -errno, "--watch: %s", strerror(errno));
	/* Editors put another file into its place, so the folder is watched. */
	snprintf(copy, sizeof(copy), "%s", p->plan->file);
	snprintf(p->file_name, sizeof(p->file_name), "%s", basename(copy));
	snprintf(copy, sizeof(copy), "%s", p->plan->file);
	if (inotify_add_watch(p->inotify_fd, dirname(copy), IN_CLOSE_WRITE | IN_MOVED_TO) < 0)
		return skw_error_set(err, -errno, "--watch: %s: %s", copy, strerror(errno));
	return 0;
}

static int pin(struct policy *p, struct skw_error *err)
{
	const struct skw_act_options *options = p->plan->options;
	struct skw_pin_meta meta = { .kind = "policy" };
	struct skw_pin made;
	struct stat st;

	if (stat(p->cgroup, &st) == 0)
		meta.where_id = st.st_ino;
	snprintf(meta.where, sizeof(meta.where), "%.*s", (int)sizeof(meta.where) - 1, p->cgroup);
	if (p->plan->file)
		snprintf(meta.what, sizeof(meta.what), "rules of %s", p->plan->file);
	for (size_t i = 0, len = 0; i < p->plan->rules_len && len < sizeof(meta.what); i++)
		len += (size_t)snprintf(meta.what + len, sizeof(meta.what) - len, "%s%s",
					i ? "; " : "", p->plan->rules[i]);
	int ret = skw_pins_create(options->bpffs, options->pin, &meta, &made, err);
	if (ret)
		return ret;
	ret = skw_judge_pin(p->judge, &made, err);
	if (ret)
		skw_pins_remove(&made, NULL);
	p->pinned = !ret;
	return ret;
}

static int open_judge(struct policy *p, struct skw_error *err)
{
	const unsigned named = skw_policy_rules_whats(p->rules);
	const struct skw_judge_options options = {
		.cgroup = p->cgroup,
		.proxy = p->plan->proxy ? p->proxy : NULL,
		/* A file may name other calls later. */
		.whats = p->plan->file ? ALL_WHATS | (named & MESSAGES) : named,
		.redirects = skw_policy_rules_redirect(p->rules),
		.tells_allowed = p->plan->tells_allowed,
		.keeps_texts = p->plan->options->pin != NULL,
		.rate = p->plan->learns ? 0 : p->plan->rate,
	};
	int ret = skw_judge_open(&options, &p->judge, err);

	if (ret)
		return ret;
	p->keeper.judge = p->judge;
	p->keeper.path = p->plan->file;
	p->keeper.cgroup = p->cgroup;
	p->keeper.redirects = options.redirects;
	p->keeper.messages = named & MESSAGES;
	p->keeper.stays = p->plan->options->pin != NULL;
	p->keeper.keeps_image = p->plan->kills;
	p->rules_len = p->rules->len;
	return skw_policy_keeper_put(&p->keeper, p->rules, err);
}

/* The programs judge already, so no connection can begin that would have to be ended. */
static void end_existing(struct policy *p)
{
	if (!p->plan->kills)
		return;
	p->existing.image = p->keeper.image;
	skw_policy_existing_end(&p->existing);
	p->keeper.keeps_image = false;
	free(SKW_TAKE_PTR(p->keeper.image));
	skw_policy_existing_say(&p->existing);
}

static int begin_telling(const struct policy *p, struct skw_error *err)
{
	int ret = skw_judge_tell(p->judge, true);

	return ret ? skw_error_set(err, ret, "BPF: turning the events on: %s", skw_error_why(ret))
		   : 0;
}

static int prepare(void *ctx, struct skw_error *err)
{
	struct policy *p = ctx;
	int ret = watch_file(p, err);

	if (!ret)
		ret = open_judge(p, err);
	if (ret)
		return ret;
	skw_policy_start_say(p->rules, p->cgroup);
	ret = skw_judge_attach(p->judge, err);
	if (!ret)
		ret = begin_telling(p, err);
	if (!ret && p->plan->options->pin)
		ret = pin(p, err);
	if (ret)
		return ret;
	end_existing(p);
	skw_policy_keeper_prepare(&p->keeper);
	return 0;
}

static struct skw_keeper_table *verbs(void *ctx)
{
	return &((struct policy *)ctx)->keeper.table;
}

static int begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct policy *p = ctx;

	(void)err;
	p->loop = loop;
	/* The rules are in the kernel, and in the keeper. */
	free(SKW_TAKE_PTR(p->rules));
	return 0;
}

/* Rules that can't be read leave those before in place. */
static void reload(struct policy *p)
{
	struct skw_error err = { 0 };
	uint32_t n = 0;

	if (skw_policy_keeper_reload(&p->keeper, skw_loop_keeper(p->loop), &n, &err))
		skw_say("%s; the rules before stay in place", err.text);
	else
		skw_say("judging %s by %u rules from now on", p->cgroup, n);
}

static int on_change(void *ctx, struct skw_error *err)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct policy *p = ctx;
	bool ours = false;
	ssize_t n;

	(void)err;
	while ((n = read(p->inotify_fd, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *event = (const void *)(buf + at);

			ours = ours || event->mask & IN_Q_OVERFLOW ||
			       (event->len && strcmp(event->name, p->file_name) == 0);
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	if (ours)
		reload(p);
	return 0;
}

static int start(void *ctx, struct skw_error *err)
{
	struct policy *p = ctx;
	int ret = p->inotify_fd < 0 ? 0
				    : skw_loop_watch(p->loop, p->inotify_fd, EPOLLIN, on_change, p);

	if (ret)
		return skw_error_set(err, ret, "--watch: %s", strerror(-ret));
	skw_say("judging %s by %zu rules", p->cgroup, p->rules_len);
	ret = skw_policy_existing_tell(&p->existing, &p->tell, err);
	skw_policy_existing_free(&p->existing);
	return ret;
}

static int look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	int ret = skw_rings_look(skw_judge_rings(((struct policy *)ctx)->judge), now_ns);

	return ret ? skw_error_set(err, ret, "events: %s", strerror(-ret)) : 0;
}

static bool peek(void *ctx, uint64_t *ts_ns)
{
	return skw_rings_peek(skw_judge_rings(((struct policy *)ctx)->judge), ts_ns);
}

static int take_record(struct policy *p, const void *record, size_t len, struct skw_error *err)
{
	if (!p->plan->learns)
		return skw_policy_event_tell(record, len, &p->names, &p->keeper, &p->tell, err);
	int ret = skw_policy_learn_add(&p->learned, record, len);
	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}

static int take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct policy *p = ctx;
	struct skw_rings *rings = skw_judge_rings(p->judge);
	const void *record;
	size_t len;
	int ret = 0;

	while (!ret && !skw_loop_is_over(p->loop) &&
	       (record = skw_rings_next(rings, until_ns, &len)))
		ret = take_record(p, record, len, err);
	skw_rings_release(rings);
	return ret;
}

static int rest(void *ctx)
{
	(void)ctx;
	return LOOK_MS;
}

static void quiesce(void *ctx)
{
	struct skw_policy_totals totals;
	struct policy *p = ctx;

	/* A keeper that has died has nothing attached either. */
	skw_policy_keeper_stop(&p->keeper, skw_loop_keeper(p->loop), &p->stays);
	if (p->plan->learns &&
	    !skw_policy_keeper_totals(&p->keeper, skw_loop_keeper(p->loop), &totals))
		p->lost = totals.lost;
}

static int end(void *ctx, struct skw_error *err)
{
	struct policy *p = ctx;

	return p->plan->learns ? skw_policy_learn_print(&p->learned, p->lost, err) : 0;
}

static const struct skw_source_ops ops = {
	.prepare = prepare,
	.verbs = verbs,
	.begin = begin,
	.start = start,
	.look = look,
	.peek = peek,
	.take = take,
	.rest = rest,
	.quiesce = quiesce,
	.end = end,
};

/* SIGHUP of a terminal that has gone ends the session. */
static bool takes_signal(void *ctx, int signo, bool from_kernel)
{
	struct policy *p = ctx;

	if (signo != SIGHUP || from_kernel || !p->plan->file)
		return false;
	reload(p);
	return true;
}

static void report_rules(struct policy *p, struct skw_keeper *keeper)
{
	char text[SKW_POLICY_TEXT_MAX];
	uint64_t count;
	unsigned silent = 0;

	for (uint32_t i = 0; !skw_policy_keeper_rule(&p->keeper, keeper, i, &count, text); i++) {
		silent += count == 0;
		if (count)
			skw_say("rule %u, %s: %" PRIu64, i + 1, text, count);
	}
	if (silent)
		skw_say("%u rule%s decided nothing", silent, silent == 1 ? "" : "s");
}

static void report(void *ctx, bool final)
{
	struct policy *p = ctx;
	struct skw_keeper *keeper = skw_loop_keeper(p->loop);
	struct skw_policy_totals t;

	if (!keeper || skw_policy_keeper_totals(&p->keeper, keeper, &t))
		return;
	skw_say("%" PRIu64 " allowed, %" PRIu64 " denied, %" PRIu64 " observed, %" PRIu64
		" redirected, %" PRIu64 " denied because they could not be redirected or judged",
		(uint64_t)t.verdict[SKW_POLICY_ALLOW], (uint64_t)t.verdict[SKW_POLICY_DENY],
		(uint64_t)t.verdict[SKW_POLICY_OBSERVE], (uint64_t)t.verdict[SKW_POLICY_REDIRECT],
		(uint64_t)t.failed);
	if (t.limited || t.lost)
		skw_say("%" PRIu64 " events were told, %" PRIu64 " not because of --rate, %" PRIu64
			" not because the ring was full",
			(uint64_t)t.told, (uint64_t)t.limited, (uint64_t)t.lost);
	if (t.unreached)
		skw_say("%" PRIu64
			" connection%s that rules for messages name could not be reached "
			"(MPTCP, a socket in the map of another program, or more than %d at once): "
			"the messages passed",
			(uint64_t)t.unreached, t.unreached == 1 ? "" : "s",
			SKW_POLICY_MESSAGE_SOCKETS);
	report_rules(p, keeper);
	if (!final || !p->plan->options->pin)
		return;
	if (p->stays)
		skw_say("%s stays in place; skwatch detach %s removes it", p->plan->options->pin,
			p->plan->options->pin);
	else
		skw_say("%s was detached before the end", p->plan->options->pin);
}

static int find_cgroups(struct policy *p, struct skw_error *err)
{
	int ret = skw_cgroup_mount(p->keeper.mount, err);

	if (!ret)
		ret = skw_cgroup_find(p->keeper.mount, p->plan->cgroup, p->cgroup, err);
	if (!ret && p->plan->proxy)
		ret = skw_cgroup_find(p->keeper.mount, p->plan->proxy, p->proxy, err);
	return ret;
}

static int check(struct policy *p, struct skw_error *err)
{
	const struct skw_act_options *options = p->plan->options;
	int ret = skw_policy_start_rules(p->plan, p->rules, err);

	if (!ret && p->plan->proxy && !skw_policy_rules_redirect(p->rules))
		ret = skw_error_usage(err, "--proxy-cgroup: no rule redirects");
	if (!ret)
		ret = find_cgroups(p, err);
	if (!ret && options->pin)
		ret = skw_pins_check(options->bpffs, options->pin, err);
	if (!ret)
		ret = skw_privileges_missing(SKW_USE_WATCH, err);
	return ret || !p->plan->kills ? ret : skw_policy_existing_check(err);
}

static int print_existing(struct policy *p, struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_policy_image *image = NULL;
	int ret = skw_policy_image_make(p->rules, 0, &image, err);

	if (!ret)
		ret = skw_policy_groups_find(p->rules, p->cgroup, image, err);
	if (ret)
		return ret;
	p->existing.image = image;
	p->existing.dry_run = true;
	skw_policy_existing_end(&p->existing);
	skw_policy_existing_print(&p->existing);
	skw_policy_existing_say(&p->existing);
	return 0;
}

static int run(struct policy *p, struct skw_error *err)
{
	const struct skw_act_plan act = { .options = p->plan->options,
					  .source = { &ops, p },
					  .tell = &p->tell,
					  .takes_signal = takes_signal,
					  .report = report,
					  .ctx = p,
					  .pinned = &p->pinned };
	int ret = check(p, err);

	if (ret)
		return ret;
	p->existing.cgroup = p->cgroup;
	p->existing.mount = p->keeper.mount;
	if (!p->plan->options->dry_run)
		return skw_act_run(&act, err);
	skw_policy_start_print(p->rules, p->cgroup);
	skw_policy_start_say(p->rules, p->cgroup);
	return p->plan->kills ? print_existing(p, err) : 0;
}

int skw_policy_run(const struct skw_policy_plan *plan, struct skw_error *err)
{
	struct policy p = { .plan = plan, .inotify_fd = -1 };
	int ret;

	p.rules = calloc(1, sizeof(*p.rules));
	ret = p.rules ? run(&p, err) : skw_error_set(err, -ENOMEM, "out of memory");
	skw_cleanup_fd(&p.inotify_fd);
	skw_policy_keeper_free(&p.keeper);
	skw_policy_event_forget(&p.names);
	skw_policy_learn_free(&p.learned);
	skw_policy_existing_free(&p.existing);
	skw_judge_close(p.judge);
	free(p.rules);
	return ret;
}

static int describe(const struct skw_pin *pinned, const struct skw_act_listing *to,
		    struct skw_error *err)
{
	return skw_judge_list(pinned, to->add, to->ctx, err);
}

const struct skw_act_kind skw_policy_kind = { .name = "policy", .describe = describe };
