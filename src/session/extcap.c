// SPDX-License-Identifier: BSD-2-Clause
#include "session/extcap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "capture/extcap.h"
#include "capture/show.h"
#include "filter/sets/classic.h"
#include "session/capture.h"
#include "session/show.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* Wireshark opens its pipe at about the time when it starts the program. */
#define RELEASE_TRIES    100
#define RELEASE_PAUSE_MS 20

static int show(int ret, struct skw_buf *text, struct skw_error *err)
{
	if (!ret)
		return skw_session_show_text(text, err);
	skw_buf_free(text);
	return ret;
}

int skw_session_extcap_interfaces(const char *version, struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;

	skw_buf_printf(&text, "extcap {version=%s}{display=skwatch}\n", version);
	return show(skw_extcap_list(&text, err), &text, err);
}

int skw_session_extcap_link_types(const char *interface, struct skw_error *err)
{
	struct skw_capture_plan plan = { 0 };
	struct skw_buf text = SKW_BUF_INIT;
	int ret = skw_extcap_choose(interface, &plan, err);

	if (!ret)
		ret = skw_extcap_describe_link(&plan, &text, err);
	return show(ret, &text, err);
}

int skw_session_extcap_processes(unsigned setting, struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;

	return show(skw_extcap_list_processes(setting, &text, err), &text, err);
}

bool skw_session_extcap_is_by_owner(const char *interface)
{
	return skw_extcap_is_by_owner(interface);
}

int skw_session_extcap_filter(const char *interface, struct skw_session_plan *plan,
			      struct skw_error *err)
{
	struct skw_cbpf program = { 0 };
	struct skw_error trouble = { 0 };
	struct skw_buf text = SKW_BUF_INIT;
	int ret = skw_extcap_choose(interface, &plan->capture, err);

	if (ret)
		return ret;
	plan->capture.dlt = -1;
	ret = skw_show_compile(&plan->capture, &program, &trouble);
	skw_classic_free(&program);
	if (ret)
		skw_buf_printf(&text, "%s\n", trouble.text);
	return show(0, &text, err);
}

void skw_session_extcap_release(const char *fifo)
{
	const struct timespec pause = { .tv_nsec = RELEASE_PAUSE_MS * (long)SKW_NS_PER_MS };
	struct stat st;
	int fd = -1;

	if (stat(fifo, &st) < 0 || !S_ISFIFO(st.st_mode))
		return;
	for (int i = 0; i < RELEASE_TRIES && fd < 0; i++) {
		fd = open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0 && errno != ENXIO)
			return;
		if (fd < 0)
			nanosleep(&pause, NULL);
	}
	skw_cleanup_fd(&fd);
}

static int capture(struct skw_session_plan *plan, struct skw_error *err)
{
	int ret = skw_session_plan_check(plan, err);

	if (!ret)
		ret = skw_session_plan_check_files(plan, err);
	return ret ? ret : skw_session_capture_live(plan, err);
}

int skw_session_extcap_capture(const char *interface, const char *fifo,
			       struct skw_session_plan *plan, struct skw_error *err)
{
	int ret = skw_extcap_choose(interface, &plan->capture, err);

	if (ret)
		return ret;
	if (skw_extcap_is_by_owner(interface) && !skw_owner_plan_chooses(&plan->capture.owners))
		return skw_error_usage(err,
				       "%s: no process is chosen: set a process (--pid), a name "
				       "(--comm) or a cgroup (--cgroup); skwatch-any has all "
				       "packets",
				       interface);
	plan->capture.quiet = true;
	plan->file.name = fifo;
	plan->file.may_leave = true;
	plan->format_name = "pcapng";
	return capture(plan, err);
}
