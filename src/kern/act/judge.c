// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/judge.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/policy.skel.h"
#include "kern/act/judge_texts.h"
#include "kern/act/pins.h"
#include "kern/bpf_log.h"
#include "kern/conn_owner.h"
#include "kern/exclusive.h"
#include "kern/libbpf.h"
#include "kern/types.h"
#include "util/cleanup.h"

#define RING_BYTES (1U << 18) /* as bpf/policy.bpf.c has it */
#define PREFIX     "skw_policy_"

/* Beside the calls that are judged. */
#define FOR_REDIRECTS (1U << SKW_POLICY_WHATS)
#define FOR_PROXY     (2U << SKW_POLICY_WHATS)

static const struct {
	const char *name;
	unsigned need; /* a bit */
} programs[] = {
	{ "skw_policy_connect4", 1U << SKW_POLICY_CONNECT },
	{ "skw_policy_connect6", 1U << SKW_POLICY_CONNECT },
	{ "skw_policy_bind4", 1U << SKW_POLICY_BIND },
	{ "skw_policy_bind6", 1U << SKW_POLICY_BIND },
	{ "skw_policy_send4", 1U << SKW_POLICY_SEND },
	{ "skw_policy_send6", 1U << SKW_POLICY_SEND },
	{ "skw_policy_create", 1U << SKW_POLICY_CREATE },
	{ "skw_policy_peer4", FOR_REDIRECTS },
	{ "skw_policy_peer6", FOR_REDIRECTS },
	{ "skw_policy_connected", FOR_PROXY },
	{ "skw_policy_original", FOR_PROXY },
};

#define PROGRAMS SKW_ARRAY_SIZE(programs)

struct skw_judge {
	struct policy_bpf *bpf; /* NULL after skw_judge_disarm() */
	struct bpf_link *links[PROGRAMS];
	int cgroup_fd, proxy_fd;
	char cgroup[PATH_MAX], proxy[PATH_MAX];
	int texts_fd; /* -1: not kept */
	int trie_fds[SKW_POLICY_SETS];
	uint64_t active;
	unsigned needs;
	struct skw_rings *rings;
};

static int open_cgroup(const char *path, char copy[PATH_MAX], int *fd, struct skw_error *err)
{
	snprintf(copy, PATH_MAX, "%s", path);
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd >= 0 ? 0 : skw_error_set(err, -errno, "%s: %s", path, strerror(errno));
}

static int load(struct skw_judge *j, const struct skw_judge_options *opt,
		const struct skw_types *types, struct skw_error *err)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = skw_types_path(types));

	skw_bpf_log_begin();
	j->bpf = policy_bpf__open_opts(&open_opts);
	if (!j->bpf)
		return skw_bpf_log_failure(err, -errno, "opening the programs of the policy", "");
	j->bpf->rodata->rate = opt->rate;
	j->bpf->rodata->tells_allowed = opt->tells_allowed;
	j->bpf->rodata->redirects = opt->redirects;
	j->bpf->rodata->reader_pidns = skw_conn_owner_pidns();
	for (size_t i = 0; i < PROGRAMS; i++)
		bpf_program__set_autoload(
			bpf_object__find_program_by_name(j->bpf->obj, programs[i].name),
			j->needs & programs[i].need);
	int ret = policy_bpf__load(j->bpf);
	return ret ? skw_bpf_log_failure(err, ret, "loading the programs of the policy",
					 ret == -EPERM ? "; it needs CAP_BPF, CAP_NET_ADMIN and "
							 "CAP_PERFMON (or root)"
						       : "; it needs Linux 5.18 or later, with BTF")
		   : 0;
}

