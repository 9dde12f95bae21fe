// SPDX-License-Identifier: BSD-2-Clause
#include "screen_play.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "row/field.h"
#include "row/record.h"
#include "util/clock.h"

#define MEMBER(name)                                                                               \
	{                                                                                          \
#name, offsetof(struct skw_conn_rec, name),                                        \
			sizeof(((struct skw_conn_rec *)NULL)->name)                                \
	}

/* The numbers of a row that a recording can set. */
static const struct {
	const char *name;
	size_t offset, size;
} members[] = {
	MEMBER(cookie),
	MEMBER(cgroup_id),
	MEMBER(bytes_acked),
	MEMBER(bytes_received),
	MEMBER(bytes_retrans),
	MEMBER(delivery_rate),
	MEMBER(pacing_rate),
	MEMBER(busy_us),
	MEMBER(rwnd_limited_us),
	MEMBER(sndbuf_limited_us),
	MEMBER(kind),
	MEMBER(flags),
	MEMBER(direction),
	MEMBER(netns),
	MEMBER(inode),
	MEMBER(uid),
	MEMBER(sk_err),
	MEMBER(srtt_us),
	MEMBER(rttvar_us),
	MEMBER(min_rtt_us),
	MEMBER(last_rtt_us),
	MEMBER(rtt_samples),
	MEMBER(rto_us),
	MEMBER(rto_count),
	MEMBER(retrans_segs),
	MEMBER(retrans_events),
	MEMBER(lost_segs),
	MEMBER(cwnd),
	MEMBER(ssthresh),
	MEMBER(mss),
	MEMBER(segs_out),
	MEMBER(segs_in),
	MEMBER(notsent),
	MEMBER(recv_q),
	MEMBER(send_q),
	MEMBER(unacked),
	MEMBER(snd_wnd),
	MEMBER(drops),
};

static void fail(const struct play *p, const char *what, const char *word)
{
	fprintf(stderr, "%s:%u: %s: %s\n", p->name, p->line, what, word);
	exit(1);
}

static uint64_t seconds(const char *text)
{
	return (uint64_t)(atof(text) * (double)SKW_NS_PER_S);
}

/* "10.0.3.7:5432", "[2001:db8::1]:443" */
static bool endpoint(const char *text, uint8_t *family, uint8_t addr[16], uint16_t *port)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;

	if (!len || len >= sizeof(host))
		return false;
	memset(addr, 0, 16);
	*port = (uint16_t)atoi(colon + 1);
	if (text[0] == '[') {
		snprintf(host, sizeof(host), "%.*s", (int)len - 2, text + 1);
		*family = AF_INET6;
	} else {
		snprintf(host, sizeof(host), "%.*s", (int)len, text);
		*family = AF_INET;
	}
	return inet_pton(*family, host, addr) == 1;
}

static bool set_state(struct skw_conn_rec *rec, const char *value)
{
	for (unsigned i = 1; i < SKW_STATES; i++)
		if (strcmp(skw_row_state_name((uint8_t)i), value) == 0) {
			rec->state = (uint8_t)i;
			return true;
		}
	return false;
}

static bool set_hist(struct skw_conn_rec *rec, const char *value)
{
	char *end = (char *)value;

	for (size_t i = 0; i < SKW_RTT_BUCKETS; i++) {
		rec->rtt_hist[i] = *end ? (uint32_t)strtoul(end, &end, 10) : 0;
		end += *end == ',';
	}
	return *end == '\0';
}

static bool set_special(struct skw_conn_rec *rec, const char *key, const char *value)
{
	if (strcmp(key, "local") == 0)
		return endpoint(value, &rec->family, rec->local_addr, &rec->local_port);
	if (strcmp(key, "remote") == 0)
		return endpoint(value, &rec->family, rec->remote_addr, &rec->remote_port);
	if (strcmp(key, "state") == 0)
		return set_state(rec, value);
	if (strcmp(key, "hist") == 0)
		return set_hist(rec, value);
	if (strcmp(key, "cc") == 0) {
		memcpy(rec->congestion, value, strnlen(value, sizeof(rec->congestion)));
		return true;
	}
	if (strcmp(key, "opened") == 0) {
		rec->opened_ns = seconds(value);
		return true;
	}
	if (strcmp(key, "last_rto") == 0) {
		rec->last_rto_ns = seconds(value);
		return true;
	}
	return false;
}

static void set(const struct play *p, struct skw_conn_rec *rec, char *word)
{
	char *value = strchr(word, '=');
	uint64_t number;
	size_t i = 0;

	if (!value)
		fail(p, "no value", word);
	*value++ = '\0';
	while (i < sizeof(members) / sizeof(members[0]) && strcmp(members[i].name, word) != 0)
		i++;
	if (i == sizeof(members) / sizeof(members[0])) {
		if (!set_special(rec, word, value))
			fail(p, "not understood", word);
		return;
	}
	number = strtoull(value, NULL, 0);
	memcpy((char *)rec + members[i].offset, &number, members[i].size);
}

