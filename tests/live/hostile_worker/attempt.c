// SPDX-License-Identifier: BSD-2-Clause
#include "attempt.h"

#include <stdarg.h>
#include <stdio.h>

const struct hostile_group *const hostile_groups[] = {
	&hostile_files,    &hostile_signals,   &hostile_keeper_memory,
	&hostile_bpf,      &hostile_held_bpf,  &hostile_sockets,
	&hostile_held,     &hostile_processes, &hostile_namespaces,
	&hostile_host,     &hostile_kernel,    &hostile_kill,
	&hostile_requests, &hostile_minder,    NULL,
};

size_t hostile_count(void)
{
	size_t n = 0;

	for (size_t i = 0; hostile_groups[i]; i++)
		n += hostile_groups[i]->len;
	return n;
}

/* How much a refusal tells: that permission was missing tells more than that nothing was there. */
static int weight(long ret)
{
	switch (ret) {
	case HOSTILE_NOTHING:
		return 0;
	case -EBADF:
	case -ENOTSOCK:
	case -ENOTDIR:
	case -ENODEV:
		return 1;
	case -EPERM:
	case -EACCES:
	case -ENOSYS:
		return 3;
	default:
		return 2;
	}
}

long hostile_each_fd(struct hostile *h, long (*each)(struct hostile *h, int fd, long arg), long arg)
{
	long most = HOSTILE_NOTHING;

	for (int fd = 0; fd < HOSTILE_FDS; fd++) {
		long ret = each(h, fd, arg);

		if (ret >= 0) {
			if (h->note && !h->note[0])
				hostile_note(h, "descriptor %d", fd);
			return ret;
		}
		if (weight(ret) > weight(most))
			most = ret;
	}
	return weight(most) > 1 ? most : HOSTILE_NOTHING;
}

void hostile_note(struct hostile *h, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(h->note, h->note_size, format, ap);
	va_end(ap);
}

const char *hostile_decoy(const struct hostile *h, char path[256], const char *name)
{
	snprintf(path, 256, "%s/%s", h->dir, name);
	return path;
}
