/* SPDX-License-Identifier: BSD-2-Clause */
/* The program of a pattern. Internal to expr_regex.c and expr_regex_parse.c. */
#ifndef SKW_EXPR_EXPR_REGEX_CODE_H
#define SKW_EXPR_EXPR_REGEX_CODE_H

#include <stdbool.h>
#include <stdint.h>

/* The largest program, and the largest number of ranges of all its sets. */
#define SKW_REGEX_CODE   1000
#define SKW_REGEX_RANGES 256

enum skw_regex_op {
	SKW_REGEX_CHAR,
	SKW_REGEX_ANY,
	SKW_REGEX_SET,
	SKW_REGEX_SPLIT, /* goes on at both places */
	SKW_REGEX_JUMP,
	SKW_REGEX_BEGIN, /* goes on only at the begin of the text */
	SKW_REGEX_END,
	SKW_REGEX_MATCH,
};

struct skw_regex_insn {
	uint8_t op; /* enum skw_regex_op */
	union {
		uint32_t c;    /* CHAR */
		int32_t to[2]; /* SPLIT, JUMP: relative to this place; 0: none */
		struct {       /* SET */
			uint16_t first, len;
			bool negate;
		} set;
	};
};

struct skw_regex_range {
	uint32_t first, last;
};

struct skw_expr_regex {
	struct skw_regex_insn *code;    /* owned */
	struct skw_regex_range *ranges; /* owned; NULL if there is no set */
};

#endif
