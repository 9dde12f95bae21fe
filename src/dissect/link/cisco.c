// SPDX-License-Identifier: BSD-2-Clause
/*
 * Protocols of Cisco behind SNAP: DTP, UDLD (RFC 5171) and VTP. Of VTP, only the first line is
 * printed.
 */
#include "dissect/link/eth.h"

#include "dissect/text.h"
#include "util/bytes.h"

enum {
	TLV_HEADER = 4,
	UDLD_HEADER = 4,
	VTP_HEADER = 36,
};

/* Prints an escaped text that ends with n bytes or a zero byte. Returns false if bytes are missing.
 */
static bool print_padded(struct skw_dissect *d, struct skw_bytes b, uint32_t n)
{
	uint32_t i = 0;

	while (i < n && i < b.caplen && b.p[i])
		i++;
	skw_dissect_text(d, b.p, i);
	return i == n || i < b.caplen;
}

static void print_tlv(struct skw_dissect *d, const struct skw_text_name *names, uint16_t type,
		      const char *kind, uint16_t len)
{
	const char *name = skw_text_name(names, type);

	skw_buf_add_str(d->out, "\n\t");
	skw_buf_add_str(d->out, name ? name : "Unknown");
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, type, 4);
	skw_buf_add_str(d->out, kind);
	skw_buf_add_uint(d->out, len);
}

/* An invalid value, after which the rest of the packet is cut as well if it was not captured. */
static void print_wrong(struct skw_dissect *d, const char *name, struct skw_bytes rest)
{
	skw_dissect_invalid(d);
	if (rest.caplen < rest.len) {
		d->cut = false;
		skw_dissect_cut(d, name);
	}
}

enum { DTP_DOMAIN = 1, DTP_STATUS, DTP_TYPE, DTP_NEIGHBOR };

/* Prints the value behind the header of a TLV. `value` is as long as the TLV says. */
static bool print_dtp_value(struct skw_dissect *d, uint16_t type, struct skw_bytes value,
			    bool *wrong)
{
	switch (type) {
	case DTP_DOMAIN:
		skw_buf_add(d->out, ", ", 2);
		return print_padded(d, value, value.len);
	case DTP_STATUS:
	case DTP_TYPE:
		*wrong = value.len != 1;
		if (*wrong || !value.caplen)
			return *wrong;
		skw_buf_add_str(d->out, ", 0x");
		skw_text_hex(d->out, value.p[0], 1);
		return true;
	case DTP_NEIGHBOR:
		*wrong = value.len != 6;
		if (*wrong || value.caplen < 6)
			return *wrong;
		skw_buf_add(d->out, ", ", 2);
		skw_text_mac(d->out, value.p);
		return true;
	default:
		return value.caplen == value.len;
	}
}

void skw_dissect_dtp(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name names[] = {
		{ DTP_DOMAIN, "Domain" },
		{ DTP_STATUS, "Status" },
		{ DTP_TYPE, "DTP type" },
		{ DTP_NEIGHBOR, "Neighbor" },
		{ 0, NULL },
	};
	bool wrong = false;

	if (!b.len) {
		skw_buf_add_str(d->out, "[zero packet length]");
		skw_dissect_invalid(d);
		return;
	}
	if (!b.caplen) {
		skw_dissect_cut(d, "dtp");
		return;
	}
	skw_text_field(d->out, "DTPv", b.p[0]);
	skw_text_field(d->out, ", length ", b.len);
	if (!d->opt->verbose)
		return;
	for (b = skw_bytes_skip(b, 1); b.len && !wrong;) {
		if (b.len < TLV_HEADER) {
			skw_text_field(d->out, "[", b.len);
			skw_buf_add_str(d->out, " bytes remaining]");
			break;
		}
		if (!skw_bytes_has(b, 0, TLV_HEADER)) {
			skw_dissect_cut(d, "dtp");
			return;
		}

		uint16_t type = skw_bytes_be16(b.p), len = skw_bytes_be16(b.p + 2);

		if (!type)
			return;
		print_tlv(d, names, type, ") TLV, length ", len);
		if (len < TLV_HEADER || len > b.len) {
			skw_text_field(d->out, "[invalid TLV length ", len);
			skw_buf_add_char(d->out, ']');
			break;
		}
		if (!print_dtp_value(d, type, skw_bytes_skip(skw_bytes_first(b, len), TLV_HEADER),
				     &wrong)) {
			skw_dissect_cut(d, "dtp");
			return;
		}
		if (!wrong)
			b = skw_bytes_skip(b, len);
	}
	if (b.len)
		print_wrong(d, "dtp", b);
}

enum {
	UDLD_DEVICE_ID = 1,
	UDLD_PORT_ID,
	UDLD_ECHO,
	UDLD_INTERVAL,
	UDLD_TIMEOUT,
	UDLD_DEVICE_NAME,
	UDLD_SEQ
};

