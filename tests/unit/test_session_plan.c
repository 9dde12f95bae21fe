// SPDX-License-Identifier: BSD-2-Clause
/* The options of `skwatch capture` together: contradictions, and choices that follow from names. */
#include "session/plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <pcap/dlt.h>
#include <string.h>

#include "util/cleanup.h"

/* A plan as a command without options makes it. */
static struct skw_session_plan bare(void)
{
	return (struct skw_session_plan){ .capture = { .filter = "", .snaplen = 262144 },
					  .file = { .nano = true } };
}

static void refuse(struct skw_session_plan plan, const char *words)
{
	struct skw_error err = { 0 };

	assert_int_equal(skw_session_plan_check(&plan, &err), -EINVAL);
	assert_true(err.usage);
	if (!strstr(err.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, err.text);
}

static void accept_plan(struct skw_session_plan *plan)
{
	struct skw_error err = { 0 };

	assert_int_equal(skw_session_plan_check(plan, &err), 0);
	assert_string_equal(err.text, "");
}

#define REFUSE(words, ...)                                                                         \
	do {                                                                                       \
		struct skw_session_plan p = bare();                                                \
		__VA_ARGS__;                                                                       \
		refuse(p, words);                                                                  \
	} while (0)

/* As -r NAME does. */
#define READ(name) p.read_files = (const char *const[]){ name }, p.read_files_len = 1

static void contradictions_are_refused(void **state)
{
	(void)state;
	REFUSE("-w: the file's name is empty", p.file.name = "");
	REFUSE("-r: the file's name is empty", READ(""));
	REFUSE("give -w FILE", p.file.rotate_bytes = 1);
	REFUSE("give -w FILE", p.file.rotate_s = 1);
	REFUSE("not standard output", p.file.name = "-", p.file.rotate_s = 1);
	REFUSE("-W limits", p.file.name = "f", p.file.files_max = 3);
	REFUSE("--resolve and -n contradict", p.resolve = p.numeric = true);
	REFUSE("-f does not apply", p.resolve = p.numeric_foreign = true);
	REFUSE("with -w give --print", p.resolve = true, p.file.name = "f");
	REFUSE("no --count", p.resolve = p.count_only = true);
	REFUSE("--print and --count do not apply", p.summary = p.lines = true);
	REFUSE("--print and --count do not apply", p.summary = p.count_only = true);
	REFUSE("the table of --summary can't go", p.summary = true, p.file.name = "-");
	REFUSE("no --count or --summary", p.resolve = p.summary = true);
	REFUSE("are for --summary", p.summary_choice.json = true);
	REFUSE("are for --summary", p.summary_choice.csv = true);
	REFUSE("are for --summary", p.summary_choice.sort = "bytes");
	REFUSE("are for --summary", p.summary_bytes = 1);
	REFUSE("-z runs", p.file.name = "f", p.file.command = "true");
	REFUSE("-i does not apply", READ("f"), p.capture.ifaces[0] = "lo",
	       p.capture.ifaces_len = 1);
	REFUSE("--duration does not apply", READ("f"), p.duration_ns = 1);
	REFUSE("-y does not apply", READ("f"), p.dlt_name = "EN10MB");
	REFUSE("-L asks an interface", READ("f"), p.list_link_types = true);
	REFUSE("lines can't go there", p.file.name = "-", p.lines = true);
	REFUSE("lines can't go there", p.file.name = "-", p.count_only = true);
	REFUSE("contradict each other", p.lines = p.count_only = true);
	REFUSE("--format is for -w", p.format_name = "pcap");
	REFUSE("-L takes one interface", p.list_link_types = true, p.capture.ifaces[0] = "a",
	       p.capture.ifaces[1] = "b", p.capture.ifaces_len = 2);
	REFUSE("-y takes one interface", p.dlt_name = "EN10MB", p.capture.ifaces[0] = "a",
	       p.capture.ifaces[1] = "b", p.capture.ifaces_len = 2);
	REFUSE("any has LINUX_SLL and LINUX_SLL2", p.dlt_name = "EN10MB");
	REFUSE("--stop-size counts", p.file.stop_bytes = 1);
	REFUSE("--keylog: the file's name is empty", p.keylog = "", p.file.name = "f.pcapng");
	REFUSE("give -w FILE.pcapng", p.keylog = "keys");
	REFUSE("a pcap file has no place for secrets", p.keylog = "keys", p.file.name = "f.pcap");
	REFUSE("a pcap file has no place for secrets", p.keylog = "keys", p.file.name = "-");
	REFUSE("--owner and --no-owner contradict", p.owner = p.no_owner = true);
	REFUSE("give --print", p.owner = true, READ("f"), p.file.name = "g.pcapng");
	REFUSE("nothing else has a place", p.owner = true, p.file.name = "f.pcap");
	REFUSE("nothing else has a place", p.owner = p.count_only = true);
	REFUSE("give -w FILE.pcapng", p.file.owner_comments = SKW_OWNER_COMMENTS_FIRST);
	REFUSE("no --no-owner", p.file.owner_comments = SKW_OWNER_COMMENTS_FIRST, p.no_owner = true,
	       p.file.name = "f.pcapng");
	REFUSE("--no-events contradicts", p.recorded.on = p.recorded.off = true,
	       p.file.name = "f.pcapng");
	REFUSE("--no-events contradicts", p.recorded.no_rows = p.recorded.off = true,
	       p.file.name = "f.pcapng");
	REFUSE("do not apply", p.recorded.on = true, READ("f"), p.file.name = "g.pcapng");
	REFUSE("give -w FILE.pcapng", p.recorded.on = true);
	REFUSE("give --on", p.flight.exec = "true", p.file.name = "f.pcapng");
	REFUSE("-C and -G do not apply", p.flight.on = "rto", p.file.name = "%{comm}.pcapng",
	       p.file.rotate_s = 1);
	REFUSE("one of them", p.flight.on = "rto", p.file.name = "f.pcapng", p.flight.exec = "true",
	       p.file.command = "true", p.file.rotate_s = 1);
	REFUSE("give -w FILE.pcapng", p.recorded.types = "rto", p.file.name = "f.pcap");
	REFUSE("give -w FILE.pcapng", p.recorded.rows_every_ns = 1, p.file.name = "f");
	REFUSE("no --no-owner", p.file.owner_comments = SKW_OWNER_COMMENTS_ALL, p.no_owner = true,
	       p.file.name = "f.pcapng");
	REFUSE("give -w FILE.pcapng", p.file.owner_comments = SKW_OWNER_COMMENTS_ALL);
	REFUSE("give -w FILE.pcapng", p.file.owner_comments = SKW_OWNER_COMMENTS_ALL,
	       p.file.name = "f.pcap");
	REFUSE("--event-types: \"x\" is not", p.recorded.types = "rto,x", p.file.name = "f.pcapng");
}

#define SECOND 1000000000ULL

static void events_are_recorded_where_a_file_has_a_place_for_them(void **state)
{
	struct skw_session_plan plan = bare();

	(void)state;
	accept_plan(&plan);
	assert_false(plan.recorded.wanted);
	plan.file.name = "f.pcap";
	accept_plan(&plan);
	assert_false(plan.recorded.wanted);
	plan.file.name = "f.pcapng.zst";
	accept_plan(&plan);
	assert_true(plan.recorded.wanted);
	assert_false(plan.recorded.asked);
	assert_int_equal(plan.recorded.sweep_ns, SECOND);
	assert_true(plan.recorded.what.rows);
	assert_false(plan.recorded.what.only_captured);
	assert_false(plan.recorded.what.types.mask & SKW_EVENT_BIT(SKW_EVENT_RTT));
	assert_false(plan.recorded.what.types.mask & SKW_EVENT_BIT(SKW_EVENT_STATE));
	assert_true(plan.recorded.what.types.mask & SKW_EVENT_BIT(SKW_EVENT_RTO));
	plan.recorded.types = "rtt,rto";
	plan.recorded.no_rows = true;
	plan.capture.filter = "tcp";
	accept_plan(&plan);
	assert_true(plan.recorded.asked);
	assert_int_equal(plan.recorded.sweep_ns, 0);
	assert_false(plan.recorded.what.rows);
	assert_true(plan.recorded.what.only_captured);
	assert_int_equal(plan.recorded.what.types.mask,
			 SKW_EVENT_BIT(SKW_EVENT_RTT) | SKW_EVENT_BIT(SKW_EVENT_RTO));
	plan = bare();
	plan.file.name = "f.pcapng";
	plan.recorded.off = true;
	accept_plan(&plan);
	assert_false(plan.recorded.wanted);
}

static void where_is_about_connections_or_about_the_lines_of_a_summary(void **state)
{
	char long_text[600];
	struct skw_session_plan plan = bare();

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	REFUSE("--where: column", p.summary_choice.where = "srtt >");
	REFUSE("for a table of those in the file give --summary",
	       p.summary_choice.where = "srtt > 1ms", READ("f"));
	REFUSE("give --on the expression", p.summary_choice.where = "srtt > 1ms",
	       p.flight.on = "rto", p.file.name = "f.pcapng");
	REFUSE("give 10s or less", p.summary_choice.where = "srtt > 1ms",
	       p.recorded.rows_every_ns = 11 * SECOND);
	REFUSE("longer than 511 bytes", p.summary_choice.where = long_text);
	REFUSE("--event-types: connections enter", p.recorded.types = "enter",
	       p.file.name = "f.pcapng");

	plan.summary = true;
	plan.summary_choice.where = "rtt > 1ms";
	accept_plan(&plan);
	assert_null(plan.where.text);

	plan = bare();
	plan.summary_choice.where = "srtt > 1ms";
	plan.recorded.rows_every_ns = SECOND / 10;
	plan.recorded.types = "rto";
	plan.file.name = "f.pcapng";
	accept_plan(&plan);
	assert_non_null(plan.where.expr);
	assert_true(plan.recorded.what.only_captured);
	assert_int_equal(plan.recorded.what.types.mask,
			 SKW_EVENT_BIT(SKW_EVENT_RTO) | SKW_EVENT_TYPES_HEALTH);
	skw_session_plan_free(&plan);

	/* Without a file it says how often to look. */
	plan = bare();
	plan.summary_choice.where = "srtt > 1ms";
	plan.recorded.rows_every_ns = SECOND / 10;
	accept_plan(&plan);
	assert_int_equal(plan.recorded.sweep_ns, SECOND / 10);
	skw_session_plan_free(&plan);
}

static void any_stands_alone_and_for_no_name(void **state)
{
	struct skw_session_plan plan = bare();

	(void)state;
	REFUSE("give no other -i", p.capture.ifaces[0] = "any", p.capture.ifaces[1] = "lo",
	       p.capture.ifaces_len = 2);
	plan.capture.ifaces[0] = "any";
	plan.capture.ifaces_len = 1;
	accept_plan(&plan);
	assert_int_equal(plan.capture.ifaces_len, 0);
}

static void a_file_s_name_tells_its_form(void **state)
{
	static const struct {
		const char *name;
		enum skw_file_format format;
		enum skw_compression compression;
	} files[] = {
		{ "a.pcap", SKW_FILE_PCAP, SKW_COMPRESSION_NONE },
		{ "a.pcapng", SKW_FILE_PCAPNG, SKW_COMPRESSION_NONE },
		{ "a.pcapng.zst", SKW_FILE_PCAPNG, SKW_COMPRESSION_ZSTD },
		{ "a.cap.gz", SKW_FILE_PCAP, SKW_COMPRESSION_GZIP },
		{ "-", SKW_FILE_PCAP, SKW_COMPRESSION_NONE },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(files); i++) {
		struct skw_session_plan plan = bare();

		plan.file.name = files[i].name;
		accept_plan(&plan);
		assert_int_equal(plan.file.format, files[i].format);
		assert_int_equal(plan.file.compression, files[i].compression);
	}
}

static void a_format_that_was_asked_for_goes_before_the_name(void **state)
{
	struct skw_session_plan plan = bare();

	(void)state;
	plan.file.name = "a.pcap";
	plan.format_name = "pcapng";
	accept_plan(&plan);
	assert_int_equal(plan.file.format, SKW_FILE_PCAPNG);
	REFUSE("is not pcap or pcapng", p.file.name = "a", p.format_name = "erf");
}

static void a_link_type_has_a_name(void **state)
{
	struct skw_session_plan plan = bare();

	(void)state;
	accept_plan(&plan);
	assert_int_equal(plan.capture.dlt, -1);
	plan.capture.ifaces[0] = "eth0";
	plan.capture.ifaces_len = 1;
	plan.dlt_name = "IEEE802_11";
	accept_plan(&plan);
	assert_int_equal(plan.capture.dlt, DLT_IEEE802_11);
	plan.dlt_name = "NO_SUCH";
	refuse(plan, "-y NO_SUCH: no such link type");
}

static void lines_are_what_is_left_to_do(void **state)
{
	struct skw_session_plan plan = bare();

	(void)state;
	accept_plan(&plan);
	assert_true(plan.lines);

	struct skw_session_plan counts = bare();
	counts.count_only = true;
	accept_plan(&counts);
	assert_false(counts.lines);

	struct skw_session_plan writes = bare();
	writes.file.name = "a.pcap";
	accept_plan(&writes);
	assert_false(writes.lines);
	/* A file is not awaited as lines are. */
	assert_true(writes.capture.wait_ms > plan.capture.wait_ms);

	writes.lines = true;
	accept_plan(&writes);
	assert_true(writes.lines);
}

/* For the headers, and only if nothing else needs more of a packet. */
static void a_summary_takes_only_headers(void **state)
{
	struct skw_session_plan live = bare(), short_one = bare(), file = bare(), reads = bare();
	struct skw_session_plan other = bare();

	(void)state;
	live.summary = short_one.summary = file.summary = reads.summary = true;
	short_one.capture.snaplen = 64;
	file.file.name = "f.pcap";
	reads.read_files = (const char *const[]){ "f" };
	reads.read_files_len = 1;
	accept_plan(&live);
	accept_plan(&short_one);
	accept_plan(&file);
	accept_plan(&reads);
	assert_false(live.lines);
	assert_int_equal(live.capture.snaplen, 256);
	accept_plan(&other);
	assert_int_equal(other.capture.snaplen, 262144);
	assert_int_equal(short_one.capture.snaplen, 64);
	assert_int_equal(file.capture.snaplen, 262144);
	assert_int_equal(reads.capture.snaplen, 262144);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contradictions_are_refused),
		cmocka_unit_test(events_are_recorded_where_a_file_has_a_place_for_them),
		cmocka_unit_test(where_is_about_connections_or_about_the_lines_of_a_summary),
		cmocka_unit_test(any_stands_alone_and_for_no_name),
		cmocka_unit_test(a_file_s_name_tells_its_form),
		cmocka_unit_test(a_format_that_was_asked_for_goes_before_the_name),
		cmocka_unit_test(a_link_type_has_a_name),
		cmocka_unit_test(lines_are_what_is_left_to_do),
		cmocka_unit_test(a_summary_takes_only_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
