// SPDX-License-Identifier: BSD-2-Clause
#include "filter_frame_test.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "abi/packet.h"
#include "filter/translate.h"
#include "filter_tap.h"
#include "util/cleanup.h"

/* Enough for the values of all CPUs that a kernel may have. */
#define CPUS_MAX 1024
#define SLOTS    4
#define CTX_CB0  ((int)offsetof(struct __sk_buff, cb))

static struct skw_cbpf_insn ret_all[] = { { .code = BPF_LD | BPF_B | BPF_ABS, .k = 12 },
					  { .code = BPF_RET | BPF_K, .k = 262144 } };
static struct skw_cbpf_insn ret_none = { .code = BPF_RET | BPF_K };
static const struct skw_cbpf all = { .insns = ret_all, .len = 2 },
			     none = { .insns = &ret_none, .len = 1 };

static int load(const struct skw_cbpf *prog, const struct skw_filter_frame *frame)
{
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len;
	int err = skw_filter_translate(prog, frame, &insns, &len);

	return err ? err : kernel_load(insns, len);
}

static int make_counters(void)
{
	return kernel_map(BPF_MAP_TYPE_ARRAY, sizeof(struct skw_packet_counters) * SLOTS * CPUS_MAX,
			  1);
}

static uint64_t seen(int counters_fd, uint32_t slot)
{
	SKW_AUTO_FREE struct skw_packet_counters *each = calloc(SLOTS * CPUS_MAX, sizeof(*each));
	uint64_t sum = 0;

	if (!each || kernel_map_get(counters_fd, 0, each))
		return UINT64_MAX;
	for (uint32_t cpu = 0; cpu < CPUS_MAX; cpu++)
		sum += each[slot * CPUS_MAX + cpu].seen;
	return sum;
}

/* Stands for the capture program: returns 100 more than the slot that it is handed. */
static int load_stub(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 0, .src_reg = 1, .off = CTX_CB0 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .imm = 100 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return kernel_load(insns, SKW_ARRAY_SIZE(insns));
}

/* Stands for the dispatcher: slot 3, then on to a filter program. */
static int load_dispatcher(int next_fd)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 3 },
		{ .code = BPF_STX | BPF_MEM | BPF_W, .dst_reg = 1, .src_reg = 2, .off = CTX_CB0 },
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = 2,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = next_fd },
		{ 0 },
		{ .code = BPF_ALU | BPF_MOV | BPF_K, .dst_reg = 3 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_tail_call },
		{ .code = BPF_ALU | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return kernel_load(insns, SKW_ARRAY_SIZE(insns));
}

static uint32_t verdict_of(int prog_fd, const struct test_packet *p)
{
	uint32_t verdict = 0;

	return prog_fd < 0 || kernel_run(prog_fd, p, &verdict) ? UINT32_MAX : verdict;
}

static int test_counting(const struct test_packet *p, const struct skw_skb_access *access)
{
	SKW_AUTO_FD int counters = make_counters();
	SKW_AUTO_FD int next = kernel_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 1);
	SKW_AUTO_FD int filters = kernel_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 1);
	SKW_AUTO_FD int stub = load_stub();
	struct skw_filter_frame frame = { .counters_fd = counters,
					  .cpus = CPUS_MAX,
					  .next_fd = next,
					  .slot = 2,
					  .access = access };

	if (counters < 0 || next < 0 || filters < 0 || stub < 0)
		return -EIO;
	SKW_AUTO_FD int yes = load(&all, &frame);
	SKW_AUTO_FD int no = load(&none, &frame);

	tap_ok(verdict_of(yes, p) == 0 && seen(counters, 2) == 1,
	       "frame: a match without a capture program is counted and rejected");
	if (kernel_map_set(next, 0, &stub))
		return -EIO;
	tap_ok(verdict_of(yes, p) == 102 && seen(counters, 2) == 2,
	       "frame: a match is counted and goes on with its slot");
	tap_ok(verdict_of(no, p) == 0 && seen(counters, 2) == 3,
	       "frame: a rejected packet is counted and does not go on");

	frame.slot_from_cb = true;
	frame.slots = SLOTS;
	SKW_AUTO_FD int dispatched = load(&all, &frame);
	SKW_AUTO_FD int dispatcher = load_dispatcher(filters);
	if (dispatched < 0 || kernel_map_set(filters, 0, &dispatched))
		return -EIO;
	tap_ok(verdict_of(dispatcher, p) == 103 && seen(counters, 3) == 1 && seen(counters, 2) == 3,
	       "frame: a dispatcher's slot is counted in and handed on");

	frame.slots = 3;
	SKW_AUTO_FD int beyond = load(&all, &frame);
	if (beyond < 0 || kernel_map_set(filters, 0, &beyond))
		return -EIO;
	tap_ok(verdict_of(dispatcher, p) == 0 && seen(counters, 3) == 1,
	       "frame: without a counter nothing goes on");
	return 0;
}

