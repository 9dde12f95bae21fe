// SPDX-License-Identifier: BSD-2-Clause
#include "filter_kernel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "util/cleanup.h"

#define LOG_BYTES (1 << 20)

static int sys_bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	long ret = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	return ret < 0 ? -errno : (int)ret;
}

static void print_log(const char *log)
{
	size_t len = strlen(log), from = len > 3000 ? len - 3000 : 0;

	for (const char *line = log + from; *line;) {
		int n = (int)strcspn(line, "\n");

		printf("# %.*s\n", n, line);
		line += n + (line[n] == '\n');
	}
}

int kernel_load(const struct bpf_insn *insns, size_t len)
{
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)insns,
		.insn_cnt = (uint32_t)len,
		.license = (uintptr_t) "Dual BSD/GPL",
	};
	int fd = sys_bpf(BPF_PROG_LOAD, &attr);
	SKW_AUTO_FREE char *log = fd < 0 ? calloc(1, LOG_BYTES) : NULL;

	if (!log)
		return fd;
	attr.log_buf = (uintptr_t)log;
	attr.log_size = LOG_BYTES;
	attr.log_level = 1;
	fd = sys_bpf(BPF_PROG_LOAD, &attr);
	print_log(log);
	return fd;
}

int kernel_map(enum bpf_map_type type, uint32_t value_size, uint32_t entries)
{
	union bpf_attr attr = {
		.map_type = type,
		.key_size = 4,
		.value_size = value_size,
		.max_entries = entries,
	};

	return sys_bpf(BPF_MAP_CREATE, &attr);
}

int kernel_map_set(int fd, uint32_t key, const void *value)
{
	union bpf_attr attr = { .map_fd = (uint32_t)fd,
				.key = (uintptr_t)&key,
				.value = (uintptr_t)value };

	return sys_bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

int kernel_map_get(int fd, uint32_t key, void *value)
{
	union bpf_attr attr = { .map_fd = (uint32_t)fd,
				.key = (uintptr_t)&key,
				.value = (uintptr_t)value };

	return sys_bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}

int kernel_run(int prog_fd, const struct test_packet *p, uint32_t *verdict)
{
	uint8_t bytes[TEST_RUN_PREFIX + TEST_RUN_MAX] = { 0 };
	union bpf_attr attr = { .test = { .prog_fd = (uint32_t)prog_fd,
					  .data_in = (uintptr_t)bytes,
					  .data_size_in = TEST_RUN_PREFIX + p->len } };

	if (p->len > TEST_RUN_MAX)
		return -EMSGSIZE;
	memcpy(bytes + TEST_RUN_PREFIX, p->data, p->len);
	int err = sys_bpf(BPF_PROG_TEST_RUN, &attr);

	if (!err)
		*verdict = attr.test.retval;
	return err;
}

/* A socket without a protocol gets no packets, so none comes before its filter is set. */
int tap_open(const char *ifname)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = (int)if_nametoindex(ifname) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	int err = -errno;

	close(fd);
	return err;
}

int tap_set_classic(int fd, const struct skw_cbpf *prog)
{
	struct sock_fprog fprog = { (unsigned short)prog->len, (struct sock_filter *)prog->insns };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &fprog, sizeof(fprog)) ? -errno : 0;
}

int tap_set_ebpf(int fd, int prog_fd)
{
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd, sizeof(prog_fd)) ? -errno : 0;
}

bool tap_take(int fd)
{
	uint8_t byte;

	return recv(fd, &byte, 1, MSG_TRUNC) > 0;
}

static int open_sender(const char *ifname, bool paged, uint32_t mark)
{
	struct sockaddr_ll from = { .sll_family = AF_PACKET,
				    .sll_ifindex = (int)if_nametoindex(ifname) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) == 0 &&
	    (!paged || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)) == 0))
		return fd;
	int err = -errno;

	close(fd);
	return err;
}

static int write_file(const char *path, const char *text)
{
	SKW_AUTO_FD int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) > 0 ? 0 : -errno;
}

/* With one CPU, a packet that has reached one tap has reached all, as the softirq is over. */
static int pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

/*
 * A device sends only once the kernel's link watch has seen its carrier, some
 * time after `ip link set up`. Asking for the link state makes it look now.
 */
static int settle(const char *ifname)
{
	SKW_AUTO_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ethtool_value link = { .cmd = ETHTOOL_GLINK };
	struct ifreq request = { .ifr_data = (char *)&link };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", ifname);
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &request) < 0)
		return -errno;
	return link.data ? 0 : -ENOLINK;
}

int wire_open(struct wire *w)
{
	int err = pin();

	*w = (struct wire){ { -1, -1, -1 }, -1 };
	if (err)
		return err;
	if (unshare(CLONE_NEWNET) < 0)
		return -errno;
	/* The kernel must not send neighbour discovery of its own. IPv6 may be absent altogether.
	 */
	err = write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	if (err && err != -ENOENT)
		return err;
	if (system("ip link add " WIRE_NEAR " type veth peer name " WIRE_FAR " && "
		   "ip link set " WIRE_NEAR " mtu 9000 up && "
		   "ip link set " WIRE_FAR " mtu 9000 up && ip link set lo up"))
		return -ENODEV;
	err = settle(WIRE_NEAR);
	if (!err)
		err = settle(WIRE_FAR);
	if (err)
		return err;
	w->send[WIRE_IN] = open_sender(WIRE_FAR, false, 0x11);
	w->send[WIRE_OUT] = open_sender(WIRE_NEAR, false, 0);
	w->send[WIRE_IN_PAGED] = open_sender(WIRE_FAR, true, 0x80000000);
	w->reference = tap_open(WIRE_NEAR);
	for (int i = 0; i < WIRE_WAYS; i++)
		if (w->send[i] < 0)
			return w->send[i];
	return w->reference < 0 ? w->reference : 0;
}

void wire_close(struct wire *w)
{
	for (int i = 0; i < WIRE_WAYS; i++)
		if (w->send[i] >= 0)
			close(w->send[i]);
	if (w->reference >= 0)
		close(w->reference);
}

/*
 * The kernel takes a tag out of a frame before any tap sees it, and drops the
 * frame when there is nothing behind the tag.
 */
bool wire_carries(enum wire_way way, const struct test_packet *p)
{
	uint16_t type;

	if (p->len < 14)
		return false;
	type = (uint16_t)(p->data[12] << 8 | p->data[13]);
	return way == WIRE_OUT || p->len >= 20 || (type != ETH_P_8021Q && type != ETH_P_8021AD);
}

int wire_send(struct wire *w, enum wire_way way, const struct test_packet *p)
{
	/* Ethernet's header in one piece, the rest in pages where there is enough of it. */
	struct virtio_net_hdr vnet = { .hdr_len = 20 };
	struct iovec parts[] = { { &vnet, sizeof(vnet) }, { p->data, p->len } };
	struct pollfd fd = { .fd = w->reference, .events = POLLIN };
	bool paged = way == WIRE_IN_PAGED;

	if (writev(w->send[way], paged ? parts : parts + 1, paged ? 2 : 1) < 0)
		return -errno;
	if (poll(&fd, 1, FRAME_PATIENCE_MS) != 1 || !tap_take(w->reference))
		return -ETIMEDOUT;
	/* Another packet would not be ours. */
	return tap_take(w->reference) ? -EBADMSG : 0;
}
