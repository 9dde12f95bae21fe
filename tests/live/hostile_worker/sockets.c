// SPDX-License-Identifier: BSD-2-Clause
/* Attempts with new sockets, and on the sockets and mappings that the worker holds. */
#include "attempt.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>

#include "util/cleanup.h"

#define LOOPBACK 1 /* the index of lo in each network namespace */

/* Family, type and protocol of a socket; an attempt's argument is an index. */
static const struct {
	int family, type, protocol;
} kinds[] = {
	{ AF_INET, SOCK_STREAM, 0 },
	{ AF_INET6, SOCK_STREAM, 0 },
	{ AF_INET, SOCK_DGRAM, 0 },
	{ AF_INET, SOCK_RAW, IPPROTO_ICMP },
	{ AF_PACKET, SOCK_RAW, 0 },
	{ AF_NETLINK, SOCK_RAW, NETLINK_ROUTE },
	{ AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG },
	{ AF_UNIX, SOCK_STREAM, 0 },
	{ AF_ALG, SOCK_SEQPACKET, 0 },
	{ AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0 }, /* the kind that a relay makes */
};
enum { TCP4, TCP6, UDP4, RAW4, PACKET, ROUTE, DIAG, UNIX, ALG, RELAY };

static long new_socket(long kind)
{
	return HOSTILE_CALL(SYS_socket, kinds[kind].family, kinds[kind].type | SOCK_CLOEXEC,
			    kinds[kind].protocol);
}

static long make(struct hostile *h, long kind)
{
	long fd = new_socket(kind);

	(void)h;
	if (fd >= 0)
		syscall(SYS_close, (int)fd);
	return fd;
}

static long make_pair(struct hostile *h, long arg)
{
	int pair[2];
	long ret = HOSTILE_CALL(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);

	(void)h;
	(void)arg;
	if (ret >= 0) {
		syscall(SYS_close, pair[0]);
		syscall(SYS_close, pair[1]);
	}
	return ret;
}

static struct sockaddr_in server(const struct hostile *h)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(h->port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static long connect_tcp(struct hostile *h, long kind)
{
	struct sockaddr_in to = server(h);
	long fd = new_socket(kind);

	if (fd < 0)
		return fd;
	long ret = HOSTILE_CALL(SYS_connect, (int)fd, &to, sizeof(to));

	syscall(SYS_close, (int)fd);
	return ret == -EINPROGRESS ? 0 : ret;
}

static long send_udp(struct hostile *h, long arg)
{
	struct sockaddr_in to = server(h);
	long fd = new_socket(UDP4);

	(void)arg;
	if (fd < 0)
		return fd;
	long ret = HOSTILE_CALL(SYS_sendto, (int)fd, "x", 1UL, 0, &to, sizeof(to));

	syscall(SYS_close, (int)fd);
	return ret;
}

static long listen_tcp(struct hostile *h, long kind)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	long fd = new_socket(kind);

	(void)h;
	if (fd < 0)
		return fd;
	long ret = HOSTILE_CALL(SYS_bind, (int)fd, &at, sizeof(at));

	if (ret >= 0)
		ret = HOSTILE_CALL(SYS_listen, (int)fd, 1);
	syscall(SYS_close, (int)fd);
	return ret;
}

/* An abstract name is in no file system, so only Landlock or seccomp can refuse it. */
static long bind_unix(struct hostile *h, long arg)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "\0skwatch-hostile" };
	long fd = new_socket(UNIX);

	(void)h;
	(void)arg;
	if (fd < 0)
		return fd;
	long ret = HOSTILE_CALL(SYS_bind, (int)fd, &at, sizeof(at));

	syscall(SYS_close, (int)fd);
	return ret;
}

/* ---- on what the worker holds ---- */

static long bind_packet(struct hostile *h, int fd, long ifindex)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = (int)ifindex };

	(void)h;
	return HOSTILE_CALL(SYS_bind, fd, &to, sizeof(to));
}

static long promiscuous(struct hostile *h, int fd, long ifindex)
{
	struct packet_mreq how = { .mr_ifindex = (int)ifindex, .mr_type = PACKET_MR_PROMISC };

	(void)h;
	return HOSTILE_CALL(SYS_setsockopt, fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &how,
			    sizeof(how));
}

static long send_packet(struct hostile *h, int fd, long ifindex)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(0x88b5),
				  .sll_ifindex = (int)ifindex,
				  .sll_halen = ETH_ALEN };
	uint8_t frame[ETH_ZLEN] = { 0 };

	/* The keeper would take it for a request. */
	if (fd == h->keeper_fd)
		return -EBADF;
	return HOSTILE_CALL(SYS_sendto, fd, frame, sizeof(frame), 0, &to, sizeof(to));
}

static long attach_filter(struct hostile *h, int fd, long arg)
{
	struct sock_filter accept = { BPF_RET | BPF_K, 0, 0, 0xffff };
	struct sock_fprog program = { 1, &accept };

	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			    sizeof(program));
}

