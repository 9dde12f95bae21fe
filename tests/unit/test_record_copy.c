// SPDX-License-Identifier: BSD-2-Clause
/* Blocks on their way into files: those that find no room, files of a rotation, own sections. */
#include "sink/record/record_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/dlt.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop/state.h"
#include "memory_stream.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_write.h"
#include "pcap/reader.h"
#include "sink/record/record_format.h"
#include "sink/record/recorder.h"
#include "util/cleanup.h"

#define DEADLINE_S 60 /* kills a test that hangs; no test waits for it */
#define LARGE      (15u << 20)

/* The output of a test goes through a pipe, which nobody reads before read_all(). */
struct output {
	struct skw_out *out;
	int fd;
};

static struct output open_output(void)
{
	const struct skw_out_options how = { .notify_fd = -1 };
	struct output o = { 0 };
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(skw_out_new(&how, &o.out), 0);
	assert_int_equal(skw_out_open(o.out, fds[1]), 0);
	o.fd = fds[0];
	return o;
}

struct reading {
	int fd;
	struct skw_buf got;
};

static void *read_thread(void *arg)
{
	struct reading *r = arg;
	uint8_t bytes[65536];
	ssize_t n;

	while ((n = read(r->fd, bytes, sizeof(bytes))) > 0)
		skw_buf_add(&r->got, bytes, (size_t)n);
	return NULL;
}

/* A block of a little-endian section. Its body is all `fill`, but for the first words. */
static struct skw_raw_block block(struct skw_buf *b, uint32_t type, const void *body, size_t len,
				  char fill, size_t total)
{
	const uint32_t n = (uint32_t)total;

	skw_buf_reset(b);
	skw_buf_add(b, &type, sizeof(type));
	skw_buf_add(b, &n, sizeof(n));
	skw_buf_add(b, body, len);
	uint8_t *p = skw_buf_reserve(b, total - 12 - len);
	assert_non_null(p);
	memset(p, fill, total - 12 - len);
	b->len = total - 4;
	skw_buf_add(b, &n, sizeof(n));
	return (struct skw_raw_block){ b->data, n, type, false, false };
}

static struct skw_raw_block section(struct skw_buf *b)
{
	const uint32_t body[] = { SKW_PCAPNG_BYTE_ORDER, 1, UINT32_MAX, UINT32_MAX };

	return block(b, SKW_PCAPNG_SECTION, body, sizeof(body), 0, 28);
}

static struct skw_raw_block secrets(struct skw_buf *b, char fill, size_t total)
{
	const uint32_t body[] = { 1, (uint32_t)total - 20 };

	return block(b, SKW_PCAPNG_SECRETS, body, sizeof(body), fill, total);
}

static void a_block_without_room_waits_for_it(void **state)
{
	struct output o = open_output();
	struct skw_record_copy c = { .out = o.out };
	struct skw_buf first = SKW_BUF_INIT, second = SKW_BUF_INIT, head = SKW_BUF_INIT;
	struct skw_raw_block s = section(&head), a = secrets(&first, 'a', LARGE),
			     b = secrets(&second, 'b', LARGE);
	struct reading r = { .fd = o.fd };
	pthread_t thread;

	(void)state;
	assert_int_equal(skw_record_copy_block(&c, &s), 0);
	assert_int_equal(skw_record_copy_begin(&c), 1);
	assert_int_equal(skw_record_copy_block(&c, &a), 0);
	assert_int_equal(skw_record_copy_settle(&c, false), 1);
	/* The pipe has no reader, so the second one can't be written, and nothing waits for that.
	 */
	assert_int_equal(skw_record_copy_block(&c, &b), 0);
	assert_int_equal(skw_record_copy_settle(&c, false), 0);
	assert_int_equal(pthread_create(&thread, NULL, read_thread, &r), 0);
	assert_int_equal(skw_record_copy_settle(&c, true), 1);
	assert_int_equal(skw_out_close(o.out, -1), 0);
	pthread_join(thread, NULL);
	assert_int_equal(r.got.len, s.len + a.len + b.len);
	assert_memory_equal(r.got.data + s.len, a.bytes, a.len);
	assert_memory_equal(r.got.data + s.len + a.len, b.bytes, b.len);
	close(o.fd);
	skw_record_copy_free(&c);
	skw_buf_free(&r.got);
	skw_buf_free(&head);
	skw_buf_free(&first);
	skw_buf_free(&second);
}

