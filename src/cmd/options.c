// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/units.h"

/* The value of the first long option for getopt_long(). It is greater than any letter. */
#define VALUE_BASE 256

static int bad_value(const struct skw_option *opt, const char *arg, const char *wanted,
		     struct skw_error *err)
{
	if (opt->letter)
		return skw_error_usage(err, "-%c: \"%s\" is not %s", opt->letter, arg, wanted);
	return skw_error_usage(err, "--%s: \"%s\" is not %s", opt->name, arg, wanted);
}

static int set_value(const struct skw_option *opt, void *values, const char *arg,
		     struct skw_error *err)
{
	void *at = (char *)values + opt->offset;

	switch (opt->kind) {
	case SKW_OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case SKW_OPT_COUNT:
		++*(unsigned *)at;
		return 0;
	case SKW_OPT_STRING:
		*(const char **)at = arg;
		return 0;
	case SKW_OPT_UINT:
		if (!skw_units_parse_uint(arg, at) || *(uint64_t *)at == 0)
			return bad_value(opt, arg, "a number above 0", err);
		return 0;
	case SKW_OPT_SIZE:
		if (!skw_units_parse_size(arg, opt->unit, at) || *(uint64_t *)at == 0)
			return bad_value(opt, arg, "a size such as 512k, 64M or 1G", err);
		return 0;
	case SKW_OPT_DURATION:
		if (!skw_units_parse_duration(arg, at) || *(uint64_t *)at == 0)
			return bad_value(opt, arg, "a time such as 500ms, 10s, 5m or 1h", err);
		return 0;
	case SKW_OPT_CALL:
		return opt->call(values, arg, err);
	}
	return -EINVAL;
}

/* The word of argv that getopt_long() did not understand. */
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

int skw_options_parse(const struct skw_option *options, size_t n, int argc, char **argv,
		      void *values, int *first, struct skw_error *err)
{
	SKW_AUTO_FREE struct option *longs = calloc(n + 1, sizeof(*longs));
	SKW_AUTO_FREE char *letters = calloc(3 * n + 2, 1);

	if (!longs || !letters)
		return skw_error_set(err, -ENOMEM, "options: out of memory");

	char *l = letters;
	*l++ = ':';
	for (size_t i = 0; i < n; i++) {
		longs[i].name = options[i].name;
		longs[i].has_arg = options[i].arg ? required_argument : no_argument;
		longs[i].val = VALUE_BASE + (int)i;
		if (options[i].letter) {
			*l++ = options[i].letter;
			if (options[i].arg)
				*l++ = ':';
		}
	}

	optind = 0; /* starts anew, even after an earlier parse */
	opterr = 0;
	for (;;) {
		int found = getopt_long(argc, argv, letters, longs, NULL);
		size_t i = 0;

		if (found == -1)
			break;
		if (found == '?' || found == ':')
			return bad_option(found, argc, argv, err);
		if (found >= VALUE_BASE)
			i = (size_t)(found - VALUE_BASE);
		else
			while (i < n && options[i].letter != found)
				i++;
		int ret = set_value(&options[i], values, optarg, err);
		if (ret)
			return ret;
	}
	*first = optind;
	return 0;
}

void skw_options_help(const struct skw_option *options, size_t n, FILE *to)
{
	for (size_t i = 0; i < n; i++) {
		char left[64];
		int len = 0;

		if (options[i].letter)
			len = snprintf(left, sizeof(left), "  -%c, --%s", options[i].letter,
				       options[i].name);
		else
			len = snprintf(left, sizeof(left), "      --%s", options[i].name);
		if (options[i].arg)
			snprintf(left + len, sizeof(left) - (size_t)len, " %s", options[i].arg);
		fprintf(to, "%-34s %s\n", left, options[i].help);
	}
}
