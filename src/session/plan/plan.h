/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of `skwatch capture`. They are checked for contradictions, but not against the
 * machine. A command fills the plan in, and a session reads it. The caller owns the strings and
 * keeps them until the session has ended.
 */
#ifndef SKW_SESSION_PLAN_H
#define SKW_SESSION_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dissect/printer.h"
#include "expr/expr.h"
#include "format/format_summary_choice.h"
#include "model/capture_plan.h"
#include "model/file_plan.h"
#include "sink/record/record_events.h"
#include "util/error.h"

enum skw_dump { SKW_DUMP_NONE, SKW_DUMP_TEXT, SKW_DUMP_C, SKW_DUMP_NUMBERS, SKW_DUMP_EBPF };

/* Events and rows of connections in a pcapng file. */
struct skw_session_events_plan {
	bool on, off;           /* --events, --no-events */
	const char *types;      /* --event-types; NULL: the default */
	uint64_t rows_every_ns; /* 0: the default */
	bool no_rows;           /* --rows-every 0 */
	/* skw_session_plan_check() sets these. */
	bool wanted;       /* events are recorded if that is permitted */
	bool asked;        /* it is an error if it is not permitted */
	uint64_t sweep_ns; /* the time between rows; 0: there are none */
	struct skw_record_events_options what;
};

/* A recording that begins before the trouble. skw_session_plan_check() fills in the defaults. */
struct skw_session_flight_plan {
	const char *on; /* --on; NULL: everything is recorded */
	const struct skw_expr_names *names;
	uint64_t pre_ns, post_ns;
	uint64_t bytes;        /* --pre-size */
	bool any;              /* --on-any */
	uint64_t slow_ns;      /* --slow: from when on a message is slow */
	uint64_t max_triggers; /* 0: no limit */
	const char *exec;      /* --exec; NULL: no command */
};

/* A capture by health. skw_session_plan_check() sets it. */
struct skw_session_where_plan {
	const char *text;      /* NULL: packets of all connections are captured */
	struct skw_expr *expr; /* owned by the plan */
};

struct skw_session_plan {
	struct skw_capture_plan capture;
	/*
	 * -y; NULL: the interface's own link type. skw_session_plan_check() sets capture.dlt by it.
	 */
	const char *dlt_name;
	/* -L */
	bool list_link_types;

	/* The files of -r and -V in their order; "-" means standard input. None: a live capture. */
	const char *const *read_files;
	size_t read_files_len;
	/* Names of interfaces that were given by their number. The capture's list points to them.
	 */
	char numbered[SKW_CAPTURE_IFACES_MAX][16];
	/* The command that is run, and whose packets are captured. NULL: there is none. */
	char *const *command;
	/* Packets do not wait in their rings. */
	bool immediate;
	bool snaplen_given; /* -s */

	/* The session stops after this number of packets and this time; 0: no limit. */
	uint64_t count;
	uint64_t duration_ns;

	/* The name is NULL if no file is written. */
	struct skw_file_plan file;
	/* "pcap" or "pcapng"; NULL: the file's name decides. */
	const char *format_name;
	/* --keylog: a TLS key log whose secrets go into the file. NULL: there is none. */
	const char *keylog;
	/* -Z; NULL: the user stays the same. */
	const char *user;

	/* For debugging: the worker's sandbox stays open. */
	bool no_sandbox;

	/* Print the packets, or only their number. */
	bool lines;
	bool count_only;
	struct skw_print_options print;
	/* Names instead of numbers: --resolve. -n, -f and -N */
	bool resolve, numeric, numeric_foreign, no_domains;
	/* A table of the connections at the end, and memory for it. */
	bool summary;
	struct skw_format_summary_choice summary_choice;
	uint64_t summary_bytes;
	/* --owner, --no-owner */
	bool owner, no_owner;
	struct skw_session_events_plan recorded;
	struct skw_session_flight_plan flight;
	/* --where without a summary */
	struct skw_session_where_plan where;
	/* Print the compiled filter and stop. */
	enum skw_dump dump;
};

/*
 * Finds options that contradict each other or would be ignored silently, and fills in the fields
 * that depend on names. Pure. Returns 0, -EINVAL with err->usage set, or -ENOMEM. In any case
 * skw_session_plan_free() is due.
 */
int skw_session_plan_check(struct skw_session_plan *plan, struct skw_error *err);

/*
 * Fills in what the words for the summary mean, which plan->summary_choice then owns. `names` as
 * for skw_expr_parse(). Returns 0, -EINVAL with err->usage set, or -ENOMEM.
 */
int skw_session_plan_summary(struct skw_session_plan *plan, const struct skw_expr_names *names,
			     struct skw_error *err);
void skw_session_plan_free(struct skw_session_plan *plan);
/* Appends the fields of a summary, for a help text. */
void skw_session_plan_summary_help(struct skw_buf *out);

/*
 * Finds out whether the output file is an input file, which would be overwritten before it is read,
 * and whether -z names a program. Returns 0, or -EINVAL with err->usage set.
 */
int skw_session_plan_check_files(const struct skw_session_plan *plan, struct skw_error *err);

#endif
