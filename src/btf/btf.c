// SPDX-License-Identifier: BSD-2-Clause
#include "btf/btf.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

/* include/uapi/linux/btf.h; the C library's headers may be older. */
#define KIND_DECL_TAG 17
#define KIND_TYPE_TAG 18
#define KIND_ENUM64   19
#define KINDS         20

/* The bytes that follow the head of a type: some, and some for each of its members. */
static const struct {
	uint8_t fixed, each;
} extra[KINDS] = {
	[BTF_KIND_INT] = { sizeof(uint32_t), 0 },
	[BTF_KIND_ARRAY] = { sizeof(struct btf_array), 0 },
	[BTF_KIND_STRUCT] = { 0, sizeof(struct btf_member) },
	[BTF_KIND_UNION] = { 0, sizeof(struct btf_member) },
	[BTF_KIND_ENUM] = { 0, sizeof(struct btf_enum) },
	[BTF_KIND_FUNC_PROTO] = { 0, sizeof(struct btf_param) },
	[BTF_KIND_VAR] = { sizeof(struct btf_var), 0 },
	[BTF_KIND_DATASEC] = { 0, sizeof(struct btf_var_secinfo) },
	[KIND_DECL_TAG] = { sizeof(uint32_t), 0 },
	[KIND_ENUM64] = { 0, 3 * sizeof(uint32_t) },
};

/* A subset that is being made. */
struct subset {
	const struct skw_btf *from;
	uint32_t *numbers; /* owned: by the old number the new one, or 0 */
	uint32_t *kept;    /* owned: by the new number the old one */
	uint32_t len;      /* the highest new number and 1 */
	struct skw_buf types, strings;
};

static size_t size_of(const struct btf_type *t)
{
	uint32_t kind = BTF_INFO_KIND(t->info);

	return sizeof(*t) + extra[kind].fixed + (size_t)extra[kind].each * BTF_INFO_VLEN(t->info);
}

static const struct btf_type *type_of(const struct skw_btf *b, uint32_t number)
{
	return (const struct btf_type *)(b->types + b->at[number]);
}

static const char *name_of(const struct skw_btf *b, uint32_t offset)
{
	return offset < b->strings_len ? b->strings + offset : "";
}

/* Counts the types, and notes their offsets if there is room for them. 0: they are broken. */
static uint32_t walk(const uint8_t *types, size_t len, uint32_t *at)
{
	uint32_t number = 1;

	for (size_t pos = 0; pos < len; number++) {
		const struct btf_type *t = (const struct btf_type *)(types + pos);

		if (len - pos < sizeof(*t) || BTF_INFO_KIND(t->info) == BTF_KIND_UNKN ||
		    BTF_INFO_KIND(t->info) >= KINDS || len - pos < size_of(t))
			return 0;
		if (at)
			at[number] = (uint32_t)pos;
		pos += size_of(t);
	}
	return number;
}

int skw_btf_read(struct skw_btf *b, const void *bytes, size_t len)
{
	struct btf_header head;

	*b = (struct skw_btf){ 0 };
	if (len < sizeof(head))
		return -EBADMSG;
	memcpy(&head, bytes, sizeof(head));
	/* The types lie at multiples of 4, as the bytes do. */
	if (head.magic != BTF_MAGIC || head.version != BTF_VERSION || head.hdr_len > len ||
	    (head.hdr_len | head.type_off) % sizeof(uint32_t))
		return -EBADMSG;
	const uint8_t *data = (const uint8_t *)bytes + head.hdr_len;
	len -= head.hdr_len;
	if (head.type_off > len || head.type_len > len - head.type_off || head.str_off > len ||
	    head.str_len > len - head.str_off || !head.str_len ||
	    data[head.str_off + head.str_len - 1])
		return -EBADMSG;
	uint32_t types = walk(data + head.type_off, head.type_len, NULL);
	if (!types)
		return -EBADMSG;
	b->at = calloc(types, sizeof(*b->at));
	if (!b->at)
		return -ENOMEM;
	b->types = data + head.type_off;
	b->strings = (const char *)data + head.str_off;
	b->strings_len = head.str_len;
	b->len = walk(b->types, head.type_len, b->at);
	return 0;
}

void skw_btf_free(struct skw_btf *b)
{
	free(b->at);
	b->at = NULL;
}

