// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_summary_field.h"

#include <netinet/in.h>
#include <string.h>

#include "util/cleanup.h"

#define UNKNOWN SKW_NONE64
#define SRC     0
#define DST     1
#define BOTH    0 /* the getter takes no side */

static const char *const protos[] = { "tcp", "udp" };
static const char *const families[] = { "inet", "inet6" };
static const char *const ends[SKW_CONVERSATION_ENDS] = {
	[SKW_CONVERSATION_FIN] = "fin",
	[SKW_CONVERSATION_HALF_CLOSED] = "half_closed",
	[SKW_CONVERSATION_REFUSED] = "refused",
	[SKW_CONVERSATION_RESET_BY_SRC] = "reset_by_src",
	[SKW_CONVERSATION_RESET_BY_DST] = "reset_by_dst",
};

static uint64_t in_us(uint64_t ns)
{
	return ns == UNKNOWN ? UNKNOWN : ns / 1000;
}

static uint64_t get_first(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->first_ns;
}

static uint64_t get_last(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->last_ns;
}

static uint64_t get_duration(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->first_ns == UNKNOWN ? UNKNOWN : in_us(c->last_ns - c->first_ns);
}

static uint64_t get_proto(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->tuple.proto == IPPROTO_UDP;
}

static uint64_t get_family(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->tuple.family == AF_INET6;
}

static uint64_t get_addr(const struct skw_conversation *c, unsigned side)
{
	(void)c;
	(void)side;
	return 0;
}

static uint64_t get_port(const struct skw_conversation *c, unsigned side)
{
	return side == SRC ? c->tuple.local_port : c->tuple.remote_port;
}

static uint64_t get_opened(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->streams ? c->syn : UNKNOWN;
}

static uint64_t get_handshake(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return in_us(c->handshake_ns);
}

static uint64_t get_packets(const struct skw_conversation *c, unsigned side)
{
	return c->sides[side].packets;
}

static uint64_t get_bytes(const struct skw_conversation *c, unsigned side)
{
	return c->sides[side].bytes;
}

static uint64_t get_all_packets(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->sides[SRC].packets + c->sides[DST].packets;
}

static uint64_t get_all_bytes(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->sides[SRC].bytes + c->sides[DST].bytes;
}

/* Nothing is known of a side of which no header of TCP was seen. */
static uint64_t of_side(const struct skw_conversation *c, unsigned side, uint64_t value)
{
	return c->sides[side].read ? value : UNKNOWN;
}

static uint64_t get_retrans(const struct skw_conversation *c, unsigned side)
{
	return c->streams ? of_side(c, side, c->streams[side].sent_again) : UNKNOWN;
}

static uint64_t get_out_of_order(const struct skw_conversation *c, unsigned side)
{
	return c->streams ? of_side(c, side, c->streams[side].out_of_order) : UNKNOWN;
}

static uint64_t get_resets(const struct skw_conversation *c, unsigned side)
{
	return of_side(c, side, c->sides[side].resets);
}

/* The sum of both sides, as far as it is known. */
static uint64_t sum(const struct skw_conversation *c,
		    uint64_t (*get)(const struct skw_conversation *c, unsigned side))
{
	uint64_t src = get(c, SRC), dst = get(c, DST);

	if (src == UNKNOWN || dst == UNKNOWN)
		return src == UNKNOWN ? dst : src;
	return src + dst;
}

static uint64_t get_all_retrans(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return sum(c, get_retrans);
}

static uint64_t get_all_resets(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return sum(c, get_resets);
}

/* The answers to packets of src tell the way to dst. */
static const struct skw_wire_rtt *rtt_to(const struct skw_conversation *c, unsigned side)
{
	return c->streams && c->streams[1 - side].rtt.count ? &c->streams[1 - side].rtt : NULL;
}

static uint64_t get_rtt_samples(const struct skw_conversation *c, unsigned side)
{
	return c->streams ? c->streams[1 - side].rtt.count : UNKNOWN;
}

