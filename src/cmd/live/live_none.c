// SPDX-License-Identifier: BSD-2-Clause
/* Replaces live.c in a build without BPF (--disable-bpf), which reads only files. */
#include "cmd/live/live.h"

bool skw_live_has_screen(void)
{
	return false;
}

int skw_live_run(struct skw_messages_plan *plan, bool no_color, bool ascii, struct skw_error *err)
{
	(void)no_color;
	(void)ascii;
	return skw_session_messages(plan, err);
}
