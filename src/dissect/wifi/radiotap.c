// SPDX-License-Identifier: BSD-2-Clause
/* Radiotap (radiotap.org): what the radio knows of a frame, in front of the frame. */
#include "dissect/link/types.h"

#include <string.h>

#include "dissect/text.h"
#include "dissect/wifi/wifi.h"
#include "flow/wifi.h"
#include "util/bytes.h"
#include "util/cleanup.h"

/* Numbers of fields. From NAMESPACE on, the bits have the same meaning in every word. */
enum {
	TSFT,
	FLAGS,
	RATE,
	CHANNEL,
	FHSS,
	SIGNAL_DBM,
	NOISE_DBM,
	LOCK_QUALITY,
	ATTENUATION,
	ATTENUATION_DB,
	POWER_DBM,
	ANTENNA,
	SIGNAL_DB,
	NOISE_DB,
	RX_FLAGS,
	XCHANNEL = 18,
	MCS,
	AMPDU,
	VHT,
	NAMESPACE = 29,
	VENDOR,
};

/* The header while it is read. */
struct radiotap {
	const uint8_t *p;
	uint32_t at, len;
	uint32_t present; /* the word of bits in force */
};

/* Returns the next n bytes, which are aligned to `align`, or NULL at the end of the header. */
static const uint8_t *take(struct radiotap *f, uint32_t align, uint32_t n)
{
	uint32_t at = (f->at + align - 1) / align * align;

	if (at > f->len || n > f->len - at)
		return NULL;
	f->at = at + n;
	return f->p + at;
}

static void print_signed(struct skw_dissect *d, const char *unit, int v)
{
	skw_buf_printf(d->out, "%d%s", v, unit);
}

static void print_unsigned(struct skw_dissect *d, const char *label, const char *unit, uint32_t v)
{
	skw_text_field(d->out, label, v);
	skw_buf_add_str(d->out, unit);
}

/* These functions print fields whose bytes are there. */

static void print_tsft(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	skw_buf_add_uint(d->out, (uint64_t)skw_bytes_le32(p + 4) << 32 | skw_bytes_le32(p));
	skw_buf_add_str(d->out, "us tsft ");
}

static void print_flags(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	static const struct skw_text_name names[] = {
		{ 0x01, "cfp " },        { 0x02, "short preamble " }, { 0x04, "wep " },
		{ 0x08, "fragmented " }, { 0x40, "bad-fcs " },        { 0, NULL },
	};

	(void)f;
	for (size_t i = 0; names[i].name; i++) {
		if (*p & names[i].value)
			skw_buf_add_str(d->out, names[i].name);
	}
}

/* In units of 500 kbit/s; some systems put the number of a modulation here, with the highest bit.
 */
static void print_rate(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	if (*p >= 0x80 && *p <= 0x8f) {
		print_unsigned(d, "MCS ", " ", *p & 0x7fu);
		return;
	}
	skw_buf_add_uint(d->out, *p / 2u);
	skw_buf_add_str(d->out, *p % 2 ? ".5 Mb/s " : ".0 Mb/s ");
}

/* The standard, from the bits of a channel. */
static void print_standard(struct skw_dissect *d, uint32_t flags)
{
	enum { TURBO = 0x10, CCK = 0x20, OFDM = 0x40, GHZ_2 = 0x80, GHZ_5 = 0x100 };
	enum { DYNAMIC = 0x400, GFSK = 0x800, HALF = 0x4000, QUARTER = 0x8000 };
	const char *width = flags & HALF ? "/10Mhz" : flags & QUARTER ? "/5Mhz" : "";

	if (flags & GHZ_2 && flags & GFSK)
		skw_buf_add_str(d->out, " FHSS");
	if (flags & GHZ_5 && flags & OFDM) {
		skw_buf_add_str(d->out, " 11a");
		skw_buf_add_str(d->out, width);
	}
	if (flags & GHZ_2 && flags & (OFDM | DYNAMIC)) {
		skw_buf_add_str(d->out, " 11g");
		skw_buf_add_str(d->out, width);
	} else if (flags & GHZ_2 && flags & CCK) {
		skw_buf_add_str(d->out, " 11b");
	}
	if (flags & TURBO)
		skw_buf_add_str(d->out, " Turbo");
}

static void print_frequency(struct skw_dissect *d, const struct radiotap *f, uint16_t mhz,
			    uint32_t flags)
{
	print_unsigned(d, "", " MHz", mhz);
	if (f->present & 1u << MCS)
		skw_buf_add_str(d->out, " 11n");
	else
		print_standard(d, flags);
	if (flags & 0x10000)
		skw_buf_add_str(d->out, " ht/20");
	else if (flags & 0x40000)
		skw_buf_add_str(d->out, " ht/40-");
	else if (flags & 0x20000)
		skw_buf_add_str(d->out, " ht/40+");
	skw_buf_add_char(d->out, ' ');
}

