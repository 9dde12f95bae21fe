// SPDX-License-Identifier: BSD-2-Clause
/* IEEE 802.11 frames. */
#include "dissect/wifi/wifi.h"

#include "dissect/link/eth.h"
#include "dissect/link/types.h"
#include "dissect/text.h"
#include "flow/wifi.h"
#include "util/bytes.h"
#include "util/cleanup.h"

/* The first address, and where the others stand. */
enum { ADDR_1 = 4, ADDR_2 = 10, ADDR_3 = 16, ADDR_4 = 24, BAR_CONTROL = 16, BAR_SEQ = 18 };

/* Subtypes of control frames. */
enum { WRAPPER = 7, BAR, BA, PS_POLL, RTS, CTS, ACK, CF_END, CF_END_ACK };

static void print_mac(struct skw_dissect *d, const char *label, const uint8_t *p)
{
	skw_buf_add_str(d->out, label);
	skw_text_mac(d->out, p);
}

static void print_data_addresses(struct skw_dissect *d, uint16_t control, const uint8_t *p)
{
	static const char *const labels[4][4] = {
		{ "DA:", " SA:", " BSSID:", NULL },
		{ "BSSID:", " SA:", " DA:", NULL },
		{ "DA:", " BSSID:", " SA:", NULL },
		{ "RA:", " TA:", " DA:", " SA:" },
	};
	static const uint8_t places[] = { ADDR_1, ADDR_2, ADDR_3, ADDR_4 };
	const char *const *label = labels[control >> 8 & 3];

	for (size_t i = 0; i < SKW_ARRAY_SIZE(places) && label[i]; i++)
		print_mac(d, label[i], p + places[i]);
	skw_buf_add_char(d->out, ' ');
}

static void print_data_header(struct skw_dissect *d, uint16_t control, const uint8_t *p)
{
	static const char *const polls[] = { "", "Ack", "Poll", "Ack/Poll" };
	unsigned subtype = skw_wifi_subtype(control);

	if (subtype & (3 | SKW_WIFI_QOS)) {
		skw_buf_add_str(d->out, "CF ");
		skw_buf_add_str(d->out, polls[subtype & 3]);
		skw_buf_add_str(d->out, subtype & SKW_WIFI_QOS ? "+QoS " : " ");
	}
	print_data_addresses(d, control, p);
}

static void print_bar(struct skw_dissect *d, const uint8_t *p)
{
	print_mac(d, " RA:", p + ADDR_1);
	print_mac(d, " TA:", p + ADDR_2);
	skw_buf_add_str(d->out, " CTL(");
	skw_text_hex(d->out, skw_bytes_le16(p + BAR_CONTROL), 1);
	skw_text_field(d->out, ") SEQ(", skw_bytes_le16(p + BAR_SEQ));
	skw_buf_add(d->out, ") ", 2);
}

static void print_control_header(struct skw_dissect *d, unsigned subtype, const uint8_t *p)
{
	static const struct {
		const char *first, *second;
	} labels[] = {
		[BA] = { "RA:", NULL },
		[PS_POLL] = { "BSSID:", " TA:" },
		[RTS] = { "RA:", " TA:" },
		[CTS] = { "RA:", NULL },
		[ACK] = { "RA:", NULL },
		[CF_END] = { "RA:", " BSSID:" },
		[CF_END_ACK] = { "RA:", " BSSID:" },
	};

	if (subtype == BAR) {
		print_bar(d, p);
		return;
	}
	if (!labels[subtype].first)
		return;
	print_mac(d, labels[subtype].first, p + ADDR_1);
	if (labels[subtype].second)
		print_mac(d, labels[subtype].second, p + ADDR_2);
	skw_buf_add_char(d->out, ' ');
}

static void print_flags(struct skw_dissect *d, uint16_t control, const uint8_t *p)
{
	static const struct skw_text_name names[] = {
		{ 0x2000, "More Data " },
		{ 0x0400, "More Fragments " },
		{ 0x1000, "Pwr Mgmt " },
		{ 0x0800, "Retry " },
		{ 0x8000, "Strictly Ordered " },
		{ SKW_WIFI_PROTECTED, "Protected " },
		{ 0, NULL },
	};

	for (size_t i = 0; names[i].name; i++) {
		if (control & names[i].value)
			skw_buf_add_str(d->out, names[i].name);
	}
	if (skw_wifi_type(control) == SKW_WIFI_CONTROL && skw_wifi_subtype(control) == PS_POLL)
		return;
	skw_buf_add_uint(d->out, skw_bytes_le16(p + 2));
	skw_buf_add_str(d->out, "us ");
}

static void print_header(struct skw_dissect *d, uint16_t control, const uint8_t *p)
{
	if (d->opt->verbose)
		print_flags(d, control, p);
	if (skw_wifi_type(control) == SKW_WIFI_DATA) {
		print_data_header(d, control, p);
	} else if (skw_wifi_type(control) == SKW_WIFI_CONTROL) {
		print_control_header(d, skw_wifi_subtype(control), p);
	} else {
		print_mac(d, "BSSID:", p + ADDR_3);
		print_mac(d, " DA:", p + ADDR_1);
		print_mac(d, " SA:", p + ADDR_2);
		skw_buf_add_char(d->out, ' ');
	}
}

