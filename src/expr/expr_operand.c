// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr_operand.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/cleanup.h"

const struct skw_expr_either skw_expr_eithers[] = {
	{ "port", SKW_FIELD_LOCAL_PORT, SKW_FIELD_REMOTE_PORT, "port on either side" },
	{ "addr", SKW_FIELD_LOCAL_ADDR, SKW_FIELD_REMOTE_ADDR, "address on either side" },
	{ NULL, 0, 0, NULL },
};

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
	{ "m", 60000000 }, { "h", 3600000000ULL }, { NULL, 0 }
};
/* In millionths of a percent. */
static const struct unit share_units[] = { { "%", 1000000 }, { NULL, 0 } };

/* Other spellings, as ss prints them and as people write them. */
static const struct {
	uint8_t field;
	const char *typed, *value;
} spellings[] = {
	{ SKW_FIELD_STATE, "estab", "ESTABLISHED" }, { SKW_FIELD_STATE, "listening", "LISTEN" },
	{ SKW_FIELD_STATE, "close", "CLOSED" },      { SKW_FIELD_STATE, "unconnected", "UNCONN" },
	{ SKW_FIELD_FAMILY, "ipv4", "inet" },        { SKW_FIELD_FAMILY, "ipv6", "inet6" },
	{ SKW_FIELD_TIMER, "none", "off" },
};

/* The values that the functions that read an operand need, also for their errors. */
struct operand {
	const struct skw_lexer *lex;
	const struct skw_token *name, *token;
	const char *value;
	const struct skw_field_info *info;
};

static int refuse(const struct operand *o, const char *want)
{
	return skw_lexer_error(o->lex, o->token->at, "'%.*s' is no value for %.*s: write %s",
			       SKW_TOKEN_SHOWN(o->token), SKW_TOKEN_SHOWN(o->name), want);
}

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

static bool has_share(uint8_t field)
{
	return field == SKW_FIELD_RETRANS_SEGS || field == SKW_FIELD_LOST_SEGS;
}

static int read_share(const struct operand *o, struct skw_expr_test *test)
{
	const struct unit *unit;

	if (!has_share(test->field))
		return skw_lexer_error(o->lex, o->token->at,
				       "'%%' is a share of segs_out, for retrans and lost only");
	if (!parse_scaled(o->value, share_units, &unit, test) || !unit ||
	    test->number > 100 * share_units[0].factor)
		return refuse(o, "a share from 0% to 100%");
	test->percent = true;
	return 0;
}

static int read_count(const struct operand *o, struct skw_expr_test *test)
{
	const struct unit *unit;

	if (strchr(o->value, '%'))
		return read_share(o, test);
	if (!parse_scaled(o->value, count_units, &unit, test) || !unit)
		return refuse(o, has_share(test->field)
					 ? "a number, with k, M or G, or a share like 1%"
					 : "a number, perhaps with k, M or G");
	return 0;
}

static int read_bytes(const struct operand *o, struct skw_expr_test *test)
{
	const struct unit *unit;

	if (strchr(o->value, '%'))
		return read_share(o, test);
	if (!parse_scaled(o->value, byte_units, &unit, test) || !unit)
		return refuse(o, "bytes, perhaps with k, M or G (powers of 1024)");
	return 0;
}

static int read_bps(const struct operand *o, struct skw_expr_test *test)
{
	const struct unit *unit;

	if (strchr(o->value, '%'))
		return read_share(o, test);
	if (!parse_scaled(o->value, count_units, &unit, test) || !unit)
		return refuse(o, "bits per second, perhaps with k, M or G");
	return 0;
}

static int read_time(const struct operand *o, struct skw_expr_test *test)
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
	return refuse(o, "a time with its unit: us, ms, s, m or h");
}

static int read_bool(const struct operand *o, struct skw_expr_test *test)
{
	static const char *const words[] = { "false", "true", "no", "yes", "0", "1" };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(words); i++)
		if (strcasecmp(o->value, words[i]) == 0) {
			test->number = i & 1;
			return 0;
		}
	return refuse(o, "true or false");
}

