/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * features: tests whether this kernel accepts the parts that skwatch's packet tap is built of. Each
 * line of TAP (without a number, which the caller adds) is one such part, tried with programs that
 * are written by hand but have the same form. If the tap fails but these tests pass, the kernel is
 * not the cause.
 *
 * It requires root, and makes its own network namespace.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "insn.h"

#define RECORD   128 /* bytes of a small record: 32 for the header, 96 for the frame */
#define HEADER   32
#define BIGGEST  (HEADER + 262144)
#define DATAGRAM 200
#define PACKETS  (2 * DATAGRAM) /* lo shows each datagram twice */

enum { COUNT_SEEN, COUNT_CAPTURED, COUNT_DROPPED, COUNTS };
enum { RING_SMALL, RING_LARGE, RINGS };

static const uint32_t ring_bytes[RINGS] = { 4096, 8 << 20 };

/* The results of a test that later tests use. -1 or NULL if the test failed. */
static struct {
	int config; /* an array that can be mapped: [0] is the ring to use */
	int counts; /* a per-CPU array */
	int rings;  /* an array of maps */
	int ring[RINGS];
	int progs; /* a prog array */
	int entry, capture;
	uint64_t *config_mem;
	size_t page;
	char log[65536]; /* the verifier's log */
} s;

static int load(const char *name, const struct bpf_insn *insns, size_t n)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = s.log, .log_size = sizeof(s.log),
		    .log_level = 1);

	return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, name, "Dual BSD/GPL", insns, n, &opts);
}
#define LOAD_PROGRAM(name, insns) load(name, insns, sizeof(insns) / sizeof((insns)[0]))

static int test_btf(void)
{
	uint16_t magic = 0;
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (read(fd, &magic, sizeof(magic)) != sizeof(magic))
		magic = 0;
	close(fd);
	return magic == 0xeb9f ? 0 : -EINVAL;
}

static int test_array_mmap(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	void *mem;

	s.config = bpf_map_create(BPF_MAP_TYPE_ARRAY, "config", 4, 8, 1, &opts);
	if (s.config < 0)
		return -errno;
	mem = mmap(NULL, s.page, PROT_READ | PROT_WRITE, MAP_SHARED, s.config, 0);
	if (mem == MAP_FAILED)
		return -errno;
	s.config_mem = mem;
	return 0;
}

static int test_percpu(void)
{
	s.counts = bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "counts", 4, 8, COUNTS, NULL);
	return s.counts < 0 ? -errno : 0;
}

static int test_rings(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int i;

	for (i = 0; i < RINGS; i++) {
		s.ring[i] = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0, ring_bytes[i], NULL);
		if (s.ring[i] < 0)
			return -errno;
	}
	opts.inner_map_fd = s.ring[RING_SMALL];
	s.rings = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "rings", 4, 4, RINGS, &opts);
	if (s.rings < 0)
		return -errno;
	for (i = 0; i < RINGS; i++)
		if (bpf_map_update_elem(s.rings, &i, &s.ring[i], BPF_ANY))
			return -errno;
	return 0;
}

static int test_entry(void)
{
	s.progs = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "progs", 4, 4, 1, NULL);
	if (s.progs < 0)
		return -errno;

	const struct bpf_insn insns[] = {
		MOV(6, 1), /* LD_ABS requires the context in r6 */
		COUNT(s.counts, COUNT_SEEN),
		STORE_IMM(BPF_W, 10, -16, 7),
		LOAD(BPF_W, 1, 10, -16),
		STORE(BPF_W, 6, 1, offsetof(struct __sk_buff, cb[0])),
		LOAD_ABS(BPF_H, 12),
		JUMP_IMM(BPF_JEQ, 0, ETH_P_IP, 2),
		MOV_IMM(0, 0),
		EXIT,
		MOV(1, 6),
		MAP(2, s.progs),
		MOV_IMM(3, 0),
		CALL(BPF_FUNC_tail_call),
		MOV_IMM(0, 0),
		EXIT,
	};

	s.entry = LOAD_PROGRAM("entry", insns);
	return s.entry < 0 ? -errno : 0;
}

