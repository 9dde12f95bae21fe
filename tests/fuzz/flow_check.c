// SPDX-License-Identifier: BSD-2-Clause
#include "flow_check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/printer.h"
#include "flow/flow.h"
#include "flow_line.h"
#include "util/cleanup.h"

const char *const flow_kind_names[FLOW_KINDS] = {
	[FLOW_PORTS] = "addresses and ports",
	[FLOW_PORTS_BEHIND] = "ports behind further headers",
	[FLOW_HOSTS] = "addresses alone",
	[FLOW_FIRST_PIECE] = "first fragments",
	[FLOW_LATER_PIECE] = "later fragments",
	[FLOW_TCP] = "headers of TCP",
	[FLOW_UDP] = "lengths of UDP",
	[FLOW_TAGS] = "VLAN tags",
	[FLOW_QUOTE] = "quoted packets",
	[FLOW_QUOTE_CUT] = "quoted packets that are too short",
	[FLOW_NO_IP] = "packets that are not IP",
	[FLOW_CUT] = "packets that are cut too early",
	[FLOW_BROKEN] = "packets that contradict themselves",
	[FLOW_TUNNEL] = "tunnels, which only the line follows",
	[FLOW_LINE_STOPS] = "headers at which only the line stops",
	[FLOW_LINE_AH] = "headers behind AH, which only flow follows",
	[FLOW_TOO_MANY] = "packets with too many headers",
};

enum { PLAIN, VERBOSE, LINK, LINES };

struct flow_check {
	struct skw_printer *printers[LINES];
	struct skw_buf lines[LINES];
	struct skw_buf complaint;
	uint64_t *seen; /* the caller's, during a call */
};

struct flow_check *flow_check_new(void)
{
	static const struct skw_print_options options[LINES] = {
		[PLAIN] = { .time = SKW_TIME_NONE, .absolute_seq = true },
		[VERBOSE] = { .time = SKW_TIME_NONE, .verbose = 2, .no_checksum = true },
		[LINK] = { .time = SKW_TIME_NONE, .link_header = true },
	};
	struct flow_check *c = calloc(1, sizeof(*c));

	for (size_t i = 0; c && i < LINES; i++) {
		c->printers[i] = skw_printer_new(&options[i]);
		if (!c->printers[i])
			abort();
	}
	if (!c)
		abort();
	return c;
}

void flow_check_free(struct flow_check *c)
{
	for (size_t i = 0; i < LINES; i++) {
		skw_printer_free(c->printers[i]);
		skw_buf_free(&c->lines[i]);
	}
	skw_buf_free(&c->complaint);
	free(c);
}

