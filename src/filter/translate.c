// SPDX-License-Identifier: BSD-2-Clause
#include "filter/translate.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>

#include "filter/ancillary.h"
#include "filter/frame.h"
#include "filter/load.h"
#include "filter/reach.h"
#include "util/cleanup.h"

#define MEM_OFF(k) (-4 * (int)(BPF_MEMWORDS - (k)))
#define TMP_OFF    (-4 * (BPF_MEMWORDS + 1))
#define KEY_OFF(k) (TMP_OFF - 4 * (SKW_CBPF_SET_WORDS - (int)(k)))

_Static_assert(KEY_OFF(0) == SKW_STACK_WORDS, "words of the expression");

/* Few values, as the first words of IPv6 addresses often have, are compared without a call. */
#define FEW_KEYS 8

/* The kernel's limit for privileged programs, BPF_COMPLEXITY_LIMIT_INSNS. */
#define MAX_INSNS 1000000

/*
 * Where the kernel allows it, the expression is there twice. The first body reads the packet in
 * place. A load that leads behind the packet's linear part jumps to the same load in the second
 * body, which has A, X and M[] in the same places and reads by calls.
 */
enum body { IN_PLACE, BY_CALL, BODIES };

/*
 * Everything is emitted twice. The first pass has insns == NULL and only finds the
 * place of each classic instruction, which the jumps of the second pass need.
 */
struct translation {
	struct skw_emitter out;
	const struct skw_filter_frame *frame;
	const struct skw_cbpf *prog;
	size_t *start[BODIES];   /* first eBPF instruction, by classic pc */
	bool *reachable[BODIES]; /* by classic pc */
	enum body body;
	size_t pc;
	int err;
};

/* Returns the offset of a jump from the current place to a classic instruction. */
static int jump_to(struct translation *t, size_t target)
{
	ptrdiff_t off = (ptrdiff_t)t->start[t->body][target] - (ptrdiff_t)t->out.len - 1;

	if (t->out.insns && off > INT16_MAX)
		t->err = -E2BIG;
	return (int)off;
}

static void emit_goto(struct translation *t, size_t target)
{
	skw_emit(&t->out, BPF_JMP | BPF_JA, 0, 0, jump_to(t, target), 0);
}

/* Emits a classic instruction. `arg` comes from the table of opcodes below. */
typedef void emit_fn(struct translation *t, const struct skw_cbpf_insn *in, int arg);

/* The place in the second body of a load in place, which jumps there from not far behind. */
static size_t elsewhere(struct translation *t)
{
	size_t to = t->start[BY_CALL][t->pc];

	if (t->out.insns && to - t->out.len > INT16_MAX)
		t->err = -E2BIG;
	return to;
}

static bool is_near(const struct translation *t, int size, uint32_t k)
{
	return t->body == IN_PLACE && skw_load_is_near(t->frame->access, size, k);
}

/* A load out of range ends the program with 0, in classic BPF and in eBPF. */
static void load(struct translation *t, int size, bool indirect, uint32_t k)
{
	if (t->body == BY_CALL)
		skw_load_by_call(&t->out, size, indirect, k);
	else if (!indirect && is_near(t, size, k))
		skw_load_near(&t->out, size, SKW_REG_A, k, elsewhere(t));
	else
		skw_load_far(&t->out, t->frame->access, size, indirect, k, elsewhere(t));
}

static void ld_abs(struct translation *t, const struct skw_cbpf_insn *in, int size)
{
	if (!skw_ancillary_is(in->k))
		load(t, size, false, in->k);
	else if (skw_ancillary_load(&t->out, in->k))
		t->err = -EOPNOTSUPP;
}

static void ld_ind(struct translation *t, const struct skw_cbpf_insn *in, int size)
{
	load(t, size, true, in->k);
}

static void ld_len(struct translation *t, const struct skw_cbpf_insn *in, int reg)
{
	(void)in;
	skw_emit_load(&t->out, BPF_W, reg, SKW_REG_CTX, SKW_CTX(len));
}

static void ld_imm(struct translation *t, const struct skw_cbpf_insn *in, int reg)
{
	skw_emit_mov_imm(&t->out, reg, in->k);
}

