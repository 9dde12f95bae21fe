// SPDX-License-Identifier: BSD-2-Clause
/*
 * A library for LD_PRELOAD that makes one call of the C library fail: the Nth of a kind, in one
 * role of the program. Without a plan it only writes down what calls there are. It also writes down
 * the processes and the BPF objects of the run, so that the runner can look for what stays behind.
 *
 * The worker's sandbox allows few system calls. So everything is opened before, and what is written
 * down goes into shared memory.
 */
#include "board.h"
#include "kinds.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FRAMES 40

enum kind {
#define NAME(name) KIND_##name,
	FAULT_MINUS(NAME) FAULT_NULL(NAME) FAULT_CODE(NAME) FAULT_DONE(NAME)
#undef NAME
		KIND_memory,
	KIND_fopencookie,
	KIND_fork,
	KIND_bpf,
	KIND_landlock,
	KIND_seccomp,
	KIND_syscall,
	KINDS
};

static const char *const kind_names[] = {
#define NAME(name) #name,
	FAULT_MINUS(NAME) FAULT_NULL(NAME) FAULT_CODE(NAME) FAULT_DONE(NAME)
#undef NAME
		"memory",
	"fopencookie",
	"fork",
	"bpf",
	"landlock",
	"seccomp",
	"syscall"
};

static struct fault_board *board;
static struct {
	unsigned role, kind, nth;
	int error;
} plan = { .role = FAULT_ROLES };
static uint32_t (*counts)[KINDS]; /* [FAULT_ROLES], shared by all processes */
static unsigned role;
static uintptr_t exe_begin, exe_end;
/* Calls of the library itself are not counted. */
static __thread int is_busy __attribute__((tls_model("initial-exec")));

/* ---- what is written down ---- */

static int find_exe(struct dl_phdr_info *info, size_t size, void *ctx)
{
	(void)size;
	(void)ctx;
	exe_begin = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t end = exe_begin + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type == PT_LOAD && end > exe_end)
			exe_end = end;
	}
	return 1; /* the program is the first */
}

static int is_own(const void *address)
{
	return (uintptr_t)address >= exe_begin && (uintptr_t)address < exe_end;
}

/* Frames 0 and 1 are this library's: this file is built without inlining. */
static void trace(void *const *frames, int n)
{
	size_t at = 0;

	for (int i = 2; i < n && at < sizeof(board->trace) - 1; i++) {
		Dl_info info = { 0 };
		int len;

		if (is_own(frames[i]))
			len = snprintf(board->trace + at, sizeof(board->trace) - at, "0x%lx ",
				       (unsigned long)((uintptr_t)frames[i] - exe_begin - 1));
		else
			len = snprintf(board->trace + at, sizeof(board->trace) - at, "%s ",
				       dladdr(frames[i], &info) && info.dli_sname ? info.dli_sname
										  : "?");
		at += (size_t)len;
	}
}

static void note_call(unsigned kind, unsigned nth, void *const *frames, int n)
{
	uint32_t at = __atomic_fetch_add(&board->n_calls, 1, __ATOMIC_RELAXED);
	uint64_t stack = 14695981039346656037u;

	if (at >= FAULT_CALLS_MAX)
		return;
	for (int i = 2; i < n; i++)
		stack = (stack ^ (uintptr_t)frames[i]) * 1099511628211u;
	struct fault_call *call = &board->calls[at];
	*call = (struct fault_call){ .role = role, .kind = kind, .nth = nth, .stack = stack };
	call->own = n > 2 && is_own(frames[2]);
	for (int i = 2, own = 0; i < n && own < FAULT_FROM; i++)
		if (is_own(frames[i]))
			call->from[own++] = (uint32_t)((uintptr_t)frames[i] - exe_begin - 1);
}

