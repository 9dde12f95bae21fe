// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record_format.h"

#include "out/name.h"

void skw_record_format_by_name(struct skw_file_plan *plan)
{
	plan->compression = skw_out_compression_from_name(plan->name);
	plan->format = skw_out_format_from_name(plan->name);
}