/*
 * Reserves `size` bytes in the ring that config names, writes the time, copies at most `copy` bytes
 * of the packet at once, asks how full the ring is, and submits the record. It requires the value
 * that the entry program has stored in cb[], because the tap passes the counter slot in this way.
 */
static int load_capture(const char *name, int32_t size, int32_t copy)
{
	const struct bpf_insn insns[] = {
		MOV(6, 1),
		LOAD(BPF_W, 1, 6, offsetof(struct __sk_buff, cb[0])),
		JUMP_IMM(BPF_JEQ, 1, 7, 2),
		MOV_IMM(0, 0),
		EXIT,

		MAP_VALUE(1, s.config),
		LOAD(BPF_DW, 1, 1, 0),
		STORE(BPF_W, 10, 1, -8),
		MAP(1, s.rings),
		MOV(2, 10),
		ADD_IMM(2, -8),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP_IMM(BPF_JNE, 0, 0, 2),
		MOV_IMM(0, 0),
		EXIT,
		MOV(7, 0),

		MOV(1, 7),
		MOV_IMM(2, size),
		MOV_IMM(3, 0),
		CALL(BPF_FUNC_ringbuf_reserve),
		MOV(8, 0),
		JUMP_IMM(BPF_JNE, 8, 0, COUNT_LEN + 2),
		COUNT(s.counts, COUNT_DROPPED),
		MOV_IMM(0, 0),
		EXIT,

		CALL(BPF_FUNC_ktime_get_ns),
		STORE(BPF_DW, 8, 0, 0),
		LOAD(BPF_W, 9, 6, offsetof(struct __sk_buff, len)),
		JUMP_IMM(BPF_JLE, 9, copy, 1),
		MOV_IMM(9, copy),
		JUMP_IMM(BPF_JGE, 9, 14, 5),
		MOV(1, 8),
		MOV_IMM(2, BPF_RB_NO_WAKEUP),
		CALL(BPF_FUNC_ringbuf_discard),
		MOV_IMM(0, 0),
		EXIT,
		MOV(1, 6),
		MOV_IMM(2, 0),
		MOV(3, 8),
		ADD_IMM(3, HEADER),
		MOV(4, 9),
		CALL(BPF_FUNC_skb_load_bytes),
		MOV(1, 7),
		MOV_IMM(2, BPF_RB_AVAIL_DATA),
		CALL(BPF_FUNC_ringbuf_query),
		STORE(BPF_DW, 8, 0, 8),
		CALL(BPF_FUNC_get_smp_processor_id),
		STORE(BPF_DW, 8, 0, 16),
		STORE(BPF_DW, 8, 9, 24),
		MOV(1, 8),
		MOV_IMM(2, BPF_RB_NO_WAKEUP),
		CALL(BPF_FUNC_ringbuf_submit),
		COUNT(s.counts, COUNT_CAPTURED),
		MOV_IMM(0, 0),
		EXIT,
	};

	return LOAD_PROGRAM(name, insns);
}

static int test_capture(void)
{
	const uint32_t zero = 0;

	s.capture = load_capture("capture", RECORD, RECORD - HEADER);
	if (s.capture < 0)
		return -errno;
	return bpf_map_update_elem(s.progs, &zero, &s.capture, BPF_ANY) ? -errno : 0;
}

