// SPDX-License-Identifier: BSD-2-Clause
#include "victim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int ends[3] = { -1, -1, -1 }; /* the client, the server, the listener */

static void give_up(const char *what)
{
	fprintf(stderr, "hostile: victim: %s: %s\n", what, strerror(errno));
	exit(99);
}

static uint64_t cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) < 0)
		give_up("cookie");
	return cookie;
}

void hostile_victim_make(int listener)
{
	struct sockaddr_in server, client;
	socklen_t len = sizeof(server);
	struct stat netns;
	char text[128];

	ends[2] = listener;
	ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (ends[0] < 0 || getsockname(listener, (struct sockaddr *)&server, &len) < 0 ||
	    connect(ends[0], (struct sockaddr *)&server, len) < 0)
		give_up("connect");
	ends[1] = accept4(listener, (struct sockaddr *)&client, &len, SOCK_CLOEXEC);
	if (ends[1] < 0 || stat("/proc/self/ns/net", &netns) < 0)
		give_up("accept");
	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " %u %u %u", cookie_of(ends[0]),
		 cookie_of(listener), ntohs(client.sin_port), ntohs(server.sin_port),
		 (unsigned)netns.st_ino);
	setenv(HOSTILE_VICTIM, text, 1);
}

static int is_open(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

int hostile_victim_lives(void)
{
	int listens = 0;
	socklen_t len = sizeof(listens);

	return is_open(ends[0]) && is_open(ends[1]) &&
	       getsockopt(ends[2], SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens;
}

int hostile_victim_read(struct skw_socket_id *connection, struct skw_socket_id *listener)
{
	const char *text = getenv(HOSTILE_VICTIM);
	const uint32_t localhost = htonl(INADDR_LOOPBACK);
	struct skw_socket_id id = { .tuple = { .family = AF_INET, .proto = IPPROTO_TCP } };
	uint64_t cookie;

	if (!text || sscanf(text, "%" SCNu64 " %" SCNu64 " %hu %hu %u", &id.cookie, &cookie,
			    &id.tuple.local_port, &id.tuple.remote_port, &id.netns) != 5)
		return 0;
	memcpy(id.tuple.local_addr, &localhost, sizeof(localhost));
	*listener = id;
	listener->cookie = cookie;
	listener->tuple.local_port = id.tuple.remote_port;
	listener->tuple.remote_port = 0;
	memcpy(id.tuple.remote_addr, &localhost, sizeof(localhost));
	*connection = id;
	return 1;
}
