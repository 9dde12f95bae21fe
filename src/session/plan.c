// SPDX-License-Identifier: BSD-2-Clause
#include "session/plan.h"

#include <string.h>
#include <sys/stat.h>

#include "kern/compile.h"
#include "util/cleanup.h"

/* What the options say together; each alone was checked where it was read. */
static int check_rules(const struct skw_capture_plan *plan, struct skw_error *err)
{
	bool rotates = plan->rotate_bytes || plan->rotate_s;
	bool to_stdout = plan->write_file && strcmp(plan->write_file, "-") == 0;
	const struct {
		bool wrong;
		const char *why;
	} rules[] = {
		{ plan->write_file && !plan->write_file[0], "-w: the file's name is empty" },
		{ plan->read_file && !plan->read_file[0], "-r: the file's name is empty" },
		{ rotates && !plan->write_file, "-C and -G turn files over: they need -w FILE" },
		{ rotates && to_stdout, "-C and -G need a file to write to, not standard output" },
		{ plan->files_max && !rotates,
		  "-W limits the files of -C or -G: give one of them" },
		{ plan->command && !rotates,
		  "-z runs a command for each file of -C or -G: give one of them" },
		{ plan->read_file && plan->ifaces_len, "-r reads a file: -i has no place there" },
		{ plan->read_file && plan->duration_ns,
		  "-r reads a file: --duration has no place there" },
		{ plan->read_file && plan->dlt_name, "-r reads a file: -y has no place there" },
		{ plan->read_file && plan->list_link_types,
		  "-L asks an interface: -r has no place there" },
		{ to_stdout && (plan->lines || plan->count_only),
		  "-w - writes packets to standard output: lines can't go there as well" },
		{ plan->lines && plan->count_only, "--print and --count contradict each other" },
		{ plan->format_name && !plan->write_file, "--format is for -w FILE" },
		{ plan->list_link_types && plan->ifaces_len > 1, "-L takes one interface" },
		{ plan->dlt_name && plan->ifaces_len != 1, "-y takes one interface: give -i IF" },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(rules); i++)
		if (rules[i].wrong)
			return skw_error_usage(err, "%s", rules[i].why);
	return 0;
}

/* "any" stands for no name at all. */
static int check_ifaces(struct skw_capture_plan *plan, struct skw_error *err)
{
	for (size_t i = 0; i < plan->ifaces_len; i++) {
		if (strcmp(plan->ifaces[i], "any") != 0)
			continue;
		if (plan->ifaces_len > 1)
			return skw_error_usage(
				err, "-i any is every interface: no other goes beside it");
		plan->ifaces_len = 0;
	}
	return 0;
}

/* Overwritten before it is read to its end, the input would be lost. */
static int check_same_file(const struct skw_capture_plan *plan, struct skw_error *err)
{
	struct stat in, out;

	if (!plan->read_file || !plan->write_file || strcmp(plan->read_file, "-") == 0 ||
	    stat(plan->read_file, &in) < 0 || stat(plan->write_file, &out) < 0)
		return 0;
	if (in.st_dev != out.st_dev || in.st_ino != out.st_ino || !S_ISREG(in.st_mode))
		return 0;
	return skw_error_usage(err, "-w %s is the file that -r reads: it would be lost",
			       plan->write_file);
}

static int resolve_names(struct skw_capture_plan *plan, struct skw_error *err)
{
	plan->dlt = -1;
	if (plan->dlt_name) {
		plan->dlt = skw_compile_dlt_by_name(plan->dlt_name);
		if (plan->dlt < 0)
			return skw_error_usage(err, "-y %s: no such link type; see -L",
					       plan->dlt_name);
	}
	if (!plan->write_file)
		return 0;
	plan->compression = skw_out_compression_from_name(plan->write_file);
	plan->format = skw_out_format_from_name(plan->write_file);
	if (!plan->format_name)
		return 0;
	if (strcmp(plan->format_name, "pcap") == 0)
		plan->format = SKW_FILE_PCAP;
	else if (strcmp(plan->format_name, "pcapng") == 0)
		plan->format = SKW_FILE_PCAPNG;
	else
		return skw_error_usage(err, "--format: \"%s\" is not pcap or pcapng",
				       plan->format_name);
	return 0;
}

int skw_capture_plan_check(struct skw_capture_plan *plan, struct skw_error *err)
{
	int ret = check_rules(plan, err);

	if (!ret)
		ret = check_ifaces(plan, err);
	if (!ret)
		ret = check_same_file(plan, err);
	return ret ? ret : resolve_names(plan, err);
}
