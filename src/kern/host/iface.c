// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/iface.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/cleanup.h"

static int query(int fd, unsigned long request, struct ifreq *ifr)
{
	return ioctl(fd, request, ifr) < 0 ? -errno : 0;
}

/* Fills in what belongs to info->name. */
static int fill_by_name(int fd, struct skw_iface_info *info)
{
	struct ifreq ifr = { 0 };
	int ret;

	memcpy(ifr.ifr_name, info->name, sizeof(ifr.ifr_name));
	ret = query(fd, SIOCGIFINDEX, &ifr);
	if (ret)
		return ret;
	info->ifindex = (uint32_t)ifr.ifr_ifindex;
	ret = query(fd, SIOCGIFHWADDR, &ifr);
	if (ret)
		return ret;
	info->arphrd = ifr.ifr_hwaddr.sa_family;
	ret = query(fd, SIOCGIFFLAGS, &ifr);
	if (ret)
		return ret;
	info->flags = (uint32_t)(uint16_t)ifr.ifr_flags;
	return 0;
}

static int query_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int skw_iface_by_name(const char *name, struct skw_iface_info *info, struct skw_error *err)
{
	struct skw_iface_info found = { 0 };
	SKW_AUTO_FD int fd = query_socket();

	if (fd < 0)
		return skw_error_set(err, fd, "%s: %s", name, strerror(-fd));
	int ret = -ENODEV;
	if (name[0] && strlen(name) < sizeof(found.name)) {
		memcpy(found.name, name, strlen(name) + 1);
		ret = fill_by_name(fd, &found);
	}
	if (ret)
		return skw_error_set(err, ret, "%s: %s; list the interfaces: skwatch capture -D",
				     name, ret == -ENODEV ? "no such interface" : strerror(-ret));
	*info = found;
	return 0;
}

int skw_iface_by_index(uint32_t ifindex, struct skw_iface_info *info)
{
	struct skw_iface_info found = { 0 };
	struct ifreq ifr = { .ifr_ifindex = (int)ifindex };
	SKW_AUTO_FD int fd = query_socket();

	if (fd < 0)
		return fd;
	int ret = query(fd, SIOCGIFNAME, &ifr);
	if (ret)
		return ret;
	memcpy(found.name, ifr.ifr_name, sizeof(found.name));
	ret = fill_by_name(fd, &found);
	if (!ret)
		*info = found;
	return ret;
}

int skw_iface_netmask(const char *name, uint32_t *mask)
{
	struct ifreq ifr = { 0 };
	SKW_AUTO_FD int fd = query_socket();

	if (fd < 0)
		return fd;
	strncpy(ifr.ifr_name, name, sizeof(ifr.ifr_name) - 1);
	int ret = query(fd, SIOCGIFNETMASK, &ifr);
	if (!ret)
		*mask = ntohl(((struct sockaddr_in *)&ifr.ifr_netmask)->sin_addr.s_addr);
	return ret;
}

int skw_iface_list(struct skw_iface_info **list, size_t *n, struct skw_error *err)
{
	SKW_AUTO_FD int fd = query_socket();
	struct if_nameindex *names = fd < 0 ? NULL : if_nameindex();
	SKW_AUTO_FREE struct skw_iface_info *all = NULL;
	size_t len = 0, found = 0;
	int ret = fd < 0 ? fd : names ? 0 : -errno;

	if (!names)
		return skw_error_set(err, ret, "interfaces: the kernel does not list them: %s",
				     strerror(-ret));
	while (names[len].if_index)
		len++;
	all = calloc(len + 1, sizeof(*all));
	for (size_t i = 0; all && !ret && i < len; i++) {
		size_t name_len = strnlen(names[i].if_name, IFNAMSIZ - 1);

		memset(&all[found], 0, sizeof(all[found]));
		memcpy(all[found].name, names[i].if_name, name_len);
		/* An interface that was removed meanwhile is left out. */
		ret = fill_by_name(fd, &all[found]);
		if (!ret)
			found++;
		else if (ret == -ENODEV)
			ret = 0;
	}
	if (ret)
		skw_error_set(err, ret, "interfaces: %.*s: %s", IFNAMSIZ, all[found].name,
			      strerror(-ret));
	if_freenameindex(names);
	if (!all)
		return skw_error_set(err, -ENOMEM, "interfaces: out of memory");
	if (ret)
		return ret;
	*list = SKW_TAKE_PTR(all);
	*n = found;
	return 0;
}

int skw_iface_plain_dlt(uint16_t arphrd)
{
	switch (arphrd) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		return DLT_EN10MB;
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
		return DLT_RAW;
	default:
		return -1;
	}
}

int skw_iface_watch(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	SKW_AUTO_FD int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return SKW_TAKE_FD(fd);
}

/* Returns false if the message is not about an interface. */
static bool link_info(const struct nlmsghdr *nlh, struct skw_iface_info *info)
{
	const struct ifinfomsg *link = NLMSG_DATA(nlh);
	int left = (int)nlh->nlmsg_len - (int)NLMSG_LENGTH(sizeof(*link));

	if ((nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK) || left < 0)
		return false;
	/* Bridges send the same messages with AF_BRIDGE for the state of their ports. */
	if (link->ifi_family != AF_UNSPEC)
		return false;
	*info = (struct skw_iface_info){ .ifindex = (uint32_t)link->ifi_index,
					 .flags = link->ifi_flags,
					 .arphrd = link->ifi_type };
	for (const struct rtattr *attr = IFLA_RTA(link); RTA_OK(attr, left);
	     attr = RTA_NEXT(attr, left))
		if (attr->rta_type == IFLA_IFNAME)
			memcpy(info->name, RTA_DATA(attr),
			       strnlen(RTA_DATA(attr), RTA_PAYLOAD(attr) < IFNAMSIZ
							       ? RTA_PAYLOAD(attr)
							       : IFNAMSIZ - 1));
	return true;
}

int skw_iface_watch_read(int fd,
			 void (*news)(void *ctx, const struct skw_iface_info *info, bool gone),
			 void *ctx)
{
	_Alignas(struct nlmsghdr) char bytes[32768];

	for (;;) {
		ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? 0 : -errno;
		int left = (int)got;
		for (const struct nlmsghdr *nlh = (const struct nlmsghdr *)bytes;
		     left > 0 && NLMSG_OK(nlh, (unsigned int)left); nlh = NLMSG_NEXT(nlh, left)) {
			struct skw_iface_info info;

			if (link_info(nlh, &info))
				news(ctx, &info, nlh->nlmsg_type == RTM_DELLINK);
		}
	}
}

int skw_iface_watch_list(int fd)
{
	const struct {
		struct nlmsghdr header;
		struct ifinfomsg link;
	} request = { .header = { .nlmsg_len = sizeof(request),
				  .nlmsg_type = RTM_GETLINK,
				  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP } };
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (sendto(fd, &request, sizeof(request), 0, (const struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	return 0;
}
