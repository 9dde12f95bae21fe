// SPDX-License-Identifier: BSD-2-Clause
/* How the owners of packets get into a pcapng file. */
#include "sink/record/record_owners.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/packet_owner.h"
#include "pcap/pcapng.h"

static const struct skw_packet_owner nginx = { .id = 1,
					       .place = 7,
					       .pid = 4100,
					       .name = "nginx[4100]",
					       .text = "nginx[4100] /web",
					       .comm = "nginx" };
static const struct skw_packet_owner curl = {
	.id = 2, .place = 8, .pid = 4200, .name = "curl[4200]", .text = "curl[4200]", .comm = "curl"
};

/* nginx[4100] /web as an option. */
#define COMMENT     "\1\0\x10\0nginx[4100] /web"
#define COMMENT_LEN (sizeof(COMMENT) - 1)

static struct skw_record_owners *begin(enum skw_owner_comments comments)
{
	struct skw_record_owners *o = skw_record_owners_new(comments);

	assert_non_null(o);
	skw_record_owners_begin(o);
	return o;
}

static size_t take(struct skw_record_owners *o, const struct skw_packet *pkt,
		   const struct skw_pcapng_owner *owners[2], struct skw_buf *blocks)
{
	size_t before = blocks->len;

	assert_int_equal(skw_record_owners_of(o, pkt, owners, blocks), 0);
	return blocks->len - before;
}

static void a_process_is_written_once_in_each_section(void **state)
{
	/* Type, length, process, option of its name, end of options, length. */
	static const uint8_t process[] = "\1\0\0\x80\x20\0\0\0\x04\x10\0\0\2\0\5\0nginx\0\0\0"
					 "\0\0\0\0\x20\0\0";
	struct skw_record_owners *o = begin(SKW_OWNER_COMMENTS_ALL);
	const struct skw_packet pkt = { .sender = &nginx, .connection = 1 };
	const struct skw_packet both = { .sender = &curl, .receiver = &nginx, .connection = 1 };
	const struct skw_pcapng_owner *owners[2];
	struct skw_buf blocks = SKW_BUF_INIT;

	(void)state;
	assert_int_equal(take(o, &pkt, owners, &blocks), sizeof(process));
	assert_memory_equal(blocks.data, process, sizeof(process));
	assert_int_equal(owners[0]->pid, 4100);
	assert_int_equal(owners[0]->process, 0);
	assert_null(owners[1]);
	assert_int_equal(take(o, &pkt, owners, &blocks), 0);
	assert_int_not_equal(take(o, &both, owners, &blocks), 0);
	assert_int_equal(owners[0]->process, 1);
	assert_int_equal(owners[1]->process, 0);
	skw_record_owners_begin(o);
	assert_int_equal(take(o, &pkt, owners, &blocks), sizeof(process));
	assert_int_equal(owners[0]->process, 0);
	skw_buf_free(&blocks);
	skw_record_owners_free(o);
}

static void every_packet_has_a_comment(void **state)
{
	struct skw_record_owners *o = begin(SKW_OWNER_COMMENTS_ALL);
	const struct skw_packet pkt = { .receiver = &nginx };
	const struct skw_pcapng_owner *owners[2];
	struct skw_buf blocks = SKW_BUF_INIT;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		take(o, &pkt, owners, &blocks);
		assert_null(owners[0]);
		assert_int_equal(owners[1]->comment_len, COMMENT_LEN);
		assert_memory_equal(owners[1]->comment, COMMENT, COMMENT_LEN);
	}
	skw_buf_free(&blocks);
	skw_record_owners_free(o);
}

static void the_first_packet_of_a_connection_has_a_comment(void **state)
{
	struct skw_record_owners *o = begin(SKW_OWNER_COMMENTS_FIRST);
	struct skw_packet pkt = { .sender = &nginx, .receiver = &curl, .connection = 1 };
	const struct skw_pcapng_owner *owners[2];
	struct skw_buf blocks = SKW_BUF_INIT;

	(void)state;
	take(o, &pkt, owners, &blocks);
	assert_int_equal(owners[0]->comment_len, COMMENT_LEN);
	assert_true(owners[1]->comment_len > 0);
	take(o, &pkt, owners, &blocks);
	assert_int_equal(owners[0]->comment_len, 0);
	assert_int_equal(owners[0]->pid, 4100);
	assert_int_equal(owners[1]->comment_len, 0);
	pkt.connection = 2;
	take(o, &pkt, owners, &blocks);
	assert_int_equal(owners[0]->comment_len, COMMENT_LEN);
	pkt.connection = 1;
	take(o, &pkt, owners, &blocks);
	assert_int_equal(owners[0]->comment_len, 0);
	skw_record_owners_begin(o);
	take(o, &pkt, owners, &blocks);
	assert_int_equal(owners[0]->comment_len, COMMENT_LEN);
	skw_buf_free(&blocks);
	skw_record_owners_free(o);
}

static void without_comments_the_process_stays(void **state)
{
	struct skw_record_owners *o = begin(SKW_OWNER_COMMENTS_NONE);
	const struct skw_packet pkt = { .sender = &nginx, .connection = 1 };
	const struct skw_pcapng_owner *owners[2];
	struct skw_buf blocks = SKW_BUF_INIT;

	(void)state;
	assert_true(take(o, &pkt, owners, &blocks) > 0);
	assert_int_equal(owners[0]->comment_len, 0);
	assert_int_equal(owners[0]->pid, 4100);
	skw_buf_free(&blocks);
	skw_record_owners_free(o);
}

/* Another owner in the same place, such as a process with a new name. */
static void a_place_is_used_again(void **state)
{
	struct skw_record_owners *o = begin(SKW_OWNER_COMMENTS_ALL);
	const struct skw_packet_owner renamed = {
		.id = 3, .place = 7, .pid = 4100, .text = "sh[4100]", .comm = "sh"
	};
	struct skw_packet pkt = { .sender = &nginx };
	const struct skw_pcapng_owner *owners[2];
	struct skw_buf blocks = SKW_BUF_INIT;

	(void)state;
	take(o, &pkt, owners, &blocks);
	pkt.sender = &renamed;
	assert_true(take(o, &pkt, owners, &blocks) > 0);
	assert_int_equal(owners[0]->process, 1);
	assert_memory_equal(owners[0]->comment + 4, "sh[4100]", 8);
	skw_buf_free(&blocks);
	skw_record_owners_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_written_once_in_each_section),
		cmocka_unit_test(every_packet_has_a_comment),
		cmocka_unit_test(the_first_packet_of_a_connection_has_a_comment),
		cmocka_unit_test(without_comments_the_process_stays),
		cmocka_unit_test(a_place_is_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
