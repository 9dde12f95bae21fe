// SPDX-License-Identifier: BSD-2-Clause
/* Turns ring records into runs of packets. */
#include "capture/state.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <pcap/dlt.h>
#include <string.h>

#include "capture/packet_rec.h"
#include "filter/offline.h"
#include "pcap/linktype.h"
#include "pcap/sll2.h"

/*
 * Puts a cooked header before a packet of the link type `dlt`, in the place of the packet's own
 * header. DLT_RAW has none. Returns 0 or -errno.
 */
static int cook(struct skw_capture *c, const struct skw_capture_iface *iface, int dlt,
		struct skw_packet *pkt)
{
	struct skw_packet before = *pkt;
	struct skw_sll2 made;

	before.dlt = dlt;
	int ret = skw_sll2_make_as(iface->iface.dlt, &before, iface->info.ifindex,
				   iface->info.arphrd, &made);
	if (ret)
		return ret;
	pkt->caplen = made.header_len + pkt->caplen - made.drop;
	pkt->len = made.header_len + pkt->len - made.drop_len;
	memcpy(c->cooked, made.header, made.header_len);
	memcpy(c->cooked + made.header_len, pkt->data + made.drop, pkt->caplen - made.header_len);
	pkt->data = c->cooked;
	pkt->dlt = iface->iface.dlt;
	return 0;
}

/* The same where it is due. Returns 1 if a header was made, 0 or -errno. */
static int cook_if(struct skw_capture *c, bool due, const struct skw_capture_iface *iface, int dlt,
		   struct skw_packet *pkt, struct skw_error *err)
{
	int ret = due ? cook(c, iface, dlt, pkt) : 0;

	if (ret == -ENOTSUP)
		return skw_error_set(err, ret, "%s: packets of link type %s get no header of %s",
				     iface->info.name, skw_linktype_dlt_name(dlt),
				     skw_linktype_dlt_name(iface->iface.dlt));
	return ret ? skw_error_set(err, ret, "%s: %s", iface->info.name, strerror(-ret)) : due;
}

/* The place of a record's interface, or -errno. */
static int place_of(struct skw_capture *c, uint32_t ifindex)
{
	int place;

	if (ifindex == c->last_ifindex)
		return (int)c->last_place;
	place = skw_capture_ifaces_find(&c->ifaces, ifindex);
	if (place < 0 && c->use_any)
		place = skw_any_unknown(&c->any, ifindex);
	if (place >= 0) {
		c->last_ifindex = ifindex;
		c->last_place = (uint32_t)place;
	}
	return place >= 0 || c->use_any ? place : -ENODEV;
}

/* The number of packets lost between this record and the previous one from the same CPU. */
static uint32_t drops_before(struct skw_capture *c, const struct skw_packet_rec *rec)
{
	if (rec->cpu >= c->cpus || rec->slot >= c->slots)
		return 0;
	uint32_t *last = &c->drops[rec->slot * c->cpus + rec->cpu];
	uint32_t lost = rec->drops - *last;

	*last = rec->drops;
	return lost;
}

/*
 * Gives the packet the header that its interface or the user wants, and asks a filter that the
 * kernel can't run. Returns 1, 0 if the filter rejects the packet, or -errno.
 */
static int shape(struct skw_capture *c, struct skw_capture_iface *iface, struct skw_packet *pkt,
		 struct skw_error *err)
{
	int ret = cook_if(c, iface->cooked, iface, DLT_RAW, pkt, err);

	if (ret < 0)
		return ret;
	if (iface->user_filter && !skw_offline_filter_match(iface->user_filter, pkt)) {
		iface->user_rejected++;
		return 0;
	}
	ret = cook_if(c, c->recooked, iface, iface->ring_dlt, pkt, err);
	return ret < 0 ? ret : 1;
}

/*
 * Appends the packet of a record to the run. Returns 1 if it must be the run's last packet, because
 * the only buffer for cooked headers is used; otherwise 0 or -errno.
 */
static int add_packet(struct skw_capture *c, const void *bytes, size_t size, struct skw_error *err)
{
	struct skw_packet_frame rec;
	int ret = skw_packet_rec_decode(bytes, size, 0, &rec);

	if (ret)
		return skw_error_set(err, ret, "ring: a record of the kernel is invalid");
	int place = place_of(c, rec.rec->ifindex);
	if (place < 0)
		return skw_error_set(err, place, "interface %u: %s", rec.rec->ifindex,
				     strerror(-place));

	struct skw_capture_iface *iface = c->ifaces.all[place];
	struct skw_packet *pkt = &c->run[c->run_len];

	*pkt = (struct skw_packet){
		.ts_ns = skw_loop_real_ns(c->clock, rec.ts_ns),
		.data = rec.frame,
		.caplen = rec.caplen,
		.len = rec.len,
		.dlt = iface->ring_dlt,
		.iface = (uint32_t)place,
		.from = &iface->iface,
		.dropped = drops_before(c, rec.rec),
		.protocol = ntohs(rec.rec->protocol),
		.pkt_type = rec.rec->pkt_type,
		.direction = rec.rec->pkt_type == PACKET_OUTGOING ? SKW_DIR_OUT : SKW_DIR_IN,
	};
	bool cooked = iface->cooked || c->recooked;
	if (cooked || iface->user_filter) {
		ret = shape(c, iface, pkt, err);
		if (ret <= 0)
			return ret;
	}
	/* A filter in user space needs whole packets, and a restored tag makes a packet longer. */
	if (pkt->caplen > c->plan->snaplen) {
		pkt->caplen = c->plan->snaplen;
		iface->cut += rec.rec->caplen == rec.rec->len;
	}
	c->run_len++;
	return cooked;
}

