// SPDX-License-Identifier: BSD-2-Clause
#include "flow/stream.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SENT 4
/* Segments overtake each other within this time, unless round-trip times tell a better one. */
#define OVERTAKE_NS 3000000
#define NEAR_NS     1000000

/* The purpose of a segment beside its data. */
enum segment_kind {
	ORDINARY,
	KEEPALIVE,
	PROBE, /* of a window that is closed */
};

static bool at_most(uint32_t a, uint32_t b)
{
	return !skw_segment_before(b, a);
}

/* The time from `then` to `now`, all ones if it is unknown or the clock went back. */
static uint64_t since(uint64_t then, uint64_t now)
{
	if (then == SKW_PACKET_TIME_UNKNOWN || now == SKW_PACKET_TIME_UNKNOWN || now < then)
		return UINT64_MAX;
	return now - then;
}

static enum segment_kind kind_of(const struct skw_stream *from, const struct skw_stream *to,
				 const struct skw_segment *s)
{
	if (!from->seen)
		return ORDINARY;
	if (s->len == 1 && s->seq == from->next && to->seen && !to->window)
		return PROBE;
	if (s->flags & (TH_SYN | TH_FIN | TH_RST))
		return ORDINARY;
	return s->len <= 1 && s->seq == from->next - 1 ? KEEPALIVE : ORDINARY;
}

/* The least time from a loss to the answer of the sender. */
static uint64_t round_trip(const struct skw_stream *from, const struct skw_stream *to,
			   uint64_t first_rtt_ns)
{
	uint64_t least = from->rtt.min_ns + to->rtt.min_ns;

	if (!from->rtt.count || !to->rtt.count)
		return first_rtt_ns ? first_rtt_ns : OVERTAKE_NS;
	/* Between hosts that are this near, being late takes as long as a round trip. */
	return least < first_rtt_ns && first_rtt_ns < NEAR_NS ? first_rtt_ns : least;
}

/* A segment that begins before the end of all that was captured. */
static enum skw_stream_verdict judge_old(const struct skw_stream *from, const struct skw_stream *to,
					 const struct skw_segment *s, uint64_t first_rtt_ns)
{
	const struct skw_gap *gap = skw_gaps_find(&from->gaps, s->seq, s->end);
	uint64_t missed_ns = gap ? gap->noticed_ns : from->next_ns;

	if (!gap && !skw_segment_before(s->seq, from->first))
		return SKW_STREAM_SENT_AGAIN;
	return since(missed_ns, s->ts_ns) < round_trip(from, to, first_rtt_ns)
		       ? SKW_STREAM_OUT_OF_ORDER
		       : SKW_STREAM_SENT_AGAIN;
}

static enum skw_stream_verdict judge(const struct skw_stream *from, const struct skw_stream *to,
				     const struct skw_segment *s, uint64_t first_rtt_ns,
				     enum segment_kind kind)
{
	if (!from->seen || s->end == s->seq || kind == KEEPALIVE)
		return SKW_STREAM_NEW;
	if (s->len && to->acks && at_most(s->seq + s->len, to->ack))
		return SKW_STREAM_SENT_AGAIN;
	/* The byte before was a probe of the window. */
	if (!skw_segment_before(s->seq, from->next) || (s->len > 1 && s->seq == from->next - 1))
		return SKW_STREAM_NEW;
	return judge_old(from, to, s, first_rtt_ns);
}

/* ---- round-trip times ---- */

static struct skw_stream_sent *sent_at(const struct skw_stream *s, uint16_t i)
{
	return &s->sent[(s->sent_first + i) & (s->sent_size - 1)];
}

static int grow(struct skw_stream *s)
{
	uint16_t size = s->sent_size ? (uint16_t)(2 * s->sent_size) : FIRST_SENT;
	struct skw_stream_sent *sent = calloc(size, sizeof(*sent));

	if (!sent)
		return -ENOMEM;
	for (uint16_t i = 0; i < s->sent_len; i++)
		sent[i] = *sent_at(s, i);
	free(s->sent);
	s->sent = sent;
	s->sent_size = size;
	s->sent_first = 0;
	return 0;
}

static int note_sent(struct skw_stream *from, const struct skw_segment *s)
{
	int ret = 0;

	if (s->ts_ns == SKW_PACKET_TIME_UNKNOWN || from->sent_len == SKW_STREAM_SENT)
		return 0;
	if (from->sent_len == from->sent_size)
		ret = grow(from);
	if (ret)
		return ret;
	from->sent_len++;
	*sent_at(from, (uint16_t)(from->sent_len - 1)) =
		(struct skw_stream_sent){ .ts_ns = s->ts_ns, .end = s->end, .tsval = s->tsval };
	return 0;
}

/* From here on, an acknowledgment does not tell which of both segments has arrived. */
static void note_sent_again(struct skw_stream *from, const struct skw_segment *s)
{
	from->doubtful = true;
	from->doubtful_to = from->next;
	if (!s->timestamps || s->ts_ns == SKW_PACKET_TIME_UNKNOWN)
		return;
	from->again[from->again_next++ % SKW_STREAM_AGAIN] =
		(struct skw_stream_sent){ .ts_ns = s->ts_ns, .end = s->end, .tsval = s->tsval };
}

/* The segment that was sent again and whose timestamp the acknowledgment returns. */
static const struct skw_stream_sent *find_echoed(const struct skw_stream *s,
						 const struct skw_segment *ack)
{
	const struct skw_stream_sent *found = NULL;

	for (unsigned i = 0; i < SKW_STREAM_AGAIN; i++) {
		const struct skw_stream_sent *a = &s->again[i];

		if (a->ts_ns && a->tsval == ack->tsecr && at_most(a->end, ack->ack) &&
		    (!found || skw_segment_before(found->end, a->end)))
			found = a;
	}
	return found;
}

