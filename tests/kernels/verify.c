/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verify OBJECT...: loads all programs of each BPF object file, as they are compiled and with the
 * default size of every map, so that the kernel's verifier checks them. It prints one line of TAP
 * (without a number) for each object, and for a program that is refused the end of the verifier's
 * log. A second line tells whether the programs of a command that must start fast are cheap to
 * check. It requires root.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BYTES (1U << 20)
#define LOG_LINES 40

/* How many instructions the verifier may go through: 1,000 take it half a millisecond. */
static const struct {
	const char *object;
	unsigned most;
} bounds[] = {
	{ "capture.bpf.o", 8000 },
};

/* If the cause is not a program but a map or BTF, only libbpf's own message tells it. */
static int print_warning(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (level != LIBBPF_WARN)
		return 0;
	fputs("# ", stdout);
	return vprintf(fmt, ap);
}

static void print_end(const char *log)
{
	const char *from = log + strlen(log);

	for (int lines = 0; from > log; from--)
		if (from[-1] == '\n' && ++lines > LOG_LINES)
			break;
	while (*from) {
		size_t n = strcspn(from, "\n");

		printf("# %.*s\n", (int)n, from);
		from += n + (from[n] == '\n');
	}
}

static unsigned verified_insns(const struct bpf_object *object)
{
	struct bpf_program *program;
	unsigned sum = 0;

	bpf_object__for_each_program(program, object)
	{
		struct bpf_prog_info info = { 0 };
		__u32 len = sizeof(info);

		if (!bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &len))
			sum += info.verified_insns;
	}
	return sum;
}

/* Returns whether the object is within its bound, if it has one. */
static int is_cheap(const char *name, unsigned insns)
{
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		int cheap = insns && insns <= bounds[i].most;

		if (strcmp(name, bounds[i].object) != 0)
			continue;
		printf("%sok - %s takes the verifier %u instructions at most\n",
		       cheap ? "" : "not ", name, bounds[i].most);
		printf("# %s: %u\n", name, insns);
		return cheap;
	}
	return 1;
}

/* *insns: how many the verifier has gone through. */
static int verify(const char *path, char *log, unsigned *insns)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	int err;

	if (!object)
		return -errno;
	/*
	 * The programs are loaded one after the other, and loading stops at the first that is
	 * refused.
	 */
	bpf_object__for_each_program(program, object)
	{
		bpf_program__set_log_buf(program, log, LOG_BYTES);
		bpf_program__set_log_level(program, 1);
	}
	err = bpf_object__load(object);
	*insns = err ? 0 : verified_insns(object);
	bpf_object__close(object);
	return err;
}

int main(int argc, char **argv)
{
	char *log = malloc(LOG_BYTES);
	int failed = 0;

	if (!log)
		return 99;
	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(print_warning);
	for (int i = 1; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');
		const char *name = slash ? slash + 1 : argv[i];
		unsigned insns = 0;
		int err;

		log[0] = '\0';
		err = verify(argv[i], log, &insns);
		/* Some kernels permit no tracing of their functions. The verifier says nothing
		 * then. */
		if (err == -EPERM && !log[0] && strstr(argv[i], "trace")) {
			printf("ok - %s is not asked about: no tracing\n", name);
			continue;
		}
		printf("%sok - %s is accepted\n", err ? "not " : "", name);
		if (!err && !is_cheap(name, insns))
			failed = 1;
		if (err) {
			failed = 1;
			print_end(log);
			printf("# %s\n", strerror(-err));
		}
	}
	free(log);
	return failed;
}
