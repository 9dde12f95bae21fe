// SPDX-License-Identifier: BSD-2-Clause
/* The name of a trigger's file, whose fields strangers choose, and what its command is told. */
#include "out/trigger_name.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>

#include "util/clock.h"

#define WHEN 1700000000 /* 2023-11-14 22:13:20 UTC */

static struct skw_file_trigger trigger;

static void set_comm(const char *comm)
{
	memset(trigger.comm, 0, sizeof(trigger.comm));
	memcpy(trigger.comm, comm, strnlen(comm, sizeof(trigger.comm)));
}

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	trigger = (struct skw_file_trigger){
		.ts_ns = WHEN * SKW_NS_PER_S + 5,
		.pid = 4100,
		.tuple = { .local_addr = { 10, 0, 0, 1 },
			   .remote_addr = { 10, 0, 0, 2 },
			   .local_port = 40001,
			   .remote_port = 80,
			   .family = AF_INET },
	};
	set_comm("curl");
	return 0;
}

static struct skw_trigger_name named(const char *template, uint64_t copy)
{
	return (struct skw_trigger_name){
		.template = template, .trigger = &trigger, .event = "rto", .made = { 7, copy }
	};
}

static void check(const char *template, uint64_t copy, const char *expected)
{
	const struct skw_trigger_name n = named(template, copy);
	char name[PATH_MAX];

	assert_int_equal(skw_trigger_name_make(&n, name), 0);
	assert_string_equal(name, expected);
}

static void fields_come_from_the_trigger_and_the_time(void **state)
{
	(void)state;
	check("why-%Y%m%d-%H%M%S-%{comm}-%{event}.pcapng", 0,
	      "why-20231114-221320-curl-rto.pcapng");
	check("/var/log/%{pid}-%{number}", 0, "/var/log/4100-7");
	check("%{local_addr}.%{local_port}-%{remote_addr}.%{remote_port}", 0,
	      "10.0.0.1.40001-10.0.0.2.80");
	check("a%%b%%{comm}", 0, "a%b%{comm}");
	trigger.tuple.family = AF_INET6;
	check("%{remote_addr}", 0, "a00_2__");
	trigger.tuple.family = 99;
	trigger.pid = 0;
	set_comm("");
	check("%{comm}-%{pid}-%{local_addr}", 0, "unknown-unknown-unknown");
}

static void a_taken_name_gets_a_number_before_its_suffix(void **state)
{
	(void)state;
	check("why-%{comm}.pcapng", 2, "why-curl-2.pcapng");
	check("why-%{comm}.pcapng.zst", 12, "why-curl-12.pcapng.zst");
	check("why-%{comm}", 3, "why-curl-3");
	check("a.b/%{comm}", 3, "a.b/curl-3");
}

static void a_name_of_a_process_can_t_lead_elsewhere(void **state)
{
	(void)state;
	set_comm("../../etc/shado");
	check("/tmp/%{comm}", 0, "/tmp/_._.._etc_shado");
	check("/tmp/w-%{comm}", 0, "/tmp/w-.._.._etc_shado");
	set_comm("..");
	check("%{comm}", 0, "_.");
	/* The user's own dot stays. */
	check(".%{comm}", 0, "...");
	set_comm("a b;$(id)\n\x7f\xc3");
	check("%{comm}", 0, "a_b___id____");
	set_comm("%s%n%{pid}");
	check("%{comm}", 0, "_s_n__pid_");
	/* All 16 bytes, without a NUL. */
	set_comm("0123456789abcdef");
	check("%{comm}", 0, "0123456789abcdef");
	/* Not even the user's own field makes a folder. */
	check("%D", 0, "11_14_23");
}

static void refuse(const char *template, const char *words)
{
	struct skw_error err = { 0 };

	assert_int_equal(skw_trigger_name_check(template, "rto", &err), -EINVAL);
	assert_true(err.usage);
	if (!strstr(err.text, words))
		fail_msg("%s: \"%s\" does not have \"%s\"", template, err.text, words);
}

static void wrong_templates_are_refused(void **state)
{
	struct skw_error err = { 0 };
	char template[300];

	(void)state;
	assert_int_equal(skw_trigger_name_check("a/%{comm}-%H%%.pcapng", "rto", &err), 0);
	refuse("%{comn}.pcapng", "\"%{comn}\"");
	refuse("%{comm.pcapng", "has no }");
	refuse("%{}", "no field");
	refuse("100%", "behind the last");
	refuse("%H/%{comm}", "folder");
	memset(template, 'x', sizeof(template));
	strcpy(template + 250, "%{comm}");
	refuse(template, "too long");
	strcpy(template + 200, "%{comm}");
	assert_int_equal(skw_trigger_name_check(template, "rto", &err), 0);
}

static void names_that_do_not_fit_are_told(void **state)
{
	char template[300] = "", name[PATH_MAX];
	const struct skw_trigger_name n = named(template, 0);

	(void)state;
	memset(template, 'x', sizeof(template));
	template[256] = 0;
	assert_int_equal(skw_trigger_name_make(&n, name), -ENAMETOOLONG);
	template[255] = 0;
	assert_int_equal(skw_trigger_name_make(&n, name), 0);
	template[0] = 0;
	assert_int_equal(skw_trigger_name_make(&n, name), -EINVAL);
}

static bool tells(const struct skw_trigger_name_environment *env, const char *text)
{
	for (size_t i = 0; env->list[i]; i++)
		if (strcmp(env->list[i], text) == 0)
			return true;
	return false;
}

static void a_command_is_told_the_trigger(void **state)
{
	const struct skw_trigger_name n = named("x", 0);
	struct skw_trigger_name_environment env;

	(void)state;
	set_comm("a b;`id`");
	skw_trigger_name_tell(&n, "dir/x", &env);
	assert_true(tells(&env, "SKWATCH_FILE=dir/x"));
	assert_true(tells(&env, "SKWATCH_COMM=a_b__id_"));
	assert_true(tells(&env, "SKWATCH_PID=4100"));
	assert_true(tells(&env, "SKWATCH_EVENT=rto"));
	assert_true(tells(&env, "SKWATCH_REMOTE_ADDR=10.0.0.2"));
	assert_true(tells(&env, "SKWATCH_REMOTE_PORT=80"));
	assert_true(tells(&env, "SKWATCH_LOCAL_ADDR=10.0.0.1"));
	assert_true(tells(&env, "SKWATCH_LOCAL_PORT=40001"));
	assert_true(tells(&env, "SKWATCH_NUMBER=7"));
	assert_true(tells(&env, "SKWATCH_TIME=1700000000.000000005"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fields_come_from_the_trigger_and_the_time, set_up),
		cmocka_unit_test_setup(a_taken_name_gets_a_number_before_its_suffix, set_up),
		cmocka_unit_test_setup(a_name_of_a_process_can_t_lead_elsewhere, set_up),
		cmocka_unit_test_setup(wrong_templates_are_refused, set_up),
		cmocka_unit_test_setup(names_that_do_not_fit_are_told, set_up),
		cmocka_unit_test_setup(a_command_is_told_the_trigger, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
