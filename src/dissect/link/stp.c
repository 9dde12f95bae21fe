// SPDX-License-Identifier: BSD-2-Clause
/*
 * Spanning trees: IEEE 802.1D and 802.1w. Of 802.1s and 802.1aq, which have a tree for each group
 * of VLANs, only the first line is printed.
 */
#include "dissect/link/eth.h"

#include "dissect/text.h"
#include "util/bytes.h"

enum {
	VERSION_RAPID = 2,
	VERSION_MSTP = 3,
	VERSION_SPB = 4,
	TYPE_CONFIG = 0,
	TYPE_RAPID = 2,
	/* Offsets in the unit. */
	FLAGS = 4,
	ROOT_ID = 5,
	ROOT_COST = 13,
	BRIDGE_ID = 17,
	PORT_ID = 25,
	TIMES = 27,
	CONFIG_LEN = 35,
	VERSION_1_LEN = 35, /* always 0 */
	VERSION_3_LEN = 36, /* of what follows this field of two bytes */
	MSTP_MIN = 102,
};

static bool has(struct skw_dissect *d, struct skw_bytes b, uint32_t at, uint32_t n)
{
	if (skw_bytes_has(b, at, n))
		return true;
	skw_dissect_cut(d, "stp");
	return false;
}

static void print_flags(struct skw_dissect *d, const char *label, uint8_t flags)
{
	static const struct skw_text_name names[] = {
		{ 0x01, "Topology change" },
		{ 0x02, "Proposal" },
		{ 0x10, "Learn" },
		{ 0x20, "Forward" },
		{ 0x40, "Agreement" },
		{ 0x80, "Topology change ACK" },
		{ 0, NULL },
	};

	skw_buf_add_str(d->out, label);
	skw_text_bits(d->out, names, flags);
	skw_buf_add_char(d->out, ']');
}

/* Priority and address: 8000.02:00:00:00:00:01. */
static void print_id(struct skw_dissect *d, const uint8_t *p)
{
	skw_text_hex(d->out, skw_bytes_be16(p), 4);
	skw_buf_add_char(d->out, '.');
	skw_text_mac(d->out, p + 2);
}

/* Times are counted in 256ths of a second. */
static void print_time(struct skw_dissect *d, const char *label, const uint8_t *p)
{
	skw_buf_printf(d->out, "%s%.2fs", label, skw_bytes_be16(p) / 256.0);
}

static void print_verbose(struct skw_dissect *d, struct skw_bytes b)
{
	static const char *const roles[] = { "Unknown", "Alternate", "Root", "Designated" };
	const uint8_t *times = b.p + TIMES;

	if (!has(d, b, TIMES, 8))
		return;
	print_time(d, "\n\tmessage-age ", times);
	print_time(d, ", max-age ", times + 2);
	print_time(d, ", hello-time ", times + 4);
	print_time(d, ", forwarding-delay ", times + 6);
	skw_buf_add_str(d->out, "\n\troot-id ");
	print_id(d, b.p + ROOT_ID);
	skw_text_field(d->out, ", root-pathcost ", skw_bytes_be32(b.p + ROOT_COST));
	if (b.p[2] == VERSION_RAPID) {
		skw_buf_add_str(d->out, ", port-role ");
		skw_buf_add_str(d->out, roles[b.p[FLAGS] >> 2 & 3]);
	}
}

static void print_config(struct skw_dissect *d, struct skw_bytes b)
{
	if (!has(d, b, FLAGS, 1))
		return;
	print_flags(d, ", Flags [", b.p[FLAGS]);
	if (!has(d, b, BRIDGE_ID, 10))
		return;
	skw_buf_add_str(d->out, ", bridge-id ");
	print_id(d, b.p + BRIDGE_ID);
	skw_buf_add_char(d->out, '.');
	skw_text_hex(d->out, skw_bytes_be16(b.p + PORT_ID), 4);
	skw_text_field(d->out, ", length ", b.len);
	if (d->opt->verbose)
		print_verbose(d, b);
}

/* The unit of several trees. */
static void print_several(struct skw_dissect *d, struct skw_bytes b)
{
	if (b.len < MSTP_MIN) {
		skw_dissect_invalid(d);
		return;
	}
	if (!has(d, b, VERSION_1_LEN, 1))
		return;
	if (b.p[VERSION_1_LEN]) {
		skw_dissect_invalid(d);
		return;
	}
	if (!has(d, b, VERSION_3_LEN, 2))
		return;
	if (b.len < VERSION_3_LEN + 2u + skw_bytes_be16(b.p + VERSION_3_LEN)) {
		skw_dissect_invalid(d);
		return;
	}
	print_flags(d, ", CIST Flags [", b.p[FLAGS]);
	skw_text_field(d->out, ", length ", b.len);
}

/* Prints a hexadecimal value in the place of a name that is not known. */
static void print_name(struct skw_dissect *d, const char *name, const char *unknown, uint8_t value)
{
	if (name) {
		skw_buf_add_str(d->out, name);
		return;
	}
	skw_buf_add_str(d->out, unknown);
	skw_buf_add_str(d->out, " (0x");
	skw_text_hex(d->out, value, 2);
	skw_buf_add_char(d->out, ')');
}

static void print_body(struct skw_dissect *d, struct skw_bytes b)
{
	uint8_t version = b.p[2], type = b.p[3];
	bool rapid = type == TYPE_RAPID && version == VERSION_RAPID;
	bool several = type == TYPE_RAPID && version >= VERSION_MSTP;

	if ((type == TYPE_CONFIG && b.len < CONFIG_LEN) || (rapid && b.len <= CONFIG_LEN))
		skw_dissect_invalid(d);
	else if (type == TYPE_CONFIG || rapid)
		print_config(d, b);
	else if (several)
		print_several(d, b);
}

void skw_dissect_stp(struct skw_dissect *d, struct skw_bytes b)
{
	static const struct skw_text_name versions[] = {
		{ 0, "802.1d" },
		{ VERSION_RAPID, "802.1w" },
		{ VERSION_MSTP, "802.1s" },
		{ VERSION_SPB, "802.1aq" },
		{ 0, NULL },
	};
	static const struct skw_text_name types[] = {
		{ TYPE_CONFIG, "Config" },
		{ TYPE_RAPID, "Rapid STP" },
		{ 0x80, "Topology Change" },
		{ 0, NULL },
	};

	if (b.len < 4) {
		skw_dissect_invalid(d);
		return;
	}
	if (!has(d, b, 0, 2))
		return;
	if (skw_bytes_be16(b.p)) {
		skw_text_field(d->out, "unknown STP version, length ", b.len);
		return;
	}
	if (!has(d, b, 2, 1))
		return;

	const char *version = skw_text_name(versions, b.p[2]);

	skw_buf_add_str(d->out, "STP ");
	print_name(d, version, "Unknown STP protocol", b.p[2]);
	if (!version || !has(d, b, 3, 1))
		return;
	skw_buf_add(d->out, ", ", 2);
	print_name(d, skw_text_name(types, b.p[3]), "Unknown BPDU Type", b.p[3]);
	print_body(d, b);
}
