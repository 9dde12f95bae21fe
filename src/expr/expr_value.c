// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr_value.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "expr/expr_field.h"
#include "util/cleanup.h"

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit count_units[] = {
	{ "", 1 }, { "k", 1000 }, { "M", 1000000 }, { "G", 1000000000 }, { NULL, 0 }
};
/* The same units as in skw_units_parse_size(). */
static const struct unit byte_units[] = {
	{ "", 1 }, { "k", 1ULL << 10 }, { "M", 1ULL << 20 }, { "G", 1ULL << 30 }, { NULL, 0 }
};
static const struct unit time_units[] = {
	{ "us", 1 },       { "ms", 1000 },         { "s", 1000000 },
	{ "m", 60000000 }, { "h", 3600000000ULL }, { "d", 86400000000ULL },
	{ NULL, 0 }
};
/* In millionths of a percent. */
static const struct unit share_units[] = { { "%", 1000000 }, { NULL, 0 } };

/* This many digits after the point are evaluated. Of further digits, only whether any is not 0. */
#define PLACES 9

/* Adds the digits after the point, times the unit. Returns false if the number is too large. */
static bool add_part(const char *digits, size_t len, uint64_t factor, struct skw_expr_test *test)
{
	uint64_t part = 0, scale = 1;
	bool more = false;

	for (size_t i = 0; i < len; i++) {
		if (i >= PLACES) {
			more |= digits[i] != '0';
			continue;
		}
		part = part * 10 + (uint64_t)(digits[i] - '0');
		scale *= 10;
	}
	test->fraction = more || part * factor % scale;
	return !__builtin_add_overflow(test->number, part * factor / scale, &test->number);
}

/*
 * Parses decimal digits, optionally with a point and more digits, and a unit. Sets *unit, to NULL
 * if the unit is none of `units`. Returns false if there is no number or it is too large.
 */
static bool parse_scaled(const char *text, const struct unit *units, const struct unit **unit,
			 struct skw_expr_test *test)
{
	size_t whole = strspn(text, "0123456789");
	const char *point = text + whole;
	size_t places = *point == '.' ? strspn(point + 1, "0123456789") : 0;
	const char *end = places ? point + 1 + places : point;

	if (!whole && !places)
		return false;
	while (units->name && strcasecmp(end, units->name) != 0)
		units++;
	*unit = units->name ? units : NULL;
	if (!units->name)
		return true;
	test->number = 0;
	for (size_t i = 0; i < whole; i++)
		if (__builtin_mul_overflow(test->number, 10, &test->number) ||
		    __builtin_add_overflow(test->number, (uint64_t)(text[i] - '0'), &test->number))
			return false;
	return !__builtin_mul_overflow(test->number, units->factor, &test->number) &&
	       add_part(point + 1, places, units->factor, test);
}

static bool has_share(const struct skw_expr_operand *o, const struct skw_expr_test *test)
{
	return o->subject->whole(test->field) != SKW_EXPR_NO_FIELD;
}

static int read_share(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	const struct unit *unit;

	if (!has_share(o, test))
		return skw_lexer_error(o->lex, o->token->at, "'%%' is %s", o->subject->shares);
	if (!parse_scaled(o->value, share_units, &unit, test) || !unit ||
	    test->number > 100 * share_units[0].factor)
		return skw_lexer_refuse(o->lex, o->name, o->token, "a share from 0% to 100%");
	test->percent = true;
	return 0;
}

/* Reads the name of a user or of a service, where the field has such numbers. */
static bool read_name(const struct skw_expr_operand *o, const char *name,
		      struct skw_expr_test *test)
{
	uint8_t role = o->subject->role(test->field);
	uint16_t port;
	uint32_t uid;

	if (!o->names || !*name)
		return false;
	if (role == SKW_EXPR_USER && o->names->user(o->names->ctx, name, &uid))
		test->number = uid;
	else if (role == SKW_EXPR_PORT && o->names->service(o->names->ctx, name, &port))
		test->number = port;
	else
		return false;
	test->fraction = false;
	return true;
}

