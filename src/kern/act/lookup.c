// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/lookup.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/steer.skel.h"
#include "kern/act/lookup_keys.h"
#include "kern/act/pins.h"
#include "kern/bpf_log.h"
#include "kern/libbpf.h"
#include "kern/ring/ring.h"
#include "util/cleanup.h"

#define RING_BYTES (256U << 10)
#define NETNS_SELF "/proc/thread-self/ns/net"

/* As bpf/steer.bpf.c has them. */
static const struct {
	const char *name;
	enum bpf_map_type type;
	size_t value_size;
} pinned[] = {
	[SKW_LOOKUP_RULES] = { "rules", BPF_MAP_TYPE_LPM_TRIE, sizeof(__u32) },
	[SKW_LOOKUP_SOCKETS] = { "sockets", BPF_MAP_TYPE_SOCKMAP, sizeof(__u64) },
	[SKW_LOOKUP_ENTRIES] = { "entries", BPF_MAP_TYPE_ARRAY, sizeof(struct skw_steer_entry) },
	[SKW_LOOKUP_FIGURES] = { "figures", BPF_MAP_TYPE_ARRAY, sizeof(struct skw_steer_figures) },
	[SKW_LOOKUP_SERVER] = { "server", BPF_MAP_TYPE_ARRAY, sizeof(struct skw_steer_server) },
};
_Static_assert(SKW_ARRAY_SIZE(pinned) == SKW_LOOKUP_MAPS, "all maps are here");

int skw_lookup_load(struct skw_lookup *l, uint32_t events_per_s, struct skw_error *err)
{
	int ret = skw_libbpf_init(err);

	if (ret)
		return ret;
	l->bpf = steer_bpf__open();
	if (!l->bpf)
		return skw_bpf_log_failure(err, -errno, "opening the program", "");
	l->bpf->rodata->events_per_s = events_per_s;
	if (events_per_s)
		bpf_map__set_max_entries(l->bpf->maps.ring, RING_BYTES);
	ret = steer_bpf__load(l->bpf);
	if (ret)
		return skw_bpf_log_failure(
			err, ret, "loading the program",
			ret == -EPERM ? "; it needs CAP_BPF and CAP_NET_ADMIN (or root)" : "");
	const struct bpf_map *const maps[] = { l->bpf->maps.rules, l->bpf->maps.sockets,
					       l->bpf->maps.entries, l->bpf->maps.figures,
					       l->bpf->maps.server };
	for (size_t i = 0; i < SKW_LOOKUP_MAPS; i++)
		l->fds[i] = bpf_map__fd(maps[i]);
	if (!events_per_s)
		return 0;
	const int ring = bpf_map__fd(l->bpf->maps.ring);
	ret = skw_rings_open(&ring, 1, RING_BYTES, &l->rings);
	return ret ? skw_error_set(err, ret, "the ring of events: %s", strerror(-ret)) : 0;
}

int skw_lookup_open(struct skw_lookup *l, const struct skw_pin *pin, struct skw_error *err)
{
	for (size_t i = 0; i < SKW_LOOKUP_MAPS; i++) {
		int fd =
			skw_pins_get_map(pin, pinned[i].name, pinned[i].type, pinned[i].value_size);

		l->fds[i] = fd;
		if (fd < 0)
			return skw_error_set(err, fd, "%s/%s: %s", pin->path, pinned[i].name,
					     fd == -EINVAL ? "another version of skwatch made it"
							   : skw_error_why(fd));
	}
	return 0;
}

void skw_lookup_detach(struct skw_lookup *l)
{
	bpf_link__destroy(l->link);
	l->link = NULL;
}

void skw_lookup_disarm(struct skw_lookup *l)
{
	for (size_t i = 0; i < SKW_LOOKUP_MAPS; i++) {
		if (!l->bpf)
			skw_cleanup_fd(&l->fds[i]);
		l->fds[i] = -1;
	}
	steer_bpf__destroy(l->bpf);
	l->bpf = NULL;
}

void skw_lookup_close(struct skw_lookup *l)
{
	skw_lookup_detach(l);
	skw_lookup_disarm(l);
	skw_rings_close(l->rings);
	if (l->entries)
		munmap((void *)l->entries, sizeof(*l->entries) * SKW_STEER_RULES_MAX);
	if (l->figures)
		munmap((void *)l->figures, sizeof(*l->figures));
	*l = (struct skw_lookup)SKW_LOOKUP_INIT;
}

int skw_lookup_attach(struct skw_lookup *l, struct skw_error *err)
{
	SKW_AUTO_FD int netns = open(NETNS_SELF, O_RDONLY | O_CLOEXEC);

	if (netns < 0)
		return skw_error_set(err, -errno, "%s: %s", NETNS_SELF, strerror(errno));
	skw_bpf_log_begin();
	l->link = bpf_program__attach_netns(l->bpf->progs.skw_steer, netns);
	return l->link ? 0
		       : skw_bpf_log_failure(err, -errno, "attaching to the network namespace", "");
}

int skw_lookup_pin(struct skw_lookup *l, const struct skw_pin *pin, struct skw_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < SKW_LOOKUP_MAPS; i++)
		ret = skw_pins_put(pin, pinned[i].name, l->fds[i], err);
	return ret ? ret : skw_pins_put(pin, "link-lookup", bpf_link__fd(l->link), err);
}

