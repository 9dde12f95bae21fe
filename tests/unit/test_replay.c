// SPDX-License-Identifier: BSD-2-Clause
/* A capture file as a source of the loop: files and pipes, what ends them, what they leave. */
#include "replay/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/dlt.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop/loop.h"
#include "pcap/pcap_write.h"
#include "pcap/pcapng_write.h"
#include "util/buf.h"
#include "util/cleanup.h"

#define DEADLINE_S 60 /* kills a test that hangs; no test waits for it */
#define TS_NS      1700000000000000000ull
#define FAILURE    (-71)

/* The results of a run, in memory that its process shares. */
static struct told {
	int ret;
	struct skw_error err;
	bool opened;
	size_t packets, full;
	uint64_t last_ns, caplen;
	struct skw_packet_kind kind;
} * told;

/* A sink that counts, and writes a byte for each pause behind packets. */
struct sink {
	int say_fd;
	/* Takes this number of packets, then none until the loop has waited; 0: all. */
	size_t room;
	bool stays_full;
	bool fails_in_pause;
	int wake_fd;
	const struct skw_packet_kind *kind;
	size_t said;
};

static int on_wake(void *ctx, struct skw_error *err)
{
	struct sink *s = ctx;
	uint64_t ignored;

	(void)err;
	s->room += told->full ? 3 : 0;
	return read(s->wake_fd, &ignored, sizeof(ignored)) < 0 ? -errno : 0;
}

static int open_sink(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct sink *s = ctx;

	(void)err;
	told->opened = true;
	told->kind = *s->kind;
	s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return skw_loop_watch(loop, s->wake_fd, EPOLLIN, on_wake, s);
}

static int take(void *ctx, const struct skw_packet *run, size_t n, bool wait, struct skw_error *err)
{
	const struct sink *s = ctx;
	uint64_t one = 1;

	(void)err;
	if (s->room && told->packets == s->room && !wait) {
		told->full++;
		if (s->stays_full)
			return 0;
		return write(s->wake_fd, &one, sizeof(one)) < 0 ? -errno : 0;
	}
	if (s->room > told->packets && n > s->room - told->packets)
		n = s->room - told->packets;
	told->packets += n;
	told->last_ns = run[n - 1].ts_ns;
	told->caplen = run[n - 1].caplen;
	return (int)n;
}

static int pause_sink(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct sink *s = ctx;

	(void)until_ns;
	if (s->fails_in_pause && told->packets)
		return skw_error_set(err, FAILURE, "the lines found no reader");
	for (; s->say_fd >= 0 && s->said < told->packets; s->said++)
		if (write(s->say_fd, "p", 1) != 1)
			return -errno;
	return 0;
}

static const struct skw_sink_ops sink_ops = { .open = open_sink,
					      .packets = take,
					      .pause = pause_sink };

/* The input of a run, and its process. */
struct run {
	struct sink sink;
	const char *filter;
	uint32_t snaplen;
	const char *const *files; /* NULL: standard input */
	size_t files_len;

	pid_t child;
	int in_fd;  /* standard input of the run */
	int say_fd; /* a byte for each packet that was given out */
};

static _Noreturn void replay_here(const struct run *run)
{
	static const char *const standard_input[] = { "-" };
	const struct skw_replay_plan plan = { .files = run->files ? run->files : standard_input,
					      .files_len = run->files ? run->files_len : 1,
					      .filter = run->filter ? run->filter : "",
					      .snaplen = run->snaplen ? run->snaplen : 262144 };
	struct sink s = run->sink;
	const struct skw_sink sink = { &sink_ops, &s };
	struct skw_replay *r;

	alarm(DEADLINE_S);
	if (skw_replay_new(&plan, &r) < 0)
		_exit(1);
	s.kind = skw_replay_kind(r);

	const struct skw_source source = skw_replay_source(r);
	const struct skw_loop_plan loop = { .sources = &source, .sources_len = 1, .sink = &sink };

	told->ret = skw_loop_run(&loop, &told->err);
	told->kind = *skw_replay_kind(r);
	skw_replay_free(r);
	_exit(0);
}

