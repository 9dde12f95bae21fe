// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_message_field.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "format/format_message.h"
#include "util/cleanup.h"
#include "view/choice.h"

static const char *const outcomes[SKW_MESSAGE_OUTCOMES] = {
	[SKW_MESSAGE_ANSWERED] = "answered",
	[SKW_MESSAGE_UNANSWERED] = "unanswered",
	[SKW_MESSAGE_ORPHAN] = "orphan",
	[SKW_MESSAGE_ONE_WAY] = "one_way",
};
static const char *const transports[] = { "tcp", "udp" };
static const char *const families[] = { "inet", "inet6" };

#define WORDS(list) .values = (list), .values_len = SKW_ARRAY_SIZE(list)

const struct skw_field_info skw_format_message_fields[SKW_MESSAGE_FIELDS] = {
	[SKW_MESSAGE_TS] = { .name = "ts",
			     .help = "when the request began",
			     .kind = SKW_KIND_TIME },
	[SKW_MESSAGE_PROTOCOL] = { .name = "protocol",
				   .aliases = "proto",
				   .help = "http, dns and so on",
				   .kind = SKW_KIND_TEXT },
	[SKW_MESSAGE_KIND] = { .name = "kind",
			       .help = "what was asked for: GET /path, A example.com",
			       .kind = SKW_KIND_TEXT },
	[SKW_MESSAGE_STATUS] = { .name = "status",
				 .help = "what the answer says: 200, NXDomain",
				 .kind = SKW_KIND_TEXT },
	[SKW_MESSAGE_OUTCOME] = { .name = "outcome",
				  .help = "answered, unanswered, orphan or one_way",
				  .kind = SKW_KIND_TEXT,
				  WORDS(outcomes) },
	[SKW_MESSAGE_ERROR] = { .name = "error",
				.help = "the answer tells of a failure",
				.kind = SKW_KIND_BOOL },
	[SKW_MESSAGE_LATENCY_US] = { .name = "latency_us",
				     .aliases = "latency",
				     .help = "from the first byte of the request to the last of "
					     "the answer",
				     .kind = SKW_KIND_US },
	[SKW_MESSAGE_FIRST_BYTE_US] = { .name = "first_byte_us",
					.aliases = "first_byte",
					.help = "from the last byte of the request to the first "
						"of the answer",
					.kind = SKW_KIND_US },
	[SKW_MESSAGE_REQUEST_BYTES] = { .name = "request_bytes",
					.help = "size of the request",
					.kind = SKW_KIND_BYTES },
	[SKW_MESSAGE_ANSWER_BYTES] = { .name = "answer_bytes",
				       .help = "size of the answer",
				       .kind = SKW_KIND_BYTES },
	[SKW_MESSAGE_REQUEST_END_AT] = { .name = "request_end_at",
					 .help = "when the request was complete",
					 .kind = SKW_KIND_TIME },
	[SKW_MESSAGE_ANSWER_AT] = { .name = "answer_at",
				    .help = "when the answer began",
				    .kind = SKW_KIND_TIME },
	[SKW_MESSAGE_ANSWER_END_AT] = { .name = "answer_end_at",
					.help = "when the answer was complete",
					.kind = SKW_KIND_TIME },
	[SKW_MESSAGE_HOLES] = { .name = "holes",
				.help = "places where bytes were not captured",
				.kind = SKW_KIND_NUMBER },
	[SKW_MESSAGE_REPEATS] = { .name = "repeats",
				  .help = "times that the request was sent again",
				  .kind = SKW_KIND_NUMBER },
	[SKW_MESSAGE_TRANSPORT] = { .name = "transport",
				    .help = "tcp or udp",
				    .kind = SKW_KIND_TEXT,
				    WORDS(transports) },
	[SKW_MESSAGE_FAMILY] = { .name = "family",
				 .help = "inet or inet6",
				 .kind = SKW_KIND_TEXT,
				 WORDS(families) },
	[SKW_MESSAGE_CLIENT_ADDR] = { .name = "client_addr",
				      .aliases = "client",
				      .help = "address of the client",
				      .kind = SKW_KIND_ADDR },
	[SKW_MESSAGE_CLIENT_PORT] = { .name = "client_port",
				      .help = "its port",
				      .kind = SKW_KIND_NUMBER },
	[SKW_MESSAGE_SERVER_ADDR] = { .name = "server_addr",
				      .aliases = "server",
				      .help = "address of the server",
				      .kind = SKW_KIND_ADDR },
	[SKW_MESSAGE_SERVER_PORT] = { .name = "server_port",
				      .help = "its port",
				      .kind = SKW_KIND_NUMBER },
	[SKW_MESSAGE_CLIENT_PID] = { .name = "client_pid",
				     .help = "process of the client",
				     .kind = SKW_KIND_NUMBER },
	[SKW_MESSAGE_CLIENT_COMM] = { .name = "client_comm",
				      .help = "its name",
				      .kind = SKW_KIND_TEXT },
	[SKW_MESSAGE_SERVER_PID] = { .name = "server_pid",
				     .help = "process of the server",
				     .kind = SKW_KIND_NUMBER },
	[SKW_MESSAGE_SERVER_COMM] = { .name = "server_comm",
				      .help = "its name",
				      .kind = SKW_KIND_TEXT },
	[SKW_MESSAGE_REMOTE_NAME] = { .name = "remote_name",
				      .help = "name that the server was called by (--names)",
				      .kind = SKW_KIND_TEXT },
	[SKW_MESSAGE_REMOTE_NAME_SOURCE] = { .name = "remote_name_source",
					     .help = "where it was seen: dns or sni",
					     .kind = SKW_KIND_TEXT },
};

