// SPDX-License-Identifier: BSD-2-Clause
#include "send/connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper/privileges.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* More than a worker that is well ever needs. */
#define CONNECTIONS_A_SECOND 64
/* A process that looks up ends after this time. */
#define LOOK_UP_S 30
/* A receiver of TCP that takes nothing for so long is left; a dead host else keeps lines for long.
 */
#define STALLED_MS 120000

enum { VERB_CONNECT, VERB_LOOK_UP, VERBS };
enum { NOTHING, RUNNING, READY };

struct skw_send_found {
	atomic_int state;
	uint64_t since_ns;
	struct skw_send_addresses addresses;
};

/* ---- addresses ---- */

static int find_unix(const char *path, struct skw_send_addresses *out)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	memcpy(to.sun_path, path, strlen(path) + 1);
	memcpy(&out->all[0].to, &to, sizeof(to));
	out->all[0].len = sizeof(to);
	out->len = 1;
	return 0;
}

/* Returns 0 or a number of gai_strerror(3). */
static int find_hosts(const struct skw_post_target *t, struct skw_send_addresses *out)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
					.ai_socktype = SOCK_STREAM,
					.ai_flags = AI_NUMERICSERV };
	struct addrinfo *list = NULL;
	int ret = getaddrinfo(t->host, t->port, &hints, &list);

	if (ret)
		return ret;
	out->len = 0;
	for (const struct addrinfo *a = list; a && out->len < SKW_SEND_ADDRESSES; a = a->ai_next) {
		if (a->ai_addrlen > sizeof(out->all[0].to))
			continue;
		memcpy(&out->all[out->len].to, a->ai_addr, a->ai_addrlen);
		out->all[out->len++].len = a->ai_addrlen;
	}
	freeaddrinfo(list);
	return out->len ? 0 : EAI_NONAME;
}

static bool is_name(const struct skw_post_target *t)
{
	struct in6_addr address;

	return t->kind != SKW_POST_UNIX && inet_pton(AF_INET, t->host, &address) != 1 &&
	       !strchr(t->host, ':');
}

/* ---- in the keeper ---- */

static bool are_sound(const struct skw_send_addresses *found)
{
	if (!found->len || found->len > SKW_SEND_ADDRESSES)
		return false;
	for (unsigned i = 0; i < found->len; i++)
		if (found->all[i].len > sizeof(found->all[i].to))
			return false;
	return true;
}

static void adopt(struct skw_send_connect *c)
{
	if (!c->found || atomic_load(&c->found->state) != READY)
		return;
	/* The child may write there at any time, also while this looks: so a copy is judged. */
	const struct skw_send_addresses found = c->found->addresses;

	if (are_sound(&found)) {
		c->addresses = found;
		c->at = found.len - 1;
	}
	atomic_store(&c->found->state, NOTHING);
}

static int connect_to(const struct skw_post_target *t, const struct skw_send_address *a)
{
	const int on = 1, stalled = STALLED_MS;
	SKW_AUTO_FD int fd = socket(a->to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (t->kind != SKW_POST_UNIX) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
		setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stalled, sizeof(stalled));
	}
	if (connect(fd, (const struct sockaddr *)&a->to, a->len) < 0 && errno != EINPROGRESS)
		return -errno;
	return SKW_TAKE_FD(fd);
}

/* A worker that was taken over must not flood the receiver. */
static bool is_too_often(struct skw_send_connect *c)
{
	uint64_t now_ns = skw_clock_monotonic_ns();

	if (now_ns - c->window_ns > SKW_NS_PER_S) {
		c->window_ns = now_ns;
		c->in_window = 0;
	}
	return ++c->in_window > CONNECTIONS_A_SECOND;
}

static int serve_connect(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_send_connect *c = ctx;
	uint32_t next, addresses;
	int ret = -EHOSTUNREACH;

	if (len != sizeof(next))
		return -EINVAL;
	memcpy(&next, request, sizeof(next));
	if (next > 1)
		return -EINVAL;
	if (is_too_often(c))
		return -EAGAIN;
	adopt(c);
	/* A family without a route fails at once, and the next address may be of the other one. */
	for (size_t i = 0; i < c->addresses.len && ret < 0; i++) {
		c->at = (c->at + (next || i)) % c->addresses.len;
		ret = connect_to(c->target, &c->addresses.all[c->at]);
	}
	if (ret < 0)
		return ret;
	addresses = (uint32_t)c->addresses.len;
	memcpy(reply->payload, &addresses, sizeof(addresses));
	reply->len = sizeof(addresses);
	reply->fds[reply->n_fds++] = ret;
	return 0;
}

