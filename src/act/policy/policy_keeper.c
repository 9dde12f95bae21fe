// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_keeper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/policy/policy_groups.h"
#include "act/policy/policy_image.h"
#include "act/policy/policy_rules.h"
#include "act/policy/policy_words.h"
#include "keeper/ask.h"
#include "kern/host/cgroup.h"
#include "util/cleanup.h"

enum { VERB_RELOAD, VERB_STOP, VERB_TOTALS, VERB_RULE, VERB_CGROUP, VERBS };

struct rule_reply {
	uint64_t count;
	char text[SKW_POLICY_TEXT_MAX];
};

/* Takes over what the same rule has counted before. */
static void carry_over(struct skw_policy_keeper *k, const char (*texts)[SKW_POLICY_TEXT_MAX],
		       uint64_t *base, size_t rules)
{
	for (size_t i = 0; i < k->rules; i++) {
		uint64_t count = 0;
		size_t to = 0;

		while (to < rules && strcmp(texts[to], k->texts[i]) != 0)
			to++;
		if (to == rules || skw_judge_count(k->judge, true, i, &count))
			continue;
		base[to] += k->base[i] + count;
	}
	for (size_t i = 0; i < rules; i++)
		if (base[i])
			skw_judge_add_base(k->judge, i, base[i]);
}

int skw_policy_keeper_put(struct skw_policy_keeper *k, const struct skw_policy_rules *rules,
			  struct skw_error *err)
{
	SKW_AUTO_FREE char(*texts)[SKW_POLICY_TEXT_MAX] = calloc(rules->len, sizeof(*texts));
	SKW_AUTO_FREE uint64_t *base = calloc(rules->len, sizeof(*base));
	SKW_AUTO_FREE struct skw_policy_image *image = NULL;

	if (!texts || !base)
		return skw_error_set(err, -ENOMEM, "out of memory");
	if (!k->redirects && skw_policy_rules_redirect(rules))
		return skw_error_usage(err, "a rule redirects, and none did at the start: start "
					    "again for that");
	if (!k->messages && skw_policy_rules_whats(rules) & 1U << SKW_POLICY_MESSAGE)
		return skw_error_usage(err,
				       "a rule is for messages, and none was at the start: start "
				       "again for that");
	for (size_t i = 0; i < rules->len; i++)
		skw_policy_words_text(&rules->rule[i], texts[i]);
	int ret = skw_policy_image_make(rules, k->generation, &image, err);
	if (!ret)
		ret = skw_policy_groups_find(rules, k->cgroup, image, err);
	if (!ret)
		ret = skw_judge_put(k->judge, image, (const char(*)[SKW_POLICY_TEXT_MAX])texts,
				    rules->len, err);
	if (ret)
		return ret;
	carry_over(k, (const char(*)[SKW_POLICY_TEXT_MAX])texts, base, rules->len);
	free(k->texts);
	free(k->base);
	k->texts = SKW_TAKE_PTR(texts);
	k->base = SKW_TAKE_PTR(base);
	k->rules = rules->len;
	k->generation++;
	if (k->keeps_image) {
		free(k->image);
		k->image = SKW_TAKE_PTR(image);
	}
	return 0;
}

static int serve_reload(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	SKW_AUTO_FREE struct skw_policy_rules *rules = calloc(1, sizeof(*rules));
	struct skw_policy_keeper *k = ctx;
	struct skw_error err = { 0 };
	uint32_t n;

	(void)request;
	if (len || !k->path)
		return -EINVAL;
	if (!rules)
		return -ENOMEM;
	int ret = skw_policy_rules_read(rules, k->path, &err);
	if (!ret)
		ret = skw_policy_keeper_put(k, rules, &err);
	if (ret)
		return skw_keeper_reply_error(reply, ret, &err);
	n = (uint32_t)rules->len;
	memcpy(reply->payload, &n, sizeof(n));
	reply->len = sizeof(n);
	return 0;
}

static int serve_stop(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_policy_keeper *k = ctx;
	uint32_t stays;

	(void)request;
	if (len)
		return -EINVAL;
	if (!k->stays)
		skw_judge_detach(k->judge);
	stays = skw_judge_is_attached(k->judge);
	memcpy(reply->payload, &stays, sizeof(stays));
	reply->len = sizeof(stays);
	return skw_judge_tell(k->judge, false);
}

static int serve_totals(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_policy_totals totals;

	(void)request;
	if (len)
		return -EINVAL;
	int ret = skw_judge_totals(((struct skw_policy_keeper *)ctx)->judge, &totals);
	if (ret)
		return ret;
	memcpy(reply->payload, &totals, sizeof(totals));
	reply->len = sizeof(totals);
	return 0;
}

