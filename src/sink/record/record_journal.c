// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/record_journal.h"

#include <errno.h>

#include "abi/conn.h"
#include "flow/connection_hash.h"
#include "loop/loop.h"
#include "pcap/pcapng.h"

/* Entries that wait for room take no more than this. */
#define ROOM (8u << 20)

int skw_record_journal_init(struct skw_record_journal *j, struct skw_record_files *files,
			    const struct skw_record_events_options *opt)
{
	j->files = files;
	if (!opt || !files->format->block)
		return 0;
	j->events = skw_record_events_new(opt);
	return j->events ? 0 : -ENOMEM;
}

void skw_record_journal_free(struct skw_record_journal *j)
{
	skw_record_events_free(j->events);
	skw_buf_free(&j->blocks);
	skw_pending_free(&j->pending);
}

/* Returns 1, 0 if the session ends as its files are full, or -errno. */
static int put(struct skw_record_journal *j, struct skw_error *err)
{
	struct skw_record_copy *copy = &j->files->file.copy;
	const struct skw_raw_block blocks = { .bytes = j->blocks.data,
					      .len = (uint32_t)j->blocks.len,
					      .type = SKW_PCAPNG_JOURNAL };
	/* Entries that wait belong into the current file. */
	int ret = copy->held.len ? 0 : skw_record_files_turn_full(j->files, j->until_ns, err);

	if (ret == 1 || (!ret && skw_record_files_are_full(j->files))) {
		skw_loop_enough(j->loop);
		return 0;
	}
	if (ret)
		return ret;
	ret = skw_record_copy_block(copy, &blocks);
	return ret ? skw_record_files_failed(j->files, ret, err) : 1;
}

int skw_record_journal_event(struct skw_record_journal *j, const struct skw_event *event,
			     struct skw_error *err)
{
	const struct skw_loop_clock *clock = skw_loop_clock(j->loop);
	struct skw_pending_block block = { .ts_ns = skw_loop_real_ns(clock, event->ts_ns),
					   .connection = skw_connection_hash(&event->row->tuple),
					   .type = event->type };

	(void)err;
	if (!j->events)
		return 0;
	skw_buf_reset(&j->blocks);
	skw_record_events_event(j->events, event, clock, &j->blocks);
	if (!j->blocks.len && !j->blocks.failed)
		return 0;
	block.len = (uint32_t)j->blocks.len;
	j->lost += j->blocks.failed || !skw_pending_put(&j->pending, &block, j->blocks.data);
	return 0;
}

int skw_record_journal_release(struct skw_record_journal *j, uint64_t until_ns,
			       struct skw_error *err)
{
	struct skw_pending_block block;
	const uint8_t *bytes;
	int ret = 0;

	while (ret >= 0 && (bytes = skw_pending_first(&j->pending, until_ns, &block))) {
		/* A connection has left only after it had entered. */
		if (block.type == SKW_EVENT_ENTER)
			skw_record_events_enter(j->events, block.connection);
		if (block.type == SKW_EVENT_LEAVE ||
		    skw_record_events_count(j->events, block.connection)) {
			skw_buf_reset(&j->blocks);
			skw_buf_add(&j->blocks, bytes, block.len);
			bool has_room = !j->blocks.failed && j->files->file.copy.held.len <= ROOM;

			ret = has_room ? put(j, err) : 0;
			j->written += ret > 0;
			j->lost += ret == 0;
		}
		skw_pending_drop(&j->pending);
	}
	return ret < 0 ? ret : 0;
}

int skw_record_journal_packet(struct skw_record_journal *j, const struct skw_packet *pkt,
			      struct skw_error *err)
{
	if (!j->events)
		return 0;
	int ret = skw_pending_has(&j->pending, pkt->ts_ns)
			  ? skw_record_journal_release(j, pkt->ts_ns, err)
			  : 0;

	if (!ret)
		skw_record_events_packets(j->events, pkt, 1);
	return ret;
}

static int write_rows(struct skw_record_journal *j, const struct skw_table *table,
		      const struct skw_watch_status *status, struct skw_error *err)
{
	if (j->file != j->files->opened)
		skw_record_events_begin(j->events);
	j->file = j->files->opened;
	skw_buf_reset(&j->blocks);
	int ret = skw_record_events_rows(j->events, table, status, j->until_ns, &j->blocks);

	if (ret)
		return skw_error_set(err, ret, "%s: out of memory", j->files->name);
	ret = j->blocks.len ? put(j, err) : 0;
	return ret < 0 ? ret : 0;
}

int skw_record_journal_rows(struct skw_record_journal *j, const struct skw_table *table,
			    const struct skw_watch_status *status, struct skw_error *err)
{
	if (!j->events || j->files->file.copy.held.len)
		return 0;
	/* Packets and events of the time before the first sweep will still come, and stand first.
	 */
	if (!j->until_ns) {
		j->due = table;
		j->due_status = *status;
		return 0;
	}
	return write_rows(j, table, status, err);
}

int skw_record_journal_pause(struct skw_record_journal *j, uint64_t until_ns, struct skw_error *err)
{
	const struct skw_table *due = j->due;

	if (!j->events || until_ns < j->files->file.start_ns)
		return 0;
	int ret = skw_record_journal_release(j, until_ns, err);
	if (ret)
		return ret;
	j->until_ns = until_ns;
	j->due = NULL;
	return due ? write_rows(j, due, &j->due_status, err) : 0;
}
