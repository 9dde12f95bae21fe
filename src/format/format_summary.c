// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_summary.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <time.h>

#include "format/format.h"
#include "format/format_csv.h"
#include "format/format_json.h"
#include "row/address.h"
#include "util/cleanup.h"
#include "util/utf8.h"

#define CELL      8
#define NS_PER_S  1000000000ULL
#define TIME_SIZE 32
/* "comm[pid]" */
#define OWNER_SIZE (SKW_COMM_LEN + 14)

/* ---- JSON and CSV ---- */

/* The text of a known value that is no number; `out` holds SKW_ADDRESS_SIZE. */
static const char *text_of(const struct skw_conversation *c,
			   const struct skw_format_summary_field *field, uint64_t value, char *out)
{
	_Static_assert(SKW_ADDRESS_SIZE >= SKW_RFC3339_SIZE, "a time fits as well");
	switch (field->info.kind) {
	case SKW_KIND_TIME:
		skw_format_rfc3339(out, value);
		return out;
	case SKW_KIND_ADDR:
		skw_address_text(c->tuple.family, skw_format_summary_addr(c, field->side), out);
		return out;
	case SKW_KIND_TEXT:
		return skw_format_summary_word(c, field, value);
	default:
		return NULL;
	}
}

void skw_format_summary_csv_head(struct skw_buf *out)
{
	for (unsigned i = 0; i < SKW_SUMMARY_FIELDS; i++)
		skw_buf_printf(out, "%s%s", i ? "," : "", skw_format_summary_fields[i].info.name);
	skw_buf_add_char(out, '\n');
}

void skw_format_summary_csv(struct skw_buf *out, const struct skw_conversation *c)
{
	char place[SKW_ADDRESS_SIZE];

	for (unsigned i = 0; i < SKW_SUMMARY_FIELDS; i++) {
		const struct skw_format_summary_field *f = &skw_format_summary_fields[i];
		uint64_t value = skw_format_summary_get(c, f);
		const char *text = value == SKW_NONE64 ? "" : text_of(c, f, value, place);

		if (i)
			skw_buf_add_char(out, ',');
		if (text)
			skw_format_csv_text(out, text);
		else if (f->info.kind == SKW_KIND_BOOL)
			skw_buf_add_str(out, value ? "true" : "false");
		else
			skw_buf_add_uint(out, value);
	}
	skw_buf_add_char(out, '\n');
}

void skw_format_summary_json(struct skw_buf *out, const struct skw_conversation *c)
{
	char place[SKW_ADDRESS_SIZE];

	skw_buf_add_char(out, '{');
	for (unsigned i = 0; i < SKW_SUMMARY_FIELDS; i++) {
		const struct skw_format_summary_field *f = &skw_format_summary_fields[i];
		uint64_t value = skw_format_summary_get(c, f);
		const char *text = value == SKW_NONE64 ? NULL : text_of(c, f, value, place);

		skw_format_json_key(out, f->info.name);
		if (value == SKW_NONE64)
			skw_format_json_null(out);
		else if (text)
			skw_format_json_string(out, text);
		else if (f->info.kind == SKW_KIND_BOOL)
			skw_buf_add_str(out, value ? "true" : "false");
		else
			skw_buf_add_uint(out, value);
	}
	skw_buf_add_str(out, "}\n");
}

/* ---- text ---- */

struct column {
	const char *title;
	uint8_t field; /* enum skw_format_summary_id */
	uint8_t width;
};

/* > is what src sends and the way to dst, < is what dst sends and the way to src. */
static const struct column columns[] = {
	{ "PKTS>", SKW_SUMMARY_SRC_PACKETS, 6 },      { "BYTES>", SKW_SUMMARY_SRC_BYTES, 6 },
	{ "<PKTS", SKW_SUMMARY_DST_PACKETS, 6 },      { "<BYTES", SKW_SUMMARY_DST_BYTES, 6 },
	{ "SHAKE", SKW_SUMMARY_HANDSHAKE_US, 6 },     { "RETR>", SKW_SUMMARY_SRC_RETRANS, 5 },
	{ "<RETR", SKW_SUMMARY_DST_RETRANS, 5 },      { "RST", SKW_SUMMARY_RESETS, 4 },
	{ "MIN>", SKW_SUMMARY_DST_RTT_MIN_US, 6 },    { "MED>", SKW_SUMMARY_DST_RTT_MEDIAN_US, 6 },
	{ "P99>", SKW_SUMMARY_DST_RTT_P99_US, 6 },    { "<MIN", SKW_SUMMARY_SRC_RTT_MIN_US, 6 },
	{ "<MED", SKW_SUMMARY_SRC_RTT_MEDIAN_US, 6 }, { "<P99", SKW_SUMMARY_SRC_RTT_P99_US, 6 },
};

