// SPDX-License-Identifier: BSD-2-Clause
#include "asked/talks.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

static struct skw_asked_talk *talk_of(struct skw_pair *p)
{
	return p ? (struct skw_asked_talk *)((char *)p - offsetof(struct skw_asked_talk, pair))
		 : NULL;
}

static size_t bytes_of(const struct skw_asked_text *t)
{
	return t ? sizeof(*t) + t->len + 1 : 0;
}

static void drop(struct skw_asked_talks *t, struct skw_asked_talk *k)
{
	skw_pair_table_remove(&t->table, &k->pair);
	t->bytes -= sizeof(*k) + bytes_of(k->dns) + bytes_of(k->sni);
	skw_asked_text_leave(k->dns);
	skw_asked_text_leave(k->sni);
	free(k);
}

static void keep_limit(struct skw_asked_talks *t)
{
	while (t->bytes > t->max_bytes && t->list.first != t->list.last) {
		drop(t, talk_of(t->list.first));
		t->forgotten++;
	}
}

/* NULL: memory is short. */
static struct skw_asked_talk *add(struct skw_asked_talks *t, const struct skw_tuple *tuple,
				  const struct skw_pair_id *id, struct skw_asked_text *dns)
{
	struct skw_asked_talk *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->tuple = *tuple;
	if (skw_pair_table_add(&t->table, &k->pair, id, &t->list)) {
		free(k);
		return NULL;
	}
	k->dns = dns;
	if (dns)
		dns->users++;
	t->bytes += sizeof(*k) + bytes_of(dns);
	keep_limit(t);
	return k;
}

int skw_asked_talks_init(struct skw_asked_talks *t, const uint64_t key[2])
{
	return skw_pair_table_init(&t->table, key);
}

void skw_asked_talks_free(struct skw_asked_talks *t)
{
	while (t->list.first)
		drop(t, talk_of(t->list.first));
	skw_pair_table_free(&t->table);
}

struct skw_asked_talk *skw_asked_talks_find(const struct skw_asked_talks *t,
					    const struct skw_tuple *tuple)
{
	const struct skw_pair_id id = skw_pair_table_id(&t->table, tuple);

	return talk_of(skw_pair_table_find(&t->table, &id));
}

static bool is_opening(const struct skw_flow *flow)
{
	return (flow->known & SKW_FLOW_TCP) &&
	       (flow->tcp.flags & (TH_SYN | TH_ACK | TH_RST)) == TH_SYN;
}

int skw_asked_talks_begin(struct skw_asked_talks *t, const struct skw_flow *flow,
			  const struct skw_asked_store *store, uint64_t ts_ns)
{
	const struct skw_tuple *tuple = &flow->tuple;
	bool udp = tuple->proto == IPPROTO_UDP;
	struct skw_asked_talk *k;
	struct skw_pair_id id;

	if (!udp && !is_opening(flow))
		return 0;
	id = skw_pair_table_id(&t->table, tuple);
	k = talk_of(skw_pair_table_find(&t->table, &id));
	/* UDP has no begin but its first packet; a SYN may be sent again. */
	if (k && (udp || (k->opened && k->first_seq == flow->tcp.seq + 1)))
		return 0;
	if (k)
		drop(t, k);
	k = add(t, tuple, &id,
		skw_asked_store_find(store, tuple->family, tuple->remote_addr, ts_ns));
	if (!k)
		return -ENOMEM;
	k->opened = !udp;
	k->first_seq = udp ? 0 : flow->tcp.seq + 1;
	return 0;
}

int skw_asked_talks_name(struct skw_asked_talks *t, const struct skw_tuple *tuple, const char *text)
{
	const struct skw_pair_id id = skw_pair_table_id(&t->table, tuple);
	struct skw_asked_talk *k = talk_of(skw_pair_table_find(&t->table, &id));

	if (k && k->sni)
		return 0;
	if (!k)
		k = add(t, tuple, &id, NULL);
	if (!k)
		return -ENOMEM;
	k->sni = skw_asked_text_new(text);
	if (!k->sni)
		return -ENOMEM;
	t->bytes += bytes_of(k->sni);
	keep_limit(t);
	return 0;
}
