/* SPDX-License-Identifier: BSD-2-Clause */
/* The recording of bypass: what was moved past TCP, in a pcapng file, as packets made for it. */
#ifndef SKW_ACT_BYPASS_FILE_H
#define SKW_ACT_BYPASS_FILE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/bypass.h"
#include "loop/sink.h"
#include "util/error.h"

struct skw_bypass_file;

/*
 * Makes the recording, and creates nothing. `name` must stay. The caller frees *out. Returns 0, or
 * -errno with err filled.
 */
int skw_bypass_file_new(const char *name, struct skw_bypass_file **out, struct skw_error *err);
void skw_bypass_file_free(struct skw_bypass_file *f); /* NULL allowed */

/* Creates the file, which the user who runs the program owns. Returns 0, or -errno with err. */
int skw_bypass_file_create(struct skw_bypass_file *f, struct skw_error *err);

/* Writes the packets. It must be a sink of the loop. */
struct skw_sink skw_bypass_file_sink(struct skw_bypass_file *f);

/*
 * Takes a record of any type, from the loop's `take`. Returns 0, or -errno with err filled. If
 * skw_bypass_file_is_held() then, call skw_bypass_file_go_on() before the next record.
 */
int skw_bypass_file_take(struct skw_bypass_file *f, struct skw_loop *loop, const void *record,
			 size_t len, struct skw_error *err);
bool skw_bypass_file_is_held(const struct skw_bypass_file *f, uint64_t *ts_ns);
int skw_bypass_file_go_on(struct skw_bypass_file *f, struct skw_error *err);

/* Tells the figures. `c` has the kernel's. */
void skw_bypass_file_report(const struct skw_bypass_file *f, const struct skw_bypass_counters *c,
			    bool final);

#endif