static bool print_udld_value(struct skw_dissect *d, uint16_t type, struct skw_bytes value,
			     bool *wrong)
{
	switch (type) {
	case UDLD_DEVICE_ID:
	case UDLD_PORT_ID:
	case UDLD_DEVICE_NAME:
		skw_buf_add(d->out, ", ", 2);
		return print_padded(d, value, value.len);
	case UDLD_ECHO:
		skw_buf_add(d->out, ", ", 2);
		skw_dissect_text(d, value.p, value.caplen);
		return value.caplen == value.len;
	case UDLD_INTERVAL:
	case UDLD_TIMEOUT:
		*wrong = value.len != 1;
		if (*wrong || !value.caplen)
			return *wrong;
		skw_text_field(d->out, ", ", value.p[0]);
		skw_buf_add_char(d->out, 's');
		return true;
	case UDLD_SEQ:
		*wrong = value.len != 4;
		if (*wrong || value.caplen < 4)
			return *wrong;
		skw_text_field(d->out, ", ", skw_bytes_be32(value.p));
		return true;
	default:
		return value.caplen == value.len;
	}
}

static void print_udld_values(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name names[] = {
		{ UDLD_DEVICE_ID, "Device-ID TLV" },
		{ UDLD_PORT_ID, "Port-ID TLV" },
		{ UDLD_ECHO, "Echo TLV" },
		{ UDLD_INTERVAL, "Message Interval TLV" },
		{ UDLD_TIMEOUT, "Timeout Interval TLV" },
		{ UDLD_DEVICE_NAME, "Device Name TLV" },
		{ UDLD_SEQ, "Sequence Number TLV" },
		{ 0, NULL },
	};

	while (b.len) {
		bool wrong = b.len < TLV_HEADER;

		if (wrong) {
			print_wrong(d, "udld", b);
			return;
		}
		if (!skw_bytes_has(b, 0, TLV_HEADER)) {
			skw_dissect_cut(d, "udld");
			return;
		}

		uint16_t type = skw_bytes_be16(b.p), len = skw_bytes_be16(b.p + 2);

		print_tlv(d, names, type, ") TLV, length ", len);
		wrong = len <= TLV_HEADER || len > b.len;
		b = skw_bytes_skip(b, TLV_HEADER);
		if (!wrong) {
			len -= TLV_HEADER;
			if (!print_udld_value(d, type, skw_bytes_first(b, len), &wrong)) {
				skw_dissect_cut(d, "udld");
				return;
			}
		}
		if (wrong) {
			print_wrong(d, "udld", b);
			return;
		}
		b = skw_bytes_skip(b, len);
	}
}

static void print_udld_flags(struct skw_dissect *d, uint8_t flags)
{
	static const struct skw_text_name names[] = {
		{ 0x01, "RT" },    { 0x02, "RSY" },   { 0x04, "MBZ-2" },
		{ 0x08, "MBZ-3" }, { 0x10, "MBZ-4" }, { 0x20, "MBZ-5" },
		{ 0x40, "MBZ-6" }, { 0x80, "MBZ-7" }, { 0, NULL },
	};

	skw_buf_add_str(d->out, ", Flags [");
	skw_text_bits(d->out, names, flags);
	skw_buf_add_str(d->out, "] (0x");
	skw_text_hex(d->out, flags, 2);
	skw_buf_add_char(d->out, ')');
}

void skw_dissect_udld(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name codes[] = {
		{ 1, "Probe message" },
		{ 2, "Echo message" },
		{ 3, "Flush message" },
		{ 0, NULL },
	};

	if (b.len < UDLD_HEADER) {
		print_wrong(d, "udld", b);
		return;
	}
	if (!skw_bytes_has(b, 0, 2)) {
		skw_dissect_cut(d, "udld");
		return;
	}

	uint8_t code = b.p[0] & 0x1f;
	const char *name = skw_text_name(codes, code);

	skw_text_field(d->out, "UDLDv", b.p[0] >> 5);
	skw_buf_add_str(d->out, ", Code ");
	skw_buf_add_str(d->out, name ? name : "Reserved");
	skw_buf_add_str(d->out, " (");
	skw_text_hex(d->out, code, 1);
	skw_buf_add_char(d->out, ')');
	print_udld_flags(d, b.p[1]);
	skw_text_field(d->out, ", length ", b.len);
	if (!d->opt->verbose) {
		if (b.caplen < b.len)
			skw_dissect_cut(d, "udld");
		return;
	}
	if (!skw_bytes_has(b, 2, 2)) {
		skw_dissect_cut(d, "udld");
		return;
	}
	skw_buf_add_str(d->out, "\n\tChecksum 0x");
	skw_text_hex(d->out, skw_bytes_be16(b.p + 2), 4);
	skw_buf_add_str(d->out, " (unverified)");
	print_udld_values(d, skw_bytes_skip(b, UDLD_HEADER));
}

void skw_dissect_vtp(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name types[] = {
		{ 1, "Summary advertisement" },
		{ 2, "Subset advertisement" },
		{ 3, "Advertisement request" },
		{ 4, "Join message" },
		{ 0, NULL },
	};

	if (b.len < VTP_HEADER) {
		print_wrong(d, "vtp", b);
		return;
	}
	if (!skw_bytes_has(b, 0, VTP_HEADER)) {
		skw_dissect_cut(d, "vtp");
		return;
	}

	const char *name = skw_text_name(types, b.p[1]);

	skw_text_field(d->out, "VTPv", b.p[0]);
	skw_buf_add_str(d->out, ", Message ");
	skw_buf_add_str(d->out, name ? name : "Unknown message type");
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, b.p[1], 2);
	skw_text_field(d->out, "), length ", b.len);
	if (b.caplen < b.len)
		skw_dissect_cut(d, "vtp");
}
