// SPDX-License-Identifier: BSD-2-Clause
#include "row/talks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_BITS 4
#define PARTS      (1U << PARTS_BITS)

void skw_talks_free(struct skw_talks *t)
{
	for (size_t i = 0; i < t->size; i++)
		free(t->all[i]);
	free(t->all);
	*t = (struct skw_talks){ 0 };
}

/* False: no memory. */
static bool grow(struct skw_talks *t, uint32_t slot)
{
	size_t size = (size_t)slot + slot / 2 + 64;
	struct skw_row_talk **more = reallocarray(t->all, size, sizeof(struct skw_row_talk *));

	if (!more)
		return false;
	memset(more + t->size, 0, (size - t->size) * sizeof(struct skw_row_talk *));
	t->all = more;
	t->size = size;
	return true;
}

static struct skw_row_talk **place_of(struct skw_talks *t, uint32_t slot)
{
	return slot < t->size || grow(t, slot) ? &t->all[slot] : NULL;
}

struct skw_row_talk *skw_talks_open(struct skw_talks *t, uint32_t slot, uint64_t cookie)
{
	struct skw_row_talk **place;

	if (slot < t->size && t->all[slot])
		return t->all[slot];
	place = t->len < SKW_TALKS_MAX ? place_of(t, slot) : NULL;
	if (place)
		*place = calloc(1, sizeof(**place));
	if (!place || !*place) {
		t->left_out++;
		return NULL;
	}
	t->len++;
	(*place)->cookie = cookie;
	(*place)->req_rate = (*place)->latency_p99_us = SKW_NONE64;
	return *place;
}

void skw_talks_drop(struct skw_talks *t, uint32_t slot)
{
	if (slot >= t->size || !t->all[slot])
		return;
	free(t->all[slot]);
	t->all[slot] = NULL;
	t->len--;
}

const struct skw_row_talk *skw_talks_copy(struct skw_talks *t, uint32_t slot,
					  const struct skw_row_talk *talk)
{
	struct skw_row_talk *copy = skw_talks_open(t, slot, talk->cookie);

	if (copy)
		*copy = *talk;
	return copy;
}

/* The small ones have a bucket each. */
static unsigned bucket_of(uint64_t us)
{
	unsigned power, place;

	if (us < PARTS)
		return (unsigned)us;
	power = 63U - (unsigned)__builtin_clzll(us);
	place = ((power - PARTS_BITS + 1) << PARTS_BITS) +
		(unsigned)(us >> (power - PARTS_BITS) & (PARTS - 1));
	return place < SKW_TALK_BUCKETS ? place : SKW_TALK_BUCKETS - 1;
}

static uint64_t middle_of(unsigned place)
{
	unsigned shift = (place >> PARTS_BITS) - 1;

	if (place < PARTS)
		return place;
	return (((uint64_t)PARTS + (place & (PARTS - 1))) << shift) + ((1ULL << shift) >> 1);
}

uint64_t skw_talks_quantile(const uint32_t *buckets, uint64_t count, uint64_t max_us,
			    unsigned percent)
{
	uint64_t want = (count * percent + 99) / 100, met = 0;

	for (unsigned i = 0; count && i < SKW_TALK_BUCKETS; i++) {
		met += buckets[i];
		/* The last bucket has no end. */
		if (met >= want)
			return i == SKW_TALK_BUCKETS - 1 || middle_of(i) > max_us ? max_us
										  : middle_of(i);
	}
	return SKW_NONE64;
}

static void add_latency(struct skw_row_talk *talk, uint64_t us)
{
	/* After 2^32 answers the old ones count half. */
	if (talk->answered == UINT32_MAX) {
		talk->answered = 0;
		for (unsigned i = 0; i < SKW_TALK_BUCKETS; i++)
			talk->answered += talk->buckets[i] /= 2;
	}
	talk->answered++;
	talk->buckets[bucket_of(us)]++;
	if (us > talk->max_us)
		talk->max_us = us;
}

static void keep(struct skw_row_talk *talk, const struct skw_message *m, uint32_t min_rtt_us)
{
	struct skw_row_request *r = &talk->last[talk->last_at];

	*r = (struct skw_row_request){
		.at_ns = m->request_first_ns,
		.latency_ns = SKW_NONE64,
		.error = m->error,
		.rtt_ns = min_rtt_us == SKW_NONE32 ? SKW_NONE64 : min_rtt_us * 1000ULL,
	};
	snprintf(r->kind, sizeof(r->kind), "%s", m->kind);
	snprintf(r->status, sizeof(r->status), "%s", m->status);
	if (m->outcome == SKW_MESSAGE_ANSWERED && m->latency_ns != SKW_MESSAGE_UNKNOWN) {
		r->latency_ns = m->latency_ns;
		r->request_ns = m->request_last_ns - m->request_first_ns;
		r->first_byte_ns = m->first_byte_ns;
		r->answer_ns = m->answer_last_ns - m->answer_first_ns;
	}
	talk->last_at = (uint8_t)((talk->last_at + 1) % SKW_TALK_LAST);
	talk->last_len += talk->last_len < SKW_TALK_LAST;
}

void skw_talks_count(struct skw_row_talk *talk, const struct skw_message *m, bool serves,
		     uint32_t min_rtt_us)
{
	if (m->outcome == SKW_MESSAGE_ORPHAN)
		return;
	talk->protocol = m->protocol;
	talk->serves = serves;
	talk->changed = true;
	talk->requests++;
	talk->errors += m->error;
	if (m->outcome == SKW_MESSAGE_ANSWERED && m->latency_ns != SKW_MESSAGE_UNKNOWN)
		add_latency(talk, m->latency_ns / 1000);
	keep(talk, m, min_rtt_us);
}

void skw_talks_tick(struct skw_talks *t, uint64_t ns)
{
	for (size_t i = 0; t->len && i < t->size; i++) {
		struct skw_row_talk *talk = t->all[i];

		if (!talk)
			continue;
		/* More than 10^9 requests in a tick don't happen. */
		talk->req_rate =
			ns ? ((talk->requests - talk->before) * 1000000000ULL + ns / 2) / ns
			   : SKW_NONE64;
		talk->before = talk->requests;
		if (talk->changed)
			talk->latency_p99_us =
				skw_talks_quantile(talk->buckets, talk->answered, talk->max_us, 99);
		talk->changed = false;
	}
}

bool skw_talks_split(const struct skw_row_talk *talk, const struct skw_row_request *r,
		     struct skw_talks_split *out)
{
	if (r->latency_ns == SKW_NONE64)
		return false;
	out->transfer_ns = r->request_ns + r->answer_ns;
	out->wait_ns = r->latency_ns;
	out->server_ns = r->first_byte_ns;
	out->network_ns = r->rtt_ns;
	if (r->rtt_ns == SKW_NONE64)
		return true;
	if (talk->serves) {
		out->wait_ns += r->rtt_ns;
		return true;
	}
	/* The round trip is in the time to the first byte of the answer. */
	if (out->network_ns > out->server_ns)
		out->network_ns = out->server_ns;
	out->server_ns -= out->network_ns;
	return true;
}
