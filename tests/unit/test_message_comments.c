// SPDX-License-Identifier: BSD-2-Clause
/* Comments of messages reach the packets that end answers, however few a recorder takes at once. */
#include "sink/message_comments.h"

#include "loop/state.h"
#include "message_world.h"

#define QUESTIONS 200
#define PACKETS   (2 * QUESTIONS)
#define QUESTION  "\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1"

/* Questions and their answers by turns; every tenth answer is a failure. */
static struct frame frames[PACKETS];
static struct skw_packet packets[PACKETS];

static void make_packet(unsigned i)
{
	bool answer = i % 2;
	unsigned number = i / 2 + 1;
	const uint8_t head[] = { (uint8_t)(number >> 8), (uint8_t)number, answer ? 0x81 : 1,
				 answer ? number % 10 ? 0x80 : 0x82 : 0 };
	struct frame *f = &frames[i];

	f->n = 0;
	put_ipv4(f, IPPROTO_UDP, 8 + sizeof(head) + sizeof(QUESTION) - 1, 0);
	if (answer)
		memcpy(f->bytes + 12, DST4 SRC4, 8);
	put16(f, answer ? 53 : 40000);
	put16(f, answer ? 40000 : 53);
	put16(f, 8 + sizeof(head) + sizeof(QUESTION) - 1);
	put16(f, 0);
	put(f, head, sizeof(head));
	put(f, QUESTION, sizeof(QUESTION) - 1);
	packets[i] = (struct skw_packet){ .ts_ns = WORLD_START_NS + i * 1500000ULL,
					  .data = f->bytes,
					  .caplen = f->n,
					  .len = f->n,
					  .dlt = DLT_RAW };
}

/* ---- a recorder that takes few packets ---- */

struct recorder {
	const size_t *takes; /* at each call, until 0 ends the list, which then begins again */
	size_t call, calls, taken;
};

static void check_packet(const struct skw_packet *pkt, size_t i)
{
	unsigned number = (unsigned)i / 2 + 1;

	assert_ptr_equal(pkt->data, frames[i].bytes);
	if (i % 2 == 0) {
		assert_null(pkt->remark);
		assert_null(pkt->news);
	} else if (number % 10) {
		assert_string_equal(pkt->remark, "DNS NoError in 1.5 ms");
		assert_null(pkt->news);
	} else {
		assert_string_equal(pkt->remark, "DNS ServFail in 1.5 ms");
		assert_non_null(pkt->news);
		assert_non_null(strstr(pkt->news, "DNS ServFail in 1.5 ms: A example.com, "));
	}
}

static int record(void *ctx, const struct skw_packet *run, size_t n, bool wait,
		  struct skw_error *err)
{
	struct recorder *r = ctx;
	size_t takes = r->takes[r->call++ % r->calls];

	(void)wait;
	(void)err;
	takes = takes < n ? takes : n;
	for (size_t i = 0; i < takes; i++)
		check_packet(&run[i], r->taken++);
	return (int)takes;
}

static int tell(void *ctx, const struct skw_message *m)
{
	const struct skw_message_lines *l = ctx;

	l->told(l->told_ctx, m);
	return 0;
}

static void record_all(const size_t *takes, size_t calls, size_t most)
{
	static const struct skw_sink_ops ops = { .packets = record };
	static struct skw_message_comments comments;
	struct recorder recorder = { .takes = takes, .calls = calls };
	struct skw_loop loop = { 0 };
	struct skw_message_lines lines = { .loop = &loop };
	struct skw_tee tee = { .loop = &loop };
	const struct skw_messages_options opt = { .max_bytes = 1 << 24,
						  .recognisers = skw_recognisers,
						  .wanted = UINT64_MAX,
						  .take = tell,
						  .ctx = &lines };
	struct skw_error err;

	assert_int_equal(skw_messages_new(&opt, &lines.messages), 0);
	skw_tee_add(&tee, (struct skw_sink){ &ops, &recorder });
	comments = (struct skw_message_comments){ .tee = &tee, .lines = &lines };
	skw_message_comments_begin(&comments);
	struct skw_sink sink = skw_tee_sink(&tee);

	for (size_t at = 0; at < PACKETS;) {
		size_t n = PACKETS - at < most ? PACKETS - at : most;
		int ret = sink.ops->packets(sink.ctx, packets + at, n, false, &err);

		assert_true(ret >= 0);
		at += (size_t)ret;
		assert_int_equal(at, recorder.taken);
	}
	assert_int_equal(skw_messages_figures(lines.messages)->messages, QUESTIONS);
	assert_int_equal(comments.left_out, 0);
	skw_messages_free(lines.messages);
}

static void a_recorder_takes_what_it_can(void **state)
{
	static const size_t all[] = { PACKETS }, few[] = { 3, 0, 1, 7, 0, 0, 31, 32, 40 };
	static const size_t one[] = { 1, 0 };

	(void)state;
	for (unsigned i = 0; i < PACKETS; i++)
		make_packet(i);
	record_all(all, SKW_ARRAY_SIZE(all), PACKETS);
	record_all(few, SKW_ARRAY_SIZE(few), PACKETS);
	record_all(few, SKW_ARRAY_SIZE(few), 5);
	record_all(one, SKW_ARRAY_SIZE(one), 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recorder_takes_what_it_can),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
