// SPDX-License-Identifier: BSD-2-Clause
/* Attempts to change the machine, and on the parts of the kernel where exploits often begin. */
#include "attempt.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/quota.h>
#include <linux/reboot.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>

#include "util/cleanup.h"

static long closed(long fd)
{
	if (fd >= 0)
		syscall(SYS_close, (int)fd);
	return fd;
}

static long mount_here(struct hostile *h, long arg)
{
	char path[256];

	(void)arg;
	hostile_decoy(h, path, "below");
	long ret = HOSTILE_CALL(SYS_mount, "none", path, "tmpfs", 0UL, NULL);

	if (ret >= 0)
		syscall(SYS_umount2, path, MNT_DETACH);
	return ret;
}

static long unmount(struct hostile *h, long arg)
{
	(void)arg;
	return h->bpffs ? HOSTILE_CALL(SYS_umount2, h->bpffs, MNT_DETACH) : HOSTILE_NOTHING;
}

static long open_fs(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return closed(HOSTILE_CALL(SYS_fsopen, "tmpfs", 0));
}

static long clone_tree(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return closed(HOSTILE_CALL(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE));
}

static long host_name(struct hostile *h, long call)
{
	struct utsname now;

	(void)h;
	syscall(SYS_uname, &now);
	return HOSTILE_CALL(call, now.nodename, strlen(now.nodename));
}

static long set_day(struct hostile *h, long arg)
{
	struct timezone zone = { 0, 0 };

	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_settimeofday, NULL, &zone);
}

static long set_clock(struct hostile *h, long arg)
{
	struct timespec now;

	(void)h;
	(void)arg;
	clock_gettime(CLOCK_REALTIME, &now);
	return HOSTILE_CALL(SYS_clock_settime, CLOCK_REALTIME, &now);
}

static long restart(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			    LINUX_REBOOT_CMD_CAD_OFF, NULL);
}

static long load_kernel(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_kexec_load, 0UL, 0UL, NULL, 0UL);
}

static long load_module(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_init_module, "", 0UL, "");
}

static long unload_module(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_delete_module, "no_such_module", O_NONBLOCK);
}

static long quotas(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_quotactl, QCMD(Q_SYNC, USRQUOTA), NULL, 0, NULL);
}

static long swap(struct hostile *h, long call)
{
	char path[256];

	return HOSTILE_CALL(call, hostile_decoy(h, path, "victim"), 0);
}

static long account(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_acct, NULL);
}

static long kernel_log(struct hostile *h, long arg)
{
	char text[64];

	(void)h;
	(void)arg;
	/* 3: read the last lines. */
	return HOSTILE_CALL(SYS_syslog, 3, text, (int)sizeof(text));
}

static long hang_up(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_vhangup);
}

static long ports(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
#ifdef SYS_ioperm
	return HOSTILE_CALL(SYS_ioperm, 0x80UL, 1UL, 1);
#else
	return HOSTILE_NOTHING;
#endif
}

static long by_handle(struct hostile *h, long arg)
{
	struct {
		struct file_handle head;
		unsigned char bytes[64];
	} handle = { .head.handle_bytes = 8, .head.handle_type = 1 };

	(void)h;
	(void)arg;
	long ret = closed(HOSTILE_CALL(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY));

	/* The kernel asks for the privilege first, and looks for the file afterwards. */
	return ret == -ESTALE ? 0 : ret;
}

/* ---- parts of the kernel that a worker has no business with ---- */

static long watch_files(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return closed(HOSTILE_CALL(SYS_inotify_init1, 0));
}

static long watch_host(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return closed(HOSTILE_CALL(SYS_fanotify_init, FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY));
}

static long performance(struct hostile *h, long arg)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_TASK_CLOCK,
					.exclude_kernel = 1,
					.exclude_hv = 1 };

	(void)h;
	(void)arg;
	return closed(HOSTILE_CALL(SYS_perf_event_open, &attr, 0, -1, -1, 0UL));
}

static long uring(struct hostile *h, long arg)
{
	uint8_t params[120] = { 0 };

	(void)h;
	(void)arg;
	return closed(HOSTILE_CALL(SYS_io_uring_setup, 1, params));
}

