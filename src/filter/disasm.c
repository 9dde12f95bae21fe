// SPDX-License-Identifier: BSD-2-Clause
#include "filter/disasm.h"

#include <linux/bpf.h>
#include <stdbool.h>

#include "util/cleanup.h"

#define OP(code)   ((code) >> 4)
#define HALF(code) (BPF_CLASS(code) == BPF_ALU || BPF_CLASS(code) == BPF_JMP32 ? 'w' : 'r')

static const char *const alu_ops[16] = {
	[OP(BPF_ADD)] = "+=", [OP(BPF_SUB)] = "-=", [OP(BPF_MUL)] = "*=",  [OP(BPF_DIV)] = "/=",
	[OP(BPF_OR)] = "|=",  [OP(BPF_AND)] = "&=", [OP(BPF_LSH)] = "<<=", [OP(BPF_RSH)] = ">>=",
	[OP(BPF_MOD)] = "%=", [OP(BPF_XOR)] = "^=", [OP(BPF_MOV)] = "=",
};

static const char *const jump_ops[16] = {
	[OP(BPF_JEQ)] = "==", [OP(BPF_JNE)] = "!=",  [OP(BPF_JGT)] = ">",
	[OP(BPF_JGE)] = ">=", [OP(BPF_JLT)] = "<",   [OP(BPF_JLE)] = "<=",
	[OP(BPF_JSET)] = "&", [OP(BPF_JSLT)] = "s<", [OP(BPF_JSGT)] = "s>",
};

/* Indexed by BPF_SIZE() >> 3. */
static const char *const sizes[4] = { "u32", "u16", "u8", "u64" };

static const struct {
	int number;
	const char *name;
} helpers[] = {
	{ BPF_FUNC_map_lookup_elem, "map_lookup_elem" },
	{ BPF_FUNC_get_prandom_u32, "get_prandom_u32" },
	{ BPF_FUNC_get_smp_processor_id, "get_smp_processor_id" },
	{ BPF_FUNC_tail_call, "tail_call" },
};

static const char *size_name(const struct bpf_insn *in)
{
	return sizes[BPF_SIZE(in->code) >> 3];
}

static void print_unknown(const struct bpf_insn *in, struct skw_buf *out)
{
	skw_buf_printf(out, "(%02x) dst=%d src=%d off=%d imm=%d", in->code, in->dst_reg,
		       in->src_reg, in->off, in->imm);
}

static void print_alu(const struct bpf_insn *in, struct skw_buf *out)
{
	const char *op = alu_ops[OP(in->code)];
	char half = HALF(in->code);

	if (BPF_OP(in->code) == BPF_NEG)
		skw_buf_printf(out, "%c%d = -%c%d", half, in->dst_reg, half, in->dst_reg);
	else if (BPF_OP(in->code) == BPF_END && BPF_SRC(in->code) == BPF_TO_BE)
		skw_buf_printf(out, "r%d = be%d r%d", in->dst_reg, in->imm, in->dst_reg);
	else if (!op)
		print_unknown(in, out);
	else if (BPF_SRC(in->code) == BPF_X)
		skw_buf_printf(out, "%c%d %s %c%d", half, in->dst_reg, op, half, in->src_reg);
	else if (half == 'r')
		skw_buf_printf(out, "r%d %s %d", in->dst_reg, op, in->imm);
	else
		skw_buf_printf(out, "w%d %s 0x%x", in->dst_reg, op, (unsigned)in->imm);
}

static void print_call(const struct bpf_insn *in, struct skw_buf *out)
{
	const char *name = "helper";

	if (in->src_reg == BPF_PSEUDO_KFUNC_CALL) {
		skw_buf_printf(out, "call kernel_function#%d", in->imm);
		return;
	}
	for (size_t i = 0; i < SKW_ARRAY_SIZE(helpers); i++)
		if (helpers[i].number == in->imm)
			name = helpers[i].name;
	skw_buf_printf(out, "call bpf_%s#%d", name, in->imm);
}

static void print_jump(const struct bpf_insn *in, size_t at, struct skw_buf *out)
{
	long long target = (long long)at + 1 + in->off;
	const char *op = jump_ops[OP(in->code)];
	char half = HALF(in->code);

	if (in->code == (BPF_JMP | BPF_CALL))
		print_call(in, out);
	else if (in->code == (BPF_JMP | BPF_EXIT))
		skw_buf_add_str(out, "exit");
	else if (in->code == (BPF_JMP | BPF_JA))
		skw_buf_printf(out, "goto %lld", target);
	else if (!op)
		print_unknown(in, out);
	else if (BPF_SRC(in->code) == BPF_X)
		skw_buf_printf(out, "if %c%d %s %c%d goto %lld", half, in->dst_reg, op, half,
			       in->src_reg, target);
	else
		skw_buf_printf(out, "if %c%d %s 0x%x goto %lld", half, in->dst_reg, op,
			       (unsigned)in->imm, target);
}

static void print_load(const struct bpf_insn *in, struct skw_buf *out)
{
	switch (BPF_MODE(in->code)) {
	case BPF_ABS:
		skw_buf_printf(out, "r0 = *(%s *)skb[%d]", size_name(in), in->imm);
		break;
	case BPF_IND:
		skw_buf_printf(out, "r0 = *(%s *)skb[r%d + %d]", size_name(in), in->src_reg,
			       in->imm);
		break;
	default:
		print_unknown(in, out);
	}
}

static void print_insn(const struct bpf_insn *in, size_t at, struct skw_buf *out)
{
	bool mem = BPF_MODE(in->code) == BPF_MEM;

	switch (BPF_CLASS(in->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		print_alu(in, out);
		break;
	case BPF_JMP:
	case BPF_JMP32:
		print_jump(in, at, out);
		break;
	case BPF_LD:
		print_load(in, out);
		break;
	case BPF_LDX:
		if (mem)
			skw_buf_printf(out, "r%d = *(%s *)(r%d %+d)", in->dst_reg, size_name(in),
				       in->src_reg, in->off);
		else
			print_unknown(in, out);
		break;
	case BPF_STX:
		if (mem)
			skw_buf_printf(out, "*(%s *)(r%d %+d) = r%d", size_name(in), in->dst_reg,
				       in->off, in->src_reg);
		else
			print_unknown(in, out);
		break;
	default:
		print_unknown(in, out);
	}
}

/* Prints a 64-bit constant. In our programs it is always a map. */
static void print_wide(const struct bpf_insn *in, struct skw_buf *out)
{
	if (in->src_reg == BPF_PSEUDO_MAP_FD)
		skw_buf_printf(out, "r%d = map[fd:%d]", in->dst_reg, in->imm);
	else if (in->src_reg == BPF_PSEUDO_MAP_VALUE)
		skw_buf_printf(out, "r%d = map[fd:%d][0]+%d", in->dst_reg, in->imm, in[1].imm);
	else
		skw_buf_printf(out, "r%d = 0x%llx", in->dst_reg,
			       (unsigned long long)(unsigned)in->imm |
				       (unsigned long long)(unsigned)in[1].imm << 32);
}

void skw_disasm(const struct bpf_insn *insns, size_t len, struct skw_buf *out)
{
	for (size_t i = 0; i < len; i++) {
		skw_buf_printf(out, "%4zu: ", i);
		if (insns[i].code == (BPF_LD | BPF_IMM | BPF_DW) && i + 1 < len) {
			print_wide(&insns[i], out);
			i++;
		} else {
			print_insn(&insns[i], i, out);
		}
		skw_buf_add_char(out, '\n');
	}
}
