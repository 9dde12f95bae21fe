// SPDX-License-Identifier: BSD-2-Clause
#include "act/kill.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "act/kill_words.h"
#include "keeper/privileges.h"
#include "kern/host/signal_holder.h"
#include "kern/host/sock_diag.h"
#include "model/row.h"
#include "util/cleanup.h"

enum { VERB_BEGIN, VERB_LIST, VERB_HOLDER, VERB_ASK, VERB_ANSWER, VERB_END, VERB_SIGNAL, VERBS };

const uint8_t skw_kill_apart[3] = { SKW_STATE_LISTEN, SKW_STATE_UNCONN, SKW_STATE_TIME_WAIT };

struct skw_kill_listed {
	struct skw_socket_id id;
	struct skw_sock_diag found;
	bool done;
};

struct skw_kill_holder {
	uint32_t pid, at; /* the socket, by its number in the list */
	bool done;
};

struct holder_request {
	uint32_t at, pid;
};

/* ---- in the keeper ---- */

static int open_diag(void *ctx)
{
	(void)ctx;
	return skw_sock_diag_open();
}

static int open_inside(const struct skw_kill *k, uint32_t netns)
{
	if (netns == k->home)
		return skw_sock_diag_open();
	for (size_t i = 0; i < k->namespaces.len; i++)
		if (k->namespaces.all[i].inode == netns)
			return skw_netns_inside(&k->namespaces.all[i], open_diag, NULL);
	return -ENOENT;
}

static void close_diag(struct skw_kill *k)
{
	skw_cleanup_fd(&k->diag_fd);
	k->diag_fd = -1;
}

/* Returns the way to the sockets of that namespace, or -errno: -ENOENT if it has gone. */
static int diag(struct skw_kill *k, uint32_t netns)
{
	if (k->only && netns != k->only)
		return -EINVAL;
	if (k->diag_fd >= 0 && k->diag_netns == netns)
		return k->diag_fd;
	close_diag(k);
	int fd = open_inside(k, netns);
	if (fd == -ENOENT && k->scan && skw_netns_scan(&k->namespaces) == 0)
		fd = open_inside(k, netns);
	if (fd >= 0) {
		k->diag_fd = fd;
		k->diag_netns = netns;
	}
	return fd;
}

/* A descriptor would keep a namespace that nothing else uses any more. */
static void forget(struct skw_kill *k)
{
	close_diag(k);
	free(k->listed);
	free(k->holders);
	k->listed = NULL;
	k->holders = NULL;
	k->listed_len = k->holders_len = 0;
	k->asked = k->agreed = false;
}

static int serve_begin(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	(void)request;
	(void)reply;
	if (len)
		return -EINVAL;
	forget(ctx);
	return 0;
}

static bool is_named(const struct skw_kill *k, uint8_t state)
{
	return !memchr(skw_kill_apart, state, sizeof(skw_kill_apart)) || k->states & 1U << state;
}

static void answer_number(struct skw_keeper_reply *reply, size_t number)
{
	const uint32_t n = (uint32_t)number;

	memcpy(reply->payload, &n, sizeof(n));
	reply->len = sizeof(n);
}

/* Makes room for one more element, at the sizes 64, 128 and so on. */
static int grow(void *array, size_t len, size_t size)
{
	void **at = array;

	if (len && (len < 64 || len & (len - 1)))
		return 0;
	void *more = reallocarray(*at, len ? 2 * len : 64, size);
	if (!more)
		return -ENOMEM;
	*at = more;
	return 0;
}

static int serve_list(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_kill *k = ctx;
	const struct skw_socket_id *id = request;
	struct skw_kill_listed it;

	if (len != sizeof(*id) || k->asked || k->agreed ||
	    (id->tuple.family != AF_INET && id->tuple.family != AF_INET6) ||
	    (id->tuple.proto != IPPROTO_TCP && id->tuple.proto != IPPROTO_UDP))
		return -EINVAL;
	if (k->listed_len == SKW_KILL_MAX)
		return -E2BIG;
	it = (struct skw_kill_listed){ .id = *id };
	int fd = diag(k, id->netns);
	int ret = fd < 0 ? fd : skw_sock_diag_find(fd, id, &it.found);
	if (ret)
		return ret;
	if (!is_named(k, it.found.state))
		return -EACCES;
	ret = grow(&k->listed, k->listed_len, sizeof(it));
	if (ret)
		return ret;
	answer_number(reply, k->listed_len);
	k->listed[k->listed_len++] = it;
	return 0;
}

static int serve_holder(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_kill *k = ctx;
	const struct holder_request *r = request;

	if (len != sizeof(*r) || !k->signo || k->asked || k->agreed || r->at >= k->listed_len)
		return -EINVAL;
	/* The worker is the parent. */
	if (r->pid <= 1 || r->pid == (uint32_t)getpid() || r->pid == (uint32_t)getppid())
		return -EPERM;
	for (size_t i = 0; i < k->holders_len; i++)
		if (k->holders[i].pid == r->pid)
			return -EEXIST;
	if (k->holders_len == SKW_KILL_HOLDERS_MAX)
		return -E2BIG;
	int ret = skw_signal_holder_send(r->pid, k->listed[r->at].found.inode, 0);
	if (!ret)
		ret = grow(&k->holders, k->holders_len, sizeof(*k->holders));
	if (ret)
		return ret;
	answer_number(reply, k->holders_len);
	k->holders[k->holders_len++] = (struct skw_kill_holder){ .pid = r->pid, .at = r->at };
	return 0;
}