/* ---- the recorder ---- */

struct expected {
	int fd;
	size_t bytes;
	bool done; /* atomic */
};

static void *read_expected(void *arg)
{
	struct expected *e = arg;
	uint8_t bytes[65536];

	while (e->bytes) {
		ssize_t n = read(e->fd, bytes, e->bytes < sizeof(bytes) ? e->bytes : sizeof(bytes));

		if (n <= 0)
			abort();
		e->bytes -= (size_t)n;
	}
	__atomic_store_n(&e->done, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Makes standard output a pipe. Returns the end to read from, and the old output in *saved. */
static int stdout_into_pipe(int *saved)
{
	int fds[2];

	fflush(stdout);
	*saved = dup(STDOUT_FILENO);
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	return fds[0];
}

/* A record that a pause has written is taken once, and the next record is another one. */
static void a_record_that_waited_is_taken_once(void **state)
{
	const struct skw_file_plan plan = { .name = "-", .format = SKW_FILE_PCAPNG };
	const struct skw_packet_kind kind = { .dlt = -1, .snaplen = 262144, .is_file = true };
	struct skw_verbs_files files = { .list.plan = &plan, .dir_fd = -1 };
	const struct skw_recorder_options opt = { .files = &files, .kind = &kind };
	struct skw_buf bytes[4] = { SKW_BUF_INIT, SKW_BUF_INIT, SKW_BUF_INIT, SKW_BUF_INIT };
	const struct skw_raw_block b[] = { section(&bytes[0]), secrets(&bytes[1], 'a', LARGE),
					   secrets(&bytes[2], 'b', LARGE),
					   secrets(&bytes[3], 'c', 20) };
	struct skw_loop loop = { 0 };
	struct skw_error err = { 0 };
	struct skw_recorder *r;
	pthread_t thread;
	int saved;

	(void)state;
	int fd = stdout_into_pipe(&saved);
	assert_int_equal(skw_recorder_new(&opt, &r, &err), 0);
	const struct skw_sink s = skw_recorder_sink(r);
	assert_int_equal(s.ops->open(s.ctx, &loop, &err), 0);
	assert_int_equal(s.ops->block(s.ctx, &b[0], false, &err), 1);
	/* The first packet may be a long time off, so the file is begun. */
	assert_int_equal(s.ops->pause(s.ctx, 0, &err), 0);
	assert_int_equal(s.ops->block(s.ctx, &b[1], false, &err), 1);
	assert_int_equal(s.ops->block(s.ctx, &b[2], false, &err), 0);
	struct expected e = { .fd = fd, .bytes = b[0].len + b[1].len + b[2].len };
	assert_int_equal(pthread_create(&thread, NULL, read_expected, &e), 0);
	while (!__atomic_load_n(&e.done, __ATOMIC_ACQUIRE))
		assert_int_equal(s.ops->pause(s.ctx, 0, &err), 0);
	pthread_join(thread, NULL);
	assert_int_equal(s.ops->block(s.ctx, &b[2], false, &err), 1);
	assert_int_equal(s.ops->block(s.ctx, &b[3], false, &err), 1);
	assert_int_equal(s.ops->close(s.ctx, 0, &err), 0);
	dup2(saved, STDOUT_FILENO);
	close(saved);

	uint8_t rest[100];

	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(read(fd, rest, sizeof(rest)), b[3].len);
	assert_memory_equal(rest, b[3].bytes, b[3].len);
	close(fd);
	skw_recorder_free(r);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(bytes); i++)
		skw_buf_free(&bytes[i]);
}

static void no_more_than_the_bound_is_kept_for_the_next_files(void **state)
{
	struct output o = open_output();
	struct skw_record_copy c = { .out = o.out, .repeats = true, .waits = true };
	struct skw_buf bytes = SKW_BUF_INIT;
	struct skw_raw_block b = section(&bytes);

	(void)state;
	assert_int_equal(skw_record_copy_block(&c, &b), 0);
	b = secrets(&bytes, 'x', 1 << 20);
	for (int i = 0; i < 40; i++)
		assert_int_equal(skw_record_copy_block(&c, &b), 0);
	assert_true(c.head_is_short);
	assert_true(c.all_is_short);
	assert_false(skw_record_copy_is_full(&c));
	assert_int_equal(c.all.len, 0);
	assert_int_equal(c.head.len, 28 + (15u << 20));
	/* With the next section nothing of this is kept. */
	b = section(&bytes);
	assert_int_equal(skw_record_copy_block(&c, &b), 0);
	assert_int_equal(c.head.len, 28);
	skw_out_close(o.out, 0);
	close(o.fd);
	skw_record_copy_free(&c);
	skw_buf_free(&bytes);
}

static void a_file_that_need_not_wait_is_opened_when_much_is_kept(void **state)
{
	struct skw_record_copy c = { .repeats = true };
	struct skw_buf bytes = SKW_BUF_INIT;
	struct skw_raw_block b = section(&bytes);

	(void)state;
	assert_int_equal(skw_record_copy_block(&c, &b), 0);
	b = secrets(&bytes, 'x', SKW_RECORD_COPY_MAX);
	assert_false(skw_record_copy_is_full(&c));
	assert_int_equal(skw_record_copy_block(&c, &b), 0);
	assert_true(skw_record_copy_is_full(&c));
	assert_false(c.all_is_short);
	assert_int_equal(c.all.len, 28 + b.len);
	skw_record_copy_free(&c);
	skw_buf_free(&bytes);
}

/* ---- sections of our own between copies ---- */

static const struct skw_iface tun = { .name = "tun0", .dlt = DLT_RAW, .snaplen = 4096 };

static const struct skw_iface *one_iface(void *ctx, uint32_t place)
{
	(void)ctx;
	return place ? NULL : &tun;
}

static void give(struct skw_record_file *f, const struct skw_raw_block *b)
{
	assert_int_equal(skw_record_format_pcapng.block(f, b), 0);
}

/* Reads a file of `b` and gives its blocks and packets to `f`. */
static void copy_file(struct skw_record_file *f, const struct skw_buf *b, bool begins)
{
	struct skw_error err = { 0 };
	struct skw_packet pkt;
	struct skw_reader *r;
	int ret;

	assert_int_equal(skw_reader_open(memory_stream(b->data, b->len), "f", &r, &err), 0);
	skw_reader_give_blocks(r);
	while ((ret = skw_reader_next(r, &pkt, &err)) > 0) {
		if (ret == SKW_READER_BLOCK) {
			give(f, pkt.block);
			continue;
		}
		if (begins)
			assert_int_equal(skw_record_format_pcapng.begin(f), 0);
		begins = false;
		assert_int_equal(skw_record_format_pcapng.packet(f, &pkt, &err), 0);
	}
	assert_int_equal(ret, 0);
	skw_reader_close(r);
}

static struct skw_buf small_file(void)
{
	static const uint8_t bytes[8];
	const struct skw_iface eth = { .name = "eth0", .dlt = DLT_EN10MB };
	const struct skw_packet pkt = { .data = bytes, .caplen = 8, .len = 8, .dlt = DLT_EN10MB };
	struct skw_buf b = SKW_BUF_INIT;
	struct skw_pcapng_packet p;

	skw_pcapng_section(&b, &(struct skw_pcapng_section){ 0 });
	skw_pcapng_interface(&b, &eth, true, NULL);
	skw_pcapng_packet(&p, &pkt, 0, true);
	skw_buf_add(&b, p.head, sizeof(p.head));
	skw_buf_add(&b, bytes, sizeof(bytes));
	skw_buf_add(&b, p.tail, p.tail_len);
	return b;
}

static int two_stats(void *ctx, uint32_t place, struct skw_iface_stats *stats)
{
	(void)ctx;
	*stats = (struct skw_iface_stats){ .seen = 40 + place };
	return 0;
}

/* Other programs refuse a file that has no interface. */
static void each_file_describes_the_known_interfaces_also_without_packets(void **state)
{
	const struct skw_file_plan plan = { .name = "f", .format = SKW_FILE_PCAPNG };
	struct output o = open_output();
	struct skw_record_file f = {
		.out = o.out, .plan = &plan, .iface = one_iface, .stats = two_stats
	};
	struct reading r = { .fd = o.fd };
	struct skw_error err = { 0 };
	struct skw_packet pkt;
	struct skw_reader *reader;

	(void)state;
	f.copy.out = o.out;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(skw_record_format_pcapng.begin(&f), 0);
		assert_int_equal(skw_record_format_pcapng.stats(&f, 0), 0);
	}
	assert_int_equal(skw_out_close(o.out, -1), 0);
	read_thread(&r);
	/* Both files are one here, and each of them is a section. */
	assert_int_equal(skw_reader_open(memory_stream(r.got.data, r.got.len), "f", &reader, &err),
			 0);
	assert_int_equal(skw_reader_next(reader, &pkt, &err), 0);
	assert_int_equal(skw_reader_iface_count(reader), 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(skw_reader_iface(reader, i)->name, "tun0");
		assert_int_equal(skw_reader_stats(reader, i)->seen, 40);
	}
	skw_reader_close(reader);
	close(o.fd);
	skw_record_file_free(&f);
	skw_buf_free(&r.got);
}