/* Takes what is acknowledged out of the ring. Returns whether there was any; *out is the last. */
static bool take_acked(struct skw_stream *s, uint32_t ack, struct skw_stream_sent *out)
{
	bool any = false;

	while (s->sent_len && at_most(sent_at(s, 0)->end, ack)) {
		*out = *sent_at(s, 0);
		s->sent_first = (uint16_t)((s->sent_first + 1) & (s->sent_size - 1));
		s->sent_len--;
		any = true;
	}
	return any;
}

static int add_time(struct skw_stream *s, uint64_t then_ns, uint64_t now_ns)
{
	uint64_t ns = since(then_ns, now_ns);

	return ns == UINT64_MAX ? 0 : skw_wire_rtt_add(&s->rtt, ns);
}

static int time_doubtful(struct skw_stream *s, const struct skw_stream_sent *acked,
			 const struct skw_segment *ack)
{
	const struct skw_stream_sent *again = find_echoed(s, ack);
	bool first = acked && acked->tsval == ack->tsecr;

	/* Both were sent within one tick of the sender's clock. */
	if (again && first)
		return 0;
	if (again)
		return add_time(s, again->ts_ns, ack->ts_ns);
	return first ? add_time(s, acked->ts_ns, ack->ts_ns) : 0;
}

/* An acknowledgment of what the stream has sent. */
static int take_ack(struct skw_stream *s, const struct skw_segment *ack, bool advances)
{
	struct skw_stream_sent acked;
	bool any = take_acked(s, ack->ack, &acked);
	bool doubtful = s->doubtful;
	int ret = 0;

	if (!advances)
		return 0;
	if (s->doubtful && at_most(s->doubtful_to, ack->ack))
		s->doubtful = false;
	/* Where a hole was filled, what came behind the hole has waited for it at the other end. */
	if (doubtful && ack->timestamps)
		ret = time_doubtful(s, any ? &acked : NULL, ack);
	else if (!doubtful && any)
		ret = add_time(s, acked.ts_ns, ack->ts_ns);
	for (unsigned i = 0; i < SKW_STREAM_AGAIN; i++)
		if (at_most(s->again[i].end, ack->ack))
			s->again[i].ts_ns = 0;
	return ret;
}

/* ---- */

/* Data that leads further than all before. */
static int note_data(struct skw_stream *from, const struct skw_segment *s)
{
	int ret = 0;

	if (from->seen && skw_segment_before(from->next, s->seq))
		ret = skw_gaps_add(&from->gaps, from->next, s->seq, s->ts_ns);
	from->next = s->end;
	from->next_ns = s->ts_ns;
	return ret;
}

/* The other end has these data, also if they were not captured. */
static void note_sacks(struct skw_stream *s, const struct skw_segment *ack)
{
	for (uint8_t i = 0; i < ack->sacks; i++)
		if (skw_segment_before(ack->sack[i].from, ack->sack[i].to))
			skw_gaps_fill(&s->gaps, ack->sack[i].from, ack->sack[i].to);
}

static void note_answer(struct skw_stream *from, struct skw_stream *to, const struct skw_segment *s)
{
	if (s->flags & TH_ACK) {
		from->acks = true;
		from->ack = s->ack;
		note_sacks(to, s);
		skw_gaps_fill_before(&to->gaps, s->ack);
	}
	from->window = s->window;
	from->seen = true;
}

/* Notes the data of a segment after it was judged. */
static int note_segment(struct skw_stream *from, const struct skw_segment *s,
			enum skw_stream_verdict verdict, enum segment_kind kind)
{
	bool advances = !from->seen || skw_segment_before(from->next, s->end);
	int ret = 0;

	if (!from->seen)
		from->first = s->seq;
	if (verdict == SKW_STREAM_SENT_AGAIN)
		from->sent_again++;
	if (verdict == SKW_STREAM_OUT_OF_ORDER)
		from->out_of_order++;
	if (advances && kind != PROBE)
		ret = note_data(from, s);
	if (verdict != SKW_STREAM_NEW) {
		skw_gaps_fill(&from->gaps, s->seq, s->end);
		note_sent_again(from, s);
	} else if (!ret && advances && kind != PROBE && s->end != s->seq) {
		ret = note_sent(from, s);
	}
	return ret;
}

int skw_stream_take(struct skw_stream *from, struct skw_stream *to, const struct skw_segment *s,
		    uint64_t first_rtt_ns)
{
	enum segment_kind kind = kind_of(from, to, s);
	enum skw_stream_verdict verdict = judge(from, to, s, first_rtt_ns, kind);
	int ret = note_segment(from, s, verdict, kind);

	if (!ret && (s->flags & TH_ACK))
		ret = take_ack(to, s, !from->acks || skw_segment_before(from->ack, s->ack));
	note_answer(from, to, s);
	return ret ? ret : (int)verdict;
}

size_t skw_stream_memory(const struct skw_stream *s)
{
	return s->sent_size * sizeof(*s->sent) + s->rtt.size * sizeof(*s->rtt.buckets) +
	       skw_gaps_memory(&s->gaps);
}

void skw_stream_free(struct skw_stream *s)
{
	free(s->sent);
	skw_wire_rtt_free(&s->rtt);
	skw_gaps_free(&s->gaps);
	*s = (struct skw_stream){ 0 };
}
