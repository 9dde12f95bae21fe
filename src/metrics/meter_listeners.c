// SPDX-License-Identifier: BSD-2-Clause
/* Listeners, which tell the direction and the process of what they have accepted. */
#include "metrics/meter_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int skw_meter_listen(struct skw_meter *m, uint32_t place, const struct skw_row *row)
{
	if (m->listeners_len == m->listeners_size) {
		size_t size = m->listeners_size ? m->listeners_size * 2 : 64;
		struct skw_meter_listener *all = reallocarray(m->listeners, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		m->listeners = all;
		m->listeners_size = size;
	}
	struct skw_meter_listener *l = &m->listeners[m->listeners_len++];

	*l = (struct skw_meter_listener){ .netns = row->netns,
					  .place = place,
					  .port = row->tuple.local_port,
					  .family = row->tuple.family };
	memcpy(l->addr, row->tuple.local_addr, sizeof(l->addr));
	m->sorted = false;
	return 0;
}

void skw_meter_listen_no_more(struct skw_meter *m, uint32_t place)
{
	for (size_t i = 0; i < m->listeners_len; i++) {
		if (m->listeners[i].place != place)
			continue;
		m->listeners[i] = m->listeners[--m->listeners_len];
		m->sorted = false;
		return;
	}
}

static int by_port(const void *a, const void *b)
{
	const struct skw_meter_listener *x = a, *y = b;

	if (x->netns != y->netns)
		return x->netns < y->netns ? -1 : 1;
	return (x->port > y->port) - (x->port < y->port);
}

/* The first of those with this namespace and port, or the end. */
static size_t first_of(const struct skw_meter *m, const struct skw_meter_listener *like)
{
	size_t from = 0, to = m->listeners_len;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (by_port(&m->listeners[middle], like) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool is_any(const struct skw_meter_listener *l)
{
	static const uint8_t zeros[16];

	return memcmp(l->addr, zeros, sizeof(zeros)) == 0;
}

/* 2: a listener at the address, 1: at all addresses, 0: it can't have accepted it. */
static int fits(const struct skw_meter_listener *l, const struct skw_tuple *t)
{
	if (l->family == t->family && !memcmp(l->addr, t->local_addr, sizeof(l->addr)))
		return 2;
	/* A listener of IPv6 may take IPv4, too. */
	return is_any(l) && (l->family == t->family || l->family == AF_INET6);
}

bool skw_meter_accepted(struct skw_meter *m, const struct skw_row *row, char comm[SKW_COMM_LEN + 1])
{
	const struct skw_meter_listener like = { .netns = row->netns,
						 .port = row->tuple.local_port };
	const char *found = NULL;
	bool differ = false;
	int best = 0;

	if (!m->sorted && m->listeners_len)
		qsort(m->listeners, m->listeners_len, sizeof(*m->listeners), by_port);
	m->sorted = true;
	for (size_t i = first_of(m, &like);
	     i < m->listeners_len && !by_port(&m->listeners[i], &like); i++) {
		int fit = fits(&m->listeners[i], &row->tuple);
		uint32_t set = skw_tallies_at(&m->tallies, m->listeners[i].place)->set;
		const char *name = skw_label_sets_get(&m->sets, set)->key.comm;

		if (!fit || fit < best)
			continue;
		differ = fit == best && (differ || memcmp(found, name, SKW_COMM_LEN) != 0);
		best = fit;
		found = name;
	}
	memset(comm, 0, SKW_COMM_LEN + 1);
	if (best && !differ)
		memcpy(comm, found, SKW_COMM_LEN);
	return best > 0;
}
