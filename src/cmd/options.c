// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/units.h"
#include "view/choice.h"

/* The value of the first long option for getopt_long(). It is greater than any letter. */
#define VALUE_BASE 256

/* The option in the form that users type: "-c" or "--count". */
static const char *shown(const struct skw_option *opt, char name[64])
{
	if (opt->letter)
		snprintf(name, 64, "-%c", opt->letter);
	else
		snprintf(name, 64, "--%s", opt->name);
	return name;
}

static int bad_value(const struct skw_option *opt, const char *arg, const char *wanted,
		     struct skw_error *err)
{
	char name[64];

	return skw_error_usage(err, "%s: \"%s\" is not %s", shown(opt, name), arg, wanted);
}

/* Returns 0, or a usage error if the number is outside of the option's limits. */
static int check_limits(const struct skw_option *opt, uint64_t value, struct skw_error *err)
{
	char name[64];

	if (value >= opt->min && (!opt->max || value <= opt->max))
		return 0;
	return skw_error_usage(err, "%s: %s %s", shown(opt, name), opt->min ? "from" : "more than",
			       opt->limits);
}

static int set_number(const struct skw_option *opt, uint64_t *at, const char *arg,
		      struct skw_error *err)
{
	uint64_t value = 0;
	bool is_one = false;
	const char *wanted = "a number above 0";
	char name[64];

	if (opt->kind == SKW_OPT_SIZE) {
		is_one = skw_units_parse_size(arg, opt->unit ? opt->unit : 1, &value);
		wanted = "a size such as 512k, 64M or 1G";
	} else if (opt->kind == SKW_OPT_DURATION) {
		is_one = skw_units_parse_duration(arg, &value);
		wanted = "a time such as 500ms, 10s, 5m or 1h";
	} else {
		is_one = skw_units_parse_uint(arg, &value);
	}
	if (is_one && value == 0)
		return skw_error_usage(err, "%s: 0 is too little; give %s", shown(opt, name),
				       wanted);
	if (!is_one)
		return bad_value(opt, arg, wanted, err);
	int ret = check_limits(opt, value, err);
	if (!ret)
		*at = value;
	return ret;
}

static void raise(const struct skw_option *opt, unsigned *at)
{
	if (*at < opt->min)
		*at = (unsigned)opt->min;
	else if (*at < opt->max)
		++*at;
}

static int set_choice(const struct skw_option *opt, int *at, const char *arg, struct skw_error *err)
{
	char wanted[128] = "";
	size_t len = 0;

	for (int i = 0; opt->words[i]; i++) {
		if (strcmp(opt->words[i], arg) == 0) {
			*at = i + (int)opt->min;
			return 0;
		}
		len += (size_t)snprintf(wanted + len, sizeof(wanted) - len, "%s%s",
					i == 0              ? ""
					: opt->words[i + 1] ? ", "
							    : " or ",
					opt->words[i]);
	}
	return bad_value(opt, arg, wanted, err);
}

static int refuse(const struct skw_option *opt, struct skw_error *err)
{
	char name[64];

	return skw_error_usage(err, "%s: %s", shown(opt, name), opt->help);
}

static int set_value(const struct skw_option *opt, void *values, const char *arg,
		     struct skw_error *err)
{
	void *at = (char *)values + opt->offset;
	uint64_t number = 0;
	int ret;

	switch (opt->kind) {
	case SKW_OPT_IGNORED:
		return 0;
	case SKW_OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case SKW_OPT_LEVEL:
		raise(opt, at);
		return 0;
	case SKW_OPT_STRING:
		*(const char **)at = arg;
		return 0;
	case SKW_OPT_UINT:
	case SKW_OPT_SIZE:
	case SKW_OPT_DURATION:
		return set_number(opt, at, arg, err);
	case SKW_OPT_UINT32:
		ret = set_number(opt, &number, arg, err);
		if (!ret)
			*(uint32_t *)at = (uint32_t)number;
		return ret;
	case SKW_OPT_CHOICE:
		return set_choice(opt, at, arg, err);
	case SKW_OPT_CALL:
		return opt->call(values, arg, err);
	case SKW_OPT_REFUSED:
		return refuse(opt, err);
	}
	return -EINVAL;
}

