// SPDX-License-Identifier: BSD-2-Clause
/* The frame of messages, with a recogniser of its own: lines that begin with ?, = and !. */
#include "message/gather.h"
#include "message_world.h"

static const uint16_t ports[] = { 0 };

static enum skw_recogniser_verdict probe(const struct skw_recogniser_probe *p)
{
	for (unsigned d = 0; d < 2; d++)
		if (p->first[d].caplen && p->first[d].p[0] == '?')
			return d ? SKW_RECOGNISER_CLIENT_1 : SKW_RECOGNISER_CLIENT_0;
	return SKW_RECOGNISER_NO;
}

static int feed(struct skw_talk *t, void *state, bool from_client, struct skw_bytes b,
		uint64_t ts_ns)
{
	static uint64_t count;
	struct skw_bytes line;
	int ret = 0;

	(void)from_client;
	while (!ret && b.caplen && skw_gather_line(state, &b, &line)) {
		struct skw_talk_part part = { .id = SKW_TALK_OLDEST };

		skw_talk_part_add(&part, line.len, ts_ns);
		skw_talk_part_text(&part, line.p + 1, line.caplen - 2);
		if (line.p[0] == '=')
			ret = skw_talk_answer(t, &part);
		else if (line.p[0] == '!')
			ret = skw_talk_one_way(t, &part);
		else if (line.p[0] == '?') {
			part.id = ++count;
			ret = skw_talk_request(t, &part);
		} else {
			ret = SKW_RECOGNISER_WRONG;
		}
	}
	return ret;
}

static int hole(struct skw_talk *t, void *state, bool from_client, uint64_t len, uint64_t ts_ns)
{
	(void)state;
	(void)len;
	(void)ts_ns;
	if (!from_client)
		skw_talk_doubt(t);
	return 0;
}

static const struct skw_recogniser lines = { .name = "lines",
					     .tcp = true,
					     .ports = ports,
					     .state_size = sizeof(struct skw_gather),
					     .probe = probe,
					     .feed = feed,
					     .hole = hole };
static const struct skw_recogniser *const table[] = { &lines, NULL };

static void tell(const struct said *talk, size_t n, const char *text)
{
	struct world w = {
		.now_ns = WORLD_START_NS, .seq = { 5000, 1000 }, .port = 80, .client_port = 40000
	};
	const struct skw_messages_options opt = { .max_bytes = 1 << 20,
						  .recognisers = table,
						  .wanted = 1,
						  .take = world_line,
						  .ctx = &w.text };

	assert_int_equal(skw_messages_new(&opt, &w.m), 0);
	world_open(&w);
	for (size_t i = 0; i < n; i++)
		world_say(&w, &talk[i], 1400);
	assert_int_equal(skw_messages_stop(w.m), 0);
	skw_buf_add_char(&w.text, '\0');
	assert_string_equal((const char *)w.text.data, text);
	world_free(&w);
}

static void some_have_no_answer(void **state)
{
	static const struct said talk[] = { ASK("?a\n!b\n"), SAY("=c\n=d\n") };

	(void)state;
	tell(talk, 2,
	     "lines|b||one_way|3|0|-\n"
	     "lines|a|c|answered|3|3|1000\n"
	     "lines||d|orphan|0|3|-\n");
}

static void after_a_doubt_none_is_meant_for_certain(void **state)
{
	static const struct said talk[] = { ASK("?a\n?b\n"), SAY_LOST(3), SAY("=x\n") };
	static const struct said more[] = { ASK("?a\n?b\n"), SAY_LOST(6), ASK("?c\n"),
					    SAY("=x\n") };

	(void)state;
	tell(talk, 3,
	     "lines||x|orphan|0|3|-\n"
	     "lines|a||unanswered|3|0|-|holes 1\n"
	     "lines|b||unanswered|3|0|-|holes 1\n");
	tell(more, 4,
	     "lines|a||unanswered|3|0|-|holes 1\n"
	     "lines|b||unanswered|3|0|-|holes 1\n"
	     "lines|c|x|answered|3|3|1000\n");
}

static void nonsense_is_examined_again(void **state)
{
	static const struct said talk[] = { ASK("?a\n"), SAY("%\n"), ASK("?b\n"), SAY("=c\n") };

	(void)state;
	tell(talk, 4,
	     "lines|a||unanswered|3|0|-\n"
	     "lines|b|c|answered|3|3|1000\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_have_no_answer),
		cmocka_unit_test(after_a_doubt_none_is_meant_for_certain),
		cmocka_unit_test(nonsense_is_examined_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
