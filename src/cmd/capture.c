// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include "cmd/capture_options.h"
#include "cmd/command.h"
#include "session/capture.h"
#include "session/show.h"

static int run_request(const struct skw_capture_request *r, struct skw_error *err)
{
	if (r->help) {
		skw_capture_options_help(stdout);
		skw_capture_options_help_summary(stdout);
		return 0;
	}
	if (r->version) {
		printf("skwatch %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (r->list_interfaces)
		return skw_session_capture_interfaces(err);
	if (r->plan.list_link_types)
		return skw_session_capture_link_types(&r->plan, err);
	if (r->list_time_stamp_types)
		return skw_session_capture_time_stamp_types(&r->plan, err);
	if (r->plan.dump)
		return r->plan.read_files_len ? skw_session_show_file(&r->plan, err)
					      : skw_session_capture_filter(&r->plan, err);
	return r->plan.read_files_len ? skw_session_capture_file(&r->plan, err)
				      : skw_session_capture_live(&r->plan, err);
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct skw_capture_request request;
	int ret = skw_capture_options_parse(argc, argv, &request, err);

	if (!ret)
		ret = skw_capture_options_take_summary(&request, err);
	if (!ret)
		ret = run_request(&request, err);
	skw_capture_request_free(&request);
	return ret;
}

const struct skw_command skw_cmd_capture = {
	.name = "capture",
	.summary = "print packets, or write them to a pcap or pcapng file",
	.run = run,
};