/* These columns are only there if a value is known. */
static const struct column kernel_columns[] = {
	{ "KSRTT>", SKW_SUMMARY_DST_KERNEL_SRTT_US, 6 },
	{ "KRETR>", SKW_SUMMARY_SRC_KERNEL_RETRANS, 6 },
	{ "<KSRTT", SKW_SUMMARY_SRC_KERNEL_SRTT_US, 6 },
	{ "<KRETR", SKW_SUMMARY_DST_KERNEL_RETRANS, 6 },
};

static const char *const owner_titles[] = { "OWNER>", "<OWNER" };

#define START_WIDTH    15
#define DURATION_WIDTH 8
#define PROTO_WIDTH    5

static void ends_of(const struct skw_conversation *c, char *src, char *dst)
{
	const struct skw_tuple *t = &c->tuple;

	skw_address_endpoint(src, t->family, t->local_addr, t->local_port, NULL);
	skw_address_endpoint(dst, t->family, t->remote_addr, t->remote_port, NULL);
}

static void widen(int *width, const char *text)
{
	int len = (int)strlen(text);

	if (*width < len)
		*width = len;
}

static bool is_known(const struct skw_conversation *c, unsigned field)
{
	return skw_format_summary_get(c, &skw_format_summary_fields[field]) != SKW_NONE64;
}

/* The process at a side, as comm[pid]. A byte that a terminal would obey becomes '?'. */
static const char *owner_of(const struct skw_conversation *c, unsigned side, char text[OWNER_SIZE])
{
	const char *comm = c->sockets ? c->sockets[side].comm : "";
	size_t n = 0;

	if (!c->sockets || c->sockets[side].pid == SKW_NONE32)
		return "--";
	while (*comm) {
		uint32_t character;
		size_t len = skw_utf8_decode(comm, &character);
		bool shown = len && !skw_utf8_is_hidden(character);

		len = len ? len : 1;
		memcpy(text + n, shown ? comm : "?", shown ? len : 1);
		n += shown ? len : 1;
		comm += len;
	}
	snprintf(text + n, OWNER_SIZE - n, "[%u]", c->sockets[side].pid);
	return text;
}

void skw_format_summary_measure(struct skw_format_summary_widths *widths,
				const struct skw_conversation *c)
{
	char src[SKW_ENDPOINT_SIZE], dst[SKW_ENDPOINT_SIZE], owner[OWNER_SIZE];

	ends_of(c, src, dst);
	widen(&widths->src, src);
	widen(&widths->dst, dst);
	for (size_t i = 0; c->sockets && i < SKW_ARRAY_SIZE(kernel_columns); i++)
		if (is_known(c, kernel_columns[i].field))
			widths->kernel |= 1U << i;
	for (unsigned side = 0; c->sockets && side < 2; side++)
		if (c->sockets[side].pid != SKW_NONE32) {
			widen(&widths->owners[side], owner_titles[side]);
			widen(&widths->owners[side], owner_of(c, side, owner));
		}
}

void skw_format_summary_text_head(struct skw_buf *out,
				  const struct skw_format_summary_widths *widths)
{
	skw_buf_printf(out, "%-*s %*s %-*s %-*s   %-*s", START_WIDTH, "START", DURATION_WIDTH,
		       "DURATION", PROTO_WIDTH, "PROTO", widths->src, "SRC", widths->dst, "DST");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(columns); i++)
		skw_buf_printf(out, " %*s", columns[i].width, columns[i].title);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(kernel_columns); i++)
		if (widths->kernel & 1U << i)
			skw_buf_printf(out, " %*s", kernel_columns[i].width,
				       kernel_columns[i].title);
	for (unsigned side = 0; side < 2; side++)
		if (widths->owners[side])
			skw_buf_printf(out, " %-*s", widths->owners[side], owner_titles[side]);
	skw_buf_add_str(out, " END\n");
}