static void packets_of_other_sources_get_a_section_of_their_own(void **state)
{
	static const uint8_t bytes[20] = { 0x45 };
	const struct skw_file_plan plan = { .name = "f", .format = SKW_FILE_PCAPNG, .nano = true };
	const struct skw_packet own = {
		.data = bytes, .caplen = 20, .len = 20, .dlt = DLT_RAW, .from = &tun
	};
	static const int dlts[] = { DLT_EN10MB, DLT_RAW, DLT_RAW, DLT_EN10MB, DLT_RAW };
	struct output o = open_output();
	struct skw_record_file f = { .out = o.out, .plan = &plan, .iface = one_iface };
	struct skw_buf file = small_file();
	struct reading r = { .fd = o.fd };
	struct skw_error err = { 0 };
	struct skw_packet pkt;
	struct skw_reader *reader;

	(void)state;
	f.copy.out = o.out;
	f.snaplen = 4096;
	copy_file(&f, &file, true);
	assert_int_equal(skw_record_format_pcapng.packet(&f, &own, &err), 0);
	assert_int_equal(skw_record_format_pcapng.packet(&f, &own, &err), 0);
	copy_file(&f, &file, false);
	assert_int_equal(skw_record_format_pcapng.packet(&f, &own, &err), 0);
	assert_int_equal(skw_out_close(o.out, -1), 0);
	read_thread(&r);
	assert_memory_equal(r.got.data, file.data, file.len);
	assert_int_equal(skw_reader_open(memory_stream(r.got.data, r.got.len), "f", &reader, &err),
			 0);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(dlts); i++) {
		assert_int_equal(skw_reader_next(reader, &pkt, &err), 1);
		assert_int_equal(pkt.dlt, dlts[i]);
	}
	assert_int_equal(skw_reader_next(reader, &pkt, &err), 0);
	assert_int_equal(skw_reader_iface_count(reader), 4);
	skw_reader_close(reader);
	close(o.fd);
	skw_record_file_free(&f);
	skw_buf_free(&file);
	skw_buf_free(&r.got);
}

