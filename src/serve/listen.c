// SPDX-License-Identifier: BSD-2-Clause
#include "serve/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/cleanup.h"

#define BACKLOG     256
#define UNIX_PREFIX "unix:"
/* sd_listen_fds(3): the first descriptor that is passed. */
#define SYSTEMD_FIRST 3

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un path;
};

static bool parse_port(const char *text, uint16_t *port)
{
	char *end = NULL;
	unsigned long number = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;

	*port = (uint16_t)number;
	return end && !*end && number > 0 && number <= UINT16_MAX;
}

static bool parse_address(const char *text, union address *out, socklen_t *len)
{
	char name[INET6_ADDRSTRLEN + 2];
	const char *colon = strrchr(text, ':');
	size_t name_len = colon ? (size_t)(colon - text) : 0;
	uint16_t port;

	*out = (union address){ 0 };
	if (!colon || name_len >= sizeof(name) || !parse_port(colon + 1, &port))
		return false;
	memcpy(name, text, name_len);
	name[name_len] = '\0';
	if (name[0] == '[' && name[name_len - 1] == ']') {
		name[name_len - 1] = '\0';
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons(port);
		*len = sizeof(out->v6);
		return inet_pton(AF_INET6, name + 1, &out->v6.sin6_addr) == 1;
	}
	out->v4.sin_family = AF_INET;
	out->v4.sin_port = htons(port);
	*len = sizeof(out->v4);
	return inet_pton(AF_INET, name, &out->v4.sin_addr) == 1;
}

static bool parse_path(const char *text, union address *out, socklen_t *len)
{
	const char *path = text + strlen(UNIX_PREFIX);
	size_t path_len = strlen(path);

	*out = (union address){ .path.sun_family = AF_UNIX };
	if (!path_len || path_len >= sizeof(out->path.sun_path))
		return false;
	memcpy(out->path.sun_path, path, path_len + 1);
	*len = sizeof(out->path);
	return true;
}

static bool parse(const char *text, union address *out, socklen_t *len)
{
	return strncmp(text, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0 ? parse_path(text, out, len)
								    : parse_address(text, out, len);
}

int skw_listen_check(const char *option, const char *text, struct skw_error *err)
{
	union address address;
	socklen_t len;

	if (strcmp(text, "systemd") == 0 || parse(text, &address, &len))
		return 0;
	return skw_error_usage(err, "%s: \"%s\" is not %s", option, text, SKW_LISTEN_FORMS);
}

/* A file of an earlier run is in the way, unless somebody listens there. */
static void remove_dead(const union address *address, socklen_t len)
{
	SKW_AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct stat st;

	if (fd >= 0 && lstat(address->path.sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    connect(fd, &address->any, len) < 0 && errno == ECONNREFUSED)
		unlink(address->path.sun_path);
}

static int open_address(const char *text, struct skw_error *err)
{
	union address address;
	socklen_t len;
	int on = 1;

	if (!parse(text, &address, &len))
		return skw_error_usage(err, "%s is not %s", text, SKW_LISTEN_FORMS);
	SKW_AUTO_FD int fd =
		socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return skw_error_set(err, -errno, "%s: %s", text, strerror(errno));
	if (address.any.sa_family == AF_UNIX)
		remove_dead(&address, len);
	else
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &address.any, len) < 0 || listen(fd, BACKLOG) < 0)
		return skw_error_set(err, -errno, "%s: %s", text, strerror(errno));
	return SKW_TAKE_FD(fd);
}

static bool is_number(const char *name, long wanted)
{
	const char *text = getenv(name);
	char *end = NULL;

	return text && *text && strtol(text, &end, 10) == wanted && !*end;
}

static int take_systemd(struct skw_error *err)
{
	int fd = SYSTEMD_FIRST, listens = 0, flags;
	socklen_t len = sizeof(listens);

	if (!is_number("LISTEN_PID", getpid()) || !is_number("LISTEN_FDS", 1))
		return skw_error_set(err, -EINVAL,
				     "--listen systemd: this process was given no socket, or more "
				     "than one (LISTEN_PID, LISTEN_FDS); see systemd.socket(5)");
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) < 0 || !listens)
		return skw_error_set(err, -EINVAL,
				     "--listen systemd: descriptor 3 is no listening socket");
	flags = fcntl(fd, F_GETFL);
	/* Without this flag it would be closed with all other descriptors that were inherited. */
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return skw_error_set(err, -errno, "--listen systemd: %s", strerror(errno));
	return fd;
}

int skw_listen_open(const char *text, struct skw_error *err)
{
	return strcmp(text, "systemd") == 0 ? take_systemd(err) : open_address(text, err);
}
