// SPDX-License-Identifier: BSD-2-Clause
#include "act/steer/steer.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "act/steer/steer_session.h"
#include "kern/act/pins.h"
#include "util/cleanup.h"
#include "util/say.h"

static int parse_rules(char *const *words, size_t n, struct skw_steer_rules *out,
		       struct skw_error *err)
{
	int ret = n ? 0 : skw_error_usage(err, "steer needs PORTS or PREFIX:PORTS");

	for (size_t i = 0; !ret && i < n; i++)
		ret = skw_steer_rules_add(out, words[i], err);
	if (!ret && out->len > SKW_STEER_RULES_MAX)
		ret = skw_error_usage(err, "there are %zu rules; %d are the most", out->len,
				      SKW_STEER_RULES_MAX);
	return ret;
}

static void tell_dry_run(const struct skw_steering *s)
{
	char text[SKW_STEER_RULE_SIZE];

	for (size_t i = 0; i < s->rules.len; i++) {
		skw_steer_rule_text(&s->rules.all[i], text);
		skw_say("would steer %s %s to %s", s->proto == IPPROTO_UDP ? "UDP" : "TCP", text,
			s->to.text);
	}
}

static int run_new(struct skw_steering *s, struct skw_error *err)
{
	const struct skw_steer_plan *plan = s->plan;
	const struct skw_act_options *o = plan->options;
	int ret = parse_rules(plan->words, plan->words_len, &s->rules, err);

	if (!ret)
		ret = skw_steer_sockets_open(plan->to, plan->udp, &s->to, err);
	if (ret)
		return ret;
	s->proto = s->to.server.proto;
	s->to.server.same_port = plan->udp_same_port;
	ret = skw_steer_server_check(&s->to.server, &s->rules, err);
	if (!ret && o->pin)
		ret = skw_pins_check(o->bpffs, o->pin, err);
	if (ret)
		return ret;
	skw_steer_server_warn(&s->to.server, &s->rules);
	if (o->dry_run) {
		tell_dry_run(s);
		return 0;
	}
	if (o->pin && !plan->follow) {
		ret = skw_steering_begin(s, err);
		if (!ret)
			skw_steering_tell(s);
		return ret;
	}
	return skw_steering_run(s, err);
}

/* The entry of a rule for which `fits` is true, or -ENOENT. */
static int find_entry(const struct skw_lookup *l, const struct skw_steer_rule *rule,
		      bool (*fits)(const struct skw_steer_rule *a, const struct skw_steer_rule *b),
		      struct skw_steer_rule *found)
{
	struct skw_steer_entry entry;

	for (uint32_t i = 0; i < SKW_STEER_RULES_MAX; i++)
		if (skw_lookup_entry(l, i, &entry) == 0 && entry.rule.used &&
		    fits(&entry.rule, rule)) {
			*found = entry.rule;
			return (int)i;
		}
	return -ENOENT;
}

static int free_entry(const struct skw_lookup *l)
{
	struct skw_steer_entry entry;

	for (uint32_t i = 0; i < SKW_STEER_RULES_MAX; i++)
		if (skw_lookup_entry(l, i, &entry) == 0 && !entry.rule.used)
			return (int)i;
	return -ENOSPC;
}

static int check_add(const struct skw_steering *s, const struct skw_steer_server *server,
		     struct skw_error *err)
{
	char text[SKW_STEER_RULE_SIZE], other[SKW_STEER_RULE_SIZE];
	struct skw_steer_rule found;
	int ret = skw_steer_server_check(server, &s->rules, err);

	for (size_t i = 0; !ret && i < s->rules.len; i++) {
		if (find_entry(&s->lookup, &s->rules.all[i], skw_steer_rule_overlaps, &found) < 0)
			continue;
		skw_steer_rule_text(&s->rules.all[i], text);
		skw_steer_rule_text(&found, other);
		ret = skw_error_usage(err, "%s: %s steers %s already", text, s->pin.name, other);
	}
	return ret;
}

static int add(const struct skw_steering *s, struct skw_error *err)
{
	int numbers[SKW_STEER_RULES_MAX];
	size_t n = 0;
	int ret = 0;

	for (; !ret && n < s->rules.len; n += !ret) {
		ret = numbers[n] = free_entry(&s->lookup);
		if (ret >= 0)
			ret = skw_lookup_add(&s->lookup, (uint32_t)numbers[n], &s->rules.all[n],
					     s->proto);
	}
	if (!ret)
		return 0;
	while (n--)
		skw_lookup_remove(&s->lookup, (uint32_t)numbers[n], s->proto);
	return skw_error_set(err, ret, "%s: %s; nothing was added", s->pin.name,
			     ret == -ENOSPC || ret == -E2BIG ? "there is no room for these rules"
							     : strerror(-ret));
}

