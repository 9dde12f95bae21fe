// SPDX-License-Identifier: BSD-2-Clause
#include "resolve/resolve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/loop.h"
#include "resolve/cache.h"
#include "resolve/resolver.h"
#include "resolve/services.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

#define ADDRESSES_MAX 4096
#define PATIENCE_NS   (2 * SKW_NS_PER_S)

struct skw_resolve {
	struct skw_resolve_options opt;
	struct skw_print_names print;
	struct skw_resolve_cache *cache; /* owned */
	struct skw_services *services;   /* owned */
	struct skw_loop *loop;           /* borrowed; `open` sets it */
	int fd;                          /* to the resolver; -1: it has ended */
	bool late;                       /* it was waited for in vain, and has said nothing since */
};

static void lose_resolver(struct skw_resolve *n)
{
	close(SKW_TAKE_FD(n->fd));
	skw_say("the process that looks up names has ended: new addresses stay numbers");
}

static void take_answer(struct skw_resolve *n, struct skw_resolve_answer *answer)
{
	answer->name[sizeof(answer->name) - 1] = '\0';
	if (n->opt.no_domains)
		answer->name[strcspn(answer->name, ".")] = '\0';
	skw_resolve_cache_answer(n->cache, &answer->address, answer->name);
	n->late = false;
}

/* Takes all answers that have come. */
static void receive(struct skw_resolve *n)
{
	struct skw_resolve_answer answer;
	ssize_t len;

	while ((len = recv(n->fd, &answer, sizeof(answer), MSG_DONTWAIT)) ==
	       (ssize_t)sizeof(answer))
		take_answer(n, &answer);
	if (len >= 0 || (errno != EAGAIN && errno != EINTR))
		lose_resolver(n);
}

/* Returns false if the address must be asked for later. */
static bool ask(struct skw_resolve *n, const struct skw_resolve_address *a)
{
	if (n->fd < 0)
		return false;
	if (send(n->fd, a, sizeof(*a), MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)sizeof(*a)) {
		/* There are too many questions at the moment. The end is told by receive(). */
		return false;
	}
	skw_resolve_cache_ask(n->cache, a);
	return true;
}

/*
 * Waits for the answer. A resolver that has not answered in time is not waited for again before it
 * answers: a dead name server holds a file up once, and not once for each address.
 */
static void wait_for(struct skw_resolve *n, const struct skw_resolve_address *a)
{
	uint64_t end_ns = skw_clock_monotonic_ns() + PATIENCE_NS;
	const char *name;

	while (n->fd >= 0 && skw_resolve_cache_find(n->cache, a, &name) == SKW_RESOLVE_ASKED) {
		struct pollfd p[] = { { .fd = n->fd, .events = POLLIN },
				      { .fd = skw_loop_interrupt_fd(n->loop), .events = POLLIN } };
		uint64_t now_ns = skw_clock_monotonic_ns();

		if (now_ns >= end_ns) {
			n->late = true;
			return;
		}
		int ready =
			poll(p, SKW_ARRAY_SIZE(p), (int)((end_ns - now_ns) / SKW_NS_PER_MS + 1));
		if (ready > 0 && p[1].revents) {
			n->opt.waits = false;
			return;
		}
		if (ready > 0)
			receive(n);
	}
}

static const char *host(void *ctx, const uint8_t *addr, size_t len)
{
	struct skw_resolve *n = ctx;
	struct skw_resolve_address a = { .len = (uint32_t)len };
	const char *name;

	memcpy(a.bytes, addr, len);
	if (skw_resolve_cache_find(n->cache, &a, &name) != SKW_RESOLVE_NEW || !ask(n, &a))
		return name;
	if (n->opt.waits && !n->late)
		wait_for(n, &a);
	skw_resolve_cache_find(n->cache, &a, &name);
	return name;
}

static const char *port(void *ctx, uint8_t proto, uint16_t number)
{
	return skw_services_name(((const struct skw_resolve *)ctx)->services, proto, number);
}

int skw_resolve_new(const struct skw_resolve_options *opt, struct skw_resolve **out,
		    struct skw_error *err)
{
	struct skw_resolve *n = calloc(1, sizeof(*n));
	int ret;

	if (!n)
		return skw_error_set(err, -ENOMEM, "out of memory");
	n->opt = *opt;
	n->print = (struct skw_print_names){ host, port, n };
	n->fd = ret = skw_resolver_start(opt->who, err);
	if (ret >= 0) {
		n->cache = skw_resolve_cache_new(ADDRESSES_MAX);
		n->services = skw_services_read();
		ret = n->cache && n->services ? 0 : skw_error_set(err, -ENOMEM, "out of memory");
	}
	if (ret) {
		skw_resolve_free(n);
		return ret;
	}
	*out = n;
	return 0;
}

void skw_resolve_free(struct skw_resolve *n)
{
	if (!n)
		return;
	skw_cleanup_fd(&n->fd);
	skw_resolve_cache_free(n->cache);
	skw_services_free(n->services);
	free(n);
}

const struct skw_print_names *skw_resolve_print(const struct skw_resolve *n)
{
	return &n->print;
}

static int on_answer(void *ctx, struct skw_error *err)
{
	struct skw_resolve *n = ctx;

	(void)err;
	if (n->fd >= 0)
		receive(n);
	return 0;
}

static int open_names(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	(void)err;
	((struct skw_resolve *)ctx)->loop = loop;
	return 0;
}

static int start(void *ctx, struct skw_error *err)
{
	struct skw_resolve *n = ctx;
	int ret = skw_loop_watch(n->loop, n->fd, EPOLLIN, on_answer, n);

	return ret ? skw_error_set(err, ret, "--resolve: %s", strerror(-ret)) : 0;
}

static void hurry(void *ctx, unsigned ms)
{
	(void)ms;
	((struct skw_resolve *)ctx)->opt.waits = false;
}

static const struct skw_sink_ops ops = { .open = open_names, .start = start, .hurry = hurry };

struct skw_sink skw_resolve_sink(struct skw_resolve *n)
{
	return (struct skw_sink){ &ops, n };
}
