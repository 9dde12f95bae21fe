// SPDX-License-Identifier: BSD-2-Clause
/* The kernel's types: found by name, cut down to some structs, and refused if they are broken. */
#include "btf/btf.h"

#include <errno.h>
#include <linux/btf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define INFO(kind, len) ((uint32_t)(kind) << 24 | (len))

/* Offsets of the names. */
enum { INT = 1, INNER = 5, OUTER = 11, OTHER = 17, RUN = 23, A = 27, B = 29, STRINGS_LEN = 31 };

static const char strings[STRINGS_LEN] = "\0int\0inner\0outer\0other\0run\0a\0b";

static const uint32_t types[] = {
	/* 1: int */
	INT, INFO(BTF_KIND_INT, 0), 4, 32,
	/* 2: struct other { int a; } */
	OTHER, INFO(BTF_KIND_STRUCT, 1), 4, A, 1, 0,
	/* 3: struct other * */
	0, INFO(BTF_KIND_PTR, 0), 2,
	/* 4: int[3] */
	0, INFO(BTF_KIND_ARRAY, 0), 0, 1, 1, 3,
	/* 5: struct inner { int[3] a; } */
	INNER, INFO(BTF_KIND_STRUCT, 1), 12, A, 4, 0,
	/* 6: struct outer { struct other *a; struct inner b; } */
	OUTER, INFO(BTF_KIND_STRUCT, 2), 24, A, 3, 0, B, 5, 64,
	/* 7: the function run */
	RUN, INFO(BTF_KIND_FUNC, 0), 1
};

struct file {
	struct btf_header head;
	uint32_t types[sizeof(types) / sizeof(types[0])];
	char strings[STRINGS_LEN];
};

static size_t make(struct file *f)
{
	f->head = (struct btf_header){ .magic = BTF_MAGIC,
				       .version = BTF_VERSION,
				       .hdr_len = sizeof(f->head),
				       .type_len = sizeof(types),
				       .str_off = sizeof(types),
				       .str_len = sizeof(strings) };
	memcpy(f->types, types, sizeof(types));
	memcpy(f->strings, strings, sizeof(strings));
	return offsetof(struct file, strings) + sizeof(strings);
}

static void types_are_found_by_kind_and_name(void **state)
{
	struct skw_btf b;
	struct file f;

	(void)state;
	assert_int_equal(skw_btf_read(&b, &f, make(&f)), 0);
	assert_int_equal(skw_btf_find(&b, BTF_KIND_FUNC, "run"), 7);
	assert_int_equal(skw_btf_find(&b, BTF_KIND_STRUCT, "outer"), 6);
	assert_int_equal(skw_btf_find(&b, BTF_KIND_FUNC, "outer"), 0);
	assert_int_equal(skw_btf_find(&b, BTF_KIND_FUNC, "ru"), 0);
	skw_btf_free(&b);
}

static void a_subset_has_what_a_struct_is_made_of(void **state)
{
	static const char *const names[] = { "outer", "missing" };
	const uint32_t wanted[] = {
		/* 1: struct outer; what it is made of follows in the order in which it is met */
		1, INFO(BTF_KIND_STRUCT, 2), 24, 7, 2, 0, 9, 3, 64,
		/* 2: a pointer */
		0, INFO(BTF_KIND_PTR, 0), 0,
		/* 3: struct inner */
		11, INFO(BTF_KIND_STRUCT, 1), 12, 17, 4, 0,
		/* 4: the array */
		0, INFO(BTF_KIND_ARRAY, 0), 0, 5, 5, 3,
		/* 5: int */
		19, INFO(BTF_KIND_INT, 0), 4, 32
	};
	struct skw_buf out = SKW_BUF_INIT;
	struct skw_btf b, subset;
	struct file f;

	(void)state;
	assert_int_equal(skw_btf_read(&b, &f, make(&f)), 0);
	assert_int_equal(skw_btf_subset(&b, names, 2, &out), 0);
	assert_int_equal(skw_btf_read(&subset, out.data, out.len), 0);
	assert_int_equal(subset.len, 6);
	assert_memory_equal(subset.types, wanted, sizeof(wanted));
	assert_string_equal(subset.strings + 1, "outer");
	assert_string_equal(subset.strings + 11, "inner");
	assert_int_equal(skw_btf_find(&subset, BTF_KIND_STRUCT, "other"), 0);
	skw_btf_free(&subset);
	skw_btf_free(&b);
	skw_buf_free(&out);
}

static void a_file_that_is_cut_is_refused(void **state)
{
	struct skw_btf b;
	struct file f;
	size_t len = make(&f);

	(void)state;
	for (size_t cut = 0; cut < len; cut++) {
		/* Of just this size, so that a read behind it is noticed. */
		void *bytes = malloc(cut ? cut : 1);

		assert_non_null(bytes);
		memcpy(bytes, &f, cut);
		assert_int_equal(skw_btf_read(&b, bytes, cut), -EBADMSG);
		skw_btf_free(&b);
		free(bytes);
	}
}

static void broken_types_are_refused(void **state)
{
	struct skw_btf b;
	struct file f;
	size_t len = make(&f);

	(void)state;
	f.types[1] = INFO(31, 0);
	assert_int_equal(skw_btf_read(&b, &f, len), -EBADMSG);
	make(&f);
	f.head.type_len -= 4;
	assert_int_equal(skw_btf_read(&b, &f, len), -EBADMSG);
	make(&f);
	f.strings[STRINGS_LEN - 1] = 'x';
	assert_int_equal(skw_btf_read(&b, &f, len), -EBADMSG);
	make(&f);
	f.head.magic = 0x9feb;
	assert_int_equal(skw_btf_read(&b, &f, len), -EBADMSG);
}

/* A type that is not there is void, and a name that is not there is empty. */
static void numbers_that_lead_nowhere_do_no_harm(void **state)
{
	static const char *const names[] = { "outer" };
	struct skw_buf out = SKW_BUF_INIT;
	struct skw_btf b;
	struct file f;
	size_t len = make(&f);

	(void)state;
	f.types[28] = 1000;       /* the name of outer's first member */
	f.types[29] = 0x7fffffff; /* and its type */
	assert_int_equal(skw_btf_read(&b, &f, len), 0);
	assert_int_equal(skw_btf_subset(&b, names, 1, &out), 0);
	skw_btf_free(&b);
	assert_int_equal(skw_btf_read(&b, out.data, out.len), 0);
	const uint32_t *outer = (const uint32_t *)(b.types + b.at[1]);
	assert_int_equal(outer[3], 0);
	assert_int_equal(outer[4], 0);
	skw_btf_free(&b);
	skw_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_found_by_kind_and_name),
		cmocka_unit_test(a_subset_has_what_a_struct_is_made_of),
		cmocka_unit_test(a_file_that_is_cut_is_refused),
		cmocka_unit_test(broken_types_are_refused),
		cmocka_unit_test(numbers_that_lead_nowhere_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