static long async_io(struct hostile *h, long arg)
{
	aio_context_t ctx = 0;

	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_io_setup, 1, &ctx);
}

static long faults(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return closed(HOSTILE_CALL(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY));
}

static long add_key(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_add_key, "user", "hostile", "x", 1UL, KEY_SPEC_PROCESS_KEYRING);
}

static long keyring(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0L, 0L, 0L);
}

static long shared_memory(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	long id = HOSTILE_CALL(SYS_shmget, IPC_PRIVATE, 4096UL, IPC_CREAT | 0600);

	if (id >= 0)
		syscall(SYS_shmctl, (int)id, IPC_RMID, NULL);
	return id;
}

static long message_queue(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	long id = HOSTILE_CALL(SYS_msgget, IPC_PRIVATE, IPC_CREAT | 0600);

	if (id >= 0)
		syscall(SYS_msgctl, (int)id, IPC_RMID, NULL);
	return id;
}

static const struct hostile_attempt host[] = {
	{ "mount", "mount a file system", mount_here, 0, 0 },
	{ "umount", "unmount a file system", unmount, 0, HOSTILE_HARMFUL },
	{ "fsopen", "make a file system by fsopen()", open_fs, 0, 0 },
	{ "open-tree", "copy the mounts of the host", clone_tree, 0, 0 },
	{ "sethostname", "change the host's name", host_name, SYS_sethostname, 0 },
	{ "setdomainname", "change the host's domain", host_name, SYS_setdomainname,
	  HOSTILE_HARMFUL },
	{ "settimeofday", "change the time zone", set_day, 0, HOSTILE_HARMFUL },
	{ "clock-settime", "set the clock", set_clock, 0, HOSTILE_HARMFUL },
	{ "reboot", "change what Ctrl-Alt-Del does", restart, 0, HOSTILE_HARMFUL },
	{ "kexec", "load another kernel", load_kernel, 0, HOSTILE_HARMFUL },
	{ "init-module", "load a kernel module", load_module, 0, HOSTILE_HARMFUL },
	{ "delete-module", "unload a kernel module", unload_module, 0, HOSTILE_HARMFUL },
	{ "quotactl", "write the disk quotas out", quotas, 0, HOSTILE_HARMFUL },
	{ "swapon", "swap to a file", swap, SYS_swapon, HOSTILE_HARMFUL },
	{ "swapoff", "stop swapping to a file", swap, SYS_swapoff, HOSTILE_HARMFUL },
	{ "acct", "turn process accounting off", account, 0, HOSTILE_HARMFUL },
	{ "syslog", "read the kernel's log", kernel_log, 0, 0 },
	{ "vhangup", "hang up the terminal", hang_up, 0, HOSTILE_HARMFUL },
	{ "ioperm", "get access to the ports of the hardware", ports, 0, HOSTILE_HARMFUL },
	{ "open-by-handle", "open a file by its number on the disk", by_handle, 0, 0 },
};

static const struct hostile_attempt kernel[] = {
	{ "inotify", "watch files (inotify)", watch_files, 0, 0 },
	{ "fanotify", "watch files (fanotify)", watch_host, 0, 0 },
	{ "perf", "open a performance counter", performance, 0, 0 },
	{ "io-uring", "set io_uring up", uring, 0, 0 },
	{ "aio", "set asynchronous input and output up", async_io, 0, 0 },
	{ "userfaultfd", "handle page faults (userfaultfd)", faults, 0, 0 },
	{ "add-key", "add a key to a keyring", add_key, 0, 0 },
	{ "keyctl", "begin a new session keyring", keyring, 0, 0 },
	{ "shmget", "make shared memory", shared_memory, 0, 0 },
	{ "msgget", "make a message queue", message_queue, 0, 0 },
};

const struct hostile_group hostile_host = { "host", host, SKW_ARRAY_SIZE(host) };
const struct hostile_group hostile_kernel = { "kernel", kernel, SKW_ARRAY_SIZE(kernel) };
