// SPDX-License-Identifier: BSD-2-Clause
#include "capture/figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/clock.h"

static const char *packets(uint64_t n)
{
	return n == 1 ? "packet" : "packets";
}

void skw_figures_print(const struct skw_figures *f)
{
	char left[64] = "", lost[64] = "", cut[64] = "";

	if (f->left_over)
		snprintf(left, sizeof(left), " (%" PRIu64 " of them left over)", f->left_over);
	if (f->not_written)
		snprintf(lost, sizeof(lost), " (%" PRIu64 " of them not written)", f->not_written);
	if (f->truncated)
		snprintf(cut, sizeof(cut), "%" PRIu64 " %s cut to the snapshot length\n",
			 f->truncated, packets(f->truncated));
	fprintf(stderr,
		"%" PRIu64 " %s captured%s%s\n"
		"%" PRIu64 " %s seen by the filter (%" PRIu64 " rejected)\n"
		"%" PRIu64 " %s dropped because a ring was full\n%s",
		f->captured, packets(f->captured), left, lost, f->seen, packets(f->seen),
		f->rejected, f->dropped, packets(f->dropped), cut);
}

/* "1.2M": at most five characters. */
static const char *short_number(double n, char text[16])
{
	static const char units[] = " kMGTPE";
	size_t unit = 0;

	while (n >= 999.5 && unit + 2 < sizeof(units)) {
		n /= 1000;
		unit++;
	}
	if (unit == 0)
		snprintf(text, 16, "%.0f", n);
	else
		snprintf(text, 16, n < 9.95 ? "%.1f%c" : "%.0f%c", n, units[unit]);
	return text;
}

void skw_status_show(struct skw_status *s, uint64_t packets, uint64_t bytes, uint64_t dropped,
		     const char *file, uint64_t now_ns)
{
	struct winsize size = { 0 };
	double seconds = (double)(now_ns - s->at_ns) / SKW_NS_PER_S;
	char text[4][16], line[512];

	if (!s->at_ns || seconds <= 0)
		seconds = 1;
	int len = snprintf(line, sizeof(line), "%s packets, %sB, %s/s, %s dropped  %s",
			   short_number((double)packets, text[0]),
			   short_number((double)bytes, text[1]),
			   short_number((double)(packets - s->packets) / seconds, text[2]),
			   short_number((double)dropped, text[3]), file);
	if (len >= (int)sizeof(line))
		len = sizeof(line) - 1;
	/* A line that wraps could not be taken back. */
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && len >= size.ws_col)
		len = size.ws_col - 1;
	fprintf(stderr, "\r%.*s\033[K", len, line);
	*s = (struct skw_status){ true, packets, bytes, now_ns };
}

void skw_status_clear(struct skw_status *s)
{
	if (s->shown)
		fputs("\r\033[K", stderr);
	s->shown = false;
}