static void ld_mem(struct translation *t, const struct skw_cbpf_insn *in, int reg)
{
	skw_emit_load(&t->out, BPF_W, reg, BPF_REG_10, MEM_OFF(in->k));
}

static void st_mem(struct translation *t, const struct skw_cbpf_insn *in, int reg)
{
	skw_emit_store(&t->out, BPF_W, BPF_REG_10, MEM_OFF(in->k), reg);
}

static void ldx_msh(struct translation *t, const struct skw_cbpf_insn *in, int size)
{
	if (is_near(t, size, in->k)) {
		skw_load_near(&t->out, size, SKW_REG_X, in->k, elsewhere(t));
	} else {
		skw_emit_store(&t->out, BPF_W, BPF_REG_10, TMP_OFF, SKW_REG_A);
		load(t, size, false, in->k);
		skw_emit_mov_reg(&t->out, SKW_REG_X, SKW_REG_A);
		skw_emit_load(&t->out, BPF_W, SKW_REG_A, BPF_REG_10, TMP_OFF);
	}
	skw_emit(&t->out, BPF_ALU | BPF_AND | BPF_K, SKW_REG_X, 0, 0, 0xf);
	skw_emit(&t->out, BPF_ALU | BPF_LSH | BPF_K, SKW_REG_X, 0, 0, 2);
}

/*
 * Classic BPF and 32-bit eBPF use the same numbers for the same operations. Shifts
 * by X use its lower five bits, in the kernel's interpreter and in its JIT compilers.
 */
static void alu(struct translation *t, const struct skw_cbpf_insn *in, int unused)
{
	(void)unused;
	if (BPF_SRC(in->code) == BPF_X)
		skw_emit(&t->out, in->code, SKW_REG_A, SKW_REG_X, 0, 0);
	else
		skw_emit(&t->out, in->code, SKW_REG_A, 0, 0,
			 BPF_OP(in->code) == BPF_NEG ? 0 : in->k);
}

/* In eBPF a division by zero is allowed. In classic BPF it rejects the packet. */
static void alu_div_x(struct translation *t, const struct skw_cbpf_insn *in, int unused)
{
	skw_emit_jump_imm(&t->out, BPF_JNE, SKW_REG_X, 0, 2);
	skw_emit_reject(&t->out);
	alu(t, in, unused);
}

static void jump_always(struct translation *t, const struct skw_cbpf_insn *in, int unused)
{
	(void)unused;
	emit_goto(t, t->pc + 1 + in->k);
}

/* `inverse` is the opposite eBPF operation, or 0. It saves a second jump if only jf is set. */
static void jump_if(struct translation *t, const struct skw_cbpf_insn *in, int inverse)
{
	int op = BPF_OP(in->code), src = BPF_SRC(in->code);
	size_t jt = t->pc + 1 + in->jt, jf = t->pc + 1 + in->jf;

	if (jt == jf) {
		if (in->jt)
			emit_goto(t, jt);
		return;
	}
	if (!in->jt && inverse) {
		op = inverse;
		jt = jf;
		jf = t->pc + 1;
	}
	skw_emit(&t->out, BPF_JMP32 | op | src, SKW_REG_A, src == BPF_X ? SKW_REG_X : 0,
		 jump_to(t, jt), src == BPF_X ? 0 : in->k);
	if (jf != t->pc + 1)
		emit_goto(t, jf);
}

/* Compares A, and the words before it on the stack, with one key after the other. */
static void compare_keys(struct translation *t, const struct skw_cbpf_set *s, size_t jt)
{
	uint32_t last = s->words - 1;

	for (const uint32_t *key = s->keys; key < s->keys + s->count * s->words; key += s->words) {
		int left = 2 * (int)last;

		skw_emit_jump_imm(&t->out, BPF_JNE, SKW_REG_A, key[last], left + 1);
		for (uint32_t i = 0; i < last; i++) {
			left -= 2;
			skw_emit_load(&t->out, BPF_W, BPF_REG_1, BPF_REG_10, KEY_OFF(i));
			skw_emit_jump_imm(&t->out, BPF_JNE, BPF_REG_1, key[i], left + 1);
		}
		emit_goto(t, jt);
	}
}