int skw_expr_value_count(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	/* ss writes ports as ":443" and ":https". */
	uint8_t role = o->subject->role(test->field);
	const char *text = o->value + (role == SKW_EXPR_PORT && o->value[0] == ':');
	const struct unit *unit;

	if (strchr(o->value, '%'))
		return read_share(o, test);
	if (parse_scaled(text, count_units, &unit, test) && unit)
		return 0;
	if (read_name(o, text, test))
		return 0;
	return skw_lexer_refuse(
		o->lex, o->name, o->token,
		role == SKW_EXPR_USER   ? "a number, or the name of a user of this host"
		: role == SKW_EXPR_PORT ? "a number, or the name of a service such as https"
		: has_share(o, test)    ? "a number, with k, M or G, or a share like 1%"
					: "a number, perhaps with k, M or G");
}

int skw_expr_value_bytes(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	const struct unit *unit;

	if (strchr(o->value, '%'))
		return read_share(o, test);
	if (!parse_scaled(o->value, byte_units, &unit, test) || !unit)
		return skw_lexer_refuse(o->lex, o->name, o->token,
					"bytes, perhaps with k, M or G (powers of 1024)");
	return 0;
}

int skw_expr_value_bps(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	const struct unit *unit;

	if (strchr(o->value, '%'))
		return read_share(o, test);
	if (!parse_scaled(o->value, count_units, &unit, test) || !unit)
		return skw_lexer_refuse(o->lex, o->name, o->token,
					"bits per second, perhaps with k, M or G");
	return 0;
}

int skw_expr_value_time(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	const struct unit *unit;

	if (strchr(o->value, '%'))
		return read_share(o, test);
	if (parse_scaled(o->value, time_units, &unit, test) && unit)
		return 0;
	/*
	 * A number without a unit is clear only if it is 0 or the name of the field ends in the
	 * unit.
	 */
	if (parse_scaled(o->value, count_units, &unit, test) && unit && !unit->name[0] &&
	    ((!test->number && !test->fraction) ||
	     (o->name->len > 3 && memcmp(o->name->at + o->name->len - 3, "_us", 3) == 0)))
		return 0;
	return skw_lexer_refuse(o->lex, o->name, o->token,
				"a time with its unit: us, ms, s, m, h or d");
}

int skw_expr_value_bool(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	static const char *const words[] = { "false", "true", "no", "yes", "0", "1" };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(words); i++)
		if (strcasecmp(o->value, words[i]) == 0) {
			test->number = i & 1;
			return 0;
		}
	return skw_lexer_refuse(o->lex, o->name, o->token, "true or false");
}

/* ---- another field ---- */

/* The field that a part of the operand names, SKW_EXPR_NO_FIELD if there is none. */
static uint8_t field_of(const struct skw_expr_operand *o, const char *part, size_t len)
{
	return len ? skw_expr_field_named(o->subject, part, len) : SKW_EXPR_NO_FIELD;
}

static bool read_factor(const char *part, size_t len, struct skw_expr_test *test)
{
	static const struct unit millionths[] = { { "", SKW_EXPR_FACTOR }, { NULL, 0 } };
	const struct unit *unit;
	char text[32];

	if (!len || len >= sizeof(text))
		return false;
	memcpy(text, part, len);
	text[len] = '\0';
	return parse_scaled(text, millionths, &unit, test) && unit && !test->fraction;
}

int skw_expr_value_field(const struct skw_expr_operand *o, struct skw_expr_test *test)
{
	const char *star = strchr(o->value, '*'), *right = star ? star + 1 : "";
	size_t left_len = star ? (size_t)(star - o->value) : strlen(o->value);
	uint8_t field = field_of(o, o->value, left_len);
	bool factor_is_left = field == SKW_EXPR_NO_FIELD;

	if (factor_is_left)
		field = field_of(o, right, strlen(right));
	if (field == SKW_EXPR_NO_FIELD && !star)
		return 0;
	if (field == SKW_EXPR_NO_FIELD)
		return skw_lexer_refuse(o->lex, o->name, o->token,
					"a factor and a field, like 4 * min_rtt");
	if (o->subject->info(field)->kind != o->info->kind)
		return skw_lexer_refuse(o->lex, o->name, o->token, "a field of the same kind");
	test->number = SKW_EXPR_FACTOR;
	if (star && !(factor_is_left ? read_factor(o->value, left_len, test)
				     : read_factor(right, strlen(right), test)))
		return skw_lexer_refuse(o->lex, o->name, o->token,
					"a factor and a field, like 4 * min_rtt");
	test->against = field;
	return 1;
}
