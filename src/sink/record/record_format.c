// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/record_format.h"

#include "out/name.h"
#include "util/say.h"

void skw_record_format_by_name(struct skw_file_plan *plan)
{
	plan->compression = skw_out_compression_from_name(plan->name);
	plan->format = skw_out_format_from_name(plan->name);
}

void skw_record_format_say_time(struct skw_record_file *f, uint64_t ts_ns, const char *limit)
{
	bool unknown = ts_ns == SKW_PACKET_TIME_UNKNOWN;
	bool *said = unknown ? &f->said_unknown : &f->said_late;

	if (!*said && unknown)
		skw_say("%s: the time of a packet is before 1970 or after 2554: such packets get "
			"the last time that fits, in %s",
			f->name, limit);
	else if (!*said)
		skw_say("%s: a pcap file has no times after %s: later packets get the last time; "
			"a .pcapng file keeps theirs",
			f->name, limit);
	*said = true;
}