static void print_question(const struct skw_kill *k)
{
	size_t n = k->signo ? k->holders_len : k->listed_len;
	char name[SKW_KILL_WORDS_SIGNAL];

	if (k->signo)
		dprintf(STDERR_FILENO, "skwatch: send %s to %s %zu process%s? [y/N] ",
			skw_kill_words_signal(k->signo, name), n == 1 ? "this" : "these", n,
			n == 1 ? "" : "es");
	else
		dprintf(STDERR_FILENO, "skwatch: end %s %zu connection%s? [y/N] ",
			n == 1 ? "this" : "these", n, n == 1 ? "" : "s");
}

static int serve_ask(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_kill *k = ctx;

	(void)request;
	(void)reply;
	if (len || k->asked || k->agreed || k->dry_run || k->terminal_fd < 0 || !k->listed_len)
		return -EINVAL;
	/* Keys that were typed before are no answer. */
	if (tcflush(k->terminal_fd, TCIFLUSH) < 0)
		return -errno;
	if (!k->screen)
		print_question(k);
	k->asked = true;
	return 0;
}

/* A screen gets one key, without Enter; a key that sends more bytes, or two keys, are no answer. */
static bool is_yes(const struct skw_kill *k, char *text, size_t len)
{
	if (!k->screen && (!len || text[--len] != '\n'))
		return false;
	text[len] = '\0';
	return !strcmp(text, "y") || !strcmp(text, "Y") || (!k->screen && !strcmp(text, "yes"));
}

static int serve_answer(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_kill *k = ctx;
	struct pollfd can_read = { .fd = k->terminal_fd, .events = POLLIN };
	char text[64];

	(void)request;
	if (len || !k->asked)
		return -EINVAL;
	if (poll(&can_read, 1, 0) == 0)
		return -EAGAIN;
	ssize_t n = read(k->terminal_fd, text, sizeof(text) - 1);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return -EAGAIN;
	k->asked = false;
	k->agreed = n > 0 && is_yes(k, text, (size_t)n);
	answer_number(reply, k->agreed);
	if (!k->agreed)
		forget(k);
	return 0;
}

static bool may_act(const struct skw_kill *k)
{
	return !k->dry_run && !k->asked && (k->agreed || k->yes);
}

static int serve_end(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_kill *k = ctx;
	uint32_t at;

	(void)reply;
	if (len != sizeof(at))
		return -EINVAL;
	memcpy(&at, request, sizeof(at));
	if (!may_act(k) || k->signo || at >= k->listed_len || k->listed[at].done)
		return -EPERM;
	const struct skw_socket_id *id = &k->listed[at].id;
	struct skw_sock_diag now;

	k->listed[at].done = true;
	int fd = diag(k, id->netns);
	int ret = fd < 0 ? fd : skw_sock_diag_find(fd, id, &now);
	/* A TIME_WAIT socket has the cookie of its connection, which has closed. */
	if (!ret && !is_named(k, now.state))
		return -ENOENT;
	return ret ? ret : skw_sock_diag_end(fd, id, &now);
}

static int serve_signal(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_kill *k = ctx;
	uint32_t at;

	(void)reply;
	if (len != sizeof(at))
		return -EINVAL;
	memcpy(&at, request, sizeof(at));
	if (!may_act(k) || !k->signo || at >= k->holders_len || k->holders[at].done)
		return -EPERM;
	k->holders[at].done = true;
	return skw_signal_holder_send(k->holders[at].pid, k->listed[k->holders[at].at].found.inode,
				      k->signo);
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_BEGIN] = { "begin a list of connections to end", serve_begin },
	[VERB_LIST] = { "list a connection to end", serve_list },
	[VERB_HOLDER] = { "list a process for a signal", serve_holder },
	[VERB_ASK] = { "ask whether to end them", serve_ask },
	[VERB_ANSWER] = { "read the answer", serve_answer },
	[VERB_END] = { "end a connection", serve_end },
	[VERB_SIGNAL] = { "send a signal", serve_signal },
};

/* ---- before the split ---- */

static int choose_namespaces(struct skw_kill *k, struct skw_error *err)
{
	struct skw_error missing = { 0 };
	struct skw_netns one;
	int ret = skw_netns_self(&one);

	if (ret)
		return skw_error_set(err, ret, "network namespaces: %s", strerror(-ret));
	k->home = one.inode;
	k->scan = strcmp(k->netns, "all") == 0 &&
		  skw_privileges_missing(SKW_USE_NAMESPACES, &missing) == 0;
	k->only = k->scan ? 0 : k->home;
	if (strcmp(k->netns, "all") == 0 || strcmp(k->netns, "self") == 0)
		return 0;
	ret = skw_netns_open(k->netns, &one, err);
	if (ret)
		return ret;
	k->namespaces.all = malloc(sizeof(one));
	if (!k->namespaces.all) {
		close(one.fd);
		return skw_error_set(err, -ENOMEM, "out of memory");
	}
	k->only = one.inode;
	k->netns_fd = one.fd;
	k->namespaces.all[0] = one;
	k->namespaces.len = k->namespaces.size = 1;
	return 0;
}

