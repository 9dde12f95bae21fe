/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The settings that Wireshark's dialog has for an interface. Each is an option of the program, and
 * a sentence of the extcap protocol. Source: Wireshark, doc/extcap.adoc.
 */
#ifndef SKW_CMD_DIALOG_H
#define SKW_CMD_DIALOG_H

#include "cmd/options.h"
#include "session/plan/plan.h"
#include "util/buf.h"

/* The choices of the user. The options of the table write into it. */
struct skw_dialog {
	struct skw_session_plan plan;
	const char *capture_filter; /* that of Wireshark's list, which is no setting */
	const char *filter;
	const char *pids, *comms; /* lists with commas */
	const char *cgroup;
	/* Owned; the plan points to them. */
	char *words;
	struct skw_buf text;
};

extern const struct skw_option_table skw_dialog_settings;

/*
 * Fills in what the plan takes from the settings. Packets must match both filters. The caller calls
 * skw_dialog_free(), also after an error. Returns 0, -EINVAL with err->usage set, or -ENOMEM.
 */
int skw_dialog_take(struct skw_dialog *d, struct skw_error *err);
void skw_dialog_free(struct skw_dialog *d);

/* Prints the settings of this interface, and their values. Returns 0 or -errno with err filled. */
int skw_dialog_print(const char *interface, struct skw_error *err);
/*
 * Prints the values that a setting has now, for Wireshark's button to read them again. `setting` is
 * its option, with or without dashes. Prints nothing if its values do not change.
 */
int skw_dialog_print_again(const char *interface, const char *setting, struct skw_error *err);

#endif