/* A tap that takes all packets of a direction, counted in a slot. */
static int open_tap(const char *ifname, const struct skw_filter_frame *frame)
{
	SKW_AUTO_FD int prog = load(&all, frame);
	SKW_AUTO_FD int fd = tap_open(ifname);

	if (prog < 0 || fd < 0 || tap_set_ebpf(fd, prog))
		return -EIO;
	return SKW_TAKE_FD(fd);
}

static int test_directions(struct wire *w, const struct test_packet *p)
{
	static const struct {
		enum skw_direction direction;
		bool in, out;
		const char *name;
	} cases[] = {
		{ SKW_DIR_UNKNOWN, true, true, "both ways" },
		{ SKW_DIR_IN, true, false, "in" },
		{ SKW_DIR_OUT, false, true, "out" },
	};
	SKW_AUTO_FD int counters = make_counters();

	for (uint32_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct skw_filter_frame frame = { .counters_fd = counters,
						  .cpus = CPUS_MAX,
						  .next_fd = -1,
						  .slot = i,
						  .direction = cases[i].direction };
		SKW_AUTO_FD int fd = open_tap(WIRE_NEAR, &frame);

		if (fd < 0)
			return fd;
		int err = wire_send(w, WIRE_IN, p);
		bool in = tap_take(fd);
		if (!err)
			err = wire_send(w, WIRE_OUT, p);
		if (err)
			return err;
		bool out = tap_take(fd);

		tap_ok(in == cases[i].in && out == cases[i].out && seen(counters, i) == 2,
		       "frame: direction %s, all are counted", cases[i].name);
	}
	return 0;
}

static int test_loopback(const struct test_packet *p)
{
	SKW_AUTO_FD int counters = make_counters();
	struct skw_filter_frame frame = { .counters_fd = counters,
					  .cpus = CPUS_MAX,
					  .next_fd = -1,
					  .lo_ifindex = if_nametoindex("lo") };
	/* The socket that was opened first gets a packet last. */
	SKW_AUTO_FD int reference = tap_open("lo");
	SKW_AUTO_FD int ours = open_tap("lo", &frame);
	SKW_AUTO_FD int sender = tap_open("lo");
	struct pollfd readable = { .fd = reference, .events = POLLIN };

	if (reference < 0 || ours < 0 || sender < 0 ||
	    send(sender, p->data, p->len, 0) != (ssize_t)p->len)
		return -EIO;
	/* The packet comes by on its way out and on its way in. */
	for (int i = 0; i < 2; i++)
		if (poll(&readable, 1, FRAME_PATIENCE_MS) != 1 || !tap_take(reference))
			return -ETIMEDOUT;
	bool once = tap_take(ours), twice = tap_take(ours);

	tap_ok(once && !twice && seen(counters, 0) == 1,
	       "frame: loopback's outgoing copy is neither counted nor kept");
	return 0;
}

int test_frame(struct wire *w, const struct test_corpus *c, const struct skw_skb_access *access)
{
	const struct test_packet *p = NULL;

	for (size_t i = 0; !p && i < c->count; i++)
		if (c->packets[i].len >= 60 && c->packets[i].len < 1500)
			p = &c->packets[i];
	if (!p)
		return -ENOENT;
	int err = test_counting(p, NULL);
	if (!err && access)
		err = test_counting(p, access);
	if (!err)
		err = test_directions(w, p);
	return err ? err : test_loopback(p);
}