static int read_addr(const struct operand *o, struct skw_expr_test *test)
{
	if (skw_expr_addr_parse(o->value, test->op == SKW_LIKE, &test->addr))
		return 0;
	return refuse(o, "an address like 10.0.0.1, 10.0.0.0/8, 10.0.0.1:443 or [2001:db8::1]:443");
}

/*
 * Writes the text in lower case without '-' and '_', so that FIN_WAIT1 equals fin-wait-1. The text
 * is cut at a length that no value has.
 */
#define PLAIN_SIZE 32

static void plain(const char *text, char *out)
{
	size_t n = 0;

	for (; *text && n < PLAIN_SIZE - 1; text++)
		if (*text != '-' && *text != '_')
			out[n++] = (char)tolower((unsigned char)*text);
	out[n] = '\0';
}

static int refuse_value(const struct operand *o)
{
	char list[256];
	size_t len = 0;

	list[0] = '\0';
	for (unsigned i = 0; i < o->info->values_len; i++)
		if (o->info->values[i] && len < sizeof(list))
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
						len ? ", " : "one of ", o->info->values[i]);
	return refuse(o, list);
}

/* Reads the operand of a field that has few values, as the set of the values that it means. */
static int read_value(const struct operand *o, struct skw_expr_test *test)
{
	char want[PLAIN_SIZE], have[PLAIN_SIZE];

	plain(o->value, want);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(spellings); i++)
		if (spellings[i].field == test->field && strcmp(spellings[i].typed, want) == 0)
			plain(spellings[i].value, want);
	test->values = 0;
	for (unsigned i = 0; i < o->info->values_len; i++) {
		if (!o->info->values[i])
			continue;
		plain(o->info->values[i], have);
		if (test->op == SKW_LIKE ? strstr(have, want) != NULL : strcmp(have, want) == 0)
			test->values |= 1U << i;
	}
	return test->values && *want ? 0 : refuse_value(o);
}

static int read_text(const struct operand *o, struct skw_expr_test *test)
{
	if (o->info->values)
		return read_value(o, test);
	test->text = o->value;
	return 0;
}

#define ORDER (1U << SKW_EQ | 1U << SKW_LT | 1U << SKW_LE | 1U << SKW_GT | 1U << SKW_GE)
#define EQUAL (1U << SKW_EQ)
#define LIKE  (1U << SKW_EQ | 1U << SKW_LIKE)

static const struct {
	const char *unit;
	int (*read)(const struct operand *o, struct skw_expr_test *test);
	const char *hint; /* if there is no function, what to compare instead */
	unsigned ops;
} kinds[] = {
	[SKW_KIND_NUMBER] = { "number", read_count, NULL, ORDER },
	[SKW_KIND_BYTES] = { "bytes", read_bytes, NULL, ORDER },
	[SKW_KIND_BPS] = { "bit/s", read_bps, NULL, ORDER },
	[SKW_KIND_US] = { "time", read_time, NULL, ORDER },
	[SKW_KIND_TIME] = { NULL, NULL, "age, as in 'age < 10s'", 0 },
	[SKW_KIND_BOOL] = { "yes/no", read_bool, NULL, EQUAL },
	[SKW_KIND_TEXT] = { "text", read_text, NULL, LIKE },
	[SKW_KIND_ADDR] = { "address", read_addr, NULL, LIKE },
	[SKW_KIND_OWNERS] = { NULL, NULL, "comm or pid, which match any holder", 0 },
	[SKW_KIND_HIST] = { NULL, NULL, "srtt, min_rtt or rtt", 0 },
};

const char *skw_expr_unit(uint8_t kind)
{
	return kinds[kind].unit;
}

