// SPDX-License-Identifier: BSD-2-Clause
/* Attempts on files. The files in the folder of decoys would let anybody do all of this. */
#include "attempt.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>

#include "util/cleanup.h"

/* Files of the host; an attempt's argument is an index. Nothing is written to them. */
static const char *const host_files[] = {
	"/etc/shadow", "/etc/passwd",         "/proc/sys/kernel/core_pattern",
	"/dev/kmsg",   "/proc/sysrq-trigger",
};

static long open_and_close(const char *path, int flags)
{
	long fd = HOSTILE_CALL(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		syscall(SYS_close, (int)fd);
	return fd;
}

static long read_host(struct hostile *h, long which)
{
	(void)h;
	return open_and_close(host_files[which], O_RDONLY);
}

static long write_host(struct hostile *h, long which)
{
	(void)h;
	return open_and_close(host_files[which], O_WRONLY);
}

static long create_at(const char *path)
{
	long ret = open_and_close(path, O_WRONLY | O_CREAT | O_EXCL);

	if (ret >= 0)
		syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	return ret;
}

static long create_cron(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return create_at("/etc/cron.d/skwatch-hostile");
}

static long create_tmp(struct hostile *h, long arg)
{
	char path[64];

	(void)h;
	(void)arg;
	snprintf(path, sizeof(path), "/tmp/skwatch-hostile-%d", (int)getpid());
	return create_at(path);
}

static long create_decoy(struct hostile *h, long arg)
{
	char path[256];

	(void)arg;
	return create_at(hostile_decoy(h, path, "created"));
}

static long open_decoy(struct hostile *h, long flags)
{
	char path[256];

	return open_and_close(hostile_decoy(h, path, "victim"), (int)flags);
}

static long openat2_decoy(struct hostile *h, long arg)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC };
	char path[256];

	(void)arg;
	long fd = HOSTILE_CALL(SYS_openat2, AT_FDCWD, hostile_decoy(h, path, "victim"), &how,
			       sizeof(how));

	if (fd >= 0)
		syscall(SYS_close, (int)fd);
	return fd;
}

static long list_decoys(struct hostile *h, long arg)
{
	(void)arg;
	return open_and_close(h->dir, O_RDONLY | O_DIRECTORY);
}

static long open_output(struct hostile *h, long flags)
{
	return h->output ? open_and_close(h->output, (int)flags) : HOSTILE_NOTHING;
}

static long truncate_decoy(struct hostile *h, long arg)
{
	char path[256];

	(void)arg;
	return HOSTILE_CALL(SYS_truncate, hostile_decoy(h, path, "truncated"), 0L);
}

static long unlink_decoy(struct hostile *h, long arg)
{
	char path[256];

	(void)arg;
	return HOSTILE_CALL(SYS_unlinkat, AT_FDCWD, hostile_decoy(h, path, "unlinked"), 0);
}

static long rename_decoy(struct hostile *h, long arg)
{
	char from[256], to[256];

	(void)arg;
	return HOSTILE_CALL(SYS_renameat2, AT_FDCWD, hostile_decoy(h, from, "renamed"), AT_FDCWD,
			    hostile_decoy(h, to, "renamed-away"), 0);
}

static long symlink_decoy(struct hostile *h, long arg)
{
	char path[256];

	(void)arg;
	return HOSTILE_CALL(SYS_symlinkat, "/etc/shadow", AT_FDCWD,
			    hostile_decoy(h, path, "symlink"));
}

static long link_decoy(struct hostile *h, long arg)
{
	char from[256], to[256];

	(void)arg;
	return HOSTILE_CALL(SYS_linkat, AT_FDCWD, hostile_decoy(h, from, "victim"), AT_FDCWD,
			    hostile_decoy(h, to, "link"), 0);
}

static long mkdir_decoy(struct hostile *h, long arg)
{
	char path[256];

	(void)arg;
	return HOSTILE_CALL(SYS_mkdirat, AT_FDCWD, hostile_decoy(h, path, "made"), 0700);
}

static long mknod_decoy(struct hostile *h, long type)
{
	char path[256];
	const char *name = type == S_IFBLK ? "block" : type == S_IFIFO ? "fifo" : "socket";

	return HOSTILE_CALL(SYS_mknodat, AT_FDCWD, hostile_decoy(h, path, name), (int)type | 0600,
			    type == S_IFBLK ? 0x700 : 0);
}

static long chmod_decoy(struct hostile *h, long arg)
{
	char path[256];

	(void)arg;
	return HOSTILE_CALL(SYS_fchmodat, AT_FDCWD, hostile_decoy(h, path, "own"), 04777);
}

static long chown_decoy(struct hostile *h, long arg)
{
	char path[256];

	(void)arg;
	return HOSTILE_CALL(SYS_fchownat, AT_FDCWD, hostile_decoy(h, path, "own"), 0, 0, 0);
}

static long setxattr_decoy(struct hostile *h, long arg)
{
	char path[256];

	(void)arg;
	return HOSTILE_CALL(SYS_setxattr, hostile_decoy(h, path, "own"), "user.hostile", "x", 1UL,
			    0);
}

