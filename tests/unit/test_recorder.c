// SPDX-License-Identifier: BSD-2-Clause
/* Packets into files: through the loop and a keeper, which opens the files, as in a session. */
#include "config.h"

#include "sink/record/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/dlt.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop/loop.h"
#include "read_back.h"
#include "util/cleanup.h"

#define DEADLINE_S 60 /* kills a test that hangs; no test waits for it */
#define START_NS   1700000000000000000ull
#define S          1000000000ull
#define PACKETS    200
#define FAILURE    (-71)

/* A capture as the recorder sees it, made of packets that are all there from the start. */
struct source {
	struct skw_packet_kind kind;
	struct skw_packet packets[PACKETS];
	size_t len, at;
	/* The result of the source at its end. */
	int failure;
	struct skw_loop *loop;
};

static int source_begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	(void)err;
	((struct source *)ctx)->loop = loop;
	return 0;
}

static bool source_peek(void *ctx, uint64_t *ts_ns)
{
	const struct source *s = ctx;

	*ts_ns = 0;
	return s->at < s->len;
}

static int source_take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct source *s = ctx;

	(void)until_ns;
	int ret = skw_loop_packets(s->loop, s->packets + s->at, s->len - s->at, err);
	if (ret >= 0)
		s->at += (size_t)ret;
	return ret < 0 ? ret : 0;
}

/* In rounds, and not at the end, when everything is asked of the sink. */
static int source_step(void *ctx, struct skw_error *err)
{
	struct source *s = ctx;

	if (s->failure)
		skw_loop_fail(s->loop, skw_error_set(err, s->failure, "the source failed"));
	if (s->at == s->len)
		skw_loop_stop(s->loop);
	return 0;
}

static const struct skw_source_ops source_ops = {
	.begin = source_begin, .peek = source_peek, .take = source_take, .step = source_step
};

/* The result of a run, in memory that its process shares. */
struct told {
	int ret;
	struct skw_error err;
	size_t taken;
	uint64_t lost, bytes;
};
static struct told *told;
static char dir[64];

static const struct skw_iface ether = { .name = "eth0", .dlt = DLT_EN10MB, .snaplen = 262144 };
static const struct skw_iface raw = { .name = "tun0", .dlt = DLT_RAW, .snaplen = 262144 };

/* `n` packets of 100 bytes, one each `step_ns`. */
static struct source packets(size_t n, uint64_t step_ns)
{
	static uint8_t bytes[100];
	struct source s = { .kind = { .dlt = DLT_EN10MB, .snaplen = 262144, .is_file = true },
			    .len = n };

	for (size_t i = 0; i < n; i++)
		s.packets[i] = (struct skw_packet){ .ts_ns = START_NS + i * step_ns,
						    .data = bytes,
						    .caplen = sizeof(bytes),
						    .len = sizeof(bytes),
						    .dlt = DLT_EN10MB,
						    .from = &ether };
	return s;
}

static int stats(void *ctx, uint32_t place, struct skw_iface_stats *out)
{
	(void)ctx;
	*out = (struct skw_iface_stats){ .seen = 1000 + place, .matched = 7, .captured = 7 };
	return 0;
}

static _Noreturn void record_here(struct source *s, const struct skw_file_plan *plan)
{
	const struct skw_create_input in = { 0 };
	struct skw_verbs_files files = { .list.plan = plan, .inputs = &in, .inputs_len = 1 };
	const struct skw_recorder_options opt = { .files = &files,
						  .kind = &s->kind,
						  .stats = stats };
	struct skw_keeper_table *const tables[] = { &files.table };
	const struct skw_source source = { &source_ops, s };
	struct skw_recorder *r;

	alarm(DEADLINE_S);
	signal(SIGPIPE, SIG_IGN);
	skw_verbs_files_prepare(&files);
	told->ret = skw_recorder_new(&opt, &r, &told->err);
	if (told->ret)
		_exit(1);

	const struct skw_sink sink = skw_recorder_sink(r);
	const struct skw_loop_plan loop = { .sources = &source,
					    .sources_len = 1,
					    .sink = &sink,
					    .tables = tables,
					    .tables_len = 1,
					    .writes_files = true };

	told->ret = skw_loop_run(&loop, &told->err);
	told->taken = s->at;
	told->lost = skw_recorder_lost(r);
	told->bytes = skw_recorder_bytes(r);
	skw_recorder_free(r);
	_exit(0);
}

