// SPDX-License-Identifier: BSD-2-Clause
#include "kern/skb_access.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "util/cleanup.h"

/* The fields of a packet are not aligned, so the processor must allow unaligned reads. */
#if defined(__x86_64__) || defined(__aarch64__) || defined(__s390x__) || defined(__powerpc64__)
#define READS_UNALIGNED true
#else
#define READS_UNALIGNED false
#endif

static void free_btf(struct btf **btf)
{
	btf__free(*btf);
}

/* Returns a member's offset in bytes, or -ENOENT. Looks into anonymous structs and unions, too. */
static int find_member(const struct btf *btf, const struct btf_type *type, const char *name)
{
	const struct btf_member *m = btf_members(type);

	for (uint32_t i = 0; i < btf_vlen(type); i++, m++) {
		int at = (int)btf_member_bit_offset(type, i) / 8;
		const char *its_name = btf__name_by_offset(btf, m->name_off);
		const struct btf_type *inner = btf__type_by_id(btf, m->type);

		if (strcmp(its_name, name) == 0)
			return at;
		if (*its_name || !inner || !btf_is_composite(inner))
			continue;
		int inside = find_member(btf, inner, name);
		if (inside >= 0)
			return at + inside;
	}
	return -ENOENT;
}

/* Returns the length of the array of bytes that a struct begins with, or -ENOENT. */
static int bytes_len(const struct btf *btf, const struct btf_type *type)
{
	const struct btf_type *array =
		btf_vlen(type) ? btf__type_by_id(btf, btf_members(type)->type) : NULL;

	if (!array || !btf_is_array(array) || btf__resolve_size(btf, btf_array(array)->type) != 1)
		return -ENOENT;
	return (int)btf_array(array)->nelems;
}

/* All names are looked up in one pass, because a pass goes over a hundred thousand types. */
struct wanted {
	const char *name;
	uint32_t kind;
	int32_t id;
};

static bool find_all(const struct btf *btf, struct wanted *wanted, size_t n)
{
	size_t found = 0;

	for (uint32_t id = 1, end = btf__type_cnt(btf); id < end && found < n; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (btf_kind(type) != BTF_KIND_FUNC && btf_kind(type) != BTF_KIND_STRUCT)
			continue;
		const char *name = btf__name_by_offset(btf, type->name_off);
		for (size_t i = 0; i < n; i++)
			if (!wanted[i].id && btf_kind(type) == wanted[i].kind &&
			    strcmp(name, wanted[i].name) == 0) {
				wanted[i].id = (int32_t)id;
				found++;
			}
	}
	return found == n;
}

int skw_skb_access_probe(struct skw_skb_access *out)
{
	/* It begins with 65 bytes, which are more than most filters read. */
	static const char bytes[] = "new_utsname";
	struct wanted w[] = {
		{ "bpf_cast_to_kern_ctx", BTF_KIND_FUNC, 0 },
		{ "bpf_rdonly_cast", BTF_KIND_FUNC, 0 },
		{ bytes, BTF_KIND_STRUCT, 0 },
		{ "sk_buff", BTF_KIND_STRUCT, 0 },
	};
	SKW_CLEANUP(free_btf) struct btf *btf = NULL;

	if (!READS_UNALIGNED)
		return -ENOENT;
	btf = btf__load_vmlinux_btf();
	if (!btf)
		return -errno;
	if (!find_all(btf, w, SKW_ARRAY_SIZE(w)))
		return -ENOENT;

	const struct btf_type *skb = btf__type_by_id(btf, (uint32_t)w[3].id);
	int data = find_member(btf, skb, "data"), len = find_member(btf, skb, "len");
	int data_len = find_member(btf, skb, "data_len");
	int many = bytes_len(btf, btf__type_by_id(btf, (uint32_t)w[2].id));

	if (data < 0 || len < 0 || data_len < 0 || many < (int)sizeof(uint32_t))
		return -ENOENT;
	*out = (struct skw_skb_access){
		.cast_ctx = w[0].id,
		.cast_rdonly = w[1].id,
		.bytes = w[2].id,
		.bytes_len = (uint32_t)many,
		.data = (int16_t)data,
		.len = (int16_t)len,
		.data_len = (int16_t)data_len,
	};
	return 0;
}
