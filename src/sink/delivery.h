/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a session's packets go: into a file, onto the screen as lines, or only
 * into a count. The same for packets from the wire and from a file.
 */
#ifndef SKW_SINK_DELIVERY_H
#define SKW_SINK_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "dissect/printer.h"
#include "session/plan.h"
#include "sink/lines.h"
#include "sink/recorder.h"
#include "util/buf.h"

struct skw_delivery {
	const struct skw_capture_plan *plan;
	struct skw_recorder *recorder; /* owned; NULL: no file */
	struct skw_printer *printer;   /* owned; NULL: no lines */
	struct skw_buf lines;
	uint64_t packets; /* delivered so far */
	uint64_t lost;    /* of those, not in the files; known after skw_delivery_close() */

	/* Its interrupt_fds are set by the caller after opening. */
	struct skw_lines out;
};

enum skw_delivered { SKW_DELIVERED = 0, SKW_DELIVERED_ENOUGH = 1 };

/* `recorder` is used when the plan has a write_file. 0 or -errno. */
int skw_delivery_open(struct skw_delivery *d, const struct skw_capture_plan *plan,
		      const struct skw_recorder_options *recorder, struct skw_error *err);

/* Lines name the packets' interfaces from now on: there are several. */
void skw_delivery_several(struct skw_delivery *d);

/*
 * SKW_DELIVERED, or SKW_DELIVERED_ENOUGH when no more are wanted (with -c this packet was
 * the last, with -W it came too late and was not taken), or -errno.
 */
int skw_delivery_packet(struct skw_delivery *d, const struct skw_packet *pkt,
			const struct skw_iface *iface, struct skw_error *err);

/* No packet is at hand just now: what was held back goes out. 0 or -errno. */
int skw_delivery_pause(struct skw_delivery *d, struct skw_error *err);

/*
 * Takes one more packet of any size without waiting for the file? If not, wait for
 * skw_recorder_fd(), which becomes readable when that may have changed. Also true after an
 * error. Lines are not asked about.
 */
bool skw_delivery_ready(const struct skw_delivery *d);

/* The session is to end: a reader that has stopped is given up in two seconds, in all. */
void skw_delivery_hurry(struct skw_delivery *d);

/* Completes and closes everything. 0 or -errno. */
int skw_delivery_close(struct skw_delivery *d, uint64_t now_ns, struct skw_error *err);

#endif
