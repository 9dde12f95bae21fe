// SPDX-License-Identifier: BSD-2-Clause
#include "metrics/meter.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/meter_state.h"

/* A socket goes when this many complete sweeps in a row did not meet it. */
#define MISSED_MAX 2
/* TCP in three directions, listeners, and UDP. */
#define SETS_UNNAMED 5

static char *write_labels(void *meter, const struct skw_set_key *key)
{
	return skw_meter_labels(meter, key);
}

/*
 * With the direction as the only label, or with none, "other" has the labels of another set, and
 * Prometheus refuses a series that is there twice. Then all possible sets find room: they are few.
 */
static uint32_t max_sets(const struct skw_meter_options *opt)
{
	bool is_named = opt->labels & ~(unsigned)SKW_LABEL_DIRECTION;

	return is_named || opt->max_sets > SETS_UNNAMED ? opt->max_sets : SETS_UNNAMED;
}

int skw_meter_init(struct skw_meter *m, const struct skw_meter_options *opt)
{
	*m = (struct skw_meter){ .opt = *opt };
	int ret = skw_label_sets_init(&m->sets, max_sets(opt), write_labels, m);

	return ret ? ret : skw_tallies_init(&m->tallies);
}

void skw_meter_free(struct skw_meter *m)
{
	skw_meter_holders_free(m);
	skw_label_sets_free(&m->sets);
	skw_tallies_free(&m->tallies);
	skw_id_texts_free(&m->cgroups);
	skw_id_texts_free(&m->netns);
	free(m->listeners);
	*m = (struct skw_meter){ 0 };
}

/* ---- names ---- */

static int name(struct skw_id_texts *texts, uint64_t id, const char *text)
{
	char *clean = skw_meter_clean(text);

	if (!clean)
		return -ENOMEM;
	int ret = skw_id_texts_set(texts, id, clean);

	free(clean);
	return ret;
}

static int name_netns(void *meter, uint32_t netns, const char *text)
{
	struct skw_meter *m = meter;

	if (!(m->opt.labels & SKW_LABEL_NETNS))
		return 0;
	return text[0] ? name(&m->netns, netns, text) : skw_meter_number_netns(m, netns);
}

static int name_cgroup(void *meter, uint64_t id, const char *path)
{
	return name(&((struct skw_meter *)meter)->cgroups, id, path[0] ? path : "/");
}

static bool needs_cgroup(void *meter, uint64_t id)
{
	struct skw_meter *m = meter;
	uint32_t known;

	if (!(m->opt.labels & SKW_LABEL_CGROUP) || id == SKW_NONE64 || !id ||
	    skw_id_texts_find(&m->cgroups, id, &known))
		return false;
	m->asked_cgroup = id;
	m->asks = true;
	return true;
}

/* It stays without a name if none is told now. */
static bool unnamed_cgroup(void *meter, uint64_t *id)
{
	struct skw_meter *m = meter;

	if (!m->asks || skw_id_texts_set(&m->cgroups, m->asked_cgroup, NULL))
		return false;
	m->asks = false;
	*id = m->asked_cgroup;
	return true;
}

static void forget_texts(struct skw_meter *m, struct skw_id_texts *texts, bool of_cgroups)
{
	if (!skw_id_texts_are_many(texts))
		return;
	bool *marks = calloc(texts->texts_len + 1, sizeof(*marks));

	for (uint32_t i = 0; marks && i < m->sets.len; i++) {
		const struct skw_set_key *key = &m->sets.all[i].key;
		uint32_t text = of_cgroups ? key->cgroup : key->netns;

		if (m->sets.all[i].labels && text)
			marks[text - 1] = true;
	}
	if (marks)
		skw_id_texts_forget(texts, marks);
	free(marks);
}

/* ---- sweeps ---- */

static void sweep_begin(void *meter, uint64_t now_ns)
{
	struct skw_meter *m = meter;

	m->sweep++;
	m->begin_ns = now_ns;
	if (now_ns > m->now_ns)
		m->now_ns = now_ns;
	m->at = SKW_METER_NOWHERE;
	for (uint32_t i = 0; i < m->sets.len; i++)
		memset(m->sets.all[i].tcp.met, 0, sizeof(m->sets.all[i].tcp.met));
}

static uint32_t find(struct skw_meter *m, uint64_t cookie)
{
	/* The kernel tells sockets in about the same order each time. */
	uint32_t place = skw_tallies_find(&m->tallies, cookie, m->at + 1);

	if (place != SKW_METER_NOWHERE)
		m->at = place;
	return place;
}

