// SPDX-License-Identifier: BSD-2-Clause
/*
 * Makes every system call by its number in a closed sandbox, apart from those that this file lists.
 * The list is written from what a worker needs, not copied from the program's. All others must be
 * refused, also numbers that no kernel knows yet.
 */
#include "keeper/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/cleanup.h"

#define NUMBERS 600

/*
 * uretprobe() and uprobe() of x86-64 pass all filters, and end a process that calls them from
 * anywhere but the kernel's trampoline: kernel/seccomp.c, arch/x86/kernel/uprobes.c.
 */
#define TRAMPOLINES_FROM 335
#define TRAMPOLINES_TO   336

/* Of any session. */
static const long needed[] = {
	SYS_read,
	SYS_readv,
	SYS_pread64,
	SYS_write,
	SYS_writev,
	SYS_pwrite64,
	SYS_pwritev,
	SYS_lseek,
	SYS_close,
	SYS_fstat,
	SYS_fadvise64,
	SYS_fsync,
	SYS_fdatasync,
	SYS_sync_file_range,
	SYS_sendmsg,
	SYS_sendto,
	SYS_recvmsg,
	SYS_recvfrom,
	SYS_shutdown,
	SYS_ppoll,
	SYS_epoll_create1,
	SYS_epoll_ctl,
	SYS_epoll_pwait,
	SYS_epoll_pwait2,
	SYS_eventfd2,
	SYS_timerfd_create,
	SYS_timerfd_settime,
	SYS_timerfd_gettime,
	SYS_signalfd4,
	SYS_nanosleep,
	SYS_clock_nanosleep,
	SYS_futex,
	SYS_futex_waitv,
	SYS_sched_yield,
	SYS_wait4,
	SYS_waitid,
	SYS_restart_syscall,
	SYS_setitimer,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_rt_sigpending,
	SYS_sigaltstack,
	SYS_brk,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	SYS_set_robust_list,
	SYS_rseq,
	SYS_membarrier,
	SYS_exit,
	SYS_exit_group,
	SYS_clock_gettime,
	SYS_clock_getres,
	SYS_gettimeofday,
	SYS_getpid,
	SYS_gettid,
	SYS_getppid,
	SYS_getuid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getegid,
	SYS_getrandom,
	SYS_uname,
	SYS_sysinfo,
	SYS_getcpu,
	SYS_sched_getaffinity,
	/* These are allowed with some arguments only. */
	SYS_newfstatat,
	SYS_statx,
#ifdef SYS_poll
	SYS_poll,
	SYS_epoll_wait,
	SYS_alarm,
	SYS_time,
	SYS_getpgrp,
#endif
};
/* Where a file is written. */
static const long of_files[] = { SYS_ftruncate, SYS_fallocate, SYS_clone, SYS_clone3 };
/* Where folders are listed. */
static const long of_folders[] = { SYS_openat, SYS_getdents64 };
/* Where connections are relayed. The other calls of a relay are allowed with some arguments only.
 */
static const long of_relays[] = { SYS_connect, SYS_getsockname };

static bool has(const long *list, size_t n, long number)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == number)
			return true;
	return false;
}

/* Shared with the child: what each call returned, as an errno. */
static int *results;

/* Runs in a child, as a sandbox stays closed. */
static void call_all(const struct skw_sandbox *s)
{
	unsigned closed;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || skw_sandbox_close(s, &closed, NULL) ||
	    !(closed & SKW_SANDBOX_SECCOMP))
		_exit(1);
	for (long number = 0; number < NUMBERS; number++) {
		if ((number >= TRAMPOLINES_FROM && number <= TRAMPOLINES_TO) ||
		    has(needed, SKW_ARRAY_SIZE(needed), number) ||
		    (s->threads && has(of_files, SKW_ARRAY_SIZE(of_files), number)) ||
		    (s->relay && has(of_relays, SKW_ARRAY_SIZE(of_relays), number)) ||
		    (s->folder_fd >= 0 && has(of_folders, SKW_ARRAY_SIZE(of_folders), number)))
			continue;
		results[number] = syscall(number, -1L, -1L, -1L, -1L, -1L, -1L) < 0 ? errno : -1;
	}
	_exit(0);
}

static void assert_refused(const struct skw_sandbox *s)
{
	size_t bytes = NUMBERS * sizeof(*results);
	int status;

	results = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(results, MAP_FAILED);
	for (size_t i = 0; i < NUMBERS; i++)
		results[i] = EPERM;
	pid_t child = fork();

	if (child == 0) {
		/* cmocka would go on with the tests in this process. */
		for (int sig = 1; sig < NSIG; sig++)
			signal(sig, SIG_DFL);
		call_all(s);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (int i = 0; i < NUMBERS; i++)
		if (results[i] != EPERM)
			fail_msg("system call %d is not refused: %d", i, results[i]);
	munmap(results, bytes);
}

static void a_printing_session_has_no_other_call(void **state)
{
	const struct skw_sandbox s = { .folder_fd = -1 };

	(void)state;
	assert_refused(&s);
}

static void a_writing_session_has_no_other_call(void **state)
{
	const struct skw_sandbox s = { .threads = true, .writes_files = true, .folder_fd = -1 };

	(void)state;
	assert_refused(&s);
}

static void a_screen_has_no_other_call(void **state)
{
	const struct skw_sandbox s = { .terminal = true,
				       .folder_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) };

	(void)state;
	assert_true(s.folder_fd >= 0);
	assert_refused(&s);
}

