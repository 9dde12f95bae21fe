// SPDX-License-Identifier: BSD-2-Clause
#include "act/steer/adopt.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/kill_words.h"
#include "act/steer/adopt_stop.h"
#include "act/steer/taken.h"
#include "row/address.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/say.h"

/* See sd_listen_fds(3). */
#define FIRST_FD 3

struct adoption {
	const struct skw_adopt_plan *plan;
	struct skw_taken_list list;
	struct skw_buf names; /* of LISTEN_FDNAMES */
	struct skw_adopt_stop stop;
};

/* systemd's rule for names: no control characters and no colons. */
static bool is_name(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == ':' || text[i] == 0x7f)
			return false;
	return len && len < 256;
}

static int check_socket(const char *from, const struct skw_taken *it, struct skw_error *err)
{
	if (it->is.listens)
		return 0;
	return skw_error_usage(err, "%s: this socket does not listen for connections%s", from,
			       it->is.type == SOCK_DGRAM ? "; sockets of UDP can't be handed over, "
							   "as both servers would take datagrams"
							 : "");
}

static int take(struct adoption *a, const char *from, struct skw_error *err)
{
	const char *equals = strchr(from, '=');
	const char *what = equals ? equals + 1 : from;
	size_t before = a->list.len;

	if (equals && !is_name(from, (size_t)(equals - from)))
		return skw_error_usage(err, "--from: %s: a name has neither blanks nor colons",
				       from);
	int ret = skw_taken_add(&a->list, what, IPPROTO_TCP, err);
	for (size_t i = before; !ret && i < a->list.len; i++) {
		ret = check_socket(what, &a->list.all[i], err);
		if (i)
			skw_buf_add_char(&a->names, ':');
		if (equals)
			skw_buf_add(&a->names, from, (size_t)(equals - from));
		else
			skw_buf_add_uint(&a->names, a->list.all[i].is.port);
	}
	return ret;
}

static void warn(const struct adoption *a)
{
	uint64_t home = skw_foreign_netns_cookie();
	bool nonblock = false, blocks = false, away = false;

	for (size_t i = 0; i < a->list.len; i++) {
		const struct skw_foreign_socket *is = &a->list.all[i].is;

		nonblock |= is->nonblock;
		blocks |= !is->nonblock;
		away |= home && is->netns_cookie && is->netns_cookie != home;
	}
	if (nonblock)
		skw_say("warning: O_NONBLOCK is set, and both servers share that: accept(2) does "
			"not wait in the new one");
	if (blocks)
		skw_say("warning: O_NONBLOCK is not set, and both servers share that: if the new "
			"one sets it, accept(2) no longer waits in the old one");
	if (away)
		skw_say("warning: a socket is in another network namespace than the new server");
}

static void describe(const struct skw_foreign_socket *is, char *out, size_t size)
{
	char end[SKW_ENDPOINT_SIZE];

	if (is->family == AF_INET || is->family == AF_INET6) {
		skw_address_endpoint(end, (uint8_t)is->family, is->addr, is->port, NULL);
		snprintf(out, size, "%s%s", end, is->protocol == IPPROTO_MPTCP ? " (MPTCP)" : "");
	} else {
		snprintf(out, size, "a local socket");
	}
}

static void tell(const struct adoption *a)
{
	const char *would = a->plan->dry_run ? "would hand" : "handing";
	char text[96], comm[17];

	for (size_t i = 0; i < a->list.len; i++) {
		const struct skw_taken *it = &a->list.all[i];

		describe(&it->is, text, sizeof(text));
		skw_foreign_comm(it->pid, comm);
		skw_say("%s %s of %s[%u] to %s as descriptor %zu", would, text, comm, it->pid,
			a->plan->argv[0], FIRST_FD + i);
	}
}

/* The sockets get the numbers from 3 on, by way of numbers that are not among these. */
static int place(const struct adoption *a)
{
	int high[SKW_TAKEN_MAX];

	for (size_t i = 0; i < a->list.len; i++) {
		high[i] = fcntl(a->list.all[i].fd, F_DUPFD_CLOEXEC, FIRST_FD + SKW_TAKEN_MAX);
		if (high[i] < 0)
			return -errno;
	}
	for (size_t i = 0; i < a->list.len; i++)
		if (dup2(high[i], FIRST_FD + (int)i) < 0)
			return -errno;
	return 0;
}

/* Moves a descriptor above those of the sockets. */
static int keep_clear(int *fd)
{
	int high = *fd < 0 ? -1 : fcntl(*fd, F_DUPFD_CLOEXEC, FIRST_FD + SKW_TAKEN_MAX);

	if (*fd >= 0 && high < 0)
		return -errno;
	skw_cleanup_fd(fd);
	*fd = high;
	return 0;
}

static int set_environment(struct adoption *a)
{
	char number[24];

	skw_buf_add_char(&a->names, '\0');
	if (a->names.failed)
		return -ENOMEM;
	snprintf(number, sizeof(number), "%d", getpid());
	int ret = setenv("LISTEN_PID", number, 1);
	snprintf(number, sizeof(number), "%zu", a->list.len);
	if (!ret)
		ret = setenv("LISTEN_FDS", number, 1);
	if (!ret)
		ret = setenv("LISTEN_FDNAMES", (const char *)a->names.data, 1);
	return ret ? -errno : 0;
}

/* skwatch ignores SIGPIPE, and an ignored signal stays ignored after exec. */
static int become(struct adoption *a, struct skw_error *err)
{
	SKW_AUTO_FD int fd = -1;
	int ret = set_environment(a);

	if (!ret && a->plan->stop)
		ret = fd = skw_adopt_stop_start(&a->stop, &a->list, err);
	if (ret >= 0)
		ret = keep_clear(&fd);
	if (!ret)
		ret = place(a);
	if (ret < 0) {
		skw_adopt_stop_cancel(fd);
		return skw_error_set(err, ret, "handing the sockets over: %s", strerror(-ret));
	}
	signal(SIGPIPE, SIG_DFL);
	execvp(a->plan->argv[0], a->plan->argv);
	ret = -errno;
	signal(SIGPIPE, SIG_IGN);
	skw_adopt_stop_cancel(fd);
	/* The old server has its sockets still, so nothing has changed. */
	skw_error_usage(err, "%s: %s", a->plan->argv[0], strerror(-ret));
	return ret;
}

int skw_adopt_run(const struct skw_adopt_plan *plan, struct skw_error *err)
{
	struct adoption a = { .plan = plan, .names = SKW_BUF_INIT };
	int ret = 0;

	if (plan->stop && !skw_kill_words_parse_signal(plan->stop, &a.stop.signo))
		ret = skw_error_usage(err, "--stop: %s: there is no such signal", plan->stop);
	a.stop.after_ns = plan->after_ns;
	if (!ret && plan->after_ns && !plan->stop)
		ret = skw_error_usage(err, "--after needs --stop");
	for (size_t i = 0; !ret && i < plan->from_len; i++)
		ret = take(&a, plan->from[i], err);
	if (!ret) {
		warn(&a);
		tell(&a);
	}
	if (!ret && !plan->dry_run)
		ret = become(&a, err);
	skw_taken_close(&a.list);
	skw_buf_free(&a.names);
	return ret;
}