/* Runs a session in a process of its own, as that drops its privileges. */
static pid_t begin_recording(struct source s, const struct skw_file_plan *plan)
{
	memset(told, 0, sizeof(*told));
	fflush(NULL);

	pid_t child = fork();

	if (child == 0)
		record_here(&s, plan);
	assert_true(child > 0);
	return child;
}

static void end_recording(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int record(struct source s, const struct skw_file_plan *plan)
{
	end_recording(begin_recording(s, plan));
	return told->ret;
}

/* Stays valid for a few calls. */
static const char *in_dir(const char *name)
{
	static char paths[8][128];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static void a_file_has_each_packet(void **state)
{
	static const char *const names[] = { "f.pcap", "f.pcapng" };
	uint64_t first_ns = 0;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(names); i++) {
		const struct skw_file_plan plan = { .name = in_dir(names[i]),
						    .format = i ? SKW_FILE_PCAPNG : SKW_FILE_PCAP,
						    .nano = true };
		struct stat st;

		assert_int_equal(record(packets(PACKETS, 1), &plan), 0);
		assert_int_equal(told->taken, PACKETS);
		assert_int_equal(told->lost, 0);
		assert_int_equal(read_back_count(in_dir(names[i]), &first_ns, 1), PACKETS);
		assert_true(first_ns == START_NS);
		assert_int_equal(stat(plan.name, &st), 0);
		assert_int_equal(told->bytes, st.st_size);
	}
}

static void a_pcapng_file_ends_with_the_figures_of_its_interfaces(void **state)
{
	const struct skw_file_plan plan = { .name = in_dir("s.pcapng"), .format = SKW_FILE_PCAPNG };
	struct source s = packets(4, 1);
	struct skw_error err = { 0 };
	struct skw_reader *r;
	struct skw_packet p;

	(void)state;
	/* Each file numbers the places from 0, in the order in which they come. */
	for (size_t i = 0; i < 4; i++) {
		s.packets[i].iface = i % 2 ? 3 : 40;
		s.packets[i].from = i % 2 ? &raw : &ether;
		s.packets[i].dlt = s.packets[i].from->dlt;
	}
	assert_int_equal(record(s, &plan), 0);
	assert_true(read_back_open(plan.name, &r));
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(skw_reader_next(r, &p, &err), 1);
		assert_int_equal(p.iface, i % 2);
		assert_int_equal(p.dlt, i % 2 ? DLT_RAW : DLT_EN10MB);
	}
	assert_int_equal(skw_reader_next(r, &p, &err), 0);
	assert_int_equal(skw_reader_stats(r, 0)->seen, 1040);
	assert_int_equal(skw_reader_stats(r, 1)->seen, 1003);
	skw_reader_close(r);
}

/* ---- turning over ---- */

static void a_full_file_is_followed_by_the_next(void **state)
{
	const struct skw_file_plan plan = { .name = in_dir("c.pcap"), .rotate_bytes = 1000 };

	(void)state;
	assert_int_equal(record(packets(25, 1), &plan), 0);
	/* 24 + 9 * 116 bytes are more than 1000. */
	assert_int_equal(read_back_count(in_dir("c.pcap"), NULL, 0), 9);
	assert_int_equal(read_back_count(in_dir("c.pcap1"), NULL, 0), 9);
	assert_int_equal(read_back_count(in_dir("c.pcap2"), NULL, 0), 7);
	assert_int_equal(told->bytes, 3 * 24 + 25 * 116);
}

/* Each pcapng file describes its interfaces by itself. */
static void each_of_several_files_can_be_read_alone(void **state)
{
	const struct skw_file_plan plan = { .name = in_dir("m.pcapng"),
					    .format = SKW_FILE_PCAPNG,
					    .rotate_bytes = 1500 };

	(void)state;
	assert_int_equal(record(packets(14, 1), &plan), 0);
	int first = read_back_count(in_dir("m.pcapng"), NULL, 0),
	    second = read_back_count(in_dir("m.pcapng1"), NULL, 0);
	assert_true(first > 0 && second > 0);
	assert_int_equal(first + second, 14);
}