/* It has the keeper's rights until it drops them, and reads answers of name servers after that. */
static _Noreturn void look_up(struct skw_send_connect *c)
{
	struct skw_identity other = { 0 };
	struct skw_error err = { 0 };
	sigset_t none;

	/* The worker must see the keeper's end, so its socket must not stay open here. */
	close_range(STDERR_FILENO + 1, ~0U, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGALRM, SIG_DFL);
	alarm(LOOK_UP_S);
	if (geteuid() == 0)
		skw_identity_default(&other);
	if (geteuid() != 0 || skw_privileges_drop(&other, &err))
		skw_privileges_drop(NULL, &err);
	if (find_hosts(c->target, &c->found->addresses) == 0)
		atomic_store(&c->found->state, READY);
	else
		atomic_store(&c->found->state, NOTHING);
	_exit(0);
}

/* A child's child, as the keeper waits for the children that it knows only. */
static int serve_look_up(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_send_connect *c = ctx;
	uint64_t now_ns = skw_clock_monotonic_ns();
	int state = c->found ? atomic_load(&c->found->state) : READY;

	(void)request;
	(void)reply;
	if (len)
		return -EINVAL;
	if (state == READY ||
	    (state == RUNNING && now_ns - c->found->since_ns < 2 * LOOK_UP_S * SKW_NS_PER_S))
		return 0;
	atomic_store(&c->found->state, RUNNING);
	c->found->since_ns = now_ns;
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		if (fork() == 0)
			look_up(c);
		_exit(0);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[VERB_CONNECT] = { "connect to the receiver", serve_connect },
	[VERB_LOOK_UP] = { "look the receiver's name up", serve_look_up },
};

/* ---- in the worker ---- */

void skw_send_connect_free(struct skw_send_connect *c)
{
	if (c->found)
		munmap(c->found, sizeof(*c->found));
	c->found = NULL;
}

/* The worker must not choose addresses. */
static void settle(void *ctx)
{
	skw_send_connect_free(ctx);
}

int skw_send_connect_prepare(struct skw_send_connect *c, struct skw_error *err)
{
	const struct skw_post_target *t = c->target;
	int ret = t->kind == SKW_POST_UNIX ? find_unix(t->host, &c->addresses)
					   : find_hosts(t, &c->addresses);

	if (ret)
		return skw_error_set(err, -EHOSTUNREACH, "--to %s: %s", t->name,
				     ret == EAI_SYSTEM ? strerror(errno) : gai_strerror(ret));
	if (is_name(t)) {
		void *shared = mmap(NULL, sizeof(*c->found), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (shared == MAP_FAILED)
			return skw_error_set(err, -errno, "--to: %s", strerror(errno));
		c->found = shared;
	}
	return 0;
}

void skw_send_connect_table(struct skw_send_connect *c)
{
	c->table = (struct skw_keeper_table){
		.verbs = verbs, .n_verbs = VERBS, .ctx = c, .settle = settle
	};
}

int skw_send_connect_ask(const struct skw_send_connect *c, struct skw_keeper *k, bool next,
			 unsigned *addresses)
{
	const uint32_t request = next;
	uint32_t reply = 0;
	size_t len = sizeof(reply), n = 1;
	int fd = -1;
	int ret = skw_keeper_call(k, c->table.first + VERB_CONNECT, &request, sizeof(request),
				  &reply, &len, &fd, &n);

	if (!ret && (len != sizeof(reply) || !n))
		ret = -EPROTO;
	if (ret) {
		skw_cleanup_fd(&fd);
		return ret;
	}
	*addresses = reply;
	return fd;
}

void skw_send_connect_look_up(const struct skw_send_connect *c, struct skw_keeper *k)
{
	skw_keeper_start(k, c->table.first + VERB_LOOK_UP, NULL, 0);
}
