// SPDX-License-Identifier: BSD-2-Clause
#include "capture/state.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <pcap/dlt.h>
#include <string.h>

#include "capture/packet_rec.h"
#include "pcap/sll2.h"

/* A packet without a link-layer header gets the cooked one in front. 0 or -errno. */
static int cook(struct skw_live *l, const struct skw_live_iface *iface, struct skw_packet *pkt)
{
	struct skw_packet bare = *pkt;
	struct skw_sll2 header;

	bare.dlt = DLT_RAW;
	int ret = skw_sll2_make(&bare, iface->info.ifindex, iface->info.arphrd, &header);
	if (ret)
		return ret;
	memcpy(l->cooked, header.header, SKW_SLL2_BYTES);
	memcpy(l->cooked + SKW_SLL2_BYTES, pkt->data, pkt->caplen);
	pkt->data = l->cooked;
	pkt->len += SKW_SLL2_BYTES;
	pkt->caplen += SKW_SLL2_BYTES;
	return 0;
}

/* The interface of a record: its place in the table, or -errno. */
static int place_of(struct skw_live *l, uint32_t ifindex)
{
	int place;

	if (ifindex == l->last_ifindex)
		return (int)l->last_place;
	place = skw_live_ifaces_find(&l->ifaces, ifindex);
	if (place < 0 && l->use_any)
		place = skw_any_unknown(&l->any, ifindex);
	if (place >= 0) {
		l->last_ifindex = ifindex;
		l->last_place = (uint32_t)place;
	}
	return place >= 0 || l->use_any ? place : -ENODEV;
}

/* How many packets were lost between this record and the one before from the same CPU. */
static uint32_t drops_before(struct skw_live *l, const struct skw_packet_rec *rec)
{
	if (rec->cpu >= l->cpus || rec->slot >= l->slots)
		return 0;
	uint32_t *last = &l->drops[rec->slot * l->cpus + rec->cpu];
	uint32_t lost = rec->drops - *last;

	*last = rec->drops;
	return lost;
}

static int deliver(struct skw_live *l, const void *bytes, size_t size, struct skw_error *err)
{
	struct skw_packet_frame rec;
	int ret = skw_packet_rec_decode(bytes, size, 0, &rec);

	if (ret)
		return skw_error_set(err, ret, "a ring holds what is no packet record");
	int place = place_of(l, rec.rec->ifindex);
	if (place < 0)
		return skw_error_set(err, place, "interface %u: %s", rec.rec->ifindex,
				     strerror(-place));

	struct skw_live_iface *iface = l->ifaces.all[place];
	uint64_t ts_ns = rec.rec->ts_ns;
	struct skw_packet pkt = {
		.ts_ns = ts_ns + (uint64_t)(ts_ns < l->set_ns ? l->offset_before_ns : l->offset_ns),
		.data = rec.frame,
		.caplen = rec.caplen,
		.len = rec.len,
		.dlt = iface->iface.dlt,
		.iface = (uint32_t)place,
		.dropped = drops_before(l, rec.rec),
		.protocol = ntohs(rec.rec->protocol),
		.pkt_type = rec.rec->pkt_type,
		.direction = rec.rec->pkt_type == PACKET_OUTGOING ? SKW_DIR_OUT : SKW_DIR_IN,
	};
	if (iface->cooked) {
		ret = cook(l, iface, &pkt);
		if (ret)
			return skw_error_set(err, ret, "%s: %s", iface->info.name, strerror(-ret));
	}
	if (iface->user_filter && !skw_offline_filter_match(iface->user_filter, &pkt)) {
		iface->user_rejected++;
		return SKW_DELIVERED;
	}
	/* A filter in user space has seen more than was asked for, and a tag takes room as well. */
	if (pkt.caplen > l->plan->snaplen) {
		pkt.caplen = l->plan->snaplen;
		iface->cut += rec.rec->caplen == rec.rec->len;
	}
	return skw_delivery_packet(&l->delivery, &pkt, &iface->iface, err);
}

int skw_live_drain(struct skw_live *l, uint64_t now_ns, struct skw_error *err)
{
	struct skw_rings *rings = skw_tap_rings(l->tap);
	const void *rec;
	size_t size;
	int any = 0;
	int ret = skw_rings_look(rings, now_ns);

	if (ret)
		return skw_error_set(err, ret, "rings: %s", strerror(-ret));
	l->held = false;
	for (;;) {
		/* A file that takes no more must not keep signals and clock waiting: rings can. */
		if (now_ns != UINT64_MAX && !skw_delivery_ready(&l->delivery)) {
			l->held = true;
			break;
		}
		rec = skw_rings_next(rings, &size);
		if (!rec)
			break;
		any = 1;
		ret = deliver(l, rec, size, err);
		if (ret < 0)
			return ret;
		if (ret == SKW_DELIVERED_ENOUGH) {
			l->stop = l->enough = true;
			break;
		}
	}
	skw_rings_release(rings);
	return any;
}

int skw_live_figures(const struct skw_live *l, struct skw_figures *f)
{
	uint64_t user_rejected = 0;

	*f = (struct skw_figures){ 0 };
	for (unsigned slot = 0; slot < l->slots; slot++) {
		struct skw_iface_stats stats;
		int ret = skw_tap_stats(l->tap, slot, &stats);

		if (ret)
			return ret;
		f->seen += stats.seen;
		/* While it runs, a CPU may be between the two. */
		f->rejected += stats.seen > stats.matched ? stats.seen - stats.matched : 0;
		f->captured += stats.captured;
		f->dropped += stats.dropped;
		f->truncated += stats.truncated;
	}
	for (size_t i = 0; i < l->ifaces.len; i++) {
		user_rejected += l->ifaces.all[i]->user_rejected;
		f->truncated += l->ifaces.all[i]->cut;
	}
	f->rejected += user_rejected;
	f->captured -= user_rejected;
	f->left_over = f->captured - l->delivery.packets;
	return 0;
}
