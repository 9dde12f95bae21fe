// SPDX-License-Identifier: BSD-2-Clause
#include "session/flight_report.h"

#include <inttypes.h>

#include "util/clock.h"
#include "util/say.h"

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void report_files(const struct skw_flight_session *f)
{
	const struct skw_record_triggers_figures now = skw_record_triggers_figures(f->files);

	skw_say("%" PRIu64 " file%s written", now.files, plural(now.files));
	if (now.no_place)
		skw_say("%" PRIu64 " trigger%s found no place, because %u files were open; shorter "
			"--pre and --post close files earlier",
			now.no_place, plural(now.no_place), SKW_RECORD_TRIGGERS_OPEN);
}

void skw_flight_report(const struct skw_flight_session *f)
{
	const struct skw_flight_figures *now = skw_flight_figures(f->flight);

	skw_say("%" PRIu64 " trigger%s: %" PRIu64 " packet%s and %" PRIu64
		" event%s around %s recorded",
		now->triggers, plural(now->triggers), f->packets, plural(f->packets), f->blocks,
		plural(f->blocks), now->triggers == 1 ? "it" : "them");
	if (f->files)
		report_files(f);
	if (f->messages.messages)
		skw_flight_messages_report(&f->messages);
	if (f->ignored)
		skw_say("%" PRIu64 " trigger%s after the last of --max-triggers", f->ignored,
			plural(f->ignored));
	if (now->missed)
		skw_say("%" PRIu64 " trigger%s of too many connections at the same time had no "
			"place",
			now->missed, plural(now->missed));
	if (now->early && now->triggers)
		skw_say("%" PRIu64 " packet%s left the memory before their time; of one trigger "
			"only %.1f s are held; give a larger --pre-size",
			now->early, plural(now->early), (double)now->held_ns / SKW_NS_PER_S);
	if (f->lost)
		skw_say("%" PRIu64 " event%s found no room", f->lost, plural(f->lost));
}