static int test_capture_biggest(void)
{
	int fd = load_capture("biggest", BIGGEST, BIGGEST - HEADER);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int test_fields(void)
{
#define FIELD(name) LOAD(BPF_W, 2, 1, offsetof(struct __sk_buff, name))
	const struct bpf_insn insns[] = {
		FIELD(len),        FIELD(pkt_type), FIELD(mark),    FIELD(queue_mapping),
		FIELD(protocol),   FIELD(vlan_tci), FIELD(ifindex), FIELD(vlan_present),
		FIELD(vlan_proto), FIELD(priority), FIELD(hash),    FIELD(gso_segs),
		FIELD(gso_size),   MOV_IMM(0, 0),   EXIT,
	};
#undef FIELD
	int fd = LOAD_PROGRAM("fields", insns);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static uint64_t count(uint32_t which)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t *values = cpus > 0 ? calloc((size_t)cpus, sizeof(*values)) : NULL;
	uint64_t sum = 0;

	if (!values || bpf_map_lookup_elem(s.counts, &which, values)) {
		perror("# counters");
		exit(99);
	}
	for (int i = 0; i < cpus; i++)
		sum += values[i];
	free(values);
	return sum;
}

/* Sends the datagrams to the own socket over lo, and receives all of them. */
static int send_datagrams(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct timeval patience = { .tv_sec = 10 };
	socklen_t len = sizeof(to);
	char payload[40] = "features";
	int err = 0, fd;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) ||
	    getsockname(fd, (struct sockaddr *)&to, &len) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		err = -errno;
	for (int i = 0; i < DATAGRAM && !err; i++)
		if (sendto(fd, payload, sizeof(payload), 0, (struct sockaddr *)&to, len) < 0 ||
		    recv(fd, payload, sizeof(payload), 0) < 0)
			err = -errno;
	close(fd);
	return err;
}

/* Reads a ring in the same way as the tap's reader. Returns the number of records or -errno. */
static int read_ring(int fd, uint32_t bytes)
{
	unsigned long *consumer, pos, end;
	const uint8_t *mem, *data;
	int records = 0;

	consumer = mmap(NULL, s.page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED)
		return -errno;
	mem = mmap(NULL, s.page + 2 * bytes, PROT_READ, MAP_SHARED, fd, (off_t)s.page);
	if (mem == MAP_FAILED)
		return -errno;
	data = mem + s.page;
	pos = *consumer;
	end = __atomic_load_n((const unsigned long *)mem, __ATOMIC_ACQUIRE);
	while (pos < end) {
		const uint8_t *rec = data + pos % bytes;
		uint32_t len = __atomic_load_n((const uint32_t *)rec, __ATOMIC_ACQUIRE);
		uint64_t caplen;

		memcpy(&caplen, rec + BPF_RINGBUF_HDR_SZ + 24, sizeof(caplen));
		/* 14 bytes of Ethernet, 20 of IPv4, 8 of UDP and 40 of payload. */
		if (len != RECORD || caplen != 82 ||
		    memcmp(rec + BPF_RINGBUF_HDR_SZ + HEADER + 42, "features", 8) != 0 ||
		    memcmp(data + pos % bytes, data + bytes + pos % bytes, 8) != 0)
			return -EBADMSG;
		pos += (BPF_RINGBUF_HDR_SZ + len + 7) / 8 * 8;
		records++;
	}
	__atomic_store_n(consumer, pos, __ATOMIC_RELEASE);
	munmap((void *)mem, s.page + 2 * bytes);
	munmap(consumer, s.page);
	return records;
}

static int tap(int ring, uint64_t want_captured)
{
	struct sockaddr_ll lo = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = (int)if_nametoindex("lo") };
	uint64_t before[COUNTS], got[COUNTS];
	int fd, err, records;

	s.config_mem[0] = (uint64_t)ring;
	for (uint32_t i = 0; i < COUNTS; i++)
		before[i] = count(i);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &s.entry, sizeof(s.entry)) ||
	    bind(fd, (struct sockaddr *)&lo, sizeof(lo)))
		err = -errno;
	else
		err = send_datagrams();
	close(fd);
	if (err)
		return err;

	records = read_ring(s.ring[ring], ring_bytes[ring]);
	for (uint32_t i = 0; i < COUNTS; i++)
		got[i] = count(i) - before[i];
	printf("# seen %llu, captured %llu, dropped %llu, records read %d\n",
	       (unsigned long long)got[COUNT_SEEN], (unsigned long long)got[COUNT_CAPTURED],
	       (unsigned long long)got[COUNT_DROPPED], records);
	if (records < 0)
		return records;
	return got[COUNT_SEEN] == PACKETS && got[COUNT_CAPTURED] == want_captured &&
			       got[COUNT_CAPTURED] + got[COUNT_DROPPED] == PACKETS &&
			       (uint64_t)records == want_captured
		       ? 0
		       : -ERANGE;
}

