// SPDX-License-Identifier: BSD-2-Clause
#include "kern/memory.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kern/mountinfo.h"
#include "util/cleanup.h"

/* The names of the files differ between cgroup v2 and v1. */
struct hierarchy {
	bool v2;
	const char *limit, *usage;
};

static const struct hierarchy hierarchies[] = {
	{ true, "memory.max", "memory.current" },
	{ false, "memory.limit_in_bytes", "memory.usage_in_bytes" },
};

static uint64_t available(void)
{
	SKW_AUTO_FILE FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	uint64_t kib;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %" SCNu64, &kib) == 1)
			return kib * 1024;
	return UINT64_MAX;
}

/* Reads a file with one number. "max" and anything else that is no number is no limit. */
static uint64_t read_number(const char *folder, const char *name)
{
	char path[PATH_MAX + 64];
	uint64_t number;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	SKW_AUTO_FILE FILE *f = fopen(path, "re");
	return f && fscanf(f, "%" SCNu64, &number) == 1 ? number : UINT64_MAX;
}

/* Whether the comma-separated list has the word. */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += len)
		if ((at == list || at[-1] == ',') &&
		    (!at[len] || at[len] == ',' || at[len] == '\n'))
			return true;
	return false;
}

/* Finds where a hierarchy is mounted as a whole, in mountinfo. */
static bool find_mount(const struct hierarchy *h, char mount[PATH_MAX])
{
	SKW_AUTO_FILE FILE *f = fopen("/proc/self/mountinfo", "re");
	SKW_AUTO_FREE char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		char *rest = strstr(line, " - ");
		char type[32], options[512], root[PATH_MAX];

		if (!rest || sscanf(rest + 3, "%31s %*s %511s", type, options) != 2 ||
		    sscanf(line, "%*s %*s %*s %4095s %4095s", root, mount) != 2 ||
		    strcmp(root, "/") != 0)
			continue;
		if (h->v2 ? strcmp(type, "cgroup2") != 0
			  : strcmp(type, "cgroup") != 0 || !has_word(options, "memory"))
			continue;
		skw_mountinfo_unescape(mount);
		return true;
	}
	return false;
}

/* Finds this process's cgroup: a line of /proc/self/cgroup is "number:controllers:path". */
static bool find_path(const struct hierarchy *h, char found[PATH_MAX])
{
	SKW_AUTO_FILE FILE *f = fopen("/proc/self/cgroup", "re");
	SKW_AUTO_FREE char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		char *controllers = strchr(line, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!path)
			continue;
		*path++ = '\0';
		path[strcspn(path, "\n")] = '\0';
		if (strlen(path) >= PATH_MAX ||
		    (h->v2 ? controllers[1] != '\0' : !has_word(controllers + 1, "memory")))
			continue;
		strcpy(found, path);
		return true;
	}
	return false;
}

/* What the limits of a cgroup and of all above it leave. */
static uint64_t left(const struct hierarchy *h)
{
	char mount[PATH_MAX], path[PATH_MAX], folder[2 * PATH_MAX];
	uint64_t least = UINT64_MAX;

	if (!find_mount(h, mount) || !find_path(h, path))
		return least;
	for (;;) {
		int n = snprintf(folder, sizeof(folder), "%s%s", mount, path);
		uint64_t limit = n < PATH_MAX ? read_number(folder, h->limit) : UINT64_MAX;
		uint64_t usage = limit != UINT64_MAX ? read_number(folder, h->usage) : 0;
		char *slash = strrchr(path, '/');

		if (limit != UINT64_MAX && (limit < usage || limit - usage < least))
			least = limit < usage ? 0 : limit - usage;
		if (!slash || !path[0])
			return least;
		*slash = '\0';
	}
}

uint64_t skw_memory_free_bytes(void)
{
	uint64_t least = available();

	for (size_t i = 0; i < SKW_ARRAY_SIZE(hierarchies); i++) {
		uint64_t bytes = left(&hierarchies[i]);

		if (bytes < least)
			least = bytes;
	}
	return least;
}