unsigned skw_lookup_others(char name[32], uint32_t *id)
{
	SKW_AUTO_FD int netns = open(NETNS_SELF, O_RDONLY | O_CLOEXEC);
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info), n = 16, ids[16] = { 0 };

	if (netns < 0 || bpf_prog_query(netns, BPF_SK_LOOKUP, 0, NULL, ids, &n) || !n)
		return 0;
	SKW_AUTO_FD int fd = bpf_prog_get_fd_by_id(ids[0]);

	*id = ids[0];
	name[0] = '\0';
	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0)
		snprintf(name, 32, "%.*s", (int)sizeof(info.name), info.name);
	return n;
}

int skw_lookup_put(const struct skw_lookup *l, unsigned slot, int socket_fd)
{
	const __u32 key = slot;
	const __u64 value = (__u64)socket_fd;

	return bpf_map_update_elem(l->fds[SKW_LOOKUP_SOCKETS], &key, &value, BPF_ANY) ? -errno : 0;
}

bool skw_lookup_has(const struct skw_lookup *l, unsigned slot)
{
	const __u32 key = slot;
	__u64 cookie = 0;

	return bpf_map_lookup_elem(l->fds[SKW_LOOKUP_SOCKETS], &key, &cookie) == 0;
}

static int read_first(const struct skw_lookup *l, enum skw_lookup_map map, void *out)
{
	const __u32 key = 0;

	return bpf_map_lookup_elem(l->fds[map], &key, out) ? -errno : 0;
}

int skw_lookup_server(const struct skw_lookup *l, struct skw_steer_server *out)
{
	int ret = read_first(l, SKW_LOOKUP_SERVER, out);

	out->cgroup[sizeof(out->cgroup) - 1] = '\0';
	out->comm[sizeof(out->comm) - 1] = '\0';
	return ret;
}

int skw_lookup_set_server(const struct skw_lookup *l, const struct skw_steer_server *server)
{
	const __u32 key = 0;

	return bpf_map_update_elem(l->fds[SKW_LOOKUP_SERVER], &key, server, BPF_ANY) ? -errno : 0;
}

int skw_lookup_figures(const struct skw_lookup *l, struct skw_steer_figures *out)
{
	if (!l->figures)
		return read_first(l, SKW_LOOKUP_FIGURES, out);
	*out = *l->figures;
	return 0;
}

int skw_lookup_entry(const struct skw_lookup *l, uint32_t number, struct skw_steer_entry *out)
{
	if (number >= SKW_STEER_RULES_MAX)
		return -ENOENT;
	if (!l->entries)
		return bpf_map_lookup_elem(l->fds[SKW_LOOKUP_ENTRIES], &number, out) ? -errno : 0;
	*out = l->entries[number];
	return 0;
}

struct rule_change {
	const struct skw_lookup *l;
	uint32_t number;
	uint32_t left; /* how many keys are to be removed again */
};

static int add_key(void *ctx, const struct skw_steer_key *key)
{
	struct rule_change *c = ctx;

	if (bpf_map_update_elem(c->l->fds[SKW_LOOKUP_RULES], key, &c->number, BPF_ANY))
		return errno == ENOSPC ? -E2BIG : -errno;
	c->left++;
	return 0;
}

static int remove_key(void *ctx, const struct skw_steer_key *key)
{
	struct rule_change *c = ctx;

	if (c->left-- == 0)
		return 1;
	if (bpf_map_delete_elem(c->l->fds[SKW_LOOKUP_RULES], key) && errno != ENOENT)
		return -errno;
	return 0;
}

static int set_entry(const struct skw_lookup *l, uint32_t number, const struct skw_steer_entry *to)
{
	return bpf_map_update_elem(l->fds[SKW_LOOKUP_ENTRIES], &number, to, BPF_ANY) ? -errno : 0;
}

int skw_lookup_add(const struct skw_lookup *l, uint32_t number, const struct skw_steer_rule *rule,
		   uint8_t proto)
{
	const struct skw_steer_entry none = { 0 };
	struct skw_steer_entry entry = { .rule = *rule };
	struct rule_change change = { l, number, 0 };

	entry.rule.used = 1;
	int ret = set_entry(l, number, &entry);
	if (!ret)
		ret = skw_lookup_keys_each(rule, proto, add_key, &change);
	if (ret) {
		skw_lookup_keys_each(rule, proto, remove_key, &change);
		set_entry(l, number, &none);
	}
	return ret;
}

int skw_lookup_remove(const struct skw_lookup *l, uint32_t number, uint8_t proto)
{
	const struct skw_steer_entry none = { 0 };
	struct rule_change change = { l, number, UINT32_MAX };
	struct skw_steer_entry entry;
	int ret = skw_lookup_entry(l, number, &entry);

	if (!ret)
		ret = skw_lookup_keys_each(&entry.rule, proto, remove_key, &change);
	return ret ? ret : set_entry(l, number, &none);
}

/* Maps a whole array, whose memory the kernel rounds up to pages. */
static const void *map_array(int fd, size_t bytes)
{
	const void *at = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

int skw_lookup_map_figures(struct skw_lookup *l, struct skw_error *err)
{
	l->entries =
		map_array(l->fds[SKW_LOOKUP_ENTRIES], sizeof(*l->entries) * SKW_STEER_RULES_MAX);
	if (l->entries)
		l->figures = map_array(l->fds[SKW_LOOKUP_FIGURES], sizeof(*l->figures));
	return l->figures ? 0
			  : skw_error_set(err, -errno, "mapping the counters: %s", strerror(errno));
}