static void a_relay_has_no_other_call(void **state)
{
	const struct skw_sandbox_relay relay = { 0 };
	const struct skw_sandbox s = { .folder_fd = -1, .relay = &relay };

	(void)state;
	assert_refused(&s);
}

static void a_relay_in_the_kernel_has_no_other_call(void **state)
{
	const struct skw_sandbox_relay relay = { .sockmap = true };
	const struct skw_sandbox s = { .folder_fd = -1, .relay = &relay };

	(void)state;
	assert_refused(&s);
}

/* Whether a call of bpf() comes to the kernel, which finds nothing good in it. */
static bool bpf_is_let_through(long command)
{
	return syscall(SYS_bpf, command, NULL, 0) < 0 && errno != EPERM;
}

/* Returns the first call with sockets and maps that has another result than it should, or 0. */
static int sockmap_calls(void)
{
	char cookie[8];
	socklen_t len = sizeof(cookie);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	for (long command = 0; command < 64; command++)
		if (bpf_is_let_through(command) !=
		    (command == BPF_MAP_UPDATE_ELEM || command == BPF_MAP_DELETE_ELEM))
			return (int)command + 1;
	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, cookie, &len) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, cookie, &len) == 0)
		return __LINE__;
	return 0;
}

static void a_relay_in_the_kernel_changes_maps_only(void **state)
{
	const struct skw_sandbox_relay relay = { .descriptors = 16, .sockmap = true };
	const struct skw_sandbox s = { .folder_fd = -1, .relay = &relay };
	pid_t child = fork();
	unsigned closed;
	int status;

	(void)state;
	if (child == 0)
		_exit(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || skw_sandbox_close(&s, &closed, NULL)
			      ? 255
			      : sockmap_calls() & 0xff);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Returns the first call of a relay that has another result than it should, or 0. */
static int relay_calls(uint16_t port)
{
	const int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				  .sin_port = htons(port) };
	int fds[2], fd = socket(AF_INET, SOCK_STREAM | flags, 0);

	if (fd < 0 || socket(AF_INET, SOCK_STREAM, 0) >= 0 ||
	    socket(AF_INET, SOCK_DGRAM | flags, 0) >= 0 ||
	    socket(AF_UNIX, SOCK_STREAM | flags, 0) >= 0 ||
	    socket(AF_INET, SOCK_STREAM | flags, IPPROTO_MPTCP) >= 0 || errno != EPERM ||
	    socket(AF_INET6, SOCK_STREAM | flags, IPPROTO_SCTP) >= 0 || errno != EPERM ||
	    socket(AF_INET, SOCK_RAW | flags, IPPROTO_TCP) >= 0)
		return __LINE__;
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 || listen(fd, 1) == 0)
		return __LINE__;
	if (pipe2(fds, O_NONBLOCK | O_CLOEXEC) || pipe(fds) == 0)
		return __LINE__;
	if (sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&at, sizeof(at)) >= 0 ||
	    errno != EPERM)
		return __LINE__;
	/* Nothing listens there, but the sandbox lets the packet out. */
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 ||
	    (errno != EINPROGRESS && errno != ECONNREFUSED))
		return __LINE__;
	if (prctl(PR_SET_NAME, "x") || setsockopt(fd, SOL_SOCKET, SO_MARK, fds, sizeof(*fds)) == 0)
		return __LINE__;
	return 0;
}

static void a_relay_makes_sockets_of_tcp_only(void **state)
{
	const uint16_t port = 9;
	const struct skw_sandbox_relay relay = { .ports = &port,
						 .ports_len = 1,
						 .descriptors = 16 };
	const struct skw_sandbox s = { .folder_fd = -1, .relay = &relay };
	pid_t child = fork();
	unsigned closed;
	int status;

	(void)state;
	if (child == 0)
		_exit(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || skw_sandbox_close(&s, &closed, NULL)
			      ? 1
			      : relay_calls(port) & 0xff);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_printing_session_has_no_other_call),
		cmocka_unit_test(a_writing_session_has_no_other_call),
		cmocka_unit_test(a_screen_has_no_other_call),
		cmocka_unit_test(a_relay_has_no_other_call),
		cmocka_unit_test(a_relay_makes_sockets_of_tcp_only),
		cmocka_unit_test(a_relay_in_the_kernel_has_no_other_call),
		cmocka_unit_test(a_relay_in_the_kernel_changes_maps_only),
	};

	return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
