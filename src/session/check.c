// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include "session/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "capture/probe.h"
#include "format/check.h"
#include "keeper/layers.h"
#include "keeper/privileges.h"
#include "run/probe.h"
#include "session/show.h"
#include "util/report.h"
#include "watch/probe.h"

/* A capture opens about this number of files, and as many more as there are CPUs and interfaces. */
#define FILES_ENOUGH 256

#ifdef HAVE_ZSTD
#define WITH_ZSTD ", with zstd"
#else
#define WITH_ZSTD ", without zstd"
#endif
#ifdef HAVE_ZLIB
#define WITH_ZLIB ", with zlib"
#else
#define WITH_ZLIB ", without zlib"
#endif
#ifdef __OPTIMIZE__
#define OPTIMISED ""
#else
#define OPTIMISED ", not optimised"
#endif

static void describe_host(struct skw_check *check)
{
	struct utsname name = { 0 };
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	uname(&name);
	snprintf(check->version, sizeof(check->version), "%s", PACKAGE_VERSION);
	snprintf(check->kernel, sizeof(check->kernel), "%s %.40s %.80s", name.sysname, name.release,
		 name.version);
	snprintf(check->machine, sizeof(check->machine), "%.39s", name.machine);
	check->cpus = cpus > 0 ? (unsigned)cpus : 0;
	check->memory_bytes = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : UINT64_MAX;
	snprintf(check->build, sizeof(check->build), "compiler %s, libbpf %s, %s%s%s%s",
		 __VERSION__, skw_capture_libbpf(), skw_capture_libpcap(), WITH_ZSTD, WITH_ZLIB,
		 OPTIMISED);
}

static void check_files(struct skw_check *check)
{
	struct skw_check_line line = { .section = "limits",
				       .name = "open files (RLIMIT_NOFILE)",
				       .commands = SKW_CHECK_ALL };
	struct rlimit limit = { 0 };

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < FILES_ENOUGH) {
		line.state = SKW_CHECK_LIMITED;
		line.help = "ulimit -n 1024";
	}
	skw_report_add(check, &line, "%llu", (unsigned long long)limit.rlim_cur);
}

/* Since Linux 5.11 the memory of BPF counts for the cgroup, before for this limit. */
static void check_locked(struct skw_check *check)
{
	const struct skw_check_line line = { .section = "limits",
					     .name = "locked memory (RLIMIT_MEMLOCK)",
					     .commands = SKW_CHECK_ALL,
					     .extra = true };
	struct rlimit limit = { 0 };

	getrlimit(RLIMIT_MEMLOCK, &limit);
	if (limit.rlim_cur == RLIM_INFINITY)
		skw_report_add(check, &line, "no limit");
	else
		skw_report_add(check, &line, "%llu KiB; rings do not count for it since Linux 5.11",
			       (unsigned long long)limit.rlim_cur >> 10);
}

static void check_compression(struct skw_check *check, const char *name, bool has,
			      const char *package)
{
	const struct skw_check_line line = { .section = "libraries",
					     .name = name,
					     .state = has ? SKW_CHECK_OK : SKW_CHECK_MISSING,
					     .commands = SKW_CHECK_CAPTURE,
					     .extra = true,
					     .help = has ? NULL : package };

	skw_report_add(check, &line, "%s", has ? "" : "this program was built without it");
}

static void check_libraries(struct skw_check *check)
{
	bool zstd = false, zlib = false;

#ifdef HAVE_ZSTD
	zstd = true;
#endif
#ifdef HAVE_ZLIB
	zlib = true;
#endif
	check_compression(check, "files with .zst", zstd, "build it with libzstd-dev");
	check_compression(check, "files with .gz", zlib, "build it with zlib1g-dev");
}

int skw_session_check(bool json, struct skw_error *err)
{
	static struct skw_check check;
	struct skw_buf text = SKW_BUF_INIT;

	describe_host(&check);
	skw_capture_probe_kernel(&check);
	skw_privileges_report(&check);
	check_files(&check);
	check_locked(&check);
	skw_capture_probe_memory(&check);
	/* From here on, the process may be in a network namespace of its own. */
	bool alone = skw_watch_probe_netns(&check);

	skw_capture_probe(&check);
	skw_run_probe(&check);
	skw_watch_probe(&check, alone);
	skw_layers_probe(&check);
	check_libraries(&check);
	if (json)
		skw_check_json(&text, &check);
	else
		skw_check_text(&text, &check);
	int ret = skw_session_show_text(&text, err);

	if (ret || skw_check_is_full(&check))
		return ret;
	return skw_error_set(err, -EOPNOTSUPP,
			     "check: capture, top and events do not all run in full here; the "
			     "report tells why");
}
