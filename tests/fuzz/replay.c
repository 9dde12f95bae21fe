// SPDX-License-Identifier: BSD-2-Clause
/*
 * Replaces the main function of libFuzzer: calls the target with every file of a corpus, as a TAP
 * test. The corpus is $srcdir/tests/fuzz/corpus/NAME, where NAME is the name of the program, or the
 * files and folders of the command line. Each input is copied to an allocation of exactly its size,
 * so that AddressSanitizer detects any access beyond its end.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned count;

static bool replay_file(const char *path)
{
	SKW_AUTO_FILE FILE *f = fopen(path, "rb");
	SKW_AUTO_FREE uint8_t *data = NULL;
	struct stat st;

	if (!f || fstat(fileno(f), &st) < 0)
		return false;
	size_t size = (size_t)st.st_size;
	data = malloc(size ? size : 1);
	if (!data || fread(data, 1, size, f) != size)
		return false;
	LLVMFuzzerTestOneInput(data, size);
	return true;
}

static int not_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static bool replay(const char *path)
{
	struct dirent **names = NULL;
	struct stat st;
	bool good = true;

	if (stat(path, &st) < 0) {
		printf("# %s: %s\n", path, strerror(errno));
		return false;
	}
	if (!S_ISDIR(st.st_mode)) {
		good = replay_file(path);
		const char *base = strrchr(path, '/');
		printf("%s %u - %s\n", good ? "ok" : "not ok", ++count, base ? base + 1 : path);
		return good;
	}
	int n = scandir(path, &names, not_hidden, alphasort);
	for (int i = 0; i < n; i++) {
		SKW_AUTO_FREE char *inner = NULL;

		if (asprintf(&inner, "%s/%s", path, names[i]->d_name) < 0 || !replay(inner))
			good = false;
		free(names[i]);
	}
	free(names);
	return good && n >= 0;
}

int main(int argc, char **argv)
{
	bool good = true;

	/* Lines are written at once, so that a crash does not lose them. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			good = replay(argv[i]) && good;
	} else {
		SKW_AUTO_FREE char *corpus = NULL;
		const char *name = strrchr(argv[0], '/');
		const char *top = getenv("srcdir");

		if (asprintf(&corpus, "%s/tests/fuzz/corpus/%s", top ? top : ".",
			     name ? name + 1 : argv[0]) < 0)
			return 99;
		good = replay(corpus);
	}
	if (!count) {
		puts("not ok 1 - the corpus has an input");
		count = 1;
		good = false;
	}
	printf("1..%u\n", count);
	return good ? 0 : 1;
}