static long utimes_decoy(struct hostile *h, long arg)
{
	char path[256];

	(void)arg;
	return HOSTILE_CALL(SYS_utimensat, AT_FDCWD, hostile_decoy(h, path, "victim"), NULL, 0);
}

static long chdir_root(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_chdir, "/");
}

/* The folder is given up again, so that the next attempts see the same machine. */
static long chroot_decoy(struct hostile *h, long arg)
{
	(void)arg;
	return HOSTILE_CALL(SYS_chroot, h->dir);
}

static long keeper_file(struct hostile *h, const char *name, int flags)
{
	char path[64];

	if (!h->keeper)
		return HOSTILE_NOTHING;
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)h->keeper, name);
	return open_and_close(path, flags);
}

static long keeper_links(struct hostile *h, long arg)
{
	char path[64], target[256];

	(void)arg;
	if (!h->keeper)
		return HOSTILE_NOTHING;
	snprintf(path, sizeof(path), "/proc/%d/fd/0", (int)h->keeper);
	return HOSTILE_CALL(SYS_readlinkat, AT_FDCWD, path, target, sizeof(target));
}

static long keeper_maps(struct hostile *h, long arg)
{
	(void)arg;
	return keeper_file(h, "maps", O_RDONLY);
}

static long keeper_fd(struct hostile *h, long arg)
{
	(void)arg;
	return keeper_file(h, "fd/2", O_WRONLY);
}

static long keeper_oom(struct hostile *h, long arg)
{
	(void)arg;
	return keeper_file(h, "oom_score_adj", O_WRONLY);
}

static long terminal(struct hostile *h, long arg)
{
	(void)h;
	(void)arg;
	return open_and_close("/dev/tty", O_RDWR | O_NOCTTY);
}

static const struct hostile_attempt attempts[] = {
	{ "shadow-read", "open /etc/shadow for reading", read_host, 0, 0 },
	{ "shadow-write", "open /etc/shadow for writing", write_host, 0, 0 },
	{ "passwd-write", "open /etc/passwd for writing", write_host, 1, 0 },
	{ "core-pattern", "open kernel.core_pattern for writing", write_host, 2, 0 },
	{ "kmsg", "open the kernel's log for writing", write_host, 3, 0 },
	{ "sysrq", "open /proc/sysrq-trigger for writing", write_host, 4, 0 },
	{ "cron-create", "create a file in /etc/cron.d", create_cron, 0, 0 },
	{ "tmp-create", "create a file in /tmp", create_tmp, 0, 0 },
	{ "create", "create a file in an open folder", create_decoy, 0, 0 },
	{ "read", "open a file that everybody may read", open_decoy, O_RDONLY, 0 },
	{ "write", "open a file that everybody may write", open_decoy, O_WRONLY, 0 },
	{ "path", "get a handle of a file by O_PATH", open_decoy, O_PATH, 0 },
	{ "openat2", "open a file by openat2()", openat2_decoy, 0, 0 },
	{ "list", "list an open folder", list_decoys, 0, 0 },
	{ "output-again", "open the file of -w again", open_output, O_WRONLY, 0 },
	{ "output-read", "read the file of -w by its name", open_output, O_RDONLY, 0 },
	{ "truncate", "truncate a file by its name", truncate_decoy, 0, 0 },
	{ "unlink", "remove a file", unlink_decoy, 0, 0 },
	{ "rename", "rename a file", rename_decoy, 0, 0 },
	{ "symlink", "make a symbolic link to /etc/shadow", symlink_decoy, 0, 0 },
	{ "link", "make a second name of a file", link_decoy, 0, 0 },
	{ "mkdir", "make a folder", mkdir_decoy, 0, 0 },
	{ "mknod-block", "make the device node of a disk", mknod_decoy, S_IFBLK, 0 },
	{ "mknod-fifo", "make a FIFO", mknod_decoy, S_IFIFO, 0 },
	{ "chmod", "make a file of the worker's user setuid", chmod_decoy, 0, 0 },
	{ "chown", "give a file to root", chown_decoy, 0, 0 },
	{ "setxattr", "set an extended attribute", setxattr_decoy, 0, 0 },
	{ "utimes", "change a file's times", utimes_decoy, 0, 0 },
	{ "chdir", "change the working folder", chdir_root, 0, 0 },
	{ "chroot", "change the root folder", chroot_decoy, 0, HOSTILE_ENDS },
	{ "keeper-links", "read where the keeper's descriptors lead", keeper_links, 0, 0 },
	{ "keeper-maps", "read the keeper's memory map", keeper_maps, 0, 0 },
	{ "keeper-open", "open a descriptor of the keeper by /proc", keeper_fd, 0, 0 },
	{ "keeper-oom", "make the keeper the first to be killed", keeper_oom, 0, 0 },
	{ "terminal-open", "open the terminal of the session", terminal, 0, 0 },
};

const struct hostile_group hostile_files = { "files", attempts, SKW_ARRAY_SIZE(attempts) };