/* ---- values ---- */

static uint64_t in_us(uint64_t ns)
{
	return ns == SKW_MESSAGE_UNKNOWN ? SKW_NONE64 : ns / 1000;
}

/* Numbers; all ones: unknown. Of a text with few values, the index. */
static uint64_t number_of(const struct skw_message *m, enum skw_format_message_id field)
{
	bool request = m->outcome != SKW_MESSAGE_ORPHAN;
	bool answer = m->outcome == SKW_MESSAGE_ANSWERED || m->outcome == SKW_MESSAGE_ORPHAN;

	switch (field) {
	case SKW_MESSAGE_TS:
		return skw_format_message_start(m);
	case SKW_MESSAGE_OUTCOME:
		return m->outcome;
	case SKW_MESSAGE_ERROR:
		return answer ? m->error : SKW_NONE64;
	case SKW_MESSAGE_LATENCY_US:
		return in_us(m->latency_ns);
	case SKW_MESSAGE_FIRST_BYTE_US:
		return in_us(m->first_byte_ns);
	case SKW_MESSAGE_REQUEST_BYTES:
		return request ? m->request_bytes : SKW_NONE64;
	case SKW_MESSAGE_ANSWER_BYTES:
		return answer ? m->answer_bytes : SKW_NONE64;
	case SKW_MESSAGE_REQUEST_END_AT:
		return m->request_last_ns;
	case SKW_MESSAGE_ANSWER_AT:
		return m->answer_first_ns;
	case SKW_MESSAGE_ANSWER_END_AT:
		return m->answer_last_ns;
	case SKW_MESSAGE_HOLES:
		return m->holes;
	case SKW_MESSAGE_REPEATS:
		return m->repeats;
	case SKW_MESSAGE_TRANSPORT:
		return m->tuple.proto == IPPROTO_UDP;
	case SKW_MESSAGE_FAMILY:
		return m->tuple.family == AF_INET6;
	case SKW_MESSAGE_CLIENT_PORT:
		return m->tuple.local_port;
	case SKW_MESSAGE_SERVER_PORT:
		return m->tuple.remote_port;
	case SKW_MESSAGE_CLIENT_PID:
		return m->client->pid ? m->client->pid : SKW_NONE64;
	case SKW_MESSAGE_SERVER_PID:
		return m->server->pid ? m->server->pid : SKW_NONE64;
	default:
		return 0;
	}
}