/* With -Z, a failure to make a file there is told by it. */
static void a_folder_that_cant_be_opened_keeps_its_reason(void **state)
{
	struct skw_file_plan plan = { .name = "f.pcap" };
	struct skw_verbs_files files = { .list.plan = &plan };
	struct rlimit was, none = { 0 };

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	none.rlim_max = was.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	skw_verbs_files_prepare(&files);
	setrlimit(RLIMIT_NOFILE, &was);
	assert_int_equal(files.dir_fd, -EMFILE);
	skw_verbs_files_prepare(&files);
	assert_true(files.dir_fd >= 0);
	skw_verbs_files_settle(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_without_room_waits_for_it),
		cmocka_unit_test(a_record_that_waited_is_taken_once),
		cmocka_unit_test(no_more_than_the_bound_is_kept_for_the_next_files),
		cmocka_unit_test(a_file_that_need_not_wait_is_opened_when_much_is_kept),
		cmocka_unit_test(each_file_describes_the_known_interfaces_also_without_packets),
		cmocka_unit_test(packets_of_other_sources_get_a_section_of_their_own),
		cmocka_unit_test(a_folder_that_cant_be_opened_keeps_its_reason),
	};

	alarm(DEADLINE_S);
	return cmocka_run_group_tests_name("record_copy", tests, NULL, NULL);
}