/* Returns the errno with which this call must fail, or 0. */
static int strike(unsigned kind)
{
	void *frames[FRAMES];
	int error = 0;

	if (!board || is_busy)
		return 0;
	is_busy = 1;
	int saved = errno;
	if (kind == KIND_epoll_wait && role == FAULT_WORKER)
		role = FAULT_RUNNING;
	uint32_t nth = __atomic_add_fetch(&counts[role][kind], 1, __ATOMIC_RELAXED);
	if (plan.role == FAULT_ROLES)
		note_call(kind, nth, frames, backtrace(frames, FRAMES));
	if (plan.role == role && plan.kind == kind && plan.nth == nth) {
		trace(frames, backtrace(frames, FRAMES));
		board->fired_pid = (uint32_t)getpid();
		__atomic_store_n(&board->fired, 1, __ATOMIC_RELEASE);
		error = plan.error;
	}
	errno = saved;
	is_busy = 0;
	return error;
}

static unsigned kind_of(const char *name)
{
	unsigned kind = 0;

	while (kind < KINDS && strcmp(kind_names[kind], name) != 0)
		kind++;
	return kind;
}

static void read_plan(const char *text)
{
	char name[16];

	if (sscanf(text, "%u:%15[^:]:%u:%d", &plan.role, name, &plan.nth, &plan.error) != 4)
		abort();
	plan.kind = kind_of(name);
	if (plan.kind == KINDS)
		abort();
}

__attribute__((constructor)) static void begin(void)
{
	const char *file = getenv(FAULT_BOARD), *text = getenv(FAULT_PLAN);
	void *frames[1];

	if (!file)
		return;
	is_busy = 1;
	int fd = open(file, O_RDWR | O_CLOEXEC);
	void *at = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	void *own = mmap(NULL, FAULT_ROLES * sizeof(*counts), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fd < 0 || at == MAP_FAILED || own == MAP_FAILED)
		abort();
	close(fd);
	/* Programs that skwatch starts must not begin again. */
	unsetenv("LD_PRELOAD");
	dl_iterate_phdr(find_exe, NULL);
	backtrace(frames, 1); /* it loads a library when it is first used */
	if (text)
		read_plan(text);
	counts = own;
	struct fault_board *b = at;
	for (unsigned i = 0; i < KINDS; i++)
		strcpy(b->kinds[i], kind_names[i]);
	b->n_kinds = KINDS;
	b->pids[b->n_pids++] = (uint32_t)getpid();
	board = b;
	is_busy = 0;
}

static void note_object(uint32_t type, int fd)
{
	uint32_t info[64] = { 0 };
	union bpf_attr attr = { .info = { .bpf_fd = (uint32_t)fd,
					  .info_len = sizeof(info),
					  .info = (uintptr_t)info } };

	/* In each kind of info the second word is the number. */
	is_busy++;
	if (board && syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) == 0) {
		uint32_t at = __atomic_fetch_add(&board->n_objects, 1, __ATOMIC_RELAXED);

		if (at < FAULT_OBJECTS_MAX)
			board->objects[at] = (struct fault_object){ type, info[1] };
	}
	is_busy--;
}

/* ---- the functions ---- */

typedef long call(long a, long b, long c, long d, long e, long f);

/* All arguments are in registers, also where their number varies. */
#define ARGS   long a, long b, long c, long d, long e, long f
#define VALUES a, b, c, d, e, f

static call *next_function(call **kept, const char *name)
{
	if (!*kept) {
		is_busy++;
		*kept = (call *)dlsym(RTLD_NEXT, name);
		is_busy--;
	}
	return *kept;
}

