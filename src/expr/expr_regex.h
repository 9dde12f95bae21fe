/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Patterns for names. Strangers choose the names, so matching takes no memory, and a time that is
 * at most the length of the pattern times that of the name, whatever both are. Internal to this
 * room.
 *
 * The language is that of POSIX extended regular expressions (regex(7)) with characters of UTF-8,
 * \d \s \w and their opposites, and without back-references.
 */
#ifndef SKW_EXPR_EXPR_REGEX_H
#define SKW_EXPR_EXPR_REGEX_H

#include <stdbool.h>

struct skw_expr_regex;

/*
 * Compiles a regular expression. The caller frees *out. 0, -ENOMEM, or -EINVAL with *why set to a
 * text that is not to be freed.
 */
int skw_expr_regex_compile(const char *pattern, struct skw_expr_regex **out, const char **why);
/* The same for a glob: * ? [abc] [!abc], and a backslash before a character that means itself. */
int skw_expr_regex_glob(const char *pattern, struct skw_expr_regex **out, const char **why);
/* NULL is allowed. */
void skw_expr_regex_free(struct skw_expr_regex *r);

/* Whether a regular expression matches a part of the text, or a glob the whole text. */
bool skw_expr_regex_matches(const struct skw_expr_regex *r, const char *text);

/* Whether a text has a character that is special in a glob. */
bool skw_expr_regex_is_glob(const char *text);

#endif
