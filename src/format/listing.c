// SPDX-License-Identifier: BSD-2-Clause
#include "format/listing.h"
#include "model/row_talk.h"
#include "row/address.h"
#include "row/cgroup_name.h"
#include "util/decimal.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define CELL 8

static void add_blanks(struct skw_buf *out, int n)
{
	uint8_t *p = n > 0 ? skw_buf_reserve(out, (size_t)n) : NULL;

	if (p) {
		memset(p, ' ', (size_t)n);
		out->len += (size_t)n;
	}
}

/* As printf() does with "%*s" and "%-*s", but these take most of the time of a row. */
static void add_right(struct skw_buf *out, const char *text, int width)
{
	size_t len = strlen(text);

	add_blanks(out, width - (int)len);
	skw_buf_add(out, text, len);
}

static void add_left(struct skw_buf *out, const char *text, int width)
{
	size_t len = strlen(text);

	skw_buf_add(out, text, len);
	add_blanks(out, width - (int)len);
}

/* Appends a name as a single word of at least `width` columns. */
static void add_word(struct skw_buf *out, const char *text, int width,
		     const struct skw_format_env *env)
{
	add_blanks(out, width - skw_format_name(out, *text ? text : "--", true, env));
}

static void add_number(struct skw_buf *out, uint64_t v)
{
	char cell[CELL + 1];

	skw_format_number(cell, 6, v);
	add_right(out, cell, 1 + 6);
}

static void add_us(struct skw_buf *out, uint64_t us)
{
	char cell[CELL + 1];

	skw_format_us(cell, 7, us);
	add_right(out, cell, 1 + 7);
}

static uint64_t widen(uint32_t v)
{
	return v == SKW_NONE32 ? SKW_NONE64 : v;
}

#define MESSAGES_HEAD " %6s %7s %6s %-8s", "REQ/s", "P99", "ERRORS", "APP"

static void add_messages(struct skw_buf *out, uint64_t rate, uint64_t p99_us, uint64_t errors,
			 const char *app)
{
	add_number(out, rate);
	add_us(out, p99_us);
	add_number(out, errors);
	skw_buf_printf(out, " %-8s", app ? app : "--");
}

static uint64_t number_of(const struct skw_row *row, enum skw_field field)
{
	struct skw_value v;

	skw_field_value(row, field, &v);
	return v.known ? v.number : SKW_NONE64;
}

void skw_listing_head(struct skw_buf *out, bool messages)
{
	skw_buf_printf(out, "%7s %-15s %-5s %-45s   %-45s %-12s %7s %6s %6s %7s %7s %6s %6s", "PID",
		       "OWNER", "PROTO", "LOCAL", "REMOTE", "STATE", "AGE", "RXbps", "TXbps",
		       "SRTT", "MIN", "RETR", "RTO");
	if (messages)
		skw_buf_printf(out, MESSAGES_HEAD);
	skw_buf_add_char(out, '\n');
}

void skw_listing_row(struct skw_buf *out, const struct skw_row *row,
		     const struct skw_format_env *env)
{
	static const char *const arrows[] = {
		[SKW_CONN_UNKNOWN] = "-", [SKW_CONN_IN] = "<", [SKW_CONN_OUT] = ">"
	};
	const struct skw_owner *owner = row->owners ? &row->owners->list[0] : NULL;
	char local[SKW_ENDPOINT_SIZE], remote[SKW_NAMED_SIZE], age[CELL + 1];
	char pid[SKW_DECIMAL_MAX + 1];
	struct skw_value age_us;

	skw_address_local(local, row);
	skw_address_remote_named(remote, row);
	skw_field_value(row, SKW_FIELD_AGE_US, &age_us);
	skw_format_age(age, 7, age_us.known ? age_us.number : SKW_NONE64);
	*skw_decimal_put(pid, owner ? owner->pid : 0) = '\0';
	add_right(out, owner ? pid : "--", 7);
	skw_buf_add_char(out, ' ');
	add_word(out, owner ? owner->comm : "", 15, env);
	add_left(out, row->tuple.proto == IPPROTO_UDP ? " udp" : " tcp", 1 + 5 + 1);
	add_left(out, local, 45);
	skw_buf_add_char(out, ' ');
	skw_buf_add_str(out, row->direction < 3 ? arrows[row->direction] : "-");
	skw_buf_add_char(out, ' ');
	add_left(out, remote, 45);
	skw_buf_add_char(out, ' ');
	add_left(out, skw_row_state_name(row->state), 12);
	add_right(out, age, 1 + 7);
	add_number(out, row->rx_bps);
	add_number(out, row->tx_bps);
	add_us(out, widen(row->srtt_us));
	add_us(out, widen(row->min_rtt_us));
	add_number(out, widen(row->retrans_segs));
	add_number(out, widen(row->rto_count));
	if (env->messages)
		add_messages(out, number_of(row, SKW_FIELD_REQ_RATE),
			     number_of(row, SKW_FIELD_LATENCY_P99_US),
			     number_of(row, SKW_FIELD_ERRORS),
			     skw_row_talk(row) ? skw_row_talk(row)->protocol : NULL);
	skw_buf_add_char(out, '\n');
}