static int start(struct skw_judge *j, const struct skw_judge_options *opt, struct skw_error *err)
{
	struct skw_types types;
	int ret = open_cgroup(opt->cgroup, j->cgroup, &j->cgroup_fd, err);

	if (!ret && opt->proxy)
		ret = open_cgroup(opt->proxy, j->proxy, &j->proxy_fd, err);
	if (ret)
		return ret;
	skw_types_open(&types);
	ret = load(j, opt, &types, err);
	skw_types_close(&types);
	if (ret)
		return ret;
	int ring_fd = bpf_map__fd(j->bpf->maps.ring);
	ret = skw_rings_open(&ring_fd, 1, RING_BYTES, &j->rings);
	if (ret)
		return skw_error_set(err, ret, "BPF: the memory of events: %s", skw_error_why(ret));
	if (!opt->keeps_texts)
		return 0;
	j->texts_fd = skw_judge_texts_make();
	return j->texts_fd >= 0 ? 0
				: skw_error_set(err, j->texts_fd, "BPF: the map of rules: %s",
						skw_error_why(j->texts_fd));
}

int skw_judge_open(const struct skw_judge_options *opt, struct skw_judge **out,
		   struct skw_error *err)
{
	int ret = skw_libbpf_init(err);
	struct skw_judge *j = ret ? NULL : calloc(1, sizeof(*j));

	if (!j)
		return ret ? ret : skw_error_set(err, -ENOMEM, "out of memory");
	j->cgroup_fd = j->proxy_fd = j->texts_fd = -1;
	j->trie_fds[0] = j->trie_fds[1] = -1;
	j->needs = opt->whats | (opt->redirects ? FOR_REDIRECTS : 0) |
		   (opt->redirects && opt->proxy ? FOR_PROXY : 0);
	ret = start(j, opt, err);
	if (ret) {
		skw_judge_close(j);
		return ret;
	}
	*out = j;
	return 0;
}

/* Links that are pinned stay; others go with the last process that has them. */
void skw_judge_disarm(struct skw_judge *j)
{
	for (size_t i = 0; i < PROGRAMS; i++) {
		bpf_link__destroy(j->links[i]);
		j->links[i] = NULL;
	}
	policy_bpf__destroy(j->bpf);
	j->bpf = NULL;
	skw_cleanup_fd(&j->cgroup_fd);
	skw_cleanup_fd(&j->proxy_fd);
	skw_cleanup_fd(&j->texts_fd);
	skw_cleanup_fd(&j->trie_fds[0]);
	skw_cleanup_fd(&j->trie_fds[1]);
	j->cgroup_fd = j->proxy_fd = j->texts_fd = j->trie_fds[0] = j->trie_fds[1] = -1;
}

void skw_judge_close(struct skw_judge *j)
{
	if (!j)
		return;
	skw_judge_disarm(j);
	skw_rings_close(j->rings);
	free(j);
}

/* Fills a new trie. Returns its descriptor or -errno. */
static int make_trie(const struct skw_policy_image *image)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd = bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "skw_policy",
				sizeof(struct skw_policy_prefix), sizeof(struct skw_policy_bits),
				SKW_POLICY_PREFIXES, &opts);

	for (size_t i = 0; fd >= 0 && i < image->leaves; i++)
		if (bpf_map_update_elem(fd, &image->leaf[i].prefix, &image->leaf[i].bits,
					BPF_ANY)) {
			int ret = -errno;

			close(fd);
			return ret;
		}
	return fd < 0 ? -errno : fd;
}

/* The entries of the set before the last one are still there. */
static int put_groups(const struct skw_judge *j, uint32_t set, const struct skw_policy_image *image)
{
	int fd = bpf_map__fd(j->bpf->maps.groups);
	struct skw_policy_group key = { 0 }, next;
	int more = bpf_map_get_next_key(fd, NULL, &next);

	while (!more) {
		key = next;
		more = bpf_map_get_next_key(fd, &key, &next);
		if (key.set == set)
			bpf_map_delete_elem(fd, &key);
	}
	for (size_t i = 0; i < image->groups; i++) {
		key = (struct skw_policy_group){ .id = image->group[i].id, .set = set };
		if (bpf_map_update_elem(fd, &key, &image->group[i].bits, BPF_ANY))
			return -errno;
	}
	return 0;
}

