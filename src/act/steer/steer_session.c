// SPDX-License-Identifier: BSD-2-Clause
#include "act/steer/steer_session.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kern/act/pins.h"
#include "kern/host/netns.h"
#include "kern/ring/ring.h"
#include "loop/loop.h"
#include "row/address.h"
#include "row/row.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

/* More events a second are counted and not told. */
#define EVENTS_PER_S 1000
#define LOOK_MS      100
/* How often a server that has gone is looked for. */
#define FOLLOW_NS (250 * SKW_NS_PER_MS)

static int add_rules(struct skw_steering *s, struct skw_error *err)
{
	char text[SKW_STEER_RULE_SIZE];
	int ret = 0;

	for (uint32_t i = 0; !ret && i < s->rules.len; i++) {
		ret = skw_lookup_add(&s->lookup, i, &s->rules.all[i], s->proto);
		if (!ret)
			continue;
		skw_steer_rule_text(&s->rules.all[i], text);
		skw_error_set(err, ret, "%s: %s", text,
			      ret == -E2BIG ? "there is no room for so many ports of prefixes"
					    : strerror(-ret));
	}
	return ret;
}

static int put_sockets(struct skw_steering *s, struct skw_error *err)
{
	int ret = 0;

	for (unsigned slot = 0; !ret && slot < SKW_STEER_SLOTS; slot++)
		if (s->to.fds[slot] >= 0)
			ret = skw_lookup_put(&s->lookup, slot, s->to.fds[slot]);
	/* As long as we had them open, the server could not close them. */
	skw_steer_sockets_close(&s->to);
	if (ret)
		return skw_error_set(err, ret, "%s: the kernel does not take this socket: %s",
				     s->plan->to, strerror(-ret));
	ret = skw_lookup_set_server(&s->lookup, &s->to.server);
	return ret ? skw_error_set(err, ret, "noting the server: %s", strerror(-ret)) : 0;
}

static int pin(struct skw_steering *s, struct skw_error *err)
{
	const struct skw_act_options *o = s->plan->options;
	struct skw_pin_meta meta = { .kind = "steer", .where_id = s->netns };
	struct skw_netns self;

	if (skw_netns_self(&self) == 0 && self.name[0])
		snprintf(meta.where, sizeof(meta.where), "%s", self.name);
	else
		snprintf(meta.where, sizeof(meta.where), "net:[%u]", s->netns);
	snprintf(meta.what, sizeof(meta.what), "%s to %s", s->proto == IPPROTO_UDP ? "UDP" : "TCP",
		 s->to.text);
	int ret = skw_pins_create(o->bpffs, o->pin, &meta, &s->pin, err);
	if (ret)
		return ret;
	ret = skw_lookup_pin(&s->lookup, &s->pin, err);
	if (ret)
		skw_pins_remove(&s->pin, NULL);
	s->is_pinned = !ret;
	return ret;
}

void skw_steering_tell(const struct skw_steering *s)
{
	skw_say("steering %zu rule%s of %s to %s%s%s", s->rules.len, s->rules.len == 1 ? "" : "s",
		s->proto == IPPROTO_UDP ? "UDP" : "TCP", s->to.text,
		s->is_pinned ? ", pinned as " : "", s->is_pinned ? s->plan->options->pin : "");
}

/* The program is attached last, when everything that it needs is in place. */
int skw_steering_begin(struct skw_steering *s, struct skw_error *err)
{
	const char *pin_name = s->plan->options->pin;
	char name[32];
	uint32_t id;
	int ret = skw_lookup_load(&s->lookup, pin_name ? 0 : EVENTS_PER_S, err);

	if (!ret)
		ret = put_sockets(s, err);
	if (!ret)
		ret = add_rules(s, err);
	if (!ret)
		ret = skw_lookup_map_figures(&s->lookup, err);
	if (ret)
		return ret;
	if (skw_lookup_others(name, &id))
		skw_say("warning: another program, %s (id %u), steers in this network namespace, "
			"too; it chooses first",
			name[0] ? name : "without a name", id);
	ret = skw_lookup_attach(&s->lookup, err);
	return !ret && pin_name ? pin(s, err) : ret;
}

void skw_steering_end(struct skw_steering *s)
{
	skw_steer_sockets_close(&s->to);
	skw_lookup_close(&s->lookup);
	skw_steer_rules_free(&s->rules);
	skw_steer_seen_free(&s->seen);
	skw_cleanup_fd(&s->timer_fd);
	s->timer_fd = -1;
}