static long attach_program(struct hostile *h, int fd, long arg)
{
	long most = -EBADF;

	(void)h;
	(void)arg;
	for (int program = 0; program < HOSTILE_FDS; program++) {
		long ret = HOSTILE_CALL(SYS_setsockopt, fd, SOL_SOCKET, SO_ATTACH_BPF, &program,
					sizeof(program));

		if (ret >= 0 || ret == -EPERM || ret == -ENOTSOCK || ret == -ENOSYS)
			return ret;
		most = ret == -EBADF ? most : ret;
	}
	return most;
}

static long detach_filter(struct hostile *h, int fd, long arg)
{
	int none = 0;

	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_setsockopt, fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none));
}

static long fanout(struct hostile *h, int fd, long arg)
{
	int group = 4711;

	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_setsockopt, fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof(group));
}

static long interface_down(struct hostile *h, int fd, long arg)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_PROMISC };

	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_ioctl, fd, SIOCSIFFLAGS, &lo);
}

/* Asks a held netlink socket to change an interface, and reads the kernel's answer. */
static long change_interface(struct hostile *h, int fd, long ifindex)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg body;
	} ask = { { sizeof(ask), RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, 4711, 0 },
		  { .ifi_index = (int)ifindex, .ifi_flags = IFF_UP, .ifi_change = IFF_UP } };
	struct {
		struct nlmsghdr head;
		struct nlmsgerr body;
		char rest[512];
	} answer = { .body.error = -EAGAIN };
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (fd == h->keeper_fd)
		return -EBADF;
	long ret = HOSTILE_CALL(SYS_sendto, fd, &ask, sizeof(ask), MSG_DONTWAIT, &kernel,
				sizeof(kernel));

	if (ret < 0)
		return ret;
	do {
		ret = HOSTILE_CALL(SYS_recvfrom, fd, &answer, sizeof(answer), MSG_DONTWAIT, NULL,
				   NULL);
	} while (ret > 0 && answer.head.nlmsg_type != NLMSG_ERROR);
	return ret < 0 ? ret : answer.body.error;
}

static long type_a_key(struct hostile *h, int fd, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_ioctl, fd, TIOCSTI, "#");
}

static long take_terminal(struct hostile *h, int fd, long arg)
{
	(void)h;
	(void)arg;
	return HOSTILE_CALL(SYS_ioctl, fd, TIOCCONS, NULL);
}

static long change_mode(struct hostile *h, int fd, long arg)
{
	(void)h;
	(void)arg;
	/* Standard input, output and error are the user's own. */
	return fd < 3 ? -EBADF : HOSTILE_CALL(SYS_fchmod, fd, 04777);
}

static long change_owner(struct hostile *h, int fd, long arg)
{
	(void)h;
	(void)arg;
	return fd < 3 ? -EBADF : HOSTILE_CALL(SYS_fchown, fd, -1, -1);
}

static long create_below(struct hostile *h, int fd, long arg)
{
	(void)h;
	(void)arg;
	long got =
		HOSTILE_CALL(SYS_openat, fd, "hostile-below", 0101 /* O_CREAT | O_WRONLY */, 0600);

	if (got >= 0) {
		syscall(SYS_unlinkat, fd, "hostile-below", 0);
		syscall(SYS_close, (int)got);
	}
	return got;
}

/* The pages behind the first are the kernel's: its position, and the records. */
static long map_records(struct hostile *h, int fd, long offset)
{
	long page = 4096, at;
	struct stat st;

	/* The file of a spool is the worker's own. */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return HOSTILE_NOTHING;
	at = HOSTILE_CALL(SYS_mmap, 0L, page, (long)(PROT_READ | PROT_WRITE), (long)MAP_SHARED,
			  (long)fd, offset * page);

	(void)h;
	if (at < 0)
		return at;
	syscall(SYS_munmap, at, page);
	return 0;
}

static sigjmp_buf back;
static volatile sig_atomic_t expected;

static void on_fault(int signo)
{
	if (expected)
		siglongjmp(back, 1);
	signal(signo, SIG_DFL);
}

