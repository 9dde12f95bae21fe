// SPDX-License-Identifier: BSD-2-Clause
/* The command line of `skwatch capture`, up to the plan. */
#include "cmd/capture_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

#define WORDS_MAX 12

static char dir[] = "/tmp/skw-options-XXXXXX";
static struct skw_capture_request request;

static int parse(const char *const *words, struct skw_error *err)
{
	char *argv[WORDS_MAX + 1] = { (char *)"capture" };
	int argc = 1;

	for (; *words; words++)
		argv[argc++] = (char *)*words;
	assert_true(argc <= WORDS_MAX);
	return skw_capture_options_parse(argc, argv, &request, err);
}

/* The request stays until the next call of done(). */
#define ACCEPT(...) accept_words((const char *const[]){ __VA_ARGS__, NULL })
static void accept_words(const char *const *words)
{
	struct skw_error err = { 0 };
	int ret = parse(words, &err);

	if (ret)
		fail_msg("%s: %s", words[0], err.text);
}

static void done(void)
{
	skw_capture_request_free(&request);
}

#define REFUSE(why, ...) refuse_words(why, (const char *const[]){ __VA_ARGS__, NULL })
static void refuse_words(const char *why, const char *const *words)
{
	struct skw_error err = { 0 };

	assert_true(parse(words, &err) < 0);
	assert_true(err.usage);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, err.text);
	done();
}

static const char *file(const char *name, const char *text, size_t len)
{
	static char path[2][64];
	static unsigned next;
	char *at = path[next++ % 2];
	FILE *f;

	snprintf(at, sizeof(path[0]), "%s/%s", dir, name);
	f = fopen(at, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
	return at;
}

static const char *text_file(const char *name, const char *text)
{
	return file(name, text, strlen(text));
}

static void comments_of_a_filter_file_are_blanked(void **state)
{
	(void)state;
	ACCEPT("-F", text_file("f", "# all of\ntcp # not udp\n#\nport 80#x"));
	assert_null(strchr(request.plan.capture.filter, '#'));
	assert_null(strstr(request.plan.capture.filter, "udp"));
	assert_non_null(strstr(request.plan.capture.filter, "\ntcp "));
	assert_non_null(strstr(request.plan.capture.filter, "\nport 80"));
	done();
	REFUSE("not a filter expression", "-F", file("z", "tcp\0", 4));
	REFUSE("has the filter already", "-F", text_file("f", "tcp"), "udp");
	/* The words of a command line have no comments, as in tcpdump. */
	ACCEPT("tcp", "#x");
	assert_string_equal(request.plan.capture.filter, "tcp #x");
	done();
}

static void files_to_read_come_in_their_order(void **state)
{
	(void)state;
	ACCEPT("-r", "b", "-r", "a", "-r", "b");
	assert_int_equal(request.plan.read_files_len, 3);
	assert_string_equal(request.plan.read_files[0], "b");
	assert_string_equal(request.plan.read_files[1], "a");
	assert_string_equal(request.plan.read_files[2], "b");
	done();
	ACCEPT("-V", text_file("list", "one\n\ntwo words\n-\nlast"));
	assert_int_equal(request.plan.read_files_len, 4);
	assert_string_equal(request.plan.read_files[1], "two words");
	assert_string_equal(request.plan.read_files[3], "last");
	done();
}

static void lists_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	REFUSE("-V and -r", "-V", text_file("list", "a"), "-r", "b");
	REFUSE("names no file", "-V", text_file("empty", ""));
	REFUSE("names no file", "-V", text_file("empty", "\n\n"));
	REFUSE("not a list of files", "-V", file("pcap", "\xd4\xc3\xb2\xa1\2\0\4\0", 8));
	REFUSE("No such file", "-V", "/nonexistent/list");
	REFUSE("needs an argument", "-V");
	REFUSE("only once", "-r", "-", "-r", "-");
	REFUSE("only once", "-r", "-", "-F", "-");
	REFUSE("only once", "-V", text_file("list", "-\n-"));
}

static void a_precision_has_tcpdump_s_names(void **state)
{
	static const char *const nano[] = { "--nano", "--time-stamp-precision=nano",
					    "--time-precision=nano" };
	static const char *const micro[] = { "--micro", "--time-stamp-precision=micro",
					     "--time-precision=micro" };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(nano); i++) {
		ACCEPT("--micro", nano[i]);
		assert_true(request.plan.print.nano && request.plan.file.nano);
		done();
		ACCEPT("--nano", micro[i]);
		assert_false(request.plan.print.nano || request.plan.file.nano);
		done();
	}
	REFUSE("is not nano or micro", "--time-stamp-precision=pico");
}

static void options_of_tcpdump_work_or_are_refused_with_a_reason(void **state)
{
	(void)state;
	ACCEPT("-j", "host", "-f", "-N", "-O", "--immediate-mode", "-J");
	assert_true(request.plan.capture.no_optimize);
	assert_int_equal(request.plan.capture.wait_ms, 0);
	assert_true(request.list_time_stamp_types);
	done();
	ACCEPT("tcp");
	assert_false(request.plan.capture.no_optimize);
	assert_true(request.plan.capture.wait_ms > 0);
	done();
	REFUSE("which is the type host", "-j", "adapter");
	REFUSE("no such type", "--time-stamp-type", "sundial");
	REFUSE("802.11s", "-H");
	REFUSE("BGP", "-b");
	REFUSE("decrypts nothing", "-E", "x");
	REFUSE("iw dev", "-I");
	REFUSE("iw dev", "--monitor-mode");
	REFUSE("SNMP", "-m", "x");
	REFUSE("TCP-MD5", "-M", "x");
	REFUSE("ports", "-T", "vxlan");
	REFUSE("NFS", "-u");
	REFUSE("no such option", "-k");
}

