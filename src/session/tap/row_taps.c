// SPDX-License-Identifier: BSD-2-Clause
#include "session/tap/row_taps.h"

int skw_row_taps_make(struct skw_row_taps *t, void (*failed)(void *ctx, const char *why), void *ctx,
		      struct skw_error *err)
{
	t->messages.tap.failed = t->names.tap.failed = failed;
	t->messages.tap.ctx = t->names.tap.ctx = ctx;
	int ret = skw_row_messages_make(&t->messages, t->tables, err);

	return ret ? ret : skw_row_names_make(&t->names, t->tables + SKW_TAP_TABLES, err);
}

void skw_row_taps_free(struct skw_row_taps *t)
{
	skw_row_messages_free(&t->messages);
	skw_row_names_free(&t->names);
}

void skw_row_taps_set_watch(struct skw_row_taps *t, struct skw_watch *watch)
{
	t->messages.watch = t->names.watch = watch;
}

void skw_row_taps_sources(struct skw_row_taps *t, struct skw_source out[SKW_ROW_TAPS])
{
	out[0] = skw_row_messages_source(&t->messages);
	out[1] = skw_row_names_source(&t->names);
}

void skw_row_taps_open(struct skw_row_taps *t, struct skw_loop *loop)
{
	skw_row_messages_open(&t->messages, loop);
	skw_row_names_open(&t->names, loop);
}

bool skw_row_taps_packets(struct skw_row_taps *t, const struct skw_packet *run, size_t n)
{
	return skw_row_messages_packets(&t->messages, run, n) ||
	       skw_row_names_packets(&t->names, run, n);
}

void skw_row_taps_pause(struct skw_row_taps *t, uint64_t until_ns)
{
	skw_row_messages_pause(&t->messages, until_ns);
	skw_row_names_pause(&t->names);
}

void skw_row_taps_tick(struct skw_row_taps *t)
{
	skw_row_messages_count(&t->messages);
	skw_row_names_tell(&t->names);
}

void skw_row_taps_report(struct skw_row_taps *t)
{
	skw_row_messages_report(&t->messages);
	skw_row_names_report(&t->names);
}
