/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The name of the file of a trigger, and what its command is told, from a template such as
 *
 *   why-%Y%m%d-%H%M%S-%{comm}-%{event}.pcapng
 *
 * Fields in braces come from the trigger. The others are those of strftime(3), with its local time.
 * Strangers choose the values of fields: only letters, digits and "._+-" of them get into a name,
 * and no name begins with a dot or goes into another folder because of them. Pure.
 */
#ifndef SKW_OUT_TRIGGER_NAME_H
#define SKW_OUT_TRIGGER_NAME_H

#include <limits.h>

#include "model/file_trigger.h"
#include "util/error.h"

struct skw_trigger_name {
	const char *template; /* borrowed */
	const struct skw_file_trigger *trigger;
	const char *event; /* the trigger in the user's words */
	struct skw_file_trigger_made made;
};

/*
 * Whether files can have names of this template, however long the values are; `event` is the
 * longest. Returns 0, or -EINVAL with err->usage set.
 */
int skw_trigger_name_check(const char *template, const char *event, struct skw_error *err);

/* The whole name, with the folder. Returns 0, -ENAMETOOLONG or -EINVAL. */
int skw_trigger_name_make(const struct skw_trigger_name *n, char name[PATH_MAX]);

/* The name of the file in its folder: a part of `name`. */
const char *skw_trigger_name_base(const char *name);

/* The number of the variables below. */
#define SKW_TRIGGER_NAME_VARIABLES 10
#define SKW_TRIGGER_NAME_TEXT      128

/* The environment of a command: SKWATCH_COMM=curl and so on, with NULL at the end. */
struct skw_trigger_name_environment {
	char texts[SKW_TRIGGER_NAME_VARIABLES - 1][SKW_TRIGGER_NAME_TEXT];
	char file[PATH_MAX + 32];
	const char *list[SKW_TRIGGER_NAME_VARIABLES + 1];
};

/* `file` is the name that the command gets. */
void skw_trigger_name_tell(const struct skw_trigger_name *n, const char *file,
			   struct skw_trigger_name_environment *env);

#endif
