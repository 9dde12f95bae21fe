// SPDX-License-Identifier: BSD-2-Clause
/*
 * Datagrams between both sides, of which each socket's own counts are told:
 *
 *	socket NAME client|server COOKIE bytes_out bytes_in packets_out packets_in
 *
 * One pair is there before it says "ready". The lines of standard input are "old N" (that pair
 * exchanges N datagrams), "talk N" (new pairs, one of each kind, do), "short N" (the same, and they
 * close at once), "flood N" (N datagrams to a socket that nobody reads) and "close".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conns.h"
#include "util/cleanup.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#define LARGEST   9000 /* it takes fragments */
#define SEGMENTS  10
#define SEGMENT   1000
#define PAIRS_MAX 64

struct end {
	int fd;
	uint64_t bytes_out, bytes_in, packets_out, packets_in;
};

struct pair {
	const char *name;
	struct end ends[SIDES]; /* the client is HERE */
};

struct state {
	const struct conns_plan *plan;
	struct pair pairs[PAIRS_MAX];
	int n;
};

static const struct kind {
	const char *name;
	int client, server; /* families */
	bool connected;
	bool segments; /* several datagrams with one call */
} kinds[] = {
	{ "v4", AF_INET, AF_INET, false, false },
	{ "v6", AF_INET6, AF_INET6, false, false },
	{ "v4-connected", AF_INET, AF_INET, true, false },
	{ "v6-connected", AF_INET6, AF_INET6, true, false },
	{ "dual-client", AF_INET6, AF_INET, false, false },
	{ "dual-server", AF_INET, AF_INET6, true, false },
	{ "segments", AF_INET, AF_INET, false, true },
	{ "segments-v6", AF_INET6, AF_INET6, false, true },
};

/* Where the client sends to: the server's address, in the form that the client's family has. */
static socklen_t address_of(const struct state *s, const struct kind *kind, int server,
			    struct sockaddr_in6 *out)
{
	bool v4 = kind->server == AF_INET || kind->client == AF_INET;
	struct sockaddr_in6 *six = out;
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	const char *text = net_addr(s->plan, THERE, v4 ? AF_INET : AF_INET6);
	char mapped[64];

	memset(out, 0, sizeof(*out));
	if (kind->client == AF_INET) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)net_port(server, false));
		must(inet_pton(AF_INET, text, &four->sin_addr) == 1 ? 0 : -1, text);
		return sizeof(*four);
	}
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((uint16_t)net_port(server, false));
	snprintf(mapped, sizeof(mapped), "%s%s", v4 ? "::ffff:" : "", text);
	must(inet_pton(AF_INET6, mapped, &six->sin6_addr) == 1 ? 0 : -1, mapped);
	return sizeof(*six);
}

static void receive(struct end *end, struct sockaddr_in6 *from, socklen_t *len)
{
	char bytes[65536];

	end->bytes_in += (uint64_t)must(
		(int)recvfrom(end->fd, bytes, sizeof(bytes), 0, (struct sockaddr *)from, len),
		"recvfrom");
	end->packets_in++;
}

static void send_to(struct end *end, size_t size, uint64_t datagrams, const struct sockaddr_in6 *to,
		    socklen_t len)
{
	static const char bytes[65536];

	must((int)sendto(end->fd, bytes, size, 0, (const struct sockaddr *)to, len), "sendto");
	end->bytes_out += size;
	end->packets_out += datagrams;
}

/* The server answers each second datagram, with half of its size. */
static void exchange(const struct state *s, const struct kind *kind, struct pair *p, uint64_t n)
{
	struct end *client = &p->ends[HERE], *server = &p->ends[THERE];
	struct sockaddr_in6 to, from;
	socklen_t to_len = address_of(s, kind, server->fd, &to), len;

	for (uint64_t i = 0; i < n; i++) {
		size_t size = kind->segments ? (size_t)SEGMENTS * SEGMENT
			      : i % 8 == 7   ? LARGEST
					     : (i * 211) % 1400;
		uint64_t datagrams = kind->segments ? SEGMENTS : 1;

		send_to(client, size, datagrams, kind->connected ? NULL : &to,
			kind->connected ? 0 : to_len);
		for (uint64_t j = 0; j < datagrams; j++) {
			len = sizeof(from);
			receive(server, &from, &len);
		}
		if (i % 2)
			continue;
		send_to(server, size / 20, 1, &from, len);
		len = sizeof(from);
		receive(client, &from, &len);
	}
}

