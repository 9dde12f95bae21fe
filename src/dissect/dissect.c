// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/dissect.h"

#include "dissect/ip/cksum.h"
#include "dissect/text.h"

void skw_dissect_cut(struct skw_dissect *d, const char *name)
{
	if (d->cut)
		return;
	d->cut = true;
	skw_buf_add(d->out, " [|", 3);
	skw_buf_add_str(d->out, name);
	skw_buf_add_char(d->out, ']');
}

void skw_dissect_invalid(struct skw_dissect *d)
{
	d->cut = true;
	skw_buf_add_str(d->out, " (invalid)");
}

void skw_dissect_name(struct skw_dissect *d, const char *name, uint32_t len)
{
	skw_buf_add_str(d->out, name);
	skw_text_field(d->out, ", length ", len);
}

void skw_dissect_text(struct skw_dissect *d, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t c = p[i];

		/* The notation of `cat -v`: M- for the eighth bit, ^X for a control character. */
		if (c & 0x80) {
			skw_buf_add(d->out, "M-", 2);
			c &= 0x7f;
		}
		if (c < 0x20 || c == 0x7f) {
			skw_buf_add_char(d->out, '^');
			c ^= 0x40;
		}
		skw_buf_add_char(d->out, (char)c);
	}
}

void skw_dissect_color(struct skw_dissect *d, enum skw_color color)
{
	static const char *const codes[] = {
		[SKW_COLOR_END] = "\033[0m",    [SKW_COLOR_TIME] = "\033[2m",
		[SKW_COLOR_PROTO] = "\033[36m", [SKW_COLOR_OPEN_CLOSE] = "\033[32m",
		[SKW_COLOR_BAD] = "\033[31m",
	};

	if (d->opt->color)
		skw_buf_add_str(d->out, codes[color]);
}

static void add_addr(struct skw_dissect *d, const struct skw_ip *ip, const uint8_t *addr)
{
	const struct skw_print_names *names = d->opt->names;
	const char *name = names ? names->host(names->ctx, addr, ip->version == 4 ? 4 : 16) : NULL;

	if (name)
		skw_buf_add_str(d->out, name);
	else if (ip->version == 4)
		skw_text_ipv4(d->out, addr);
	else
		skw_text_ipv6(d->out, addr);
}

static void add_port(struct skw_dissect *d, const struct skw_ip *ip, uint16_t port)
{
	const struct skw_print_names *names = d->opt->names;
	const char *name = names ? names->port(names->ctx, ip->proto, port) : NULL;

	if (name)
		skw_buf_add_str(d->out, name);
	else
		skw_buf_add_uint(d->out, port);
}

void skw_dissect_hosts(struct skw_dissect *d, const struct skw_ip *ip)
{
	if (ip->hosts_printed)
		return;
	add_addr(d, ip, ip->src);
	skw_buf_add(d->out, " > ", 3);
	add_addr(d, ip, ip->dst);
	skw_buf_add(d->out, ": ", 2);
}

void skw_dissect_ports(struct skw_dissect *d, const struct skw_ip *ip, uint16_t sport,
		       uint16_t dport)
{
	if (!ip->hosts_printed) {
		add_addr(d, ip, ip->src);
		skw_buf_add_char(d->out, '.');
	}
	add_port(d, ip, sport);
	skw_buf_add(d->out, " > ", 3);
	if (!ip->hosts_printed) {
		add_addr(d, ip, ip->dst);
		skw_buf_add_char(d->out, '.');
	}
	add_port(d, ip, dport);
	skw_buf_add(d->out, ": ", 2);
}

void skw_dissect_cksum(struct skw_dissect *d, const char *proto, uint16_t field, uint16_t sum)
{
	if (!sum) {
		skw_buf_printf(d->out, "[%s sum ok] ", proto);
		return;
	}
	skw_dissect_color(d, SKW_COLOR_BAD);
	skw_buf_printf(d->out, "[bad %s cksum 0x", proto);
	skw_text_hex(d->out, field, 4);
	skw_buf_add_str(d->out, " -> 0x");
	skw_text_hex(d->out, skw_cksum_shouldbe(field, sum), 4);
	skw_buf_add_str(d->out, "!]");
	skw_dissect_color(d, SKW_COLOR_END);
	skw_buf_add_char(d->out, ' ');
}