/* A row tells the direction of its connection, and perhaps its process. */
static uint8_t judge(struct skw_meter *m, const struct skw_row *row, char comm[SKW_COMM_LEN + 1])
{
	uint8_t direction = row->state == SKW_STATE_SYN_SENT ? SKW_CONN_OUT : row->direction;

	comm[0] = '\0';
	if (direction != SKW_CONN_OUT && skw_meter_accepted(m, row, comm))
		return SKW_CONN_IN;
	return direction;
}

static const struct {
	uint8_t set_kind;
	uint8_t flags;
} kinds[] = {
	[SKW_TALLY_TCP] = { SKW_SET_TCP, SKW_TALLY_FRESH },
	[SKW_TALLY_LISTENER] = { SKW_SET_LISTENER, 0 },
	[SKW_TALLY_UDP] = { SKW_SET_UDP, 0 },
};

/* Before our time it counts from here on. Our programs' counts have begun with us. */
static void note_base(struct skw_tally *t, const struct skw_row *row)
{
	if (t->kind == SKW_TALLY_TCP) {
		t->sent_bytes = row->bytes_acked == SKW_NONE64 ? 0 : row->bytes_acked;
		t->received_bytes = row->bytes_received == SKW_NONE64 ? 0 : row->bytes_received;
		t->sent_segs = row->segs_out == SKW_NONE32 ? 0 : row->segs_out;
		t->retrans_segs = row->retrans_segs == SKW_NONE32 ? 0 : row->retrans_segs;
		return;
	}
	t->drops = row->drops == SKW_NONE32 ? 0 : row->drops;
}

/* A socket that no event has told before, or only its process. */
static int meet(struct skw_meter *m, uint8_t kind, const struct skw_row *row, uint32_t *place)
{
	char comm[SKW_COMM_LEN + 1] = "", caller[SKW_COMM_LEN + 1] = "";
	bool is_new = *place == SKW_METER_NOWHERE;
	uint8_t direction = SKW_CONN_UNKNOWN;
	struct skw_set_key key;
	int ret = is_new ? skw_tallies_add(&m->tallies, row->cookie, place) : 0;

	if (ret)
		return ret;
	struct skw_tally *t = skw_tallies_at(&m->tallies, *place);

	if (!is_new)
		memcpy(caller, t->comm, SKW_COMM_LEN);
	t->sent_bytes = t->received_bytes = 0;
	t->kind = SKW_TALLY_CALLER;
	if (kind == SKW_TALLY_TCP)
		direction = judge(m, row, comm);
	ret = skw_meter_key(m, (enum skw_set_kind)kinds[kind].set_kind, row, direction,
			    caller[0] ? caller : comm, &key);
	if (!ret)
		ret = skw_meter_join(m, t, &key);
	if (ret)
		return ret;
	t->kind = kind;
	if (is_new) {
		t->flags |= kinds[kind].flags;
		note_base(t, row);
	}
	return kind == SKW_TALLY_LISTENER ? skw_meter_listen(m, *place, row) : 0;
}

static uint8_t kind_of(const struct skw_row_sample *sample)
{
	if (sample->kind == SKW_ROW_UDP)
		return SKW_TALLY_UDP;
	return sample->row.state == SKW_STATE_LISTEN ? SKW_TALLY_LISTENER : SKW_TALLY_TCP;
}

/*
 * A half-open or closed connection has no socket: it is only counted. Each sweep meets it again, so
 * it is none of the sockets that were beyond the limit.
 */
static int count(struct skw_meter *m, const struct skw_row *row)
{
	char comm[SKW_COMM_LEN + 1];
	uint8_t direction = judge(m, row, comm);
	uint64_t limited = m->sets.limited;
	struct skw_tally t = { 0 };
	struct skw_set_key key;
	int ret = skw_meter_key(m, SKW_SET_TCP, row, direction, comm, &key);

	if (!ret)
		ret = skw_label_sets_find(&m->sets, &key, m->now_ns, &t.set);
	m->sets.limited = limited;
	if (!ret)
		skw_meter_set_of(m, &t)->tcp.met[row->state]++;
	return ret;
}

