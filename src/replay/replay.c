// SPDX-License-Identifier: BSD-2-Clause
#include "replay/replay.h"

#include <errno.h>
#include <linux/types.h>
#include <pcap/dlt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "abi/packet.h"
#include "filter/offline.h"
#include "loop/loop.h"
#include "out/input.h"
#include "pcap/linktype.h"
#include "pcap/reader.h"
#include "replay/files.h"
#include "replay/fit.h"
#include "util/cleanup.h"
#include "util/say.h"

/* The number of packets after which the loop handles signals and timers. */
#define PACKETS_PER_LOOK 256

struct skw_replay {
	const struct skw_replay_plan *plan;
	struct skw_loop *loop; /* borrowed */
	struct skw_replay_files files;
	struct skw_reader *reader; /* owned: of the current file */
	/* The number of interfaces in the files before. Each interface has a place of its own. */
	uint32_t places_before;
	struct skw_fit fit;
	struct skw_packet_kind kind;
	size_t ifaces_seen; /* interfaces of the current file that kind.several accounts for */
	/* Packets that are still to be passed on: from run_at on. */
	struct skw_packet run[SKW_READER_RUN];
	size_t run_at, run_len;
	/* Behind them: a block that is no packet, ... */
	const struct skw_raw_block *block;
	/* ... or, with `stopped`, what skw_reader_next() or the filter returned: 0 or -errno. */
	bool stopped;
	int stop;
	unsigned budget;  /* packets until the next look */
	bool interrupted; /* the end of the session has interrupted a read */
	bool done;
	struct skw_error read_error; /* reported unless the read was interrupted */
	int sink_failure;            /* an error of the sink during a read */
	struct skw_error sink_error;
};

static const char *shown_name(const char *file)
{
	return strcmp(file, "-") == 0 ? "standard input" : file;
}

int skw_replay_new(const struct skw_replay_plan *plan, struct skw_replay **out)
{
	struct skw_replay *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->plan = plan;
	r->kind = (struct skw_packet_kind){ .dlt = -1, .is_file = true };
	skw_fit_init(&r->fit, plan->filter, plan->direction, plan->no_optimize);
	*out = r;
	return 0;
}

static void close_file(struct skw_replay *r)
{
	if (r->reader)
		r->places_before += (uint32_t)skw_reader_iface_count(r->reader);
	skw_reader_close(r->reader);
	r->reader = NULL;
	r->ifaces_seen = 0;
}

void skw_replay_free(struct skw_replay *r)
{
	if (!r)
		return;
	close_file(r);
	skw_replay_files_close(&r->files);
	skw_fit_free(&r->fit);
	free(r);
}

const struct skw_packet_kind *skw_replay_kind(const struct skw_replay *r)
{
	return &r->kind;
}

const struct skw_iface *skw_replay_iface(void *replay, uint32_t place)
{
	const struct skw_replay *r = replay;

	return r->reader && r->files.len == 1 ? skw_reader_iface(r->reader, place) : NULL;
}

/*
 * Called before a read that may block. The user learns what may take long to come. The sink writes
 * what it holds back, because its reader may wait for it. Then this waits for the input or the end
 * of the session. The loop's timers don't run meanwhile, so the sink is asked again when it may
 * hold nothing back any longer.
 */
static int wait_for_input(void *ctx, int fd)
{
	struct skw_replay *r = ctx;
	struct pollfd p[] = { { .fd = fd, .events = POLLIN }, { .events = POLLIN } };
	const int timeouts_ms[] = { 0, SKW_SINK_HOLD_MS, -1 };

	/* Before the session begins, a signal ends the process. A FIFO may have no writer yet. */
	if (!r->loop) {
		while (poll(p, 1, -1) < 0)
			if (errno != EINTR)
				return errno;
		return 0;
	}
	skw_fit_tell(&r->fit);
	p[1].fd = skw_loop_interrupt_fd(r->loop);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(timeouts_ms); i++) {
		int n;

		while ((n = poll(p, SKW_ARRAY_SIZE(p), timeouts_ms[i])) < 0)
			if (errno != EINTR)
				return errno;
		if (n > 0)
			break;
		r->sink_failure = skw_loop_pause(r->loop, &r->sink_error);
		if (r->sink_failure)
			return EIO;
	}
	if (!p[1].revents)
		return 0;
	r->interrupted = true;
	return EINTR;
}

