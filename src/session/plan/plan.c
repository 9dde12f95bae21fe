// SPDX-License-Identifier: BSD-2-Clause
#include "session/plan/plan.h"

#include <errno.h>
#include <limits.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pcap/linktype.h"
#include "session/plan/plan_events.h"
#include "session/plan/plan_flight.h"
#include "session/plan/plan_health.h"
#include "sink/record/record_format.h"
#include "util/cleanup.h"

/* A packet may wait in its ring for this time, unless the ring fills up. */
#define WAIT_LINES_MS 10
#define WAIT_FILE_MS  20

/* Enough for all headers up to the options of TCP, also in a stack of tags and IPv6 extensions. */
#define SUMMARY_SNAPLEN 256

static bool names_nothing(const struct skw_session_plan *plan)
{
	for (size_t i = 0; i < plan->read_files_len; i++)
		if (!plan->read_files[i][0])
			return true;
	return false;
}

/* A combination of options that can't be. */
struct contradiction {
	bool wrong;
	const char *why;
};

static int check_rules(const struct contradiction *rules, size_t n, struct skw_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (rules[i].wrong)
			return skw_error_usage(err, "%s", rules[i].why);
	return 0;
}

/* The options for packets and files. Each option alone was checked when it was read. */
static int check_packets(const struct skw_session_plan *plan, struct skw_error *err)
{
	const struct skw_owner_plan *owners = &plan->capture.owners;
	bool reads = plan->read_files_len > 0;
	bool rotates = plan->file.rotate_bytes || plan->file.rotate_s;
	bool to_stdout = plan->file.name && strcmp(plan->file.name, "-") == 0;
	const struct contradiction rules[] = {
		{ plan->file.name && !plan->file.name[0], "-w: the file's name is empty" },
		{ names_nothing(plan), "-r: the file's name is empty" },
		{ rotates && !plan->file.name, "-C and -G rotate the output file: give -w FILE" },
		{ rotates && to_stdout, "-C and -G need a file to write to, not standard output" },
		{ plan->file.files_max && !rotates,
		  plan->flight.on ? "-W limits the files of -C or -G; --max-triggers limits those "
				    "of --on"
				  : "-W limits the files of -C or -G: give one of them" },
		{ plan->file.command && !rotates,
		  plan->flight.on
			  ? "-z runs a command for each file of -C or -G; --exec does so for "
			    "those of --on"
			  : "-z runs a command for each file of -C or -G: give one of them" },
		{ plan->file.name && strstr(plan->file.name, "%{") && !plan->flight.on,
		  "-w: a field such as %{comm} is that of a trigger: give --on" },
		{ reads && plan->capture.ifaces_len, "-r reads a file: -i does not apply" },
		{ reads && plan->duration_ns, "-r reads a file: --duration does not apply" },
		{ plan->command && reads, "-r reads a file: it runs no command" },
		{ plan->command && skw_owner_plan_chooses(owners),
		  "-- COMMAND captures its own packets: --pid, --comm and --cgroup do not apply" },
		{ plan->command && to_stdout,
		  "-w - writes packets to standard output, where the command writes as well" },
		{ reads && skw_owner_plan_chooses(owners),
		  "-r reads a file: --pid, --comm and --cgroup do not apply" },
		{ owners->children && !owners->pids_len,
		  "--children are those of a process: give --pid PID" },
		{ owners->sockets_max && !plan->command && !skw_owner_plan_chooses(owners),
		  "--owner-sockets is for a capture by owner: give --pid, --comm, --cgroup or a "
		  "command" },
		{ reads && plan->dlt_name, "-r reads a file: -y does not apply" },
		{ reads && plan->list_link_types, "-L asks an interface: -r does not apply" },
		{ plan->format_name && !plan->file.name, "--format is for -w FILE" },
		{ plan->list_link_types && plan->capture.ifaces_len > 1, "-L takes one interface" },
		{ plan->dlt_name && plan->capture.ifaces_len > 1,
		  "-y takes one interface: give one -i IF" },
		{ plan->keylog && !plan->keylog[0], "--keylog: the file's name is empty" },
		{ plan->keylog && !plan->file.name,
		  "--keylog puts secrets into a pcapng file: give -w FILE.pcapng" },
		{ plan->file.stop_bytes && !plan->file.name,
		  "--stop-size counts the bytes of files: give -w FILE" },
	};

	return check_rules(rules, SKW_ARRAY_SIZE(rules), err);
}

