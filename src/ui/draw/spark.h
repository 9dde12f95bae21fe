/* SPDX-License-Identifier: BSD-2-Clause */
/* Small drawings made of text: lines of levels, bars. Pure. */
#ifndef SKW_UI_DRAW_SPARK_H
#define SKW_UI_DRAW_SPARK_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that one column may take. */
#define SKW_SPARK_BYTES 3

/*
 * One level a value, from `base` (lowest) to `top` (highest); NAN is a blank. `out` holds
 * n * SKW_SPARK_BYTES + 1 bytes. Without UTF-8 the levels are . : - = + * # % @
 */
void skw_spark_line(char *out, const double *values, size_t n, double base, double top, bool utf8);

/* The greatest of the values, NAN left out; 0 if there is none. */
double skw_spark_top(const double *values, size_t n);

/*
 * A bar of share * width columns, in eighths with UTF-8; anything above 0 is seen. `out` holds
 * width * SKW_SPARK_BYTES + 1 bytes. Returns its columns.
 */
int skw_spark_bar(char *out, double share, int width, bool utf8);

#endif
