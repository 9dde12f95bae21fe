/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options as data: a table says what each is called, what it takes, what the
 * help says and where its value goes. The parser and the help both read it.
 */
#ifndef SKW_CMD_OPTIONS_H
#define SKW_CMD_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/error.h"

enum skw_option_kind {
	SKW_OPT_FLAG,     /* bool: becomes true */
	SKW_OPT_COUNT,    /* unsigned: how often it was given */
	SKW_OPT_STRING,   /* const char * */
	SKW_OPT_UINT,     /* uint64_t, at least 1 */
	SKW_OPT_SIZE,     /* uint64_t bytes; a number alone counts `unit` bytes */
	SKW_OPT_DURATION, /* uint64_t nanoseconds */
	SKW_OPT_CALL      /* handed to `call` */
};

struct skw_option {
	char letter;      /* 0: only long */
	const char *name; /* long name */
	const char *arg;  /* name of the argument in the help, NULL if it takes none */
	const char *help;
	enum skw_option_kind kind;
	size_t offset; /* of the value in what skw_options_parse() is given */
	uint64_t unit; /* SKW_OPT_SIZE */
	int (*call)(void *values, const char *arg, struct skw_error *err);
};

/*
 * Sets what argv asks for in `values`. *first is the index of the first word that is
 * no option. Wrong usage is told in err.
 */
int skw_options_parse(const struct skw_option *options, size_t n, int argc, char **argv,
		      void *values, int *first, struct skw_error *err);

/* The list of options for a help text. */
void skw_options_help(const struct skw_option *options, size_t n, FILE *to);

#endif
