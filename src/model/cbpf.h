/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A classic BPF program, in the layout of struct sock_filter (linux/filter.h) and of libpcap's
 * struct bpf_insn. It has its own type because pcap.h and linux/bpf.h both define struct bpf_insn,
 * so they can't be included together.
 *
 * There is one addition, the test in a set, which no other interpreter of classic BPF knows.
 */
#ifndef SKW_MODEL_CBPF_H
#define SKW_MODEL_CBPF_H

#include <stddef.h>
#include <stdint.h>

/*
 * Jumps by jt if a key is in set k, otherwise by jf. The last word of the key is A. The words
 * before it are those of the tests in smaller sets that the program has just passed, one after the
 * other. (The number is BPF_JMP | BPF_K with an operation that classic BPF does not have.)
 */
#define SKW_CBPF_IN 0x55

/* The words of an IPv6 address. */
#define SKW_CBPF_SET_WORDS 4

struct skw_cbpf_insn {
	uint16_t code;
	uint8_t jt;
	uint8_t jf;
	uint32_t k;
};

struct skw_cbpf_set {
	uint32_t words; /* of each key: 1 to SKW_CBPF_SET_WORDS */
	uint32_t count; /* of keys; not 0 */
	uint32_t *keys; /* in ascending order, each once; the owner of the program frees them */
};

struct skw_cbpf {
	struct skw_cbpf_insn *insns; /* the owner of the struct frees it */
	size_t len;
	struct skw_cbpf_set *sets; /* likewise; NULL if there are none */
	size_t sets_len;
};

#endif