static void begin(struct run *run)
{
	int in[2], say[2];

	memset(told, 0, sizeof(*told));
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(say, O_CLOEXEC), 0);
	fflush(NULL);
	run->child = fork();
	if (run->child == 0) {
		dup2(in[0], STDIN_FILENO);
		close(in[1]);
		run->sink.say_fd = say[1];
		replay_here(run);
	}
	close(in[0]);
	close(say[1]);
	run->in_fd = in[1];
	run->say_fd = say[0];
}

static void give(const struct run *run, const struct skw_buf *b, size_t from, size_t to)
{
	assert_int_equal(write(run->in_fd, b->data + from, to - from), to - from);
}

static void await_packet(const struct run *run)
{
	char said;

	assert_int_equal(read(run->say_fd, &said, 1), 1);
}

static void end(const struct run *run)
{
	int status;

	close(run->in_fd);
	assert_int_equal(waitpid(run->child, &status, 0), run->child);
	assert_int_equal(status, 0);
	close(run->say_fd);
}

/* All of it at once, and then the end of the input. */
static int replay(struct run run, const struct skw_buf *b, size_t len)
{
	begin(&run);
	give(&run, b, 0, len);
	end(&run);
	return told->ret;
}

#define RECORD (SKW_PCAP_RECORD_HEADER_BYTES + 40)

/* A pcap file of UDP packets to ports 1000, 1001, ... */
static struct skw_buf pcap(unsigned packets)
{
	uint8_t head[SKW_PCAP_FILE_HEADER_BYTES], rec[SKW_PCAP_RECORD_HEADER_BYTES];
	uint8_t bytes[40] = { [12] = 8, [14] = 0x45, [17] = 26, [22] = 64, [23] = 17 };
	struct skw_buf b = SKW_BUF_INIT;

	skw_pcap_file_header(head, DLT_EN10MB, 4096, true);
	skw_buf_add(&b, head, sizeof(head));
	for (unsigned i = 0; i < packets; i++) {
		bytes[36] = (uint8_t)((1000 + i) >> 8);
		bytes[37] = (uint8_t)(1000 + i);
		skw_pcap_record_header(rec, TS_NS + i, true, sizeof(bytes), sizeof(bytes));
		skw_buf_add(&b, rec, sizeof(rec));
		skw_buf_add(&b, bytes, sizeof(bytes));
	}
	return b;
}

static void a_file_is_handed_on_to_its_end(void **state)
{
	struct skw_buf b = pcap(700);

	(void)state;
	assert_int_equal(replay((struct run){ 0 }, &b, b.len), 0);
	assert_int_equal(told->packets, 700);
	assert_true(told->last_ns == TS_NS + 699);
	assert_int_equal(told->kind.dlt, DLT_EN10MB);
	assert_int_equal(told->kind.snaplen, 4096);
	assert_true(told->kind.is_file);
	assert_false(told->kind.several);
	skw_buf_free(&b);
}

static void packets_of_a_pipe_are_handed_on_as_they_come(void **state)
{
	struct skw_buf b = pcap(4);
	struct run run = { 0 };

	(void)state;
	begin(&run);
	give(&run, &b, 0, SKW_PCAP_FILE_HEADER_BYTES);
	for (size_t at = SKW_PCAP_FILE_HEADER_BYTES; at < b.len; at += RECORD) {
		give(&run, &b, at, at + RECORD);
		await_packet(&run);
	}
	end(&run);
	assert_int_equal(told->ret, 0);
	assert_int_equal(told->packets, 4);
	skw_buf_free(&b);
}

static void what_comes_before_an_error_is_handed_on(void **state)
{
	struct skw_buf b = pcap(3);

	(void)state;
	assert_int_equal(replay((struct run){ 0 }, &b, b.len - 1), -ENODATA);
	assert_non_null(strstr(told->err.text, "truncated"));
	assert_int_equal(told->packets, 2);
	skw_buf_free(&b);
}

static void a_file_that_is_none_opens_no_output(void **state)
{
	struct skw_buf b = pcap(1);

	(void)state;
	assert_true(replay((struct run){ 0 }, &b, 0) < 0);
	assert_non_null(strstr(told->err.text, "the file is empty"));
	assert_false(told->opened);
	memset(b.data, 'x', b.len);
	assert_true(replay((struct run){ 0 }, &b, b.len) < 0);
	assert_non_null(strstr(told->err.text, "not a pcap or pcapng file"));
	assert_false(told->opened);
	skw_buf_free(&b);
}