static int check_kernel(const struct skw_kill *k, struct skw_error *err)
{
	SKW_AUTO_FD int fd = skw_sock_diag_open();

	if (fd < 0)
		return skw_error_set(err, fd, "sock_diag: %s", strerror(-fd));
	int ret = skw_sock_diag_check(fd, err);
	if (ret || k->signo || k->dry_run)
		return ret;
	ret = skw_sock_diag_can_end(fd);
	if (ret)
		return skw_error_set(err, ret,
				     "this kernel can't end connections "
				     "(CONFIG_INET_DIAG_DESTROY is not set)");
	return 0;
}

static int open_terminal(struct skw_kill *k, struct skw_error *err)
{
	if (k->yes || k->dry_run)
		return 0;
	if (!k->screen && (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)))
		return skw_error_usage(err, "there is no terminal to ask on, so nothing is ended; "
					    "give --yes, or --dry-run to see what would be");
	k->terminal_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	return k->terminal_fd < 0 ? skw_error_set(err, -errno, "terminal: %s", strerror(errno)) : 0;
}

static void settle(void *ctx)
{
	skw_kill_free(ctx);
}

int skw_kill_prepare(struct skw_kill *k, struct skw_error *err)
{
	size_t n = 0;

	k->terminal_fd = k->netns_fd = k->diag_fd = -1;
	k->table = (struct skw_keeper_table){ .verbs = verbs,
					      .n_verbs = VERBS,
					      .ctx = k,
					      .keep_fds = k->keep_fds,
					      .settle = settle };
	int ret = open_terminal(k, err);
	if (!ret)
		ret = choose_namespaces(k, err);
	if (!ret)
		ret = check_kernel(k, err);
	if (k->terminal_fd >= 0)
		k->keep_fds[n++] = k->terminal_fd;
	if (k->netns_fd >= 0)
		k->keep_fds[n++] = k->netns_fd;
	k->table.n_keep = n;
	return ret;
}

void skw_kill_free(struct skw_kill *k)
{
	if (!k->table.verbs)
		return;
	forget(k);
	/* This closes netns_fd, too. */
	skw_netns_list_free(&k->namespaces);
	skw_cleanup_fd(&k->terminal_fd);
	k->terminal_fd = k->netns_fd = -1;
}

/* ---- in the worker ---- */

static int ask(const struct skw_kill *k, struct skw_keeper *keeper, size_t verb,
	       const void *request, size_t len)
{
	return skw_keeper_call(keeper, k->table.first + verb, request, len, NULL, NULL, NULL, NULL);
}

static int ask_number(const struct skw_kill *k, struct skw_keeper *keeper, size_t verb,
		      const void *request, size_t len, uint32_t *out)
{
	uint32_t number;
	size_t got = sizeof(number);
	int ret = skw_keeper_call(keeper, k->table.first + verb, request, len, &number, &got, NULL,
				  NULL);

	if (ret)
		return ret;
	if (got != sizeof(number))
		return -EPROTO;
	*out = number;
	return 0;
}

int skw_kill_begin(const struct skw_kill *k, struct skw_keeper *keeper)
{
	return ask(k, keeper, VERB_BEGIN, NULL, 0);
}

int skw_kill_list(const struct skw_kill *k, struct skw_keeper *keeper,
		  const struct skw_socket_id *id, uint32_t *at)
{
	return ask_number(k, keeper, VERB_LIST, id, sizeof(*id), at);
}

int skw_kill_add_holder(const struct skw_kill *k, struct skw_keeper *keeper, uint32_t at,
			uint32_t pid, uint32_t *holder)
{
	const struct holder_request request = { .at = at, .pid = pid };

	return ask_number(k, keeper, VERB_HOLDER, &request, sizeof(request), holder);
}

int skw_kill_ask(const struct skw_kill *k, struct skw_keeper *keeper)
{
	return ask(k, keeper, VERB_ASK, NULL, 0);
}

int skw_kill_answer(const struct skw_kill *k, struct skw_keeper *keeper)
{
	uint32_t agreed = 0;
	int ret = ask_number(k, keeper, VERB_ANSWER, NULL, 0, &agreed);

	return ret ? ret : agreed == 1;
}

int skw_kill_end(const struct skw_kill *k, struct skw_keeper *keeper, uint32_t at)
{
	return ask(k, keeper, VERB_END, &at, sizeof(at));
}

int skw_kill_signal(const struct skw_kill *k, struct skw_keeper *keeper, uint32_t holder)
{
	return ask(k, keeper, VERB_SIGNAL, &holder, sizeof(holder));
}
