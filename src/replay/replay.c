// SPDX-License-Identifier: BSD-2-Clause
#include "replay/replay.h"

#include <errno.h>
#include <linux/types.h>
#include <pcap/dlt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "abi/packet.h"
#include "filter/offline.h"
#include "loop/loop.h"
#include "out/input.h"
#include "pcap/linktype.h"
#include "pcap/reader.h"
#include "util/cleanup.h"
#include "util/say.h"
#include "verbs/files.h"

/* The number of packets after which the loop handles signals and timers. */
#define PACKETS_PER_LOOK 256

struct skw_replay {
	const struct skw_replay_plan *plan;
	struct skw_loop *loop; /* borrowed */
	FILE *in;              /* owned until the reader takes it */
	struct skw_reader *reader;
	/* Owned, by interface. Each is made when the first packet of its interface is read. */
	struct skw_offline_filter **filters;
	size_t filters_len;
	struct skw_packet_kind kind;
	size_t ifaces_seen; /* interfaces that kind.several accounts for */
	/* The last packet that was read. With has_packet it is still to be passed on. */
	struct skw_packet packet;
	bool has_packet;
	unsigned budget;  /* packets until the next look */
	bool interrupted; /* the end of the session has interrupted a read */
	bool done;
	struct skw_error read_error; /* reported unless the read was interrupted */
	int sink_failure;            /* an error of the sink during a read */
	struct skw_error sink_error;
};

int skw_replay_new(const struct skw_replay_plan *plan, struct skw_replay **out)
{
	struct skw_replay *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->plan = plan;
	r->kind = (struct skw_packet_kind){ .dlt = -1, .is_file = true };
	*out = r;
	return 0;
}

void skw_replay_free(struct skw_replay *r)
{
	if (!r)
		return;
	skw_reader_close(r->reader);
	if (r->in)
		fclose(r->in);
	for (size_t i = 0; i < r->filters_len; i++)
		skw_offline_filter_free(r->filters[i]);
	free(r->filters);
	free(r);
}

const struct skw_packet_kind *skw_replay_kind(const struct skw_replay *r)
{
	return &r->kind;
}

/* The filter for an interface of the file. Returns NULL with err filled if it can't be made. */
static const struct skw_offline_filter *filter_for(struct skw_replay *r, uint32_t place, int dlt,
						   struct skw_error *err)
{
	if (place >= r->filters_len) {
		size_t len = (size_t)place + 8;
		struct skw_offline_filter **filters = realloc(r->filters, len * sizeof(*filters));

		if (!filters) {
			skw_error_set(err, -ENOMEM, "filter: out of memory");
			return NULL;
		}
		memset(filters + r->filters_len, 0, (len - r->filters_len) * sizeof(*filters));
		r->filters = filters;
		r->filters_len = len;
	}
	if (!r->filters[place])
		skw_offline_filter_compile(r->plan->filter, dlt, SKW_SNAPLEN_MAX, true,
					   &r->filters[place], err);
	return r->filters[place];
}

/* Reports a wrong expression before an output file is created. */
static int check_filter(struct skw_replay *r, struct skw_error *err)
{
	const struct skw_iface *first = skw_reader_iface(r->reader, 0);

	if (!r->plan->filter[0] || !first)
		return 0;
	return filter_for(r, 0, first->dlt, err) ? 0 : -EINVAL;
}

/*
 * Called before a read that may block. The sink writes what it holds back, because its reader may
 * wait for it. Then this waits for the input or the end of the session. The loop's timers don't run
 * meanwhile, so the sink is asked again when it may hold nothing back any longer.
 */
static int wait_for_input(void *ctx, int fd)
{
	struct skw_replay *r = ctx;
	struct pollfd p[] = { { .fd = fd, .events = POLLIN }, { .events = POLLIN } };
	const int timeouts_ms[] = { 0, SKW_SINK_HOLD_MS, -1 };

	if (!r->loop)
		return 0;
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
	const struct skw_input_wait wait = { wait_for_input, r };
	struct skw_verbs_files *output = r->plan->output;
	struct stat st;
	int ret = skw_input_open_waiting(r->plan->file, &wait, &r->in, err);

	if (ret || !output)
		return ret;
	output->reads = (strcmp(r->plan->file, "-") == 0 ? fstat(STDIN_FILENO, &st)
							 : stat(r->plan->file, &st)) == 0;
	if (output->reads) {
		output->in_dev = st.st_dev;
		output->in_ino = st.st_ino;
	}
	return 0;
}