static int prepare(void *ctx, struct skw_error *err)
{
	struct skw_replay *r = ctx;
	struct skw_verbs_files *output = r->plan->output;
	int ret = skw_fit_check(&r->fit, err);

	if (!ret)
		ret = skw_replay_files_open(&r->files, r->plan->files, r->plan->files_len, err);

	if (ret || !output)
		return ret;
	output->inputs = r->files.inputs;
	output->inputs_len = r->files.len;
	return 0;
}

static struct skw_keeper_table *verbs(void *ctx)
{
	struct skw_replay *r = ctx;

	return r->fit.compiler.len ? &r->fit.compiler.table : NULL;
}

static void say_reading(const struct skw_replay *r)
{
	const struct skw_iface *first = skw_reader_iface(r->reader, 0);

	if (!first)
		return;
	const char *name = skw_linktype_dlt_name(first->dlt);
	const char *text = skw_linktype_dlt_text(first->dlt);

	skw_say("reading from %s, link-type %s (%s), snapshot length %u", r->fit.file,
		name ? name : "?", text ? text : "?",
		first->snaplen ? first->snaplen : SKW_SNAPLEN_MAX);
}

/* Begins with the next file. Returns 0 or -errno. */
static int next_file(struct skw_replay *r, struct skw_error *err)
{
	const struct skw_input_wait wait = { wait_for_input, r };
	const char *name;
	struct skw_byte_stream *in;

	close_file(r);
	int ret = skw_replay_files_next(&r->files, &wait, &in, &name, err);
	if (ret)
		return ret;
	r->fit.file = shown_name(name);
	/* skw_reader_open() takes the stream even if it fails. */
	ret = skw_reader_open(in, name, &r->reader, err);
	if (ret)
		return ret;
	if (r->plan->output || r->plan->blocks)
		skw_reader_give_blocks(r->reader);
	return 0;
}

static int begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_replay *r = ctx;
	int ret = next_file(r, err);

	if (ret)
		return ret;
	r->loop = loop;
	r->fit.keeper = skw_loop_keeper(loop);
	r->kind.cut = r->plan->snaplen < SKW_SNAPLEN_MAX ? r->plan->snaplen : 0;

	const struct skw_iface *first = skw_reader_iface(r->reader, 0);
	bool knows = first && r->files.len == 1;
	uint32_t snaplen = knows && first->snaplen ? first->snaplen : SKW_SNAPLEN_MAX;

	/* A pcap file tells its only link type at once. */
	if (knows && (ret = skw_fit_iface(&r->fit, first, err)))
		return ret;
	say_reading(r);

	/*
	 * The output's header must not state a lower limit than its packets can have: that is the
	 * limit of the input, or the user's if it is lower. Nor does the first of several files
	 * tell the link type of the others.
	 */
	r->kind.snaplen = snaplen < r->plan->snaplen ? snaplen : r->plan->snaplen;
	if (knows)
		r->kind.dlt = first->dlt;
	return 0;
}

static int look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	(void)now_ns;
	(void)err;
	((struct skw_replay *)ctx)->budget = PACKETS_PER_LOOK;
	return 0;
}

static bool peek(void *ctx, uint64_t *ts_ns)
{
	const struct skw_replay *r = ctx;

	*ts_ns = 0;
	return r->run_at < r->run_len || r->block || (!r->done && r->budget);
}

