// SPDX-License-Identifier: BSD-2-Clause
#include "row/field.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "model/row_talk.h"
#include "row/row.h"
#include "util/cleanup.h"
#include "util/quic_version.h"

static const char *const states[SKW_STATES] = {
	[SKW_STATE_ESTABLISHED] = "ESTABLISHED", [SKW_STATE_SYN_SENT] = "SYN_SENT",
	[SKW_STATE_SYN_RECV] = "SYN_RECV",       [SKW_STATE_FIN_WAIT1] = "FIN_WAIT1",
	[SKW_STATE_FIN_WAIT2] = "FIN_WAIT2",     [SKW_STATE_TIME_WAIT] = "TIME_WAIT",
	[SKW_STATE_CLOSED] = "CLOSED",           [SKW_STATE_CLOSE_WAIT] = "CLOSE_WAIT",
	[SKW_STATE_LAST_ACK] = "LAST_ACK",       [SKW_STATE_LISTEN] = "LISTEN",
	[SKW_STATE_CLOSING] = "CLOSING",         [SKW_STATE_UNCONN] = "UNCONN",
};

/* The types from CREATOR on are never shown and have no names. */
static const char *const events[SKW_EVENT_CREATOR] = {
	[SKW_EVENT_CONNECT] = "connect", [SKW_EVENT_ESTABLISHED] = "established",
	[SKW_EVENT_STATE] = "state",     [SKW_EVENT_RTT] = "rtt",
	[SKW_EVENT_RTO] = "rto",         [SKW_EVENT_RETRANS] = "retrans",
	[SKW_EVENT_CLOSE] = "close",     [SKW_EVENT_LISTEN] = "listen",
	[SKW_EVENT_ENTER] = "enter",     [SKW_EVENT_LEAVE] = "leave",
};

static const char *const close_reasons[SKW_CLOSE_REASONS] = {
	[SKW_CLOSE_FIN] = "fin",
	[SKW_CLOSE_HALF_CLOSED] = "half_closed",
	[SKW_CLOSE_RESET_BY_PEER] = "reset_by_peer",
	[SKW_CLOSE_RESET_BY_US] = "reset_by_us",
	[SKW_CLOSE_TIMEOUT] = "timeout",
	[SKW_CLOSE_REFUSED] = "refused",
	[SKW_CLOSE_ABORTED] = "aborted",
};

static const char *const timers[] = {
	[SKW_TIMER_NONE] = "off",
	[SKW_TIMER_ON] = "on",
	[SKW_TIMER_KEEPALIVE] = "keepalive",
	[SKW_TIMER_TIMEWAIT] = "timewait",
	[SKW_TIMER_PERSIST] = "persist",
};

static const char *const directions[] = {
	[SKW_CONN_UNKNOWN] = NULL,
	[SKW_CONN_IN] = "in",
	[SKW_CONN_OUT] = "out",
};

static const char *const owner_sources[SKW_OWNER_SOURCES] = {
	[SKW_OWNER_UNKNOWN] = NULL,      [SKW_OWNER_HOLDER] = "holder",
	[SKW_OWNER_CREATOR] = "creator", [SKW_OWNER_LISTENER] = "listener",
	[SKW_OWNER_CLOSER] = "closer",
};

static const char *const families[] = { "inet", "inet6" };

static const char *const protos[] = { "tcp", "udp" };

/* NULL for a number without a name. */
#define NAME(names, n) ((n) < SKW_ARRAY_SIZE(names) ? (names)[n] : NULL)

static void set_number(struct skw_value *out, uint64_t number)
{
	out->known = true;
	out->number = number;
}

static void set_text(struct skw_value *out, const char *text)
{
	out->known = text != NULL;
	out->text = text;
}

static void get_netns_name(const struct skw_row *row, struct skw_value *out)
{
	set_text(out, row->netns_name);
}

static void get_proto(const struct skw_row *row, struct skw_value *out)
{
	set_text(out, protos[row->tuple.proto == IPPROTO_UDP]);
}

static void get_family(const struct skw_row *row, struct skw_value *out)
{
	set_text(out, families[row->tuple.family == AF_INET6]);
}

static void get_local_addr(const struct skw_row *row, struct skw_value *out)
{
	(void)row;
	out->known = true;
}

static void get_local_port(const struct skw_row *row, struct skw_value *out)
{
	set_number(out, row->tuple.local_port);
}

