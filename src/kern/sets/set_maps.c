// SPDX-License-Identifier: BSD-2-Clause
#include "kern/sets/set_maps.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

static int fill(int fd, const struct skw_cbpf_set *s)
{
	const __u8 present = 1;

	for (size_t i = 0; i < s->count; i++)
		if (bpf_map_update_elem(fd, s->keys + i * s->words, &present, BPF_ANY) < 0)
			return -errno;
	return 0;
}

/* Returns a descriptor or -errno. */
static int make(const struct skw_cbpf_set *s)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_RDONLY_PROG);
	SKW_AUTO_FD int fd =
		bpf_map_create(BPF_MAP_TYPE_HASH, "skw_set", s->words * (__u32)sizeof(*s->keys),
			       sizeof(__u8), s->count, &opts);

	if (fd < 0)
		return -errno;
	int ret = fill(fd, s);

	return ret ? ret : SKW_TAKE_FD(fd);
}

int skw_set_maps_open(const struct skw_cbpf *program, struct skw_set_maps *out,
		      struct skw_error *err)
{
	SKW_CLEANUP(skw_set_maps_close) struct skw_set_maps maps = { .fds = NULL };

	if (!program->sets_len)
		return 0;
	maps.fds = calloc(program->sets_len, sizeof(*maps.fds));
	if (!maps.fds)
		return skw_error_set(err, -ENOMEM, "filter: out of memory");
	for (; maps.len < program->sets_len; maps.len++) {
		const struct skw_cbpf_set *s = &program->sets[maps.len];
		int fd = make(s);

		if (fd < 0)
			return skw_error_set(err, fd, "filter: a map for %u values: %s", s->count,
					     strerror(-fd));
		maps.fds[maps.len] = fd;
	}
	*out = maps;
	maps = (struct skw_set_maps){ .fds = NULL };
	return 0;
}

void skw_set_maps_close(struct skw_set_maps *maps)
{
	for (size_t i = 0; i < maps->len; i++)
		close(maps->fds[i]);
	free(maps->fds);
	*maps = (struct skw_set_maps){ .fds = NULL };
}
