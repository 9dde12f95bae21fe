// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/spark.h"

#include <math.h>
#include <string.h>

#include "util/cleanup.h"

static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const letters[] = { ".", ":", "-", "=", "+", "*", "#", "%", "@" };
static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };

static char *put(char *out, const char *text)
{
	size_t len = strlen(text);

	memcpy(out, text, len + 1);
	return out + len;
}

void skw_spark_line(char *out, const double *values, size_t n, double base, double top, bool utf8)
{
	const char *const *levels = utf8 ? blocks : letters;
	size_t most = (utf8 ? SKW_ARRAY_SIZE(blocks) : SKW_ARRAY_SIZE(letters)) - 1;

	*out = 0;
	for (size_t i = 0; i < n; i++) {
		double share = top > base ? (values[i] - base) / (top - base) : 0;

		if (isnan(values[i]))
			out = put(out, " ");
		else if (share <= 0)
			out = put(out, levels[0]);
		else if (share >= 1)
			out = put(out, levels[most]);
		else
			out = put(out, levels[(size_t)(share * (double)most + 0.5)]);
	}
}

double skw_spark_top(const double *values, size_t n)
{
	double top = 0;

	for (size_t i = 0; i < n; i++)
		if (values[i] > top)
			top = values[i];
	return top;
}

int skw_spark_bar(char *out, double share, int width, bool utf8)
{
	int steps = utf8 ? 8 : 1, filled, columns = 0;

	*out = 0;
	if (!(share > 0) || width <= 0)
		return 0;
	filled = share >= 1 ? width * steps : (int)(share * width * steps + 0.5);
	if (filled == 0)
		filled = 1;
	for (; filled >= steps; filled -= steps, columns++)
		out = put(out, utf8 ? "█" : "#");
	if (filled > 0) {
		put(out, eighths[filled]);
		columns++;
	}
	return columns;
}
