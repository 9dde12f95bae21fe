// SPDX-License-Identifier: BSD-2-Clause
/* Asks the kernel which privileges a root process still has after it has dropped them. */
#include "keeper/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "keeper/rights.h"

#define NOTHING   "0000000000000000"
#define STATUS_AT 8192

struct left {
	int code;   /* the result of skw_privileges_drop() */
	int setuid; /* whether the process could become root again */
	char status[STATUS_AT];
	char after_exec[STATUS_AT];
};

static void read_text(int fd, char *text)
{
	size_t len = 0;
	ssize_t n;

	while (len < STATUS_AT - 1 && (n = read(fd, text + len, STATUS_AT - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
}

/* Drops them in a child, which tells what it still has, also after it has executed a program. */
static void drop(const struct skw_identity *who, struct left *left)
{
	int tell[2], exec_out[2];

	assert_int_equal(pipe2(tell, O_CLOEXEC), 0);
	assert_int_equal(pipe2(exec_out, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (!pid) {
		struct left *l = calloc(1, sizeof(*l));

		l->code = skw_privileges_drop(who, NULL);
		l->setuid = setuid(0);
		int fd = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
		read_text(fd, l->status);
		if (write(tell[1], l, sizeof(*l)) != sizeof(*l))
			_exit(1);
		dup2(exec_out[1], STDOUT_FILENO);
		execlp("cat", "cat", "/proc/self/status", NULL);
		_exit(1);
	}
	close(tell[1]);
	close(exec_out[1]);
	for (size_t at = 0; at < sizeof(*left);) {
		ssize_t n = read(tell[0], (char *)left + at, sizeof(*left) - at);

		assert_true(n > 0);
		at += (size_t)n;
	}
	read_text(exec_out[0], left->after_exec);
	close(tell[0]);
	close(exec_out[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void assert_line(const char *status, const char *name, const char *value)
{
	char line[128];

	snprintf(line, sizeof(line), "\n%s:\t%s\n", name, value);
	if (!strstr(status, line))
		fail_msg("no line %s: %s in:\n%s", name, value, status);
}

static void assert_powerless(const char *status)
{
	assert_line(status, "CapInh", NOTHING);
	assert_line(status, "CapPrm", NOTHING);
	assert_line(status, "CapEff", NOTHING);
	assert_line(status, "CapBnd", NOTHING);
	assert_line(status, "CapAmb", NOTHING);
	assert_line(status, "NoNewPrivs", "1");
}

static struct skw_identity nobody;

static void root_that_stays_root_keeps_no_capability(void **state)
{
	static struct left left;

	(void)state;
	drop(NULL, &left);
	assert_int_equal(left.code, 0);
	assert_powerless(left.status);
	assert_powerless(left.after_exec);
	assert_line(left.status, "Uid", "0\t0\t0\t0");
}

static void another_user_has_nothing_and_no_way_back(void **state)
{
	static struct left left;
	char ids[64];

	(void)state;
	drop(&nobody, &left);
	assert_int_equal(left.code, 0);
	assert_int_equal(left.setuid, -1);
	assert_powerless(left.status);
	assert_powerless(left.after_exec);
	snprintf(ids, sizeof(ids), "%u\t%u\t%u\t%u", nobody.uid, nobody.uid, nobody.uid,
		 nobody.uid);
	assert_line(left.status, "Uid", ids);
	snprintf(ids, sizeof(ids), "%u\t%u\t%u\t%u", nobody.gid, nobody.gid, nobody.gid,
		 nobody.gid);
	assert_line(left.status, "Gid", ids);
	snprintf(ids, sizeof(ids), "%u ", nobody.gid);
	assert_line(left.status, "Groups", ids);
}

/* Runs a step in a child, as nothing here can be undone. Returns its exit status. */
static int in_child(int (*body)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(body());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int drop_without_the_means(void)
{
	struct skw_error err = { 0 };
	struct skw_identity root = { .name = "root" };

	if (skw_identity_assume(&nobody))
		return 1;
	if (skw_privileges_drop(&root, &err) != -EPERM)
		return 2;
	if (!strstr(err.text, "can't become root"))
		return 3;
	/* It is no failure if there is nothing to give up. */
	return skw_privileges_drop(NULL, NULL) ? 4 : 0;
}

static void what_can_not_be_done_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(in_child(drop_without_the_means), 0);
}

static int ask_what_is_missing(void)
{
	struct skw_error err = { 0 };

	if (skw_privileges_missing(SKW_USE_CAPTURE, &err) != 0 || err.text[0])
		return 1;
	if (skw_identity_assume(&nobody))
		return 2;
	if (skw_privileges_missing(SKW_USE_CAPTURE, &err) != -EPERM)
		return 3;
	if (!strstr(err.text, "CAP_BPF") || !strstr(err.text, "CAP_NET_RAW") ||
	    !strstr(err.text, "CAP_NET_ADMIN") || !strstr(err.text, "CAP_PERFMON") ||
	    !strstr(err.text, "setcap cap_bpf,cap_net_raw,cap_net_admin,cap_perfmon+ep $(command "
			      "-v skwatch)"))
		return 4;
	return 0;
}

static void what_is_missing_is_named(void **state)
{
	(void)state;
	assert_int_equal(in_child(ask_what_is_missing), 0);
}

static int tell_groups(void *ctx)
{
	return getgroups(4, ctx);
}

/* The user database may be on another machine, so a new file must not wait for it. */
static void groups_are_kept_and_own_ones_come_back(void **state)
{
	struct skw_identity who = nobody;
	gid_t asked[4] = { 0 }, kept[4] = { 0 }, after[4] = { 0 };

	(void)state;
	assert_int_equal(who.groups_len, 0);
	assert_true(skw_rights_borrow(&who, tell_groups, asked) >= 1);
	skw_rights_keep_groups(&who);
	assert_memory_equal(who.groups, asked, sizeof(gid_t) * (size_t)who.groups_len);
	who.groups[0] += 4711;
	assert_int_equal(skw_rights_borrow(&who, tell_groups, kept), who.groups_len);
	assert_int_equal(kept[0], who.groups[0]);
	assert_int_equal(tell_groups(after), 2);
	assert_int_equal(after[1], nobody.gid + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_that_stays_root_keeps_no_capability),
		cmocka_unit_test(another_user_has_nothing_and_no_way_back),
		cmocka_unit_test(what_can_not_be_done_is_an_error),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(groups_are_kept_and_own_ones_come_back),
	};

	if (geteuid() != 0 || prctl(PR_CAPBSET_READ, CAP_BPF, 0, 0, 0) != 1) {
		puts("1..0 # SKIP needs root");
		return 0;
	}
	if (skw_identity_lookup("nobody", &nobody, NULL)) {
		puts("1..0 # SKIP there is no user nobody");
		return 0;
	}
	/* A group that another user must not keep. */
	if (setgroups(2, (const gid_t[]){ 0, nobody.gid + 1 })) {
		puts("1..0 # SKIP needs CAP_SETGID");
		return 0;
	}
	return cmocka_run_group_tests_name("privileges", tests, NULL, NULL);
}
