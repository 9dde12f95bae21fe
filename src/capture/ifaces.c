// SPDX-License-Identifier: BSD-2-Clause
#include "capture/ifaces.h"

#include <stdlib.h>
#include <string.h>

void skw_capture_ifaces_free(struct skw_capture_ifaces *t)
{
	for (size_t i = 0; i < t->len; i++)
		free(t->all[i]);
	free(t->all);
	free(t->by_ifindex);
	memset(t, 0, sizeof(*t));
}

/*
 * Indices are small numbers unless the user chose a large one. Large ones are found by a search
 * through all interfaces.
 */
#define INDEX_MAX 65536

static bool index_grow(struct skw_capture_ifaces *t, uint32_t ifindex)
{
	size_t len = t->by_ifindex_len ? t->by_ifindex_len : 64;

	if (ifindex < t->by_ifindex_len || ifindex >= INDEX_MAX)
		return true;
	while (len <= ifindex)
		len *= 2;
	uint32_t *by_ifindex = realloc(t->by_ifindex, len * sizeof(*by_ifindex));
	if (!by_ifindex)
		return false;
	memset(by_ifindex + t->by_ifindex_len, 0, (len - t->by_ifindex_len) * sizeof(*by_ifindex));
	t->by_ifindex = by_ifindex;
	t->by_ifindex_len = len;
	return true;
}

struct skw_capture_iface *skw_capture_ifaces_add(struct skw_capture_ifaces *t,
						 const struct skw_iface_info *info, int dlt,
						 uint32_t snaplen, const char *filter)
{
	struct skw_capture_iface **all = realloc(t->all, (t->len + 1) * sizeof(*all));

	if (!all)
		return NULL;
	t->all = all;
	if (!index_grow(t, info->ifindex))
		return NULL;

	struct skw_capture_iface *iface = calloc(1, sizeof(*iface));
	if (!iface)
		return NULL;
	iface->info = *info;
	iface->ring_dlt = dlt;
	iface->iface = (struct skw_iface){ .name = iface->info.name,
					   .filter = filter[0] ? filter : NULL,
					   .dlt = dlt,
					   .snaplen = snaplen,
					   .ifindex = info->ifindex,
					   .arphrd = info->arphrd };
	all[t->len++] = iface;
	if (info->ifindex < t->by_ifindex_len)
		t->by_ifindex[info->ifindex] = (uint32_t)t->len;
	return iface;
}

int skw_capture_ifaces_find(const struct skw_capture_ifaces *t, uint32_t ifindex)
{
	if (ifindex < t->by_ifindex_len)
		return (int)t->by_ifindex[ifindex] - 1;
	if (ifindex < INDEX_MAX)
		return -1;
	for (size_t i = t->len; i > 0; i--)
		if (t->all[i - 1]->info.ifindex == ifindex)
			return (int)i - 1;
	return -1;
}
