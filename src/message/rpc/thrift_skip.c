// SPDX-License-Identifier: BSD-2-Clause
#include "message/rpc/thrift_skip.h"

#include <string.h>

enum thrift_type {
	STOP = 0,
	BOOL = 2,
	BYTE = 3,
	DOUBLE = 4,
	I16 = 6,
	I32 = 8,
	I64 = 10,
	STRING = 11,
	STRUCT = 12,
	MAP = 13,
	SET = 14,
	LIST = 15,
	UUID = 16,
};

enum thrift_reading { TYPE, NUMBER, LENGTH, MAP_HEAD, LIST_HEAD, CODE };

/* Bytes that each needs. */
static const uint8_t needs[] = {
	[TYPE] = 1, [NUMBER] = 2, [LENGTH] = 4, [MAP_HEAD] = 6, [LIST_HEAD] = 5, [CODE] = 4,
};

void skw_thrift_skip_begin(struct skw_thrift_skip *s)
{
	*s = (struct skw_thrift_skip){ .depth = 1,
				       .first = SKW_THRIFT_NO_FIELD,
				       .code = SKW_THRIFT_NO_FIELD };
	s->levels[0].is_struct = true;
}

/* 0: the length is not known by the type. */
static uint8_t size_of(uint8_t type)
{
	static const uint8_t sizes[] = {
		[BOOL] = 1, [BYTE] = 1, [DOUBLE] = 8, [I16] = 2, [I32] = 4, [I64] = 8, [UUID] = 16
	};

	return type < sizeof(sizes) ? sizes[type] : 0;
}

static enum skw_thrift_end push(struct skw_thrift_skip *s, struct skw_thrift_level level)
{
	if (s->depth == SKW_THRIFT_DEPTH_MAX)
		return SKW_THRIFT_BAD;
	s->levels[s->depth++] = level;
	s->reading = TYPE;
	return SKW_THRIFT_MORE;
}

/* A value of this type follows. */
static enum skw_thrift_end begin_value(struct skw_thrift_skip *s, uint8_t type)
{
	s->left = size_of(type);
	s->reading = TYPE;
	if (s->left)
		return SKW_THRIFT_MORE;
	switch (type) {
	case STRING:
		s->reading = LENGTH;
		return SKW_THRIFT_MORE;
	case STRUCT:
		return push(s, (struct skw_thrift_level){ .is_struct = true });
	case MAP:
		s->reading = MAP_HEAD;
		return SKW_THRIFT_MORE;
	case SET:
	case LIST:
		s->reading = LIST_HEAD;
		return SKW_THRIFT_MORE;
	default:
		return SKW_THRIFT_BAD;
	}
}

/* `n` elements follow, of one type or of two in turn. */
static enum skw_thrift_end begin_elements(struct skw_thrift_skip *s, uint8_t a, uint8_t b,
					  uint32_t n)
{
	s->reading = TYPE;
	if (n > INT32_MAX)
		return SKW_THRIFT_BAD;
	if (size_of(a) && size_of(b)) {
		s->left = (uint64_t)n * (a == b ? 2 * size_of(a) : size_of(a) + size_of(b)) / 2;
		return SKW_THRIFT_MORE;
	}
	return push(s, (struct skw_thrift_level){ .left = n, .types = { a, b } });
}

static enum skw_thrift_end begin_field(struct skw_thrift_skip *s)
{
	int number = (int16_t)skw_bytes_be16(s->bytes);

	if (s->depth == 1 && s->first == SKW_THRIFT_NO_FIELD)
		s->first = number;
	if (s->depth == 1 && number == 2 && s->type == I32) {
		s->reading = CODE;
		return SKW_THRIFT_MORE;
	}
	return begin_value(s, s->type);
}

static enum skw_thrift_end take(struct skw_thrift_skip *s)
{
	const uint8_t *p = s->bytes;

	switch (s->reading) {
	case TYPE:
		s->type = p[0];
		s->reading = p[0] == STOP ? TYPE : NUMBER;
		if (p[0] == STOP)
			s->depth--;
		return SKW_THRIFT_MORE;
	case NUMBER:
		return begin_field(s);
	case LENGTH:
		s->left = skw_bytes_be32(p);
		s->reading = TYPE;
		return s->left > INT32_MAX ? SKW_THRIFT_BAD : SKW_THRIFT_MORE;
	case MAP_HEAD:
		/* Keys and values are elements. */
		if (skw_bytes_be32(p + 2) > INT32_MAX / 2)
			return SKW_THRIFT_BAD;
		return begin_elements(s, p[0], p[1], 2 * skw_bytes_be32(p + 2));
	case LIST_HEAD:
		return begin_elements(s, p[0], p[0], skw_bytes_be32(p + 1));
	default: /* CODE */
		s->code = (int32_t)skw_bytes_be32(p);
		s->reading = TYPE;
		return SKW_THRIFT_MORE;
	}
}

/* The next element of a container, or its end. */
static enum skw_thrift_end next_element(struct skw_thrift_skip *s, struct skw_thrift_level *level)
{
	if (!level->left) {
		s->depth--;
		return SKW_THRIFT_MORE;
	}
	/* Of a map, the number is even where a key follows. */
	return begin_value(s, level->types[level->left-- & 1]);
}

static bool is_at_element(const struct skw_thrift_skip *s)
{
	return s->reading == TYPE && !s->levels[s->depth - 1].is_struct;
}

enum skw_thrift_end skw_thrift_skip(struct skw_thrift_skip *s, struct skw_bytes *b)
{
	enum skw_thrift_end end = SKW_THRIFT_MORE;

	while (end == SKW_THRIFT_MORE) {
		uint32_t n = s->left < b->caplen ? (uint32_t)s->left : b->caplen;

		*b = skw_bytes_skip(*b, n);
		s->left -= n;
		if (s->left)
			return SKW_THRIFT_MORE;
		if (!s->depth)
			return SKW_THRIFT_DONE;
		if (is_at_element(s)) {
			end = next_element(s, &s->levels[s->depth - 1]);
			continue;
		}
		if (!b->caplen)
			return SKW_THRIFT_MORE;
		s->bytes[s->len++] = b->p[0];
		*b = skw_bytes_skip(*b, 1);
		if (s->len < needs[s->reading])
			continue;
		s->len = 0;
		end = take(s);
	}
	return end;
}

const char *skw_thrift_skip_exception(int32_t code)
{
	static const char *const names[] = {
		"UNKNOWN",           "UNKNOWN_METHOD",          "INVALID_MESSAGE_TYPE",
		"WRONG_METHOD_NAME", "BAD_SEQUENCE_ID",         "MISSING_RESULT",
		"INTERNAL_ERROR",    "PROTOCOL_ERROR",          "INVALID_TRANSFORM",
		"INVALID_PROTOCOL",  "UNSUPPORTED_CLIENT_TYPE",
	};

	return code >= 0 && (size_t)code < sizeof(names) / sizeof(names[0]) ? names[code] : NULL;
}
