/* SPDX-License-Identifier: BSD-2-Clause */
/* A meter that is fed with records as the kernel makes them. */
#ifndef SKW_TESTS_UNIT_METER_WORLD_H
#define SKW_TESTS_UNIT_METER_WORLD_H

#include "conn_records.h"
#include "metrics/exposition.h"
#include "metrics/meter.h"
#include "row/record.h"

struct meter_world {
	struct skw_zones zones;
	struct skw_meter meter;
	struct skw_row_taker taker;
	struct skw_message_meter messages;
	struct skw_exposition_figures figures;
	struct skw_buf text;
};

static inline void world_begin(struct meter_world *w, unsigned labels, uint32_t max_sets)
{
	memset(w, 0, sizeof(*w));
	const struct skw_meter_options opt = { labels, &w->zones, max_sets, 600 * S };

	assert_int_equal(skw_meter_init(&w->meter, &opt), 0);
	w->taker = skw_meter_taker(&w->meter);
	w->figures = (struct skw_exposition_figures){ .meter = &w->meter, .version = "1.2" };
}

static inline void world_end(struct meter_world *w)
{
	skw_meter_free(&w->meter);
	skw_zones_free(&w->zones);
	skw_buf_free(&w->text);
}

static inline void row(struct meter_world *w, const struct skw_conn_rec *rec)
{
	struct skw_row_sample sample;

	assert_int_equal(skw_record_row(rec, sizeof(*rec), &sample), 0);
	assert_int_equal(w->taker.ops->sweep_row(w->taker.ctx, &sample), 0);
}

static inline void sweep_begin(struct meter_world *w, uint64_t ns)
{
	w->taker.ops->sweep_begin(w->taker.ctx, ns);
}

static inline void sweep_end(struct meter_world *w, uint64_t ns)
{
	w->taker.ops->sweep_end(w->taker.ctx, ns, true);
}

/* A sweep that meets one row, or none. */
static inline void sweep(struct meter_world *w, uint64_t ns, const struct skw_conn_rec *rec)
{
	sweep_begin(w, ns);
	if (rec)
		row(w, rec);
	sweep_end(w, ns);
}

static inline void event(struct meter_world *w, const void *rec, size_t len)
{
	struct skw_event_told told;
	struct skw_event out;

	assert_int_equal(skw_record_event(rec, len, &told), 0);
	assert_int_equal(w->taker.ops->event(w->taker.ctx, &told, &out), 0);
}

static inline void process(struct meter_world *w, uint8_t type, uint64_t cookie, uint64_t ns,
			   uint8_t direction, const char *comm)
{
	struct skw_creator_rec rec = { .head = { ns, cookie, type, 0, 0, direction, 4026531840U },
				       .cgroup_id = SKW_NONE64,
				       .tgid = 77,
				       .data_segs_in = SKW_NONE32 };

	memcpy(rec.comm, comm, strnlen(comm, sizeof(rec.comm)));
	event(w, &rec, sizeof(rec));
}

static inline void established(struct meter_world *w, uint64_t cookie, uint64_t ns,
			       uint8_t direction, uint32_t handshake_us)
{
	struct skw_event_rec rec = make_event(SKW_EVENT_ESTABLISHED, cookie, ns);

	rec.head.direction = direction;
	rec.handshake_us = handshake_us;
	event(w, &rec, sizeof(rec));
}

static inline void held_by(struct meter_world *w, uint32_t inode, uint32_t pid, const char *comm)
{
	struct skw_owner owner = { .pid = pid };

	strncpy(owner.comm, comm, SKW_COMM_LEN);
	assert_int_equal(w->taker.ops->holder(w->taker.ctx, inode, &owner), 0);
}

/* All of the text. */
static inline const char *text_of(struct meter_world *w, enum skw_exposition_form form)
{
	struct skw_exposition e = { .form = form };

	skw_buf_reset(&w->text);
	while (skw_exposition_next(&e, &w->figures, &w->text))
		;
	skw_buf_add_char(&w->text, '\0');
	assert_false(w->text.failed);
	return (const char *)w->text.data;
}

/* The value of the sample with this name and these labels, "" if there is none. */
static inline const char *value_of(struct meter_world *w, const char *sample)
{
	static char value[64];
	const char *at = text_of(w, SKW_EXPOSITION_PROMETHEUS);
	size_t len = strlen(sample);

	for (; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		if (strncmp(at, sample, len) != 0 || at[len] != ' ')
			continue;
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(at + len + 1, "\n"),
			 at + len + 1);
		return value;
	}
	return "";
}

#define assert_value(world, sample, value) assert_string_equal(value_of(world, sample), value)

#endif