void hostile_catch_faults(void)
{
	struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

/* Writes the byte that is there. */
static long can_write(const struct hostile_mapping *m)
{
	expected = 1;
	if (sigsetjmp(back, 0)) {
		expected = 0;
		return -EACCES;
	}
	uint8_t was = m->at[0];

	m->at[0] = was;
	expected = 0;
	return 0;
}

/* Writes to shared pages other than the position of a ring's reader. */
static long write_shared(struct hostile *h, long arg)
{
	long most = HOSTILE_NOTHING;

	(void)arg;
	for (size_t i = 0; i < h->mappings_len; i++) {
		const struct hostile_mapping *m = &h->mappings[i];

		if (m->is_position || !(m->prot & PROT_WRITE))
			continue;
		most = can_write(m);
		if (!most) {
			hostile_note(h, "mapping %zu, %zu bytes", i, m->len);
			return 0;
		}
	}
	return most;
}

static long protect_shared(struct hostile *h, long arg)
{
	long most = HOSTILE_NOTHING;

	(void)arg;
	for (size_t i = 0; i < h->mappings_len; i++) {
		const struct hostile_mapping *m = &h->mappings[i];

		if (m->prot & PROT_WRITE)
			continue;
		most = HOSTILE_CALL(SYS_mprotect, m->at, m->len, PROT_READ | PROT_WRITE);
		if (!most && can_write(m) == 0) {
			hostile_note(h, "mapping %zu, %zu bytes", i, m->len);
			return 0;
		}
	}
	return most;
}

/* An attempt whose argument goes to `each` on every descriptor. */
#define ON_EACH_FD(name, each)                                                                     \
	static long name(struct hostile *h, long arg)                                              \
	{                                                                                          \
		return hostile_each_fd(h, each, arg);                                              \
	}

ON_EACH_FD(bind_packets, bind_packet)
ON_EACH_FD(make_promiscuous, promiscuous)
ON_EACH_FD(send_packets, send_packet)
ON_EACH_FD(attach_filters, attach_filter)
ON_EACH_FD(attach_programs, attach_program)
ON_EACH_FD(detach_filters, detach_filter)
ON_EACH_FD(join_fanout, fanout)
ON_EACH_FD(interfaces_down, interface_down)
ON_EACH_FD(change_interfaces, change_interface)
ON_EACH_FD(type_keys, type_a_key)
ON_EACH_FD(take_console, take_terminal)
ON_EACH_FD(change_modes, change_mode)
ON_EACH_FD(change_owners, change_owner)
ON_EACH_FD(create_in_folders, create_below)
ON_EACH_FD(map_rings, map_records)

static const struct hostile_attempt sockets[] = {
	{ "tcp", "make a TCP socket", make, TCP4, 0 },
	{ "tcp6", "make a TCP socket for IPv6", make, TCP6, 0 },
	{ "udp", "make a UDP socket", make, UDP4, 0 },
	{ "raw", "make a raw IP socket", make, RAW4, 0 },
	{ "packet", "make a packet socket", make, PACKET, 0 },
	{ "netlink-route", "make a socket that configures the network", make, ROUTE, 0 },
	{ "netlink-diag", "make a socket that can end connections", make, DIAG, 0 },
	{ "unix", "make a Unix socket", make, UNIX, 0 },
	{ "alg", "make a socket to the kernel's ciphers", make, ALG, 0 },
	{ "socketpair", "make a pair of sockets", make_pair, 0, 0 },
	{ "connect", "connect to a TCP server", connect_tcp, TCP4, 0 },
	{ "connect-waiting", "connect to a TCP server without waiting", connect_tcp, RELAY, 0 },
	{ "send-udp", "send a UDP packet", send_udp, 0, 0 },
	{ "listen", "listen on a TCP port", listen_tcp, TCP4, 0 },
	{ "listen-waiting", "listen on a TCP port without waiting", listen_tcp, RELAY, 0 },
	{ "bind-unix", "take the name of a Unix socket", bind_unix, 0, 0 },
};

static const struct hostile_attempt held[] = {
	{ "held-bind", "bind a held packet socket to another interface", bind_packets, LOOPBACK,
	  HOSTILE_HELD },
	{ "held-promiscuous", "make an interface promiscuous", make_promiscuous, LOOPBACK,
	  HOSTILE_HELD },
	{ "held-send", "send a packet on a held packet socket", send_packets, LOOPBACK,
	  HOSTILE_HELD },
	{ "held-filter", "replace the filter of a held socket", attach_filters, 0, HOSTILE_HELD },
	{ "held-program", "attach a held program to a held socket", attach_programs, 0,
	  HOSTILE_HELD },
	{ "held-detach", "take the filter from a held socket", detach_filters, 0, HOSTILE_HELD },
	{ "held-fanout", "join a held packet socket to a group", join_fanout, 0, HOSTILE_HELD },
	{ "held-ioctl", "change an interface by ioctl() on a held socket", interfaces_down, 0,
	  HOSTILE_HELD },
	{ "held-netlink", "change an interface by a held netlink socket", change_interfaces,
	  LOOPBACK, HOSTILE_HELD },
	{ "terminal-type", "type keys on the terminal (TIOCSTI)", type_keys, 0, HOSTILE_HELD },
	{ "terminal-console", "take the console's output", take_console, 0,
	  HOSTILE_HELD | HOSTILE_HARMFUL },
	{ "held-chmod", "change the mode of a held descriptor", change_modes, 0, HOSTILE_HELD },
	{ "held-chown", "change the owner of a held descriptor", change_owners, 0, HOSTILE_HELD },
	{ "held-folder", "create a file below a held folder", create_in_folders, 0, HOSTILE_HELD },
	{ "ring-map", "map the kernel's part of a ring for writing", map_rings, 1, HOSTILE_HELD },
	{ "ring-protect", "make the mapped records of a ring writable", protect_shared, 0,
	  HOSTILE_HELD },
	{ "globals-write", "write to the programs' variables", write_shared, 0, HOSTILE_HELD },
};

const struct hostile_group hostile_sockets = { "sockets", sockets, SKW_ARRAY_SIZE(sockets) };
const struct hostile_group hostile_held = { "held descriptors", held, SKW_ARRAY_SIZE(held) };