static int test_tap(void)
{
	return tap(RING_LARGE, PACKETS);
}

static int test_tap_full(void)
{
	return tap(RING_SMALL, ring_bytes[RING_SMALL] / (BPF_RINGBUF_HDR_SZ + RECORD));
}

static int test_drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };
	const struct bpf_insn insns[] = { MOV_IMM(0, 0), EXIT };
	int fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_capset, &head, none))
		return -errno;
	fd = LOAD_PROGRAM("refused", insns);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EPERM ? 0 : -EBADE;
}

static int test_bare_maps(void)
{
	const uint32_t zero = 0;
	uint64_t value = RING_LARGE;

	if (bpf_map_update_elem(s.config, &zero, &value, BPF_ANY) ||
	    bpf_map_lookup_elem(s.config, &zero, &value))
		return -errno;
	return count(COUNT_SEEN) == 2 * PACKETS ? 0 : -ERANGE;
}

static int test_bare_progs(void)
{
	const uint32_t zero = 0;

	if (bpf_map_delete_elem(s.progs, &zero))
		return -errno;
	return bpf_map_update_elem(s.progs, &zero, &s.capture, BPF_ANY) ? -errno : 0;
}

static int test_bare_ring(void)
{
	int records = read_ring(s.ring[RING_LARGE], ring_bytes[RING_LARGE]);

	return records > 0 ? -ERANGE : records;
}

static const struct {
	const char *name;
	int (*run)(void);
} tests[] = {
	{ "the kernel's BTF is readable", test_btf },
	{ "an array can be mapped into memory", test_array_mmap },
	{ "per-CPU arrays", test_percpu },
	{ "rings of different sizes in one array of maps", test_rings },
	{ "LD_ABS, then a tail call, in a socket filter", test_entry },
	{ "reserve, clock, copy, query, submit in a ring found in an array of maps", test_capture },
	{ "a copy of the highest snapshot length", test_capture_biggest },
	{ "the packet's metadata may be read", test_fields },
	{ "a packet socket with that filter fills the ring with every packet", test_tap },
	{ "packets for a full ring are counted", test_tap_full },
	{ "all capabilities dropped", test_drop_capabilities },
	{ "... maps are read and written", test_bare_maps },
	{ "... the program of a tail call is exchanged", test_bare_progs },
	{ "... a ring is mapped and read", test_bare_ring },
};

static int own_network(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd, err = 0;

	if (unshare(CLONE_NEWNET))
		return -errno;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

int main(void)
{
	int failed = 0, err;

	setvbuf(stdout, NULL, _IOLBF, 0);
	s.page = (size_t)sysconf(_SC_PAGESIZE);
	s.config = s.counts = s.rings = s.progs = s.entry = s.capture = -1;
	err = own_network();
	if (err) {
		fprintf(stderr, "features: network namespace: %s\n", strerror(-err));
		return 99;
	}
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		s.log[0] = '\0';
		err = tests[i].run();
		printf("%sok - %s\n", err ? "not " : "", tests[i].name);
		if (!err)
			continue;
		failed = 1;
		printf("# %s\n", strerror(-err));
		for (char *line = strtok(s.log, "\n"); line; line = strtok(NULL, "\n"))
			printf("# %s\n", line);
	}
	return failed;
}
