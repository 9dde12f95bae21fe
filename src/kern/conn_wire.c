// SPDX-License-Identifier: BSD-2-Clause
#include "kern/conn_wire.h"

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdlib.h>

#include "bpf/wire.skel.h"
#include "kern/cgroup_link.h"
#include "kern/conn_owner.h"
#include "kern/types.h"

struct skw_conn_wire {
	struct wire_bpf *bpf;
	struct bpf_link *links[SKW_CONN_WIRE_LINKS];
};

static bool load(struct skw_conn_wire *w, const struct skw_conn_wire_options *opt)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = skw_types_path(opt->types));

	w->bpf = wire_bpf__open_opts(&open_opts);
	if (!w->bpf)
		return false;
	w->bpf->rodata->rings_len = opt->rings_len;
	w->bpf->rodata->events = opt->events;
	w->bpf->rodata->only_netns = opt->netns;
	w->bpf->rodata->reader_pidns = skw_conn_owner_pidns();
	return !bpf_map__reuse_fd(w->bpf->maps.rings, opt->rings_fd) &&
	       !bpf_map__reuse_fd(w->bpf->maps.counters, opt->counters_fd) &&
	       !wire_bpf__load(w->bpf);
}

static bool attach(struct skw_conn_wire *w, const struct skw_conn_wire_options *opt)
{
	struct bpf_program *program;
	size_t n = 0;

	bpf_object__for_each_program(program, w->bpf->obj)
	{
		if (n == SKW_CONN_WIRE_LINKS)
			return false;
		if (skw_cgroup_link_make(program, opt->cgroup_fd, opt->cgroup, &w->links[n++],
					 NULL))
			return false;
	}
	return true;
}

struct skw_conn_wire *skw_conn_wire_open(const struct skw_conn_wire_options *opt)
{
	struct skw_conn_wire *w = calloc(1, sizeof(*w));

	if (w && load(w, opt) && attach(w, opt))
		return w;
	skw_conn_wire_close(w);
	return NULL;
}

size_t skw_conn_wire_links(const struct skw_conn_wire *w, int fds[SKW_CONN_WIRE_LINKS])
{
	size_t n = 0;

	for (size_t i = 0; w && i < SKW_CONN_WIRE_LINKS; i++)
		if (w->links[i])
			fds[n++] = bpf_link__fd(w->links[i]);
	return n;
}

void skw_conn_wire_detach(struct skw_conn_wire *w)
{
	for (size_t i = 0; w && i < SKW_CONN_WIRE_LINKS; i++) {
		bpf_link__destroy(w->links[i]);
		w->links[i] = NULL;
	}
}

void skw_conn_wire_close(struct skw_conn_wire *w)
{
	if (!w)
		return;
	skw_conn_wire_detach(w);
	wire_bpf__destroy(w->bpf);
	free(w);
}