static int check_remove(const struct skw_steering *s, struct skw_error *err)
{
	char text[SKW_STEER_RULE_SIZE];
	struct skw_steer_rule found;

	for (size_t i = 0; i < s->rules.len; i++) {
		if (find_entry(&s->lookup, &s->rules.all[i], skw_steer_rule_equals, &found) >= 0)
			continue;
		skw_steer_rule_text(&s->rules.all[i], text);
		return skw_error_usage(err, "%s: %s has no such rule; skwatch list shows them",
				       text, s->pin.name);
	}
	return 0;
}

static int remove_rules(const struct skw_steering *s, struct skw_error *err)
{
	struct skw_steer_rule found;
	int ret = 0;

	for (size_t i = 0; !ret && i < s->rules.len; i++) {
		int number =
			find_entry(&s->lookup, &s->rules.all[i], skw_steer_rule_equals, &found);

		if (number >= 0)
			ret = skw_lookup_remove(&s->lookup, (uint32_t)number, s->proto);
	}
	return ret ? skw_error_set(err, ret, "%s: removing a rule: %s", s->pin.name, strerror(-ret))
		   : 0;
}

/* Two commands that change a pin at the same time would take the same entry. */
static int lock(const struct skw_pin *pin, int *fd, struct skw_error *err)
{
	*fd = open(pin->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 || flock(*fd, LOCK_EX) < 0)
		return skw_error_set(err, -errno, "%s: %s", pin->path, strerror(errno));
	return 0;
}

static int change(struct skw_steering *s, const struct skw_steer_server *server, bool adds,
		  struct skw_error *err)
{
	SKW_AUTO_FD int fd = -1;
	bool dry_run = s->plan->options->dry_run;
	int ret = parse_rules(s->plan->words + 2, s->plan->words_len - 2, &s->rules, err);

	if (!ret)
		ret = lock(&s->pin, &fd, err);
	if (!ret)
		ret = adds ? check_add(s, server, err) : check_remove(s, err);
	if (ret)
		return ret;
	/* The listeners of another namespace would be the wrong ones. */
	if (adds && s->netns == skw_foreign_netns(0))
		skw_steer_server_warn(server, &s->rules);
	if (!dry_run)
		ret = adds ? add(s, err) : remove_rules(s, err);
	if (!ret)
		skw_say("%s%s %zu rule%s: %s", dry_run ? "would have " : "",
			adds ? "added" : "removed", s->rules.len, s->rules.len == 1 ? "" : "s",
			s->pin.name);
	return ret;
}

static int open_pin(struct skw_steering *s, struct skw_steer_server *server, struct skw_error *err)
{
	int ret = skw_pins_open(s->plan->options->bpffs, s->plan->words[0], &s->pin, err);

	if (ret)
		return ret;
	if (strcmp(s->pin.meta.kind, skw_steer_kind.name) != 0)
		return skw_error_usage(err, "%s is a pin of %s, and not of steer", s->pin.name,
				       s->pin.meta.kind);
	s->netns = (uint32_t)s->pin.meta.where_id;
	s->is_old = s->is_pinned = true;
	ret = skw_lookup_open(&s->lookup, &s->pin, err);
	if (!ret)
		ret = skw_lookup_server(&s->lookup, server);
	s->proto = server->proto;
	return ret;
}

static int run_old(struct skw_steering *s, struct skw_error *err)
{
	const struct skw_steer_plan *plan = s->plan;
	const char *what = plan->words_len > 1 ? plan->words[1] : "";
	bool adds = strcmp(what, "add") == 0;
	struct skw_steer_server server = { 0 };

	if (plan->udp || plan->udp_same_port || plan->options->pin)
		return skw_error_usage(err, "--udp, --udp-same-port and --pin belong to a new "
					    "steering, which needs --to");
	if (!plan->words_len || (*what && plan->follow) || (!*what && !plan->follow) ||
	    (*what && !adds && strcmp(what, "remove") != 0))
		return skw_error_usage(err,
				       "steer needs --to SERVER with ports, or NAME add PORTS, "
				       "NAME remove PORTS, or NAME --follow");
	int ret = open_pin(s, &server, err);
	if (ret)
		return ret;
	return plan->follow ? skw_steering_run(s, err) : change(s, &server, adds, err);
}

int skw_steer_run(const struct skw_steer_plan *plan, struct skw_error *err)
{
	struct skw_steering s = { .plan = plan,
				  .lookup = SKW_LOOKUP_INIT,
				  .to = { .fds = { -1, -1 } },
				  .netns = skw_foreign_netns(0),
				  .timer_fd = -1 };
	int ret = plan->to ? run_new(&s, err) : run_old(&s, err);

	skw_steering_end(&s);
	return ret;
}