static int prepare(void *ctx, struct skw_error *err)
{
	struct skw_steering *s = ctx;

	if (!s->is_old)
		return skw_steering_begin(s, err);
	int ret = skw_lookup_map_figures(&s->lookup, err);
	if (!ret)
		skw_say("following the server of %s", s->pin.name);
	return ret;
}

/* Requests have no contents: the keeper looks for the server that it knows, and for no other. */
static int serve_repair(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_steering *s = ctx;
	struct skw_steer_repaired done;
	struct skw_error err = { 0 };

	(void)request;
	if (len)
		return -EINVAL;
	int ret = skw_steer_repair(&s->lookup, s->netns, &s->seen, &done, &err);
	if (ret)
		return skw_keeper_reply_error(reply, ret, &err);
	memcpy(reply->payload, &done, sizeof(done));
	reply->len = sizeof(done);
	return 0;
}

static const struct skw_keeper_verb repair_verbs[] = { { "find the server again", serve_repair } };

static void settle(void *ctx)
{
	skw_lookup_disarm(&((struct skw_steering *)ctx)->lookup);
}

static struct skw_keeper_table *verbs(void *ctx)
{
	struct skw_steering *s = ctx;

	s->table = (struct skw_keeper_table){ .verbs = repair_verbs,
					      .n_verbs = SKW_ARRAY_SIZE(repair_verbs),
					      .ctx = s,
					      .keep_fds = s->lookup.fds,
					      .n_keep = SKW_LOOKUP_MAPS,
					      .settle = settle };
	return s->plan->follow ? &s->table : NULL;
}

static int begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_steering *s = ctx;

	(void)err;
	s->loop = loop;
	skw_lookup_disarm(&s->lookup);
	return 0;
}

/* Tells that the server has gone, or that it is there again. */
static int tell_server(struct skw_steering *s, const char *type,
		       const struct skw_steer_repaired *what, struct skw_error *err)
{
	struct skw_row row;
	const struct skw_act_fact fact = { .name = "process",
					   .number = what->pid ? what->pid : SKW_NONE64 };
	const struct skw_act_event event = { .ts_ns = skw_clock_monotonic_ns(),
					     .type = type,
					     .row = &row,
					     .facts = &fact,
					     .facts_len = 1 };

	skw_row_blank(&row);
	row.netns = s->netns;
	row.tuple.proto = s->proto;
	row.tuple.family = what->family;
	row.tuple.local_port = what->port;
	memcpy(row.tuple.local_addr, what->addr, sizeof(what->addr));
	return skw_act_tell(&s->tell, &event, err);
}

static int on_timer(void *ctx, struct skw_error *err)
{
	struct skw_steering *s = ctx;
	struct skw_steer_repaired now = { 0 };
	char text[SKW_KEEPER_REPLY_MAX];
	size_t len = sizeof(text);

	skw_clock_timer_read(s->timer_fd);
	int ret = skw_keeper_call(skw_loop_keeper(s->loop), s->table.first, NULL, 0, text, &len,
				  NULL, NULL);
	if (ret == -EPIPE)
		return skw_loop_check_keeper(s->loop, err);
	if (ret || len != sizeof(now)) {
		/* The next look may succeed, so a failure is said once. */
		if (!s->failed)
			skw_say("following the server: %.*s", ret && len ? (int)len : 30,
				ret && len ? text : "the keeper failed");
		s->failed = true;
		return 0;
	}
	s->failed = false;
	memcpy(&now, text, sizeof(now));
	ret = 0;
	if (now.empty && !s->last.empty)
		ret = tell_server(s, "lost", &now, err);
	if (!ret && now.mended)
		ret = tell_server(s, "register", &now, err);
	s->last = now;
	return ret;
}

static int start(void *ctx, struct skw_error *err)
{
	struct skw_steering *s = ctx;
	int ret = 0;

	/* Not before: a signal ends the command without a report until now. */
	if (!s->is_old)
		skw_steering_tell(s);
	if (s->plan->follow) {
		ret = s->timer_fd = skw_clock_timer();
		if (ret >= 0)
			ret = skw_clock_timer_set(s->timer_fd, FOLLOW_NS, FOLLOW_NS);
		if (!ret)
			ret = skw_loop_watch(s->loop, s->timer_fd, EPOLLIN, on_timer, s);
	}
	return ret ? skw_error_set(err, ret, "a timer: %s", strerror(-ret)) : 0;
}

