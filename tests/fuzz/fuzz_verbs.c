// SPDX-License-Identifier: BSD-2-Clause
/*
 * Requests to the keeper, as a worker that was taken over may send them: files of a rotation,
 * filters of a file, and files of triggers. In any order and with any bytes, only files of the plan
 * are opened, each after the one before it, and those of triggers in their folder. The input is a
 * list of requests: the number of the verb, the length, and the bytes.
 */
#include "verbs/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "verbs/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILES    3
#define TRIGGERS 3

static char dir[64];

static void make_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (dir[0])
		return;
	snprintf(dir, sizeof(dir), "%.40s/skw-verbs-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		abort();
}

/* Removes the files that were made, and aborts if one is none of the plan's. */
static void check_files(uint64_t opened)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;
	unsigned n = 0;

	while (d && (entry = readdir(d))) {
		const char *name = entry->d_name;

		if (name[0] == '.' || strcmp(name, "t") == 0)
			continue;
		if (strncmp(name, "f.pcap", 6) != 0 || name[6] < '0' || name[6] >= '0' + FILES ||
		    name[7])
			abort();
		unlinkat(dirfd(d), name, 0);
		n++;
	}
	if (n != (opened < FILES ? opened : FILES))
		abort();
	if (d)
		closedir(d);
}

/* The same for files of triggers, whose names are of safe characters and don't begin with a dot. */
static void check_triggers(const char *folder, uint64_t opened)
{
	DIR *d = opendir(folder);
	const struct dirent *entry;
	uint64_t n = 0;

	while (d && (entry = readdir(d))) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (name[0] == '.' || entry->d_type != DT_REG)
			abort();
		for (const char *c = name; *c; c++)
			if ((unsigned char)*c < ' ' || strchr("/%$;&|`'\"\\ ", *c))
				abort();
		unlinkat(dirfd(d), name, 0);
		n++;
	}
	if (n != opened || opened > TRIGGERS)
		abort();
	if (d)
		closedir(d);
	rmdir(folder);
}

/* Serves one request. Aborts if the answer is none that a keeper could send. */
static void serve(const struct skw_keeper_table *table, size_t verb, const uint8_t *bytes,
		  size_t len)
{
	static struct skw_keeper_reply reply;
	/* An allocation of its own, so that any access beyond it is detected. */
	SKW_AUTO_FREE void *request = malloc(len ? len : 1);

	if (!request)
		abort();
	memcpy(request, bytes, len);
	reply = (struct skw_keeper_reply){ 0 };
	int ret = table->verbs[verb].serve(table->ctx, request, len, &reply);

	if (ret > 0 || reply.n_fds > SKW_KEEPER_FDS_MAX || reply.len > sizeof(reply.payload))
		abort();
	while (reply.n_fds)
		close(reply.fds[--reply.n_fds]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const expressions[] = { "tcp port 80", "inbound" };
	static const char *const events[] = { "rto", "srtt > 200ms / ../x" };
	char name[128], folder[128], template[256];

	make_dir();
	snprintf(name, sizeof(name), "%s/f.pcap", dir);
	snprintf(folder, sizeof(folder), "%s/t", dir);
	snprintf(template, sizeof(template), "%s/%%{comm}-%%{event}", folder);
	mkdir(folder, 0700);

	const struct skw_file_plan plan = { .name = name, .rotate_bytes = 1, .files_max = FILES };
	const struct skw_create_input input = { 0 };
	/* As with -r, so that the times need not be near now. */
	struct skw_verbs_files files = {
		.list.plan = &plan, .inputs = &input, .inputs_len = 1, .dir_fd = -1
	};
	const struct skw_file_plan each = { .name = template, .triggers_max = TRIGGERS };
	struct skw_verbs_files triggers = {
		.list = { .plan = &each, .events = events, .events_len = SKW_ARRAY_SIZE(events) },
		.inputs = &input,
		.inputs_len = 1,
		.dir_fd = -1
	};
	struct skw_verbs_program program = { .list = expressions,
					     .len = SKW_ARRAY_SIZE(expressions) };
	const struct skw_keeper_table *const tables[] = { &files.table, &program.table,
							  &triggers.table };

	skw_verbs_files_prepare(&files);
	skw_verbs_program_prepare(&program);
	skw_verbs_files_prepare(&triggers);
	while (size >= 2) {
		size_t at = data[0], len = data[1] < size - 2 ? data[1] : size - 2;

		for (size_t i = 0; i < SKW_ARRAY_SIZE(tables); i++) {
			if (at < tables[i]->n_verbs)
				serve(tables[i], at, data + 2, len);
			at -= tables[i]->n_verbs;
		}
		data += 2 + len;
		size -= 2 + len;
	}
	check_triggers(folder, triggers.list.opened);
	skw_verbs_files_settle(&triggers);
	check_files(files.list.opened);
	skw_verbs_files_settle(&files);
	return 0;
}
