/* SPDX-License-Identifier: BSD-2-Clause */
/* The report of `skwatch check`: plain data about what works on this host. */
#ifndef SKW_UTIL_REPORT_H
#define SKW_UTIL_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SKW_CHECK_LINES_MAX 64

enum skw_check_state {
	SKW_CHECK_OK,
	SKW_CHECK_LIMITED, /* a part of it does not work, or not as well */
	SKW_CHECK_MISSING,
	SKW_CHECK_UNKNOWN, /* it could not be tried */
	SKW_CHECK_STATES
};

/* The commands that a line concerns, as bits. */
#define SKW_CHECK_CAPTURE  0x1
#define SKW_CHECK_TOP      0x2
#define SKW_CHECK_EVENTS   0x4
#define SKW_CHECK_WATCH    (SKW_CHECK_TOP | SKW_CHECK_EVENTS)
#define SKW_CHECK_ALL      (SKW_CHECK_CAPTURE | SKW_CHECK_WATCH)
#define SKW_CHECK_COMMANDS 3

/* A part that works or not. The strings are constants. */
struct skw_check_line {
	const char *section;
	const char *name;
	enum skw_check_state state;
	unsigned commands;
	/* If it is not there, the commands do not run at all. Otherwise a part of them is missing.
	 */
	bool vital;
	/* Without it the commands lack nothing. */
	bool extra;
	const char *help; /* a way to get it; NULL: none */
	char why[240];    /* empty: there is nothing to say */
};

struct skw_check {
	char version[32]; /* of this program */
	char build[240];  /* how this program was built */
	char kernel[192]; /* name, release and build of the running kernel */
	char machine[40];
	unsigned cpus;
	uint64_t memory_bytes; /* all ones: unknown */
	struct skw_check_line lines[SKW_CHECK_LINES_MAX];
	size_t len;
};

/*
 * Appends a copy of `line`, whose text `why` is made of the format. Lines beyond
 * SKW_CHECK_LINES_MAX are left out.
 */
void skw_report_add(struct skw_check *check, const struct skw_check_line *line, const char *why,
		    ...) __attribute__((format(printf, 3, 4)));

#endif