/* Looks the key up in a map. The call destroys A, but another comparison may follow. */
static void look_up(struct translation *t, const struct skw_cbpf_insn *in, uint32_t last, size_t jt)
{
	skw_emit_map_fd(&t->out, BPF_REG_1, t->frame->set_fds ? t->frame->set_fds[in->k] : 0);
	skw_emit_mov_ptr(&t->out, BPF_REG_2, BPF_REG_10);
	skw_emit(&t->out, BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, (uint32_t)KEY_OFF(0));
	skw_emit_call(&t->out, BPF_FUNC_map_lookup_elem);
	skw_emit_mov_ptr(&t->out, BPF_REG_1, BPF_REG_0);
	skw_emit_load(&t->out, BPF_W, SKW_REG_A, BPF_REG_10, KEY_OFF(last));
	skw_emit(&t->out, BPF_JMP | BPF_JNE | BPF_K, BPF_REG_1, 0, jump_to(t, jt), 0);
}

static void jump_in(struct translation *t, const struct skw_cbpf_insn *in, int unused)
{
	const struct skw_cbpf_set *s = &t->prog->sets[in->k];
	size_t jt = t->pc + 1 + in->jt;

	(void)unused;
	skw_emit_store(&t->out, BPF_W, BPF_REG_10, KEY_OFF(s->words - 1), SKW_REG_A);
	if (s->count <= FEW_KEYS)
		compare_keys(t, s, jt);
	else
		look_up(t, in, s->words - 1, jt);
	if (in->jf)
		emit_goto(t, t->pc + 1 + in->jf);
}

static void ret_k(struct translation *t, const struct skw_cbpf_insn *in, int unused)
{
	(void)unused;
	if (in->k)
		skw_frame_match(&t->out, t->frame);
	else
		skw_emit_reject(&t->out);
}

static void ret_a(struct translation *t, const struct skw_cbpf_insn *in, int unused)
{
	(void)in;
	(void)unused;
	skw_emit_jump_imm(&t->out, BPF_JNE, SKW_REG_A, 0, 1);
	skw_emit_exit(&t->out);
	skw_frame_match(&t->out, t->frame);
}

static void misc_tax(struct translation *t, const struct skw_cbpf_insn *in, int unused)
{
	(void)in;
	(void)unused;
	skw_emit_mov_reg(&t->out, SKW_REG_X, SKW_REG_A);
}

static void misc_txa(struct translation *t, const struct skw_cbpf_insn *in, int unused)
{
	(void)in;
	(void)unused;
	skw_emit_mov_reg(&t->out, SKW_REG_A, SKW_REG_X);
}

#define ALU_BOTH(op, fn_k, fn_x)                                                                   \
	[BPF_ALU | (op) | BPF_K] = { fn_k, 0 }, [BPF_ALU | (op) | BPF_X] = { fn_x, 0 }
#define JUMP_BOTH(op, inverse)                                                                     \
	[BPF_JMP | (op) | BPF_K] = { jump_if, inverse },                                           \
			  [BPF_JMP | (op) | BPF_X] = { jump_if, inverse }

