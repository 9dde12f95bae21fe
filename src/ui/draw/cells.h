/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text from anywhere as cells of a terminal. Names of processes and cgroups are chosen by
 * strangers: control characters, characters without a width and broken UTF-8 become '?'.
 * Without UTF-8 everything beyond ASCII does, one '?' each.
 */
#ifndef SKW_UI_DRAW_CELLS_H
#define SKW_UI_DRAW_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* No line on the screen is longer. */
#define SKW_CELLS_MAX 1024

/*
 * At most `width` columns of `text` into `out`, which holds `width` + 1 characters. Returns the
 * columns that are used. With `utf8` the locale must be a UTF-8 one.
 */
int skw_cells_make(wchar_t *out, int width, const char *text, bool utf8);

/* The columns of the whole text, at most SKW_CELLS_MAX. */
int skw_cells_width(const char *text, bool utf8);

/*
 * An endpoint in `width` columns: what does not fit is left out of the middle of its address, as
 * the port is what people look for. ASCII in, UTF-8 out if `utf8`. `out` holds `size` bytes.
 */
void skw_cells_elide(char *out, size_t size, const char *endpoint, int width, bool utf8);

#endif
