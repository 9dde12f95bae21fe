/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions of capture -r and -w, each in a process of its own, as it drops its privileges. For
 * tests that include cmocka.h before.
 */
#ifndef SKW_TESTS_UNIT_FILE_SESSION_H
#define SKW_TESTS_UNIT_FILE_SESSION_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/packet.h"
#include "pcap/pcapng_write.h"
#include "read_back.h"
#include "session/capture.h"
#include "session/plan/plan.h"
#include "util/buf.h"
#include "util/cleanup.h"

#define DEADLINE_S 300 /* kills a test that hangs; no test waits for it */
#define SNAPLEN    262144

/* The results of a session, in memory that its process shares. */
static struct told {
	int ret;
	struct skw_error err;
	char said[4096]; /* on standard error */
} * told;

static char dir[64];

/* Stays valid for a few calls. */
static const char *in_dir(const char *name)
{
	static char paths[8][128];
	static unsigned next;
	char *path = paths[next++ % SKW_ARRAY_SIZE(paths)];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static _Noreturn void session_here(const struct skw_session_plan *plan)
{
	alarm(DEADLINE_S);
	if (!freopen(in_dir("said"), "w", stderr))
		_exit(1);
	told->ret = skw_session_capture_file(plan, &told->err);
	fflush(NULL);
	_exit(0);
}

static void read_said(void)
{
	SKW_AUTO_FILE FILE *f = fopen(in_dir("said"), "r");

	assert_non_null(f);
	told->said[fread(told->said, 1, sizeof(told->said) - 1, f)] = '\0';
}

/* Reads the file `in` of the folder. Returns the result of the session. */
static int session(const char *in, struct skw_session_plan plan)
{
	int status;

	memset(told, 0, sizeof(*told));
	const char *const files[] = { in_dir(in) };

	plan.read_files = files;
	plan.read_files_len = 1;
	plan.capture.snaplen = SNAPLEN;
	plan.capture.filter = plan.capture.filter ? plan.capture.filter : "";
	fflush(NULL);

	pid_t child = fork();

	if (child == 0)
		session_here(&plan);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	read_said();
	return told->ret;
}

/* The number of times that standard error had this text. */
static int said(const char *text)
{
	int n = 0;

	for (const char *at = told->said; (at = strstr(at, text)); at += strlen(text))
		n++;
	return n;
}

static void add_packet(struct skw_buf *b, uint32_t number, const struct skw_packet *what)
{
	static const uint8_t bytes[40];
	struct skw_packet pkt = *what;
	struct skw_pcapng_packet block;

	pkt.data = bytes;
	pkt.caplen = pkt.len = sizeof(bytes);
	skw_pcapng_packet(&block, &pkt, number, true);
	skw_buf_add(b, block.head, sizeof(block.head));
	skw_buf_add(b, bytes, sizeof(bytes));
	skw_buf_add(b, block.middle, block.middle_len);
	skw_buf_add(b, block.tail, block.tail_len);
}

/* Writes a file into the folder, and frees the buffer. */
static void make_file(const char *name, struct skw_buf *b)
{
	SKW_AUTO_FILE FILE *f = fopen(in_dir(name), "w");

	assert_non_null(f);
	assert_false(b->failed);
	assert_int_equal(fwrite(b->data, 1, b->len, f), b->len);
	skw_buf_free(b);
}

static int count(const char *name, uint64_t *times_ns, int n)
{
	return read_back_count(in_dir(name), times_ns, n);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "%s/skw-session-XXXXXX",
		 getenv("TMPDIR") && strlen(getenv("TMPDIR")) < 40 ? getenv("TMPDIR") : "/tmp");
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return told == MAP_FAILED || !mkdtemp(dir) ? -1 : 0;
}

static int tear_down(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

#endif