/* Applies the filter to the packet. Returns 1 if it passes, 0 if not, or -errno. */
static int filter(struct skw_replay *r, struct skw_packet *pkt, struct skw_error *err)
{
	pkt->from = skw_reader_iface(r->reader, pkt->iface);
	int ret = skw_fit_packet(&r->fit, pkt, pkt->from, err);

	if (ret > 0 && pkt->caplen > r->plan->snaplen)
		pkt->caplen = r->plan->snaplen;
	pkt->iface += r->places_before;
	return ret;
}

/* At the end of the file, of which no packet may have come: were the expressions possible? */
static int check_end(struct skw_replay *r, struct skw_error *err)
{
	struct skw_error first = { 0 };
	int ret = skw_fit_end(&r->fit, err);

	for (size_t i = 0; !ret && i < skw_reader_iface_count(r->reader); i++)
		if (!skw_fit_iface(&r->fit, skw_reader_iface(r->reader, i), &first))
			return 0;
	return ret || !first.text[0] ? ret : skw_error_usage(err, "%s", first.text);
}

/*
 * Ends the session at the end of the last file or at a damaged place. The packets before it still
 * count.
 */
static int end_of_file(struct skw_replay *r, int ret, struct skw_error *err)
{
	r->done = true;
	if (ret == 0 && !r->interrupted)
		ret = check_end(r, err);
	/* If a signal interrupted the read, the file has not failed. */
	if (ret == 0 && !r->interrupted && r->plan->stays)
		return 0;
	if (ret == 0 || r->interrupted)
		skw_loop_stop(r->loop);
	else
		skw_loop_fail(r->loop, ret);
	return 0;
}

static const char *name_of(const struct skw_reader *reader, size_t i)
{
	const struct skw_iface *iface = skw_reader_iface(reader, i);

	return iface && iface->name ? iface->name : "";
}

/* Interfaces without a name, or with the same one, can't be told apart by it. */
static void look_at_interfaces(struct skw_replay *r)
{
	size_t count = skw_reader_iface_count(r->reader);

	for (; r->ifaces_seen < count && !r->kind.several; r->ifaces_seen++)
		r->kind.several =
			strcmp(name_of(r->reader, 0), name_of(r->reader, r->ifaces_seen)) != 0;
}

/*
 * Reads the next packet, which is added to the run if it passes the filter, or block. Returns
 * whether that is all for now.
 */
static bool read_one(struct skw_replay *r)
{
	struct skw_packet *pkt = &r->run[r->run_len];
	int ret = skw_reader_next(r->reader, pkt, &r->read_error);

	r->budget--;
	if (ret == SKW_READER_BLOCK) {
		r->block = pkt->block;
		return true;
	}
	if (ret == 1) {
		look_at_interfaces(r);
		ret = filter(r, pkt, &r->read_error);
		r->run_len += ret > 0;
		if (ret >= 0)
			return false;
	}
	r->stopped = true;
	r->stop = ret;
	return true;
}

/* Reads packets as long as they stay valid together, and as the budget allows. */
static void read_run(struct skw_replay *r)
{
	r->run_at = r->run_len = 0;
	for (unsigned n = 0; r->budget && n < SKW_READER_RUN; n++) {
		if (n && !skw_reader_goes_on(r->reader))
			return;
		if (read_one(r))
			return;
	}
}

/* All that was read before has been passed on. Goes on with the next file, or ends. 0 or -errno. */
static int after_stop(struct skw_replay *r, struct skw_error *err)
{
	int ret = r->stop;

	r->stopped = false;
	if (ret == 0 && r->files.at < r->files.len) {
		ret = next_file(r, &r->read_error);
		if (ret == 0) {
			say_reading(r);
			return 0;
		}
	}
	/* Any read may have waited, also that of the next file's header. */
	if (r->sink_failure)
		return skw_error_set(err, r->sink_failure, "%s", r->sink_error.text);
	if (ret < 0 && !r->interrupted)
		skw_error_set(err, ret, "%s", r->read_error.text);
	return end_of_file(r, ret, err);
}

