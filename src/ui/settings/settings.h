/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The settings that the screen keeps from one run to the next. They are stored in
 * $XDG_CONFIG_HOME/skwatch/top, or ~/.config/skwatch/top, as lines of "key = value". Unknown keys
 * are kept.
 */
#ifndef SKW_UI_SETTINGS_H
#define SKW_UI_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "row/field.h"
#include "ui/draw/ask.h"
#include "ui/draw/columns.h"
#include "ui/draw/layout.h"
#include "util/error.h"
#include "view/view.h"

#define SKW_SETTINGS_FILTER SKW_ASK_SIZE

struct skw_settings {
	enum skw_field sort;
	bool ascending;
	enum skw_group group;
	bool listeners;
	bool datagrams; /* counted, and shown */
	bool messages;  /* seen, and shown */
	bool names;     /* of remote addresses, likewise */
	/* Never saved, because a forgotten filter hides problems. */
	char filter[SKW_SETTINGS_FILTER];
	/* enum skw_column, from left to right. */
	uint8_t columns[SKW_LAYOUT_COLUMNS];
	/* 0 means the default columns. */
	uint8_t columns_len;
};

void skw_settings_default(struct skw_settings *s);
/*
 * Reads the settings of the file into *s. A missing file is no error. A bad line is skipped and
 * counted in *skipped. 0 or -errno.
 */
int skw_settings_load(struct skw_settings *s, unsigned *skipped);
/* Whether the user changed anything that is saved. */
bool skw_settings_differ(const struct skw_settings *before, const struct skw_settings *after);
/*
 * Copies to *s what differs between `before` and `after`. So the choices that the user made on the
 * screen are saved, but not the options of this run.
 */
void skw_settings_merge(struct skw_settings *s, const struct skw_settings *before,
			const struct skw_settings *after);
/* Whether all numbers are in their ranges, for settings that came from another process. */
bool skw_settings_are_valid(const struct skw_settings *s);

/* Writes a new file beside the old one and renames it. 0 or -errno. */
int skw_settings_save(const struct skw_settings *s);

#endif
