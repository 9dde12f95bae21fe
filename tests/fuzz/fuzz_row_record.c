// SPDX-License-Identifier: BSD-2-Clause
/*
 * Records of connections. After any bytes in any order the table must be consistent, and all its
 * rows must be readable. The input is a list of calls: a byte chooses the call, and the record
 * follows. The last record may be cut.
 */
#include "table/table.h"

#include <stdlib.h>
#include <string.h>

#include "row/field.h"
#include "row/history.h"
#include "row/record.h"
#include "view/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
	struct skw_table *table;
	const uint8_t *data;
	size_t size;
	uint64_t now_ns;
	bool sweeping, holding;
};

/*
 * Takes the next bytes of the input, in an allocation of their own, so that any access beyond them
 * is detected.
 */
static void *take(struct run *r, size_t want, size_t *len)
{
	*len = want < r->size ? want : r->size;

	void *bytes = malloc(*len ? *len : 1);

	if (!bytes)
		abort();
	memcpy(bytes, r->data, *len);
	r->data += *len;
	r->size -= *len;
	return bytes;
}

static void sweep_record(struct run *r)
{
	struct skw_row_sample sample;
	size_t len;
	void *rec = take(r, sizeof(struct skw_conn_rec), &len);

	if (!r->sweeping)
		skw_table_sweep_begin(r->table, ++r->now_ns);
	r->sweeping = true;
	if (!skw_record_row(rec, len, &sample))
		skw_table_sweep_row(r->table, &sample);
	free(rec);
}

static void steady_record(struct run *r)
{
	struct skw_row_steady now;
	size_t len;
	void *rec = take(r, sizeof(struct skw_steady_rec), &len);

	if (!r->sweeping)
		skw_table_sweep_begin(r->table, ++r->now_ns);
	r->sweeping = true;
	if (!skw_record_steady(rec, len, &now))
		skw_table_sweep_steady(r->table, &now);
	free(rec);
}

static void end_sweep(struct run *r)
{
	if (!r->sweeping)
		skw_table_sweep_begin(r->table, ++r->now_ns);
	skw_table_sweep_end(r->table, r->now_ns, r->now_ns % 4 != 0);
	r->sweeping = false;
}

static void holder_record(struct run *r)
{
	struct skw_owner owner;
	uint32_t inode;
	size_t len;
	void *rec = take(r, sizeof(struct skw_holder_rec), &len);

	if (!r->holding)
		skw_table_holders_begin(r->table);
	r->holding = true;
	if (!skw_record_holder(rec, len, &inode, &owner))
		skw_table_holder(r->table, inode, &owner);
	free(rec);
}

static void end_holders(struct run *r)
{
	if (!r->holding)
		skw_table_holders_begin(r->table);
	skw_table_holders_end(r->table);
	r->holding = false;
}

static void event_of(struct run *r, size_t want)
{
	struct skw_event_told told;
	struct skw_event event;
	struct skw_value value;
	size_t len;
	void *rec = take(r, want, &len);

	if (!skw_record_event(rec, len, &told) && skw_table_event(r->table, &told, &event) == 1) {
		for (unsigned i = 0; i < SKW_FIELDS; i++)
			skw_field_value(event.row, (enum skw_field)i, &value);
		skw_table_follow(r->table, event.row->cookie % 3 ? 0 : event.row->cookie);
	}
	free(rec);
}

static void plain_event(struct run *r)
{
	event_of(r, sizeof(struct skw_event_rec));
}

static void close_event(struct run *r)
{
	event_of(r, sizeof(struct skw_close_rec));
}

static void creator_event(struct run *r)
{
	event_of(r, sizeof(struct skw_creator_rec));
}

static void name_all(struct run *r)
{
	uint64_t cgroup;
	size_t at = 0;

	while (skw_table_unnamed_cgroup(r->table, &cgroup))
		skw_table_name_cgroup(r->table, cgroup, "/a");
	for (const struct skw_row *row; (row = skw_table_next(r->table, &at));)
		skw_table_name_netns(r->table, row->netns, row->netns % 2 ? "b" : "");
}

static void (*const calls[])(struct run *r) = {
	sweep_record, end_sweep,     holder_record, end_holders,   plain_event,
	close_event,  creator_event, name_all,      steady_record,
};

/* Every row must appear once and be found by its cookie, and the number of rows must be right. */
static void look(const struct skw_table *t)
{
	struct skw_happening what[8];
	uint32_t us[SKW_ROW_HISTORY];
	const struct skw_row *row;
	struct skw_value value;
	size_t at = 0, len = 0;

	for (; (row = skw_table_next(t, &at)); len++) {
		for (unsigned i = 0; i < SKW_FIELDS; i++)
			skw_field_value(row, (enum skw_field)i, &value);
		skw_history_read(row, us, SKW_ROW_HISTORY);
		skw_table_timeline(t, row->cookie, what, 8);
		if (row->state >= SKW_STATES || !row->state)
			abort();
		if (row->cookie != SKW_NONE64 && skw_table_find(t, row->cookie) != row)
			abort();
	}
	if (len != skw_table_len(t))
		abort();
}

/* Checks a copy of the table, as it is shown while the screen is paused. */
static void look_at_copy(const struct skw_table *t)
{
	struct skw_table *copy;

	if (skw_table_copy(t, &copy))
		abort();
	look(copy);
	skw_table_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct skw_table_options opt = { .closed_ns = size % 4, .owners = size % 2 };
	struct skw_view_options view_opt = { .sort = (enum skw_field)(size % SKW_FIELD_OWNERS),
					     .listeners = true,
					     .closed = true,
					     .group = (enum skw_group)(size % SKW_GROUPS) };
	struct run r = { .data = data, .size = size };
	struct skw_view *view;

	if (skw_table_new(&opt, &r.table) || skw_view_new(&view))
		abort();
	while (r.size) {
		uint8_t call = *r.data;

		r.data++;
		r.size--;
		calls[(call & 0x3f) % (sizeof(calls) / sizeof(calls[0]))](&r);
		if (call & 0x80)
			look(r.table);
		if (call & 0x40)
			look_at_copy(r.table);
	}
	end_sweep(&r);
	look(r.table);
	if (skw_view_make(view, r.table, &view_opt, true))
		abort();
	if (skw_view_len(view) != skw_table_len(r.table))
		abort();
	skw_view_free(view);
	skw_table_free(r.table);
	return 0;
}
