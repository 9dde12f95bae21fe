// SPDX-License-Identifier: BSD-2-Clause
#include "kern/probe.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/cleanup.h"

int skw_probe_btf(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int ret = btf ? 0 : -errno;

	btf__free(btf);
	return ret;
}

int skw_probe_ring(void)
{
	__u32 page = (__u32)sysconf(_SC_PAGESIZE);
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "skw_probe", 0, 0, page, NULL);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int skw_probe_packet_socket(int prog_fd)
{
	/* Without a protocol the socket receives no packet. */
	SKW_AUTO_FD int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd, sizeof(prog_fd)) < 0)
		return -errno;
	return 0;
}

int skw_probe_enter_netns(void)
{
	SKW_AUTO_FD int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		return -errno;
	return 0;
}

int skw_probe_own_netns(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	if (unshare(CLONE_NEWNET) < 0)
		return -errno;
	SKW_AUTO_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0 ? -errno : 0;
}

int skw_probe_connect(struct skw_probe_pair *pair)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	SKW_AUTO_FD int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	SKW_AUTO_FD int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (listener < 0 || client < 0 || bind(listener, (struct sockaddr *)&at, len) < 0 ||
	    listen(listener, 1) < 0 || getsockname(listener, (struct sockaddr *)&at, &len) < 0 ||
	    connect(client, (struct sockaddr *)&at, len) < 0)
		return -errno;
	int server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (server < 0)
		return -errno;
	*pair = (struct skw_probe_pair){ SKW_TAKE_FD(client), server };
	return 0;
}

int skw_probe_exchange(const struct skw_probe_pair *pair)
{
	char byte = 'x';

	for (int i = 0; i < 4; i++)
		if (send(pair->client, &byte, 1, 0) != 1 || recv(pair->server, &byte, 1, 0) != 1 ||
		    send(pair->server, &byte, 1, 0) != 1 || recv(pair->client, &byte, 1, 0) != 1)
			return errno ? -errno : -EIO;
	return 0;
}

void skw_probe_close(struct skw_probe_pair *pair)
{
	skw_cleanup_fd(&pair->client);
	skw_cleanup_fd(&pair->server);
	*pair = (struct skw_probe_pair){ -1, -1 };
}

const char *skw_probe_libbpf(void)
{
	return libbpf_version_string();
}