#define WRAP(name, kind, before, failed)                                                           \
	long fault_##name(ARGS) __asm__(#name);                                                    \
	long fault_##name(ARGS)                                                                    \
	{                                                                                          \
		static call *real;                                                                 \
		call *next = next_function(&real, #name);                                          \
		int error = strike(KIND_##kind);                                                   \
                                                                                                   \
		if (!error)                                                                        \
			return next(VALUES);                                                       \
		before;                                                                            \
		errno = error;                                                                     \
		return failed;                                                                     \
	}
#define MINUS(name)            WRAP(name, name, (void)0, -1)
#define NOTHING(name)          WRAP(name, name, (void)0, 0)
#define CODE(name)             WRAP(name, name, (void)0, error)
#define DONE(name)             WRAP(name, name, next(VALUES), -1)
#define OTHER(name, kind)      WRAP(name, kind, (void)0, -1)
#define OTHER_NULL(name, kind) WRAP(name, kind, (void)0, 0)
FAULT_MINUS(MINUS)
FAULT_NULL(NOTHING)
FAULT_CODE(CODE)
FAULT_DONE(DONE)
FAULT_ALIAS(OTHER)
FAULT_ALIAS_NULL(OTHER_NULL)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t align, size_t size);

void *malloc(size_t size)
{
	int error = strike(KIND_memory);

	if (!error)
		return __libc_malloc(size);
	errno = error;
	return NULL;
}

void *calloc(size_t n, size_t size)
{
	int error = strike(KIND_memory);

	if (!error)
		return __libc_calloc(n, size);
	errno = error;
	return NULL;
}

void *realloc(void *old, size_t size)
{
	int error = strike(KIND_memory);

	if (!error)
		return __libc_realloc(old, size);
	errno = error;
	return NULL;
}

void *reallocarray(void *old, size_t n, size_t size)
{
	size_t bytes;
	int error = strike(KIND_memory);

	if (!error && __builtin_mul_overflow(n, size, &bytes))
		error = ENOMEM;
	if (!error)
		return __libc_realloc(old, bytes);
	errno = error;
	return NULL;
}

int posix_memalign(void **out, size_t align, size_t size)
{
	int error = strike(KIND_memory);

	if (!error && !(*out = __libc_memalign(align, size)))
		error = ENOMEM;
	return error;
}

/* Its functions come by value, on the stack. */
FILE *fopencookie(void *cookie, const char *mode, cookie_io_functions_t functions)
{
	static call *real;
	call *next = next_function(&real, "fopencookie");
	int error = strike(KIND_fopencookie);

	if (!error)
		return ((__typeof__(&fopencookie))(void *)next)(cookie, mode, functions);
	errno = error;
	return NULL;
}

/* The first process after the pair of sockets is the keeper; those of the keeper are commands. */
pid_t fork(void)
{
	static call *real;
	call *next = next_function(&real, "fork");
	int error = strike(KIND_fork);

	if (error) {
		errno = error;
		return -1;
	}
	is_busy++;
	pid_t pid = (pid_t)next(0, 0, 0, 0, 0, 0);
	is_busy--;
	if (!board)
		return pid;
	if (!pid) {
		uint32_t at = __atomic_fetch_add(&board->n_pids, 1, __ATOMIC_RELAXED);

		if (at < FAULT_PIDS_MAX)
			board->pids[at] = (uint32_t)getpid();
		role = role == FAULT_START ? FAULT_KEEPER : FAULT_CHILD;
	} else if (role == FAULT_START) {
		role = FAULT_WORKER;
	}
	return pid;
}

static unsigned kind_of_number(long number)
{
	switch (number) {
	case SYS_bpf:
		return KIND_bpf;
	case SYS_seccomp:
		return KIND_seccomp;
	case SYS_landlock_create_ruleset:
	case SYS_landlock_add_rule:
	case SYS_landlock_restrict_self:
		return KIND_landlock;
	default:
		return KIND_syscall;
	}
}

/* No system call that is made through syscall() here has six arguments of its own. */
long fault_syscall(long number, long a, long b, long c, long d, long e) __asm__("syscall");
long fault_syscall(long number, long a, long b, long c, long d, long e)
{
	static call *real;
	call *next = next_function(&real, "syscall");
	int error = strike(kind_of_number(number));

	if (error) {
		errno = error;
		return -1;
	}
	long ret = next(number, a, b, c, d, e);
	if (number != SYS_bpf || ret < 0 || is_busy)
		return ret;
	int saved = errno;
	if (a == BPF_PROG_LOAD)
		note_object(BPF_PROG_GET_NEXT_ID, (int)ret);
	else if (a == BPF_MAP_CREATE)
		note_object(BPF_MAP_GET_NEXT_ID, (int)ret);
	else if (a == BPF_LINK_CREATE)
		note_object(BPF_LINK_GET_NEXT_ID, (int)ret);
	errno = saved;
	return ret;
}
