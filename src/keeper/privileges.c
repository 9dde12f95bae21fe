// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "keeper/privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/cleanup.h"
#include "util/report.h"

/*
 * Reads a user number, which chown(1) also takes where no user has that name. Returns false if
 * `user` is not a number.
 */
static bool parse_uid(const char *user, uid_t *out)
{
	char *end;

	if (*user < '0' || *user > '9')
		return false;
	errno = 0;
	unsigned long long uid = strtoull(user, &end, 10);
	if (errno || *end || uid >= (uid_t)-1)
		return false;
	*out = (uid_t)uid;
	return true;
}

int skw_identity_lookup(const char *user, struct skw_identity *out, struct skw_error *err)
{
	long hint = sysconf(_SC_GETPW_R_SIZE_MAX);
	size_t size = hint > 0 ? (size_t)hint : 1024;
	SKW_AUTO_FREE char *buf = NULL;
	struct passwd pw, *found = NULL;
	uid_t uid;
	int ret;

	do {
		size *= 2;
		free(SKW_TAKE_PTR(buf));
		if (!(buf = malloc(size)))
			return skw_error_set(err, -ENOMEM, "out of memory");
		ret = getpwnam_r(user, &pw, buf, size, &found);
		if (!found && ret != ERANGE && parse_uid(user, &uid))
			ret = getpwuid_r(uid, &pw, buf, size, &found);
	} while (ret == ERANGE && size < 1 << 20);
	/* getpwnam(3) lists more errors that only say that there is no such user. */
	if (ret == EMFILE || ret == ENFILE || ret == EIO || ret == EINTR || ret == ENOMEM)
		return skw_error_set(err, -ret, "%s: the user can't be looked up: %s", user,
				     strerror(ret));
	if (!found) {
		skw_error_usage(err, "%s: no such user", user);
		return -ENOENT;
	}
	if (strlen(pw.pw_name) >= sizeof(out->name))
		return skw_error_set(err, -ENAMETOOLONG, "%s: user name too long", user);
	*out = (struct skw_identity){ .uid = pw.pw_uid, .gid = pw.pw_gid };
	memcpy(out->name, pw.pw_name, strlen(pw.pw_name));
	return 0;
}

void skw_identity_default(struct skw_identity *out)
{
	static const char *const users[] = { SKW_USER, "skwatch", "nobody" };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(users); i++)
		if (users[i][0] && skw_identity_lookup(users[i], out, NULL) == 0)
			return;
	/* The numbers that the kernel itself uses for nobody: DEFAULT_OVERFLOWUID. */
	*out = (struct skw_identity){ .uid = 65534, .gid = 65534, .name = "nobody" };
}

int skw_identity_assume(const struct skw_identity *who)
{
	if (initgroups(who->name, who->gid) || setresgid(who->gid, who->gid, who->gid) ||
	    setresuid(who->uid, who->uid, who->uid))
		return -errno;
	return 0;
}

/*
 * The order matters. The bounding set comes first, because emptying it needs CAP_SETPCAP. Then the
 * identity changes, and the capabilities themselves come last.
 */
static int drop_all(const struct skw_identity *who, bool bounding)
{
	int ret;

	if (bounding) {
		capng_clear(CAPNG_SELECT_BOUNDS);
		if (capng_apply(CAPNG_SELECT_BOUNDS))
			return -EPERM;
	}
	if (who && (ret = skw_identity_assume(who)))
		return ret;
	capng_clear(CAPNG_SELECT_CAPS);
	capng_clear(CAPNG_SELECT_AMBIENT);
	if (capng_apply(CAPNG_SELECT_CAPS) || capng_apply(CAPNG_SELECT_AMBIENT))
		return -EPERM;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return -errno;
	return 0;
}

/*
 * Returns what is wrong with the process after a drop, or NULL. Reads the state back from the
 * kernel.
 */
static const char *left_over(const struct skw_identity *who, bool bounding)
{
	uid_t uid[3];
	gid_t gid[3];

	capng_clear(CAPNG_SELECT_ALL);
	if (capng_get_caps_process())
		return "the capabilities can't be read back";
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (capng_have_capability(CAPNG_EFFECTIVE, cap) ||
		    capng_have_capability(CAPNG_PERMITTED, cap) ||
		    capng_have_capability(CAPNG_INHERITABLE, cap))
			return "a capability is left";
		/*
		 * libcap-ng reads these two sets from /proc, which may not be mounted, so ask the
		 * kernel directly.
		 */
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) == 1)
			return "an ambient capability is left";
		if (bounding && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1)
			return "the bounding set is not empty";
	}
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return "no-new-privs is not set";
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return "the process may still be traced";
	if (!who)
		return NULL;
	if (getresuid(&uid[0], &uid[1], &uid[2]) || getresgid(&gid[0], &gid[1], &gid[2]))
		return "the identity can't be read back";
	for (int i = 0; i < 3; i++)
		if (uid[i] != who->uid || gid[i] != who->gid)
			return "the identity has not changed";
	if (who->uid != 0 && setuid(0) == 0)
		return "the identity can be changed back";
	return NULL;
}

