// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "keeper/syscalls.h"
#include "util/cleanup.h"

/* More than any session opens from here on. */
#define DESCRIPTORS_MORE 256

/*
 * The rights of linux/landlock.h by the version that brought them; older headers lack the newer
 * ones. The first version has rights 0 to 12.
 */
static unsigned long long file_rights(int abi)
{
	return abi >= 5   ? (1ULL << 16) - 1 /* ioctl on devices */
	       : abi >= 3 ? (1ULL << 15) - 1 /* truncate */
	       : abi == 2 ? (1ULL << 14) - 1 /* link and rename between folders */
			  : (1ULL << 13) - 1;
}

/* struct landlock_ruleset_attr as of version 6. A kernel takes the part that it knows. */
struct ruleset {
	unsigned long long fs, net, scoped;
};

static size_t ruleset_size(int abi)
{
	return (abi >= 6 ? 3 : abi >= 4 ? 2 : 1) * sizeof(unsigned long long);
}

/* The version of Landlock's interface, or 0 if the kernel has none or does not use it. */
static int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

/* Version 4 of Landlock brought ports. Older headers lack struct landlock_net_port_attr. */
#define PORTS_ABI       4
#define RULE_NET_PORT   2
#define NET_CONNECT_TCP 2ULL
struct port_rule {
	unsigned long long allowed_access, port;
};

/* Returns 0 or -errno. */
static int open_ports(int fd, const struct skw_sandbox_relay *relay)
{
	for (size_t i = 0; relay && i < relay->ports_len; i++) {
		const struct port_rule rule = { NET_CONNECT_TCP, relay->ports[i] };

		if (syscall(SYS_landlock_add_rule, fd, RULE_NET_PORT, &rule, 0) < 0)
			return -errno;
	}
	return 0;
}

/* Returns 1 if the kernel has no Landlock. */
static int close_files(const struct skw_sandbox *s)
{
	int abi = landlock_abi();
	/* TCP: bind and connect. Scoped: abstract unix sockets and signals. */
	const struct ruleset rules = { .fs = file_rights(abi), .net = 3, .scoped = 3 };
	struct landlock_path_beneath_attr folder = { .allowed_access = LANDLOCK_ACCESS_FS_READ_DIR,
						     .parent_fd = s->folder_fd };

	if (!abi)
		return 1;
	SKW_AUTO_FD int fd =
		(int)syscall(SYS_landlock_create_ruleset, &rules, ruleset_size(abi), 0);
	if (fd < 0)
		return -errno;
	if (s->folder_fd >= 0 &&
	    syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &folder, 0) < 0)
		return -errno;
	int ret = abi >= PORTS_ABI ? open_ports(fd, s->relay) : 0;
	if (ret)
		return ret;
	return syscall(SYS_landlock_restrict_self, fd, 0) < 0 ? -errno : 0;
}

static int lower(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit limit;

	if (getrlimit(what, &limit) < 0)
		return -errno;
	if (limit.rlim_max > most)
		limit.rlim_max = most;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	return setrlimit(what, &limit) < 0 ? -errno : 0;
}

static int set_limits(const struct skw_sandbox *s)
{
	/* The kernel gives out the lowest number that is free. */
	SKW_AUTO_FD int lowest = eventfd(0, EFD_CLOEXEC);
	const rlim_t more = DESCRIPTORS_MORE + (s->relay ? s->relay->descriptors : 0);

	if (lowest < 0)
		return -errno;
	int ret = lower(RLIMIT_CORE, 0);

	if (!ret)
		ret = lower(RLIMIT_NOFILE, (rlim_t)lowest + more);
	/* A thread counts as a process. */
	if (!ret && !s->threads)
		ret = lower(RLIMIT_NPROC, 0);
	return ret;
}

static bool has_seccomp(void)
{
	unsigned action = SECCOMP_RET_ERRNO;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* The C library reads files when these are used first: the time zone, and a charset's tables. */
static void read_ahead(void)
{
	wchar_t wide;

	tzset();
	mbrtowc(&wide, "x", 1, NULL);
}

int skw_sandbox_close(const struct skw_sandbox *s, unsigned *closed, struct skw_error *err)
{
	*closed = 0;
	read_ahead();
	/* The sanitizers of a test build open files and start threads of their own. */
	if (!SKW_SYSCALLS_USABLE)
		return 0;
	int ret = close_files(s);
	if (ret < 0)
		return skw_error_set(err, ret, "sandbox: Landlock: %s", strerror(-ret));
	*closed |= ret ? 0 : SKW_SANDBOX_LANDLOCK;
	ret = set_limits(s);
	if (ret)
		return skw_error_set(err, ret, "sandbox: limits: %s", strerror(-ret));
	*closed |= SKW_SANDBOX_LIMITS;
	if (!has_seccomp())
		return 0;
	ret = skw_syscalls_allow_only(s);
	if (ret)
		return skw_error_set(err, ret, "sandbox: seccomp: %s", strerror(-ret));
	*closed |= SKW_SANDBOX_SECCOMP;
	return 0;
}