/* All instructions of classic BPF, and the test in a set. Others are not valid. */
static const struct {
	emit_fn *emit;
	int arg;
} opcodes[] = {
	[BPF_LD | BPF_ABS | BPF_W] = { ld_abs, BPF_W },
	[BPF_LD | BPF_ABS | BPF_H] = { ld_abs, BPF_H },
	[BPF_LD | BPF_ABS | BPF_B] = { ld_abs, BPF_B },
	[BPF_LD | BPF_IND | BPF_W] = { ld_ind, BPF_W },
	[BPF_LD | BPF_IND | BPF_H] = { ld_ind, BPF_H },
	[BPF_LD | BPF_IND | BPF_B] = { ld_ind, BPF_B },
	[BPF_LD | BPF_LEN | BPF_W] = { ld_len, SKW_REG_A },
	[BPF_LD | BPF_IMM] = { ld_imm, SKW_REG_A },
	[BPF_LD | BPF_MEM] = { ld_mem, SKW_REG_A },
	[BPF_LDX | BPF_LEN | BPF_W] = { ld_len, SKW_REG_X },
	[BPF_LDX | BPF_IMM] = { ld_imm, SKW_REG_X },
	[BPF_LDX | BPF_MEM] = { ld_mem, SKW_REG_X },
	[BPF_LDX | BPF_MSH | BPF_B] = { ldx_msh, BPF_B },
	[BPF_ST] = { st_mem, SKW_REG_A },
	[BPF_STX] = { st_mem, SKW_REG_X },
	ALU_BOTH(BPF_ADD, alu, alu),
	ALU_BOTH(BPF_SUB, alu, alu),
	ALU_BOTH(BPF_MUL, alu, alu),
	ALU_BOTH(BPF_DIV, alu, alu_div_x),
	ALU_BOTH(BPF_MOD, alu, alu_div_x),
	ALU_BOTH(BPF_AND, alu, alu),
	ALU_BOTH(BPF_OR, alu, alu),
	ALU_BOTH(BPF_XOR, alu, alu),
	ALU_BOTH(BPF_LSH, alu, alu),
	ALU_BOTH(BPF_RSH, alu, alu),
	[BPF_ALU | BPF_NEG] = { alu, 0 },
	[BPF_JMP | BPF_JA] = { jump_always, 0 },
	JUMP_BOTH(BPF_JEQ, BPF_JNE),
	JUMP_BOTH(BPF_JGT, BPF_JLE),
	JUMP_BOTH(BPF_JGE, BPF_JLT),
	JUMP_BOTH(BPF_JSET, 0),
	[SKW_CBPF_IN] = { jump_in, 0 },
	[BPF_RET | BPF_K] = { ret_k, 0 },
	[BPF_RET | BPF_A] = { ret_a, 0 },
	[BPF_MISC | BPF_TAX] = { misc_tax, 0 },
	[BPF_MISC | BPF_TXA] = { misc_txa, 0 },
};

static bool is_mem(uint16_t code)
{
	return code == BPF_ST || code == BPF_STX || code == (BPF_LD | BPF_MEM) ||
	       code == (BPF_LDX | BPF_MEM);
}

/* `left` is the number of instructions after this one. */
static bool is_valid(const struct skw_cbpf_insn *in, size_t left)
{
	uint16_t code = in->code;

	if (code >= SKW_ARRAY_SIZE(opcodes) || !opcodes[code].emit)
		return false;
	if (is_mem(code))
		return in->k < BPF_MEMWORDS;
	if (opcodes[code].emit == ld_abs)
		return !skw_ancillary_is(in->k) || skw_ancillary_is_valid(in->k);
	if (code == (BPF_ALU | BPF_DIV | BPF_K) || code == (BPF_ALU | BPF_MOD | BPF_K))
		return in->k != 0;
	if (code == (BPF_ALU | BPF_LSH | BPF_K) || code == (BPF_ALU | BPF_RSH | BPF_K))
		return in->k < 32;
	if (code == (BPF_JMP | BPF_JA))
		return in->k < left;
	if (BPF_CLASS(code) == BPF_JMP)
		return in->jt < left && in->jf < left;
	return true;
}

/*
 * Finds the loop of libpcap's `protochain`. libpcap's interpreter runs it, but the
 * kernel refuses it: classic BPF has no loops, and the verifier can't see its end.
 */
static bool jumps_back(const struct skw_cbpf_insn *in, size_t pc)
{
	return in->code == (BPF_JMP | BPF_JA) && in->k > INT32_MAX && UINT32_MAX - in->k <= pc;
}

static int check(const struct skw_cbpf *prog)
{
	int ret = 0;

	if (!prog->len || BPF_CLASS(prog->insns[prog->len - 1].code) != BPF_RET)
		return -EINVAL;
	for (size_t i = 0; i < prog->len; i++) {
		if (jumps_back(&prog->insns[i], i))
			ret = -EOPNOTSUPP;
		else if (!is_valid(&prog->insns[i], prog->len - 1 - i))
			return -EINVAL;
		else if (prog->insns[i].code == SKW_CBPF_IN && prog->insns[i].k >= prog->sets_len)
			return -EINVAL;
	}
	return ret;
}

