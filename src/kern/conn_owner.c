// SPDX-License-Identifier: BSD-2-Clause
#include "kern/conn_owner.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/types.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "abi/conn.h"
#include "bpf/owner.skel.h"
#include "model/watch.h"

/* Inode number of the first pid namespace: PROC_PID_INIT_INO, include/linux/proc_ns.h. */
#define FIRST_PIDNS 0xEFFFFFFCU

struct skw_conn_owner {
	struct owner_bpf *bpf;
	struct bpf_link *holders;    /* NULL: none */
	struct bpf_link *connect[2]; /* NULL: not attached */
};

static uint32_t reader_pidns(void)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) < 0 || (uint32_t)st.st_ino == FIRST_PIDNS)
		return 0;
	return (uint32_t)st.st_ino;
}

/* 0 or -errno. */
static int owner_try(struct skw_conn_owner *o, const struct skw_conn_owner_options *opt,
		     bool holders, bool creator)
{
	struct owner_bpf *bpf = owner_bpf__open();
	int ret;

	if (!bpf)
		return -errno;
	bpf->rodata->rings_len = opt->rings_len;
	bpf->rodata->reader_pidns = reader_pidns();
	bpf_map__set_max_entries(bpf->maps.rings, opt->rings_len);
	bpf_program__set_autoload(bpf->progs.skw_sweep_holders, holders);
	bpf_program__set_autoload(bpf->progs.skw_connect4, creator);
	bpf_program__set_autoload(bpf->progs.skw_connect6, creator);
	ret = bpf_map__reuse_fd(bpf->maps.rings, opt->rings_fd);
	if (!ret)
		ret = bpf_map__reuse_fd(bpf->maps.counters, opt->counters_fd);
	if (!ret)
		ret = owner_bpf__load(bpf);
	if (!ret && holders) {
		o->holders = bpf_program__attach_iter(bpf->progs.skw_sweep_holders, NULL);
		ret = o->holders ? 0 : -errno;
	}
	if (ret) {
		owner_bpf__destroy(bpf);
		return ret;
	}
	o->bpf = bpf;
	return 0;
}

struct skw_conn_owner *skw_conn_owner_open(const struct skw_conn_owner_options *opt,
					   uint32_t *lacks)
{
	/* From all to little. */
	static const struct {
		bool holders, creator;
	} parts[] = { { true, true }, { true, false }, { false, true } };
	struct skw_conn_owner *o = calloc(1, sizeof(*o));

	for (size_t i = 0; o && i < sizeof(parts) / sizeof(parts[0]); i++) {
		bool holders = opt->holders && parts[i].holders;
		bool creator = opt->creator && parts[i].creator;

		if ((!holders && !creator) || owner_try(o, opt, holders, creator))
			continue;
		if (opt->holders && !holders)
			*lacks |= SKW_LACKS_HOLDERS;
		if (opt->creator && !creator)
			*lacks |= SKW_LACKS_CREATOR;
		return o;
	}
	free(o);
	*lacks |= opt->holders ? SKW_LACKS_HOLDERS : 0;
	*lacks |= opt->creator ? SKW_LACKS_CREATOR : 0;
	return NULL;
}

void skw_conn_owner_close(struct skw_conn_owner *o)
{
	if (!o)
		return;
	skw_conn_owner_detach(o);
	bpf_link__destroy(o->holders);
	owner_bpf__destroy(o->bpf);
	free(o);
}

int skw_conn_owner_attach(struct skw_conn_owner *o, int cgroup_fd)
{
	if (!o || !bpf_program__autoload(o->bpf->progs.skw_connect4))
		return 0;
	o->connect[0] = bpf_program__attach_cgroup(o->bpf->progs.skw_connect4, cgroup_fd);
	if (o->connect[0])
		o->connect[1] = bpf_program__attach_cgroup(o->bpf->progs.skw_connect6, cgroup_fd);
	if (o->connect[1])
		return 0;
	int ret = -errno;
	skw_conn_owner_detach(o);
	return ret;
}

void skw_conn_owner_detach(struct skw_conn_owner *o)
{
	for (int i = 0; o && i < 2; i++) {
		bpf_link__destroy(o->connect[i]);
		o->connect[i] = NULL;
	}
}

int skw_conn_owner_link(const struct skw_conn_owner *o)
{
	return o && o->holders ? bpf_link__fd(o->holders) : -1;
}