static void print_control(struct skw_dissect *d, unsigned subtype, const uint8_t *p)
{
	static const char *const names[] = {
		[WRAPPER] = "Control Wrapper",
		[BAR] = "BAR",
		[BA] = "BA",
		[PS_POLL] = "Power Save-Poll",
		[RTS] = "Request-To-Send",
		[CTS] = "Clear-To-Send",
		[ACK] = "Acknowledgment",
		[CF_END] = "CF-End",
		[CF_END_ACK] = "CF-End+CF-Ack",
	};

	skw_buf_add_str(d->out, names[subtype]);
	if (subtype == PS_POLL) {
		skw_buf_add_str(d->out, " AID(");
		skw_text_hex(d->out, skw_bytes_le16(p + 2), 1);
		skw_buf_add_char(d->out, ')');
		return;
	}
	if (d->opt->link_header || subtype == WRAPPER)
		return;
	if (subtype == BAR) {
		print_bar(d, p);
		return;
	}
	print_mac(d, subtype == RTS ? " TA:" : " RA:", p + (subtype == RTS ? ADDR_2 : ADDR_1));
	skw_buf_add_char(d->out, ' ');
}

bool skw_dissect_wifi_encrypted(struct skw_dissect *d, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, 4))
		return false;

	uint32_t iv = skw_bytes_le32(b.p);

	skw_buf_printf(d->out, " IV:%3x Pad %x KeyID %x", iv & 0xffffff, iv >> 24 & 0x3f, iv >> 30);
	return true;
}

static uint32_t print_data(struct skw_dissect *d, uint16_t control, const uint8_t *header,
			   struct skw_bytes b)
{
	/* Where the addresses of both ends are, by the bits "from" and "to" the access point. */
	static const uint8_t sources[] = { ADDR_2, ADDR_2, ADDR_3, ADDR_4 };
	static const uint8_t targets[] = { ADDR_1, ADDR_3, ADDR_1, ADDR_3 };
	unsigned ds = control >> 8 & 3;
	const struct skw_eth_ends ends = { header + sources[ds], header + targets[ds] };

	if (skw_wifi_subtype(control) & SKW_WIFI_NO_DATA)
		return 0;
	if (!(control & SKW_WIFI_PROTECTED))
		return skw_dissect_llc(d, b, &ends);
	skw_buf_add_str(d->out, "Data");
	if (!skw_dissect_wifi_encrypted(d, b))
		skw_dissect_cut(d, "802.11");
	return 0;
}

static void print_unknown(struct skw_dissect *d, uint16_t control)
{
	if (skw_wifi_type(control) == SKW_WIFI_CONTROL)
		skw_text_field(d->out, "unknown 802.11 ctrl frame subtype (",
			       skw_wifi_subtype(control));
	else
		skw_text_field(d->out, "unknown 802.11 frame type (", skw_wifi_type(control));
	skw_buf_add_char(d->out, ')');
}

uint32_t skw_dissect_wifi_frame(struct skw_dissect *d, struct skw_bytes b, bool padded,
				uint32_t fcs)
{
	uint32_t whole = b.caplen;

	if (b.len >= fcs)
		b = skw_bytes_first(b, b.len - fcs);
	else
		b.caplen = 0;
	if (!skw_bytes_has(b, 0, 2)) {
		skw_dissect_cut(d, "802.11");
		return whole;
	}

	uint16_t control = skw_bytes_le16(b.p);
	uint32_t used = skw_wifi_header_len(control, padded);
	const uint8_t *header = b.p;

	if (!used) {
		print_unknown(d, control);
		return 0;
	}
	if (!skw_bytes_has(b, 0, used)) {
		skw_dissect_cut(d, "802.11");
		return used;
	}
	if (d->opt->link_header)
		print_header(d, control, header);
	b = skw_bytes_skip(b, used);
	if (skw_wifi_type(control) == SKW_WIFI_DATA)
		return used + print_data(d, control, header, b);
	if (skw_wifi_type(control) == SKW_WIFI_CONTROL)
		print_control(d, skw_wifi_subtype(control), header);
	else if (!skw_dissect_wifi_management(d, control, header + ADDR_2, b))
		skw_dissect_cut(d, "802.11");
	return used;
}

uint32_t skw_dissect_wifi(struct skw_dissect *d, struct skw_bytes b)
{
	return skw_dissect_wifi_frame(d, b, false, 0);
}

uint32_t skw_dissect_avs(struct skw_dissect *d, struct skw_bytes b)
{
	struct skw_bytes frame = b;

	if (skw_wifi_skip_avs(&frame)) {
		skw_dissect_cut(d, "802.11_radio_avs");
		return b.caplen;
	}
	return (uint32_t)(frame.p - b.p) + skw_dissect_wifi_frame(d, frame, false, 0);
}

uint32_t skw_dissect_prism(struct skw_dissect *d, struct skw_bytes b)
{
	struct skw_bytes frame = b;
	uint32_t cookie = b.caplen < 4 ? 0 : skw_bytes_be32(b.p);

	if (cookie == SKW_WIFI_AVS_COOKIE || cookie == SKW_WIFI_AVS_COOKIE_2)
		return skw_dissect_avs(d, b);
	if (skw_wifi_skip_prism(&frame)) {
		skw_dissect_cut(d, "prism");
		return b.caplen;
	}
	return (uint32_t)(frame.p - b.p) + skw_dissect_wifi_frame(d, frame, false, 0);
}