static void complain(struct flow_check *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void complain(struct flow_check *c, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (c->complaint.len)
		skw_buf_add_str(&c->complaint, "; ");
	skw_buf_add_str(&c->complaint, text);
}

static const char *line_of(const struct flow_check *c, int which)
{
	return (const char *)c->lines[which].data;
}

/* The text must stand in the line. */
static void want(struct flow_check *c, int which, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void want(struct flow_check *c, int which, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!line_has(line_of(c, which), text))
		complain(c, "no \"%s\" in the line", text + (text[0] == '\n'));
}

/* Why a line may end before what flow has found behind a header. */
static bool stops(struct flow_check *c, const char *line)
{
	static const char *const ends[] = {
		"[|hbhopt]",       "(unknown type) (invalid)",
		"(invalid length", "[nested too deeply]",
		"[|ah]",           NULL,
	};
	static const char *const behind_ah[] = {
		" ip-proto-0 ", " ip-proto-43 ", " ip-proto-44 ", " ip-proto-60 ", NULL,
	};
	size_t n = strlen(line);
	bool nothing_behind =
		line_has(line, "frag (") && n > 3 && strcmp(line + n - 3, ") \n") == 0;

	if (line_has_any(line, ends) || nothing_behind) {
		c->seen[FLOW_LINE_STOPS]++;
		return true;
	}
	if (line_has(line, "AH(") && line_has_any(line, behind_ah)) {
		c->seen[FLOW_LINE_AH]++;
		return true;
	}
	return false;
}

static void check_tcp(struct flow_check *c, const struct skw_flow *f, const char *rest)
{
	static const char letters[] = "FSRP.UEW";
	char flags[9] = "", seq[64] = "", ack[32] = "", text[160];
	unsigned n = 0;

	if (!(f->known & SKW_FLOW_TCP)) {
		if (!line_has(rest, "[|tcp]") && !line_has(rest, "[bad hdr length "))
			complain(c, "the header of TCP is not told");
		return;
	}
	for (unsigned i = 0; i < 8; i++) {
		if (f->tcp.flags & 1u << i)
			flags[n++] = letters[i];
	}
	if (f->payload_len)
		snprintf(seq, sizeof(seq), ", seq %u:%u", f->tcp.seq, f->tcp.seq + f->payload_len);
	else if (f->tcp.flags & 7)
		snprintf(seq, sizeof(seq), ", seq %u", f->tcp.seq);
	if (f->tcp.flags & 0x10)
		snprintf(ack, sizeof(ack), ", ack %u", f->tcp.ack);
	snprintf(text, sizeof(text), "Flags [%s]%s%s, win %u", n ? flags : "none", seq, ack,
		 f->tcp.window);
	if (strncmp(rest, text, strlen(text)) != 0)
		complain(c, "flow says \"%s\"", text);
	if (!line_has(rest, "[bad opt]") && !line_has(rest, "[|tcp]"))
		want(c, PLAIN, ", length %u", f->payload_len);
	if (f->tcp.header_len > 20 && !line_has(rest, ", options ["))
		complain(c, "flow says that there are options");
	c->seen[FLOW_TCP]++;
}

static void check_udp(struct flow_check *c, const struct skw_flow *f, const char *rest)
{
	char text[32];

	if (!(f->known & SKW_FLOW_PAYLOAD)) {
		if (!line_has(rest, "[|udp]") && !line_has(rest, "truncated-udp"))
			complain(c, "the payload of UDP is not told");
		return;
	}
	/* Of a fragment, the line tells the length of the whole. */
	if (strncmp(rest, "UDP, ", 5) != 0 || f->fragment != SKW_FLOW_WHOLE)
		return;
	/* Where the header of UDP claims more than there is: "bad length 1000 > 5". */
	if (strncmp(rest, "UDP, bad length ", 16) == 0)
		snprintf(text, sizeof(text), " > %u\n", f->payload_len);
	else
		snprintf(text, sizeof(text), "UDP, length %u\n", f->payload_len);
	if (!line_has(rest, text))
		complain(c, "flow says %u bytes of UDP", f->payload_len);
	c->seen[FLOW_UDP]++;
}

/* Checks the text behind the ports. */
static void check_transport(struct flow_check *c, const struct skw_flow *f, const char *rest)
{
	if (f->tuple.proto == IPPROTO_TCP)
		check_tcp(c, f, rest);
	else if (f->tuple.proto == IPPROTO_UDP)
		check_udp(c, f, rest);
	else if (f->known & SKW_FLOW_TCP || !(f->known & SKW_FLOW_PAYLOAD))
		complain(c, "SCTP or DCCP, and not everything is payload");
}

/* Protocols without ports, and by what their lines are told; all others are told by number. */
static const char *word_of(uint8_t proto)
{
	static const char *const words[256] = {
		[1] = "icmp",      [2] = "IGMP",    [4] = "IP",         [8] = "EGP",
		[9] = "IGRP",      [41] = "IP",     [46] = "RSVP",      [47] = "gre",
		[50] = "esp",      [55] = "Mobile", [58] = "icmp",      [59] = "no next header",
		[62] = "mobility", [77] = "ND, ",   [88] = "EIGRP",     [89] = "OSPF",
		[97] = "EtherIP",  [98] = "ENCAP",  [103] = "PIM",      [108] = "ipcomp",
		[112] = "VRRP",    [113] = "PGM",   [135] = "mobility", [143] = "Ethernet",
	};

	return words[proto];
}

static void check_protocol(struct flow_check *c, const struct skw_flow *f, const char *rest)
{
	uint8_t proto = f->tuple.proto;
	const char *word = word_of(proto);
	bool tunnel = proto == IPPROTO_IPIP || proto == IPPROTO_IPV6 || proto == IPPROTO_GRE;
	char number[32];

	snprintf(number, sizeof(number), " ip-proto-%u ", proto);
	if (!(word && strcasestr(rest, word)) && !line_has(rest, number) && !stops(c, rest))
		complain(c, "the line is not of protocol %u", proto);
	if (tunnel && line_has(rest, " > "))
		c->seen[FLOW_TUNNEL]++;
	c->seen[FLOW_HOSTS]++;
}

static void check_later(struct flow_check *c, const struct skw_flow *f, const char *rest)
{
	char text[64];

	if (f->tuple.family == AF_INET)
		snprintf(text, sizeof(text), "ip-proto-%u\n", f->tuple.proto);
	else
		snprintf(text, sizeof(text), "frag (%u|", f->fragment_offset);
	if (f->tuple.family == AF_INET ? strcmp(rest, text) != 0
				       : !line_has(rest, text) && !stops(c, rest))
		complain(c, "no \"%s\" in a later fragment", text);
	if (f->known != SKW_FLOW_PAYLOAD || f->tuple.local_port || f->tuple.remote_port)
		complain(c, "a later fragment has ports");
	c->seen[FLOW_LATER_PIECE]++;
}

/* Checks the fields of the IP header that -vv prints. */
static void check_header(struct flow_check *c, const struct skw_packet *pkt,
			 const struct skw_flow *f)
{
	const uint8_t *ip = pkt->data + f->ip_at;
	bool length_told = f->ip_len <= UINT16_MAX && (ip[2] || ip[3]);

	if (f->tuple.family == AF_INET) {
		want(c, VERBOSE, "id %u, offset %u, flags [%s", f->fragment_id, f->fragment_offset,
		     f->fragment == SKW_FLOW_FIRST ? "+" : "");
		if (length_told)
			want(c, VERBOSE, "), length %u", f->ip_len);
	} else {
		if (ip[4] || ip[5])
			want(c, VERBOSE, "payload length: %u) ", f->ip_len - 40);
		if (f->fragment != SKW_FLOW_WHOLE && !stops(c, line_of(c, VERBOSE)))
			want(c, VERBOSE, "frag (0x%08x:%u|", f->fragment_id, f->fragment_offset);
	}
	if (f->fragment == SKW_FLOW_FIRST)
		c->seen[FLOW_FIRST_PIECE]++;
}

/* Tags stand before the addresses in a line with -e; behind them may be those of a tunnel. */
static void check_tags(struct flow_check *c, const struct skw_flow *f, const char *hosts)
{
	const char *line = line_of(c, LINK), *end = strstr(line, hosts);
	unsigned count = 0;
	char tag[32];

	if (!end) {
		complain(c, "no addresses in the line with -e");
		return;
	}
	for (const char *at = strstr(line, "vlan "); at && at < end; at = strstr(at + 1, "vlan ")) {
		if (count < SKW_FLOW_VLANS) {
			snprintf(tag, sizeof(tag), "vlan %u, p ", f->vlan[count]);
			if (strncmp(at, tag, strlen(tag)) != 0)
				complain(c, "flow says \"%s\"", tag);
		}
		count++;
	}
	if (count != f->vlans)
		complain(c, "%u tags", f->vlans);
	if (count)
		c->seen[FLOW_TAGS]++;
}

/* An ICMP message of IPv4 has its quote printed with -vv. */
static void check_quote_v4(struct flow_check *c, const struct skw_flow *quote, const char *hosts)
{
	char text[LINE_HOSTS_LEN + 8];

	snprintf(text, sizeof(text), "\n    %s", hosts);
	if (!line_has(line_of(c, VERBOSE), text)) {
		if (!line_has(line_of(c, VERBOSE), "[|"))
			complain(c, "the quoted packet is not \"%s\"", hosts);
	} else if (quote->fragment == SKW_FLOW_LATER) {
		want(c, VERBOSE, "%sip-proto-%u", text, quote->tuple.proto);
	}
}

/* Of a message of IPv6, the line has at most the quoted destination and its port. */
static void check_quote_v6(struct flow_check *c, const struct skw_flow *quote)
{
	char remote[INET6_ADDRSTRLEN];
	const char *line = line_of(c, PLAIN);
	bool tcp = quote->tuple.proto == IPPROTO_TCP, udp = quote->tuple.proto == IPPROTO_UDP;

	if (!inet_ntop(AF_INET6, quote->tuple.remote_addr, remote, sizeof(remote)))
		abort();
	if (line_has(line, ", unreachable port, "))
		want(c, PLAIN, ", unreachable port, %s %s port %u", remote, tcp ? "tcp" : "udp",
		     quote->tuple.remote_port);
	else if (line_has(line, ", unreachable port [|icmp6]")) {
		if ((tcp || udp) && quote->known & SKW_FLOW_PORTS)
			complain(c, "only flow finds the quoted port");
	} else if (line_has(line, " unreachable address ") || line_has(line, "in-transit for "))
		want(c, PLAIN, " %s", remote);
}

static void check_quote(struct flow_check *c, const struct skw_packet *pkt,
			const struct skw_flow *f, const char *rest)
{
	struct skw_flow quote;
	char hosts[LINE_HOSTS_LEN];
	int ret = skw_flow_of_quote(pkt, f, &quote);

	if (ret == -ENOENT)
		return;
	if (ret) {
		/* The line finds a port in a quote even where the quoted header is wrong. */
		if (ret == -ENODATA && f->tuple.family == AF_INET6 &&
		    line_has(rest, ", unreachable port, "))
			complain(c, "only the line finds the quoted port");
		c->seen[FLOW_QUOTE_CUT]++;
		return;
	}
	if (quote.transport_at < f->transport_at + 8 || quote.payload_at > pkt->caplen)
		complain(c, "the quoted packet is in a wrong place");
	line_hosts_text(&quote, quote.known & SKW_FLOW_PORTS, hosts);
	if (f->tuple.family == AF_INET6)
		check_quote_v6(c, &quote);
	else if (quote.transport_at == quote.ip_at + (pkt->data[quote.ip_at] & 0xfu) * 4)
		check_quote_v4(c, &quote, hosts);
	c->seen[FLOW_QUOTE]++;
}

static void check_told(struct flow_check *c, const struct skw_packet *pkt, const struct skw_flow *f)
{
	bool v6 = f->tuple.family == AF_INET6, ports = f->known & SKW_FLOW_PORTS;
	uint32_t header = v6 ? 40 : (pkt->data[f->ip_at] & 0xfu) * 4;
	bool direct = f->transport_at == f->ip_at + header;
	const char *line = line_skip_ip(line_skip_link(pkt, line_of(c, PLAIN)), v6);
	char hosts[LINE_HOSTS_LEN], behind[32];

	line_hosts_text(f, direct && ports, hosts);
	if (!line || strncmp(line, hosts, strlen(hosts)) != 0) {
		complain(c, "flow says \"%s\"", hosts);
		return;
	}
	line += strlen(hosts);
	snprintf(behind, sizeof(behind), " %u > %u: ", f->tuple.local_port, f->tuple.remote_port);
	if (f->fragment == SKW_FLOW_LATER) {
		check_later(c, f, line);
	} else if (!ports) {
		check_protocol(c, f, line);
		check_quote(c, pkt, f, line);
	} else if (direct) {
		c->seen[FLOW_PORTS]++;
		check_transport(c, f, line);
	} else if (line_has(line - 1, behind)) {
		c->seen[FLOW_PORTS_BEHIND]++;
		check_transport(c, f, strstr(line - 1, behind) + strlen(behind));
	} else if (!stops(c, line)) {
		complain(c, "no ports \"%s\" in the line", behind);
	}
	check_header(c, pkt, f);
	/* A name in the line of PKTAP may look like a tag. */
	if (pkt->dlt != 258)
		check_tags(c, f, hosts);
}

/* The line of a later fragment of IPv4, for which the options need not have been captured. */
static bool is_later_fragment(const char *line)
{
	const char *at = strstr(line, "ip-proto-");

	at = at ? at + strlen("ip-proto-") : "";
	return strcmp(at + strspn(at, "0123456789"), "\n") == 0;
}

static void check_refused(struct flow_check *c, const struct skw_packet *pkt, int ret)
{
	/* SCTP and DCCP are named even without ports, and half a fragment header is enough. */
	static const char *const cut[] = { "[|", "caplen==0", "SCTP, ", "DCCP, ", "frag (", NULL };
	static const char *const wrong[] = {
		"[|",          "(invalid)",        "bad-hlen ",
		"bad-len ",    "version error: ",  "[Invalid header:",
		"unknown ip ", "truncated-ip 0\n", "SCTP, ",
		"DCCP, ",      "frag (",           NULL,
	};
	const char *line = line_skip_link(pkt, line_of(c, PLAIN));
	bool ip = line_is_ip(line);
	enum flow_kind kind = ret == -ENOENT    ? FLOW_NO_IP
			      : ret == -ENODATA ? FLOW_CUT
						: FLOW_BROKEN;

	if (ret == -ENOENT) {
		/* Only the line follows an Ethernet frame in a frame of RFC 2684. */
		if (ip && line_has(line_of(c, LINK), "Ethernet bridged"))
			c->seen[FLOW_TUNNEL]++;
		else if (ip)
			complain(c, "flow says that it is no IP packet");
	} else if (ret != -ENODATA && ret != -EBADMSG) {
		complain(c, "flow returns %d", ret);
	} else if (line_has_any(line, ret == -ENODATA ? cut : wrong) ||
		   (ret == -ENODATA && is_later_fragment(line)) || stops(c, line)) {
		if (line_tells_ports(line))
			complain(c, "flow does not find the ports");
	} else if (ret == -EBADMSG && pkt->caplen > 255 * 4) {
		/* 255 tags, or as many extension headers. */
		kind = FLOW_TOO_MANY;
	} else {
		complain(c, ret == -ENODATA ? "flow misses bytes" : "flow finds fault");
	}
	c->seen[kind]++;
}

const char *flow_check_packet(struct flow_check *c, const struct skw_packet *pkt,
			      uint64_t seen[FLOW_KINDS])
{
	struct skw_flow f;
	int ret = skw_flow_of(pkt, &f);

	c->seen = seen;
	skw_buf_reset(&c->complaint);
	for (size_t i = 0; i < LINES; i++) {
		skw_buf_reset(&c->lines[i]);
		skw_printer_packet(c->printers[i], pkt, NULL, &c->lines[i]);
		skw_buf_add_char(&c->lines[i], '\0');
		if (c->lines[i].failed)
			abort();
	}
	if (ret)
		check_refused(c, pkt, ret);
	else
		check_told(c, pkt, &f);
	if (!c->complaint.len)
		return NULL;
	skw_buf_add_str(&c->complaint, ": ");
	skw_buf_add_str(&c->complaint, line_of(c, PLAIN));
	skw_buf_add_char(&c->complaint, '\0');
	return (const char *)c->complaint.data;
}
