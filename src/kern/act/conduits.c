// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/conduits.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "bpf/conduit.skel.h"
#include "kern/bpf_log.h"
#include "kern/libbpf.h"

struct skw_conduits {
	struct conduit_bpf *bpf;
	struct skw_conduit *list; /* mapped */
	size_t bytes;
};

static int load(struct skw_conduits *c, unsigned ends, uint32_t unsent_bytes, struct skw_error *err)
{
	c->bpf = conduit_bpf__open();
	if (!c->bpf)
		return skw_bpf_log_failure(err, -errno, "opening the sockmap engine", "");
	struct bpf_map *const maps[] = { c->bpf->maps.conduits, c->bpf->maps.ends, c->bpf->maps.tx,
					 c->bpf->maps.rx };

	c->bpf->rodata->unsent_bytes = unsent_bytes;
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		bpf_map__set_max_entries(maps[i], ends);
	skw_bpf_log_begin();
	int ret = conduit_bpf__load(c->bpf);
	if (!ret)
		return 0;
	return skw_bpf_log_failure(
		err, ret, "loading the sockmap engine",
		ret == -EPERM ? "; it needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON (or root)" : "");
}

/* A socket gets the program that the map has at that time, so this comes before any socket. */
static int attach(struct skw_conduits *c, struct skw_error *err)
{
	if (bpf_prog_attach(bpf_program__fd(c->bpf->progs.skw_verdict),
			    bpf_map__fd(c->bpf->maps.rx), BPF_SK_SKB_VERDICT, 0))
		return skw_error_set(err, -errno, "BPF: attaching to the map of sockets: %s",
				     strerror(errno));
	void *at = mmap(NULL, c->bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			bpf_map__fd(c->bpf->maps.conduits), 0);
	if (at == MAP_FAILED)
		return skw_error_set(err, -errno, "BPF: memory of the sockmap engine: %s",
				     strerror(errno));
	c->list = at;
	return 0;
}

int skw_conduits_open(unsigned pairs, uint32_t unsent_bytes, struct skw_conduits **out,
		      struct skw_error *err)
{
	int ret = skw_libbpf_init(err);
	struct skw_conduits *c = ret ? NULL : calloc(1, sizeof(*c));

	if (!c)
		return ret ? ret : skw_error_set(err, -ENOMEM, "out of memory");
	c->bytes = 2 * (size_t)pairs * sizeof(*c->list);
	ret = load(c, 2 * pairs, unsent_bytes, err);
	if (!ret)
		ret = attach(c, err);
	if (ret)
		skw_conduits_close(c);
	else
		*out = c;
	return ret;
}

void skw_conduits_close(struct skw_conduits *c)
{
	if (!c)
		return;
	if (c->list)
		munmap(c->list, c->bytes);
	conduit_bpf__destroy(c->bpf);
	free(c);
}

struct skw_conduit *skw_conduits_at(const struct skw_conduits *c, uint32_t number)
{
	return &c->list[number];
}

static int put(const struct bpf_map *map, uint32_t number, int fd)
{
	uint64_t value = (uint64_t)fd;

	return bpf_map_update_elem(bpf_map__fd(map), &number, &value, BPF_ANY) ? -errno : 0;
}

int skw_conduits_join(const struct skw_conduits *c, uint32_t number, const int fds[2],
		      const uint64_t cookies[2])
{
	int ret = 0;

	memset(&c->list[number], 0, 2 * sizeof(*c->list));
	for (uint32_t i = 0; !ret && i < 2; i++)
		ret = put(c->bpf->maps.tx, number + i, fds[i]);
	for (uint32_t i = 0; !ret && i < 2; i++) {
		uint32_t end = number + i;

		if (bpf_map_update_elem(bpf_map__fd(c->bpf->maps.ends), &cookies[i], &end, BPF_ANY))
			ret = -errno;
	}
	if (ret)
		skw_conduits_leave(c, cookies);
	return ret;
}

int skw_conduits_start(const struct skw_conduits *c, uint32_t number, int fd)
{
	const int lowat = 1;
	int ret = put(c->bpf->maps.rx, number, fd);

	/* The kernel looks at what has come before only when something happens to the socket. */
	if (!ret)
		setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &lowat, sizeof(lowat));
	return ret;
}

void skw_conduits_leave(const struct skw_conduits *c, const uint64_t cookies[2])
{
	for (int i = 0; i < 2; i++)
		(void)bpf_map_delete_elem(bpf_map__fd(c->bpf->maps.ends), &cookies[i]);
}
