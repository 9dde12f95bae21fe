/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verify OBJECT...: loads all programs of each BPF object file, as they are compiled and with the
 * default size of every map, so that the kernel's verifier checks them. It prints one line of TAP
 * (without a number) for each object, and for a program that is refused the end of the verifier's
 * log. It requires root.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BYTES (1U << 20)
#define LOG_LINES 40

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

static int verify(const char *path, char *log)
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
		const char *name = strrchr(argv[i], '/');
		int err;

		log[0] = '\0';
		err = verify(argv[i], log);
		/* Some kernels permit no tracing of their functions. The verifier says nothing
		 * then. */
		if (err == -EPERM && !log[0] && strstr(argv[i], "trace")) {
			printf("ok - %s is not asked about: no tracing\n",
			       name ? name + 1 : argv[i]);
			continue;
		}
		printf("%sok - %s is accepted\n", err ? "not " : "", name ? name + 1 : argv[i]);
		if (err) {
			failed = 1;
			print_end(log);
			printf("# %s\n", strerror(-err));
		}
	}
	free(log);
	return failed;
}
