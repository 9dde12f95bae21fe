// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "keeper/sandbox.h"
#include "util/cleanup.h"

/* These are allowed with any arguments: they act on this process and on what it has open. */
static const int always[] = {
	/* bytes */
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
	SCMP_SYS(pwrite64), SCMP_SYS(pwritev), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat),
	SCMP_SYS(fadvise64), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(sync_file_range),
	/* the keeper's socket and netlink */
	SCMP_SYS(recvmsg), SCMP_SYS(recvfrom), SCMP_SYS(shutdown),
	/* waiting */
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(eventfd2),
	SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(timerfd_gettime),
	SCMP_SYS(signalfd4), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(futex),
	SCMP_SYS(futex_waitv), SCMP_SYS(sched_yield), SCMP_SYS(wait4), SCMP_SYS(waitid),
	SCMP_SYS(restart_syscall), SCMP_SYS(alarm), SCMP_SYS(setitimer),
	/* signals that come */
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigpending), SCMP_SYS(sigaltstack),
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	/* threads and the end */
	SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(membarrier), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	/* questions */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getpgrp), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrandom),
	SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(getcpu), SCMP_SYS(sched_getaffinity)
};

/* A call that is allowed where the bits `mask` of an argument, counted from 0, are `value`. */
struct rule {
	int call;
	unsigned arg;
	scmp_datum_t mask, value;
};

/* The kernel takes these arguments as 32-bit numbers. */
#define ALL 0xffffffffU

static int add_rules(scmp_filter_ctx ctx, const struct rule *rules, size_t n)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < n; i++) {
		const struct scmp_arg_cmp arg = { rules[i].arg, SCMP_CMP_MASKED_EQ, rules[i].mask,
						  rules[i].value };

		ret = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, rules[i].call, 1, &arg);
	}
	return ret;
}

static int add_always(scmp_filter_ctx ctx)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < SKW_ARRAY_SIZE(always); i++)
		ret = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, always[i], 0, NULL);
	return ret;
}

/* These are allowed with certain arguments only. */
static int add_some(scmp_filter_ctx ctx)
{
	const struct rule rules[] = {
		/* No memory becomes code. */
		{ SCMP_SYS(mmap), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
		{ SCMP_SYS(prctl), 0, ALL, PR_SET_NAME },
		/* The keeper's socket, but no connect() past Landlock. */
		{ SCMP_SYS(sendto), 3, MSG_FASTOPEN, 0 },
		{ SCMP_SYS(sendmsg), 2, MSG_FASTOPEN, 0 },
		/* The C library's fstat(). */
		{ SCMP_SYS(newfstatat), 3, AT_EMPTY_PATH, AT_EMPTY_PATH },
		{ SCMP_SYS(statx), 2, AT_EMPTY_PATH, AT_EMPTY_PATH },
		/* abort() */
		{ SCMP_SYS(tgkill), 0, ALL, (scmp_datum_t)getpid() },
		{ SCMP_SYS(fcntl), 1, ALL, F_GETFD },
		{ SCMP_SYS(fcntl), 1, ALL, F_SETFD },
		{ SCMP_SYS(fcntl), 1, ALL, F_GETFL },
		{ SCMP_SYS(fcntl), 1, ALL, F_DUPFD_CLOEXEC },
		{ SCMP_SYS(fcntl), 1, ALL, F_SETPIPE_SZ },
		{ SCMP_SYS(fcntl), 1, ALL, F_GETPIPE_SZ },
		{ SCMP_SYS(ioctl), 1, ALL, TCGETS },
		{ SCMP_SYS(ioctl), 1, ALL, TIOCGWINSZ },
		{ SCMP_SYS(ioctl), 1, ALL, FIONREAD },
	};

	return add_rules(ctx, rules, SKW_ARRAY_SIZE(rules));
}

/* Flags of an open file, but not that it sends signals. */
static int add_flags(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp args[] = { { 1, SCMP_CMP_MASKED_EQ, ALL, F_SETFL },
					     { 2, SCMP_CMP_MASKED_EQ, O_ASYNC, 0 } };

	return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), SKW_ARRAY_SIZE(args),
				      args);
}