static void get_remote_addr(const struct skw_row *row, struct skw_value *out)
{
	out->known = skw_row_has_peer(row);
}

static void get_remote_port(const struct skw_row *row, struct skw_value *out)
{
	if (skw_row_has_peer(row))
		set_number(out, row->tuple.remote_port);
}

static void get_state(const struct skw_row *row, struct skw_value *out)
{
	set_text(out, NAME(states, row->state));
}

static void get_direction(const struct skw_row *row, struct skw_value *out)
{
	set_text(out, NAME(directions, row->direction));
}

static void get_pid(const struct skw_row *row, struct skw_value *out)
{
	if (row->owners)
		set_number(out, row->owners->list[0].pid);
}

static void get_comm(const struct skw_row *row, struct skw_value *out)
{
	set_text(out, row->owners ? row->owners->list[0].comm : NULL);
}

static void get_owners(const struct skw_row *row, struct skw_value *out)
{
	out->known = row->owners != NULL;
}

static void get_owner_source(const struct skw_row *row, struct skw_value *out)
{
	if (row->owners)
		set_text(out, NAME(owner_sources, row->owner_source));
}

static void get_cgroup(const struct skw_row *row, struct skw_value *out)
{
	set_text(out, row->cgroup);
}

static void get_age(const struct skw_row *row, struct skw_value *out)
{
	/* An event may tell of the opening after the figures were read. */
	if (row->opened_ns != SKW_NONE64 && row->ts_ns != SKW_NONE64)
		set_number(out,
			   row->ts_ns > row->opened_ns ? (row->ts_ns - row->opened_ns) / 1000 : 0);
}

static void get_rtt_hist(const struct skw_row *row, struct skw_value *out)
{
	out->known = skw_row_hist(row) != NULL;
}

static void get_app_limited(const struct skw_row *row, struct skw_value *out)
{
	if (row->tuple.proto == IPPROTO_TCP && !(row->flags & SKW_ROW_APP_UNKNOWN))
		set_number(out, !!(row->flags & SKW_ROW_APP_LIMITED));
}

static void get_timer(const struct skw_row *row, struct skw_value *out)
{
	set_text(out, NAME(timers, row->timer));
}

static void get_congestion(const struct skw_row *row, struct skw_value *out)
{
	set_text(out, row->congestion);
}

static void get_close_reason(const struct skw_row *row, struct skw_value *out)
{
	set_text(out, skw_row_close_reason_name(row->close_reason));
}

static void get_remote_host(const struct skw_row *row, struct skw_value *out)
{
	if (row->remote && row->remote->host != SKW_NONE32)
		set_number(out, row->remote->host);
}

static void get_remote_cookie(const struct skw_row *row, struct skw_value *out)
{
	if (row->remote && row->remote->cookie != SKW_NONE64)
		set_number(out, row->remote->cookie);
}

static void get_remote_comm(const struct skw_row *row, struct skw_value *out)
{
	if (row->remote && row->remote->comm[0])
		set_text(out, row->remote->comm);
}

static void get_quic(const struct skw_row *row, struct skw_value *out)
{
	const char *version = row->datagrams ? skw_quic_version_name(row->datagrams->quic) : NULL;

	if (version)
		set_text(out, version);
}

static void get_app(const struct skw_row *row, struct skw_value *out)
{
	if (skw_row_talk(row))
		set_text(out, skw_row_talk(row)->protocol);
}

static void get_requests(const struct skw_row *row, struct skw_value *out)
{
	if (skw_row_talk(row))
		set_number(out, skw_row_talk(row)->requests);
}

/* After its close, the last rate of a connection is no longer true. */
static void get_req_rate(const struct skw_row *row, struct skw_value *out)
{
	if (skw_row_talk(row) && skw_row_talk(row)->req_rate != SKW_NONE64 &&
	    row->state != SKW_STATE_CLOSED)
		set_number(out, skw_row_talk(row)->req_rate);
}

static void get_latency_p99(const struct skw_row *row, struct skw_value *out)
{
	if (skw_row_talk(row) && skw_row_talk(row)->latency_p99_us != SKW_NONE64)
		set_number(out, skw_row_talk(row)->latency_p99_us);
}

static void get_errors(const struct skw_row *row, struct skw_value *out)
{
	if (skw_row_talk(row))
		set_number(out, skw_row_talk(row)->errors);
}

