/* SPDX-License-Identifier: BSD-2-Clause */
/* libpcap's side of the filter tests; pcap.h can't be included next to linux/bpf.h. */
#ifndef SKW_TESTS_FILTER_EXPR_H
#define SKW_TESTS_FILTER_EXPR_H

#include <stdbool.h>

#include "filter_corpus.h"
#include "model/cbpf.h"

struct test_expr {
	char *text;         /* owned */
	char link_type[16]; /* "EN10MB" */
	bool live;          /* only compiles on a live handle */
	bool offline;       /* only has an oracle for bytes */
};

struct test_exprs {
	struct test_expr *list; /* owned */
	size_t count;
};

/* Reads tests/golden/filter-expressions.txt. Returns 0 or -errno. */
int test_exprs_read(const char *path, struct test_exprs *out);
void test_exprs_free(struct test_exprs *e);

/* Adds the packets of each .pcap file in a folder. Returns their number or -errno. */
int test_corpus_read(const char *dir, struct test_corpus *c);

/* For packets of a link type, by its name. NULL and libpcap's words in `why` (256 bytes). */
struct skw_cbpf *test_compile(const char *text, const char *link_type, char *why);
/* For an interface. */
struct test_handle;
struct test_handle *test_handle_open(const char *ifname, char *why);
void test_handle_close(struct test_handle *h);
struct skw_cbpf *test_handle_compile(struct test_handle *h, const char *text, char *why);
void test_program_free(struct skw_cbpf *prog);

/* libpcap's own verdict. */
bool test_interpret(const struct skw_cbpf *prog, const struct test_packet *p);

#endif
