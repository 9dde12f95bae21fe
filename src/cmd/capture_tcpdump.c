// SPDX-License-Identifier: BSD-2-Clause
/*
 * Options that are there because tcpdump has them. Each has the meaning that tcpdump gives it, or
 * it is refused with a reason.
 */
#include "cmd/capture_options.h"

#include <stddef.h>
#include <strings.h>

#include "util/cleanup.h"

#define AT(field) offsetof(struct skw_capture_request, field)

/* Sets the precision in files, and in lines. Lines without this option have microseconds. */
static int set_precision(void *values, const char *arg, struct skw_error *err)
{
	struct skw_session_plan *plan = &((struct skw_capture_request *)values)->plan;

	if (strcasecmp(arg, "nano") != 0 && strcasecmp(arg, "micro") != 0)
		return skw_error_usage(err, "--time-precision: \"%s\" is not nano or micro", arg);
	plan->file.nano = plan->print.nano = (arg[0] | 0x20) == 'n';
	return 0;
}

static int set_nano(void *values, const char *arg, struct skw_error *err)
{
	(void)arg;
	return set_precision(values, "nano", err);
}

static int set_micro(void *values, const char *arg, struct skw_error *err)
{
	(void)arg;
	return set_precision(values, "micro", err);
}

static int set_time_stamp_type(void *values, const char *arg, struct skw_error *err)
{
	/* pcap-tstamp(7) */
	static const char *const others[] = { "host_lowprec", "host_hiprec", "host_hiprec_unsynced",
					      "adapter", "adapter_unsynced" };

	(void)values;
	if (strcasecmp(arg, "host") == 0)
		return 0;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(others); i++)
		if (strcasecmp(arg, others[i]) == 0)
			return skw_error_usage(err,
					       "-j %s: times come from the kernel's clock "
					       "only, which is the type host",
					       arg);
	return skw_error_usage(err, "-j %s: no such type of time stamps; see -J", arg);
}

static const struct skw_option options[] = {
	{ .name = "immediate-mode",
	  .help = "take each packet out of its ring as soon as it arrives",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.immediate) },
	{ .name = "time-precision",
	  .arg = "WHAT",
	  .help = "precision of times: nano (the default in files) or micro (in lines)",
	  .kind = SKW_OPT_CALL,
	  .call = set_precision },
	{ .name = "time-stamp-precision",
	  .arg = "WHAT",
	  .help = "the same as --time-precision",
	  .kind = SKW_OPT_CALL,
	  .call = set_precision },
	{ .name = "nano",
	  .help = "nanoseconds in files and lines, as --time-precision nano",
	  .kind = SKW_OPT_CALL,
	  .call = set_nano },
	{ .name = "micro",
	  .help = "microseconds in files and lines, as --time-precision micro",
	  .kind = SKW_OPT_CALL,
	  .call = set_micro },
	{ .letter = 'j',
	  .name = "time-stamp-type",
	  .arg = "TYPE",
	  .help = "type of time stamps, which is always host",
	  .kind = SKW_OPT_CALL,
	  .call = set_time_stamp_type },
	{ .letter = 'J',
	  .name = "list-time-stamp-types",
	  .help = "list the types of time stamps and stop",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(list_time_stamp_types) },
	{ .letter = 'O',
	  .name = "no-optimize",
	  .help = "do not optimize the compiled filter",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.capture.no_optimize) },
	{ .letter = 'f',
	  .name = "numeric-foreign",
	  .help = "print foreign addresses as numbers; this is the default",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.numeric_foreign) },
	{ .letter = 'N',
	  .name = "no-domain-names",
	  .help = "with --resolve, print host names without their domains",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.no_domains) },
	{ .letter = 'b',
	  .help = "it is for BGP, which skwatch does not take apart",
	  .kind = SKW_OPT_REFUSED },
	{ .letter = 'E',
	  .arg = "SECRET",
	  .help = "skwatch decrypts nothing; Wireshark can, also in a file of -w",
	  .kind = SKW_OPT_REFUSED },
	{ .letter = 'H',
	  .help = "skwatch does not take headers of 802.11s mesh networks apart",
	  .kind = SKW_OPT_REFUSED },
	{ .letter = 'I',
	  .name = "monitor-mode",
	  .help = "skwatch does not change the mode of an interface; "
		  "iw dev IF set type monitor does",
	  .kind = SKW_OPT_REFUSED },
	{ .letter = 'm',
	  .arg = "MODULE",
	  .help = "it is for SNMP, which skwatch does not take apart",
	  .kind = SKW_OPT_REFUSED },
	{ .letter = 'M',
	  .arg = "SECRET",
	  .help = "skwatch does not verify digests of TCP-MD5",
	  .kind = SKW_OPT_REFUSED },
	{ .letter = 'T',
	  .arg = "TYPE",
	  .help = "the ports of a packet decide how it is printed; Wireshark can decode it "
		  "differently",
	  .kind = SKW_OPT_REFUSED },
	{ .letter = 'u',
	  .help = "it is for NFS, which skwatch does not take apart",
	  .kind = SKW_OPT_REFUSED },
};

const struct skw_option_table skw_capture_options_tcpdump = { options, SKW_ARRAY_SIZE(options) };
