// SPDX-License-Identifier: BSD-2-Clause
/*
 * Translates any bytes as a classic program, interprets the result, and compares it with libpcap's
 * own interpreter on the same packet.
 *
 * The input is a byte of options, a byte with the number of instructions and two more options, the
 * instructions, and the packet. An instruction has eight bytes as in memory. With OPTION_TAME,
 * values that are out of range are changed, so that most inputs are valid programs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ebpf.h"
#include "filter/disasm.h"
#include "filter/translate.h"
#include "libpcap.h"
#include "util/cleanup.h"

#define OPTION_TAME     0x01
#define OPTION_COUNT    0x02 /* count packets */
#define OPTION_NO_SLOT  0x04 /* the map has no entry for our slot */
#define OPTION_CB       0x08
#define OPTION_TAIL     0x10
#define OPTION_LO       0x20
#define OPTION_OUTGOING 0x40 /* the packet is outgoing */
#define OPTION_WANT_IN  0x80

#define OPTION_OTHER_IF 0x80 /* in the byte of the count: the packet is not from loopback */
/* In the byte of the count: bytes are read in place, and the packet may be in two pieces. */
#define OPTION_IN_PLACE 0x40

#define SLOT            7
#define LO_IFINDEX      1

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t codes[] = {
	0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x80, 0x00, 0x60, 0x81, 0x01, 0x61, 0xb1,
	0x02, 0x03, 0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x94, 0x9c, 0x54,
	0x5c, 0x44, 0x4c, 0xa4, 0xac, 0x64, 0x6c, 0x74, 0x7c, 0x84, 0x05, 0x15, 0x1d,
	0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d, 0x06, 0x16, 0x07, 0x87,
};

static void tame(struct skw_cbpf_insn *in, size_t left)
{
	/* Half of the constants stay as they are, the others become small offsets. */
	bool small = in->code & 0x100;

	in->code = left ? codes[(in->code & 0xff) % sizeof(codes)] : in->code & 1 ? 0x16 : 0x06;
	if (small)
		in->k &= 0x7f;
	if (left) {
		in->jt = (uint8_t)(in->jt % (left < 255 ? left : 255));
		in->jf = (uint8_t)(in->jf % (left < 255 ? left : 255));
	}
	if (in->code == 0x05)
		in->k %= (uint32_t)left;
	else if (in->code == 0x60 || in->code == 0x61 || in->code == 0x02 || in->code == 0x03)
		in->k %= 16;
	else if (in->code == 0x64 || in->code == 0x74)
		in->k %= 32;
	else if (in->code == 0x34 || in->code == 0x94)
		in->k |= 1;
}

/*
 * An instruction that the kernel takes for A ^= X. libpcap does not know it. The generated code is
 * that of A ^= X.
 */
static bool has_disguised_xor(const struct skw_cbpf *prog)
{
	for (size_t i = 0; i < prog->len; i++)
		if ((prog->insns[i].code & 0xe7) == 0x20 && prog->insns[i].k == 0xfffff028)
			return true;
	return false;
}

static void fail(const char *what, const struct bpf_insn *insns, size_t len)
{
	struct skw_buf text = SKW_BUF_INIT;

	skw_disasm(insns, len, &text);
	fprintf(stderr, "%s\n%.*s", what, (int)text.len, (const char *)text.data);
	skw_buf_free(&text);
	abort();
}

/* Checks the result of the whole program, given the result of the expression. */
static void compare(const struct skw_filter_frame *f, const struct ebpf_run *run, bool match,
		    const struct bpf_insn *insns, size_t len)
{
	bool outgoing = run->skb.pkt_type == 4;
	bool hidden = f->lo_ifindex == run->skb.ifindex && outgoing;
	bool counted = f->counters_fd >= 0 && run->slots && !hidden;
	bool wanted = !hidden && !(f->direction == SKW_DIR_IN && outgoing) &&
		      (f->counters_fd < 0 || run->slots);
	bool want = wanted && match;

	if (run->counters.seen != counted)
		fail("the packet was counted wrongly", insns, len);
	if (counted && run->key != SLOT * EBPF_CPUS + EBPF_CPU)
		fail("the packet was counted in another slot", insns, len);
	/* If the two interpreters differ, only the kernel can decide. The live test does this. */
	if (wanted && run->kernel_only)
		return;
	if ((f->next_fd >= 0 ? run->tail_called : run->verdict == 1) != want)
		fail(match ? "a match was lost" : "a packet without a match was taken", insns, len);
	if (!want && (run->verdict || run->tail_called))
		fail("a rejected packet was taken", insns, len);
	if (run->tail_called && run->skb.cb[SKW_CB_SLOT] != SLOT)
		fail("the slot was lost", insns, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2 + sizeof(struct skw_cbpf_insn))
		return 0;
	uint8_t options = data[0];
	size_t count = data[1] & 0x3f, most = (size - 2) / sizeof(struct skw_cbpf_insn);
	SKW_AUTO_FREE struct skw_cbpf_insn *classic = calloc(256, sizeof(*classic));
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	struct skw_cbpf prog = { .insns = classic, .len = count < most ? count : most };
	/* A slot that is written into the program is there, or the program would not load. */
	bool no_slot = options & OPTION_NO_SLOT && options & OPTION_CB;
	struct skw_filter_frame frame = {
		.counters_fd = options & OPTION_COUNT ? 3 : -1,
		.next_fd = options & OPTION_TAIL ? 4 : -1,
		.slot = SLOT,
		.cpus = EBPF_CPUS,
		.slot_from_cb = options & OPTION_CB,
		.slots = no_slot ? SLOT : SLOT + 1,
		.direction = options & OPTION_WANT_IN ? SKW_DIR_IN : SKW_DIR_UNKNOWN,
		.access = data[1] & OPTION_IN_PLACE ? &ebpf_access : NULL,
		.lo_ifindex = options & OPTION_LO ? LO_IFINDEX : 0,
	};
	struct ebpf_run run = { .slots = no_slot ? 0 : (SLOT + 1) * EBPF_CPUS,
				.counts = frame.counters_fd >= 0 };
	size_t len;

	if (!classic)
		abort();
	memcpy(classic, data + 2, prog.len * sizeof(*classic));
	for (size_t i = 0; i < prog.len && options & OPTION_TAME; i++)
		tame(&classic[i], prog.len - 1 - i);
	int err = skw_filter_translate(&prog, &frame, &insns, &len);

	if (err == -EINVAL || err == -EOPNOTSUPP)
		return 0;
	if (err)
		abort();
	if (!libpcap_is_valid(&prog))
		fail("libpcap would refuse this program", insns, len);
	if (!ebpf_is_connected(insns, len))
		fail("the verifier would refuse this program", insns, len);

	size_t used = 2 + prog.len * sizeof(*classic);
	run.packet = data + used;
	run.len = (uint32_t)(size - used);
	run.linear = options & OPTION_OUTGOING ? run.len / 2 : run.len;
	run.skb.ifindex = data[1] & OPTION_OTHER_IF ? LO_IFINDEX + 1 : LO_IFINDEX;
	run.skb.pkt_type = options & OPTION_OUTGOING ? 4 : 0;
	run.skb.cb[SKW_CB_SLOT] = frame.slot_from_cb ? SLOT : 0;
	if (ebpf_interpret(insns, len, &run))
		fail("the verifier would refuse this path", insns, len);
	run.kernel_only |= has_disguised_xor(&prog);
	compare(&frame, &run, libpcap_match(&prog, run.packet, run.len), insns, len);
	return 0;
}