static int serve_rule(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_policy_keeper *k = ctx;
	struct rule_reply out;
	uint32_t rule;

	if (len != sizeof(rule))
		return -EINVAL;
	memcpy(&rule, request, sizeof(rule));
	if (rule >= k->rules)
		return -ENOENT;
	int ret = skw_judge_count(k->judge, false, rule, &out.count);
	if (ret)
		return ret;
	out.count += k->base[rule];
	memcpy(out.text, k->texts[rule], sizeof(out.text));
	memcpy(reply->payload, &out, sizeof(out));
	reply->len = sizeof(out);
	return 0;
}

static int serve_cgroup(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_policy_keeper *k = ctx;
	char path[PATH_MAX];
	uint64_t id;

	if (len != sizeof(id))
		return -EINVAL;
	memcpy(&id, request, sizeof(id));
	int ret = skw_cgroup_by_id(k->mount, id, path);
	if (ret)
		return ret;
	reply->len = strlen(path) + 1;
	if (reply->len > sizeof(reply->payload))
		return -ENAMETOOLONG;
	memcpy(reply->payload, path, reply->len);
	return 0;
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_RELOAD] = { "read the rules", serve_reload },
	[VERB_STOP] = { "stop the policy", serve_stop },
	[VERB_TOTALS] = { "count the verdicts", serve_totals },
	[VERB_RULE] = { "count the verdicts of a rule", serve_rule },
	[VERB_CGROUP] = { "name a cgroup", serve_cgroup },
};

static void settle(void *ctx)
{
	skw_judge_disarm(((struct skw_policy_keeper *)ctx)->judge);
}

void skw_policy_keeper_prepare(struct skw_policy_keeper *k)
{
	k->table = (struct skw_keeper_table){ .verbs = verbs,
					      .n_verbs = VERBS,
					      .ctx = k,
					      .keep_fds = k->fds,
					      .n_keep = skw_judge_fds(k->judge, k->fds),
					      .settle = settle };
}

void skw_policy_keeper_free(struct skw_policy_keeper *k)
{
	free(SKW_TAKE_PTR(k->texts));
	free(SKW_TAKE_PTR(k->base));
	free(SKW_TAKE_PTR(k->image));
}

int skw_policy_keeper_reload(const struct skw_policy_keeper *k, struct skw_keeper *keeper,
			     uint32_t *rules, struct skw_error *err)
{
	const struct skw_keeper_question question = { .verb = k->table.first + VERB_RELOAD,
						      .what = "reading the rules" };

	return skw_keeper_ask(keeper, &question, rules, sizeof(*rules), NULL, err);
}

int skw_policy_keeper_stop(const struct skw_policy_keeper *k, struct skw_keeper *keeper,
			   bool *stays)
{
	uint32_t got = 0;
	size_t len = sizeof(got);
	int ret = skw_keeper_call(keeper, k->table.first + VERB_STOP, NULL, 0, &got, &len, NULL,
				  NULL);

	*stays = !ret && len == sizeof(got) && got;
	return ret;
}

int skw_policy_keeper_totals(const struct skw_policy_keeper *k, struct skw_keeper *keeper,
			     struct skw_policy_totals *out)
{
	struct skw_policy_totals got;
	size_t len = sizeof(got);
	int ret = skw_keeper_call(keeper, k->table.first + VERB_TOTALS, NULL, 0, &got, &len, NULL,
				  NULL);

	if (ret || len != sizeof(got))
		return ret ? ret : -EPROTO;
	*out = got;
	return 0;
}

int skw_policy_keeper_rule(const struct skw_policy_keeper *k, struct skw_keeper *keeper,
			   uint32_t rule, uint64_t *count, char text[SKW_POLICY_TEXT_MAX])
{
	struct rule_reply got;
	size_t len = sizeof(got);
	int ret = skw_keeper_call(keeper, k->table.first + VERB_RULE, &rule, sizeof(rule), &got,
				  &len, NULL, NULL);

	if (ret || len != sizeof(got))
		return ret ? ret : -EPROTO;
	got.text[sizeof(got.text) - 1] = '\0';
	memcpy(text, got.text, sizeof(got.text));
	*count = got.count;
	return 0;
}

int skw_policy_keeper_cgroup(const struct skw_policy_keeper *k, struct skw_keeper *keeper,
			     uint64_t id, char path[PATH_MAX])
{
	char got[PATH_MAX];
	size_t len = sizeof(got);
	int ret = skw_keeper_call(keeper, k->table.first + VERB_CGROUP, &id, sizeof(id), got, &len,
				  NULL, NULL);

	if (ret || !len || got[len - 1])
		return ret ? ret : -EPROTO;
	memcpy(path, got, len);
	return 0;
}