static int add_terminal(scmp_filter_ctx ctx)
{
	const struct rule rules[] = {
		{ SCMP_SYS(ioctl), 1, ALL, TCSETS },
		{ SCMP_SYS(ioctl), 1, ALL, TCSETSW },
		{ SCMP_SYS(ioctl), 1, ALL, TCSETSF },
		{ SCMP_SYS(ioctl), 1, ALL, TCFLSH },
		/* ncurses stops itself on SIGTSTP. */
		{ SCMP_SYS(kill), 0, ALL, (scmp_datum_t)getpid() },
	};

	return add_rules(ctx, rules, SKW_ARRAY_SIZE(rules));
}

/* A new thread, but no new process. The C library falls back from clone3() to clone(). */
static int add_threads(scmp_filter_ctx ctx)
{
	const int thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
	const struct rule rules[] = {
		{ SCMP_SYS(clone), 0, (scmp_datum_t)thread, (scmp_datum_t)thread },
	};
	int ret = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0, NULL);

	return ret ? ret : add_rules(ctx, rules, SKW_ARRAY_SIZE(rules));
}

/* Files that are written: descriptors above the standard ones. */
static int add_files(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp file = { 0, SCMP_CMP_GT, STDERR_FILENO, 0 };
	int ret = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ftruncate), 1, &file);

	return ret ? ret
		   : seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fallocate), 1, &file);
}

/* Folders are opened for reading. Landlock says which. */
static int add_folders(scmp_filter_ctx ctx)
{
	const scmp_datum_t mask =
		O_ACCMODE | O_CREAT | O_TRUNC | O_PATH | O_DIRECTORY | __O_TMPFILE;
	const struct rule rules[] = {
		{ SCMP_SYS(openat), 2, mask, O_RDONLY | O_DIRECTORY },
	};
	int ret = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(getdents64), 0, NULL);

	return ret ? ret : add_rules(ctx, rules, SKW_ARRAY_SIZE(rules));
}

/* A call that is allowed where two arguments, counted from 0, have these values. */
struct pair_rule {
	int call;
	unsigned first_arg;
	scmp_datum_t first;
	unsigned second_arg;
	scmp_datum_t second;
};

/* Sockets of TCP alone: Landlock does not look at the ports of MPTCP and SCTP. */
static int add_socket(scmp_filter_ctx ctx, int family, scmp_datum_t flags)
{
	const struct scmp_arg_cmp args[] = {
		{ 0, SCMP_CMP_MASKED_EQ, ALL, (scmp_datum_t)family },
		{ 1, SCMP_CMP_MASKED_EQ, ALL, SOCK_STREAM | flags },
		{ 2, SCMP_CMP_MASKED_EQ, ALL, 0 },
	};

	return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), SKW_ARRAY_SIZE(args),
				      args);
}

static int add_pairs(scmp_filter_ctx ctx, const struct pair_rule *pairs, size_t n)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < n; i++) {
		const struct scmp_arg_cmp args[] = {
			{ pairs[i].first_arg, SCMP_CMP_MASKED_EQ, ALL, pairs[i].first },
			{ pairs[i].second_arg, SCMP_CMP_MASKED_EQ, ALL, pairs[i].second },
		};

		ret = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, pairs[i].call,
					     SKW_ARRAY_SIZE(args), args);
	}
	return ret;
}

/*
 * TCP sockets that do not block, and pipes for their bytes. A filter does not see the address of
 * connect(): Landlock says which ports, and the loop's user has no privilege.
 */