static int sweep_row(void *meter, const struct skw_row_sample *sample)
{
	struct skw_meter *m = meter;
	const struct skw_row *row = &sample->row;
	uint8_t kind = kind_of(sample);

	if (sample->kind == SKW_ROW_TIME_WAIT || sample->kind == SKW_ROW_SYN_RECV)
		return count(m, row);
	if (row->cookie == SKW_NONE64 || (kind == SKW_TALLY_TCP && row->state == SKW_STATE_CLOSED))
		return 0;
	uint32_t place = find(m, row->cookie);
	int ret = 0;

	if (place == SKW_METER_NOWHERE ||
	    skw_tallies_at(&m->tallies, place)->kind == SKW_TALLY_CALLER)
		ret = meet(m, kind, row, &place);
	if (ret)
		return ret;
	struct skw_tally *t = skw_tallies_at(&m->tallies, place);

	m->at = place;
	/* A socket that has become another kind is forgotten, and met again by the next sweep. */
	if (t->kind != kind) {
		skw_meter_drop(m, place);
		return 0;
	}
	if (t->seen != m->sweep && t->flags & SKW_TALLY_READ)
		t->flags &= (uint8_t)~SKW_TALLY_FRESH;
	t->seen = m->sweep;
	t->missed = 0;
	t->state = row->state;
	t->flags |= SKW_TALLY_READ;
	if (!(t->flags & SKW_TALLY_CLOSING))
		t->inode = row->inode;
	if (kind == SKW_TALLY_TCP)
		return skw_meter_add_tcp(m, t, sample);
	if (kind == SKW_TALLY_UDP)
		skw_meter_add_udp(m, t, sample);
	else
		skw_meter_add_listener(m, t, row);
	return 0;
}

static int sweep_steady(void *meter, const struct skw_row_steady *now)
{
	struct skw_meter *m = meter;
	uint32_t place = now->cookie == SKW_NONE64 ? SKW_METER_NOWHERE : find(m, now->cookie);

	/* In a time namespace the kernel's clock is not ours, and says nothing about rest. */
	if (place == SKW_METER_NOWHERE || now->ts_ns < m->begin_ns)
		return 0;
	struct skw_tally *t = skw_tallies_at(&m->tallies, place);

	if (t->kind != SKW_TALLY_TCP || !(t->flags & SKW_TALLY_READ) ||
	    t->seen != (uint16_t)(m->sweep - 1))
		return 0;
	t->seen = m->sweep;
	t->missed = 0;
	t->flags &= (uint8_t)~SKW_TALLY_FRESH;
	/* Segments without data may have come and gone. */
	if (now->segs_out != t->sent_segs && now->segs_out != SKW_NONE32 &&
	    now->segs_out > t->sent_segs) {
		skw_meter_set_of(m, t)->tcp.sent_segs += now->segs_out - t->sent_segs;
		t->sent_segs = now->segs_out;
	}
	return 1;
}

/* Its close was not told, so it counts as one for an unknown reason. */
static void vanish(struct skw_meter *m, uint32_t place)
{
	const struct skw_tally *t = skw_tallies_at(&m->tallies, place);

	if (t->kind == SKW_TALLY_TCP && t->state != SKW_STATE_SYN_SENT &&
	    t->state != SKW_STATE_SYN_RECV)
		skw_meter_set_of(m, t)->tcp.closed[SKW_CLOSE_UNKNOWN]++;
	skw_meter_drop(m, place);
}

static void sweep_end(void *meter, uint64_t now_ns, bool complete)
{
	struct skw_meter *m = meter;

	if (now_ns > m->now_ns)
		m->now_ns = now_ns;
	for (uint32_t i = 0; complete && i < m->tallies.end; i++) {
		struct skw_tally *t = skw_tallies_at(&m->tallies, i);

		if (t->kind != SKW_TALLY_FREE && t->seen != m->sweep && ++t->missed >= MISSED_MAX)
			vanish(m, i);
	}
	skw_meter_show_gauges(m);
	if (m->now_ns > m->opt.idle_ns)
		skw_label_sets_expire(&m->sets, m->now_ns - m->opt.idle_ns);
	forget_texts(m, &m->cgroups, true);
	forget_texts(m, &m->netns, false);
}

static bool has(void *meter, uint64_t cookie)
{
	const struct skw_meter *m = meter;

	return skw_tallies_find(&m->tallies, cookie, 0) != SKW_METER_NOWHERE;
}

static void bad_record(void *meter)
{
	((struct skw_meter *)meter)->bad_records++;
}

static const struct skw_row_taker_ops ops = {
	.sweep_begin = sweep_begin,
	.sweep_row = sweep_row,
	.sweep_steady = sweep_steady,
	.sweep_end = sweep_end,
	.holders_begin = skw_meter_holders_begin,
	.holder = skw_meter_holder,
	.holders_end = skw_meter_holders_end,
	.event = skw_meter_event,
	.name_netns = name_netns,
	.name_cgroup = name_cgroup,
	.unnamed_cgroup = unnamed_cgroup,
	.has = has,
	.bad_record = bad_record,
	.needs_cgroup = needs_cgroup,
};

struct skw_row_taker skw_meter_taker(struct skw_meter *m)
{
	return (struct skw_row_taker){ &ops, m };
}
