// SPDX-License-Identifier: BSD-2-Clause
#include "flow_line.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

bool line_has(const char *line, const char *text)
{
	return strstr(line, text) != NULL;
}

bool line_has_any(const char *line, const char *const *texts)
{
	while (*texts && !line_has(line, *texts))
		texts++;
	return *texts;
}

bool line_is_ip(const char *line)
{
	/* A service access point of LLC has the same name. */
	static const char *const llc[] = { "> ", "Unnumbered, ", "Supervisory, ", "Information, " };

	if (strncmp(line, "IP6 ", 4) == 0)
		return true;
	if (strncmp(line, "IP ", 3) != 0)
		return false;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(llc); i++) {
		if (strncmp(line + 3, llc[i], strlen(llc[i])) == 0)
			return false;
	}
	return true;
}

void line_hosts_text(const struct skw_flow *f, bool ports, char text[LINE_HOSTS_LEN])
{
	char local[INET6_ADDRSTRLEN], remote[INET6_ADDRSTRLEN];
	const struct skw_tuple *t = &f->tuple;

	if (!inet_ntop(t->family, t->local_addr, local, sizeof(local)) ||
	    !inet_ntop(t->family, t->remote_addr, remote, sizeof(remote)))
		abort();
	if (ports)
		snprintf(text, LINE_HOSTS_LEN, "%s.%u > %s.%u: ", local, t->local_port, remote,
			 t->remote_port);
	else
		snprintf(text, LINE_HOSTS_LEN, "%s > %s: ", local, remote);
}

/* Lines of some link types have a text in front of the IP header, also without -e. */
static const char *skip_text(const char *line)
{
	static const char *const wrong[] = { "IP6,", "IP4", "IP5" };
	/* A header of PKTAP has names from the file. It is printed if the link type is unknown. */
	const char *at = strncmp(line, "DLT ", 4) == 0 ? NULL : line;

	while (at) {
		/* A compressed header of PPP is none. */
		if (strncmp(at, "VJC IP ", 7) == 0)
			return line;
		if (line_is_ip(at))
			return at;
		for (size_t i = 0; i < SKW_ARRAY_SIZE(wrong); i++) {
			if (strncmp(at, wrong[i], strlen(wrong[i])) == 0)
				return at;
		}
		at = strpbrk(at, " \t]");
		at = at ? at + 1 : NULL;
	}
	/* The tag of a switch has a number that looks like a port. */
	at = strstr(line, "VLAN ");
	at = at ? strstr(at, ", ") : NULL;
	return at ? at + 2 : line;
}

static bool has_text(const struct skw_packet *pkt, const char *line)
{
	switch (pkt->dlt) {
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_RAW:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_EN10MB:
	case DLT_IPOIB:
		return strncmp(line, "MPLS", 4) == 0 || strncmp(line, "PPPoE", 5) == 0 ||
		       strncmp(line, " [ver ", 6) == 0 || strncmp(line, " [type ", 7) == 0 ||
		       strncmp(line, ": ", 2) == 0;
	default:
		return true;
	}
}

const char *line_skip_link(const struct skw_packet *pkt, const char *line)
{
	for (int i = 0; i < 2 && pkt->dlt == DLT_LINUX_SLL2 && pkt->caplen >= 20; i++) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	while (strncmp(line, "ethertype ", 10) == 0 && line_has(line, ", "))
		line = strstr(line, ", ") + 2;
	return has_text(pkt, line) ? skip_text(line) : line;
}

const char *line_skip_ip(const char *line, bool v6)
{
	static const char missing[] = " bytes missing!";
	size_t n = v6 ? 4 : 3;

	if (strncmp(line, v6 ? "IP6 " : "IP ", n) != 0)
		return NULL;
	line += n;
	if (strncmp(line, "truncated-ip", 12) == 0) {
		line = strstr(line, missing);
		if (!line)
			return NULL;
		line += sizeof(missing) - 1;
		line += *line == ' ';
	}
	return line;
}

/* Whether " > " at this place stands between two addresses with ports, or between two ports. */
static bool has_ports_before(const char *start, const char *arrow)
{
	const char *p = arrow;
	unsigned dots = 0;
	bool digits = true;

	while (p > start && p[-1] != ' ') {
		p--;
		dots += *p == '.';
		digits = digits && isdigit((unsigned char)*p);
	}
	/* Two numbers are ports if a colon follows them, and no comparison then. */
	if (digits)
		return arrow[3 + strspn(arrow + 3, "0123456789")] == ':';
	return dots == 1 || dots == 4; /* an IPv4 address has three dots of its own */
}

bool line_tells_ports(const char *line)
{
	for (const char *at = strstr(line, " > "); at; at = strstr(at + 1, " > ")) {
		if (has_ports_before(line, at))
			return true;
	}
	return false;
}
