/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the user asked of a capture, checked for sense but not against the
 * machine. A command fills it in, a session reads it. Strings belong to the
 * caller and outlive the session.
 */
#ifndef SKW_SESSION_PLAN_H
#define SKW_SESSION_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dissect/printer.h"
#include "model/packet.h"
#include "out/name.h"
#include "util/error.h"

enum skw_dump { SKW_DUMP_NONE, SKW_DUMP_TEXT, SKW_DUMP_C, SKW_DUMP_NUMBERS, SKW_DUMP_EBPF };

#define SKW_PLAN_IFACES_MAX 64

struct skw_capture_plan {
	const char *ifaces[SKW_PLAN_IFACES_MAX];
	size_t ifaces_len;            /* 0: any */
	const char *filter;           /* never NULL; "" takes everything */
	enum skw_direction direction; /* SKW_DIR_UNKNOWN: both */
	bool no_promiscuous;
	const char *dlt_name; /* -y; NULL: the interface's own */
	int dlt;              /* of dlt_name; -1: the interface's own. From the check */
	bool list_link_types; /* -L */
	uint32_t snaplen;
	uint64_t ring_bytes;
	unsigned rings; /* 0: as many as fit the machine */

	const char *read_file; /* NULL: live; "-" is standard input */

	uint64_t count;       /* stop after so many packets; 0: no limit */
	uint64_t duration_ns; /* stop after so long; 0: no limit */

	const char *write_file;      /* NULL: none; "-" is standard output */
	const char *format_name;     /* pcap or pcapng; NULL: what write_file's name says */
	enum skw_file_format format; /* this and the next from the check */
	enum skw_compression compression;
	bool nano;             /* time stamps in the file */
	bool packet_buffered;  /* -U */
	uint64_t rotate_bytes; /* -C; 0: never */
	uint64_t rotate_s;     /* -G; 0: never */
	unsigned files_max;    /* -W; 0: no limit */
	const char *command;   /* -z; NULL: none */
	const char *user;      /* -Z; NULL: stay */

	bool lines;      /* print packets */
	bool count_only; /* --count: only say how many there were */
	struct skw_print_options print;
	enum skw_dump dump; /* print the compiled filter and stop */
};

/*
 * Finds what contradicts itself, or would be ignored without a word, and fills in
 * what follows from names. Looks at the machine only to see that input and output
 * differ. A usage error, or 0.
 */
int skw_capture_plan_check(struct skw_capture_plan *plan, struct skw_error *err);

#endif