static uint64_t get_rtt_min(const struct skw_conversation *c, unsigned side)
{
	const struct skw_wire_rtt *rtt = rtt_to(c, side);

	return rtt ? in_us(rtt->min_ns) : UNKNOWN;
}

static uint64_t get_rtt_median(const struct skw_conversation *c, unsigned side)
{
	const struct skw_wire_rtt *rtt = rtt_to(c, side);

	return rtt ? in_us(skw_wire_rtt_quantile(rtt, 500)) : UNKNOWN;
}

static uint64_t get_rtt_p99(const struct skw_conversation *c, unsigned side)
{
	const struct skw_wire_rtt *rtt = rtt_to(c, side);

	return rtt ? in_us(skw_wire_rtt_quantile(rtt, 990)) : UNKNOWN;
}

static uint64_t get_srtt(const struct skw_conversation *c, unsigned side)
{
	const struct skw_wire_rtt *rtt = rtt_to(c, side);

	return rtt ? in_us(rtt->smoothed_ns) : UNKNOWN;
}

static uint64_t get_end(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->end == SKW_CONVERSATION_OPEN ? UNKNOWN : c->end;
}

static uint64_t get_fragments(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->fragments;
}

static uint64_t get_cut(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->cut;
}

static uint64_t get_copies(const struct skw_conversation *c, unsigned side)
{
	(void)side;
	return c->copies;
}

/* The kernel's figure of the socket at a side. */
static uint64_t told(uint32_t value)
{
	return value == SKW_NONE32 ? UNKNOWN : value;
}

/* The socket at src measures the way to dst. */
static uint64_t get_kernel_srtt(const struct skw_conversation *c, unsigned side)
{
	return c->sockets ? told(c->sockets[1 - side].srtt_us) : UNKNOWN;
}

static uint64_t get_kernel_min_rtt(const struct skw_conversation *c, unsigned side)
{
	return c->sockets ? told(c->sockets[1 - side].min_rtt_us) : UNKNOWN;
}

static uint64_t get_kernel_retrans(const struct skw_conversation *c, unsigned side)
{
	return c->sockets ? told(c->sockets[side].retrans_segs) : UNKNOWN;
}

static uint64_t get_rto_count(const struct skw_conversation *c, unsigned side)
{
	return c->sockets ? told(c->sockets[side].rto_count) : UNKNOWN;
}

static uint64_t get_pid(const struct skw_conversation *c, unsigned side)
{
	return c->sockets ? told(c->sockets[side].pid) : UNKNOWN;
}

static uint64_t get_comm(const struct skw_conversation *c, unsigned side)
{
	return c->sockets && c->sockets[side].comm[0] ? 0 : UNKNOWN;
}

static const char *comm_of(const struct skw_conversation *c, unsigned side)
{
	return c->sockets[side].comm;
}

#define NAMED(name_, aliases_, help_, kind_)                                                       \
	.name = (name_), .aliases = (aliases_), .help = (help_), .kind = SKW_KIND_##kind_
#define FIELD(id, name, aliases, help, kind, get_, side_)                                          \
	[SKW_SUMMARY_##id] = { .info = { NAMED(name, aliases, help, kind) },                       \
			       .get = (get_),                                                      \
			       .side = (side_) }
#define WORDS(id, name, aliases, help, words, get_)                                                \
	[SKW_SUMMARY_##id] = { .info = { NAMED(name, aliases, help, TEXT), .values = (words),      \
					 .values_len = SKW_ARRAY_SIZE(words) },                    \
			       .get = (get_) }
#define TEXT(id, name, aliases, help, get_, text_, side_)                                          \
	[SKW_SUMMARY_##id] = { .info = { NAMED(name, aliases, help, TEXT) },                       \
			       .get = (get_),                                                      \
			       .text = (text_),                                                    \
			       .side = (side_) }

