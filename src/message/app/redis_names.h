/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of commands, codes of errors and pushes of Redis. Only what is in these lists, or has the
 * form of a command's name, is shown without --content.
 */
#ifndef SKW_MESSAGE_APP_REDIS_NAMES_H
#define SKW_MESSAGE_APP_REDIS_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message/recogniser.h"
#include "util/bytes.h"

#define SKW_REDIS_NAME_MAX 31

/* The first bytes of a word of which more is not of interest. A zeroed struct is empty. */
struct skw_redis_name {
	char text[SKW_REDIS_NAME_MAX];
	uint8_t len; /* above the maximum: it was longer, or has a hole */
};

void skw_redis_name_add(struct skw_redis_name *n, struct skw_bytes b);
/* In capital letters, if it may be the name of a command. */
bool skw_redis_name_is_command(struct skw_redis_name *n);
/* Also capital letters. The command has this subcommand. */
bool skw_redis_name_is_sub(const struct skw_redis_name *command, struct skw_redis_name *sub);
/* It is in the list, see message/app/words.h. */
bool skw_redis_name_in(const struct skw_redis_name *n, const char *list);

extern const char skw_redis_names_errors[];
extern const char skw_redis_names_simple[];    /* statuses */
extern const char skw_redis_names_secret[];    /* commands whose arguments can be passwords */
extern const char skw_redis_names_subscribe[]; /* commands that switch to pushes, and back */
extern const char skw_redis_names_confirm[];   /* the pushes that answer them */
extern const char skw_redis_names_pushes[];    /* all the others */

/* The bytes are the begin of a request, of an inline command, of an answer; CLIENT_0: they are. */
enum skw_recogniser_verdict skw_redis_names_request(struct skw_bytes b, bool common_only);
enum skw_recogniser_verdict skw_redis_names_inline(struct skw_bytes b);
enum skw_recogniser_verdict skw_redis_names_answer(struct skw_bytes b);

#endif
