// SPDX-License-Identifier: BSD-2-Clause
#include "session/flight/flight_messages.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "format/format_message.h"
#include "message/known/recognisers.h"
#include "util/random.h"
#include "util/say.h"

/* The process that answers is the one that is slow; it may run on another host. */
static void name_owner(struct skw_file_trigger *file, const struct skw_message *m)
{
	const struct skw_message_owner *o = m->server->pid ? m->server : m->client;

	file->pid = o->pid;
	memcpy(file->comm, o->comm, strnlen(o->comm, sizeof(file->comm)));
}

/* The comment of an answer, as far as there is room beside others of its packet. */
static void add_remark(struct skw_flight_messages *m, const struct skw_message *msg)
{
	size_t at = strlen(m->remark);

	skw_buf_reset(&m->text);
	skw_buf_add_str(&m->text, at ? "; " : "");
	skw_format_message_comment(&m->text, msg);
	if (!m->text.failed && at + m->text.len < sizeof(m->remark)) {
		memcpy(m->remark + at, m->text.data, m->text.len);
		m->remark[at + m->text.len] = '\0';
	}
}

static int take_message(void *ctx, const struct skw_message *msg)
{
	struct skw_flight_messages *m = ctx;
	int which = skw_triggers_message(m->triggers, msg, m->slow_ns);
	struct skw_file_trigger file = { .ts_ns = m->now_ns, .tuple = msg->tuple };

	if (msg->outcome == SKW_MESSAGE_ANSWERED)
		add_remark(m, msg);
	if (which < 0)
		return 0;
	file.what = (uint32_t)which;
	name_owner(&file, msg);
	skw_buf_reset(&m->text);
	skw_buf_printf(&m->text, "%s: ", skw_triggers_text(m->triggers, (unsigned)which));
	skw_format_message_note(&m->text, msg);
	skw_buf_add_char(&m->text, '\0');
	if (m->text.failed)
		return -ENOMEM;
	m->told(m->ctx, m->now_ns, &file, (const char *)m->text.data);
	return 0;
}

int skw_flight_messages_begin(struct skw_flight_messages *m, struct skw_error *err)
{
	struct skw_messages_options opt = { .max_bytes = SKW_PAYLOADS_MAX_BYTES,
					    .recognisers = skw_recognisers,
					    .wanted = UINT64_MAX,
					    .take = take_message,
					    .ctx = m };

	int ret = skw_random_key(opt.key, "messages", err);

	if (ret)
		return ret;
	return skw_messages_new(&opt, &m->messages) ? skw_error_set(err, -ENOMEM, "out of memory")
						    : 0;
}

void skw_flight_messages_free(struct skw_flight_messages *m)
{
	skw_messages_free(m->messages);
	skw_buf_free(&m->text);
}

int skw_flight_messages_take(struct skw_flight_messages *m, struct skw_packet *pkt,
			     struct skw_error *err)
{
	int ret = 0;

	if (!m->messages)
		return 0;
	if (!m->taken) {
		m->taken = true;
		m->now_ns = pkt->ts_ns;
		m->remark[0] = '\0';
		ret = skw_messages_take(m->messages, pkt);
	}
	pkt->remark = m->remark[0] ? m->remark : NULL;
	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}

int skw_flight_messages_pass(struct skw_flight_messages *m, uint64_t now_ns, struct skw_error *err)
{
	if (!m->messages)
		return 0;
	if (now_ns > m->now_ns)
		m->now_ns = now_ns;
	int ret = skw_messages_pass(m->messages, now_ns);
	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}

void skw_flight_messages_report(const struct skw_flight_messages *m)
{
	const struct skw_messages_figures *f = skw_messages_figures(m->messages);
	const struct skw_payloads_figures *p = skw_messages_payloads(m->messages);

	skw_say("%" PRIu64 " messages were looked at for triggers", f->messages);
	if (p->streams.holes)
		skw_say("%" PRIu64 " holes of %" PRIu64
			" bytes in streams: messages there may be missed",
			p->streams.holes, p->streams.missing_bytes);
	if (p->forgotten)
		skw_say("%" PRIu64 " connections were forgotten because memory is limited",
			p->forgotten);
}
