/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turns text of any origin into cells of a terminal. Any user can choose the name of a process or a
 * cgroup, so control characters, characters without a width and broken UTF-8 become '?'. Without
 * UTF-8, each character beyond ASCII becomes '?'.
 */
#ifndef SKW_UI_DRAW_CELLS_H
#define SKW_UI_DRAW_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* The longest line that is drawn, in columns. */
#define SKW_CELLS_MAX 1024

/*
 * Writes at most `width` columns of `text` into `out`, which holds `width` + 1 characters. Returns
 * the number of columns used. With `utf8`, the locale must be a UTF-8 locale.
 */
int skw_cells_make(wchar_t *out, int width, const char *text, bool utf8);

/* The number of columns that the whole text takes, at most SKW_CELLS_MAX. */
int skw_cells_width(const char *text, bool utf8);

/*
 * Fits an endpoint into `width` columns. An endpoint that is too long loses the middle of its
 * address and keeps its port, because people look for the port. The input is ASCII, the output is
 * UTF-8 if `utf8`. `out` holds `size` bytes.
 */
void skw_cells_elide(char *out, size_t size, const char *endpoint, int width, bool utf8);

#endif