/* Reports the word of argv that getopt_long() did not understand. */
static int bad_option(int found, int argc, char **argv, struct skw_error *err)
{
	const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";
	const char *trouble = found == ':' ? "needs an argument" : "no such option";

	/*
	 * getopt_long() stores a letter in optopt. For a long option it stores 0 or a greater
	 * value.
	 */
	if (optopt > 0 && optopt < VALUE_BASE)
		return skw_error_usage(err, "-%c: %s; see skwatch %s --help", optopt, trouble,
				       argv[0]);
	return skw_error_usage(err, "%s: %s; see skwatch %s --help", word,
			       optopt == 0 || found == ':' ? trouble : "takes no argument",
			       argv[0]);
}

/* All options of the tables, in the forms that getopt_long() needs. */
struct option_parser {
	/* Owned, as are longs and letters. */
	const struct skw_option **options;
	size_t len;
	struct option *longs;
	char *letters;
};

static int parser_make(struct option_parser *p, const struct skw_option_table *tables, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += tables[i].len;
	p->options = calloc(len + 1, sizeof(*p->options));
	p->longs = calloc(len + 1, sizeof(*p->longs));
	p->letters = calloc(2 * len + 2, 1);
	if (!p->options || !p->longs || !p->letters)
		return -ENOMEM;

	char *l = p->letters;
	size_t names = 0;
	*l++ = ':';
	for (size_t i = 0; i < n; i++) {
		for (size_t at = 0; at < tables[i].len; at++) {
			const struct skw_option *opt = &tables[i].options[at];

			if (opt->name)
				p->longs[names++] =
					(struct option){ .name = opt->name,
							 .has_arg = opt->arg ? required_argument
									     : no_argument,
							 .val = VALUE_BASE + (int)p->len };
			p->options[p->len++] = opt;
			if (opt->letter)
				*l++ = opt->letter;
			if (opt->letter && opt->arg)
				*l++ = ':';
		}
	}
	return 0;
}

static void parser_free(struct option_parser *p)
{
	free(p->options);
	free(p->longs);
	free(p->letters);
}

static const struct skw_option *option_of(const struct option_parser *p, int found)
{
	size_t i = 0;

	if (found >= VALUE_BASE)
		return p->options[found - VALUE_BASE];
	while (i + 1 < p->len && p->options[i]->letter != found)
		i++;
	return p->options[i];
}

static int parse(const struct option_parser *p, int argc, char **argv, void *values,
		 struct skw_error *err)
{
	optind = 0; /* 0 makes getopt_long() start again after another parse */
	opterr = 0;
	for (;;) {
		int found = getopt_long(argc, argv, p->letters, p->longs, NULL);

		if (found == -1)
			return 0;
		if (found == '?' || found == ':')
			return bad_option(found, argc, argv, err);
		int ret = set_value(option_of(p, found), values, optarg, err);
		if (ret)
			return ret;
	}
}

int skw_options_parse(const struct skw_option_table *tables, size_t n, int argc, char **argv,
		      void *values, int *first, struct skw_error *err)
{
	struct option_parser p = { 0 };
	int ret = parser_make(&p, tables, n);

	if (ret)
		skw_error_set(err, ret, "options: out of memory");
	else
		ret = parse(&p, argc, argv, values, err);
	if (!ret)
		*first = optind;
	parser_free(&p);
	return ret;
}

static void help_one(const struct skw_option *opt, FILE *to)
{
	char left[64];
	int len;

	if (opt->letter)
		len = snprintf(left, sizeof(left), "  -%c, --%s", opt->letter, opt->name);
	else
		len = snprintf(left, sizeof(left), "      --%s", opt->name);
	if (opt->arg)
		snprintf(left + len, sizeof(left) - (size_t)len, " %s", opt->arg);
	fprintf(to, "%-34s %s\n", left, opt->help);
}

void skw_options_help(const struct skw_option_table *tables, size_t n, FILE *to)
{
	for (size_t i = 0; i < n; i++)
		for (size_t at = 0; at < tables[i].len; at++)
			if (tables[i].options[at].kind != SKW_OPT_REFUSED)
				help_one(&tables[i].options[at], to);
}

void skw_options_help_fields(FILE *to)
{
	struct skw_buf text = SKW_BUF_INIT;

	skw_choice_help(&text);
	if (!text.failed)
		fwrite(text.data, 1, text.len, to);
	skw_buf_free(&text);
}