static struct pair *make(struct state *s, const struct kind *kind)
{
	struct pair *p = &s->pairs[s->n++];
	struct sockaddr_in6 to;
	const int yes = 1;

	must(s->n < PAIRS_MAX ? 0 : -1, "pairs");
	*p = (struct pair){ .name = kind->name };
	p->ends[HERE].fd = net_socket(s->plan, HERE, kind->client, SOCK_DGRAM, 0);
	p->ends[THERE].fd = net_socket(s->plan, THERE, kind->server, SOCK_DGRAM, 0);
	if (kind->segments)
		net_set(p->ends[HERE].fd, IPPROTO_UDP, UDP_SEGMENT, SEGMENT);
	net_set(p->ends[THERE].fd, SOL_SOCKET, SO_REUSEADDR, yes);
	net_bind(p->ends[THERE].fd, kind->server == AF_INET6 ? "::" : "0.0.0.0", 0);
	if (kind->connected) {
		socklen_t len = address_of(s, kind, p->ends[THERE].fd, &to);

		must(connect(p->ends[HERE].fd, (struct sockaddr *)&to, len), "connect");
	}
	return p;
}

static void tell(const struct pair *p)
{
	static const char *const names[] = { [HERE] = "client", [THERE] = "server" };

	for (enum side side = HERE; side < SIDES; side++) {
		const struct end *end = &p->ends[side];
		uint64_t cookie = 0;
		socklen_t len = sizeof(cookie);

		must(getsockopt(end->fd, SOL_SOCKET, SO_COOKIE, &cookie, &len), "SO_COOKIE");
		net_say("socket %s %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
			p->name, names[side], cookie, end->bytes_out, end->bytes_in,
			end->packets_out, end->packets_in);
	}
}

static void close_pair(struct pair *p)
{
	must(close(p->ends[HERE].fd), "close");
	must(close(p->ends[THERE].fd), "close");
}

static void verb_old(struct state *s, uint64_t n)
{
	exchange(s, &kinds[0], &s->pairs[0], n);
	tell(&s->pairs[0]);
}

static void verb_talk(struct state *s, uint64_t n)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(kinds); i++) {
		struct pair *p = make(s, &kinds[i]);

		exchange(s, &kinds[i], p, n);
		tell(p);
	}
}

static void verb_short(struct state *s, uint64_t n)
{
	int before = s->n;

	verb_talk(s, n);
	while (s->n > before)
		close_pair(&s->pairs[--s->n]);
}

/* All of them arrive there, and most find no room in the queue. */
static void verb_flood(struct state *s, uint64_t n)
{
	struct pair *p = make(s, &kinds[0]);
	struct sockaddr_in6 to;
	socklen_t len = address_of(s, &kinds[0], p->ends[THERE].fd, &to);

	net_set(p->ends[THERE].fd, SOL_SOCKET, SO_RCVBUF, 1);
	p->name = "flood";
	for (uint64_t i = 0; i < n; i++)
		send_to(&p->ends[HERE], 100, 1, &to, len);
	p->ends[THERE].bytes_in = p->ends[HERE].bytes_out;
	p->ends[THERE].packets_in = n;
	tell(p);
}

static void verb_close(struct state *s, uint64_t unused)
{
	(void)unused;
	while (s->n)
		close_pair(&s->pairs[--s->n]);
}

static const struct verb {
	const char *name;
	void (*run)(struct state *s, uint64_t n);
} verbs[] = {
	{ "old", verb_old },     { "talk", verb_talk },   { "short", verb_short },
	{ "flood", verb_flood }, { "close", verb_close },
};

int conns_datagrams(struct conns_plan *plan, char *argv[], int n)
{
	struct state *s = calloc(1, sizeof(*s));
	char line[64];
	int done = 0;

	(void)argv;
	(void)n;
	must(s ? 0 : -1, "memory");
	s->plan = plan;
	make(s, &kinds[0])->name = "old";
	net_say("ready");
	while (fgets(line, sizeof(line), stdin)) {
		const char *name = strtok(line, " \n"), *count = strtok(NULL, " \n");

		for (size_t i = 0; name && i < SKW_ARRAY_SIZE(verbs); i++)
			if (!strcmp(name, verbs[i].name))
				verbs[i].run(s, count ? strtoull(count, NULL, 10) : 1);
		net_say("done %d", ++done);
	}
	free(s);
	return 0;
}