int skw_privileges_drop(const struct skw_identity *who, struct skw_error *err)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_get_caps_process())
		return skw_error_set(err, -EPERM, "privileges: the capabilities can't be read");
	bool bounding = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) == 1;
	int ret = drop_all(who, bounding);

	if (ret && who)
		return skw_error_set(err, ret, "privileges: can't become %s: %s", who->name,
				     strerror(-ret));
	if (ret)
		return skw_error_set(err, ret, "privileges: can't be dropped: %s", strerror(-ret));
	const char *wrong = left_over(who, bounding);
	if (wrong)
		return skw_error_set(err, -EPERM, "privileges: %s after dropping them", wrong);
	return 0;
}

static const struct {
	unsigned int cap;
	unsigned uses;
	/* CAP_SYS_ADMIN allowed the same before the kernel had this capability */
	bool admin_will_do;
	const char *name;
	const char *purpose;
} needed[] = {
	{ CAP_BPF, SKW_USE_CAPTURE | SKW_USE_WATCH, true, "CAP_BPF", "to load the programs" },
	{ CAP_NET_RAW, SKW_USE_CAPTURE, false, "CAP_NET_RAW", "to open packet sockets" },
	{ CAP_NET_ADMIN, SKW_USE_CAPTURE | SKW_USE_WATCH, false, "CAP_NET_ADMIN",
	  "to attach to the network" },
	{ CAP_PERFMON, SKW_USE_CAPTURE | SKW_USE_WATCH, true, "CAP_PERFMON",
	  "to read what the kernel has" },
	{ CAP_SYS_ADMIN, SKW_USE_NAMESPACES, false, "CAP_SYS_ADMIN",
	  "to enter other network namespaces" },
	{ CAP_SYS_PTRACE, SKW_USE_NAMESPACES, false, "CAP_SYS_PTRACE",
	  "to find those of other users" },
};

/*
 * Adds the names of the capabilities that the uses need as setcap(8) reads them:
 * "cap_bpf,cap_net_raw".
 */
static void add_setcap(struct skw_buf *to, unsigned uses)
{
	const char *before = "";

	for (size_t i = 0; i < SKW_ARRAY_SIZE(needed); i++) {
		if (!(needed[i].uses & uses))
			continue;
		skw_buf_add_str(to, before);
		for (const char *c = needed[i].name; *c; c++)
			skw_buf_add_char(to, (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c));
		before = ",";
	}
}

int skw_privileges_missing(unsigned uses, struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;
	size_t n = 0;

	capng_clear(CAPNG_SELECT_ALL);
	if (capng_get_caps_process())
		return skw_error_set(err, -EPERM, "privileges: the capabilities can't be read");
	bool admin = capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN) == 1;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(needed); i++) {
		if (!(needed[i].uses & uses) ||
		    capng_have_capability(CAPNG_EFFECTIVE, needed[i].cap) == 1 ||
		    (admin && needed[i].admin_will_do))
			continue;
		skw_buf_printf(&text, "%s%s %s", n++ ? ", " : "", needed[i].name,
			       needed[i].purpose);
	}
	if (!n)
		return 0;
	skw_buf_add_str(&text, "; run it as root, or once: setcap ");
	add_setcap(&text, uses);
	skw_error_set(err, -EPERM, "no permission to %s: missing %.*s+ep $(command -v skwatch)",
		      uses & SKW_USE_CAPTURE      ? "capture"
		      : uses & SKW_USE_NAMESPACES ? "watch other network namespaces"
						  : "watch connections",
		      text.failed ? 0 : (int)text.len, text.data ? (char *)text.data : "");
	skw_buf_free(&text);
	return -EPERM;
}

void skw_privileges_report(struct skw_check *check)
{
	capng_clear(CAPNG_SELECT_ALL);
	bool known = capng_get_caps_process() == 0;
	bool admin = known && capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN) == 1;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(needed); i++) {
		bool vital = !(needed[i].uses & SKW_USE_NAMESPACES);
		bool has = known && (capng_have_capability(CAPNG_EFFECTIVE, needed[i].cap) == 1 ||
				     (admin && needed[i].admin_will_do));
		const struct skw_check_line line = {
			.section = "privileges",
			.name = needed[i].name,
			.state = !known  ? SKW_CHECK_UNKNOWN
				 : has   ? SKW_CHECK_OK
				 : vital ? SKW_CHECK_MISSING
					 : SKW_CHECK_LIMITED,
			.commands = (needed[i].uses & SKW_USE_CAPTURE ? SKW_CHECK_CAPTURE : 0) |
				    (needed[i].uses & ~SKW_USE_CAPTURE ? SKW_CHECK_WATCH : 0),
			.vital = vital,
			.help = has     ? NULL
				: vital ? "run it as root, or once: setcap "
					  "cap_bpf,cap_net_admin,cap_net_raw,cap_perfmon+ep "
					  "$(command -v skwatch)"
					: "run it as root, or grant "
					  "cap_sys_admin,cap_sys_ptrace, too",
		};

		skw_report_add(check, &line, "%s", needed[i].purpose);
	}
}
