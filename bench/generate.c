// SPDX-License-Identifier: BSD-2-Clause
/*
 * A load generator: sends an exact number of numbered frames through an AF_PACKET socket, as fast
 * as it can or at a pace, from one CPU, and tells the sender's time per frame. On a veth pair the
 * whole receive path of the peer runs inside the sender's system call, so this time also tells what
 * a capture on the peer costs the traffic.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define NSEC_PER_SEC 1000000000ull
#define BATCH_MAX    1024
#define IP_LEN_MAX   65535
#define SIZE_MIN     64
/* Below this gap between two batches it spins, as a sleep would come back late. */
#define SPIN_BELOW_NS 200000ull

struct plan {
	const char *ifname;
	uint64_t count; /* 0: until the time is over */
	uint64_t rate;  /* frames per second, 0: unpaced */
	uint64_t duration_ns;
	unsigned int size; /* of a frame, Ethernet header included */
	unsigned int gso;  /* segment size; 0: plain frames */
	unsigned int batch;
	unsigned int port;
	int cpu;
};

struct result {
	uint64_t sent;
	uint64_t wall_ns;
	uint64_t busy_ns; /* inside the system call that sends */
	uint64_t cpu_ns;
	uint64_t retries; /* the kernel had no buffer */
	uint64_t late;    /* batches that began over one batch's time too late */
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "generate: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(const char *why)
{
	fprintf(stderr,
		"generate: %s\n"
		"usage: generate -i IF (-n COUNT | -t SECONDS) [-s SIZE] [-g SEGMENT] [-r PPS]\n"
		"                [-c CPU] [-b BATCH] [-p PORT]\n",
		why);
	exit(2);
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

static uint64_t number(const char *arg, uint64_t min, uint64_t max, const char *what)
{
	char *end;

	errno = 0;
	uint64_t v = strtoull(arg, &end, 10);
	if (errno || end == arg || *end || *arg == '-' || v < min || v > max)
		usage(what);
	return v;
}

static void parse(int argc, char **argv, struct plan *p)
{
	int c;

	while ((c = getopt(argc, argv, "i:n:s:g:r:c:b:p:t:")) != -1) {
		switch (c) {
		case 'i':
			p->ifname = optarg;
			break;
		case 'n':
			p->count = number(optarg, 1, UINT64_MAX, "bad -n");
			break;
		case 's':
			p->size = (unsigned int)number(optarg, SIZE_MIN, WIRE_ETH_LEN + IP_LEN_MAX,
						       "bad -s (64 to 65549)");
			break;
		case 'g':
			p->gso = (unsigned int)number(optarg, 1, IP_LEN_MAX, "bad -g");
			break;
		case 'r':
			p->rate = number(optarg, 0, NSEC_PER_SEC, "bad -r");
			break;
		case 'c':
			p->cpu = (int)number(optarg, 0, CPU_SETSIZE - 1, "bad -c");
			break;
		case 'b':
			p->batch = (unsigned int)number(optarg, 1, BATCH_MAX, "bad -b (1 to 1024)");
			break;
		case 'p':
			p->port = (unsigned int)number(optarg, 1, 65535, "bad -p");
			break;
		case 't':
			p->duration_ns = number(optarg, 1, 86400, "bad -t") * NSEC_PER_SEC;
			break;
		default:
			usage("unknown option");
		}
	}
	if (optind < argc)
		usage("too many arguments");
	if (!p->ifname || (!p->count && !p->duration_ns))
		usage("-i and one of -n and -t are needed");
	if (p->gso &&
	    p->size < WIRE_ETH_LEN + WIRE_IP_LEN + WIRE_TCP_LEN + sizeof(struct wire_mark))
		usage("-s is too small for -g");
}

static uint16_t ip_checksum(const uint8_t *header)
{
	uint32_t sum = 0;

	for (int i = 0; i < WIRE_IP_LEN; i += 2)
		sum += (uint32_t)header[i] << 8 | header[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put16(uint8_t *at, unsigned int v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* Fills everything but the mark. Returns the offset of the mark. */
static size_t frame_fill(uint8_t *frame, const struct plan *p)
{
	/*
	 * No host has this destination address, so the receiving stack drops the packet right
	 * behind the taps and adds little time.
	 */
	static const uint8_t ether[WIRE_ETH_LEN] = { 0x02, 0, 0, 0,    0x99, 0x02, 0x02,
						     0,    0, 0, 0x99, 0x01, 0x08, 0x00 };
	static const uint8_t addresses[8] = { 198, 18, 0, 1, 198, 18, 0, 2 };
	uint8_t *ip = frame + WIRE_ETH_LEN;
	uint8_t *l4 = ip + WIRE_IP_LEN;

	for (unsigned int i = 0; i < p->size; i++)
		frame[i] = (uint8_t)i;
	memcpy(frame, ether, sizeof(ether));
	memset(ip, 0, WIRE_IP_LEN);
	ip[0] = 0x45;
	put16(ip + 2, p->size - WIRE_ETH_LEN);
	ip[6] = 0x40; /* don't fragment */
	ip[8] = 64;
	ip[9] = p->gso ? IPPROTO_TCP : IPPROTO_UDP;
	memcpy(ip + 12, addresses, sizeof(addresses));
	put16(ip + 10, ip_checksum(ip));

	put16(l4, 40000);
	put16(l4 + 2, p->port);
	if (!p->gso) {
		put16(l4 + 4, p->size - WIRE_ETH_LEN - WIRE_IP_LEN);
		put16(l4 + 6, 0); /* no checksum, which IPv4 allows */
		return WIRE_ETH_LEN + WIRE_IP_LEN + WIRE_UDP_LEN;
	}
	memset(l4 + 4, 0, WIRE_TCP_LEN - 4);
	l4[12] = 0x50;
	l4[13] = 0x10; /* ACK */
	put16(l4 + 14, 65535);
	return WIRE_ETH_LEN + WIRE_IP_LEN + WIRE_TCP_LEN;
}

static int socket_open(const struct plan *p)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = 0 };
	int one = 1;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	to.sll_ifindex = (int)if_nametoindex(p->ifname);
	if (!to.sll_ifindex)
		die(p->ifname);
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)))
		die("bind");
	if (p->gso && setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)))
		die("PACKET_VNET_HDR");
	return fd;
}