/* ---- ends ---- */

static void a_signal_ends_the_wait_for_a_pipe(void **state)
{
	struct skw_buf b = pcap(3);

	(void)state;
	/* Also in the middle of a packet. */
	for (size_t rest = 0; rest <= 20; rest += 20) {
		size_t first = SKW_PCAP_FILE_HEADER_BYTES + RECORD;
		struct run run = { 0 };

		begin(&run);
		give(&run, &b, 0, first + rest);
		await_packet(&run);
		kill(run.child, SIGTERM);
		end(&run);
		assert_int_equal(told->ret, 0);
		assert_int_equal(told->packets, 1);
	}
	skw_buf_free(&b);
}

/* The input does not end before. */
static void a_sink_that_fails_while_a_pipe_is_waited_for_ends_it(void **state)
{
	struct skw_buf b = pcap(1);
	SKW_AUTO_FILE FILE *first = tmpfile();
	char name[32];
	const char *const files[] = { name, "-" };

	(void)state;
	assert_non_null(first);
	snprintf(name, sizeof(name), "/dev/fd/%d", fileno(first));
	assert_int_equal(fwrite(b.data, 1, b.len, first), b.len);
	/* Also the header of a pipe that is the second file is waited for. */
	for (size_t n = 1; n <= 2; n++) {
		struct run run = { .sink.fails_in_pause = true,
				   .files = files + 2 - n,
				   .files_len = n };

		begin(&run);
		give(&run, &b, 0, n == 1 ? b.len : 0);
		assert_int_equal(waitpid(run.child, NULL, 0), run.child);
		assert_int_equal(told->ret, FAILURE);
		assert_string_equal(told->err.text, "the lines found no reader");
		close(run.in_fd);
		close(run.say_fd);
	}
	skw_buf_free(&b);
}

static void a_sink_that_is_full_loses_nothing(void **state)
{
	struct skw_buf b = pcap(20);

	(void)state;
	assert_int_equal(replay((struct run){ .sink.room = 3 }, &b, b.len), 0);
	assert_true(told->full >= 2);
	assert_int_equal(told->packets, 20);
	/* Nor when a signal ends it. The packets have been read, so the pipe is empty. */
	struct run run = { .sink = { .room = 3, .stays_full = true } };
	begin(&run);
	give(&run, &b, 0, b.len);
	for (int i = 0; i < 3; i++)
		await_packet(&run);
	kill(run.child, SIGTERM);
	end(&run);
	assert_int_equal(told->ret, 0);
	assert_int_equal(told->packets, 20);
	skw_buf_free(&b);
}

/* ---- filters, snapshot length, interfaces ---- */

static void a_filter_leaves_the_others_out(void **state)
{
	struct skw_buf b = pcap(700);

	(void)state;
	assert_int_equal(replay((struct run){ .filter = "udp port 1003 or port 1500" }, &b, b.len),
			 0);
	assert_int_equal(told->packets, 2);
	assert_true(told->last_ns == TS_NS + 500);
	assert_int_equal(replay((struct run){ .filter = "tcp" }, &b, b.len), 0);
	assert_int_equal(told->packets, 0);
	skw_buf_free(&b);
}

/* Not even the input is waited for. */
static void a_wrong_filter_opens_no_output(void **state)
{
	struct run run = { .filter = "udp port port" };

	(void)state;
	begin(&run);
	assert_int_equal(waitpid(run.child, NULL, 0), run.child);
	assert_int_equal(told->ret, -EINVAL);
	assert_true(told->err.usage);
	assert_false(told->opened);
	close(run.in_fd);
	close(run.say_fd);
}

static void packets_are_cut_to_the_snapshot_length(void **state)
{
	struct skw_buf b = pcap(1);

	(void)state;
	assert_int_equal(replay((struct run){ .snaplen = 30 }, &b, b.len), 0);
	assert_int_equal(told->caplen, 30);
	assert_int_equal(told->kind.snaplen, 30);
	skw_buf_free(&b);
}

