// SPDX-License-Identifier: BSD-2-Clause
/* Replaces messages_live.c in a build without BPF (--disable-bpf). */
#include "session/messages/messages_live.h"

int skw_messages_live(const struct skw_messages_plan *plan, struct skw_message_lines *lines,
		      struct skw_error *err)
{
	(void)plan;
	(void)lines;
	return skw_error_usage(err, "this skwatch was built without BPF: it only reads files; give "
				    "-r FILE");
}