uint32_t skw_btf_find(const struct skw_btf *b, uint32_t kind, const char *name)
{
	for (uint32_t i = 1; i < b->len; i++) {
		const struct btf_type *t = type_of(b, i);

		if (BTF_INFO_KIND(t->info) != kind)
			continue;
		const char *own = name_of(b, t->name_off);
		if (own[0] == name[0] && !strcmp(own, name))
			return i;
	}
	return 0;
}

/* Keeps a type, and returns its new number. A type that does not exist becomes void. */
static uint32_t keep(struct subset *s, uint32_t number)
{
	if (number >= s->from->len)
		return 0;
	if (number && !s->numbers[number]) {
		s->numbers[number] = s->len;
		s->kept[s->len++] = number;
	}
	return s->numbers[number];
}

static void keep_named(struct subset *s, const char *const *names, size_t names_len)
{
	for (uint32_t i = 1; i < s->from->len; i++) {
		const struct btf_type *t = type_of(s->from, i);

		if (BTF_INFO_KIND(t->info) != BTF_KIND_STRUCT || !t->name_off)
			continue;
		const char *own = name_of(s->from, t->name_off);
		for (size_t n = 0; n < names_len; n++)
			if (own[0] == names[n][0] && !strcmp(own, names[n]))
				keep(s, i);
	}
}

static uint32_t put_name(struct subset *s, uint32_t offset)
{
	const char *name = name_of(s->from, offset);
	size_t at = s->strings.len;

	if (!name[0])
		return 0;
	skw_buf_add(&s->strings, name, strlen(name) + 1);
	return (uint32_t)at;
}

static void put_members(struct subset *s, const struct btf_type *t)
{
	const struct btf_member *members = (const struct btf_member *)(t + 1);

	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		const struct btf_member member = { .name_off = put_name(s, members[i].name_off),
						   .type = keep(s, members[i].type),
						   .offset = members[i].offset };

		skw_buf_add(&s->types, &member, sizeof(member));
	}
}

static void put_array(struct subset *s, const struct btf_type *t)
{
	struct btf_array array = *(const struct btf_array *)(t + 1);

	array.type = keep(s, array.type);
	array.index_type = keep(s, array.index_type);
	skw_buf_add(&s->types, &array, sizeof(array));
}

static void put_type(struct subset *s, const struct btf_type *t)
{
	uint32_t kind = BTF_INFO_KIND(t->info);
	struct btf_type head = { .name_off = put_name(s, t->name_off),
				 .info = t->info,
				 .size = t->size };

	if (kind == BTF_KIND_ENUM || kind == KIND_ENUM64)
		head.info -= BTF_INFO_VLEN(t->info);
	else if (kind == BTF_KIND_PTR)
		head.type = 0;
	else if (kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE ||
		 kind == BTF_KIND_RESTRICT || kind == KIND_TYPE_TAG)
		head.type = keep(s, t->type);
	skw_buf_add(&s->types, &head, sizeof(head));
	if (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION)
		put_members(s, t);
	else if (kind == BTF_KIND_ARRAY)
		put_array(s, t);
	else
		skw_buf_add(&s->types, t + 1, extra[kind].fixed);
}

static void put_all(const struct subset *s, struct skw_buf *out)
{
	const struct btf_header head = { .magic = BTF_MAGIC,
					 .version = BTF_VERSION,
					 .hdr_len = sizeof(head),
					 .type_len = (uint32_t)s->types.len,
					 .str_off = (uint32_t)s->types.len,
					 .str_len = (uint32_t)s->strings.len };

	skw_buf_add(out, &head, sizeof(head));
	skw_buf_add(out, s->types.data, s->types.len);
	skw_buf_add(out, s->strings.data, s->strings.len);
}

int skw_btf_subset(const struct skw_btf *b, const char *const *names, size_t names_len,
		   struct skw_buf *out)
{
	struct subset s = { .from = b,
			    .numbers = calloc(b->len, sizeof(*s.numbers)),
			    .kept = calloc(b->len, sizeof(*s.kept)),
			    .len = 1 };
	int ret = -ENOMEM;

	if (s.numbers && s.kept) {
		skw_buf_add_char(&s.strings, '\0');
		keep_named(&s, names, names_len);
		/* Types that are kept on the way come behind. */
		for (uint32_t i = 1; i < s.len; i++)
			put_type(&s, type_of(b, s.kept[i]));
		put_all(&s, out);
		ret = s.types.failed || s.strings.failed || out->failed ? -ENOMEM : 0;
	}
	skw_buf_free(&s.types);
	skw_buf_free(&s.strings);
	free(s.numbers);
	free(s.kept);
	return ret;
}
