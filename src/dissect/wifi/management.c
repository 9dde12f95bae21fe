// SPDX-License-Identifier: BSD-2-Clause
/*
 * Management frames of IEEE 802.11: networks and their names. Reasons and states are printed as
 * numbers.
 */
#include "dissect/wifi/wifi.h"

#include <string.h>

#include "dissect/text.h"
#include "flow/wifi.h"
#include "util/bytes.h"
#include "util/cleanup.h"

enum {
	ASSOC_REQUEST,
	ASSOC_RESPONSE,
	REASSOC_REQUEST,
	REASSOC_RESPONSE,
	PROBE_REQUEST,
	PROBE_RESPONSE,
	BEACON = 8,
	ATIM,
	DISASSOC,
	AUTH,
	DEAUTH,
	ACTION,
};

enum { PRIVACY = 0x10, ESS = 1 };

/* Elements are a number, a length and a value. Only the first of each kind counts. */
enum { ELEMENT_SSID = 0, ELEMENT_RATES = 1, ELEMENT_CHANNEL = 3, ELEMENT_CHALLENGE = 16 };

struct elements {
	struct skw_bytes ssid, rates; /* p is NULL if there is none */
	const uint8_t *channel;       /* NULL if there is none */
};

/* Returns false if the elements end early or are too long. The elements before that place count. */
static bool read_elements(struct skw_bytes b, struct elements *e)
{
	static const uint8_t limits[] = { [ELEMENT_SSID] = 32,
					  [ELEMENT_RATES] = 16,
					  [5 /* traffic indication */] = 254,
					  [ELEMENT_CHALLENGE] = 253 };

	memset(e, 0, sizeof(*e));
	while (b.len) {
		if (!skw_bytes_has(b, 0, 2) || !skw_bytes_has(b, 2, b.p[1]))
			return false;

		uint8_t id = b.p[0], len = b.p[1];
		struct skw_bytes value = { b.p + 2, len, len };

		if (id < SKW_ARRAY_SIZE(limits) && limits[id] && len > limits[id])
			return false;
		if (id == ELEMENT_SSID && !e->ssid.p)
			e->ssid = value;
		else if (id == ELEMENT_RATES && !e->rates.p && len)
			e->rates = value;
		else if (id == ELEMENT_CHANNEL && !e->channel && len == 1)
			e->channel = value.p;
		b = skw_bytes_skip(b, len + 2u);
	}
	return true;
}

static void print_ssid(struct skw_dissect *d, const struct elements *e)
{
	if (!e->ssid.p)
		return;
	skw_buf_add(d->out, " (", 2);
	skw_dissect_text(d, e->ssid.p, strnlen((const char *)e->ssid.p, e->ssid.len));
	skw_buf_add_char(d->out, ')');
}

/* In units of 500 kbit/s; the highest bit marks the rates that every station must have. */
static void print_rates(struct skw_dissect *d, const struct elements *e)
{
	for (uint32_t i = 0; i < e->rates.len; i++) {
		uint8_t rate = e->rates.p[i] & 0x7f;

		skw_text_field(d->out, i ? " " : " [", rate / 2u);
		skw_buf_add_str(d->out, rate % 2 ? ".5" : ".0");
		if (e->rates.p[i] & 0x80)
			skw_buf_add_char(d->out, '*');
	}
	if (e->rates.len)
		skw_buf_add_str(d->out, " Mbit]");
}

static void print_channel(struct skw_dissect *d, const struct elements *e, uint16_t capability)
{
	if (e->channel)
		skw_text_field(d->out, " CH: ", *e->channel);
	if (capability & PRIVACY)
		skw_buf_add_str(d->out, ", PRIVACY");
}

/* A time, the interval of beacons, and the capabilities stand in front of the elements. */
static bool print_beacon(struct skw_dissect *d, struct skw_bytes b, bool beacon)
{
	enum { CAPABILITY = 10, FIXED = 12 };
	struct elements e;

	if (!skw_bytes_has(b, 0, FIXED))
		return false;

	uint16_t capability = skw_bytes_le16(b.p + CAPABILITY);
	bool whole = read_elements(skw_bytes_skip(b, FIXED), &e);

	print_ssid(d, &e);
	print_rates(d, &e);
	if (beacon)
		skw_buf_add_str(d->out, capability & ESS ? " ESS" : " IBSS");
	print_channel(d, &e, capability);
	return whole;
}

/* `fixed` is the length of what stands in front of the elements. */
static bool print_request(struct skw_dissect *d, struct skw_bytes b, uint32_t fixed)
{
	struct elements e;

	if (!skw_bytes_has(b, 0, fixed))
		return false;

	bool whole = read_elements(skw_bytes_skip(b, fixed), &e);

	print_ssid(d, &e);
	if (fixed < 10) {
		print_rates(d, &e);
	} else {
		skw_buf_add_str(d->out, " AP : ");
		skw_text_mac(d->out, b.p + 4);
	}
	return whole;
}

static void print_status(struct skw_dissect *d, uint16_t status)
{
	if (status)
		skw_text_field(d->out, "status ", status);
	else
		skw_buf_add_str(d->out, "Successful");
}

static bool print_response(struct skw_dissect *d, struct skw_bytes b)
{
	struct elements e;

	if (!skw_bytes_has(b, 0, 6))
		return false;
	skw_buf_add_str(d->out, " AID(");
	skw_text_hex(d->out, skw_bytes_le16(b.p + 4) & 0x3fff, 1);
	skw_buf_add_str(d->out, skw_bytes_le16(b.p) & PRIVACY ? ") : PRIVACY : " : ") :: ");
	print_status(d, skw_bytes_le16(b.p + 2));
	return read_elements(skw_bytes_skip(b, 6), &e);
}

