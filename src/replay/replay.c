// SPDX-License-Identifier: BSD-2-Clause
#include "replay/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "abi/packet.h"
#include "filter/offline.h"
#include "loop/signals.h"
#include "out/input.h"
#include "pcap/linktype.h"
#include "pcap/reader.h"
#include "sink/delivery.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"
#include "verbs/files.h"

struct readback {
	const struct skw_capture_plan *plan;
	struct skw_reader *reader;
	struct skw_offline_filter **filters; /* owned: by interface, made when it is first met */
	size_t filters_len;
	struct skw_identity who;
	struct skw_verbs_context verbs;
	struct skw_keeper *keeper;
	struct skw_delivery delivery;
	uint64_t last_ns;
	bool pipe; /* packets arrive while we read */
};

/* The filter for an interface of the file. NULL with err filled if there can't be one. */
static const struct skw_offline_filter *filter_for(struct readback *b, uint32_t place, int dlt,
						   struct skw_error *err)
{
	if (place >= b->filters_len) {
		size_t len = (size_t)place + 8;
		struct skw_offline_filter **filters = realloc(b->filters, len * sizeof(*filters));

		if (!filters) {
			skw_error_set(err, -ENOMEM, "filter: out of memory");
			return NULL;
		}
		memset(filters + b->filters_len, 0, (len - b->filters_len) * sizeof(*filters));
		b->filters = filters;
		b->filters_len = len;
	}
	if (!b->filters[place])
		skw_offline_filter_compile(b->plan->filter, dlt, SKW_SNAPLEN_MAX, true,
					   &b->filters[place], err);
	return b->filters[place];
}

/* A wrong expression should be told before an output file is created. */
static int check_filter(struct readback *b, struct skw_error *err)
{
	const struct skw_iface *first = skw_reader_iface(b->reader, 0);

	if (!b->plan->filter[0] || !first)
		return 0;
	return filter_for(b, 0, first->dlt, err) ? 0 : -EINVAL;
}

static int take(struct readback *b, struct skw_packet *pkt, struct skw_error *err)
{
	b->last_ns = pkt->ts_ns;
	if (b->plan->filter[0]) {
		const struct skw_offline_filter *filter = filter_for(b, pkt->iface, pkt->dlt, err);

		if (!filter)
			return -EINVAL;
		if (!skw_offline_filter_match(filter, pkt))
			return SKW_DELIVERED;
	}
	if (pkt->caplen > b->plan->snaplen)
		pkt->caplen = b->plan->snaplen;
	return skw_delivery_packet(&b->delivery, pkt, skw_reader_iface(b->reader, pkt->iface), err);
}

static int read_all(struct readback *b, struct skw_error *err)
{
	struct skw_packet pkt;
	int ret = 0;

	while (!skw_signals_stopped()) {
		ret = skw_reader_next(b->reader, &pkt, err);
		if (ret <= 0)
			break;
		if (skw_reader_iface_count(b->reader) > 1)
			skw_delivery_several(&b->delivery);
		ret = take(b, &pkt, err);
		/* Somebody is at the other end of a pipe, and somebody else waits for the line. */
		if (!ret && b->pipe)
			ret = skw_delivery_pause(&b->delivery, err);
		if (ret)
			break;
	}
	/* A signal that cut a read short is no failure of the file. */
	return skw_signals_stopped() || ret > 0 ? 0 : ret;
}

static void say_reading(const struct readback *b)
{
	const struct skw_iface *first = skw_reader_iface(b->reader, 0);

	if (!first)
		return;
	const char *name = skw_linktype_dlt_name(first->dlt);
	const char *text = skw_linktype_dlt_text(first->dlt);
	skw_say("reading from %s, link-type %s (%s), snapshot length %u",
		strcmp(b->plan->read_file, "-") == 0 ? "standard input" : b->plan->read_file,
		name ? name : "?", text ? text : "?",
		first->snaplen ? first->snaplen : SKW_SNAPLEN_MAX);
}

/* The file that is written must not promise less than the one that is read holds. */
static uint32_t snaplen_for(const struct readback *b)
{
	const struct skw_iface *first = skw_reader_iface(b->reader, 0);
	uint32_t snaplen = first && first->snaplen ? first->snaplen : SKW_SNAPLEN_MAX;

	return snaplen < b->plan->snaplen ? snaplen : b->plan->snaplen;
}

/* What needs privileges comes before the first byte of the file. */
static int give_up_privileges(struct readback *b, struct skw_error *err)
{
	const struct skw_identity *who = NULL;

	if (b->plan->user) {
		int ret = skw_identity_lookup(b->plan->user, &b->who, err);

		if (ret)
			return ret;
		who = &b->who;
	}
	b->verbs.plan = b->plan;
	b->verbs.who = who;
	b->verbs.counters_fd = b->verbs.next_fd = -1;
	if (b->plan->write_file) {
		int ret = skw_verbs_split(&b->verbs, &b->keeper, err);

		if (ret)
			return ret;
	}
	return skw_privileges_drop(who, false, err);
}

static int run(struct readback *b, struct skw_error *err)
{
	FILE *in;
	int ret = skw_input_open(b->plan->read_file, &in, err);

	if (ret)
		return ret;
	struct stat st = { 0 };
	bool known = (strcmp(b->plan->read_file, "-") == 0 ? fstat(STDIN_FILENO, &st)
							   : stat(b->plan->read_file, &st)) == 0;
	b->pipe = known && !S_ISREG(st.st_mode);
	b->verbs.reads = known;
	b->verbs.in_dev = st.st_dev;
	b->verbs.in_ino = st.st_ino;
	ret = give_up_privileges(b, err);
	if (ret) {
		fclose(in);
		return ret;
	}
	ret = skw_reader_open(in, b->plan->read_file, &b->reader, err);
	if (!ret)
		ret = check_filter(b, err);
	if (ret)
		return ret;
	say_reading(b);

	const struct skw_iface *first = skw_reader_iface(b->reader, 0);
	struct skw_recorder_options opt = { .plan = b->plan,
					    .keeper = b->keeper,
					    .dlt = first ? first->dlt : -1,
					    .snaplen = snaplen_for(b) };

	ret = skw_delivery_open(&b->delivery, b->plan, &opt, err);
	if (!ret)
		ret = read_all(b, err);
	/* A file is due also when no packet was for it; and what came before an error is worth
	 * having. */
	if (!ret && b->delivery.recorder && !b->delivery.packets)
		ret = skw_recorder_start(b->delivery.recorder, skw_clock_real_ns(), err);
	int closed = skw_delivery_close(&b->delivery, b->last_ns, err);
	if (b->plan->count_only)
		printf("%" PRIu64 " packet%s\n", b->delivery.packets,
		       b->delivery.packets == 1 ? "" : "s");
	return ret ? ret : closed;
}

int skw_replay_run(const struct skw_capture_plan *plan, struct skw_error *err)
{
	struct readback b = { .plan = plan };

	skw_signals_catch(false);
	int ret = run(&b, err);
	int kept = skw_keeper_finish(b.keeper);

	skw_reader_close(b.reader);
	for (size_t i = 0; i < b.filters_len; i++)
		skw_offline_filter_free(b.filters[i]);
	free(b.filters);
	if (!ret && kept)
		return skw_error_set(err, kept, "skwatch's privileged process has died");
	return ret;
}
