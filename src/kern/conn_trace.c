// SPDX-License-Identifier: BSD-2-Clause
#include "kern/conn_trace.h"

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "abi/conn.h"
#include "bpf/trace.skel.h"
#include "kern/conn_owner.h"
#include "kern/types.h"
#include "model/watch.h"
#include "util/cleanup.h"

#define PROGRAMS_MAX 2

/* A feature, and the programs that it needs. */
struct feature {
	uint32_t event;                /* the SKW_EVENT_BIT() of the events that it adds to */
	uint32_t lacks;                /* SKW_LACKS_* */
	size_t programs[PROGRAMS_MAX]; /* offsets in struct trace_bpf */
	size_t len;
};

#define PROGRAM(name) offsetof(struct trace_bpf, progs.name)

static const struct feature features[] = {
	{ SKW_EVENT_BIT(SKW_EVENT_CONNECT),
	  SKW_LACKS_FAILED,
	  { PROGRAM(skw_connect4), PROGRAM(skw_connect6) },
	  2 },
	{ SKW_EVENT_BIT(SKW_EVENT_RETRANS), SKW_LACKS_SYNACK, { PROGRAM(skw_synack) }, 1 },
};

struct skw_conn_trace {
	struct {
		struct trace_bpf *bpf;
		struct bpf_link *links[PROGRAMS_MAX];
	} features[SKW_ARRAY_SIZE(features)]; /* all NULL: it is not attached */
};

static struct bpf_program *program_of(const struct trace_bpf *bpf, size_t offset)
{
	return *(struct bpf_program *const *)((const char *)bpf + offset);
}

/* Loads the programs of this feature and no others. NULL: the kernel refuses them. */
static struct trace_bpf *load(const struct feature *f, const struct skw_conn_trace_options *opt)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = skw_types_path(opt->types));
	struct trace_bpf *bpf = trace_bpf__open_opts(&open_opts);

	if (!bpf)
		return NULL;
	bpf->rodata->rings_len = opt->rings_len;
	bpf->rodata->events = opt->events;
	bpf->rodata->only_netns = opt->netns;
	bpf->rodata->subtree = opt->subtree;
	bpf->rodata->reader_pidns = skw_conn_owner_pidns();
	for (size_t i = 0; i < SKW_ARRAY_SIZE(features); i++)
		for (size_t p = 0; p < features[i].len; p++)
			bpf_program__set_autoload(program_of(bpf, features[i].programs[p]),
						  &features[i] == f);
	if (bpf_map__reuse_fd(bpf->maps.rings, opt->rings_fd) ||
	    bpf_map__reuse_fd(bpf->maps.counters, opt->counters_fd) || trace_bpf__load(bpf)) {
		trace_bpf__destroy(bpf);
		return NULL;
	}
	return bpf;
}

static void feature_detach(struct skw_conn_trace *t, size_t i)
{
	for (size_t p = 0; p < PROGRAMS_MAX; p++) {
		bpf_link__destroy(t->features[i].links[p]);
		t->features[i].links[p] = NULL;
	}
}

static void feature_close(struct skw_conn_trace *t, size_t i)
{
	feature_detach(t, i);
	trace_bpf__destroy(t->features[i].bpf);
	t->features[i].bpf = NULL;
}

static bool feature_open(struct skw_conn_trace *t, size_t i,
			 const struct skw_conn_trace_options *opt)
{
	t->features[i].bpf = load(&features[i], opt);
	if (!t->features[i].bpf)
		return false;
	for (size_t p = 0; p < features[i].len; p++) {
		t->features[i].links[p] = bpf_program__attach_trace(
			program_of(t->features[i].bpf, features[i].programs[p]));
		if (!t->features[i].links[p]) {
			feature_close(t, i);
			return false;
		}
	}
	return true;
}

struct skw_conn_trace *skw_conn_trace_open(const struct skw_conn_trace_options *opt,
					   uint32_t *lacks)
{
	struct skw_conn_trace *t = calloc(1, sizeof(*t));
	bool any = false;

	*lacks = 0;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(features); i++) {
		if (!(opt->events & features[i].event))
			continue;
		if (t && feature_open(t, i, opt))
			any = true;
		else
			*lacks |= features[i].lacks;
	}
	if (any)
		return t;
	free(t);
	return NULL;
}

size_t skw_conn_trace_links(const struct skw_conn_trace *t, int fds[SKW_CONN_TRACE_LINKS])
{
	size_t n = 0;

	for (size_t i = 0; t && i < SKW_ARRAY_SIZE(features); i++)
		for (size_t p = 0; p < features[i].len && n < SKW_CONN_TRACE_LINKS; p++)
			if (t->features[i].links[p])
				fds[n++] = bpf_link__fd(t->features[i].links[p]);
	return n;
}

void skw_conn_trace_detach(struct skw_conn_trace *t)
{
	for (size_t i = 0; t && i < SKW_ARRAY_SIZE(features); i++)
		feature_detach(t, i);
}

void skw_conn_trace_close(struct skw_conn_trace *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(features); i++)
		feature_close(t, i);
	free(t);
}
