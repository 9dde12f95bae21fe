// SPDX-License-Identifier: BSD-2-Clause
#include "filter/frame.h"

#include <linux/if_packet.h>

#include "abi/packet.h"

#define CTX_SLOT (SKW_CTX(cb) + 4 * SKW_CB_SLOT)

/* A product by a shift: sizes of counters are powers of two. */
#define COUNTERS_SHIFT 6
_Static_assert(sizeof(struct skw_packet_counters) == 1 << COUNTERS_SHIFT, "counters");

/* A packet on the loopback device shows up twice. Like libpcap, we hide the outgoing copy. */
static void emit_skip_lo(struct skw_emitter *e, const struct skw_filter_frame *f)
{
	if (!f->lo_ifindex)
		return;
	skw_emit_load(e, BPF_W, BPF_REG_1, SKW_REG_CTX, SKW_CTX(ifindex));
	skw_emit_jump_imm(e, BPF_JNE, BPF_REG_1, f->lo_ifindex, 4);
	skw_emit_load(e, BPF_W, BPF_REG_1, SKW_REG_CTX, SKW_CTX(pkt_type));
	skw_emit_jump_imm(e, BPF_JNE, BPF_REG_1, PACKET_OUTGOING, 2);
	skw_emit_reject(e);
}

static void emit_count(struct skw_emitter *e, const struct skw_filter_frame *f)
{
	int seen = (int)offsetof(struct skw_packet_counters, seen);

	if (f->counters_fd < 0)
		return;
	skw_emit_call(e, BPF_FUNC_get_smp_processor_id);
	if (f->slot_from_cb) {
		skw_emit_load(e, BPF_W, BPF_REG_1, SKW_REG_CTX, CTX_SLOT);
		skw_emit(e, BPF_ALU | BPF_MUL | BPF_K, BPF_REG_1, 0, 0, f->cpus);
		skw_emit(e, BPF_ALU | BPF_ADD | BPF_X, BPF_REG_0, BPF_REG_1, 0, 0);
	}
	/* It is always less, but the verifier must see it. */
	skw_emit_jump_imm(e, BPF_JLT, BPF_REG_0, f->slot_from_cb ? f->slots * f->cpus : f->cpus, 2);
	skw_emit_reject(e);
	skw_emit(e, BPF_ALU | BPF_LSH | BPF_K, BPF_REG_0, 0, 0, COUNTERS_SHIFT);
	skw_emit_map_value(e, BPF_REG_1, f->counters_fd,
			   f->slot_from_cb ? 0 : f->slot * f->cpus << COUNTERS_SHIFT);
	skw_emit(e, BPF_ALU64 | BPF_ADD | BPF_X, BPF_REG_1, BPF_REG_0, 0, 0);
	skw_emit_load(e, BPF_DW, BPF_REG_0, BPF_REG_1, seen);
	skw_emit(e, BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_0, 0, 0, 1);
	skw_emit_store(e, BPF_DW, BPF_REG_1, seen, BPF_REG_0);
}

static void emit_direction(struct skw_emitter *e, const struct skw_filter_frame *f)
{
	if (f->direction == SKW_DIR_UNKNOWN)
		return;
	skw_emit_load(e, BPF_W, BPF_REG_1, SKW_REG_CTX, SKW_CTX(pkt_type));
	skw_emit_jump_imm(e, f->direction == SKW_DIR_OUT ? BPF_JEQ : BPF_JNE, BPF_REG_1,
			  PACKET_OUTGOING, 2);
	skw_emit_reject(e);
}

void skw_frame_begin(struct skw_emitter *e, const struct skw_filter_frame *f)
{
	skw_emit_mov_ptr(e, SKW_REG_CTX, BPF_REG_1);
	emit_skip_lo(e, f);
	emit_count(e, f);
	emit_direction(e, f);
}

/* The slot is stored only now, so that packets that are rejected do not pay for it. */
void skw_frame_match(struct skw_emitter *e, const struct skw_filter_frame *f)
{
	if (f->next_fd < 0) {
		skw_emit_mov_imm(e, BPF_REG_0, 1);
		skw_emit_exit(e);
		return;
	}
	if (!f->slot_from_cb) {
		skw_emit_mov_imm(e, BPF_REG_1, f->slot);
		skw_emit_store(e, BPF_W, SKW_REG_CTX, CTX_SLOT, BPF_REG_1);
	}
	skw_emit_mov_ptr(e, BPF_REG_1, SKW_REG_CTX);
	skw_emit_map_fd(e, BPF_REG_2, f->next_fd);
	skw_emit_mov_imm(e, BPF_REG_3, 0);
	skw_emit_call(e, BPF_FUNC_tail_call);
	skw_emit_reject(e);
}
