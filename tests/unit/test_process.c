// SPDX-License-Identifier: BSD-2-Clause
/* Descriptions of processes by the keeper: this one, a child of it, and others that hold no socket.
 */
#include "kern/host/process.h"
#include "verbs/process.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/cleanup.h"

static void a_holder_is_described(void **state)
{
	struct skw_process process;
	char exe[PATH_MAX];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	(void)state;
	assert_true(fd >= 0 && len > 0);
	exe[len] = '\0';
	/* The name ends like the text behind it in /proc/self/stat. */
	prctl(PR_SET_NAME, "a) R 1 (b");
	assert_int_equal(skw_process_read((uint32_t)getpid(), &process), 0);
	assert_int_equal(process.pid, getpid());
	assert_string_equal(process.comm, "a) R 1 (b");
	assert_string_equal(process.exe, exe);
	assert_non_null(strstr(process.command, "test_process"));
	assert_true(process.parents_len >= 1);
	assert_int_equal(process.parents[0].pid, getppid());
	/* It began before now, and not before this minute's tests could. */
	assert_in_range(process.start_ns / 1000000000, (uint64_t)time(NULL) - 3600, time(NULL) + 1);
	close(fd);
}

static void a_process_without_a_socket_is_not(void **state)
{
	struct skw_process process = { .pid = 7 };
	int ready[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();

	if (child == 0) {
		for (int fd = 3; fd < 1024; fd++)
			if (fd != ready[1])
				close(fd);
		close(0);
		close(1);
		close(2);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(skw_process_read((uint32_t)child, &process), -ENOENT);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(skw_process_read((uint32_t)child, &process), -ENOENT);
	assert_int_equal(skw_process_read(0, &process), -ENOENT);
	assert_int_equal(skw_process_read(UINT32_MAX, &process), -ENOENT);
	assert_int_equal(process.pid, 7);
	close(ready[0]);
	close(ready[1]);
}

/* Finds the child in the list. */
static bool is_listed(pid_t pid, const char *comm)
{
	struct skw_owner *list = NULL;
	bool found = false;
	size_t n = 0;

	assert_int_equal(skw_process_list(&list, &n), 0);
	for (size_t i = 0; i < n; i++) {
		if (i)
			assert_true(strcmp(list[i - 1].comm, list[i].comm) <= 0);
		if (list[i].pid == (uint32_t)pid) {
			assert_string_equal(list[i].comm, comm);
			found = true;
		}
	}
	free(list);
	return found;
}

/* The test runs beside others, so only this process is looked for. */
static void holders_of_network_sockets_are_listed(void **state)
{
	static const struct {
		int domain, type;
	} kinds[] = { { AF_INET, SOCK_STREAM },
		      { AF_INET, SOCK_DGRAM },
		      { AF_INET6, SOCK_STREAM },
		      { AF_INET6, SOCK_DGRAM } };
	int other = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	assert_true(other >= 0);
	prctl(PR_SET_NAME, "[a] (b) 7");
	assert_false(is_listed(getpid(), "[a] (b) 7"));
	for (size_t i = 0; i < SKW_ARRAY_SIZE(kinds); i++) {
		int fd = socket(kinds[i].domain, kinds[i].type, 0);

		assert_true(fd >= 0);
		assert_true(is_listed(getpid(), "[a] (b) 7"));
		close(fd);
	}
	assert_false(is_listed(getpid(), "[a] (b) 7"));
	close(other);
}

static void requests_are_checked(void **state)
{
	const struct skw_keeper_table table = skw_verbs_process_table;
	struct skw_keeper_reply reply = { .len = 0 };
	uint64_t pid = (uint64_t)getpid();
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(table.n_verbs, 1);
	assert_int_equal(table.verbs[0].serve(NULL, &pid, 8, &reply), -EINVAL);
	assert_int_equal(table.verbs[0].serve(NULL, &pid, 0, &reply), -EINVAL);
	assert_int_equal(reply.len, 0);
	assert_int_equal(table.verbs[0].serve(NULL, &pid, 4, &reply), 0);
	assert_int_equal(reply.len, sizeof(struct skw_process));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_holder_is_described),
		cmocka_unit_test(a_process_without_a_socket_is_not),
		cmocka_unit_test(holders_of_network_sockets_are_listed),
		cmocka_unit_test(requests_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