static struct skw_conn_rec *row_of(struct play *p, uint64_t cookie)
{
	for (size_t i = 0; i < p->rows_len; i++)
		if (p->rows[i].cookie == cookie)
			return &p->rows[i];
	return NULL;
}

static struct skw_conn_rec *known_row(struct play *p, const char *cookie)
{
	struct skw_conn_rec *rec = row_of(p, cookie ? strtoull(cookie, NULL, 0) : 0);

	if (!rec)
		fail(p, "no such row", cookie ? cookie : "");
	return rec;
}

/*
 * row COOKIE KEY=VALUE...: adds a row with all values unknown, or changes values of an existing
 * row.
 */
static void verb_row(struct play *p, char **rest)
{
	char *word = strsep(rest, " ");
	uint64_t cookie = strtoull(word, NULL, 0);
	struct skw_conn_rec *rec = row_of(p, cookie);

	if (!rec) {
		if (p->rows_len == PLAY_ROWS)
			fail(p, "too many rows", word);
		rec = &p->rows[p->rows_len++];
		memset(rec, 0xff, sizeof(*rec));
		memset(rec->local_addr, 0, sizeof(rec->local_addr));
		memset(rec->remote_addr, 0, sizeof(rec->remote_addr));
		memset(rec->congestion, 0, sizeof(rec->congestion));
		memset(rec->scope, 0, sizeof(rec->scope));
		rec->scope_id = 0;
		rec->ending = 0;
		rec->cookie = cookie;
		rec->kind = SKW_ROW_TCP;
		rec->state = SKW_STATE_ESTABLISHED;
		rec->flags = SKW_ROW_ENROLLED;
		rec->timer = SKW_TIMER_NONE;
		rec->direction = SKW_CONN_UNKNOWN;
		rec->netns = 4026531840;
		rec->inode = 0;
		rec->sk_err = 0;
	}
	while ((word = strsep(rest, " ")))
		if (*word)
			set(p, rec, word);
}

/* holder INODE PID NAME: adds a holder from the next tick on. */
static void verb_holder(struct play *p, char **rest)
{
	struct skw_holder_rec *h = &p->holders[p->holders_len];

	if (p->holders_len++ == PLAY_HOLDERS)
		fail(p, "too many holders", "");
	h->inode = (uint32_t)strtoul(strsep(rest, " "), NULL, 0);
	h->tgid = (uint32_t)strtoul(*rest ? strsep(rest, " ") : "0", NULL, 0);
	if (*rest)
		memcpy(h->comm, *rest, strnlen(*rest, sizeof(h->comm)));
}

/* cgroup ID PATH, netns ID NAME */
static void verb_cgroup(struct play *p, char **rest)
{
	uint64_t id = strtoull(strsep(rest, " "), NULL, 0);

	skw_table_name_cgroup(p->table, id, *rest);
}

static void verb_netns(struct play *p, char **rest)
{
	uint32_t id = (uint32_t)strtoul(strsep(rest, " "), NULL, 0);

	skw_table_name_netns(p->table, id, *rest);
}

static void fill_head(struct play *p, struct skw_event_head *head, const struct skw_conn_rec *rec,
		      enum skw_event_type type, const char *when)
{
	*head = (struct skw_event_head){ .ts_ns = seconds(when),
					 .cookie = rec->cookie,
					 .type = (uint8_t)type,
					 .direction = rec->direction,
					 .netns = rec->netns };
	p->status.events++;
}

static void feed(struct play *p, const void *bytes, size_t len)
{
	struct skw_event_told told;
	struct skw_event event;

	if (skw_record_event(bytes, len, &told) || skw_table_event(p->table, &told, &event) < 0)
		fail(p, "this event is refused", "");
}

static uint8_t state_word(const struct play *p, char *word)
{
	struct skw_conn_rec rec = { .state = 0 };

	if (!word || !set_state(&rec, word))
		fail(p, "no state", word ? word : "");
	return rec.state;
}

