// SPDX-License-Identifier: BSD-2-Clause
/* Records of the ring become pointers and lengths, or are refused. */
#include "capture/packet_rec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define FRAME_BYTES 64

/* A record like those of the kernel: the header, the headroom, the frame. */
struct sample {
	_Alignas(8) uint8_t bytes[sizeof(struct skw_packet_rec) + SKW_REC_HEADROOM + FRAME_BYTES];
};

static struct skw_packet_rec *rec_of(struct sample *s)
{
	return (struct skw_packet_rec *)s->bytes;
}

static struct sample make(uint32_t caplen, uint32_t len, uint8_t flags)
{
	struct sample s;
	struct skw_packet_rec *r = rec_of(&s);

	memset(&s, 0, sizeof(s));
	r->caplen = caplen;
	r->len = len;
	r->flags = flags;
	for (unsigned i = 0; i < SKW_REC_HEADROOM + FRAME_BYTES; i++)
		r->frame[i] = (uint8_t)i;
	return s;
}

static void an_untagged_frame_begins_behind_the_headroom(void **state)
{
	struct sample s = make(60, 1500, 0);
	struct skw_packet_frame out;

	(void)state;
	assert_int_equal(skw_packet_rec_decode(&s, sizeof(s.bytes), 0, &out), 0);
	assert_ptr_equal(out.rec, &s);
	assert_ptr_equal(out.frame, rec_of(&s)->frame + 4);
	assert_int_equal(out.caplen, 60);
	assert_int_equal(out.len, 1500);
}

static void a_tagged_frame_takes_the_headroom_and_is_longer(void **state)
{
	struct sample s = make(60, 1500, SKW_REC_TAGGED);
	struct skw_packet_frame out;

	(void)state;
	assert_int_equal(skw_packet_rec_decode(&s, sizeof(s.bytes), 0, &out), 0);
	assert_ptr_equal(out.frame, rec_of(&s)->frame);
	assert_int_equal(out.caplen, 64);
	assert_int_equal(out.len, 1504);
}

static void the_snapshot_length_cuts_after_the_tag_was_counted(void **state)
{
	struct sample s = make(60, 60, SKW_REC_TAGGED);
	struct skw_packet_frame out;

	(void)state;
	assert_int_equal(skw_packet_rec_decode(&s, sizeof(s.bytes), 60, &out), 0);
	assert_int_equal(out.caplen, 60);
	assert_int_equal(out.len, 64);
	assert_int_equal(skw_packet_rec_decode(&s, sizeof(s.bytes), 64, &out), 0);
	assert_int_equal(out.caplen, 64);
}

static void a_record_may_be_larger_than_its_frame_but_not_smaller(void **state)
{
	struct sample s = make(FRAME_BYTES, FRAME_BYTES, 0);
	struct skw_packet_frame out;

	(void)state;
	assert_int_equal(skw_packet_rec_decode(&s, sizeof(s.bytes), 0, &out), 0);
	assert_int_equal(skw_packet_rec_decode(&s, sizeof(s.bytes) - 1, 0, &out), -EBADMSG);
	s = make(0, 0, 0);
	size_t least = sizeof(struct skw_packet_rec) + SKW_REC_HEADROOM;
	assert_int_equal(skw_packet_rec_decode(&s, least, 0, &out), 0);
	for (size_t size = 0; size < least; size++)
		assert_int_equal(skw_packet_rec_decode(&s, size, 0, &out), -EBADMSG);
}

static void a_contradiction_is_refused_and_the_output_left_alone(void **state)
{
	const struct {
		uint32_t caplen, len;
		uint8_t flags;
	} bad[] = {
		{ FRAME_BYTES + 1, FRAME_BYTES + 1, 0 },
		{ 60, 59, 0 },
		{ UINT32_MAX, UINT32_MAX, 0 },
		{ 60, UINT32_MAX, SKW_REC_TAGGED },
		{ 60, 60, 0x04 },
		{ 60, 60, 0x81 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sample s = make(bad[i].caplen, bad[i].len, bad[i].flags);
		struct skw_packet_frame out = { .caplen = 77 };

		assert_int_equal(skw_packet_rec_decode(&s, sizeof(s.bytes), 0, &out), -EBADMSG);
		assert_int_equal(out.caplen, 77);
	}
}

static void a_late_packet_has_its_own_time(void **state)
{
	(void)state;
	struct sample s = make(40, 40, SKW_REC_LATE);
	const uint64_t own_ns = 12345;
	struct skw_packet_frame out;

	memcpy(s.bytes + sizeof(s.bytes) - sizeof(own_ns), &own_ns, sizeof(own_ns));
	assert_int_equal(skw_packet_rec_decode(&s, sizeof(s.bytes), 0, &out), 0);
	assert_int_equal(out.ts_ns, own_ns);

	/* The time takes room, too. */
	size_t least = sizeof(struct skw_packet_rec) + SKW_REC_HEADROOM + 40 + sizeof(own_ns);
	assert_int_equal(skw_packet_rec_decode(&s, least, 0, &out), 0);
	assert_int_equal(skw_packet_rec_decode(&s, least - 1, 0, &out), -EBADMSG);
	assert_int_equal(skw_packet_rec_decode(&s, sizeof(struct skw_packet_rec) + SKW_REC_HEADROOM,
					       0, &out),
			 -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_untagged_frame_begins_behind_the_headroom),
		cmocka_unit_test(a_tagged_frame_takes_the_headroom_and_is_longer),
		cmocka_unit_test(the_snapshot_length_cuts_after_the_tag_was_counted),
		cmocka_unit_test(a_late_packet_has_its_own_time),
		cmocka_unit_test(a_record_may_be_larger_than_its_frame_but_not_smaller),
		cmocka_unit_test(a_contradiction_is_refused_and_the_output_left_alone),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