static void sizes_of_nothing_are_refused_as_such(void **state)
{
	(void)state;
	REFUSE("-C: 0 is too little", "-w", "x", "-C", "0");
	REFUSE("-C: 0 is too little", "-w", "x", "-C", "0k");
	REFUSE("-G: 0 is too little", "-w", "x", "-G", "0");
	REFUSE("--stop-size: 0 is too little", "-w", "x", "--stop-size", "0");
	REFUSE("is not a size", "-w", "x", "-C", "much");
	ACCEPT("-w", "x", "--stop-size", "3k");
	assert_int_equal(request.plan.file.stop_bytes, 3072);
	done();
}

static void a_command_is_one_program(void **state)
{
	const char *script = text_file("a script", "#!/bin/sh\n");

	(void)state;
	REFUSE("takes one program", "-w", "x", "-C", "1", "-z", "gzip -9");
	REFUSE("takes one program", "-w", "x", "-C", "1", "-z", "/bin/gzip -9");
	REFUSE("takes one program", "-w", "x", "-C", "1", "-z", script);
	assert_int_equal(chmod(script, 0755), 0);
	ACCEPT("-w", "x", "-C", "1", "-z", script);
	done();
	ACCEPT("-w", "x", "-C", "1", "-z", "no-such-program");
	done();
}

static void link_types_of_any_are_the_cooked_ones(void **state)
{
	(void)state;
	ACCEPT("-y", "LINUX_SLL");
	assert_int_equal(request.plan.capture.dlt, DLT_LINUX_SLL);
	done();
	ACCEPT("-i", "any", "-y", "LINUX_SLL2");
	assert_int_equal(request.plan.capture.dlt, DLT_LINUX_SLL2);
	done();
	/* A filter can be compiled for any link type. */
	ACCEPT("-d", "-y", "RAW");
	assert_int_equal(request.plan.capture.dlt, DLT_RAW);
	done();
	REFUSE("any has LINUX_SLL", "-y", "EN10MB");
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static void owners_are_collected(void **state)
{
	(void)state;
	ACCEPT("--pid", "7", "--comm", "nginx", "--cgroup", "/a", "--pid=2147483647", "--children",
	       "--owner-sockets", "5");
	const struct skw_owner_plan *owners = &request.plan.capture.owners;
	assert_int_equal(owners->pids_len, 2);
	assert_int_equal(owners->pids[0], 7);
	assert_int_equal(owners->pids[1], 2147483647);
	assert_int_equal(owners->comms_len, 1);
	assert_string_equal(owners->comms[0], "nginx");
	assert_int_equal(owners->cgroups_len, 1);
	assert_string_equal(owners->cgroups[0], "/a");
	assert_true(owners->children);
	assert_int_equal(owners->sockets_max, 5);
	assert_true(skw_owner_plan_chooses(owners));
	done();

	ACCEPT("-i", "lo");
	assert_false(skw_owner_plan_chooses(&request.plan.capture.owners));
	done();
}

static void owners_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	REFUSE("is not the number of a process", "--pid", "0");
	REFUSE("is not the number of a process", "--pid", "-1");
	REFUSE("is not the number of a process", "--pid", "2147483648");
	REFUSE("is not the number of a process", "--pid", "12x");
	REFUSE("the name is empty", "--comm", "");
	REFUSE("the name is empty", "--cgroup", "");
	REFUSE("give --pid PID", "--children", "--comm", "x");
	REFUSE("is for a capture by owner", "--owner-sockets", "9");
	REFUSE("--owner-sockets", "--pid", "1", "--owner-sockets", "4194305");
	REFUSE("do not apply", "-r", "x", "--comm", "x");
}

static void a_command_stands_behind_two_dashes(void **state)
{
	(void)state;
	ACCEPT("tcp", "port", "80", "-i", "lo", "--", "curl", "-i", "x", "--");
	assert_string_equal(request.plan.capture.filter, "tcp port 80");
	assert_int_equal(request.plan.capture.ifaces_len, 1);
	assert_string_equal(request.plan.command[0], "curl");
	assert_string_equal(request.plan.command[1], "-i");
	assert_string_equal(request.plan.command[2], "x");
	assert_string_equal(request.plan.command[3], "--");
	assert_null(request.plan.command[4]);
	done();

	ACCEPT("-c", "5", "--", "true");
	assert_string_equal(request.plan.capture.filter, "");
	assert_string_equal(request.plan.command[0], "true");
	done();
}

static void a_command_that_makes_no_sense_is_refused(void **state)
{
	(void)state;
	REFUSE("a command must follow", "-i", "lo", "--");
	REFUSE("do not apply", "--comm", "x", "--", "true");
	REFUSE("runs no command", "-r", "x", "--", "true");
	REFUSE("standard output", "-w", "-", "--", "true");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comments_of_a_filter_file_are_blanked),
		cmocka_unit_test(files_to_read_come_in_their_order),
		cmocka_unit_test(lists_that_make_no_sense_are_refused),
		cmocka_unit_test(a_precision_has_tcpdump_s_names),
		cmocka_unit_test(options_of_tcpdump_work_or_are_refused_with_a_reason),
		cmocka_unit_test(sizes_of_nothing_are_refused_as_such),
		cmocka_unit_test(a_command_is_one_program),
		cmocka_unit_test(owners_are_collected),
		cmocka_unit_test(owners_that_make_no_sense_are_refused),
		cmocka_unit_test(a_command_stands_behind_two_dashes),
		cmocka_unit_test(a_command_that_makes_no_sense_is_refused),
		cmocka_unit_test(link_types_of_any_are_the_cooked_ones),
	};

	return cmocka_run_group_tests_name("capture options", tests, make_dir, remove_dir);
}