static void say_reading(const struct skw_replay *r, const struct skw_iface *first)
{
	const char *name = skw_linktype_dlt_name(first->dlt);
	const char *text = skw_linktype_dlt_text(first->dlt);

	skw_say("reading from %s, link-type %s (%s), snapshot length %u",
		strcmp(r->plan->file, "-") == 0 ? "standard input" : r->plan->file,
		name ? name : "?", text ? text : "?",
		first->snaplen ? first->snaplen : SKW_SNAPLEN_MAX);
}

static int begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct skw_replay *r = ctx;
	/* skw_reader_open() takes the stream even if it fails. */
	int ret = skw_reader_open(SKW_TAKE_PTR(r->in), r->plan->file, &r->reader, err);

	if (!ret)
		ret = check_filter(r, err);
	if (ret)
		return ret;
	r->loop = loop;

	const struct skw_iface *first = skw_reader_iface(r->reader, 0);
	uint32_t snaplen = first && first->snaplen ? first->snaplen : SKW_SNAPLEN_MAX;

	/*
	 * The output's header must not state a lower limit than its packets can have: that is the
	 * limit of the input, or the user's if it is lower.
	 */
	r->kind.snaplen = snaplen < r->plan->snaplen ? snaplen : r->plan->snaplen;
	if (!first)
		return 0;
	r->kind.dlt = first->dlt;
	say_reading(r, first);
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
	return !r->done && (r->budget || r->has_packet);
}

/* Applies the filter to the packet. Returns 1 if it passes, 0 if not, or -errno. */
static int filter(struct skw_replay *r, struct skw_error *err)
{
	struct skw_packet *pkt = &r->packet;

	if (r->plan->filter[0]) {
		const struct skw_offline_filter *filter = filter_for(r, pkt->iface, pkt->dlt, err);

		if (!filter)
			return -EINVAL;
		if (!skw_offline_filter_match(filter, pkt))
			return 0;
	}
	if (pkt->caplen > r->plan->snaplen)
		pkt->caplen = r->plan->snaplen;
	pkt->from = skw_reader_iface(r->reader, pkt->iface);
	return 1;
}

/*
 * Ends the session at the end of the file or at a damaged place. The packets before it still count.
 */
static int end_of_file(struct skw_replay *r, int ret)
{
	r->done = true;
	/* If a signal interrupted the read, the file has not failed. */
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

/* Reads until a packet passes the filter or the budget is used up. Returns 0 or -errno. */
static int read_packet(struct skw_replay *r, struct skw_error *err)
{
	while (!r->has_packet && !r->done && r->budget) {
		int ret = skw_reader_next(r->reader, &r->packet, &r->read_error);

		r->budget--;
		if (r->sink_failure)
			return skw_error_set(err, r->sink_failure, "%s", r->sink_error.text);
		if (ret < 0 && !r->interrupted)
			skw_error_set(err, ret, "%s", r->read_error.text);
		if (ret <= 0)
			return end_of_file(r, ret);
		look_at_interfaces(r);
		ret = filter(r, err);
		if (ret < 0)
			return end_of_file(r, ret);
		r->has_packet = ret > 0;
	}
	return 0;
}

static int take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct skw_replay *r = ctx;

	(void)until_ns;
	for (;;) {
		int ret = read_packet(r, err);

		if (ret || !r->has_packet)
			return ret;
		ret = skw_loop_packets(r->loop, &r->packet, 1, err);
		/* The packet waits, or the sink wants no more. */
		if (ret <= 0)
			return ret;
		r->has_packet = false;
		if (skw_loop_is_over(r->loop))
			return 0;
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

static const struct skw_source_ops ops = {
	.prepare = prepare,
	.begin = begin,
	.look = look,
	.peek = peek,
	.take = take,
	.rest = rest,
	.quiesce = quiesce,
};

struct skw_source skw_replay_source(struct skw_replay *r)
{
	return (struct skw_source){ &ops, r };
}

int skw_replay_compile(const struct skw_replay_plan *plan, struct skw_offline_filter **out,
		       struct skw_error *err)
{
	struct skw_reader *reader = NULL;
	FILE *in;
	int ret = skw_input_open(plan->file, &in, err);

	if (!ret)
		ret = skw_reader_open(in, plan->file, &reader, err);
	if (ret)
		return ret;
	const struct skw_iface *first = skw_reader_iface(reader, 0);
	ret = skw_offline_filter_compile(plan->filter, first ? first->dlt : DLT_EN10MB,
					 plan->snaplen, true, out, err);
	skw_reader_close(reader);
	return ret;
}