static const char *text_of(const struct skw_message *m, enum skw_format_message_id field)
{
	switch (field) {
	case SKW_MESSAGE_PROTOCOL:
		return m->protocol;
	case SKW_MESSAGE_KIND:
		return m->kind;
	case SKW_MESSAGE_STATUS:
		return m->status;
	case SKW_MESSAGE_CLIENT_COMM:
		return m->client->comm;
	case SKW_MESSAGE_SERVER_COMM:
		return m->server->comm;
	case SKW_MESSAGE_REMOTE_NAME:
		return m->remote_name ? m->remote_name : "";
	case SKW_MESSAGE_REMOTE_NAME_SOURCE:
		return m->remote_name ? m->remote_name_source : "";
	default:
		return skw_format_message_fields[field].values[number_of(m, field)];
	}
}

void skw_format_message_value(const struct skw_message *m, enum skw_format_message_id field,
			      struct skw_value *out)
{
	*out = (struct skw_value){ .number = number_of(m, field) };
	if (skw_format_message_fields[field].kind == SKW_KIND_TEXT)
		out->text = text_of(m, field);
	out->known = out->text ? out->text[0] != '\0' : out->number != SKW_NONE64;
}

/* ---- expressions ---- */

static const struct skw_expr_either eithers[] = {
	{ "port", SKW_MESSAGE_CLIENT_PORT, SKW_MESSAGE_SERVER_PORT, "port on either side" },
	{ "addr", SKW_MESSAGE_CLIENT_ADDR, SKW_MESSAGE_SERVER_ADDR, "address on either side" },
	{ "pid", SKW_MESSAGE_CLIENT_PID, SKW_MESSAGE_SERVER_PID, "process on either side" },
	{ "comm", SKW_MESSAGE_CLIENT_COMM, SKW_MESSAGE_SERVER_COMM, "its name" },
	{ NULL, 0, 0, NULL },
};

static const struct skw_field_info *info(uint8_t field)
{
	return &skw_format_message_fields[field];
}

static uint8_t role(uint8_t field)
{
	return field == SKW_MESSAGE_CLIENT_PORT || field == SKW_MESSAGE_SERVER_PORT
		       ? SKW_EXPR_PORT
		       : SKW_EXPR_PLAIN;
}

static uint8_t whole(uint8_t field)
{
	(void)field;
	return SKW_EXPR_NO_FIELD;
}

static void value(const void *record, uint8_t field, struct skw_value *out)
{
	skw_format_message_value(record, field, out);
}

static void end(const void *record, uint8_t field, struct skw_expr_end *out)
{
	const struct skw_tuple *t = &((const struct skw_message *)record)->tuple;
	bool client = field == SKW_MESSAGE_CLIENT_ADDR;

	*out = (struct skw_expr_end){ .family = t->family,
				      .addr = client ? t->local_addr : t->remote_addr,
				      .port = client ? t->local_port : t->remote_port };
}

static const struct skw_expr_subject subject = {
	.fields = SKW_MESSAGE_FIELDS,
	.info = info,
	.role = role,
	.whole = whole,
	.eithers = eithers,
	.field = "latency",
	.example = "latency > 100ms",
	.shares = "no field of a message",
	.time = "latency, as in 'latency > 100ms'",
	.value = value,
	.end = end,
};

/* Refuses an expression whose fields would never be known. */
static int check_names(const char *text, const char *why, struct skw_expr **e,
		       struct skw_error *err)
{
	for (unsigned f = SKW_MESSAGE_REMOTE_NAME; f <= SKW_MESSAGE_REMOTE_NAME_SOURCE; f++) {
		if (!skw_expr_has_field(*e, (uint8_t)f))
			continue;
		skw_expr_free(*e);
		*e = NULL;
		return skw_error_usage(err, "%s%s: %s", text, skw_format_message_fields[f].name,
				       why);
	}
	return 0;
}

int skw_format_message_expr(const char *text, const struct skw_expr_names *names,
			    struct skw_expr **out, struct skw_error *err)
{
	int ret = skw_expr_parse_about(&subject, text, names, out, err);

	return ret ? ret : check_names("", "only skwatch messages knows names", out, err);
}

int skw_format_message_where(const char *text, bool named, const struct skw_expr_names *names,
			     struct skw_expr **out, struct skw_error *err)
{
	int ret = skw_choice_expr_about(&subject, "--where", text, names, out, err);

	return ret || named ? ret
			    : check_names("--where: ", "names are not learned; give --names, too",
					  out, err);
}

void skw_format_message_help(struct skw_buf *out)
{
	skw_expr_help_about(&subject, out);
}
