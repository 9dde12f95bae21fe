// SPDX-License-Identifier: BSD-2-Clause
#include "session/plan/plan_flight.h"

#include <string.h>

#include "format/format_message.h"
#include "join/triggers.h"
#include "sink/record/record_triggers.h"
#include "util/clock.h"

#define PRE_NS  (10 * SKW_NS_PER_S)
#define POST_NS (5 * SKW_NS_PER_S)
#define BYTES   (64ULL << 20)
/* So that a host in trouble does not fill its disk with files. */
#define FILES 1000
/* The headers of a packet, and something of its data. */
#define SNAPLEN 256
/* The default of --slow. */
#define SLOW_NS (100 * SKW_NS_PER_MS)

static int check(const struct skw_session_plan *plan, struct skw_error *err)
{
	const struct skw_session_flight_plan *f = &plan->flight;
	bool asked = f->pre_ns || f->post_ns || f->bytes || f->any || f->max_triggers || f->exec ||
		     f->slow_ns;

	if (!f->on && asked)
		return skw_error_usage(
			err, "--pre, --post, --pre-size, --on-any, "
			     "--max-triggers, --slow and --exec are for triggers: give --on");
	if (!f->on)
		return 0;
	if (plan->read_files_len)
		return skw_error_usage(err, "-r reads a file: --on does not apply");
	if (!plan->file.name || plan->file.format != SKW_FILE_PCAPNG)
		return skw_error_usage(err, "--on records to a pcapng file: give -w FILE.pcapng");
	if (plan->count || plan->count_only)
		return skw_error_usage(err, "--on records what is near a trigger: -c and --count "
					    "do not apply; --max-triggers ends it");
	if (plan->lines)
		return skw_error_usage(err, "--on records what is near a trigger: --print does not "
					    "apply");
	if (plan->recorded.off || plan->recorded.rows_every_ns)
		return skw_error_usage(err, "--on records events and no rows: --no-events and "
					    "--rows-every do not apply");
	return 0;
}

/* A name with fields asks for a file for each trigger, unless it is that of a rotation. */
static int check_files(struct skw_session_plan *plan, const struct skw_triggers *triggers,
		       struct skw_error *err)
{
	struct skw_file_plan *file = &plan->file;
	const char *longest = "", *slash = strrchr(file->name, '/');
	bool has_fields = strchr(slash ? slash : file->name, '%') || strstr(file->name, "%{");

	if (plan->flight.exec && file->command)
		return skw_error_usage(err, "--exec and -z are the same for different files: give "
					    "one of them");
	if (plan->flight.exec) {
		file->command = plan->flight.exec;
		file->command_option = "--exec";
	}
	if (!has_fields || (file->rotate_s && !strstr(file->name, "%{")))
		return 0;
	if (file->rotate_bytes || file->rotate_s)
		return skw_error_usage(err, "-w: a name with fields of a trigger makes a file for "
					    "each of them: -C and -G do not apply");
	for (unsigned i = 0; i < SKW_TRIGGERS_END; i++) {
		const char *text = skw_triggers_text(triggers, i);

		longest = strlen(text) > strlen(longest) ? text : longest;
	}
	if (!plan->flight.max_triggers)
		plan->flight.max_triggers = FILES;
	file->triggers_max = plan->flight.max_triggers;
	return skw_record_triggers_check(file->name, longest, err);
}

int skw_session_plan_flight(struct skw_session_plan *plan, struct skw_error *err)
{
	struct skw_session_flight_plan *f = &plan->flight;
	const struct skw_triggers_words words = { .names = f->names,
						  .about_messages = skw_format_message_expr };
	struct skw_triggers triggers;
	int ret = check(plan, err);

	if (ret || !f->on)
		return ret;
	f->pre_ns = f->pre_ns ? f->pre_ns : PRE_NS;
	f->post_ns = f->post_ns ? f->post_ns : POST_NS;
	f->bytes = f->bytes ? f->bytes : BYTES;
	f->slow_ns = f->slow_ns ? f->slow_ns : SLOW_NS;
	ret = skw_triggers_parse(&triggers, f->on, &words, err);
	/* Messages are made of whole packets. */
	if (!plan->snaplen_given && !triggers.messages)
		plan->capture.snaplen = SNAPLEN;
	if (!ret && triggers.types.mask & SKW_EVENT_TYPES_HEALTH)
		ret = skw_error_usage(err, "--on: connections enter and leave a capture with "
					   "--where, which --on does not go with");
	/* An event that is not told can't trigger. */
	plan->recorded.asked = true;
	plan->recorded.what.types.mask |= triggers.types.mask;
	plan->recorded.what.types.reasons |= triggers.types.reasons;
	if (!ret)
		ret = check_files(plan, &triggers, err);
	skw_triggers_free(&triggers);
	return ret;
}
