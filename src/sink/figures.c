// SPDX-License-Identifier: BSD-2-Clause
#include "sink/figures.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/say.h"

static const char *packets(uint64_t n)
{
	return n == 1 ? "packet" : "packets";
}

void skw_figures_print(const struct skw_figures *f)
{
	char out[64] = "", left[64] = "", lost[64] = "", cut[64] = "";

	if (f->chooses)
		snprintf(out, sizeof(out), ", %" PRIu64 " left out by --where", f->left_out);
	if (f->left_over)
		snprintf(left, sizeof(left), ", %" PRIu64 " left over", f->left_over);
	if (f->not_written)
		snprintf(lost, sizeof(lost), " (%" PRIu64 " of them not written)", f->not_written);
	if (f->truncated)
		snprintf(cut, sizeof(cut), "%" PRIu64 " %s cut to the snapshot length\n",
			 f->truncated, packets(f->truncated));
	skw_say_clear();
	fprintf(stderr,
		"%" PRIu64 " %s captured%s\n"
		"%" PRIu64 " %s seen by the filter (%" PRIu64 " rejected%s%s)\n"
		"%" PRIu64 " %s dropped because a ring was full\n%s",
		f->captured, packets(f->captured), lost, f->seen, packets(f->seen), f->rejected,
		out, left, f->dropped, packets(f->dropped), cut);
}
