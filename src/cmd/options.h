/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options as data. A table holds each option's name, its argument, its help and the place of its
 * value. The parser and the help both read the tables.
 */
#ifndef SKW_CMD_OPTIONS_H
#define SKW_CMD_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/error.h"

enum skw_option_kind {
	SKW_OPT_IGNORED, /* accepted, but has no effect */
	SKW_OPT_FLAG,    /* sets a bool to true */
	/*
	 * An unsigned or an enum: the first use sets it to at least min, each further use adds 1,
	 * up to max.
	 */
	SKW_OPT_LEVEL,
	SKW_OPT_STRING, /* sets a const char * */
	SKW_OPT_UINT,   /* sets a uint64_t, from 1 to max (0: no limit) */
	SKW_OPT_UINT32, /* sets a uint32_t or an unsigned, with the same limits */
	/* Sets a uint64_t in bytes, up to max. A number without a unit counts `unit` bytes. */
	SKW_OPT_SIZE,
	SKW_OPT_DURATION, /* sets a uint64_t in nanoseconds, from min to max */
	SKW_OPT_CHOICE,   /* sets an enum to min plus the index in `words` */
	SKW_OPT_CALL,     /* calls `call`, with NULL if the option takes no argument */
	/* An option of another program. `help` is the reason for a message; the help omits it. */
	SKW_OPT_REFUSED
};

struct skw_option {
	/* 0: the option has only the long name. */
	char letter;
	/* NULL: the option has only a letter. */
	const char *name;
	/* The name of the argument in the help. NULL: the option takes no argument. */
	const char *arg;
	const char *help;
	enum skw_option_kind kind;
	/* The offset of the value in the struct that skw_options_parse() fills. */
	size_t offset;
	uint64_t min, max;
	/* For SKW_OPT_SIZE; 0 means 1. */
	uint64_t unit;
	/*
	 * The limits for a message: "64G" or "1000 files", and with a min "0.1 seconds to a day".
	 */
	const char *limits;
	/* For SKW_OPT_CHOICE; the last is NULL. */
	const char *const *words;
	int (*call)(void *values, const char *arg, struct skw_error *err);
};

/* The options that each command has. The arguments are the offsets of their values. */
#define SKW_OPTION_HELP(at)                                                                        \
	{                                                                                          \
		.letter = 'h', .name = "help", .help = "print this summary", .kind = SKW_OPT_FLAG, \
		.offset = (at)                                                                     \
	}
#define SKW_OPTION_VERSION(at)                                                                     \
	{                                                                                          \
		.letter = 'V', .name = "version", .help = "print the version",                     \
		.kind = SKW_OPT_FLAG, .offset = (at)                                               \
	}

/* Each command that has a sandbox. */
#define SKW_OPTION_NO_SANDBOX(at)                                                                  \
	{                                                                                          \
		.name = "no-sandbox", .help = "leave the sandbox open, to debug skwatch",          \
		.kind = SKW_OPT_FLAG, .offset = (at)                                               \
	}

/* A group of options. A command has one or more tables, and the help has the same order. */
struct skw_option_table {
	const struct skw_option *options;
	size_t len;
};

/*
 * Sets the options of argv in `values`. *first becomes the index of the first word that is not an
 * option. Returns 0, -EINVAL with err->usage set if the options are wrong, or another -errno.
 */
int skw_options_parse(const struct skw_option_table *tables, size_t n, int argc, char **argv,
		      void *values, int *first, struct skw_error *err);

/* Prints the list of options for a help text. */
void skw_options_help(const struct skw_option_table *tables, size_t n, FILE *to);

/* The fields of rows, for the help text of a command whose options name them. */
void skw_options_help_fields(FILE *to);

#endif