/* The number of words that tests in sets take from the tests before them. */
static uint32_t words_before(const struct skw_cbpf *prog)
{
	uint32_t most = 0;

	for (size_t i = 0; i < prog->sets_len; i++)
		if (prog->sets[i].words - 1 > most)
			most = prog->sets[i].words - 1;
	return most;
}

/* A, X and M[] start at 0. Only the words of M[] that are loaded later need to be set. */
static void emit_zero(struct translation *t, const struct skw_cbpf *prog)
{
	uint32_t loaded = 0;

	skw_emit_mov_imm(&t->out, SKW_REG_A, 0);
	skw_emit_mov_imm(&t->out, SKW_REG_X, 0);
	for (size_t i = 0; i < prog->len; i++)
		if (opcodes[prog->insns[i].code].emit == ld_mem)
			loaded |= UINT32_C(1) << prog->insns[i].k;
	for (uint32_t k = 0; k < words_before(prog); k++)
		skw_emit_store(&t->out, BPF_W, BPF_REG_10, KEY_OFF(k), SKW_REG_A);
	for (unsigned int k = 0; k < BPF_MEMWORDS; k++)
		if (loaded & UINT32_C(1) << k)
			skw_emit_store(&t->out, BPF_W, BPF_REG_10, MEM_OFF(k), SKW_REG_A);
}

static void emit_body(struct translation *t, const struct skw_cbpf *prog, enum body body)
{
	t->body = body;
	for (t->pc = 0; t->pc < prog->len; t->pc++) {
		const struct skw_cbpf_insn *in = &prog->insns[t->pc];

		t->start[body][t->pc] = t->out.len;
		if (t->reachable[body][t->pc])
			opcodes[in->code].emit(t, in, opcodes[in->code].arg);
	}
}

static int emit_all(struct translation *t, const struct skw_cbpf *prog)
{
	t->out.len = 0;
	skw_frame_begin(&t->out, t->frame);
	if (t->reachable[IN_PLACE][0])
		skw_load_begin(&t->out, t->frame->access);
	emit_zero(t, prog);
	for (enum body body = IN_PLACE; body < BODIES; body++)
		emit_body(t, prog, body);
	return t->out.len > MAX_INSNS ? -E2BIG : t->err;
}

static int translate(const struct skw_cbpf *prog, const struct skw_filter_frame *frame,
		     bool in_place, struct bpf_insn **insns, size_t *len)
{
	SKW_AUTO_FREE bool *reachable = calloc(prog->len * BODIES, sizeof(*reachable));
	SKW_AUTO_FREE size_t *start = calloc(prog->len * BODIES, sizeof(*start));
	SKW_AUTO_FREE struct bpf_insn *out = NULL;

	if (!reachable || !start)
		return -ENOMEM;
	struct translation t = { .frame = frame,
				 .prog = prog,
				 .start = { start, start + prog->len },
				 .reachable = { reachable, reachable + prog->len } };

	if (in_place) {
		skw_reach_from_start(prog, t.reachable[IN_PLACE]);
		skw_reach_from_loads(prog, t.reachable[IN_PLACE], t.reachable[BY_CALL]);
	} else {
		skw_reach_from_start(prog, t.reachable[BY_CALL]);
	}
	int ret = emit_all(&t, prog);
	if (ret)
		return ret;

	out = calloc(t.out.len, sizeof(*out));
	if (!out)
		return -ENOMEM;
	t.out.insns = out;
	ret = emit_all(&t, prog);
	if (ret)
		return ret;
	*len = t.out.len;
	*insns = SKW_TAKE_PTR(out);
	return 0;
}

int skw_filter_translate(const struct skw_cbpf *prog, const struct skw_filter_frame *frame,
			 struct bpf_insn **insns, size_t *len)
{
	int ret = check(prog);

	if (ret)
		return ret;
	ret = translate(prog, frame, frame->access && skw_reach_reads_bytes(prog), insns, len);
	/* A single body has shorter jumps. */
	return ret == -E2BIG && frame->access ? translate(prog, frame, false, insns, len) : ret;
}
