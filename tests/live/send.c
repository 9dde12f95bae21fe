// SPDX-License-Identifier: BSD-2-Clause
#include "send.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <pcap/pcap.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "util/cleanup.h"

struct sender {
	const struct send_plan *plan;
	pthread_t thread;
	pthread_barrier_t *start;
	uint32_t number;
	unsigned of; /* how many senders there are */
	uint64_t count;
	uint64_t sent;
	int error; /* errno */
};

/* A socket that sends on one interface and receives nothing; -1 with errno. */
static int open_sender(const char *iface)
{
	SKW_AUTO_FD int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sockaddr_ll addr = { .sll_family = AF_PACKET };

	addr.sll_ifindex = (int)if_nametoindex(iface);
	if (fd < 0 || !addr.sll_ifindex || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return -1;
	return SKW_TAKE_FD(fd);
}

static void sleep_until(struct timespec start, uint64_t ns)
{
	ns += (uint64_t)start.tv_nsec;
	start.tv_sec += (time_t)(ns / 1000000000);
	start.tv_nsec = (long)(ns % 1000000000);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &start, NULL) == EINTR)
		;
}

static void pin(uint32_t number)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)number % (size_t)(cpus > 0 ? cpus : 1), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *flood(void *arg)
{
	struct sender *s = arg;
	const struct send_plan *plan = s->plan;
	static _Thread_local uint8_t frame[FRAME_MAX + 8];
	uint64_t pps = plan->pps / s->of;
	struct timespec start;
	SKW_AUTO_FD int fd = open_sender(plan->iface);

	if (fd < 0)
		s->error = errno;
	if (plan->cpus)
		pin(s->number - plan->first);
	size_t len = frame_make(frame, &plan->frame, (struct frame_number){ s->number, 0 });
	pthread_barrier_wait(s->start);
	clock_gettime(CLOCK_MONOTONIC, &start);
	while (!s->error && s->sent < s->count) {
		if (pps)
			sleep_until(start, s->sent * 1000000000 / pps);
		frame_renumber(frame, &plan->frame, (struct frame_number){ s->number, s->sent });
		if (send(fd, frame, len, 0) == (ssize_t)len)
			s->sent++;
		else if (errno != EINTR)
			s->error = errno;
	}
	return NULL;
}

int send_flood(const struct send_plan *plan)
{
	unsigned n = plan->cpus ? plan->cpus : 1;
	SKW_AUTO_FREE struct sender *senders = calloc(n, sizeof(*senders));
	pthread_barrier_t start;
	uint64_t sent = 0;
	int error = 0;

	if (!senders || pthread_barrier_init(&start, NULL, n))
		return 1;
	for (unsigned i = 0; i < n; i++) {
		senders[i].plan = plan;
		senders[i].start = &start;
		senders[i].number = plan->first + i;
		senders[i].of = n;
		senders[i].count = plan->count / n + (i < plan->count % n);
		/* Without this thread the others would wait at the barrier for ever. */
		if (pthread_create(&senders[i].thread, NULL, flood, &senders[i]))
			exit(1);
	}
	for (unsigned i = 0; i < n; i++) {
		pthread_join(senders[i].thread, NULL);
		sent += senders[i].sent;
		if (senders[i].error)
			error = senders[i].error;
	}
	pthread_barrier_destroy(&start);
	printf("%llu\n", (unsigned long long)sent);
	if (error)
		fprintf(stderr, "traffic: %s: %s\n", plan->iface, strerror(error));
	return error != 0;
}

int send_replay(const struct send_plan *plan, const char *file)
{
	char text[PCAP_ERRBUF_SIZE];
	SKW_AUTO_FD int fd = open_sender(plan->iface);
	struct pcap_pkthdr *h;
	const uint8_t *data;
	struct timespec start;
	uint64_t sent = 0;
	int got;

	if (fd < 0) {
		fprintf(stderr, "traffic: %s: %s\n", plan->iface, strerror(errno));
		return 1;
	}
	pcap_t *p = pcap_open_offline(file, text);
	if (!p || pcap_datalink(p) != DLT_EN10MB) {
		fprintf(stderr, "traffic: %s: %s\n", file, p ? "is not Ethernet" : text);
		if (p)
			pcap_close(p);
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	bool ok = true;
	while (ok && (got = pcap_next_ex(p, &h, &data)) == 1) {
		if (h->caplen < ETH_HLEN)
			continue; /* the kernel refuses to send these */
		if (plan->pps)
			sleep_until(start, sent * 1000000000 / plan->pps);
		ok = send(fd, data, h->caplen, 0) == (ssize_t)h->caplen;
		if (ok)
			sent++;
		else
			fprintf(stderr, "traffic: %s: %s\n", plan->iface, strerror(errno));
	}
	pcap_close(p);
	printf("%llu\n", (unsigned long long)sent);
	return !ok;
}