/* The options for lines and tables. */
static int check_text(const struct skw_session_plan *plan, struct skw_error *err)
{
	bool to_stdout = plan->file.name && strcmp(plan->file.name, "-") == 0;
	bool no_lines = plan->count_only || plan->summary || (plan->file.name && !plan->lines);
	bool table = plan->summary_choice.json || plan->summary_choice.csv ||
		     plan->summary_choice.sort || plan->summary_bytes;
	const struct contradiction rules[] = {
		{ to_stdout && (plan->lines || plan->count_only),
		  "-w - writes packets to standard output: lines can't go there as well" },
		{ plan->summary && (plan->lines || plan->count_only),
		  "--summary prints a table: --print and --count do not apply" },
		{ plan->summary && to_stdout,
		  "-w - writes packets to standard output: the table of --summary can't go there "
		  "as well" },
		{ table && !plan->summary,
		  "--json, --csv, --sort and --summary-size are for --summary: give it, too" },
		{ plan->lines && plan->count_only, "--print and --count contradict each other" },
		{ plan->owner && plan->no_owner,
		  "--owner and --no-owner contradict each other: give one of them" },
		{ plan->resolve && plan->numeric,
		  "--resolve and -n contradict each other: give one of them" },
		{ plan->resolve && plan->numeric_foreign,
		  "--resolve takes no difference between networks: -f does not apply" },
		{ plan->named && plan->numeric,
		  "--names and -n contradict each other: give one of them" },
		{ plan->named && plan->resolve,
		  "--names takes names from packets, --resolve asks for them: give one of them" },
		{ plan->named && !plan->file.name && (plan->count_only || plan->summary),
		  "--names is for lines and files: --count and --summary do not apply" },
		{ plan->resolve && no_lines,
		  "--resolve puts names into lines: with -w give --print, and no --count or "
		  "--summary" },
	};

	return check_rules(rules, SKW_ARRAY_SIZE(rules), err);
}

/* Replaces "any" by an empty list of interfaces. */
static int check_ifaces(struct skw_session_plan *plan, struct skw_error *err)
{
	for (size_t i = 0; i < plan->capture.ifaces_len; i++) {
		if (strcmp(plan->capture.ifaces[i], "any") != 0)
			continue;
		if (plan->capture.ifaces_len > 1)
			return skw_error_usage(err,
					       "-i any means all interfaces: give no other -i");
		plan->capture.ifaces_len = 0;
	}
	return 0;
}

/*
 * Chooses lines if the user wants nothing else. A user waits for lines, so packets wait less for
 * them than for a file.
 */
static void choose_lines(struct skw_session_plan *plan)
{
	plan->lines = plan->lines || (!plan->file.name && !plan->count_only && !plan->summary);
	plan->capture.wait_ms = plan->immediate ? 0 : plan->lines ? WAIT_LINES_MS : WAIT_FILE_MS;
}

/* A summary needs headers only. To copy more would cost time. */
static void choose_snaplen(struct skw_session_plan *plan)
{
	bool headers = plan->summary && !plan->file.name && !plan->read_files_len;

	if (headers && plan->capture.snaplen > SUMMARY_SNAPLEN)
		plan->capture.snaplen = SUMMARY_SNAPLEN;
}

/* Each interface of "any" has its own link type, unless the user wants one header for all. */
static int resolve_link_type(struct skw_session_plan *plan, struct skw_error *err)
{
	plan->capture.dlt = -1;
	if (!plan->dlt_name)
		return 0;
	int dlt = skw_linktype_dlt_by_name(plan->dlt_name);
	if (dlt < 0)
		return skw_error_usage(err, "-y %s: no such link type; see -L", plan->dlt_name);
	if (!plan->capture.ifaces_len && !plan->dump && dlt != DLT_LINUX_SLL &&
	    dlt != DLT_LINUX_SLL2)
		return skw_error_usage(err,
				       "-y %s: any has LINUX_SLL and LINUX_SLL2; for the link type "
				       "of an interface give -i IF",
				       plan->dlt_name);
	plan->capture.dlt = dlt;
	return 0;
}

static int resolve_names(struct skw_session_plan *plan, struct skw_error *err)
{
	int ret = resolve_link_type(plan, err);

	if (ret)
		return ret;
	if (!plan->file.name)
		return 0;
	skw_record_format_by_name(&plan->file);
	if (!plan->format_name)
		return 0;
	if (strcmp(plan->format_name, "pcap") == 0)
		plan->file.format = SKW_FILE_PCAP;
	else if (strcmp(plan->format_name, "pcapng") == 0)
		plan->file.format = SKW_FILE_PCAPNG;
	else
		return skw_error_usage(err, "--format: \"%s\" is not pcap or pcapng",
				       plan->format_name);
	return 0;
}

/* The rules that depend on the file's format. */
static int check_owners(const struct skw_session_plan *plan, struct skw_error *err)
{
	bool has_place = plan->file.name && plan->file.format == SKW_FILE_PCAPNG;

	if (plan->owner && !plan->lines && plan->read_files_len)
		return skw_error_usage(err,
				       "-r reads a file: its copy has the owners that are in it, "
				       "so --owner is for lines: give --print");
	if (plan->owner && !plan->lines && !plan->summary && !has_place)
		return skw_error_usage(err, "--owner: neither lines nor a pcapng file are written, "
					    "and nothing else has a place for owners");
	if (plan->file.owner_comments && (!has_place || plan->no_owner))
		return skw_error_usage(err, "--owner-comments is for owners in a pcapng file: give "
					    "-w FILE.pcapng, and no --no-owner");
	return 0;
}

