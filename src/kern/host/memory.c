// SPDX-License-Identifier: BSD-2-Clause
/* The limits of the memory cgroup, in both versions of cgroups. */
#include "kern/host/memory.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kern/host/mountinfo.h"
#include "util/cleanup.h"

/* Version 1 writes a number near 2^63 if there is no limit. */
#define NO_LIMIT (1ULL << 62)

/* The files of a version. */
struct version {
	const char *type;   /* of the file system */
	const char *option; /* of the mount; NULL: any */
	const char *limit, *used;
	/* Lines of memory.stat: pages of files, which the kernel gives up for others. */
	const char *files[2];
};

static const struct version versions[] = {
	{ "cgroup2", NULL, "memory.max", "memory.current", { "inactive_file ", "active_file " } },
	{ "cgroup",
	  "memory",
	  "memory.limit_in_bytes",
	  "memory.usage_in_bytes",
	  { "total_inactive_file ", "total_active_file " } },
};

/* Whether `word` is one of the words with commas between them. */
static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = strstr(words, word); at; at = strstr(at + 1, word))
		if ((at == words || at[-1] == ',') &&
		    (!at[len] || at[len] == ',' || at[len] == '\n'))
			return true;
	return false;
}

/* Finds the process's cgroup of this version: "0::/path", or "4:memory:/path". */
static bool own_path(const struct version *v, char path[PATH_MAX])
{
	SKW_AUTO_FILE FILE *f = fopen("/proc/self/cgroup", "re");
	SKW_AUTO_FREE char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		char *names = strchr(line, ':'), *at = names ? strchr(names + 1, ':') : NULL;

		if (!at)
			continue;
		*at++ = '\0';
		if (v->option ? !has_word(names + 1, v->option) : names[1] != '\0')
			continue;
		at[strcspn(at, "\n")] = '\0';
		if (strlen(at) >= PATH_MAX)
			return false;
		strcpy(path, at);
		return true;
	}
	return false;
}

/* Returns all ones if the file has no number. */
static uint64_t read_number(const char *folder, const char *name)
{
	char path[2 * PATH_MAX + 32], text[32], *end;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	SKW_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return UINT64_MAX;
	text[n] = '\0';
	unsigned long long number = strtoull(text, &end, 10);
	return end != text && number < NO_LIMIT ? number : UINT64_MAX;
}

/* The bytes of files that count as used. */
static uint64_t read_cache(const char *folder, const struct version *v)
{
	char path[2 * PATH_MAX + 32], line[128];
	uint64_t sum = 0;

	snprintf(path, sizeof(path), "%s/memory.stat", folder);
	SKW_AUTO_FILE FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		for (size_t i = 0; i < SKW_ARRAY_SIZE(v->files); i++)
			if (strncmp(line, v->files[i], strlen(v->files[i])) == 0)
				sum += strtoull(line + strlen(v->files[i]), NULL, 10);
	return sum;
}

/* Looks at the cgroup and at each above it, up to the mount point. */
static void look_up(const struct version *v, const char *point, const char *below,
		    uint64_t *limit_bytes, uint64_t *free_bytes)
{
	char folder[2 * PATH_MAX];
	size_t shortest = strlen(point);

	snprintf(folder, sizeof(folder), "%s%s", point, below);
	for (;;) {
		uint64_t limit = read_number(folder, v->limit);
		uint64_t used = read_number(folder, v->used);
		uint64_t cache = limit != UINT64_MAX ? read_cache(folder, v) : 0;

		if (used != UINT64_MAX)
			used -= cache < used ? cache : used;

		if (limit < *limit_bytes)
			*limit_bytes = limit;
		if (limit != UINT64_MAX && used != UINT64_MAX &&
		    (limit > used ? limit - used : 0) < *free_bytes)
			*free_bytes = limit > used ? limit - used : 0;
		char *slash = strrchr(folder, '/');
		if (!slash || (size_t)(slash - folder) < shortest)
			return;
		*slash = '\0';
	}
}

static void look_at(const struct version *v, uint64_t *limit_bytes, uint64_t *free_bytes)
{
	SKW_AUTO_FILE FILE *f = fopen("/proc/self/mountinfo", "re");
	SKW_AUTO_FREE char *line = NULL;
	char path[PATH_MAX];
	size_t size = 0;

	if (!f || !own_path(v, path))
		return;
	while (getline(&line, &size, f) > 0) {
		struct skw_mountinfo mount;
		const char *below = path;

		if (!skw_mountinfo_parse(line, &mount) || strcmp(mount.type, v->type) != 0 ||
		    (v->option && !has_word(mount.options, v->option)))
			continue;
		/* In a container, the mount may show the hierarchy from this cgroup on. */
		size_t hidden = strcmp(mount.root, "/") != 0 ? strlen(mount.root) : 0;
		if (hidden)
			below = strncmp(path, mount.root, hidden) == 0 ? path + hidden : "";
		look_up(v, mount.point, strcmp(below, "/") == 0 ? "" : below, limit_bytes,
			free_bytes);
		return;
	}
}

void skw_memory_of_cgroup(uint64_t *limit_bytes, uint64_t *free_bytes)
{
	*limit_bytes = *free_bytes = UINT64_MAX;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(versions); i++)
		look_at(&versions[i], limit_bytes, free_bytes);
}

static uint64_t available(void)
{
	SKW_AUTO_FILE FILE *f = fopen("/proc/meminfo", "re");
	static const char name[] = "MemAvailable:";
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0)
			return strtoull(line + strlen(name), NULL, 10) * 1024;
	return UINT64_MAX;
}

uint64_t skw_memory_free_bytes(void)
{
	uint64_t limit, least = available(), of_cgroup;

	skw_memory_of_cgroup(&limit, &of_cgroup);
	return of_cgroup < least ? of_cgroup : least;
}
