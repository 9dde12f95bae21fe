/* SPDX-License-Identifier: BSD-2-Clause */
/* Classic programs that no compiler would make. */
#ifndef SKW_TESTS_FILTER_RANDOM_H
#define SKW_TESTS_FILTER_RANDOM_H

#include "filter_corpus.h"
#include "model/cbpf.h"

#define RANDOM_PROGRAM_MAX 64

/* Fills `insns` (RANDOM_PROGRAM_MAX) and returns the length. About one in six is not valid. */
size_t random_program(struct test_random *r, struct skw_cbpf_insn *insns);

#endif