int skw_session_plan_check(struct skw_session_plan *plan, struct skw_error *err)
{
	int ret = check_packets(plan, err);

	if (!ret)
		ret = check_text(plan, err);
	if (!ret)
		ret = check_ifaces(plan, err);
	choose_lines(plan);
	choose_snaplen(plan);
	if (!ret)
		ret = resolve_names(plan, err);
	if (!ret)
		ret = check_owners(plan, err);
	if (!ret && plan->keylog && plan->file.format != SKW_FILE_PCAPNG)
		return skw_error_usage(err,
				       "--keylog: a pcap file has no place for secrets; write a "
				       ".pcapng file, or give --format pcapng");
	if (!ret && plan->named && plan->file.name && !plan->lines &&
	    plan->file.format != SKW_FILE_PCAPNG)
		return skw_error_usage(err, "--names: a pcap file has no place for names; write a "
					    ".pcapng file, or give --format pcapng");
	if (!ret)
		ret = skw_session_plan_health(plan, err);
	if (!ret)
		ret = skw_session_plan_events(plan, err);
	return ret ? ret : skw_session_plan_flight(plan, err);
}

int skw_session_plan_summary(struct skw_session_plan *plan, const struct skw_expr_names *names,
			     struct skw_error *err)
{
	return skw_format_summary_choose(&plan->summary_choice, names, err);
}

void skw_session_plan_free(struct skw_session_plan *plan)
{
	skw_format_summary_choice_free(&plan->summary_choice);
	skw_expr_free(plan->where.expr);
	plan->where.expr = NULL;
}

void skw_session_plan_summary_help(struct skw_buf *out)
{
	skw_format_summary_help(out);
}

static bool is_output(const struct skw_session_plan *plan, const char *name)
{
	struct stat in, out;

	if (!plan->file.name || strcmp(name, "-") == 0 || stat(name, &in) < 0 ||
	    stat(plan->file.name, &out) < 0)
		return false;
	return in.st_dev == out.st_dev && in.st_ino == out.st_ino && S_ISREG(in.st_mode);
}

/* Whether the folder of a file, which hardly comes later, is there and has this access(). */
static int check_folder(const char *option, const char *name, int mode, struct skw_error *err)
{
	const char *slash = strrchr(name, '/');
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - name) + 1 : 1, slash ? name : ".");
	if (access(dir, mode) < 0 && (mode != F_OK || errno == ENOENT || errno == ENOTDIR))
		return skw_error_usage(err, "%s %s: %s: %s", option, name, dir, strerror(errno));
	return 0;
}

/* With an interface, a file that is not there yet may come later. */
static int check_keylog(const struct skw_session_plan *plan, struct skw_error *err)
{
	const char *name = plan->keylog;
	struct stat st;
	bool is_there = lstat(name, &st) == 0;

	if (!is_there && plan->read_files_len)
		return skw_error_usage(err, "--keylog %s: %s", name, strerror(errno));
	if (is_there && !S_ISREG(st.st_mode))
		return skw_error_usage(err, "--keylog %s: it is no regular file%s", name,
				       S_ISLNK(st.st_mode) ? ", and a link is not followed: name "
							     "the file itself"
							   : "");
	if (is_output(plan, name))
		return skw_error_usage(err, "-w %s is the file of --keylog: it would be lost",
				       plan->file.name);
	return check_folder("--keylog", name, F_OK, err);
}

/* Whether the shell would find a program of this name. */
static bool is_program(const char *name)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];

	if (strchr(name, '/'))
		return access(name, X_OK) == 0;
	while (path && *path) {
		int len = (int)strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", len, path, name);
		if (access(file, X_OK) == 0)
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}

int skw_session_plan_check_files(const struct skw_session_plan *plan, struct skw_error *err)
{
	const char *command = plan->file.command;
	const char *option = plan->file.command_option ? plan->file.command_option : "-z";

	for (size_t i = 0; i < plan->read_files_len; i++)
		if (is_output(plan, plan->read_files[i]))
			return skw_error_usage(err,
					       "-w %s is the file that -r reads: it would be lost",
					       plan->file.name);
	if (command && strpbrk(command, " \t\n") && !is_program(command))
		return skw_error_usage(err,
				       "%s \"%s\": %s takes one program, which gets only the "
				       "file's name; put arguments into a script",
				       option, command, option);
	/* The first file may come much later, when nobody reads messages. */
	if (plan->file.triggers_max &&
	    check_folder("-w", plan->file.name, plan->user ? F_OK : W_OK | X_OK, err))
		return -EINVAL;
	return plan->keylog ? check_keylog(plan, err) : 0;
}
