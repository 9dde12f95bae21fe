// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/judge_texts.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kern/act/counters.h"
#include "kern/act/judge.h"
#include "kern/act/pins.h"
#include "kern/libbpf.h"
#include "util/cleanup.h"

struct text {
	char text[SKW_POLICY_TEXT_MAX]; /* empty: behind the last rule */
	uint64_t base;                  /* counted by rules before */
};

int skw_judge_texts_make(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "skw_texts", sizeof(uint32_t),
				sizeof(struct text), SKW_POLICY_SETS * SKW_POLICY_RULES, NULL);

	return fd < 0 ? -errno : fd;
}

int skw_judge_texts_put(int fd, uint32_t set, const char (*texts)[SKW_POLICY_TEXT_MAX],
			size_t rules)
{
	for (size_t i = 0; i < SKW_POLICY_RULES && i <= rules; i++) {
		uint32_t key = set * SKW_POLICY_RULES + (uint32_t)i;
		struct text one = { 0 };

		if (i < rules)
			memcpy(one.text, texts[i], sizeof(one.text));
		if (bpf_map_update_elem(fd, &key, &one, BPF_ANY))
			return -errno;
	}
	return 0;
}

int skw_judge_texts_add(int fd, uint32_t set, size_t rule, uint64_t count)
{
	uint32_t key = set * SKW_POLICY_RULES + (uint32_t)rule;
	struct text one;

	if (bpf_map_lookup_elem(fd, &key, &one))
		return -errno;
	one.base += count;
	return bpf_map_update_elem(fd, &key, &one, BPF_ANY) ? -errno : 0;
}

int skw_judge_list(const struct skw_pin *pin,
		   void (*each)(void *ctx, const char *text, uint64_t count), void *ctx,
		   struct skw_error *err)
{
	SKW_AUTO_FD int control_fd =
		skw_pins_get_map(pin, "control", BPF_MAP_TYPE_ARRAY, sizeof(uint64_t));
	SKW_AUTO_FD int counts_fd =
		skw_pins_get_map(pin, "counts", BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(uint64_t));
	SKW_AUTO_FD int texts_fd =
		skw_pins_get_map(pin, "texts", BPF_MAP_TYPE_ARRAY, sizeof(struct text));
	uint32_t key = SKW_POLICY_ACTIVE;
	uint64_t active = 0, count = 0;
	int ret = skw_libbpf_init(err);

	if (ret)
		return ret;
	if (control_fd < 0 || counts_fd < 0 || texts_fd < 0 ||
	    bpf_map_lookup_elem(control_fd, &key, &active))
		return skw_error_set(err, -ENOENT, "its maps can't be read");
	key = (uint32_t)(active & 1) * SKW_POLICY_RULES;
	for (uint32_t i = 0; i < SKW_POLICY_RULES; i++, key++) {
		struct text one;

		if (bpf_map_lookup_elem(texts_fd, &key, &one) || !one.text[0] ||
		    skw_counters_read(counts_fd, key, &count, sizeof(count)))
			break;
		one.text[sizeof(one.text) - 1] = '\0';
		each(ctx, one.text, one.base + count);
	}
	return 0;
}