static void get_remote_name(const struct skw_row *row, struct skw_value *out)
{
	if (row->remote)
		set_text(out, row->remote->name);
}

static void get_remote_name_source(const struct skw_row *row, struct skw_value *out)
{
	if (row->remote)
		set_text(out, row->remote->name_source);
}

#define ONE_OF(names)        .values = (names), .values_len = SKW_ARRAY_SIZE(names)
#define IN_DATAGRAMS(member) IN(struct skw_row_datagrams, member), .udp = true
#define IN_ROW(member)       IN(struct skw_row, member)
#define IN(type, member)     .size = sizeof(((type *)NULL)->member), .offset = offsetof(type, member)

#define NAMED(text)          .name = (text), KEY(",\"" text "\":")
#define KEY(text)            .key = (text), .key_len = sizeof(text) - 1

const struct skw_field_info skw_fields[SKW_FIELDS] = {
	[SKW_FIELD_TS] = { NAMED("ts"), NULL, "when the figures were read", SKW_KIND_TIME,
			   IN_ROW(ts_ns) },
	[SKW_FIELD_COOKIE] = { NAMED("cookie"), NULL, "the kernel's number of the socket",
			       SKW_KIND_NUMBER, IN_ROW(cookie) },
	[SKW_FIELD_NETNS] = { NAMED("netns"), NULL, "inode number of its network namespace",
			      SKW_KIND_NUMBER, IN_ROW(netns) },
	[SKW_FIELD_NETNS_NAME] = { NAMED("netns_name"), "ns", "name of its network namespace",
				   SKW_KIND_TEXT, .get = get_netns_name },
	[SKW_FIELD_PROTO] = { NAMED("proto"), NULL, "tcp or udp", SKW_KIND_TEXT, .get = get_proto,
			      ONE_OF(protos) },
	[SKW_FIELD_FAMILY] = { NAMED("family"), NULL, "inet or inet6, the socket's", SKW_KIND_TEXT,
			       .get = get_family, ONE_OF(families) },
	[SKW_FIELD_LOCAL_ADDR] = { NAMED("local_addr"), "local src", "address on this side",
				   SKW_KIND_ADDR, .get = get_local_addr },
	[SKW_FIELD_LOCAL_PORT] = { NAMED("local_port"), "lport sport", "port on this side",
				   SKW_KIND_NUMBER, .get = get_local_port },
	[SKW_FIELD_REMOTE_ADDR] = { NAMED("remote_addr"), "remote dst", "address of the peer",
				    SKW_KIND_ADDR, .get = get_remote_addr },
	[SKW_FIELD_REMOTE_PORT] = { NAMED("remote_port"), "rport dport", "port of the peer",
				    SKW_KIND_NUMBER, .get = get_remote_port },
	[SKW_FIELD_STATE] = { NAMED("state"), NULL, "ESTABLISHED, LISTEN, SYN_SENT ...",
			      SKW_KIND_TEXT, .get = get_state, ONE_OF(states) },
	[SKW_FIELD_DIRECTION] = { NAMED("direction"), "dir", "in (accepted here) or out",
				  SKW_KIND_TEXT, .get = get_direction, ONE_OF(directions) },
	[SKW_FIELD_PID] = { NAMED("pid"), NULL, "process that holds the socket", SKW_KIND_NUMBER,
			    .get = get_pid },
	[SKW_FIELD_COMM] = { NAMED("comm"), NULL, "name of that process", SKW_KIND_TEXT,
			     .get = get_comm },
	[SKW_FIELD_UID] = { NAMED("uid"), "user", "user the socket belongs to", SKW_KIND_NUMBER,
			    IN_ROW(uid) },
	[SKW_FIELD_OWNERS] = { NAMED("owners"), NULL, "all processes that hold the socket",
			       SKW_KIND_OWNERS, .get = get_owners },
	[SKW_FIELD_OWNER_SOURCE] = { NAMED("owner_source"), NULL,
				     "holder, creator, listener, closer", SKW_KIND_TEXT,
				     .get = get_owner_source, ONE_OF(owner_sources) },
	[SKW_FIELD_CGROUP] = { NAMED("cgroup"), "cg", "path of its cgroup", SKW_KIND_TEXT,
			       .get = get_cgroup },
	[SKW_FIELD_CGROUP_ID] = { NAMED("cgroup_id"), NULL, "inode number of its cgroup",
				  SKW_KIND_NUMBER, IN_ROW(cgroup_id) },
	[SKW_FIELD_OPENED_AT] = { NAMED("opened_at"), "opened", "when it was opened", SKW_KIND_TIME,
				  IN_ROW(opened_ns) },
	[SKW_FIELD_AGE_US] = { NAMED("age_us"), "age", "time since it was opened", SKW_KIND_US,
			       .get = get_age },
	[SKW_FIELD_SRTT_US] = { NAMED("srtt_us"), "srtt", "smoothed round-trip time", SKW_KIND_US,
				IN_ROW(srtt_us) },
	[SKW_FIELD_RTTVAR_US] = { NAMED("rttvar_us"), "rttvar", "how much the RTT varies",
				  SKW_KIND_US, IN_ROW(rttvar_us) },
	[SKW_FIELD_MIN_RTT_US] = { NAMED("min_rtt_us"), "min_rtt minrtt", "lowest RTT", SKW_KIND_US,
				   IN_ROW(min_rtt_us) },
	[SKW_FIELD_LAST_RTT_US] = { NAMED("last_rtt_us"), "last_rtt rtt", "last RTT sample",
				    SKW_KIND_US, IN_ROW(last_rtt_us) },
	[SKW_FIELD_RTT_SAMPLES] = { NAMED("rtt_samples"), "samples", "RTT samples seen",
				    SKW_KIND_NUMBER, IN_ROW(rtt_samples) },
	[SKW_FIELD_RTT_HIST] = { NAMED("rtt_hist"), NULL, "histogram of the RTT samples",
				 SKW_KIND_HIST, .get = get_rtt_hist },
	[SKW_FIELD_RTO_US] = { NAMED("rto_us"), NULL, "retransmission timeout now", SKW_KIND_US,
			       IN_ROW(rto_us) },
	[SKW_FIELD_RTO_COUNT] = { NAMED("rto_count"), "rto rtos", "retransmission timeouts seen",
				  SKW_KIND_NUMBER, IN_ROW(rto_count) },
	[SKW_FIELD_RETRANS_SEGS] = { NAMED("retrans_segs"), "retrans", "segments sent again",
				     SKW_KIND_NUMBER, IN_ROW(retrans_segs) },
	[SKW_FIELD_RETRANS_EVENTS] = { NAMED("retrans_events"), NULL, "retransmissions seen",
				       SKW_KIND_NUMBER, IN_ROW(retrans_events) },
	[SKW_FIELD_LOST_SEGS] = { NAMED("lost_segs"), "lost", "segments taken for lost",
				  SKW_KIND_NUMBER, IN_ROW(lost_segs) },
	[SKW_FIELD_CWND] = { NAMED("cwnd"), NULL, "congestion window, segments", SKW_KIND_NUMBER,
			     IN_ROW(cwnd) },
	[SKW_FIELD_SSTHRESH] = { NAMED("ssthresh"), NULL, "slow start threshold, segments",
				 SKW_KIND_NUMBER, IN_ROW(ssthresh) },
	[SKW_FIELD_MSS] = { NAMED("mss"), NULL, "maximum segment size", SKW_KIND_BYTES,
			    IN_ROW(mss) },
	[SKW_FIELD_DELIVERY_RATE_BPS] = { NAMED("delivery_rate_bps"), "delivery_rate delivery",
					  "rate at which data arrived there", SKW_KIND_BPS,
					  IN_ROW(delivery_rate_bps) },
	[SKW_FIELD_BYTES_ACKED] = { NAMED("bytes_acked"), "acked sent",
				    "sent and acknowledged; of UDP: sent", SKW_KIND_BYTES,
				    IN_ROW(bytes_acked) },
	[SKW_FIELD_BYTES_RECEIVED] = { NAMED("bytes_received"), "received", "received",
				       SKW_KIND_BYTES, IN_ROW(bytes_received) },
	[SKW_FIELD_TX_BPS] = { NAMED("tx_bps"), "tx", "sending now", SKW_KIND_BPS, IN_ROW(tx_bps) },
	[SKW_FIELD_RX_BPS] = { NAMED("rx_bps"), "rx", "receiving now", SKW_KIND_BPS,
			       IN_ROW(rx_bps) },
	[SKW_FIELD_SEGS_OUT] = { NAMED("segs_out"), NULL, "segments sent", SKW_KIND_NUMBER,
				 IN_ROW(segs_out) },
	[SKW_FIELD_SEGS_IN] = { NAMED("segs_in"), NULL, "segments received", SKW_KIND_NUMBER,
				IN_ROW(segs_in) },
	[SKW_FIELD_NOTSENT] = { NAMED("notsent"), NULL, "written and not sent yet", SKW_KIND_BYTES,
				IN_ROW(notsent) },
	[SKW_FIELD_RECV_Q] = { NAMED("recv_q"), "recvq",
			       "received and not read; connections of a listener", SKW_KIND_BYTES,
			       IN_ROW(recv_q) },
	[SKW_FIELD_SEND_Q] = { NAMED("send_q"), "sendq",
			       "written and not acknowledged; a listener's limit", SKW_KIND_BYTES,
			       IN_ROW(send_q) },
	[SKW_FIELD_UNACKED] = { NAMED("unacked"), NULL, "segments in flight", SKW_KIND_NUMBER,
				IN_ROW(unacked) },
	[SKW_FIELD_SACKED] = { NAMED("sacked"), NULL, "... of them SACKed", SKW_KIND_NUMBER,
			       IN_ROW(sacked) },
	[SKW_FIELD_REORDERING] = { NAMED("reordering"), NULL,
				   "reordering that is allowed for, segments", SKW_KIND_NUMBER,
				   IN_ROW(reordering) },
	[SKW_FIELD_BYTES_RETRANS] = { NAMED("bytes_retrans"), NULL, "sent again", SKW_KIND_BYTES,
				      IN_ROW(bytes_retrans) },
	[SKW_FIELD_BUSY_US] = { NAMED("busy_us"), "busy", "time with data to send", SKW_KIND_US,
				IN_ROW(busy_us) },
	[SKW_FIELD_RWND_LIMITED_US] = { NAMED("rwnd_limited_us"), "rwnd_limited",
					"... held up by the peer's window", SKW_KIND_US,
					IN_ROW(rwnd_limited_us) },
	[SKW_FIELD_SNDBUF_LIMITED_US] = { NAMED("sndbuf_limited_us"), "sndbuf_limited",
					  "... held up by the send buffer", SKW_KIND_US,
					  IN_ROW(sndbuf_limited_us) },
	[SKW_FIELD_APP_LIMITED] = { NAMED("app_limited"), NULL, "the application sends too little",
				    SKW_KIND_BOOL, .get = get_app_limited },
	[SKW_FIELD_PACING_RATE_BPS] = { NAMED("pacing_rate_bps"), "pacing_rate pacing",
					"rate at which it may send", SKW_KIND_BPS,
					IN_ROW(pacing_rate_bps) },
	[SKW_FIELD_RCV_RTT_US] = { NAMED("rcv_rtt_us"), "rcv_rtt",
				   "RTT as the receiver estimates it", SKW_KIND_US,
				   IN_ROW(rcv_rtt_us) },
	[SKW_FIELD_SND_WND] = { NAMED("snd_wnd"), NULL, "window the peer offers", SKW_KIND_BYTES,
				IN_ROW(snd_wnd) },
	[SKW_FIELD_TIMER] = { NAMED("timer"), NULL, "off, on, keepalive, timewait or persist",
			      SKW_KIND_TEXT, .get = get_timer, ONE_OF(timers) },
	[SKW_FIELD_TIMER_LEFT_US] = { NAMED("timer_left_us"), "timer_left", "time until it fires",
				      SKW_KIND_US, IN_ROW(timer_left_us) },
	[SKW_FIELD_CONGESTION] = { NAMED("congestion"), "cc", "congestion control", SKW_KIND_TEXT,
				   .get = get_congestion },
	[SKW_FIELD_DROPS] = { NAMED("drops"), NULL, "datagrams or connections dropped",
			      SKW_KIND_NUMBER, IN_ROW(drops) },
	[SKW_FIELD_CLOSED_AT] = { NAMED("closed_at"), "closed", "when it was closed", SKW_KIND_TIME,
				  IN_ROW(closed_ns) },
	[SKW_FIELD_CLOSE_REASON] = { NAMED("close_reason"), "reason",
				     "how it ended: fin, refused, timeout ...", SKW_KIND_TEXT,
				     .get = get_close_reason, ONE_OF(close_reasons) },
	[SKW_FIELD_REMOTE_HOST] = { NAMED("remote_host"), NULL,
				    "number of the peer's host, from its mark", SKW_KIND_NUMBER,
				    .get = get_remote_host },
	[SKW_FIELD_REMOTE_COOKIE] = { NAMED("remote_cookie"), NULL, "cookie of the peer's socket",
				      SKW_KIND_NUMBER, .get = get_remote_cookie },
	[SKW_FIELD_REMOTE_COMM] = { NAMED("remote_comm"), NULL,
				    "first letters of the peer's process", SKW_KIND_TEXT,
				    .get = get_remote_comm },
	[SKW_FIELD_PACKETS_OUT] = { NAMED("packets_out"), NULL, "datagrams sent", SKW_KIND_NUMBER,
				    IN_DATAGRAMS(packets_out) },
	[SKW_FIELD_PACKETS_IN] = { NAMED("packets_in"), NULL, "datagrams that have arrived",
				   SKW_KIND_NUMBER, IN_DATAGRAMS(packets_in) },
	[SKW_FIELD_TX_PPS] = { NAMED("tx_pps"), NULL, "datagrams sent per second", SKW_KIND_NUMBER,
			       IN_DATAGRAMS(tx_pps) },
	[SKW_FIELD_RX_PPS] = { NAMED("rx_pps"), NULL, "datagrams arriving per second",
			       SKW_KIND_NUMBER, IN_DATAGRAMS(rx_pps) },
	[SKW_FIELD_DROP_RATE] = { NAMED("drop_rate"), NULL, "datagrams dropped per second",
				  SKW_KIND_NUMBER, IN_DATAGRAMS(drop_rate) },
	[SKW_FIELD_QUIC] = { NAMED("quic"), NULL, "version of QUIC: v1, v2 ...", SKW_KIND_TEXT,
			     .get = get_quic, .udp = true },
	[SKW_FIELD_APP] = { NAMED("app"), NULL, "protocol of its messages: http, redis ...",
			    SKW_KIND_TEXT, .get = get_app },
	[SKW_FIELD_REQUESTS] = { NAMED("requests"), NULL, "requests seen", SKW_KIND_NUMBER,
				 .get = get_requests },
	[SKW_FIELD_REQ_RATE] = { NAMED("req_rate"), "reqs", "requests per second", SKW_KIND_NUMBER,
				 .get = get_req_rate },
	[SKW_FIELD_LATENCY_P99_US] = { NAMED("latency_p99_us"), "latency_p99 p99",
				       "99 of 100 answers came in this time", SKW_KIND_US,
				       .get = get_latency_p99 },
	[SKW_FIELD_ERRORS] = { NAMED("errors"), NULL, "answers that tell of a failure",
			       SKW_KIND_NUMBER, .get = get_errors },
	[SKW_FIELD_REMOTE_NAME] = { NAMED("remote_name"), NULL,
				    "name of the peer, as this host knows it", SKW_KIND_TEXT,
				    .get = get_remote_name },
	[SKW_FIELD_REMOTE_NAME_SOURCE] = { NAMED("remote_name_source"), NULL,
					   "what told the name: dns or sni", SKW_KIND_TEXT,
					   .get = get_remote_name_source },
};

