// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/addresses.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "util/cleanup.h"

#define GROUPS (RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)

/* All addresses come over the same socket, as messages like those of new ones. */
static int ask(const struct skw_addresses *a)
{
	const struct {
		struct nlmsghdr header;
		struct ifaddrmsg address;
	} request = { .header = { .nlmsg_len = sizeof(request),
				  .nlmsg_type = RTM_GETADDR,
				  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP } };
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(a->fd, &request, sizeof(request), 0, (const struct sockaddr *)&kernel,
		      sizeof(kernel)) < 0
		       ? -errno
		       : 0;
}

int skw_addresses_open(struct skw_addresses *a)
{
	const struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = GROUPS };
	SKW_AUTO_FD int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	*a = (struct skw_addresses){ .fd = -1 };
	if (fd < 0 || bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	a->fd = SKW_TAKE_FD(fd);
	int ret = ask(a);

	return ret ? ret : skw_addresses_read(a);
}

void skw_addresses_close(struct skw_addresses *a)
{
	skw_cleanup_fd(&a->fd);
	free(a->all);
	a->all = NULL;
	a->len = a->size = 0;
}

static struct skw_address *find(const struct skw_addresses *a, const struct skw_address *like)
{
	for (size_t i = 0; i < a->len; i++)
		if (a->all[i].family == like->family &&
		    !memcmp(a->all[i].bytes, like->bytes, sizeof(like->bytes)))
			return &a->all[i];
	return NULL;
}

static int add(struct skw_addresses *a, const struct skw_address *address)
{
	if (find(a, address))
		return 0;
	if (a->len == a->size) {
		size_t size = a->size ? a->size * 2 : 16;
		struct skw_address *all = reallocarray(a->all, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		a->all = all;
		a->size = size;
	}
	a->all[a->len++] = *address;
	return 0;
}

static void drop(struct skw_addresses *a, const struct skw_address *address)
{
	struct skw_address *found = find(a, address);

	if (found)
		*found = a->all[--a->len];
}

/* Reads the address of a message. On a point-to-point link, IFA_ADDRESS is the peer's. */
static bool address_of(const struct nlmsghdr *nlh, struct skw_address *out)
{
	const struct ifaddrmsg *msg = NLMSG_DATA(nlh);
	const struct rtattr *found = NULL;

	if ((nlh->nlmsg_type != RTM_NEWADDR && nlh->nlmsg_type != RTM_DELADDR) ||
	    nlh->nlmsg_len < NLMSG_LENGTH(sizeof(*msg)))
		return false;
	size_t want = msg->ifa_family == AF_INET ? 4 : 16;
	int left = (int)IFA_PAYLOAD(nlh);
	for (const struct rtattr *at = IFA_RTA(msg); RTA_OK(at, left); at = RTA_NEXT(at, left))
		if (RTA_PAYLOAD(at) == want &&
		    (at->rta_type == IFA_LOCAL || (at->rta_type == IFA_ADDRESS && !found)))
			found = at;
	if (!found || (msg->ifa_family != AF_INET && msg->ifa_family != AF_INET6))
		return false;
	*out = (struct skw_address){ .family = msg->ifa_family };
	memcpy(out->bytes, RTA_DATA(found), want);
	return true;
}

static int take(struct skw_addresses *a, const struct nlmsghdr *nlh, int left)
{
	int ret = 0;

	for (; !ret && left > 0 && NLMSG_OK(nlh, (unsigned int)left); nlh = NLMSG_NEXT(nlh, left)) {
		struct skw_address address;

		if (!address_of(nlh, &address))
			continue;
		if (nlh->nlmsg_type == RTM_DELADDR)
			drop(a, &address);
		else
			ret = add(a, &address);
	}
	return ret;
}

int skw_addresses_read(struct skw_addresses *a)
{
	_Alignas(struct nlmsghdr) char bytes[32768];
	int ret = 0;

	while (!ret) {
		ssize_t got = recv(a->fd, bytes, sizeof(bytes), 0);

		if (got >= 0) {
			ret = take(a, (const struct nlmsghdr *)bytes, (int)got);
		} else if (errno == EAGAIN) {
			return 0;
		} else if (errno == ENOBUFS) {
			/* Messages were lost, so the list begins again. */
			a->len = 0;
			ret = ask(a);
		} else if (errno != EINTR) {
			ret = -errno;
		}
	}
	return ret;
}

bool skw_addresses_have(const struct skw_addresses *a, const uint8_t addr[16], uint8_t family)
{
	struct skw_address like = { .family = family };

	if (family == AF_INET && addr[0] == IN_LOOPBACKNET)
		return true;
	memcpy(like.bytes, addr, sizeof(like.bytes));
	return find(a, &like) != NULL;
}
