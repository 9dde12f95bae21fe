// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_message.h"

#include <string.h>

#include "format/format_event.h"
#include "format/format_json.h"
#include "format/format_message_field.h"
#include "row/address.h"

#define PROTOCOL_WIDTH 8
#define LATENCY_WIDTH  7
#define ENDPOINT_WIDTH 21
#define STATUS_WIDTH   8

/* ---- JSON ---- */

static void add_value(struct skw_buf *out, const struct skw_message *m,
		      enum skw_format_message_id field)
{
	const struct skw_tuple *t = &m->tuple;
	char text[SKW_ADDRESS_SIZE];
	struct skw_value value;

	skw_format_message_value(m, field, &value);
	if (!value.known) {
		skw_format_json_null(out);
		return;
	}
	switch (skw_format_message_fields[field].kind) {
	case SKW_KIND_TEXT:
		skw_format_json_string(out, value.text);
		break;
	case SKW_KIND_BOOL:
		skw_buf_add_str(out, value.number ? "true" : "false");
		break;
	case SKW_KIND_TIME:
		skw_format_rfc3339(text, value.number);
		skw_format_json_string(out, text);
		break;
	case SKW_KIND_ADDR:
		skw_address_text(t->family,
				 field == SKW_MESSAGE_CLIENT_ADDR ? t->local_addr : t->remote_addr,
				 text);
		skw_format_json_string(out, text);
		break;
	default:
		skw_buf_add_uint(out, value.number);
	}
}

void skw_format_message_json(struct skw_buf *out, const struct skw_message *m)
{
	skw_buf_add_char(out, '{');
	for (unsigned i = 0; i < SKW_MESSAGE_FIELDS; i++) {
		skw_format_json_key(out, skw_format_message_fields[i].name);
		add_value(out, m, i);
	}
	skw_buf_add_str(out, "}\n");
}

/* ---- words ---- */

/* In place of a status, where there is none. */
static const char *outcome_word(const struct skw_message *m)
{
	static const char *const words[SKW_MESSAGE_OUTCOMES] = {
		[SKW_MESSAGE_ANSWERED] = "ok",
		[SKW_MESSAGE_UNANSWERED] = "no answer",
		[SKW_MESSAGE_ORPHAN] = "?",
		[SKW_MESSAGE_ONE_WAY] = "one way",
	};

	return words[m->outcome];
}

static const char *kind_word(const struct skw_message *m)
{
	return m->outcome == SKW_MESSAGE_ORPHAN ? "(request not seen)" : m->kind;
}

static void add_owner(struct skw_buf *out, const char *label, const struct skw_message_owner *o)
{
	if (o->comm[0])
		skw_buf_printf(out, ", %s %s[%u]", label, o->comm, o->pid);
}

/* ---- comments ---- */

/* "12.3 ms" */
static void add_time(struct skw_buf *out, uint64_t ns)
{
	unsigned long long us = ns / 1000;

	if (us < 1000)
		skw_buf_printf(out, "%llu us", us);
	else if (us < 1000000)
		skw_buf_printf(out, "%llu.%llu ms", us / 1000, us / 100 % 10);
	else
		skw_buf_printf(out, "%llu.%02llu s", us / 1000000, us / 10000 % 100);
}

void skw_format_message_comment(struct skw_buf *out, const struct skw_message *m)
{
	for (const char *c = m->protocol; *c; c++)
		skw_buf_add_char(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
	skw_buf_printf(out, " %s", m->status[0] ? m->status : outcome_word(m));
	if (m->latency_ns == SKW_MESSAGE_UNKNOWN)
		return;
	skw_buf_add_str(out, " in ");
	add_time(out, m->latency_ns);
}

void skw_format_message_note(struct skw_buf *out, const struct skw_message *m)
{
	const struct skw_tuple *t = &m->tuple;
	char client[SKW_ENDPOINT_SIZE], server[SKW_ENDPOINT_SIZE];

	skw_address_endpoint(client, t->family, t->local_addr, t->local_port, NULL);
	skw_address_endpoint(server, t->family, t->remote_addr, t->remote_port, NULL);
	skw_format_message_comment(out, m);
	skw_buf_printf(out, ": %s, %s > %s", kind_word(m), client, server);
	add_owner(out, "client", m->client);
	add_owner(out, "server", m->server);
}

/* ---- lines ---- */

static void add_latency(struct skw_buf *out, const struct skw_message *m)
{
	char us[LATENCY_WIDTH + 1];

	skw_format_us(us, LATENCY_WIDTH,
		      m->latency_ns == SKW_MESSAGE_UNKNOWN ? SKW_NONE64 : m->latency_ns / 1000);
	skw_buf_printf(out, "%*s ", LATENCY_WIDTH, us);
}

static void add_ends(struct skw_buf *out, const struct skw_message *m)
{
	const struct skw_tuple *t = &m->tuple;
	char client[SKW_ENDPOINT_SIZE], server[SKW_ENDPOINT_SIZE];

	skw_address_endpoint(client, t->family, t->local_addr, t->local_port, NULL);
	skw_address_endpoint(server, t->family, t->remote_addr, t->remote_port, NULL);
	skw_buf_printf(out, "%-*s > ", ENDPOINT_WIDTH, client);
	if (!m->remote_name)
		skw_buf_printf(out, "%-*s ", ENDPOINT_WIDTH, server);
	else
		skw_buf_printf(out, "%s:%-*u ", m->remote_name,
			       ENDPOINT_WIDTH - 1 - (int)strlen(m->remote_name) > 0
				       ? ENDPOINT_WIDTH - 1 - (int)strlen(m->remote_name)
				       : 0,
			       t->remote_port);
}

void skw_format_message_line(struct skw_buf *out, const struct skw_message *m)
{
	uint64_t start = skw_format_message_start(m);

	if (start == SKW_MESSAGE_UNKNOWN)
		skw_buf_printf(out, "%-15s ", "--");
	else
		skw_format_event_clock(out, start);
	skw_buf_printf(out, "%-*s ", PROTOCOL_WIDTH, m->protocol);
	add_latency(out, m);
	add_ends(out, m);
	skw_buf_printf(out, "%-*s %s", STATUS_WIDTH, m->status[0] ? m->status : outcome_word(m),
		       kind_word(m));
	if (m->repeats)
		skw_buf_printf(out, ", sent again %u times", m->repeats);
	if (m->holes)
		skw_buf_printf(out, ", %u hole%s", m->holes, m->holes == 1 ? "" : "s");
	add_owner(out, "client", m->client);
	add_owner(out, "server", m->server);
	if (m->remote_name)
		skw_buf_printf(out, ", name by %s", m->remote_name_source);
	skw_buf_add_char(out, '\n');
}
