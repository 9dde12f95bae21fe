/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the screen remembers from one run to the next, in $XDG_CONFIG_HOME/skwatch/top (or
 * ~/.config/skwatch/top): lines of "key = value", unknown keys left alone.
 */
#ifndef SKW_UI_SETTINGS_H
#define SKW_UI_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "row/field.h"
#include "ui/draw/columns.h"
#include "util/error.h"
#include "view/view.h"

#define SKW_SETTINGS_FILTER 256

struct skw_settings {
	enum skw_field sort;
	bool ascending;
	enum skw_group group;
	bool listeners;
	/* Never saved, because a forgotten filter hides trouble. */
	char filter[SKW_SETTINGS_FILTER];
	/* enum skw_column, from left to right. */
	uint8_t columns[SKW_LAYOUT_COLUMNS];
	/* 0: the default columns. */
	uint8_t columns_len;
};

void skw_settings_default(struct skw_settings *s);
/* What is there; a missing file is no error, a bad line is skipped and counted in *skipped. */
int skw_settings_load(struct skw_settings *s, unsigned *skipped);
/*
 * What was changed between `before` and `after` goes into *s: choices that somebody made on the
 * screen are kept, what only this run's options said is not. Whether anything was.
 */
bool skw_settings_merge(struct skw_settings *s, const struct skw_settings *before,
			const struct skw_settings *after);

/* Written beside and renamed. 0 or -errno. */
int skw_settings_save(const struct skw_settings *s);

#endif
