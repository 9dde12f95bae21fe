// SPDX-License-Identifier: BSD-2-Clause
#include "flow/payload/reassembly.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/segment.h"

/* No window is larger (RFC 7323, section 2.2), so nothing that is further ahead was sent. */
#define FAR_AHEAD (1U << 30)
/* Nothing that is sent again is further behind. */
#define FAR_BEHIND (1U << 26)
/* After this number of such segments in a row, the stream goes on where they are. */
#define STRANGE_MAX 8
/* The memory allocator needs this for each. */
#define EXTRA_BYTES 16

/* Bytes that wait for others before them. */
struct skw_reassembly_waiting {
	struct skw_reassembly_waiting *next;
	uint64_t ts_ns;
	uint32_t seq, end;
	uint32_t caplen; /* the rest up to `end` was not captured */
	uint8_t data[];
};

/* ---- handing on ---- */

static int hand_bytes(const struct skw_reassembly_env *env, const uint8_t *data, uint32_t len,
		      uint64_t ts_ns)
{
	env->figures->bytes += len;
	return env->take(env->ctx, &(struct skw_payload_piece){ data, len, ts_ns, env->now_ns });
}

static int hand_hole(const struct skw_reassembly_env *env, uint64_t len)
{
	env->figures->holes++;
	if (len != SKW_PAYLOAD_LEN_UNKNOWN)
		env->figures->missing_bytes += len;
	return env->take(env->ctx,
			 &(struct skw_payload_piece){ NULL, len, env->now_ns, env->now_ns });
}

/* Hands on the part of a segment that begins at r->next and ends at `to`. */
static int hand_part(struct skw_reassembly *r, const struct skw_reassembly_segment *s, uint32_t to,
		     uint64_t ts_ns, const struct skw_reassembly_env *env)
{
	uint32_t at = r->next - s->seq, n = to - r->next;
	uint32_t there = at < s->caplen ? s->caplen - at : 0;
	int ret = 0;

	if (there > n)
		there = n;
	r->next = to;
	if (there)
		ret = hand_bytes(env, s->data + at, there, ts_ns);
	if (!ret && there < n)
		ret = hand_hole(env, n - there);
	return ret;
}

static int hand_first(struct skw_reassembly *r, const struct skw_reassembly_env *env)
{
	struct skw_reassembly_waiting *w = r->first;
	const struct skw_reassembly_segment s = { .data = w->data,
						  .seq = w->seq,
						  .caplen = w->caplen };

	r->first = w->next;
	if (!r->first)
		r->last = NULL;
	r->bytes -= sizeof(*w) + EXTRA_BYTES + w->caplen;
	r->waiting--;

	int ret = hand_part(r, &s, w->end, w->ts_ns, env);

	free(w);
	return ret;
}

/* Hands on what has no hole before it any more. */
static int hand_ready(struct skw_reassembly *r, const struct skw_reassembly_env *env)
{
	int ret = 0;

	while (!ret && r->first && r->first->seq == r->next) {
		ret = hand_first(r, env);
		/* The next hole has waited since its own first segment came. */
		r->since_ns = r->first ? r->first->ts_ns : env->now_ns;
	}
	return ret;
}

/* Gives up the bytes before `to`, and hands on what follows them. */
static int skip_to(struct skw_reassembly *r, uint32_t to, const struct skw_reassembly_env *env)
{
	uint32_t len = to - r->next;

	r->next = to;

	int ret = hand_hole(env, len);

	return ret ? ret : hand_ready(r, env);
}

/* ---- segments ---- */

static int take_in_order(struct skw_reassembly *r, const struct skw_reassembly_segment *s,
			 uint32_t end, const struct skw_reassembly_env *env)
{
	int ret = 0;

	while (!ret && skw_segment_before(r->next, end)) {
		uint32_t to = end;

		if (r->first && skw_segment_before(r->first->seq, to))
			to = r->first->seq;
		ret = hand_part(r, s, to, env->now_ns, env);
		if (!ret)
			ret = hand_ready(r, env);
	}
	return ret;
}

/* Puts a part of a segment behind `before`; NULL: before all others. */
static int wait_part(struct skw_reassembly *r, struct skw_reassembly_waiting *before,
		     const struct skw_reassembly_segment *s, uint32_t from, uint32_t to,
		     uint64_t now_ns)
{
	uint32_t at = from - s->seq, there = at < s->caplen ? s->caplen - at : 0;
	struct skw_reassembly_waiting *w;

	if (there > to - from)
		there = to - from;
	w = malloc(sizeof(*w) + there);
	if (!w)
		return -ENOMEM;
	w->ts_ns = now_ns;
	w->seq = from;
	w->end = to;
	w->caplen = there;
	if (there)
		memcpy(w->data, s->data + at, there);
	w->next = before ? before->next : r->first;
	*(before ? &before->next : &r->first) = w;
	if (!w->next)
		r->last = w;
	r->bytes += sizeof(*w) + EXTRA_BYTES + there;
	r->waiting++;
	return 0;
}

/* The last one that begins before this number; NULL: none does. */
static struct skw_reassembly_waiting *waiting_before(struct skw_reassembly *r, uint32_t seq)
{
	struct skw_reassembly_waiting *found = NULL, *w = r->first;

	/* Most come behind all others. */
	if (r->last && skw_segment_before(r->last->seq, seq))
		return r->last;
	for (; w && skw_segment_before(w->seq, seq); w = w->next)
		found = w;
	return found;
}

