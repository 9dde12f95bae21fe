// SPDX-License-Identifier: BSD-2-Clause
/* The messages of libbpf become a part of ours. */
#include "kern/bpf_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Makes libbpf fail, which writes several lines to standard error if nobody stops it. */
static size_t bytes_said(void)
{
	int pipe_fds[2], before = dup(STDERR_FILENO);
	char text[4096];

	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK), 0);
	assert_true(dup2(pipe_fds[1], STDERR_FILENO) >= 0);
	struct bpf_object *object = bpf_object__open_mem("no object", 9, NULL);
	fflush(stderr);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	close(pipe_fds[1]);
	close(before);
	assert_true(libbpf_get_error(object) < 0);
	ssize_t n = read(pipe_fds[0], text, sizeof(text));
	close(pipe_fds[0]);
	return n < 0 ? 0 : (size_t)n;
}

static void the_first_line_is_quoted_and_none_is_printed(void **state)
{
	struct skw_error err = { 0 };

	(void)state;
	assert_true(bytes_said() > 0);
	skw_bpf_log_begin();
	assert_int_equal(bytes_said(), 0);
	assert_int_equal(skw_bpf_log_failure(&err, -EINVAL, "loading it", "; ask"), -EINVAL);
	assert_non_null(strstr(err.text, "BPF: loading it: Invalid argument; ask (libbpf: "));
	assert_null(strstr(err.text, "libbpf: libbpf:"));
	assert_null(strchr(err.text, '\n'));
}

static void without_a_warning_nothing_is_quoted(void **state)
{
	struct skw_error err = { 0 };

	(void)state;
	skw_bpf_log_begin();
	skw_bpf_log_failure(&err, -EPERM, "loading it", "");
	assert_string_equal(err.text, "BPF: loading it: Operation not permitted");
}

/* Calls the callback as libbpf does. */
static void say(libbpf_print_fn_t fn, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fn(LIBBPF_WARN, fmt, ap);
	va_end(ap);
}

/* libbpf takes a lack of descriptors for a kernel that lacks a feature. */
static void the_cause_is_found_in_the_line(void **state)
{
	struct skw_error err = { 0 };
	libbpf_print_fn_t keep;

	(void)state;
	skw_bpf_log_begin();
	keep = libbpf_set_print(NULL);
	libbpf_set_print(keep);
	say(keep, "libbpf: map 'x': failed to create: %s(%d)\nmore\n", strerror(EMFILE), -EMFILE);
	assert_int_equal(skw_bpf_log_failure(&err, -EINVAL, "loading it", "; report it"), -EMFILE);
	assert_non_null(strstr(err.text, "ulimit -n"));
	assert_null(strstr(err.text, "report it"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_is_quoted_and_none_is_printed),
		cmocka_unit_test(without_a_warning_nothing_is_quoted),
		cmocka_unit_test(the_cause_is_found_in_the_line),
	};

	return cmocka_run_group_tests_name("libbpf's messages", tests, NULL, NULL);
}
