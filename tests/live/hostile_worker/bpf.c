// SPDX-License-Identifier: BSD-2-Clause
/* Attempts with bpf(2), without and with the descriptors that the worker holds. */
#include "attempt.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

/* Many values of a map are no longer than this. */
#define VALUE_MAX 65536

static long bpf(int cmd, union bpf_attr *attr)
{
	return HOSTILE_CALL(SYS_bpf, cmd, attr, sizeof(*attr));
}

static long closed(long fd)
{
	if (fd >= 0)
		syscall(SYS_close, (int)fd);
	return fd;
}

static const struct bpf_insn accept_all[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static long load_program(struct hostile *h, long type)
{
	union bpf_attr attr = { .prog_type = (uint32_t)type,
				.insn_cnt = SKW_ARRAY_SIZE(accept_all),
				.insns = (uint64_t)(uintptr_t)accept_all,
				.license = (uint64_t)(uintptr_t) "GPL" };

	(void)h;
	return closed(bpf(BPF_PROG_LOAD, &attr));
}

static long create_map(struct hostile *h, long type)
{
	union bpf_attr attr = {
		.map_type = (uint32_t)type, .key_size = 4, .value_size = 8, .max_entries = 1
	};

	(void)h;
	return closed(bpf(BPF_MAP_CREATE, &attr));
}

/* A type table with one type, "int". */
static const struct {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len, type_off, type_len, str_off, str_len;
	uint32_t type[4];
	char strings[8];
} btf = { 0xeb9f, 1, 0, 24, 0, 16, 16, 8, { 1, 1 << 24, 4, 32 }, "\0int\0\0\0" };

static long load_btf(struct hostile *h, long arg)
{
	union bpf_attr attr = { .btf = (uint64_t)(uintptr_t)&btf, .btf_size = sizeof(btf) };

	(void)h;
	(void)arg;
	return closed(bpf(BPF_BTF_LOAD, &attr));
}

static long get_object(struct hostile *h, long arg)
{
	char path[256];
	union bpf_attr attr = { .pathname = (uint64_t)(uintptr_t)path };

	(void)arg;
	if (!h->bpffs)
		return HOSTILE_NOTHING;
	snprintf(path, sizeof(path), "%s/decoy", h->bpffs);
	return closed(bpf(BPF_OBJ_GET, &attr));
}

static long by_id(struct hostile *h, long cmd)
{
	union bpf_attr attr = { .map_id = cmd == BPF_MAP_GET_FD_BY_ID ? h->map_id : h->program_id };

	return attr.map_id ? closed(bpf((int)cmd, &attr)) : HOSTILE_NOTHING;
}

/* Another program's links and types have unknown numbers, so try all low ones. */
static long by_any_id(struct hostile *h, long cmd)
{
	long ret = HOSTILE_NOTHING;

	(void)h;
	for (uint32_t id = 1; id < 2000; id++) {
		union bpf_attr attr = { .link_id = id };

		ret = closed(bpf((int)cmd, &attr));
		if (ret >= 0 || ret != -ENOENT)
			break;
	}
	return ret == -ENOENT ? HOSTILE_NOTHING : ret;
}

static long next_id(struct hostile *h, long cmd)
{
	union bpf_attr attr = { .start_id = 0 };

	(void)h;
	return bpf((int)cmd, &attr);
}

static long enable_stats(struct hostile *h, long arg)
{
	union bpf_attr attr = { .enable_stats.type = BPF_STATS_RUN_TIME };

	(void)h;
	(void)arg;
	return closed(bpf(BPF_ENABLE_STATS, &attr));
}

/* ---- on what the worker holds ---- */

static long pin(struct hostile *h, int fd, long arg)
{
	char path[256];
	union bpf_attr attr = { .pathname = (uint64_t)(uintptr_t)path, .bpf_fd = (uint32_t)fd };

	(void)arg;
	snprintf(path, sizeof(path), "%s/pin-%d", h->bpffs, fd);
	long ret = bpf(BPF_OBJ_PIN, &attr);

	if (ret >= 0)
		syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	return ret;
}

static long pin_all(struct hostile *h, long arg)
{
	return h->bpffs ? hostile_each_fd(h, pin, arg) : HOSTILE_NOTHING;
}

/* Writes the value that is there, so that the program goes on as before. */
static long update(struct hostile *h, int fd, long arg)
{
	static uint8_t value[VALUE_MAX];
	uint8_t key[256] = { 0 };
	union bpf_attr attr = { .map_fd = (uint32_t)fd,
				.key = (uint64_t)(uintptr_t)key,
				.value = (uint64_t)(uintptr_t)value };

	(void)h;
	(void)arg;
	bpf(BPF_MAP_LOOKUP_ELEM, &attr);
	attr.flags = BPF_ANY;
	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

static long delete_element(struct hostile *h, int fd, long arg)
{
	uint8_t key[256] = { 0xff, 0xff, 0xff, 0x7f };
	union bpf_attr attr = { .map_fd = (uint32_t)fd, .key = (uint64_t)(uintptr_t)key };
	long ret = bpf(BPF_MAP_DELETE_ELEM, &attr);

	(void)h;
	(void)arg;
	/* There is no such element, but the kernel would have removed it. */
	return ret == -ENOENT || ret == -E2BIG ? 0 : ret;
}

static long freeze(struct hostile *h, int fd, long arg)
{
	union bpf_attr attr = { .map_fd = (uint32_t)fd };

	(void)h;
	(void)arg;
	return bpf(BPF_MAP_FREEZE, &attr);
}

/* Calls `pair` with each two descriptors. */
static long each_pair(struct hostile *h, long (*pair)(int a, int b, long arg), long arg)
{
	long most = HOSTILE_NOTHING;

	for (int a = 0; a < HOSTILE_FDS; a++) {
		for (int b = 0; b < HOSTILE_FDS; b++) {
			long ret = pair(a, b, arg);

			if (ret >= 0)
				hostile_note(h, "descriptors %d and %d", a, b);
			if (ret >= 0 || ret == -ENOSYS)
				return ret;
			if (ret == -EPERM || (ret != -EBADF && most != -EPERM))
				most = ret;
		}
	}
	return most;
}

/* Puts program b into the program array a: the filter would be replaced. */
static long replace_program(int a, int b, long arg)
{
	uint32_t key = 0, value = (uint32_t)b;
	union bpf_attr attr = { .map_fd = (uint32_t)a,
				.key = (uint64_t)(uintptr_t)&key,
				.value = (uint64_t)(uintptr_t)&value };

	(void)arg;
	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

static long attach(int a, int b, long type)
{
	union bpf_attr attr = { .target_fd = (uint32_t)a,
				.attach_bpf_fd = (uint32_t)b,
				.attach_type = (uint32_t)type,
				.attach_flags = BPF_F_ALLOW_MULTI };

	return bpf(BPF_PROG_ATTACH, &attr);
}

static long link_pair(int a, int b, long type)
{
	union bpf_attr attr = { .link_create = { .prog_fd = (uint32_t)a,
						 .target_fd = (uint32_t)b,
						 .attach_type = (uint32_t)type } };

	return closed(bpf(BPF_LINK_CREATE, &attr));
}

static long update_link(int a, int b, long arg)
{
	union bpf_attr attr = { .link_update = { .link_fd = (uint32_t)a,
						 .new_prog_fd = (uint32_t)b } };

	(void)arg;
	return bpf(BPF_LINK_UPDATE, &attr);
}

static long replace_in_array(struct hostile *h, long arg)
{
	return each_pair(h, replace_program, arg);
}

static long attach_held(struct hostile *h, long type)
{
	return each_pair(h, attach, type);
}

static long link_held(struct hostile *h, long type)
{
	return each_pair(h, link_pair, type);
}

static long update_links(struct hostile *h, long arg)
{
	return each_pair(h, update_link, arg);
}

static long link_iterator(struct hostile *h, int fd, long arg)
{
	(void)h;
	(void)arg;
	return link_pair(fd, 0, BPF_TRACE_ITER);
}

static long detach_link(struct hostile *h, int fd, long arg)
{
	union bpf_attr attr = { .link_detach.link_fd = (uint32_t)fd };

	(void)h;
	(void)arg;
	return bpf(BPF_LINK_DETACH, &attr);
}

static long create_iterator(struct hostile *h, int fd, long arg)
{
	union bpf_attr attr = { .iter_create.link_fd = (uint32_t)fd };

	(void)h;
	(void)arg;
	return closed(bpf(BPF_ITER_CREATE, &attr));
}

static long open_tracepoint(struct hostile *h, int fd, long arg)
{
	union bpf_attr attr = { .raw_tracepoint = { .name = (uint64_t)(uintptr_t) "sys_enter",
						    .prog_fd = (uint32_t)fd } };

	(void)h;
	(void)arg;
	return closed(bpf(BPF_RAW_TRACEPOINT_OPEN, &attr));
}

static long run_program(struct hostile *h, int fd, long arg)
{
	uint8_t packet[64] = { 0 };
	union bpf_attr attr = { .test = { .prog_fd = (uint32_t)fd,
					  .data_in = (uint64_t)(uintptr_t)packet,
					  .data_size_in = sizeof(packet) } };

	(void)h;
	(void)arg;
	return bpf(BPF_PROG_TEST_RUN, &attr);
}

static long updates(struct hostile *h, long arg)
{
	return hostile_each_fd(h, update, arg);
}

static long deletes(struct hostile *h, long arg)
{
	return hostile_each_fd(h, delete_element, arg);
}

static long freezes(struct hostile *h, long arg)
{
	return hostile_each_fd(h, freeze, arg);
}

static long link_iterators(struct hostile *h, long arg)
{
	return hostile_each_fd(h, link_iterator, arg);
}

static long detaches(struct hostile *h, long arg)
{
	return hostile_each_fd(h, detach_link, arg);
}

static long create_iterators(struct hostile *h, long arg)
{
	return hostile_each_fd(h, create_iterator, arg);
}

static long open_tracepoints(struct hostile *h, long arg)
{
	return hostile_each_fd(h, open_tracepoint, arg);
}

static long run_programs(struct hostile *h, long arg)
{
	return hostile_each_fd(h, run_program, arg);
}

static const struct hostile_attempt free_standing[] = {
	{ "load-filter", "load a socket filter", load_program, BPF_PROG_TYPE_SOCKET_FILTER, 0 },
	{ "load-sockops", "load a sockops program", load_program, BPF_PROG_TYPE_SOCK_OPS, 0 },
	{ "map-create", "create a BPF map", create_map, BPF_MAP_TYPE_ARRAY, 0 },
	{ "btf-load", "load BPF types", load_btf, 0, 0 },
	{ "obj-get", "open a pinned map that everybody may open", get_object, 0, 0 },
	{ "map-by-id", "open another program's map by its number", by_id, BPF_MAP_GET_FD_BY_ID, 0 },
	{ "prog-by-id", "open another program's BPF program by its number", by_id,
	  BPF_PROG_GET_FD_BY_ID, 0 },
	{ "link-by-id", "open a BPF link by its number", by_any_id, BPF_LINK_GET_FD_BY_ID, 0 },
	{ "btf-by-id", "open BPF types by their number", by_any_id, BPF_BTF_GET_FD_BY_ID, 0 },
	{ "prog-next-id", "list the BPF programs of the host", next_id, BPF_PROG_GET_NEXT_ID, 0 },
	{ "map-next-id", "list the BPF maps of the host", next_id, BPF_MAP_GET_NEXT_ID, 0 },
	{ "bpf-stats", "turn the statistics of BPF on", enable_stats, 0, 0 },
};

static const struct hostile_attempt held[] = {
	{ "pin", "pin a held BPF descriptor, so that it outlives the session", pin_all, 0,
	  HOSTILE_HELD },
	{ "map-update", "change a held map", updates, 0, HOSTILE_HELD },
	{ "map-delete", "remove from a held map", deletes, 0, HOSTILE_HELD },
	{ "filter-replace", "put a held program in the place of the filter", replace_in_array, 0,
	  HOSTILE_HELD },
	{ "prog-attach", "attach a held program to a held cgroup", attach_held, BPF_CGROUP_SOCK_OPS,
	  HOSTILE_HELD },
	{ "link-create", "attach a held program to a held cgroup by a link", link_held,
	  BPF_CGROUP_SOCK_OPS, HOSTILE_HELD },
	{ "link-iterator", "make an iterator's link of a held program", link_iterators, 0,
	  HOSTILE_HELD },
	{ "link-update", "exchange the program of a held link", update_links, 0, HOSTILE_HELD },
	{ "iter-create", "start an iterator of a held link", create_iterators, 0, HOSTILE_HELD },
	{ "raw-tracepoint", "attach a held program to a tracepoint", open_tracepoints, 0,
	  HOSTILE_HELD },
	{ "prog-run", "run a held program on made-up data", run_programs, 0, HOSTILE_HELD },
	{ "map-freeze", "freeze a held map", freezes, 0, HOSTILE_HELD },
	{ "link-detach", "detach a held link", detaches, 0, HOSTILE_HELD | HOSTILE_ENDS },
};

const struct hostile_group hostile_bpf = { "BPF", free_standing, SKW_ARRAY_SIZE(free_standing) };
const struct hostile_group hostile_held_bpf = { "BPF, held", held, SKW_ARRAY_SIZE(held) };