static void add_packet(struct skw_buf *b, uint32_t number, int dlt)
{
	static const uint8_t bytes[40];
	const struct skw_packet pkt = { .ts_ns = TS_NS,
					.data = bytes,
					.caplen = sizeof(bytes),
					.len = sizeof(bytes),
					.dlt = dlt };
	struct skw_pcapng_packet block;

	skw_pcapng_packet(&block, &pkt, number, true);
	skw_buf_add(b, block.head, sizeof(block.head));
	skw_buf_add(b, bytes, sizeof(bytes));
	skw_buf_add(b, block.middle, block.middle_len);
	skw_buf_add(b, block.tail, block.tail_len);
}

/* "ether dst" makes no sense for the second interface, which is met when packets were read. */
static void a_filter_matches_nothing_of_an_interface_that_cant_have_it(void **state)
{
	const struct skw_iface ether = { .name = "eth0", .dlt = DLT_EN10MB };
	const struct skw_iface raw = { .name = "tun0", .dlt = DLT_RAW };
	struct skw_buf b = SKW_BUF_INIT;

	(void)state;
	skw_pcapng_section(&b, &(struct skw_pcapng_section){ 0 });
	skw_pcapng_interface(&b, &ether, true, "");
	add_packet(&b, 0, DLT_EN10MB);
	skw_pcapng_interface(&b, &raw, true, "");
	add_packet(&b, 1, DLT_RAW);
	add_packet(&b, 0, DLT_EN10MB);
	assert_int_equal(replay((struct run){ 0 }, &b, b.len), 0);
	assert_int_equal(told->packets, 3);
	assert_true(told->kind.several);
	assert_int_equal(replay((struct run){ .filter = "ether dst 00:00:00:00:00:00" }, &b, b.len),
			 0);
	assert_int_equal(told->packets, 2);
	skw_buf_free(&b);
}

/* The lines of a file tell the interface only if its name says something. */
static void interfaces_are_told_apart_by_names_that_differ(void **state)
{
	static const struct {
		const char *first, *second;
		bool several;
	} cases[] = {
		{ NULL, NULL, false },     { "eth0", "eth0", false }, { NULL, "", false },
		{ "eth0", "eth1", true },  { "eth0", NULL, true },    { NULL, "eth1", true },
		{ "eth0", "eth0x", true },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		const struct skw_iface first = { .name = cases[i].first, .dlt = DLT_RAW };
		const struct skw_iface second = { .name = cases[i].second, .dlt = DLT_RAW };
		struct skw_buf b = SKW_BUF_INIT;

		skw_pcapng_section(&b, &(struct skw_pcapng_section){ 0 });
		skw_pcapng_interface(&b, &first, true, "");
		skw_pcapng_interface(&b, &second, true, "");
		add_packet(&b, 0, DLT_RAW);
		add_packet(&b, 1, DLT_RAW);
		assert_int_equal(replay((struct run){ 0 }, &b, b.len), 0);
		assert_int_equal(told->packets, 2);
		assert_int_equal(told->kind.several, cases[i].several);
		skw_buf_free(&b);
	}
}

static int share(void **state)
{
	(void)state;
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	signal(SIGPIPE, SIG_IGN);
	return told == MAP_FAILED ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_handed_on_to_its_end),
		cmocka_unit_test(packets_of_a_pipe_are_handed_on_as_they_come),
		cmocka_unit_test(what_comes_before_an_error_is_handed_on),
		cmocka_unit_test(a_file_that_is_none_opens_no_output),
		cmocka_unit_test(a_signal_ends_the_wait_for_a_pipe),
		cmocka_unit_test(a_sink_that_fails_while_a_pipe_is_waited_for_ends_it),
		cmocka_unit_test(a_sink_that_is_full_loses_nothing),
		cmocka_unit_test(a_filter_leaves_the_others_out),
		cmocka_unit_test(a_wrong_filter_opens_no_output),
		cmocka_unit_test(packets_are_cut_to_the_snapshot_length),
		cmocka_unit_test(a_filter_matches_nothing_of_an_interface_that_cant_have_it),
		cmocka_unit_test(interfaces_are_told_apart_by_names_that_differ),
	};

	return cmocka_run_group_tests_name("replay", tests, share, NULL);
}