/* Passes the run and the block behind it on. Returns 1 if that was all, 0 or -errno. */
static int pass_on(struct skw_replay *r, struct skw_error *err)
{
	while (r->run_at < r->run_len) {
		int ret =
			skw_loop_packets(r->loop, &r->run[r->run_at], r->run_len - r->run_at, err);

		if (ret > 0)
			r->run_at += (size_t)ret;
		/* The rest waits, or the sink wants no more. */
		if (ret <= 0 || skw_loop_is_over(r->loop))
			return ret < 0 ? ret : 0;
	}
	int ret = r->block ? skw_loop_block(r->loop, r->block, err) : 1;

	if (ret > 0)
		r->block = NULL;
	return ret;
}

static int take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_replay *r = ctx;

	(void)until_ns;
	for (;;) {
		int ret = pass_on(r, err);

		if (ret <= 0 || skw_loop_is_over(r->loop))
			return ret < 0 ? ret : 0;
		/* At the end, only what had been read is passed on. No further file is begun. */
		if (r->done)
			return 0;
		if (r->stopped && (ret = after_stop(r, err)))
			return ret;
		if (r->done || !r->budget)
			return 0;
		read_run(r);
	}
}

/* Until the file ends there is always more to read, so the loop must not sleep. */
static int rest(void *ctx)
{
	return ((const struct skw_replay *)ctx)->done ? -1 : 0;
}

/* Makes the last round of the session read no further packet. */
static void quiesce(void *ctx)
{
	((struct skw_replay *)ctx)->done = true;
}

static bool has_threads(const void *ctx)
{
	return ((const struct skw_replay *)ctx)->files.ahead;
}

static const struct skw_source_ops ops = {
	.prepare = prepare,
	.verbs = verbs,
	.begin = begin,
	.look = look,
	.peek = peek,
	.take = take,
	.rest = rest,
	.quiesce = quiesce,
	.has_threads = has_threads,
};

struct skw_source skw_replay_source(struct skw_replay *r)
{
	return (struct skw_source){ &ops, r };
}

/* Reads until there is an interface. A pcapng file may have none before its first packet. */
static int first_iface(struct skw_reader *reader, const struct skw_iface **out,
		       struct skw_error *err)
{
	struct skw_packet ignored;
	int ret = 1;

	while (ret > 0 && !(*out = skw_reader_iface(reader, 0)))
		ret = skw_reader_next(reader, &ignored, err);
	*out = skw_reader_iface(reader, 0);
	return *out || ret > 0 ? 0 : ret;
}

static int compile_for(const struct skw_replay_plan *plan, struct skw_reader *reader,
		       struct skw_offline_filter **out, struct skw_error *err)
{
	const struct skw_iface *first;
	int ret = first_iface(reader, &first, err);

	if (ret)
		return ret;
	struct skw_offline_link link = { .dlt = first ? first->dlt : DLT_EN10MB,
					 .snaplen = plan->snaplen,
					 .swapped = first && first->swapped };

	if (first && first->snaplen && first->snaplen < link.snaplen)
		link.snaplen = first->snaplen;
	return skw_offline_filter_compile(
		plan->filter, &link, skw_lists_how(plan->no_optimize, plan->classic), out, err);
}

int skw_replay_compile(const struct skw_replay_plan *plan, struct skw_offline_filter **out,
		       struct skw_error *err)
{
	struct skw_reader *reader = NULL;
	struct skw_byte_stream *in;
	int ret = skw_input_open(plan->files[0], &in, err);

	if (!ret)
		ret = skw_reader_open(in, plan->files[0], &reader, err);
	if (ret)
		return ret;
	ret = compile_for(plan, reader, out, err);
	skw_reader_close(reader);
	return ret;
}
