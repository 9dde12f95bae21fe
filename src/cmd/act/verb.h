/* SPDX-License-Identifier: BSD-2-Clause */
/* The options that all verbs that act have. */
#ifndef SKW_CMD_ACT_VERB_H
#define SKW_CMD_ACT_VERB_H

#include "act/session.h"
#include "cmd/options.h"
#include "model/pin.h"

/* A request begins with this, so that the table below can fill it. */
struct skw_verb_request {
	struct skw_act_options options;
	bool help, version;
};

/* For the commands that look at pins. The argument is the offset of the value. */
#define SKW_VERB_OPTION_BPFFS(at)                                                                  \
	{                                                                                          \
		.name = "bpffs", .arg = "DIR",                                                     \
		.help = "the folder of the pins, in a BPF file system (default " SKW_PINS_DIR ")", \
		.kind = SKW_OPT_STRING, .offset = (at)                                             \
	}

/* --dry-run, --json, -c, --duration, --no-sandbox, --help, --version. */
extern const struct skw_option_table skw_verb_common_table;
/* --pin, --bpffs. */
extern const struct skw_option_table skw_verb_pin_table;

/* The help text of a verb. */
struct skw_verb_words {
	const char *usage;    /* the arguments behind the verb's name */
	const char *summary;  /* its purpose, and its effect on applications */
	const char *examples; /* lines */
};

/*
 * Parses the options by all these tables. Prints the help or the version if that was asked for, and
 * then *done is true. Returns 0, or -EINVAL with err->usage set.
 */
int skw_verb_parse(const struct skw_verb_words *words, const struct skw_option_table *tables,
		   size_t n, int argc, char **argv, struct skw_verb_request *r, int *first,
		   bool *done, struct skw_error *err);

#endif
