/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of the table as data, which of them a screen has room for, and the text of a
 * cell. Draws nothing.
 */
#ifndef SKW_UI_DRAW_COLUMNS_H
#define SKW_UI_DRAW_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "row/field.h"

/* In the order in which they are offered; the first ones are the default. */
enum skw_column {
	SKW_COLUMN_PID,
	SKW_COLUMN_OWNER,
	SKW_COLUMN_LOCAL,
	SKW_COLUMN_REMOTE,
	SKW_COLUMN_STATE,
	SKW_COLUMN_AGE,
	SKW_COLUMN_RX,
	SKW_COLUMN_TX,
	SKW_COLUMN_SRTT,
	SKW_COLUMN_MIN_RTT,
	SKW_COLUMN_RETRANS,
	SKW_COLUMN_RTO_COUNT,
	SKW_COLUMN_HISTORY,
	SKW_COLUMN_DEFAULTS,

	SKW_COLUMN_UID = SKW_COLUMN_DEFAULTS,
	SKW_COLUMN_CGROUP,
	SKW_COLUMN_NETNS,
	SKW_COLUMN_PROTO,
	SKW_COLUMN_LAST_RTT,
	SKW_COLUMN_RTTVAR,
	SKW_COLUMN_RTO,
	SKW_COLUMN_LOST,
	SKW_COLUMN_CWND,
	SKW_COLUMN_SSTHRESH,
	SKW_COLUMN_MSS,
	SKW_COLUMN_DELIVERY,
	SKW_COLUMN_PACING,
	SKW_COLUMN_ACKED,
	SKW_COLUMN_RECEIVED,
	SKW_COLUMN_NOTSENT,
	SKW_COLUMN_RECV_Q,
	SKW_COLUMN_SEND_Q,
	SKW_COLUMN_UNACKED,
	SKW_COLUMN_RWND_LIMITED,
	SKW_COLUMN_SNDBUF_LIMITED,
	SKW_COLUMN_CONGESTION,
	SKW_COLUMN_DROPS,
	SKW_COLUMN_REASON,
	SKW_COLUMNS
};

struct skw_column_info {
	const char *name;  /* in the settings file */
	const char *title; /* at its head */
	const char *help;  /* for the set-up */
	uint8_t field;     /* enum skw_field: what it shows and sorts by */
	struct {
		uint8_t min, good; /* the least; the least that others go for (0: as min) */
		uint8_t want;      /* all it can usually use */
	} widths;
	uint8_t stays; /* those with the lowest go first; 255: never */
	bool left;     /* aligned */
};

extern const struct skw_column_info skw_columns[SKW_COLUMNS];

/* By name; SKW_COLUMNS: none. */
enum skw_column skw_column_find(const char *name, size_t len);
/* The default column that sorts by this field, or any other; SKW_COLUMNS: none. */
enum skw_column skw_column_by_field(enum skw_field field);

/* A layout has at most so many columns. */
#define SKW_LAYOUT_COLUMNS 32

/* Where columns stand. Works for any columns that have widths. */
struct skw_layout {
	struct skw_placed {
		uint8_t column;
		int x, width;
	} at[SKW_LAYOUT_COLUMNS];
	size_t len;
	int width; /* all together */
};

/*
 * Places `n` columns of `infos` from x on, one blank between two, in at most `width`. Those
 * that have no room are left out: which, is decided by `stays`. What is left over goes to
 * the columns that want more, the longest-staying first. want[] (by place in ids; NULL, or 0: the
 * infos') overrides what they want; what is beyond the infos' is given last.
 */
void skw_layout_make(struct skw_layout *l, const struct skw_column_info *infos, const uint8_t *ids,
		     size_t n, const uint8_t *want, int x, int width);

/* What is known of the screen when a cell is made. */
struct skw_cell_env {
	uint64_t now_ns;
	bool utf8;
};

/*
 * The text of one cell, at most `width` columns, UTF-8 or as it came from the system: whoever
 * draws it makes it harmless. `out` holds `size` bytes; width * 4 + 64 are enough.
 */
void skw_column_text(enum skw_column column, const struct skw_row *row,
		     const struct skw_cell_env *env, int width, char *out, size_t size);

/* A state as it is shown, a closed row's reason instead; short. */
const char *skw_column_state(const struct skw_row *row);

/* "nginx", "nginx+3" with three more holders, "--". `out` holds SKW_COLUMN_OWNER_SIZE. */
#define SKW_COLUMN_OWNER_SIZE 32
const char *skw_column_owner(const struct skw_row *row, char *out);

#endif
