// SPDX-License-Identifier: BSD-2-Clause
/* Replaces capture_live.c in a build without BPF (--disable-bpf). */
#include "session/capture.h"

#include <errno.h>

static int refuse(struct skw_error *err)
{
	return skw_error_usage(err, "this skwatch was built without BPF: it only reads files; give "
				    "-r FILE");
}

int skw_session_capture_live(const struct skw_session_plan *plan, struct skw_error *err)
{
	(void)plan;
	return refuse(err);
}

int skw_session_capture_numbers(struct skw_session_plan *plan, struct skw_error *err)
{
	(void)plan;
	(void)err;
	return 0;
}

int skw_session_capture_time_stamp_types(const struct skw_session_plan *plan, struct skw_error *err)
{
	(void)plan;
	return refuse(err);
}

int skw_session_capture_interfaces(struct skw_error *err)
{
	return refuse(err);
}

int skw_session_capture_link_types(const struct skw_session_plan *plan, struct skw_error *err)
{
	(void)plan;
	return refuse(err);
}

int skw_session_capture_filter(const struct skw_session_plan *plan, struct skw_error *err)
{
	(void)plan;
	return refuse(err);
}