struct batch {
	struct mmsghdr *msgs;
	struct iovec *iov; /* two per message: the virtio header, the frame */
	uint8_t *frames;
	size_t stride;
	size_t mark;
	struct virtio_net_hdr vnet;
};

static void batch_init(struct batch *b, const struct plan *p)
{
	b->stride = (p->size + 63) & ~63u;
	b->msgs = calloc(p->batch, sizeof(*b->msgs));
	b->iov = calloc((size_t)p->batch * 2, sizeof(*b->iov));
	b->frames = malloc(b->stride * p->batch);
	if (!b->msgs || !b->iov || !b->frames)
		die("memory");
	b->vnet = (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = WIRE_ETH_LEN + WIRE_IP_LEN + WIRE_TCP_LEN,
		.gso_size = (uint16_t)p->gso,
		.csum_start = WIRE_ETH_LEN + WIRE_IP_LEN,
		.csum_offset = 16,
	};
	for (unsigned int i = 0; i < p->batch; i++) {
		struct iovec *iov = &b->iov[i * 2];

		b->mark = frame_fill(b->frames + i * b->stride, p);
		iov[0] = (struct iovec){ &b->vnet, sizeof(b->vnet) };
		iov[1] = (struct iovec){ b->frames + i * b->stride, p->size };
		b->msgs[i].msg_hdr.msg_iov = p->gso ? iov : iov + 1;
		b->msgs[i].msg_hdr.msg_iovlen = p->gso ? 2 : 1;
	}
}

static void batch_free(struct batch *b)
{
	free(b->msgs);
	free(b->iov);
	free(b->frames);
}