static int add_relay(scmp_filter_ctx ctx)
{
	const scmp_datum_t flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
	const struct rule rules[] = {
		{ SCMP_SYS(accept4), 3, ALL, flags },
		{ SCMP_SYS(pipe2), 1, ALL, O_NONBLOCK | O_CLOEXEC },
		{ SCMP_SYS(splice), 5, ALL, SPLICE_F_MOVE | SPLICE_F_NONBLOCK },
	};
	const struct pair_rule pairs[] = {
		{ SCMP_SYS(setsockopt), 1, IPPROTO_TCP, 2, TCP_NODELAY },
		{ SCMP_SYS(setsockopt), 1, IPPROTO_TCP, 2, TCP_NOTSENT_LOWAT },
		{ SCMP_SYS(setsockopt), 1, SOL_SOCKET, 2, SO_KEEPALIVE },
		{ SCMP_SYS(setsockopt), 1, SOL_SOCKET, 2, SO_LINGER },
		{ SCMP_SYS(setsockopt), 1, SOL_SOCKET, 2, SO_BINDTOIFINDEX },
		{ SCMP_SYS(setsockopt), 1, SOL_SOCKET, 2, SO_BUF_LOCK },
		{ SCMP_SYS(setsockopt), 1, SOL_SOCKET, 2, SO_RCVBUF },
		{ SCMP_SYS(getsockopt), 1, SOL_SOCKET, 2, SO_ERROR },
		{ SCMP_SYS(getsockopt), 1, SOL_SOCKET, 2, SO_RCVBUF },
		{ SCMP_SYS(getsockopt), 1, IPPROTO_TCP, 2, TCP_INFO },
	};
	int ret = add_rules(ctx, rules, SKW_ARRAY_SIZE(rules));

	if (!ret)
		ret = add_pairs(ctx, pairs, SKW_ARRAY_SIZE(pairs));
	if (!ret)
		ret = add_socket(ctx, AF_INET, flags);
	if (!ret)
		ret = add_socket(ctx, AF_INET6, flags);
	if (!ret)
		ret = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(connect), 0, NULL);
	return ret ? ret
		   : seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(getsockname), 0, NULL);
}

/* The calls of libmicrohttpd for a connection. It makes no socket by itself. */
static int add_serving(scmp_filter_ctx ctx)
{
	const struct rule rules[] = {
		{ SCMP_SYS(accept4), 3, ~(scmp_datum_t)(SOCK_NONBLOCK | SOCK_CLOEXEC) & ALL, 0 },
	};
	const struct pair_rule pairs[] = {
		{ SCMP_SYS(setsockopt), 1, IPPROTO_TCP, 2, TCP_NODELAY },
		{ SCMP_SYS(setsockopt), 1, IPPROTO_TCP, 2, TCP_CORK },
	};
	int ret = add_rules(ctx, rules, SKW_ARRAY_SIZE(rules));

	return ret ? ret : add_pairs(ctx, pairs, SKW_ARRAY_SIZE(pairs));
}

/*
 * Adds to maps that are open and takes from them, and asks about sockets. A filter can't see which
 * map: a process that was taken over could change entries of the relay's own maps, and has no
 * descriptor of others.
 */
static int add_sockmap(scmp_filter_ctx ctx)
{
	const struct rule rules[] = {
		{ SCMP_SYS(bpf), 0, ALL, BPF_MAP_UPDATE_ELEM },
		{ SCMP_SYS(bpf), 0, ALL, BPF_MAP_DELETE_ELEM },
		{ SCMP_SYS(ioctl), 1, ALL, SIOCOUTQ },
	};
	const struct pair_rule pairs[] = {
		{ SCMP_SYS(setsockopt), 1, SOL_SOCKET, 2, SO_RCVLOWAT },
		{ SCMP_SYS(getsockopt), 1, SOL_SOCKET, 2, SO_COOKIE },
	};
	int ret = add_rules(ctx, rules, SKW_ARRAY_SIZE(rules));

	return ret ? ret : add_pairs(ctx, pairs, SKW_ARRAY_SIZE(pairs));
}

int skw_syscalls_allow_only(const struct skw_sandbox *s)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));

	if (!ctx)
		return -ENOMEM;
	int ret = add_always(ctx);
	if (!ret)
		ret = add_some(ctx);
	if (!ret)
		ret = add_flags(ctx);
	if (!ret && s->terminal)
		ret = add_terminal(ctx);
	if (!ret && s->threads)
		ret = add_threads(ctx);
	if (!ret && s->writes_files)
		ret = add_files(ctx);
	if (!ret && s->folder_fd >= 0)
		ret = add_folders(ctx);
	if (!ret && s->serves)
		ret = add_serving(ctx);
	if (!ret && s->relay)
		ret = add_relay(ctx);
	if (!ret && s->relay && s->relay->sockmap)
		ret = add_sockmap(ctx);
	if (!ret)
		ret = seccomp_load(ctx);
	seccomp_release(ctx);
	return ret;
}
