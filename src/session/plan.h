/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the user asked of `skwatch capture`, checked for sense but not against the machine. A
 * command fills it in, a session reads it. Strings belong to the caller and outlive the session.
 */
#ifndef SKW_SESSION_PLAN_H
#define SKW_SESSION_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "dissect/printer.h"
#include "model/capture_plan.h"
#include "model/file_plan.h"
#include "util/error.h"

enum skw_dump { SKW_DUMP_NONE, SKW_DUMP_TEXT, SKW_DUMP_C, SKW_DUMP_NUMBERS, SKW_DUMP_EBPF };

struct skw_session_plan {
	struct skw_capture_plan capture;
	/* -y; NULL: the interface's own link type. The check makes capture.dlt of it. */
	const char *dlt_name;
	/* -L */
	bool list_link_types;

	/* NULL: a live capture; "-" is standard input. */
	const char *read_file;

	/* Stop after so many packets, after so long; 0: no limit. */
	uint64_t count;
	uint64_t duration_ns;

	/* Its name is NULL where nothing is written. */
	struct skw_file_plan file;
	/* pcap or pcapng; NULL: what the file's name says. */
	const char *format_name;
	/* -Z; NULL: the user stays. */
	const char *user;

	/* Print packets; or only say how many there were. */
	bool lines;
	bool count_only;
	struct skw_print_options print;
	/* Print the compiled filter and stop. */
	enum skw_dump dump;
};

/*
 * Finds what contradicts itself, or would be ignored without a word, and fills in what follows
 * from names. Pure: a usage error, or 0.
 */
int skw_session_plan_check(struct skw_session_plan *plan, struct skw_error *err);

/*
 * Looks at the machine: overwritten before it is read to its end, the input would be lost. A usage
 * error if the output is the input, or 0.
 */
int skw_session_plan_check_files(const struct skw_session_plan *plan, struct skw_error *err);

#endif