static void batch_mark(struct batch *b, uint64_t seq, unsigned int n)
{
	struct wire_mark mark = { .ts_ns = now_ns(CLOCK_REALTIME), .magic = WIRE_MAGIC };

	for (unsigned int i = 0; i < n; i++) {
		mark.seq = seq + i;
		memcpy(b->frames + i * b->stride + b->mark, &mark, sizeof(mark));
	}
}

/* Sends all n frames of the batch, or fewer if it is told to stop. */
static void batch_send(int fd, struct batch *b, unsigned int n, struct result *r)
{
	unsigned int done = 0;

	while (done < n && !stopped) {
		uint64_t start = now_ns(CLOCK_MONOTONIC);
		int sent = sendmmsg(fd, b->msgs + done, n - done, 0);

		r->busy_ns += now_ns(CLOCK_MONOTONIC) - start;
		if (sent > 0) {
			done += (unsigned int)sent;
			r->sent += (unsigned int)sent;
		} else if (errno == ENOBUFS || errno == EAGAIN) {
			r->retries++;
		} else if (errno != EINTR) {
			die("send");
		}
	}
}

static void wait_until(uint64_t when)
{
	uint64_t now = now_ns(CLOCK_MONOTONIC);

	if (now + SPIN_BELOW_NS < when) {
		uint64_t wake = when - SPIN_BELOW_NS / 2;
		struct timespec ts = { (time_t)(wake / NSEC_PER_SEC), (long)(wake % NSEC_PER_SEC) };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	}
	while (!stopped && now_ns(CLOCK_MONOTONIC) < when)
		;
}

static void run(int fd, struct batch *b, const struct plan *p, struct result *r)
{
	uint64_t start = now_ns(CLOCK_MONOTONIC);
	uint64_t cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	uint64_t gap_ns = p->rate ? p->batch * NSEC_PER_SEC / p->rate : 0;

	while (!stopped && (!p->count || r->sent < p->count)) {
		unsigned int n = p->batch;

		if (p->count && p->count - r->sent < n)
			n = (unsigned int)(p->count - r->sent);
		if (p->rate) {
			/* In two steps, as sent * 10^9 does not fit 64 bits for long runs. */
			uint64_t due = start + r->sent / p->rate * NSEC_PER_SEC +
				       r->sent % p->rate * NSEC_PER_SEC / p->rate;

			wait_until(due);
			if (now_ns(CLOCK_MONOTONIC) > due + gap_ns)
				r->late++;
		}
		if (p->duration_ns && now_ns(CLOCK_MONOTONIC) - start >= p->duration_ns)
			break;
		batch_mark(b, r->sent, n);
		batch_send(fd, b, n, r);
	}
	r->wall_ns = now_ns(CLOCK_MONOTONIC) - start;
	r->cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
}

int main(int argc, char **argv)
{
	struct plan p = { .size = 64, .batch = 32, .port = 4000, .cpu = -1 };
	struct sigaction sa = { .sa_handler = on_signal };
	struct result r = { 0 };
	struct batch b;

	parse(argc, argv, &p);
	if (p.cpu >= 0) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(p.cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			die("CPU");
	}
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);

	int fd = socket_open(&p);
	batch_init(&b, &p);
	run(fd, &b, &p, &r);
	batch_free(&b);
	close(fd);

	double n = r.sent ? (double)r.sent : 1;
	printf("{\"sent\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"wall_ns\": %" PRIu64
	       ", \"busy_ns\": %" PRIu64 ", \"cpu_ns\": %" PRIu64 ", \"retries\": %" PRIu64
	       ", \"late\": %" PRIu64 ", \"ns_per_packet\": %.1f, \"cpu_ns_per_packet\": %.1f"
	       ", \"pps\": %.0f}\n",
	       r.sent, r.sent * p.size, r.wall_ns, r.busy_ns, r.cpu_ns, r.retries, r.late,
	       (double)r.busy_ns / n, (double)r.cpu_ns / n,
	       r.wall_ns ? (double)r.sent * 1e9 / (double)r.wall_ns : 0);
	return 0;
}
