/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A capture by health: which connections match an expression, and which of them are in the capture.
 * Both are told apart, as packets come later than what is known of their connections. Pure.
 */
#ifndef SKW_JOIN_HEALTH_H
#define SKW_JOIN_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "expr/expr.h"
#include "model/row.h"

/* A connection that was closed leaves after this time, as its last packets are still to come. */
#define SKW_HEALTH_CLOSED_NS 2000000000ULL

struct skw_health;

enum skw_health_change { SKW_HEALTH_NONE, SKW_HEALTH_ENTERS, SKW_HEALTH_LEAVES };

/* A row by its place in the table, and its cookie. */
struct skw_health_row {
	uint32_t place;
	uint64_t cookie;
};

/* `expr` is borrowed. NULL: memory is short. The caller frees it. */
struct skw_health *skw_health_new(const struct skw_expr *expr);
void skw_health_free(struct skw_health *h); /* NULL is allowed */

/*
 * A row of the table has changed, or a sweep is over and tells all rows: what becomes of it by its
 * figures at this time (CLOCK_MONOTONIC). Each change is told once. A row without a cookie, which
 * is a connection that nobody has accepted, never enters. If memory is short, neither does another.
 */
enum skw_health_change skw_health_look(struct skw_health *h, const struct skw_row *row,
				       uint64_t now_ns);
/*
 * Around the rows of a sweep. After them, the second finds one that has left as it is no longer in
 * the table: *bare gets its cookie, tuple and namespace. False: there is no other.
 */
void skw_health_begin(struct skw_health *h);
bool skw_health_gone(struct skw_health *h, struct skw_row *bare, struct skw_health_row *at);

struct skw_health_row skw_health_row_of(const struct skw_row *row);
/* The packets of this row are wanted from now on, or no longer. */
void skw_health_set(struct skw_health *h, struct skw_health_row row, bool in);
bool skw_health_has(const struct skw_health *h, const struct skw_row *row);

#endif