static void print_channel(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	/* The extended field says the same and more. */
	if (!(f->present & 1u << XCHANNEL))
		print_frequency(d, f, skw_bytes_le16(p), skw_bytes_le16(p + 2));
}

static void print_xchannel(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	print_frequency(d, f, skw_bytes_le16(p + 4), skw_bytes_le32(p));
}

static void print_fhss(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	print_unsigned(d, "fhset ", "", p[0]);
	print_unsigned(d, " fhpat ", " ", p[1]);
}

static void print_signal_dbm(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	print_signed(d, "dBm signal ", (int8_t)*p);
}

static void print_noise_dbm(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	print_signed(d, "dBm noise ", (int8_t)*p);
}

static void print_power(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	print_signed(d, "dBm tx power ", (int8_t)*p);
}

static void print_quality(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	print_unsigned(d, "", " sq ", skw_bytes_le16(p));
}

static void print_attenuation(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	print_signed(d, " tx power ", -(int16_t)skw_bytes_le16(p));
}

static void print_attenuation_db(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	print_signed(d, "dB tx attenuation ", -(int8_t)*p);
}

static void print_antenna(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	print_unsigned(d, "antenna ", " ", *p);
}

static void print_signal_db(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	print_unsigned(d, "", "dB signal ", *p);
}

static void print_noise_db(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	(void)f;
	print_unsigned(d, "", "dB noise ", *p);
}

/* The rate of 802.11n for equal modulation on one to four streams, in kbit/s; 0 for others. */
static uint32_t rate_kbit(uint8_t mcs, bool wide, bool short_guard)
{
	/* Bits of a symbol with a channel of 20 MHz and with one of 40 MHz. */
	static const uint16_t bits[2][8] = { { 26, 52, 78, 104, 156, 208, 234, 260 },
					     { 54, 108, 162, 216, 324, 432, 486, 540 } };
	uint32_t per_symbol = mcs < 32 ? bits[wide][mcs % 8] * (mcs / 8 + 1u) : 0;

	/* A symbol takes 4 us, or 3.6 us with a short guard interval. */
	return short_guard ? per_symbol * 10000 / 36 : per_symbol * 250;
}

static void print_mcs(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	enum { WIDTH = 1, INDEX = 2, GUARD = 4, FORMAT = 8, FEC = 0x10, STBC = 0x20 };
	static const char *const widths[] = { "20 MHz ", "40 MHz ", "20 MHz (L) ", "20 MHz (U) " };
	uint8_t known = p[0], flags = p[1];

	(void)f;
	if (known & INDEX) {
		uint32_t rate =
			known & (WIDTH | GUARD) ? rate_kbit(p[2], (flags & 3) == 1, flags & 4) : 0;

		if (rate) {
			rate = (rate + 50) / 100;
			print_unsigned(d, "", ".", rate / 10);
			print_unsigned(d, "", " Mb/s ", rate % 10);
		}
		print_unsigned(d, "MCS ", " ", p[2]);
	}
	if (known & WIDTH)
		skw_buf_add_str(d->out, widths[flags & 3]);
	if (known & GUARD)
		skw_buf_add_str(d->out, flags & 4 ? "short GI " : "long GI ");
	if (known & FORMAT)
		skw_buf_add_str(d->out, flags & 8 ? "greenfield " : "mixed ");
	if (known & FEC)
		skw_buf_add_str(d->out, flags & 0x10 ? "LDPC FEC " : "BCC FEC ");
	if (known & STBC)
		print_unsigned(d, "RX-STBC", " ", flags >> 5 & 3);
}

static void print_vht(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p)
{
	enum { GUARD = 4, WIDTH = 0x40, MODULATIONS = 4, CODING = 8 };
	static const char *const widths[] = {
		"20 MHz",       "40 MHz",       "20 MHz (L)",   "20 MHz (U)",  "80 MHz",
		"80 MHz (L)",   "80 MHz (U)",   "80 MHz (LL)",  "80 MHz (LU)", "80 MHz (UL)",
		"80 MHz (UU)",  "160 MHz",      "160 MHz (L)",  "160 MHz (U)", "160 MHz (LL)",
		"160 MHz (LU)", "160 MHz (UL)", "160 MHz (UU)",
	};
	uint16_t known = skw_bytes_le16(p);
	uint8_t width = p[3] & 0x1f;

	(void)f;
	for (unsigned i = 0; i < 4; i++) {
		uint8_t modulation = p[MODULATIONS + i];

		if (!(modulation & 0xf))
			continue;
		print_unsigned(d, "User ", "", i);
		print_unsigned(d, " MCS ", " ", modulation >> 4);
		skw_buf_add_str(d->out, p[CODING] >> i & 1 ? "LDPC FEC " : "BCC FEC ");
	}
	if (known & WIDTH && width < SKW_ARRAY_SIZE(widths)) {
		skw_buf_add_str(d->out, widths[width]);
		skw_buf_add_char(d->out, ' ');
	} else if (known & WIDTH) {
		print_unsigned(d, "unknown (", ") ", width);
	}
	if (known & GUARD)
		skw_buf_add_str(d->out, p[2] & 4 ? "short GI " : "long GI ");
}

