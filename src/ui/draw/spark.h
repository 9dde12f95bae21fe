/* SPDX-License-Identifier: BSD-2-Clause */
/* Small charts made of text: sparklines and bars. Pure. */
#ifndef SKW_UI_DRAW_SPARK_H
#define SKW_UI_DRAW_SPARK_H

#include <stdbool.h>
#include <stddef.h>

/* The largest number of bytes in a column. */
#define SKW_SPARK_BYTES 3

/*
 * Writes one column for each value, from `base` (the lowest level) to `top` (the highest). NAN
 * becomes a blank. `out` holds n * SKW_SPARK_BYTES + 1 bytes. Without UTF-8 the levels are . : - =
 * + * # % @
 */
void skw_spark_line(char *out, const double *values, size_t n, double base, double top, bool utf8);

/* The largest of the values. NAN is ignored. 0 if there is none. */
double skw_spark_top(const double *values, size_t n);

/*
 * Writes a bar of share * width columns, in steps of an eighth with UTF-8. A share above 0 is
 * always visible. `out` holds width * SKW_SPARK_BYTES + 1 bytes. Returns the number of columns
 * used.
 */
int skw_spark_bar(char *out, double share, int width, bool utf8);

#endif