/* The number of letters to change, remove or insert. max + 1 if it exceeds `max`. */
static unsigned distance(const char *a, size_t a_len, const char *b, unsigned max)
{
	unsigned row[PLAIN_SIZE];
	size_t b_len = strlen(b);

	if (b_len >= PLAIN_SIZE || a_len >= PLAIN_SIZE)
		return max + 1;
	for (unsigned j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 0; i < a_len; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < b_len; j++) {
			unsigned best = corner + (tolower((unsigned char)a[i]) != b[j]);

			corner = row[j + 1];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (corner + 1 < best)
				best = corner + 1;
			row[j + 1] = best;
		}
	}
	return row[b_len] > max ? max + 1 : row[b_len];
}

struct guess {
	char name[PLAIN_SIZE];
	unsigned distance;
};

static void guess_from(const struct skw_token *typed, const char *names, struct guess *guess)
{
	for (; names && *names; names += strspn(names, " ")) {
		size_t n = strcspn(names, " ");
		char name[PLAIN_SIZE];

		snprintf(name, sizeof(name), "%.*s", (int)n, names);
		unsigned d = distance(typed->at, typed->len, name, guess->distance);
		if (d < guess->distance) {
			guess->distance = d;
			memcpy(guess->name, name, sizeof(name));
		}
		names += n;
	}
}

static int refuse_field(const struct skw_lexer *lex, const struct skw_token *name)
{
	/*
	 * A guess is useful only if it differs in at most two letters, or in one if the word is
	 * short.
	 */
	struct guess guess = { "", name->len < 4 ? 2 : 3 };

	for (int i = 0; i < SKW_FIELDS; i++) {
		guess_from(name, skw_fields[i].aliases, &guess);
		guess_from(name, skw_fields[i].name, &guess);
	}
	for (const struct skw_expr_either *e = skw_expr_eithers; e->name; e++)
		guess_from(name, e->name, &guess);
	return skw_lexer_error(lex, name->at, "unknown field '%.*s'%s%s%s", SKW_TOKEN_SHOWN(name),
			       guess.name[0] ? "; did you mean '" : "", guess.name,
			       guess.name[0] ? "'?" : "");
}

int skw_expr_operand_field(const struct skw_lexer *lex, const struct skw_token *name,
			   struct skw_expr_test *test)
{
	test->field = (uint8_t)skw_field_find(name->at, name->len);
	test->other = SKW_FIELDS;
	for (const struct skw_expr_either *e = skw_expr_eithers; e->name; e++)
		if (strlen(e->name) == name->len && memcmp(e->name, name->at, name->len) == 0) {
			test->field = e->field;
			test->other = e->other;
		}
	if (test->field == SKW_FIELDS)
		return refuse_field(lex, name);
	if (!kinds[skw_fields[test->field].kind].read)
		return skw_lexer_error(lex, name->at, "'%.*s' can't be compared; use %s",
				       SKW_TOKEN_SHOWN(name),
				       kinds[skw_fields[test->field].kind].hint);
	return 0;
}

int skw_expr_operand_value(const struct skw_lexer *lex, const struct skw_token *name,
			   const struct skw_token *op, const struct skw_token *operand,
			   const char *value, struct skw_expr_test *test)
{
	const struct operand o = { lex, name, operand, value, &skw_fields[test->field] };
	unsigned ops = kinds[o.info->kind].ops;

	test->negate = op->op == SKW_NE || op->op == SKW_UNLIKE;
	test->op = op->op == SKW_NE ? SKW_EQ : op->op == SKW_UNLIKE ? SKW_LIKE : op->op;
	if (!(ops >> test->op & 1))
		return skw_lexer_error(lex, op->at, "'%.*s' does not fit %.*s (%s): use %s",
				       SKW_TOKEN_SHOWN(op), SKW_TOKEN_SHOWN(name),
				       kinds[o.info->kind].unit,
				       ops == LIKE    ? "= != ~ or !~"
				       : ops == ORDER ? "= != < <= > or >="
						      : "= or !=");
	return kinds[o.info->kind].read(&o, test);
}