static bool alias_of(const char *aliases, const char *name, size_t len)
{
	for (const char *p = aliases; p && *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (n == len && memcmp(p, name, len) == 0)
			return true;
		p += n;
	}
	return false;
}

bool skw_field_is_named(const struct skw_field_info *info, const char *name, size_t len)
{
	return (strlen(info->name) == len && memcmp(info->name, name, len) == 0) ||
	       alias_of(info->aliases, name, len);
}

enum skw_field skw_field_find(const char *name, size_t len)
{
	unsigned i;

	for (i = 0; i < SKW_FIELDS; i++)
		if (skw_field_is_named(&skw_fields[i], name, len))
			break;
	return (enum skw_field)i;
}

bool skw_row_has_peer(const struct skw_row *row)
{
	if (row->state == SKW_STATE_LISTEN || row->state == SKW_STATE_UNCONN)
		return false;
	return row->tuple.remote_port ||
	       (row->tuple.proto != IPPROTO_TCP && row->state != SKW_STATE_CLOSED);
}

const char *skw_row_state_name(uint8_t state)
{
	const char *name = NAME(states, state);

	return name ? name : "?";
}

const char *skw_row_event_name(uint8_t type)
{
	return type < SKW_ARRAY_SIZE(events) ? events[type] : "?";
}

const char *skw_row_close_reason_name(uint8_t reason)
{
	return NAME(close_reasons, reason);
}
