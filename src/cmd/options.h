/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options as data. A table holds the name of each option, its argument, its help and the place of
 * its value. The parser and the help both use this table.
 */
#ifndef SKW_CMD_OPTIONS_H
#define SKW_CMD_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/error.h"

enum skw_option_kind {
	SKW_OPT_FLAG,     /* bool, set to true */
	SKW_OPT_COUNT,    /* unsigned, counts how often it was given */
	SKW_OPT_STRING,   /* const char * */
	SKW_OPT_UINT,     /* uint64_t, at least 1 */
	SKW_OPT_SIZE,     /* uint64_t bytes; a number without a suffix counts `unit` bytes */
	SKW_OPT_DURATION, /* uint64_t nanoseconds */
	SKW_OPT_CALL      /* the argument is passed to `call` */
};

struct skw_option {
	char letter;      /* 0 if there is only the long name */
	const char *name; /* long name */
	const char *arg;  /* name of the argument in the help, NULL if there is none */
	const char *help;
	enum skw_option_kind kind;
	size_t offset; /* of the value in the structure given to skw_options_parse() */
	uint64_t unit; /* for SKW_OPT_SIZE */
	int (*call)(void *values, const char *arg, struct skw_error *err);
};

/*
 * Stores the values of the options of argv in `values`. *first is the index of the first word that
 * is not an option. A usage error is reported in err.
 */
int skw_options_parse(const struct skw_option *options, size_t n, int argc, char **argv,
		      void *values, int *first, struct skw_error *err);

/* Prints the list of options for a help text. */
void skw_options_help(const struct skw_option *options, size_t n, FILE *to);

#endif
