// SPDX-License-Identifier: BSD-2-Clause
#include "kern/conn_owner.h"

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bpf/owner.skel.h"
#include "kern/types.h"

/* Inode number of the initial pid namespace: PROC_PID_INIT_INO, include/linux/proc_ns.h. */
#define FIRST_PIDNS 0xEFFFFFFCU

struct skw_conn_owner {
	struct owner_bpf *bpf;
	struct bpf_link *holders;
};

uint32_t skw_conn_owner_pidns(void)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) < 0 || (uint32_t)st.st_ino == FIRST_PIDNS)
		return 0;
	return (uint32_t)st.st_ino;
}

struct skw_conn_owner *skw_conn_owner_open(const struct skw_types *types)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = skw_types_path(types));
	struct skw_conn_owner *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->bpf = owner_bpf__open_opts(&open_opts);
	if (o->bpf) {
		o->bpf->rodata->reader_pidns = skw_conn_owner_pidns();
		if (owner_bpf__load(o->bpf) == 0)
			o->holders =
				bpf_program__attach_iter(o->bpf->progs.skw_sweep_holders, NULL);
	}
	if (o->holders)
		return o;
	skw_conn_owner_close(o);
	return NULL;
}

void skw_conn_owner_close(struct skw_conn_owner *o)
{
	if (!o)
		return;
	bpf_link__destroy(o->holders);
	owner_bpf__destroy(o->bpf);
	free(o);
}

int skw_conn_owner_link(const struct skw_conn_owner *o)
{
	return o ? bpf_link__fd(o->holders) : -1;
}