static bool print_auth(struct skw_dissect *d, struct skw_bytes b)
{
	static const char *const algorithms[] = { "Open System", "Shared Key", "EAP" };
	struct elements e;

	if (!skw_bytes_has(b, 0, 6))
		return false;

	uint16_t algorithm = skw_bytes_le16(b.p), step = skw_bytes_le16(b.p + 2);
	bool challenge = algorithm == 1 && (step == 2 || step == 3);

	skw_buf_add(d->out, " (", 2);
	skw_buf_add_str(d->out, algorithm < SKW_ARRAY_SIZE(algorithms) ? algorithms[algorithm]
								       : "Reserved");
	skw_buf_add(d->out, ")-", 2);
	skw_text_hex(d->out, step, 1);
	skw_buf_add_str(d->out, challenge ? " [Challenge Text] " : ": ");
	if (step % 2)
		print_status(d, skw_bytes_le16(b.p + 4));
	return read_elements(skw_bytes_skip(b, 6), &e);
}

static void print_sender(struct skw_dissect *d, const uint8_t *src)
{
	if (!d->opt->link_header) {
		skw_buf_add(d->out, " (", 2);
		skw_text_mac(d->out, src);
		skw_buf_add_char(d->out, ')');
	}
	skw_buf_add(d->out, ": ", 2);
}

/* `src` is NULL if the sender is not shown. */
static bool print_reason(struct skw_dissect *d, const uint8_t *src, struct skw_bytes b)
{
	if (!skw_bytes_has(b, 0, 2))
		return false;
	if (src)
		print_sender(d, src);
	else
		skw_buf_add(d->out, ": ", 2);
	skw_text_field(d->out, "reason ", skw_bytes_le16(b.p));
	return true;
}

static bool print_action(struct skw_dissect *d, const uint8_t *src, struct skw_bytes b)
{
	static const struct skw_text_name categories[] = {
		{ 0, "Spectrum Management" },
		{ 1, "QoS" },
		{ 2, "DLS" },
		{ 3, "BA" },
		{ 7, "HT" },
		{ 13, "MeshAction" },
		{ 14, "MultiohopAction" },
		{ 15, "SelfprotectAction" },
		{ 127, "Vendor" },
		{ 0, NULL },
	};
	static const char *const block_acks[] = { "ADDBA Request", "ADDBA Response", "DELBA" };

	if (!skw_bytes_has(b, 0, 2))
		return false;

	const char *name = skw_text_name(categories, b.p[0]);

	print_sender(d, src);
	if (name) {
		skw_buf_add_str(d->out, name);
	} else {
		skw_text_field(d->out, "Reserved(", b.p[0]);
		skw_buf_add_char(d->out, ')');
	}
	if (b.p[0] == 3 && b.p[1] < SKW_ARRAY_SIZE(block_acks)) {
		skw_buf_add_char(d->out, ' ');
		skw_buf_add_str(d->out, block_acks[b.p[1]]);
	} else {
		skw_text_field(d->out, " Act#", b.p[1]);
	}
	return true;
}

static bool print_body(struct skw_dissect *d, unsigned subtype, const uint8_t *src,
		       struct skw_bytes b)
{
	switch (subtype) {
	case ASSOC_REQUEST:
		return print_request(d, b, 4);
	case REASSOC_REQUEST:
		return print_request(d, b, 10);
	case PROBE_REQUEST:
		return print_request(d, b, 0);
	case ASSOC_RESPONSE:
	case REASSOC_RESPONSE:
		return print_response(d, b);
	case PROBE_RESPONSE:
	case BEACON:
		return print_beacon(d, b, subtype == BEACON);
	case DISASSOC:
		return print_reason(d, NULL, b);
	case DEAUTH:
		return print_reason(d, src, b);
	case AUTH:
		return print_auth(d, b);
	case ACTION:
		return print_action(d, src, b);
	default:
		return true;
	}
}

bool skw_dissect_wifi_management(struct skw_dissect *d, uint16_t control, const uint8_t *src,
				 struct skw_bytes b)
{
	static const struct skw_text_name names[] = {
		{ ASSOC_REQUEST, "Assoc Request" },
		{ ASSOC_RESPONSE, "Assoc Response" },
		{ REASSOC_REQUEST, "ReAssoc Request" },
		{ REASSOC_RESPONSE, "ReAssoc Response" },
		{ PROBE_REQUEST, "Probe Request" },
		{ PROBE_RESPONSE, "Probe Response" },
		{ BEACON, "Beacon" },
		{ ATIM, "ATIM" },
		{ DISASSOC, "Disassociation" },
		{ AUTH, "Authentication" },
		{ DEAUTH, "DeAuthentication" },
		{ ACTION, "Action" },
		{ 0, NULL },
	};
	unsigned subtype = skw_wifi_subtype(control);
	const char *name = skw_text_name(names, subtype);

	if (name) {
		skw_buf_add_str(d->out, name);
	} else {
		skw_buf_add_str(d->out, "Unhandled Management subtype(");
		skw_text_hex(d->out, subtype, 1);
		skw_buf_add_char(d->out, ')');
	}
	if (control & SKW_WIFI_PROTECTED)
		return skw_dissect_wifi_encrypted(d, b);
	return print_body(d, subtype, src, b);
}