/* Fills a new run. The previous run must have been passed on. Returns 0 or -errno. */
static int gather(struct skw_capture *c, uint64_t until_ns, struct skw_error *err)
{
	struct skw_rings *rings = skw_tap_rings(c->tap);
	size_t bytes = 0;
	int ret = c->failure;

	skw_rings_release_some(rings);
	c->run_at = c->run_len = 0;
	while (!ret && c->run_len < SKW_CAPTURE_RUN && bytes < SKW_CAPTURE_RUN_BYTES) {
		size_t size;
		const struct skw_packet_rec *rec = skw_rings_next(rings, until_ns, &size);

		if (!rec)
			break;
		if (!c->run_len)
			c->run_ns = rec->ts_ns;
		bytes += size;
		ret = add_packet(c, rec, size, err);
	}
	if (ret < 0)
		c->failure = ret;
	return c->run_len ? 0 : c->failure;
}

int skw_capture_look(void *capture, uint64_t now_ns, struct skw_error *err)
{
	struct skw_capture *c = capture;
	int ret = skw_rings_look(skw_tap_rings(c->tap), now_ns);

	c->found = false;
	return ret ? skw_error_set(err, ret, "rings: %s", strerror(-ret)) : 0;
}

bool skw_capture_peek(void *capture, uint64_t *ts_ns)
{
	struct skw_capture *c = capture;

	if (c->run_at == c->run_len)
		return skw_rings_peek(skw_tap_rings(c->tap), ts_ns);
	*ts_ns = c->run_ns;
	return true;
}

int skw_capture_take(void *capture, uint64_t until_ns, struct skw_error *err)
{
	struct skw_capture *c = capture;

	for (;;) {
		int ret = c->run_at < c->run_len ? 0 : gather(c, until_ns, err);

		if (ret)
			return ret;
		if (c->run_at == c->run_len)
			break;
		c->found = true;
		ret = skw_loop_packets(c->loop, c->run + c->run_at, c->run_len - c->run_at, err);
		if (ret < 0)
			return ret;
		c->run_at += (size_t)ret;
		/* The sink takes the rest later, or wants no more. */
		if (c->run_at < c->run_len || skw_loop_is_over(c->loop))
			return 0;
	}
	skw_rings_release(skw_tap_rings(c->tap));
	return 0;
}

/* More than a quarter of a ring waits. */
bool skw_capture_is_pressed(void *capture)
{
	const struct skw_capture *c = capture;

	return skw_rings_fill(skw_tap_rings(c->tap)) > skw_tap_ring_bytes(c->tap) / 4;
}

int skw_capture_rest(void *capture)
{
	struct skw_capture *c = capture;
	struct skw_rings *rings = skw_tap_rings(c->tap);
	uint64_t fill = skw_rings_fill(rings), ts_ns;

	/* Another source keeps the loop from taking what waits. */
	bool kept = c->plan->young_ms || skw_rings_peek(rings, &ts_ns);

	if (skw_capture_is_pressed(c) || (!kept && fill >= skw_tap_wake_threshold(c->tap)))
		return 0;
	if (c->found)
		return (int)c->plan->wait_ms;
	if (fill && c->plan->young_ms)
		return (int)c->plan->young_ms;
	if (fill && kept && c->plan->wait_ms)
		return (int)c->plan->wait_ms;
	if (fill)
		/* The record is not finished, or it is slightly too young. */
		return 1;
	skw_rings_arm(rings);
	/* A record that came before arming did not wake the loop, so look once more. */
	return skw_rings_fill(rings) ? 0 : -1;
}

void skw_capture_totals(const struct skw_capture *c, struct skw_iface_stats *sum)
{
	uint64_t user_rejected = 0;

	*sum = (struct skw_iface_stats){ 0 };
	for (unsigned slot = 0; slot < c->slots; slot++) {
		struct skw_iface_stats stats;

		skw_tap_stats(c->tap, slot, &stats);
		sum->seen += stats.seen;
		/* A CPU may increase the two while they are read. */
		sum->matched += stats.matched < stats.seen ? stats.matched : stats.seen;
		sum->captured += stats.captured;
		sum->dropped += stats.dropped;
		sum->truncated += stats.truncated;
	}
	for (size_t i = 0; i < c->ifaces.len; i++) {
		user_rejected += c->ifaces.all[i]->user_rejected;
		sum->truncated += c->ifaces.all[i]->cut;
	}
	sum->matched -= user_rejected;
	sum->captured -= user_rejected;
}

int skw_capture_iface_stats(void *capture, uint32_t place, struct skw_iface_stats *stats)
{
	const struct skw_capture *c = capture;

	if (place >= c->ifaces.len)
		return -ENOENT;
	const struct skw_capture_iface *iface = c->ifaces.all[place];

	/* Interfaces that share slot 0 have no figures of their own. */
	if (iface->slot == 0 && (c->use_any || c->ifaces.len > c->slots))
		return -ENOENT;
	skw_tap_stats(c->tap, iface->slot, stats);
	stats->captured -= iface->user_rejected;
	stats->matched -= iface->user_rejected;
	return 0;
}
