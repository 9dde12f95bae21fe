/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options as data: tables say what each option is called, what it takes, what the help says and
 * where its value goes. The parser and the help both read them.
 */
#ifndef SKW_CMD_OPTIONS_H
#define SKW_CMD_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/error.h"

enum skw_option_kind {
	SKW_OPT_IGNORED,  /* accepted, changes nothing */
	SKW_OPT_FLAG,     /* bool: becomes true */
	SKW_OPT_LEVEL,    /* unsigned or an enum: at least min, one more each time, at most max */
	SKW_OPT_STRING,   /* const char * */
	SKW_OPT_UINT,     /* uint64_t, from 1 to max (0: no limit) */
	SKW_OPT_UINT32,   /* uint32_t or unsigned, likewise */
	SKW_OPT_SIZE,     /* uint64_t bytes up to max; a number alone counts `unit` bytes */
	SKW_OPT_DURATION, /* uint64_t nanoseconds from min to max */
	SKW_OPT_CHOICE,   /* an enum: which of `words` it is */
	SKW_OPT_CALL      /* handed to `call` */
};

struct skw_option {
	/* 0: there is only the long name. */
	char letter;
	const char *name;
	/* Name of the argument in the help; NULL: the option takes none. */
	const char *arg;
	const char *help;
	enum skw_option_kind kind;
	/* Where its value is in what skw_options_parse() is given. */
	size_t offset;
	uint64_t min, max;
	/* SKW_OPT_SIZE; 0: 1. */
	uint64_t unit;
	/* For people: "64G", "1000 files"; "0.1 seconds to a day" where there is a min. */
	const char *limits;
	/* SKW_OPT_CHOICE: ends with NULL. */
	const char *const *words;
	int (*call)(void *values, const char *arg, struct skw_error *err);
};

/* Options that belong together. A command has one or more tables; the help keeps their order. */
struct skw_option_table {
	const struct skw_option *options;
	size_t len;
};

/*
 * Sets what argv asks for in `values`. *first is the index of the first word that is no option.
 * Wrong usage is told in err.
 */
int skw_options_parse(const struct skw_option_table *tables, size_t n, int argc, char **argv,
		      void *values, int *first, struct skw_error *err);

/* The list of options for a help text. */
void skw_options_help(const struct skw_option_table *tables, size_t n, FILE *to);

#endif