const struct skw_format_summary_field skw_format_summary_fields[SKW_SUMMARY_FIELDS] = {
	FIELD(FIRST_AT, "first_at", "start", "time of the first packet", TIME, get_first, BOTH),
	FIELD(LAST_AT, "last_at", NULL, "time of the last packet", TIME, get_last, BOTH),
	FIELD(DURATION_US, "duration_us", "duration", "time between them", US, get_duration, BOTH),
	WORDS(PROTO, "proto", NULL, "tcp or udp", protos, get_proto),
	WORDS(FAMILY, "family", NULL, "inet or inet6", families, get_family),
	FIELD(SRC_ADDR, "src_addr", "src", "address of the end that opened it", ADDR, get_addr,
	      SRC),
	FIELD(SRC_PORT, "src_port", "sport", "its port", NUMBER, get_port, SRC),
	FIELD(DST_ADDR, "dst_addr", "dst", "address of the other end", ADDR, get_addr, DST),
	FIELD(DST_PORT, "dst_port", "dport", "its port", NUMBER, get_port, DST),
	FIELD(SYN_SEEN, "syn_seen", "syn", "its SYN is among the packets", BOOL, get_opened, BOTH),
	FIELD(HANDSHAKE_US, "handshake_us", "handshake",
	      "from the first SYN to the end of the handshake", US, get_handshake, BOTH),
	FIELD(PACKETS, "packets", NULL, "packets of both ends", NUMBER, get_all_packets, BOTH),
	FIELD(BYTES, "bytes", NULL, "their bytes on the wire", BYTES, get_all_bytes, BOTH),
	FIELD(SRC_PACKETS, "src_packets", NULL, "packets that src has sent", NUMBER, get_packets,
	      SRC),
	FIELD(SRC_BYTES, "src_bytes", NULL, "their bytes", BYTES, get_bytes, SRC),
	FIELD(DST_PACKETS, "dst_packets", NULL, "packets that dst has sent", NUMBER, get_packets,
	      DST),
	FIELD(DST_BYTES, "dst_bytes", NULL, "their bytes", BYTES, get_bytes, DST),
	FIELD(RETRANS, "retrans", NULL, "segments that were sent again", NUMBER, get_all_retrans,
	      BOTH),
	FIELD(SRC_RETRANS, "src_retrans", NULL, "... by src", NUMBER, get_retrans, SRC),
	FIELD(DST_RETRANS, "dst_retrans", NULL, "... by dst", NUMBER, get_retrans, DST),
	FIELD(SRC_OUT_OF_ORDER, "src_out_of_order", NULL, "segments of src that others overtook",
	      NUMBER, get_out_of_order, SRC),
	FIELD(DST_OUT_OF_ORDER, "dst_out_of_order", NULL, "segments of dst that others overtook",
	      NUMBER, get_out_of_order, DST),
	FIELD(RESETS, "resets", "rst", "resets of both ends", NUMBER, get_all_resets, BOTH),
	FIELD(SRC_RESETS, "src_resets", NULL, "resets that src has sent", NUMBER, get_resets, SRC),
	FIELD(DST_RESETS, "dst_resets", NULL, "resets that dst has sent", NUMBER, get_resets, DST),
	FIELD(DST_RTT_SAMPLES, "dst_rtt_samples", NULL, "round-trip times to dst that were seen",
	      NUMBER, get_rtt_samples, DST),
	FIELD(DST_RTT_MIN_US, "dst_rtt_min_us", "dst_rtt_min", "the lowest of them", US,
	      get_rtt_min, DST),
	FIELD(DST_RTT_MEDIAN_US, "dst_rtt_median_us", "dst_rtt rtt", "their median", US,
	      get_rtt_median, DST),
	FIELD(DST_RTT_P99_US, "dst_rtt_p99_us", "dst_rtt_p99", "99 % of them are at most this", US,
	      get_rtt_p99, DST),
	FIELD(DST_SRTT_US, "dst_srtt_us", "dst_srtt srtt", "smoothed as the kernel does it", US,
	      get_srtt, DST),
	FIELD(SRC_RTT_SAMPLES, "src_rtt_samples", NULL, "round-trip times to src that were seen",
	      NUMBER, get_rtt_samples, SRC),
	FIELD(SRC_RTT_MIN_US, "src_rtt_min_us", "src_rtt_min", "the lowest of them", US,
	      get_rtt_min, SRC),
	FIELD(SRC_RTT_MEDIAN_US, "src_rtt_median_us", "src_rtt", "their median", US, get_rtt_median,
	      SRC),
	FIELD(SRC_RTT_P99_US, "src_rtt_p99_us", "src_rtt_p99", "99 % of them are at most this", US,
	      get_rtt_p99, SRC),
	FIELD(SRC_SRTT_US, "src_srtt_us", "src_srtt", "smoothed as the kernel does it", US,
	      get_srtt, SRC),
	WORDS(CLOSE_REASON, "close_reason", "reason", "how it ended: fin, half_closed, refused ...",
	      ends, get_end),
	FIELD(FRAGMENTS, "fragments", NULL, "packets that are fragments", NUMBER, get_fragments,
	      BOTH),
	FIELD(CUT, "cut", NULL, "packets whose header of TCP was not captured", NUMBER, get_cut,
	      BOTH),
	FIELD(COPIES, "copies", NULL, "packets of other interfaces; they do not count", NUMBER,
	      get_copies, BOTH),
	FIELD(DST_KERNEL_SRTT_US, "dst_kernel_srtt_us", "dst_kernel_srtt kernel_srtt",
	      "smoothed round-trip time to dst, as the kernel of src has it", US, get_kernel_srtt,
	      DST),
	FIELD(DST_KERNEL_MIN_RTT_US, "dst_kernel_min_rtt_us", "dst_kernel_min_rtt",
	      "the lowest, as the kernel of src has it", US, get_kernel_min_rtt, DST),
	FIELD(SRC_KERNEL_RETRANS, "src_kernel_retrans", NULL,
	      "segments that the kernel of src has sent again", NUMBER, get_kernel_retrans, SRC),
	FIELD(SRC_RTO_COUNT, "src_rto_count", NULL, "timeouts that it has had", NUMBER,
	      get_rto_count, SRC),
	FIELD(SRC_KERNEL_SRTT_US, "src_kernel_srtt_us", "src_kernel_srtt",
	      "smoothed round-trip time to src, as the kernel of dst has it", US, get_kernel_srtt,
	      SRC),
	FIELD(SRC_KERNEL_MIN_RTT_US, "src_kernel_min_rtt_us", "src_kernel_min_rtt",
	      "the lowest, as the kernel of dst has it", US, get_kernel_min_rtt, SRC),
	FIELD(DST_KERNEL_RETRANS, "dst_kernel_retrans", NULL,
	      "segments that the kernel of dst has sent again", NUMBER, get_kernel_retrans, DST),
	FIELD(DST_RTO_COUNT, "dst_rto_count", NULL, "timeouts that it has had", NUMBER,
	      get_rto_count, DST),
	FIELD(SRC_PID, "src_pid", NULL, "process at src, the lowest if there are several", NUMBER,
	      get_pid, SRC),
	TEXT(SRC_COMM, "src_comm", NULL, "its name", get_comm, comm_of, SRC),
	FIELD(DST_PID, "dst_pid", NULL, "process at dst", NUMBER, get_pid, DST),
	TEXT(DST_COMM, "dst_comm", NULL, "its name", get_comm, comm_of, DST),
};

const struct skw_format_summary_field *skw_format_summary_find(const char *name, size_t len)
{
	for (unsigned i = 0; i < SKW_SUMMARY_FIELDS; i++)
		if (skw_field_is_named(&skw_format_summary_fields[i].info, name, len))
			return &skw_format_summary_fields[i];
	return NULL;
}

const uint8_t *skw_format_summary_addr(const struct skw_conversation *c, unsigned side)
{
	return side == SRC ? c->tuple.local_addr : c->tuple.remote_addr;
}