static int clear_counts(const struct skw_judge *j, uint32_t set, size_t rules)
{
	SKW_AUTO_FREE uint64_t *zeros = calloc(skw_libbpf_cpus(), sizeof(*zeros));
	int fd = bpf_map__fd(j->bpf->maps.counts);

	if (!zeros)
		return -ENOMEM;
	for (size_t i = 0; i < rules; i++) {
		uint32_t key = set * SKW_POLICY_RULES + (uint32_t)i;

		if (bpf_map_update_elem(fd, &key, zeros, BPF_ANY))
			return -errno;
	}
	return 0;
}

/* Fills the set that is not in use. */
static int fill(struct skw_judge *j, uint32_t set, const struct skw_policy_image *image,
		const char (*texts)[SKW_POLICY_TEXT_MAX], size_t rules)
{
	int ret = make_trie(image);

	if (ret < 0)
		return ret;
	skw_cleanup_fd(&j->trie_fds[set]);
	j->trie_fds[set] = ret;
	if (bpf_map_update_elem(bpf_map__fd(j->bpf->maps.tries), &set, &j->trie_fds[set],
				BPF_ANY) ||
	    bpf_map_update_elem(bpf_map__fd(j->bpf->maps.sets), &set, &image->set, BPF_ANY) ||
	    bpf_map_update_elem(bpf_map__fd(j->bpf->maps.ports), &set, &image->ports, BPF_ANY))
		return -errno;
	ret = put_groups(j, set, image);
	if (!ret)
		ret = clear_counts(j, set, rules);
	return ret || j->texts_fd < 0 ? ret : skw_judge_texts_put(j->texts_fd, set, texts, rules);
}

/*
 * The kernel returns from this update when no program runs any more that had the map before, and
 * such a program may have chosen its set before the change.
 */
static void wait_for_programs(const struct skw_judge *j, uint32_t set)
{
	if (j->trie_fds[set] >= 0)
		bpf_map_update_elem(bpf_map__fd(j->bpf->maps.tries), &set, &j->trie_fds[set],
				    BPF_ANY);
}

int skw_judge_put(struct skw_judge *j, const struct skw_policy_image *image,
		  const char (*texts)[SKW_POLICY_TEXT_MAX], size_t rules, struct skw_error *err)
{
	const uint32_t key = SKW_POLICY_ACTIVE;
	uint32_t before = (uint32_t)j->active, after = 1 - before;
	uint64_t active = after;
	int ret = fill(j, after, image, texts, rules);

	if (!ret && bpf_map_update_elem(bpf_map__fd(j->bpf->maps.control), &key, &active, BPF_ANY))
		ret = -errno;
	if (ret)
		return skw_error_set(err, ret, "BPF: filling the maps of the rules: %s",
				     skw_error_why(ret));
	j->active = active;
	wait_for_programs(j, before);
	return 0;
}

int skw_judge_add_base(struct skw_judge *j, size_t rule, uint64_t count)
{
	return j->texts_fd < 0 ? 0
			       : skw_judge_texts_add(j->texts_fd, (uint32_t)j->active, rule, count);
}

int skw_judge_tell(const struct skw_judge *j, bool on)
{
	const uint32_t key = SKW_POLICY_TELL;
	const uint64_t value = on;

	return bpf_map_update_elem(bpf_map__fd(j->bpf->maps.control), &key, &value, BPF_ANY)
		       ? -errno
		       : 0;
}

static int attach(struct skw_judge *j, size_t i, struct skw_error *err)
{
	struct bpf_program *program =
		bpf_object__find_program_by_name(j->bpf->obj, programs[i].name);
	bool proxy = programs[i].need == FOR_PROXY &&
		     strcmp(programs[i].name, "skw_policy_original") == 0;
	const char *path = proxy ? j->proxy : j->cgroup;
	int ret = skw_exclusive_check(path, bpf_program__expected_attach_type(program), err);

	if (ret)
		return ret;
	j->links[i] = bpf_program__attach_cgroup(program, proxy ? j->proxy_fd : j->cgroup_fd);
	if (j->links[i])
		return 0;
	ret = -errno;
	return skw_error_set(err, ret, "%s: attaching %s to this cgroup: %s", path,
			     programs[i].name, strerror(-ret));
}

