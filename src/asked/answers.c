// SPDX-License-Identifier: BSD-2-Clause
#include "asked/answers.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/pair_table.h"

enum {
	PORT = 53,
	HEADER = 12,
	FLAG_QR = 0x8000, /* set in an answer */
	FLAG_TC = 0x0200,
	OPCODE = 0x7800,
	RCODE = 0x000f,
	TYPE_A = 1,
	TYPE_CNAME = 5,
	TYPE_AAAA = 28,
	CLASS_IN = 1,
	RECORD = 10, /* type, class, TTL, length */
	RECORDS_MAX = 256,
	CHAIN_MAX = 16,
};

struct record {
	struct skw_asked_wire owner;
	uint16_t type, class, len;
	uint32_t data_at;
};

/* Moves *at behind the record. False: it was not captured, or is damaged. */
static bool read_record(struct skw_bytes msg, uint32_t *at, struct record *r)
{
	if (!skw_asked_wire_read(msg, at, &r->owner) || !skw_bytes_has(msg, *at, RECORD))
		return false;
	r->type = skw_bytes_be16(msg.p + *at);
	r->class = skw_bytes_be16(msg.p + *at + 2);
	r->len = skw_bytes_be16(msg.p + *at + 8);
	r->data_at = *at + RECORD;
	*at = r->data_at + r->len;
	return skw_bytes_has(msg, r->data_at, r->len);
}

/* Replaces `name` by what it is an alias of. False: it is none. */
static bool follow(struct skw_bytes msg, uint32_t at, unsigned records, struct skw_asked_wire *name)
{
	struct record r;

	for (unsigned i = 0; i < records && read_record(msg, &at, &r); i++)
		if (r.type == TYPE_CNAME && r.class == CLASS_IN &&
		    skw_asked_wire_is(&r.owner, name))
			return skw_asked_wire_read(msg, &r.data_at, name);
	return false;
}

static bool is_address(const struct record *r, uint16_t type)
{
	return r->type == type && r->class == CLASS_IN &&
	       r->len == (type == TYPE_A ? sizeof(uint32_t) : 16);
}

static int add_addresses(const struct skw_asked_answers *a, struct skw_bytes msg, uint32_t at,
			 const struct skw_asked_question *q, const char *text)
{
	unsigned records = skw_bytes_be16(msg.p + 6);
	struct skw_asked_wire name = q->name;
	struct skw_asked_text *shared = skw_asked_text_new(text);
	unsigned steps = 0;
	struct record r;
	int ret = shared ? 0 : -ENOMEM;

	records = records < RECORDS_MAX ? records : RECORDS_MAX;
	while (steps < CHAIN_MAX && follow(msg, at, records, &name))
		steps++;
	/* Aliases that go in a circle have no address. */
	a->figures->strange += steps == CHAIN_MAX;
	if (steps == CHAIN_MAX)
		records = 0;
	for (unsigned i = 0; !ret && i < records && read_record(msg, &at, &r); i++) {
		uint8_t addr[16] = { 0 };

		if (!is_address(&r, q->type) || !skw_asked_wire_is(&r.owner, &name))
			continue;
		memcpy(addr, msg.p + r.data_at, r.len);
		ret = skw_asked_store_add(a->store, q->type == TYPE_A ? AF_INET : AF_INET6, addr,
					  shared, q->ts_ns);
	}
	skw_asked_text_leave(shared);
	return ret;
}

static int take_answer(const struct skw_asked_answers *a, struct skw_bytes msg, uint32_t at,
		       struct skw_asked_question *q)
{
	struct skw_asked_question *asked = skw_asked_questions_find(a->questions, q);
	char text[SKW_ASKED_TEXT + 1];

	if (!asked) {
		a->figures->unasked++;
		return 0;
	}
	/* The client takes the first answer only. */
	if (asked->answered)
		return 0;
	asked->answered = true;
	a->figures->answers++;
	if (skw_bytes_be16(msg.p + 2) & RCODE)
		return 0;
	if (!skw_asked_wire_text(&q->name, text)) {
		a->figures->strange++;
		return 0;
	}
	return add_addresses(a, msg, at, q, text);
}

int skw_asked_answers_take(const struct skw_asked_answers *a, const struct skw_tuple *tuple,
			   struct skw_bytes msg, bool ours, uint64_t ts_ns)
{
	struct skw_asked_question q = { .tuple = *tuple, .ts_ns = ts_ns };
	uint32_t at = HEADER;

	if (msg.caplen < HEADER)
		return 0;

	uint16_t flags = skw_bytes_be16(msg.p + 2);
	bool answer = flags & FLAG_QR;

	if ((answer ? tuple->local_port : tuple->remote_port) != PORT || (flags & OPCODE) ||
	    (!answer && !ours))
		return 0;
	if (skw_bytes_be16(msg.p + 4) != 1 || !skw_asked_wire_read(msg, &at, &q.name) ||
	    !skw_bytes_has(msg, at, 4)) {
		a->figures->strange++;
		return 0;
	}
	q.id = skw_bytes_be16(msg.p);
	q.type = skw_bytes_be16(msg.p + at);
	/* A truncated answer is asked for once more over TCP. */
	if ((q.type != TYPE_A && q.type != TYPE_AAAA) ||
	    skw_bytes_be16(msg.p + at + 2) != CLASS_IN || (answer && (flags & FLAG_TC)))
		return 0;
	if (!answer) {
		skw_asked_questions_add(a->questions, &q);
		return 0;
	}
	skw_pair_turn(&q.tuple);
	return take_answer(a, msg, at + 4, &q);
}