void skw_listing_group_head(struct skw_buf *out, enum skw_group group, bool messages)
{
	char title[16];
	size_t n = 0;

	for (const char *c = skw_group_names[group]; *c && n + 1 < sizeof(title); c++)
		title[n++] = (char)toupper((unsigned char)*c);
	title[n] = '\0';
	skw_buf_printf(out, "%-45s %6s %6s %6s %6s %6s %6s %7s %7s %6s %6s", title, "CONNS",
		       "CLOSED", "RXbps", "TXbps", "RX", "TX", "SRTT", "WORST", "RETR", "RTO");
	if (messages)
		skw_buf_printf(out, MESSAGES_HEAD);
	skw_buf_add_char(out, '\n');
}

void skw_listing_group(struct skw_buf *out, const struct skw_group_row *row,
		       const struct skw_format_env *env)
{
	add_word(out, row->name, 45, env);
	add_number(out, row->open);
	add_number(out, row->closed);
	add_number(out, row->rx_bps);
	add_number(out, row->tx_bps);
	add_number(out, row->bytes_received);
	add_number(out, row->bytes_acked);
	add_us(out, row->srtt_us);
	add_us(out, row->worst_srtt_us);
	add_number(out, row->retrans_segs);
	add_number(out, row->rto_count);
	if (env->messages)
		add_messages(out, row->req_rate, row->latency_p99_us, row->errors,
			     row->protocols > 1 ? "several" : row->protocol);
	skw_buf_add_char(out, '\n');
}

static uint64_t rounded(double v)
{
	return isnan(v) ? SKW_NONE64 : (uint64_t)llround(v);
}

/* Appends "rx 1.2M" within a line. */
static void add_figure(struct skw_buf *out, const char *name, uint64_t v, const char *unit)
{
	char cell[CELL + 1];

	skw_format_number(cell, 6, v);
	skw_buf_printf(out, "%s %s%s  ", name, cell, v == SKW_NONE64 ? "" : unit);
}

static void add_time(struct skw_buf *out, const char *name, double us)
{
	char cell[CELL + 1];

	skw_format_us(cell, 7, rounded(us));
	skw_buf_printf(out, "%s %s  ", name, cell);
}

void skw_listing_totals(struct skw_buf *out, const struct skw_totals *totals,
			const struct skw_watch_status *status)
{
	char when[SKW_RFC3339_SIZE];

	skw_format_rfc3339(when, status->now_ns + (uint64_t)status->offset_ns);
	skw_buf_printf(out, "%s  %zu connections  %zu udp  %u namespaces  ", when, totals->rows,
		       totals->udp, status->netns);
	if (status->netns_failed)
		skw_buf_printf(out, "%u unreadable  ", status->netns_failed);
	skw_buf_printf(out, "%llu events  %llu lost\n", (unsigned long long)status->events,
		       (unsigned long long)status->events_lost);
	for (unsigned state = 1; state < SKW_STATES; state++)
		if (totals->states[state] && state != SKW_STATE_CLOSED)
			skw_buf_printf(out, "%s %zu  ", skw_row_state_name((uint8_t)state),
				       totals->states[state]);
	skw_buf_add_char(out, '\n');
	add_figure(out, "rx", rounded(totals->rx_bps), "bit/s");
	add_figure(out, "tx", rounded(totals->tx_bps), "bit/s");
	add_time(out, "RTT p50", totals->rtt_p50_us);
	add_time(out, "p99", totals->rtt_p99_us);
	add_figure(out, "RTO", rounded(totals->rto_per_s), "/s");
	if (isnan(totals->retrans_ratio))
		skw_buf_add_str(out, "retrans --\n");
	else
		skw_buf_printf(out, "retrans %.2f%%\n", totals->retrans_ratio * 100);
}

void skw_listing_sum(struct skw_buf *out, const struct skw_group_row *sum)
{
	skw_buf_printf(out, "matching the filter: %" PRIu64 " connections  %" PRIu64 " closed  ",
		       sum->connections, sum->closed);
	add_figure(out, "rx", sum->rx_bps, "bit/s");
	add_figure(out, "tx", sum->tx_bps, "bit/s");
	add_figure(out, "received", sum->bytes_received, "B");
	add_figure(out, "acked", sum->bytes_acked, "B");
	add_figure(out, "RTO", sum->rto_count, "");
	add_figure(out, "retrans", sum->retrans_segs, "");
	while (out->len && out->data[out->len - 1] == ' ')
		out->len--;
	skw_buf_add_char(out, '\n');
}
