// SPDX-License-Identifier: BSD-2-Clause
/* Which label set a socket belongs to. */
#include "metrics/meter_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/buf.h"
#include "util/utf8.h"

/* The longest name of a cgroup or a namespace: of a longer path the end tells most. */
#define LABEL_MAX 200

/*
 * A name as a label: UTF-8 without characters that deceive, so that names that look alike are the
 * same label. The rest of `out` stays zeros.
 */
static void clean(char out[SKW_COMM_LEN], const char *name)
{
	size_t len = 0;

	if (strcmp(name, "unknown") == 0)
		return;
	while (*name && len < SKW_COMM_LEN) {
		uint32_t c;
		size_t n = skw_utf8_decode(name, &c);

		if (!n || skw_utf8_is_hidden(c)) {
			out[len++] = '?';
			name += n ? n : 1;
			continue;
		}
		if (len + n > SKW_COMM_LEN)
			break;
		memcpy(out + len, name, n);
		len += n;
		name += n;
	}
	if (len == strlen("other") && !memcmp(out, "other", len))
		out[len] = '_';
}

int skw_meter_number_netns(struct skw_meter *m, uint32_t netns)
{
	char number[16];

	snprintf(number, sizeof(number), "%" PRIu32, netns);
	return skw_id_texts_set(&m->netns, netns, number);
}

static int netns_text(struct skw_meter *m, uint32_t netns, uint32_t *text)
{
	if (skw_id_texts_find(&m->netns, netns, text))
		return 0;
	int ret = skw_meter_number_netns(m, netns);

	if (!ret)
		skw_id_texts_find(&m->netns, netns, text);
	return ret;
}

int skw_meter_key(struct skw_meter *m, enum skw_set_kind kind, const struct skw_row *row,
		  uint8_t direction, const char *comm, struct skw_set_key *key)
{
	unsigned labels = m->opt.labels;

	memset(key, 0, sizeof(*key));
	key->kind = (uint8_t)kind;
	if (labels & SKW_LABEL_COMM)
		clean(key->comm, comm);
	if (labels & SKW_LABEL_CGROUP)
		skw_id_texts_find(&m->cgroups, row->cgroup_id, &key->cgroup);
	if (kind == SKW_SET_TCP && labels & SKW_LABEL_DIRECTION)
		key->direction = direction;
	if (kind == SKW_SET_TCP && labels & SKW_LABEL_REMOTE_CLASS)
		key->zone = skw_zones_find(m->opt.zones, row->tuple.family, row->tuple.remote_addr);
	return labels & SKW_LABEL_NETNS ? netns_text(m, row->netns, &key->netns) : 0;
}

static void leave(struct skw_meter *m, const struct skw_tally *t)
{
	struct skw_label_set *set = skw_label_sets_get(&m->sets, t->set);

	set->refs--;
	set->news_ns = m->now_ns;
}

int skw_meter_join(struct skw_meter *m, struct skw_tally *t, const struct skw_set_key *key)
{
	int ret = skw_label_sets_find(&m->sets, key, m->now_ns, &t->set);

	if (!ret)
		skw_label_sets_get(&m->sets, t->set)->refs++;
	return ret;
}

int skw_meter_move(struct skw_meter *m, struct skw_tally *t, const struct skw_set_key *key)
{
	struct skw_tally before = *t;
	int ret = skw_meter_join(m, t, key);

	if (!ret)
		leave(m, &before);
	return ret;
}

int skw_meter_own(struct skw_meter *m, struct skw_tally *t, const char *comm)
{
	struct skw_set_key key = skw_label_sets_get(&m->sets, t->set)->key;
	char before[SKW_COMM_LEN];

	if (!(m->opt.labels & SKW_LABEL_COMM) || key.other)
		return 0;
	memcpy(before, key.comm, sizeof(before));
	memset(key.comm, 0, sizeof(key.comm));
	clean(key.comm, comm);
	return memcmp(before, key.comm, sizeof(before)) == 0 ? 0 : skw_meter_move(m, t, &key);
}

void skw_meter_drop(struct skw_meter *m, uint32_t place)
{
	struct skw_tally *t = skw_tallies_at(&m->tallies, place);

	if (t->kind == SKW_TALLY_LISTENER)
		skw_meter_listen_no_more(m, place);
	if (t->kind != SKW_TALLY_CALLER)
		leave(m, t);
	skw_tallies_remove(&m->tallies, place);
}

/* ---- texts of labels ---- */

/* Of the labels that begin at `from`. */
static void add_label(struct skw_buf *out, size_t from, const char *name, const char *value)
{
	if (!value || !value[0])
		value = "unknown";
	if (out->len > from)
		skw_buf_add_char(out, ',');
	skw_buf_add_str(out, name);
	skw_buf_add_str(out, "=\"");
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			skw_buf_add_char(out, '\\');
		if (*value == '\n')
			skw_buf_add_str(out, "\\n");
		else
			skw_buf_add_char(out, *value);
	}
	skw_buf_add_char(out, '"');
}

/* Appends the labels that are chosen and in `labels`, and a zero. */
static void write_labels(const struct skw_meter *m, const struct skw_set_key *key, unsigned labels,
			 struct skw_buf *out)
{
	static const char *const directions[] = { "unknown", "in", "out" };
	const char *other = key->other ? "other" : NULL;
	/* A listener and a socket of UDP have no single other end. */
	bool has_end = other || key->kind == SKW_SET_TCP;
	char comm[SKW_COMM_LEN + 1] = "";
	size_t from = out->len;

	memcpy(comm, key->comm, SKW_COMM_LEN);
	if (labels & SKW_LABEL_COMM)
		add_label(out, from, "comm", other ? other : comm);
	if (labels & SKW_LABEL_CGROUP)
		add_label(out, from, "cgroup",
			  other ? other : skw_id_texts_get(&m->cgroups, key->cgroup));
	if (labels & SKW_LABEL_NETNS)
		add_label(out, from, "netns",
			  other ? other : skw_id_texts_get(&m->netns, key->netns));
	if (labels & SKW_LABEL_DIRECTION && has_end)
		add_label(out, from, "direction", other ? other : directions[key->direction]);
	if (labels & SKW_LABEL_REMOTE_CLASS && has_end)
		add_label(out, from, "remote_class",
			  other ? other : skw_zones_name(m->opt.zones, key->zone));
	skw_buf_add_char(out, '\0');
}

char *skw_meter_labels(const struct skw_meter *m, const struct skw_set_key *key)
{
	struct skw_buf out = SKW_BUF_INIT;

	write_labels(m, key, m->opt.labels, &out);
	write_labels(m, key, m->opt.labels & ~(unsigned)SKW_LABEL_DIRECTION, &out);
	if (!out.failed)
		return (char *)out.data;
	skw_buf_free(&out);
	return NULL;
}

char *skw_meter_clean(const char *text)
{
	struct skw_buf out = SKW_BUF_INIT;
	size_t len = strlen(text);

	if (len > LABEL_MAX) {
		skw_buf_add_str(&out, "...");
		text += len - LABEL_MAX + 3;
		while ((*text & 0xc0) == 0x80)
			text++;
	}
	while (*text)
		text = skw_utf8_add_visible(&out, text);
	skw_buf_add_char(&out, '\0');
	/* That is the label of what is beyond the limit. */
	if (!out.failed && strcmp((char *)out.data, "other") == 0) {
		out.len--;
		skw_buf_add(&out, "_", 2);
	}
	if (!out.failed)
		return (char *)out.data;
	skw_buf_free(&out);
	return NULL;
}
