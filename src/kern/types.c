// SPDX-License-Identifier: BSD-2-Clause
#include "kern/types.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"

/* The structs that bpf/vmlinux.h has. */
static const char *const structs[] = {
#include "bpf/structs.h"
};

/* Sections of programs whose place in the kernel has a number in BTF. */
static const struct {
	const char *section, *prefix; /* of the name in BTF */
	uint32_t kind;
	enum bpf_attach_type type;
} places[] = {
	{ "iter+", "bpf_iter_", BTF_KIND_FUNC, BPF_TRACE_ITER },
	{ "fexit+", "", BTF_KIND_FUNC, BPF_TRACE_FEXIT },
	{ "tp_btf+", "btf_trace_", BTF_KIND_TYPEDEF, BPF_TRACE_RAW_TP },
};

/* libbpf gives its callbacks one number, and this is only open while objects are loaded. */
static const struct skw_types *current;

static void place_name(const struct bpf_program *prog, size_t place, char *name, size_t size)
{
	const char *section = bpf_program__section_name(prog);

	snprintf(name, size, "%s%s", places[place].prefix, section + strlen(places[place].section));
}

static uint32_t place_number(const struct bpf_program *prog, size_t place)
{
	char name[128];

	if (!current)
		return 0;
	place_name(prog, place, name, sizeof(name));
	return skw_btf_find(&current->btf, places[place].kind, name);
}

/*
 * libbpf reads the kernel's types for each program that traces, unless it traces another program.
 * That is told with any descriptor here, and taken back in load(). A function that is not in the
 * kernel itself is perhaps in a module. Only libbpf looks there.
 */
static int setup(struct bpf_program *prog, long place)
{
	char name[128];

	if (place_number(prog, (size_t)place))
		return bpf_program__set_attach_target(prog, 1, NULL);
	place_name(prog, (size_t)place, name, sizeof(name));
	(void)bpf_program__set_attach_target(prog, 0, name);
	return 0;
}

static int load(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long place)
{
	uint32_t number = place_number(prog, (size_t)place);

	if (number) {
		opts->attach_prog_fd = 0;
		opts->attach_btf_id = number;
	}
	return 0;
}

/*
 * The handlers stay: libbpf 1.1 uses memory that it has freed if all are taken away again. Without
 * types that are open they leave everything to libbpf.
 */
static void handle_places(void)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_setup_fn = setup,
		    .prog_prepare_load_fn = load);
	static bool done;

	for (size_t i = 0; !done && i < SKW_ARRAY_SIZE(places); i++) {
		opts.cookie = (long)i;
		libbpf_register_prog_handler(places[i].section, BPF_PROG_TYPE_TRACING,
					     places[i].type, &opts);
	}
	done = true;
}

static int map_vmlinux(struct skw_types *t)
{
	SKW_AUTO_FD int fd = open(VMLINUX, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	t->len = (size_t)st.st_size;
	t->bytes = mmap(NULL, t->len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (t->bytes != MAP_FAILED)
		return 0;
	/* Before 6.16 the file can't be mapped. */
	t->bytes = mmap(NULL, t->len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (t->bytes == MAP_FAILED)
		return -ENOMEM;
	for (size_t done = 0; done < t->len;) {
		ssize_t n = read(fd, (char *)t->bytes + done, t->len - done);

		if (n <= 0)
			return n < 0 ? -errno : -EBADMSG;
		done += (size_t)n;
	}
	return 0;
}

/* Puts what the programs need into a file that only this process has. */
static int write_subset(struct skw_types *t)
{
	struct skw_buf subset = SKW_BUF_INIT;
	int ret = skw_btf_subset(&t->btf, structs, SKW_ARRAY_SIZE(structs), &subset);

	t->fd = ret ? -1 : memfd_create("skwatch types", MFD_CLOEXEC);
	if (t->fd < 0 || write(t->fd, subset.data, subset.len) != (ssize_t)subset.len)
		ret = -EIO;
	skw_buf_free(&subset);
	snprintf(t->path, sizeof(t->path), "/proc/self/fd/%d", t->fd);
	return ret ? ret : access(t->path, R_OK);
}

void skw_types_open(struct skw_types *t)
{
	*t = (struct skw_types){ .fd = -1, .bytes = MAP_FAILED };
	if (map_vmlinux(t) || skw_btf_read(&t->btf, t->bytes, t->len) || write_subset(t)) {
		skw_types_close(t);
		return;
	}
	current = t;
	handle_places();
}

void skw_types_close(struct skw_types *t)
{
	current = NULL;
	skw_btf_free(&t->btf);
	if (t->bytes != MAP_FAILED)
		munmap(t->bytes, t->len);
	t->bytes = MAP_FAILED;
	skw_cleanup_fd(&t->fd);
	t->fd = -1;
}

/*
 * If libbpf is left to itself and a program names a struct that this kernel lacks, it also looks
 * for it in the kernel's modules. It fails with -EPERM if it can't list them, which needs
 * CAP_SYS_ADMIN. With a file it looks nowhere else.
 */
const char *skw_types_path(const struct skw_types *t)
{
	__u32 id;

	if (t->fd >= 0)
		return t->path;
	return bpf_btf_get_next_id(0, &id) < 0 && errno == EPERM ? VMLINUX : NULL;
}