static int take_early(struct skw_reassembly *r, const struct skw_reassembly_segment *s,
		      uint32_t end, uint64_t now_ns)
{
	uint32_t from = s->seq;

	if (!r->first)
		r->since_ns = now_ns;
	while (skw_segment_before(from, end)) {
		struct skw_reassembly_waiting *before = waiting_before(r, from + 1);
		struct skw_reassembly_waiting *after = before ? before->next : r->first;
		uint32_t to = after && skw_segment_before(after->seq, end) ? after->seq : end;

		if (before && skw_segment_before(from, before->end)) {
			from = before->end;
			continue;
		}

		int ret = wait_part(r, before, s, from, to, now_ns);

		if (ret)
			return ret;
		from = to;
	}
	return 0;
}

static bool waits_too_long(const struct skw_reassembly *r, const struct skw_reassembly_env *env)
{
	const struct skw_reassembly_limits *l = env->limits;

	if (!r->first)
		return false;
	return r->bytes > l->bytes || r->waiting > l->segments ||
	       (env->now_ns != UINT64_MAX && r->since_ns != UINT64_MAX &&
		env->now_ns > r->since_ns && env->now_ns - r->since_ns > l->ns);
}

static int keep_limits(struct skw_reassembly *r, const struct skw_reassembly_env *env)
{
	int ret = 0;

	while (!ret && waits_too_long(r, env))
		ret = skip_to(r, r->first->seq, env);
	return ret;
}

/* Where the numbers of a stream make no sense any more, it goes on at the newest. */
static int take_strange(struct skw_reassembly *r, const struct skw_reassembly_segment *s,
			const struct skw_reassembly_env *env)
{
	env->figures->strange++;
	if (++r->strange < STRANGE_MAX)
		return 0;

	int ret = skw_reassembly_flush(r, env);

	r->next = s->seq;
	r->fin_known = false;
	r->strange = 0;
	return ret ? ret : hand_hole(env, SKW_PAYLOAD_LEN_UNKNOWN);
}

bool skw_reassembly_is_near(const struct skw_reassembly *r, uint32_t seq)
{
	return seq - r->next < FAR_AHEAD || r->next - seq < FAR_BEHIND;
}

/* Bytes behind the FIN are none of the stream. */
static uint32_t end_of(const struct skw_reassembly *r, const struct skw_reassembly_segment *s)
{
	uint32_t end = s->seq + s->len;

	return r->fin_known && skw_segment_before(r->fin, end) ? r->fin : end;
}

static void note_fin(struct skw_reassembly *r, const struct skw_reassembly_segment *s)
{
	uint32_t at = s->seq + s->len;

	if (!s->fin || r->fin_known || skw_segment_before(at, r->next) ||
	    (r->last && skw_segment_before(at, r->last->end)))
		return;
	r->fin = at;
	r->fin_known = true;
}

int skw_reassembly_take(struct skw_reassembly *r, const struct skw_reassembly_segment *s,
			const struct skw_reassembly_env *env)
{
	int ret = 0;

	skw_reassembly_start(r, s->seq);
	if (!s->len && !s->fin)
		return keep_limits(r, env);
	if (s->len > FAR_AHEAD || !skw_reassembly_is_near(r, s->seq)) {
		ret = take_strange(r, s, env);
		if (ret || r->next != s->seq)
			return ret;
	}
	r->strange = 0;
	note_fin(r, s);

	uint32_t end = end_of(r, s), next = r->next;

	if (skw_segment_before(s->seq, next))
		env->figures->again_bytes += skw_segment_before(end, next) ? s->len : next - s->seq;
	if (!skw_segment_before(next, s->seq)) {
		ret = take_in_order(r, s, end, env);
	} else if (skw_segment_before(s->seq, end)) {
		env->figures->early++;
		ret = take_early(r, s, end, env->now_ns);
	}
	return ret ? ret : keep_limits(r, env);
}

/* ---- */

void skw_reassembly_start(struct skw_reassembly *r, uint32_t seq)
{
	if (r->started)
		return;
	r->started = true;
	r->next = seq;
}

int skw_reassembly_acked(struct skw_reassembly *r, uint32_t ack,
			 const struct skw_reassembly_env *env)
{
	int ret = 0;

	skw_reassembly_start(r, ack);
	if (r->fin_known && skw_segment_before(r->fin, ack))
		ack = r->fin;
	if (ack - r->next >= FAR_AHEAD)
		return keep_limits(r, env);
	while (!ret && skw_segment_before(r->next, ack)) {
		bool within = r->first && skw_segment_before(r->first->seq, ack);

		ret = skip_to(r, within ? r->first->seq : ack, env);
	}
	return ret ? ret : keep_limits(r, env);
}

int skw_reassembly_flush(struct skw_reassembly *r, const struct skw_reassembly_env *env)
{
	int ret = 0;

	while (!ret && r->first)
		ret = skip_to(r, r->first->seq, env);
	return ret;
}

bool skw_reassembly_is_done(const struct skw_reassembly *r)
{
	return r->fin_known && !skw_segment_before(r->next, r->fin);
}

void skw_reassembly_free(struct skw_reassembly *r)
{
	for (struct skw_reassembly_waiting *w = r->first, *next; w; w = next) {
		next = w->next;
		free(w);
	}
	*r = (struct skw_reassembly){ 0 };
}