static void a_ring_of_files_begins_again(void **state)
{
	const struct skw_file_plan plan = { .name = in_dir("w.pcap"),
					    .rotate_bytes = 1000,
					    .files_max = 2 };

	(void)state;
	assert_int_equal(record(packets(25, 1), &plan), 0);
	assert_int_equal(read_back_count(in_dir("w.pcap0"), NULL, 0), 7);
	assert_int_equal(read_back_count(in_dir("w.pcap1"), NULL, 0), 9);
	assert_int_equal(read_back_count(in_dir("w.pcap2"), NULL, 0), -1);
}

/* The time of a file that is read is that of its packets. */
static void a_time_that_is_over_is_followed_by_the_next(void **state)
{
	const struct skw_file_plan plan = { .name = in_dir("g%s.pcap"), .rotate_s = 10 };
	struct source s = packets(30, S);
	uint64_t first_ns = 0;

	(void)state;
	/* A leap makes no empty files. */
	for (size_t i = 20; i < 30; i++)
		s.packets[i].ts_ns += 1000 * S;
	assert_int_equal(record(s, &plan), 0);
	assert_int_equal(read_back_count(in_dir("g1700000000.pcap"), NULL, 0), 10);
	assert_int_equal(read_back_count(in_dir("g1700000010.pcap"), &first_ns, 1), 10);
	assert_true(first_ns == START_NS + 10 * S);
	assert_int_equal(read_back_count(in_dir("g1700001020.pcap"), NULL, 0), 10);
	assert_int_equal(read_back_count(in_dir("g1700000020.pcap"), NULL, 0), -1);
	assert_int_equal(read_back_count(in_dir("g1700001010.pcap"), NULL, 0), -1);
}

static void a_number_of_files_ends_the_session_between_two_packets(void **state)
{
	const struct skw_file_plan plan = { .name = in_dir("n%s.pcap"),
					    .rotate_s = 10,
					    .files_max = 2 };

	(void)state;
	assert_int_equal(record(packets(30, S), &plan), 0);
	assert_int_equal(told->taken, 20);
	assert_int_equal(read_back_count(in_dir("n1700000010.pcap"), NULL, 0), 10);
	assert_int_equal(read_back_count(in_dir("n1700000020.pcap"), NULL, 0), -1);
}

/* ---- no packets, and failures ---- */

static void a_file_is_made_also_without_packets(void **state)
{
	const struct skw_file_plan plan = { .name = in_dir("none.pcapng"),
					    .format = SKW_FILE_PCAPNG };

	(void)state;
	assert_int_equal(record(packets(0, 0), &plan), 0);
	assert_int_equal(read_back_count(in_dir("none.pcapng"), NULL, 0), 0);
}

/* A live capture has its file from the start. */
static void no_file_is_made_when_there_was_nothing_but_a_failure(void **state)
{
	const struct skw_file_plan plan = { .name = in_dir("broken.pcap") };
	struct source s = packets(0, 0);

	(void)state;
	s.failure = FAILURE;
	assert_int_equal(record(s, &plan), FAILURE);
	assert_int_equal(read_back_count(in_dir("broken.pcap"), NULL, 0), -1);
	s.kind.is_file = false;
	assert_int_equal(record(s, &plan), FAILURE);
	assert_int_equal(read_back_count(in_dir("broken.pcap"), NULL, 0), 0);
}

static void a_first_file_that_cant_be_opened_is_told(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		const struct skw_file_plan plan = { .name = in_dir("no/where"),
						    .format = i % 2 ? SKW_FILE_PCAPNG
								    : SKW_FILE_PCAP };
		struct source s = packets(3, 1);

		s.kind.is_file = i < 2;
		assert_int_equal(record(s, &plan), -ENOENT);
		assert_non_null(strstr(told->err.text, "no/where: No such file or directory"));
		assert_int_equal(told->taken, 0);
		assert_int_equal(told->bytes, 0);
	}
}

