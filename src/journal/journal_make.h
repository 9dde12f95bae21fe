/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events and rows of connections, as entries of a systemd journal in its export format, which a
 * pcapng file has as blocks between its packets. An entry has a message for people and each field
 * that is known, exactly: SKWATCH_ and the name that it has in JSON. doc/FORMATS.md lists them.
 * Source: systemd, docs/JOURNAL_EXPORT_FORMATS.md.
 *
 * Each function appends one entry; out->failed is set if memory runs out.
 */
#ifndef SKW_JOURNAL_JOURNAL_MAKE_H
#define SKW_JOURNAL_JOURNAL_MAKE_H

#include "format/format.h"
#include "model/event.h"
#include "util/buf.h"

/* An event, with all that is known of its connection. */
void skw_journal_event(struct skw_buf *out, const struct skw_event *event,
		       const struct skw_format_env *env);

/* Its message alone, "RTO #1 after 204 ms, cwnd 10 -> 1: nginx[12] 10.0.0.1:80 < 10.0.0.2:4242". */
void skw_journal_message(struct skw_buf *out, const struct skw_event *event,
			 const struct skw_format_env *env);

/* A row as a sweep has left it. real_ns is the place of the entry among the packets. */
void skw_journal_row(struct skw_buf *out, const struct skw_row *row, uint64_t real_ns,
		     const struct skw_format_env *env);

/* A row of this socket, which was written before, is no longer there. */
void skw_journal_gone(struct skw_buf *out, uint64_t cookie, uint64_t real_ns);

/* The end of a sweep, whose rows came before it. */
struct skw_journal_sweep {
	uint64_t ts_ns;       /* CLOCK_MONOTONIC */
	uint64_t interval_ns; /* between sweeps */
	uint64_t rows;        /* that there are */
	uint64_t changed;     /* that were written for this sweep, as they have changed */
	uint64_t left;        /* that have changed and come with a later sweep */
	uint64_t events;      /* since the start, and those that were lost of them */
	uint64_t events_lost;
	uint32_t netns;
};
void skw_journal_sweep(struct skw_buf *out, const struct skw_journal_sweep *sweep, uint64_t real_ns,
		       const struct skw_format_env *env);

#endif
