/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The columns of the table as data, and the text of a cell. Nothing is drawn here.
 */
#ifndef SKW_UI_DRAW_COLUMNS_H
#define SKW_UI_DRAW_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "row/field.h"

/* The order is that of the list where the user chooses columns. The first ones are the default. */
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
	SKW_COLUMN_RX_PPS,
	SKW_COLUMN_TX_PPS,
	SKW_COLUMN_DROP_RATE,
	SKW_COLUMN_PACKETS_IN,
	SKW_COLUMN_PACKETS_OUT,
	SKW_COLUMN_QUIC,
	SKW_COLUMN_REASON,
	SKW_COLUMN_APP,
	SKW_COLUMN_REQ_RATE,
	SKW_COLUMN_LATENCY_P99,
	SKW_COLUMN_ERRORS,
	SKW_COLUMN_REQUESTS,
	SKW_COLUMNS
};

/* Columns below this number go before an address is cut. */
#define SKW_COLUMN_LEAVES 55
/* Columns from this number on are never left out. */
#define SKW_COLUMN_STAYS 250

struct skw_column_info {
	const char *name;  /* in the settings file */
	const char *title; /* on the screen */
	const char *help;  /* in the list of columns */
	uint8_t field;     /* enum skw_field that it shows and sorts by */
	struct {
		/* The least width, and the least width while other columns can be left out (0:
		 * min). */
		uint8_t min, good;
		uint8_t want; /* the width that is usually enough */
	} widths;
	/* Columns with the lowest number are left out first. */
	uint8_t stays;
	bool left; /* aligned left */
};

extern const struct skw_column_info skw_columns[SKW_COLUMNS];

/* Finds a column by its name. SKW_COLUMNS if there is none. */
enum skw_column skw_column_find(const char *name, size_t len);
/*
 * The first column that sorts by this field, so a default column if there is one. SKW_COLUMNS if
 * there is none.
 */
enum skw_column skw_column_by_field(enum skw_field field);

/* The other values that the text of a cell depends on. */
struct skw_cell_env {
	uint64_t now_ns;
	bool utf8;
};

/*
 * Writes the text of a cell, in at most `width` columns, as UTF-8 or as the system gave it. The
 * text may contain control characters, so it must be drawn with skw_paint_text(). `out` holds
 * `size` bytes; width * 4 + 64 bytes are enough.
 */
void skw_column_text(enum skw_column column, const struct skw_row *row,
		     const struct skw_cell_env *env, int width, char *out, size_t size);

/*
 * Writes "nginx", or "nginx+3" if three more processes hold the socket, or "--" if nothing is
 * known. `out` holds SKW_COLUMN_OWNER_SIZE bytes. Returns out.
 */
#define SKW_COLUMN_OWNER_SIZE 32
const char *skw_column_owner(const struct skw_row *row, char *out);

#endif