int skw_judge_attach(struct skw_judge *j, struct skw_error *err)
{
	for (size_t i = 0; i < PROGRAMS; i++) {
		int ret = j->needs & programs[i].need ? attach(j, i, err) : 0;

		if (ret) {
			skw_judge_detach(j);
			return ret;
		}
	}
	return 0;
}

void skw_judge_detach(struct skw_judge *j)
{
	for (size_t i = 0; i < PROGRAMS; i++) {
		bpf_link__destroy(j->links[i]);
		j->links[i] = NULL;
	}
	/* Waits for an RCU grace period. After it no CPU runs the programs any more. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

bool skw_judge_is_attached(const struct skw_judge *j)
{
	for (size_t i = 0; i < PROGRAMS; i++)
		if (j->links[i] && skw_pins_is_attached(bpf_link__fd(j->links[i])))
			return true;
	return false;
}

int skw_judge_pin(const struct skw_judge *j, const struct skw_pin *pin, struct skw_error *err)
{
	int ret = skw_pins_put(pin, "control", bpf_map__fd(j->bpf->maps.control), err);

	if (!ret)
		ret = skw_pins_put(pin, "counts", bpf_map__fd(j->bpf->maps.counts), err);
	if (!ret)
		ret = skw_pins_put(pin, "texts", j->texts_fd, err);
	for (size_t i = 0; !ret && i < PROGRAMS; i++) {
		char name[64];

		snprintf(name, sizeof(name), "link-%s", programs[i].name + strlen(PREFIX));
		if (j->links[i])
			ret = skw_pins_put(pin, name, bpf_link__fd(j->links[i]), err);
	}
	return ret;
}

size_t skw_judge_fds(const struct skw_judge *j, int fds[SKW_JUDGE_FDS])
{
	size_t n = 0;

	fds[n++] = bpf_map__fd(j->bpf->maps.control);
	fds[n++] = bpf_map__fd(j->bpf->maps.sets);
	fds[n++] = bpf_map__fd(j->bpf->maps.ports);
	fds[n++] = bpf_map__fd(j->bpf->maps.tries);
	fds[n++] = bpf_map__fd(j->bpf->maps.groups);
	fds[n++] = bpf_map__fd(j->bpf->maps.counts);
	fds[n++] = bpf_map__fd(j->bpf->maps.totals);
	for (int i = 0; i < SKW_POLICY_SETS; i++)
		if (j->trie_fds[i] >= 0)
			fds[n++] = j->trie_fds[i];
	if (j->texts_fd >= 0)
		fds[n++] = j->texts_fd;
	for (size_t i = 0; i < PROGRAMS; i++)
		if (j->links[i])
			fds[n++] = bpf_link__fd(j->links[i]);
	return n;
}

struct skw_rings *skw_judge_rings(struct skw_judge *j)
{
	return j->rings;
}

int skw_judge_count(const struct skw_judge *j, bool before, size_t rule, uint64_t *out)
{
	uint32_t set = before ? 1 - (uint32_t)j->active : (uint32_t)j->active;

	return skw_judge_texts_sum(bpf_map__fd(j->bpf->maps.counts),
				   set * SKW_POLICY_RULES + (uint32_t)rule, out);
}

int skw_judge_totals(const struct skw_judge *j, struct skw_policy_totals *out)
{
	size_t cpus = skw_libbpf_cpus(), words = sizeof(*out) / sizeof(uint64_t);
	SKW_AUTO_FREE uint64_t *all = calloc(cpus * words, sizeof(*all));
	uint64_t *sum = (uint64_t *)out;
	const uint32_t key = 0;

	if (!all)
		return -ENOMEM;
	if (bpf_map_lookup_elem(bpf_map__fd(j->bpf->maps.totals), &key, all))
		return -errno;
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < cpus * words; i++)
		sum[i % words] += all[i];
	return 0;
}
