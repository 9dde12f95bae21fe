// SPDX-License-Identifier: BSD-2-Clause
#include "post/stamp.h"

#include "format/format_json.h"

#define END_LEN 2 /* of "}\n" */

void skw_post_stamp(struct skw_buf *out, const struct skw_post_stamp *stamp, uint64_t seq)
{
	if (out->failed || out->len < END_LEN)
		return;
	out->len -= END_LEN;
	if (stamp->host) {
		skw_format_json_key(out, "host");
		skw_format_json_string(out, stamp->host);
	}
	skw_format_json_key(out, "boot_id");
	skw_format_json_string(out, stamp->boot_id);
	skw_format_json_key(out, "run");
	skw_format_json_string(out, stamp->run);
	skw_format_json_key(out, "seq");
	skw_buf_add_uint(out, seq);
	skw_format_json_end(out);
}