/* Alignment and length of the fields that are known, and what prints them, if anything does. */
static const struct {
	uint8_t align, len;
	void (*print)(struct skw_dissect *d, const struct radiotap *f, const uint8_t *p);
} kinds[] = {
	[TSFT] = { 8, 8, print_tsft },
	[FLAGS] = { 1, 1, print_flags },
	[RATE] = { 1, 1, print_rate },
	[CHANNEL] = { 2, 4, print_channel },
	[FHSS] = { 1, 2, print_fhss },
	[SIGNAL_DBM] = { 1, 1, print_signal_dbm },
	[NOISE_DBM] = { 1, 1, print_noise_dbm },
	[LOCK_QUALITY] = { 2, 2, print_quality },
	[ATTENUATION] = { 2, 2, print_attenuation },
	[ATTENUATION_DB] = { 1, 1, print_attenuation_db },
	[POWER_DBM] = { 1, 1, print_power },
	[ANTENNA] = { 1, 1, print_antenna },
	[SIGNAL_DB] = { 1, 1, print_signal_db },
	[NOISE_DB] = { 1, 1, print_noise_db },
	[RX_FLAGS] = { 2, 2, NULL },
	[XCHANNEL] = { 4, 8, print_xchannel },
	[MCS] = { 1, 3, print_mcs },
	[AMPDU] = { 4, 8, NULL },
	[VHT] = { 2, 12, print_vht },
};

/* Prints the end of the header in the middle of a line that goes on with the frame. */
static void print_end(struct skw_dissect *d)
{
	skw_dissect_cut(d, "802.11_radio");
	d->cut = false;
}

/*
 * Prints the fields of a word of bits, of which the first is field number `first`. Returns false if
 * nothing more can be read: fields that are not known have no length.
 */
static bool print_word(struct skw_dissect *d, struct radiotap *f, uint32_t first)
{
	for (uint32_t bit = 0; bit < NAMESPACE; bit++) {
		uint32_t kind = first + bit;

		if (!(f->present & 1u << bit))
			continue;
		if (kind >= SKW_ARRAY_SIZE(kinds) || !kinds[kind].len) {
			print_unsigned(d, "[bit ", "] ", kind);
			return false;
		}

		const uint8_t *p = take(f, kinds[kind].align, kinds[kind].len);

		if (!p) {
			print_end(d);
			return false;
		}
		if (kinds[kind].print)
			kinds[kind].print(d, f, p);
	}
	return true;
}

static void print_fields(struct skw_dissect *d, struct radiotap *f)
{
	uint32_t words = 4, first = 0, skip = 0;
	bool vendor = false, more = true;

	while (more) {
		f->present = skw_bytes_le32(f->p + words);
		words += 4;
		more = f->present >> 31;
		if (vendor ? !take(f, 1, skip) : !print_word(d, f, first))
			return;
		skip = 0;

		bool to_vendor = f->present >> VENDOR & 1, to_own = f->present >> NAMESPACE & 1;

		if (to_vendor && !to_own) {
			const uint8_t *p = take(f, 2, 6);

			if (!p) {
				print_end(d);
				return;
			}
			skip = skw_bytes_le16(p + 4);
			vendor = true;
			first = 0;
		} else if (to_own && !to_vendor) {
			vendor = false;
			first = 0;
		} else if (!to_own) {
			first += 32;
		}
	}
}

uint32_t skw_dissect_radiotap(struct skw_dissect *d, struct skw_bytes b)
{
	struct skw_bytes frame = b;
	uint8_t flags = 0;

	if (skw_wifi_skip_radiotap(&frame, &flags)) {
		skw_dissect_cut(d, "802.11_radio");
		return b.caplen;
	}

	uint32_t len = (uint32_t)(frame.p - b.p);
	struct radiotap f = { .p = b.p, .at = SKW_WIFI_RADIOTAP, .len = len };

	while (skw_bytes_le32(b.p + f.at - 4) >> 31)
		f.at += 4;
	print_fields(d, &f);
	return len + skw_dissect_wifi_frame(d, frame, flags & SKW_WIFI_PADDED,
					    flags & SKW_WIFI_FCS ? 4 : 0);
}