/* event TYPE COOKIE SECONDS [NUMBER NUMBER | STATE STATE] */
static void verb_event(struct play *p, char **rest)
{
	const char *name = strsep(rest, " ");
	const struct skw_conn_rec *rec = known_row(p, strsep(rest, " "));
	const char *when = strsep(rest, " ");
	struct skw_event_rec event = { .cgroup_id = rec->cgroup_id,
				       .local_port = rec->local_port,
				       .remote_port = rec->remote_port,
				       .family = rec->family,
				       .uid = rec->uid,
				       .inode = rec->inode };
	uint8_t type = 0;

	while (type < SKW_EVENT_CREATOR && strcmp(skw_row_event_name(type), name) != 0)
		type++;
	if (type == SKW_EVENT_CREATOR || !when)
		fail(p, "no event", name);
	memcpy(event.local_addr, rec->local_addr, 16);
	memcpy(event.remote_addr, rec->remote_addr, 16);
	fill_head(p, &event.head, rec, (enum skw_event_type)type, when);
	if (type == SKW_EVENT_STATE) {
		event.head.old_state = state_word(p, strsep(rest, " "));
		event.head.new_state = state_word(p, strsep(rest, " "));
	} else {
		for (size_t i = 0; i < 2 && *rest; i++)
			event.args[i] = (uint32_t)strtoul(strsep(rest, " "), NULL, 0);
	}
	feed(p, &event, sizeof(event));
}

/*
 * close COOKIE SECONDS STATE ERRNO: closes the connection in this state. Later sweeps don't have
 * its row.
 */
static void verb_close(struct play *p, char **rest)
{
	struct skw_conn_rec *rec = known_row(p, strsep(rest, " "));
	const char *when = strsep(rest, " ");
	struct skw_close_rec event;

	memset(&event, 0, sizeof(event));
	fill_head(p, &event.head, rec, SKW_EVENT_CLOSE, when);
	event.head.old_state = state_word(p, strsep(rest, " "));
	event.head.new_state = SKW_STATE_CLOSED;
	event.row = *rec;
	event.row.ts_ns = event.head.ts_ns;
	event.row.state = SKW_STATE_CLOSED;
	event.row.sk_err = *rest ? (uint32_t)atoi(*rest) : 0;
	/* Without an error it ends in order. */
	if (!event.row.sk_err)
		event.row.ending = SKW_END_PEER_FIN | SKW_END_ACKED;
	feed(p, &event, sizeof(event));
	*rec = p->rows[--p->rows_len];
}

static void sweep(struct play *p)
{
	struct skw_row_sample sample;
	struct skw_owner owner;
	uint32_t inode;

	skw_table_sweep_begin(p->table, p->status.now_ns);
	for (size_t i = 0; i < p->rows_len; i++) {
		p->rows[i].ts_ns = p->status.now_ns;
		if (skw_record_row(&p->rows[i], sizeof(p->rows[i]), &sample) ||
		    skw_table_sweep_row(p->table, &sample))
			fail(p, "this row is refused", "");
	}
	skw_table_sweep_end(p->table, p->status.now_ns, true);
	skw_table_holders_begin(p->table);
	for (size_t i = 0; i < p->holders_len; i++)
		if (skw_record_holder(&p->holders[i], sizeof(p->holders[i]), &inode, &owner) ||
		    skw_table_holder(p->table, inode, &owner))
			fail(p, "this holder is refused", "");
	skw_table_holders_end(p->table);
}

static const struct {
	const char *name;
	void (*run)(struct play *p, char **rest);
} verbs[] = {
	{ "row", verb_row },     { "holder", verb_holder }, { "cgroup", verb_cgroup },
	{ "netns", verb_netns }, { "event", verb_event },   { "close", verb_close },
};

void play_begin(struct play *p, const char *path)
{
	const struct skw_table_options opt = { .closed_ns = 10 * SKW_NS_PER_S, .owners = true };

	memset(p, 0, sizeof(*p));
	p->name = path;
	p->file = fopen(path, "re");
	if (!p->file || skw_table_new(&opt, &p->table))
		fail(p, "can't be read", path);
	p->status.interval_ns = SKW_NS_PER_S;
	p->status.netns = 1;
	/* The clock of the recording starts at 2026-03-01 14:00:00 UTC. */
	p->status.offset_ns = 1772373600 * (int64_t)SKW_NS_PER_S;
}

bool play_tick(struct play *p)
{
	char line[1024];

	while (fgets(line, sizeof(line), p->file)) {
		char *rest = line, *word;
		size_t i = 0;

		p->line++;
		line[strcspn(line, "\n")] = '\0';
		word = strsep(&rest, " ");
		if (!*word || *word == '#')
			continue;
		if (!rest)
			fail(p, "arguments are missing", word);
		/* tick SECONDS: sets the clock and makes a sweep. */
		if (strcmp(word, "tick") == 0) {
			p->status.now_ns = seconds(rest);
			sweep(p);
			return true;
		}
		while (i < sizeof(verbs) / sizeof(verbs[0]) && strcmp(verbs[i].name, word) != 0)
			i++;
		if (i == sizeof(verbs) / sizeof(verbs[0]))
			fail(p, "not understood", word);
		verbs[i].run(p, &rest);
	}
	return false;
}