static void a_packet_that_has_no_place_in_the_middle_of_a_run_ends_the_file(void **state)
{
	const struct skw_file_plan plan = { .name = in_dir("mixed.pcap") };
	struct source s = packets(30, 1);

	(void)state;
	s.packets[17].dlt = DLT_RAW;
	assert_int_equal(record(s, &plan), -EINVAL);
	assert_non_null(strstr(told->err.text, "a pcap file holds one link type"));
	assert_int_equal(told->taken, 17);
	assert_int_equal(told->lost, 0);
	assert_int_equal(read_back_count(in_dir("mixed.pcap"), NULL, 0), 17);
}

static void those_that_a_disk_did_not_take_are_counted(void **state)
{
	const struct skw_file_plan plan = { .name = "/dev/full" };

	(void)state;
	if (access(plan.name, W_OK) < 0)
		skip();
	assert_int_equal(record(packets(30, 1), &plan), -ENOSPC);
	assert_non_null(strstr(told->err.text, "/dev/full: No space left on device"));
	assert_int_equal(told->lost, told->taken);
}

/* ---- pipes ---- */

/* More than a pipe holds. */
static struct source large_packets(void)
{
	static uint8_t bytes[20000];
	struct source s = packets(PACKETS, 1);

	for (size_t i = 0; i < PACKETS; i++) {
		s.packets[i].data = bytes;
		s.packets[i].caplen = s.packets[i].len = sizeof(bytes);
	}
	return s;
}

static void a_reader_that_is_slow_gets_everything(void **state)
{
	char bytes[1 << 16];
	const struct skw_file_plan plan = { .name = in_dir("fifo") };
	size_t got = 0;
	ssize_t n;

	(void)state;
	assert_int_equal(mkfifo(plan.name, 0600), 0);
	pid_t child = begin_recording(large_packets(), &plan);
	int fd = open(plan.name, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	/* Longer than a reader is waited for that has to be given up. */
	nanosleep(&(struct timespec){ .tv_sec = 2, .tv_nsec = 500000000 }, NULL);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		got += (size_t)n;
	close(fd);
	end_recording(child);
	assert_int_equal(told->ret, 0);
	assert_int_equal(got, 24 + PACKETS * (16 + 20000));
}

static void a_reader_that_has_gone_is_told(void **state)
{
	const struct skw_file_plan plan = { .name = in_dir("gone") };

	(void)state;
	assert_int_equal(mkfifo(plan.name, 0600), 0);
	pid_t child = begin_recording(large_packets(), &plan);
	int fd = open(plan.name, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	close(fd);
	end_recording(child);
	assert_int_equal(told->ret, -EPIPE);
	assert_non_null(strstr(told->err.text, "gone: the reader went away"));
}

static int set_up(void **state)
{
	(void)state;
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	strcpy(dir, "/tmp/skw-recorder-XXXXXX");
	return told == MAP_FAILED || !mkdtemp(dir) ? -1 : 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_has_each_packet),
		cmocka_unit_test(a_pcapng_file_ends_with_the_figures_of_its_interfaces),
		cmocka_unit_test(a_full_file_is_followed_by_the_next),
		cmocka_unit_test(each_of_several_files_can_be_read_alone),
		cmocka_unit_test(a_ring_of_files_begins_again),
		cmocka_unit_test(a_time_that_is_over_is_followed_by_the_next),
		cmocka_unit_test(a_number_of_files_ends_the_session_between_two_packets),
		cmocka_unit_test(a_file_is_made_also_without_packets),
		cmocka_unit_test(no_file_is_made_when_there_was_nothing_but_a_failure),
		cmocka_unit_test(a_first_file_that_cant_be_opened_is_told),
		cmocka_unit_test(a_packet_that_has_no_place_in_the_middle_of_a_run_ends_the_file),
		cmocka_unit_test(those_that_a_disk_did_not_take_are_counted),
		cmocka_unit_test(a_reader_that_is_slow_gets_everything),
		cmocka_unit_test(a_reader_that_has_gone_is_told),
	};

	return cmocka_run_group_tests_name("recorder", tests, set_up, tear_down);
}