static int look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	struct skw_steering *s = ctx;
	int ret = s->lookup.rings ? skw_rings_look(s->lookup.rings, now_ns) : 0;

	return ret ? skw_error_set(err, ret, "the ring: %s", strerror(-ret)) : 0;
}

static bool peek(void *ctx, uint64_t *ts_ns)
{
	struct skw_steering *s = ctx;

	if (s->lookup.rings)
		return skw_rings_peek(s->lookup.rings, ts_ns);
	*ts_ns = UINT64_MAX;
	return false;
}

static int tell_record(struct skw_steering *s, const struct skw_steer_rec *rec,
		       struct skw_error *err)
{
	char rule[SKW_STEER_RULE_SIZE] = "?";
	struct skw_steer_entry entry;
	struct skw_row row;

	if (skw_lookup_entry(&s->lookup, rec->rule, &entry) == 0)
		skw_steer_rule_text(&entry.rule, rule);
	const struct skw_act_fact facts[] = { { .name = "rule", .text = rule },
					      { .name = "to", .text = s->to.text } };
	const struct skw_act_event event = { .ts_ns = rec->ts_ns,
					     .type = "steer",
					     .row = &row,
					     .facts = facts,
					     .facts_len = SKW_ARRAY_SIZE(facts) };

	skw_row_blank(&row);
	row.netns = s->netns;
	row.direction = SKW_CONN_IN;
	row.tuple.family = rec->family;
	row.tuple.proto = rec->proto;
	row.tuple.local_port = rec->local_port;
	row.tuple.remote_port = rec->remote_port;
	memcpy(row.tuple.local_addr, rec->local, sizeof(rec->local));
	memcpy(row.tuple.remote_addr, rec->remote, sizeof(rec->remote));
	return skw_act_tell(&s->tell, &event, err);
}

static int take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_steering *s = ctx;
	const struct skw_steer_rec *rec;
	size_t size;
	int ret = 0;

	if (!s->lookup.rings)
		return 0;
	while (!ret && !skw_loop_is_over(s->loop) &&
	       (rec = skw_rings_next(s->lookup.rings, until_ns, &size)) != NULL)
		if (size >= sizeof(*rec))
			ret = tell_record(s, rec, err);
	skw_rings_release(s->lookup.rings);
	return ret;
}

/* The program wakes nobody. */
static int rest(void *ctx)
{
	return ((struct skw_steering *)ctx)->lookup.rings ? LOOK_MS : -1;
}

static void quiesce(void *ctx)
{
	skw_lookup_detach(&((struct skw_steering *)ctx)->lookup);
}

static void say_if(uint64_t n, const char *text)
{
	if (n)
		skw_say("%llu %s", (unsigned long long)n, text);
}

static void report(void *ctx, bool final)
{
	struct skw_steering *s = ctx;
	struct skw_steer_figures f;
	struct skw_steer_entry entry;
	uint64_t steered = 0, missed = 0;

	(void) final;
	if (!s->lookup.figures || skw_lookup_figures(&s->lookup, &f))
		return;
	for (uint32_t i = 0; i < SKW_STEER_RULES_MAX; i++)
		if (skw_lookup_entry(&s->lookup, i, &entry) == 0 && entry.rule.used) {
			steered += entry.steered;
			missed += entry.missed;
		}
	skw_say("%llu %s%s steered", (unsigned long long)steered,
		s->proto == IPPROTO_UDP ? "datagram" : "connection", steered == 1 ? "" : "s");
	say_if(missed, "not steered, as the server was not there");
	say_if(f.taken, "taken by another program first");
	say_if(f.failed, "not steered, as the kernel refused the socket");
	say_if(f.lost, "events were not told, as there were too many");
}

/* The counters are reported after the end of the sources. skw_steering_end() frees all. */
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
};

int skw_steering_run(struct skw_steering *s, struct skw_error *err)
{
	const struct skw_act_plan plan = { .options = s->plan->options,
					   .source = { &ops, s },
					   .tell = &s->tell,
					   .report = report,
					   .ctx = s,
					   .pinned = s->is_old ? NULL : &s->is_pinned };

	return skw_act_run(&plan, err);
}
