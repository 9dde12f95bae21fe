// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/peers.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>

#include "kern/act/marker.h"
#include "kern/act/pins.h"
#include "util/cleanup.h"

#define BYTES (SKW_MARK_PEERS * sizeof(struct skw_mark_peer))

/* A stranger could pin anything in the folder. */
static bool is_ours(int fd)
{
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && info.type == BPF_MAP_TYPE_ARRAY &&
	       info.value_size == sizeof(struct skw_mark_peer) &&
	       info.max_entries == SKW_MARK_PEERS && info.map_flags & BPF_F_MMAPABLE;
}

static int add(void *ctx, const struct skw_pin *pin)
{
	struct skw_peers *peers = ctx;

	if (strcmp(pin->meta.kind, "mark") != 0 || peers->len == SKW_PEERS_MAX)
		return 0;
	SKW_AUTO_FD int fd = skw_pins_get(pin, SKW_MARKER_PEERS);
	if (fd < 0 || !is_ours(fd))
		return 0;
	/*
	 * The kernel maps no map through a descriptor for reading only (EINVAL). But what is mapped
	 * for reading can't be made writable, see bpf_map_mmap() in kernel/bpf/syscall.c.
	 */
	void *map = mmap(NULL, BYTES, PROT_READ, MAP_SHARED, fd, 0);
	if (map != MAP_FAILED)
		peers->maps[peers->len++] = map;
	return 0;
}

void skw_peers_open(struct skw_peers *peers)
{
	*peers = (struct skw_peers){ 0 };
	/* Without a folder of pins nothing is marked. */
	(void)skw_pins_each(NULL, add, peers, NULL);
}

void skw_peers_close(struct skw_peers *peers)
{
	while (peers->len)
		munmap((void *)peers->maps[--peers->len], BYTES);
}

bool skw_peers_find(const struct skw_peers *peers, uint64_t cookie, struct skw_mark_peer *out)
{
	for (size_t i = 0; i < peers->len; i++) {
		const struct skw_mark_peer *slot = &peers->maps[i][cookie % SKW_MARK_PEERS];

		if (__atomic_load_n(&slot->cookie, __ATOMIC_ACQUIRE) != cookie)
			continue;
		memcpy(out, slot, sizeof(*out));
		/* A program may write the slot meanwhile. */
		if (out->cookie == cookie && out->remote_host && out->check == skw_mark_check(out))
			return true;
	}
	return false;
}