static void add_start(struct skw_buf *out, uint64_t real_ns)
{
	time_t second = (time_t)(real_ns / NS_PER_S);
	char text[TIME_SIZE] = "--";
	struct tm tm = { 0 };

	localtime_r(&second, &tm);
	if (real_ns != SKW_NONE64)
		snprintf(text, sizeof(text), "%02d:%02d:%02d.%06u", tm.tm_hour, tm.tm_min,
			 tm.tm_sec, (unsigned)(real_ns % NS_PER_S / 1000));
	skw_buf_printf(out, "%-*s", START_WIDTH, text);
}

static void add_cell(struct skw_buf *out, const struct skw_conversation *c, unsigned field,
		     int width)
{
	const struct skw_format_summary_field *f = &skw_format_summary_fields[field];
	uint64_t value = skw_format_summary_get(c, f);
	char cell[CELL + 1];

	if (f->info.kind == SKW_KIND_US)
		skw_format_us(cell, width, value);
	else
		skw_format_number(cell, width, value);
	skw_buf_printf(out, " %*s", width, cell);
}

static const char *word_of(const struct skw_conversation *c, unsigned field)
{
	const struct skw_format_summary_field *f = &skw_format_summary_fields[field];
	uint64_t value = skw_format_summary_get(c, f);

	return value == SKW_NONE64 ? "--" : skw_format_summary_word(c, f, value);
}

void skw_format_summary_text(struct skw_buf *out, const struct skw_conversation *c,
			     const struct skw_format_summary_widths *widths)
{
	char src[SKW_ENDPOINT_SIZE], dst[SKW_ENDPOINT_SIZE], owner[OWNER_SIZE];

	ends_of(c, src, dst);
	add_start(out, c->first_ns);
	add_cell(out, c, SKW_SUMMARY_DURATION_US, DURATION_WIDTH);
	skw_buf_printf(out, " %-*s %-*s %s %-*s", PROTO_WIDTH, word_of(c, SKW_SUMMARY_PROTO),
		       widths->src, src, c->syn ? ">" : "-", widths->dst, dst);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(columns); i++)
		add_cell(out, c, columns[i].field, columns[i].width);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(kernel_columns); i++)
		if (widths->kernel & 1U << i)
			add_cell(out, c, kernel_columns[i].field, kernel_columns[i].width);
	for (unsigned side = 0; side < 2; side++)
		if (widths->owners[side])
			skw_buf_printf(out, " %-*s", widths->owners[side],
				       owner_of(c, side, owner));
	skw_buf_printf(out, " %s\n", word_of(c, SKW_SUMMARY_CLOSE_REASON));
}

/* ---- the rest ---- */

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void skw_format_summary_folded(struct skw_buf *out, const struct skw_conversations_rest *rest)
{
	if (!rest->conversations)
		return;
	skw_buf_printf(out,
		       "%" PRIu64 " more connection%s with %" PRIu64 " packet%s, %" PRIu64
		       " bytes, %" PRIu64 " retransmission%s and %" PRIu64 " reset%s: "
		       "the table was full; see --summary-size",
		       rest->conversations, plural(rest->conversations), rest->packets,
		       plural(rest->packets), rest->bytes, rest->sent_again,
		       plural(rest->sent_again), rest->resets, plural(rest->resets));
}

void skw_format_summary_others(struct skw_buf *out, const struct skw_conversations_rest *rest)
{
	const struct {
		uint64_t n;
		const char *what;
	} kinds[] = {
		{ rest->others, "of other protocols than TCP and UDP" },
		{ rest->fragments, "that are fragments of a datagram whose first one is missing" },
		{ rest->unreadable, "cut or damaged before the ports" },
	};
	const char *before = "not in the table: ";

	for (size_t i = 0; i < SKW_ARRAY_SIZE(kinds); i++) {
		if (!kinds[i].n)
			continue;
		skw_buf_printf(out, "%s%" PRIu64 " packet%s %s", before, kinds[i].n,
			       plural(kinds[i].n), kinds[i].what);
		before = ", ";
	}
}
