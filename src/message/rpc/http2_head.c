// SPDX-License-Identifier: BSD-2-Clause
#include "message/rpc/http2_head.h"

#include <stdlib.h>
#include <string.h>

enum {
	STATIC_LAST = 61, /* the last entry of the static table */
	STATIC_AUTHORITY = 1,
	STATIC_REQUEST_LAST = 7, /* of :method, :path and :scheme */
	STATIC_STATUS = 8,
	STATIC_STATUS_LAST = 14,
	PREFIX = 16, /* before each part of memory: its size */
};

/* ---- memory ---- */

static void *take_memory(size_t size, void *user)
{
	struct skw_http2_head *h = user;
	uint8_t *p = size < SIZE_MAX / 2 ? malloc(PREFIX + size) : NULL;

	if (!p)
		return NULL;
	memcpy(p, &size, sizeof(size));
	h->memory += PREFIX + size;
	return p + PREFIX;
}

static void give_memory(void *at, void *user)
{
	struct skw_http2_head *h = user;
	size_t size;

	if (!at)
		return;
	memcpy(&size, (uint8_t *)at - PREFIX, sizeof(size));
	h->memory -= PREFIX + size;
	free((uint8_t *)at - PREFIX);
}

static void *take_zeros(size_t n, size_t size, void *user)
{
	void *p = size && n > SIZE_MAX / 4 / size ? NULL : take_memory(n * size, user);

	return p ? memset(p, 0, n * size) : NULL;
}

static void *move_memory(void *at, size_t size, void *user)
{
	void *p = take_memory(size, user);
	size_t had;

	if (!p || !at)
		return p;
	memcpy(&had, (uint8_t *)at - PREFIX, sizeof(had));
	memcpy(p, at, had < size ? had : size);
	give_memory(at, user);
	return p;
}

static bool open_inflater(struct skw_http2_head *h)
{
	if (h->inflater)
		return true;
	/* The library keeps the pointer. */
	h->mem = (nghttp2_mem){ h, take_memory, give_memory, take_zeros, move_memory };
	if (nghttp2_hd_inflate_new2(&h->inflater, &h->mem))
		h->inflater = NULL;
	return h->inflater;
}

static void close_inflater(struct skw_http2_head *h)
{
	if (h->inflater)
		nghttp2_hd_inflate_del(h->inflater);
	h->inflater = NULL;
}

/* ---- fields ---- */

void skw_http2_fields_begin(struct skw_http2_fields *f, bool content)
{
	*f = (struct skw_http2_fields){ .grpc_status = -1, .content = content };
}

static bool is(const nghttp2_nv *nv, const char *name)
{
	return nv->namelen == strlen(name) && memcmp(nv->name, name, nv->namelen) == 0;
}

static void copy(char *to, size_t room, const uint8_t *p, size_t n)
{
	if (n >= room)
		n = room - 1;
	for (size_t i = 0; i < n; i++)
		to[i] = p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '?';
	to[n] = '\0';
}

/* Without the query, the fragment and parameters, which may be secrets. */
static size_t public_len(const nghttp2_nv *nv)
{
	static const char ends[] = { '?', '#', ';' };
	size_t n = 0;

	while (n < nv->valuelen && !memchr(ends, nv->value[n], sizeof(ends)))
		n++;
	return n;
}

/* -1: it is no number of up to 3 digits. */
static int number(const nghttp2_nv *nv)
{
	int n = 0;

	if (!nv->valuelen || nv->valuelen > 3)
		return -1;
	for (size_t i = 0; i < nv->valuelen; i++) {
		if (nv->value[i] < '0' || nv->value[i] > '9')
			return -1;
		n = n * 10 + nv->value[i] - '0';
	}
	return n;
}

static void take_field(struct skw_http2_fields *f, const nghttp2_nv *nv)
{
	static const char grpc[] = "application/grpc";
	int n;

	if (is(nv, ":method")) {
		copy(f->method, sizeof(f->method), nv->value, nv->valuelen);
	} else if (is(nv, ":path")) {
		copy(f->path, sizeof(f->path), nv->value,
		     f->content ? nv->valuelen : public_len(nv));
	} else if (is(nv, ":status")) {
		n = number(nv);
		f->status = n < 100 ? 0 : (uint16_t)n;
	} else if (is(nv, "grpc-status")) {
		f->grpc_status = (int16_t)number(nv);
		f->grpc = true;
	} else if (is(nv, "content-type")) {
		f->typed = true;
		f->grpc =
			nv->valuelen >= strlen(grpc) && memcmp(nv->value, grpc, strlen(grpc)) == 0;
	}
}

/* False: the inflater can't go on. */
static bool inflate(struct skw_http2_head *h, struct skw_bytes b, bool last,
		    struct skw_http2_fields *f)
{
	for (;;) {
		nghttp2_nv nv;
		int flags = 0;
		ssize_t n = nghttp2_hd_inflate_hd2(h->inflater, &nv, &flags, b.p, b.caplen, last);

		if (n < 0)
			return false;
		b = skw_bytes_skip(b, (uint32_t)n);
		if (flags & NGHTTP2_HD_INFLATE_EMIT)
			take_field(f, &nv);
		if (flags & NGHTTP2_HD_INFLATE_FINAL)
			return nghttp2_hd_inflate_end_headers(h->inflater) == 0;
		if (!(flags & NGHTTP2_HD_INFLATE_EMIT) && !b.caplen)
			return true;
	}
}

/* ---- blocks without their table ---- */

/* An integer with a prefix of `bits` (RFC 7541, section 5.1). */
static bool read_int(struct skw_bytes *b, unsigned bits, uint32_t *value)
{
	uint32_t top = (1U << bits) - 1, more = 0;

	if (!b->caplen)
		return false;
	*value = b->p[0] & top;
	*b = skw_bytes_skip(*b, 1);
	if (*value < top)
		return true;
	for (unsigned shift = 0; shift < 21; shift += 7) {
		uint8_t byte;

		if (!b->caplen)
			return false;
		byte = b->p[0];
		*b = skw_bytes_skip(*b, 1);
		more |= (uint32_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*value += more;
			return true;
		}
	}
	return false;
}

static bool skip_string(struct skw_bytes *b)
{
	uint32_t len;

	if (!read_int(b, 7, &len) || len > b->caplen)
		return false;
	*b = skw_bytes_skip(*b, len);
	return true;
}

struct http2_field {
	uint32_t index;           /* of the entry of the field or of its name; 0: it is literal */
	struct skw_bytes strings; /* the literal name, if it is one, and the value */
	bool indexed;             /* the whole field is an entry */
	bool size;                /* no field, but a new size of the table */
};

/* Takes one field from the front. False: it is none, or is not whole. */
static bool next_field(struct skw_bytes *b, struct http2_field *f)
{
	uint8_t first = b->caplen ? b->p[0] : 0;
	unsigned bits = first & 0x80 ? 7 : first & 0x40 ? 6 : first & 0x20 ? 5 : 4;
	const uint8_t *start;

	*f = (struct http2_field){ .indexed = bits == 7, .size = bits == 5 };
	if (!read_int(b, bits, &f->index))
		return false;
	if (f->size)
		return true;
	if (f->indexed)
		return f->index != 0;
	start = b->p;
	if ((!f->index && !skip_string(b)) || !skip_string(b))
		return false;

	uint32_t len = (uint32_t)(b->p - start);

	f->strings = (struct skw_bytes){ start, len, len };
	return true;
}

/*
 * Has the inflater read the field alone, as a literal that is not put into the table: that needs
 * no other field, and changes nothing.
 */
static bool read_alone(struct skw_http2_head *h, const struct http2_field *field,
		       struct skw_http2_fields *f)
{
	uint8_t begin[2] = { (uint8_t)field->index, 0 };
	uint32_t n = 1;

	if (field->size || field->index > STATIC_LAST)
		return true;
	if (field->indexed) {
		begin[0] |= 0x80;
	} else if (field->index >= 15) {
		begin[0] = 15;
		begin[1] = (uint8_t)(field->index - 15);
		n = 2;
	}
	return open_inflater(h) && inflate(h, (struct skw_bytes){ begin, n, n }, false, f) &&
	       (!field->strings.caplen || inflate(h, field->strings, false, f));
}

static void read_lost(struct skw_http2_head *h, struct skw_bytes b, struct skw_http2_fields *f)
{
	struct http2_field field;

	while (b.caplen && next_field(&b, &field)) {
		bool known = read_alone(h, &field, f);

		if (!known)
			close_inflater(h);
		if (!known || field.index > STATIC_LAST)
			f->unread = true;
	}
	f->unread = f->unread || b.caplen || h->block_len == SKW_HTTP2_BLOCK_MAX;
}

static void keep(struct skw_http2_head *h, struct skw_bytes b)
{
	uint32_t room = SKW_HTTP2_BLOCK_MAX - h->block_len;
	uint32_t n = b.caplen < room ? b.caplen : room;

	if (!h->block)
		h->block = malloc(SKW_HTTP2_BLOCK_MAX);
	if (!h->block || !n)
		return;
	memcpy(h->block + h->block_len, b.p, n);
	h->block_len += n;
}

/* ---- */

void skw_http2_head_take(struct skw_http2_head *h, struct skw_bytes b, struct skw_http2_fields *f)
{
	h->in_block = true;
	if (h->skips)
		return;
	if (h->lost)
		keep(h, b);
	else if (!open_inflater(h) || !inflate(h, b, false, f))
		skw_http2_head_lose(h);
}

void skw_http2_head_end(struct skw_http2_head *h, struct skw_http2_fields *f)
{
	static const uint8_t none[1] = { 0 };

	f->unread = f->unread || h->skips;
	h->in_block = h->skips = false;
	if (h->block)
		read_lost(h, (struct skw_bytes){ h->block, h->block_len, h->block_len }, f);
	free(h->block);
	h->block = NULL;
	h->block_len = 0;
	if (!h->lost && h->inflater && !inflate(h, (struct skw_bytes){ none, 0, 0 }, true, f))
		skw_http2_head_lose(h);
}

void skw_http2_head_lose(struct skw_http2_head *h)
{
	close_inflater(h);
	free(h->block);
	h->block = NULL;
	h->block_len = 0;
	h->skips = h->in_block;
	h->lost = true;
}

void skw_http2_head_resize(struct skw_http2_head *h, uint32_t size)
{
	if (size > SKW_HTTP2_TABLE_MAX)
		size = SKW_HTTP2_TABLE_MAX;
	if (h->lost)
		return;
	if (!open_inflater(h) || nghttp2_hd_inflate_change_table_size(h->inflater, size))
		skw_http2_head_lose(h);
}

size_t skw_http2_head_memory(const struct skw_http2_head *h)
{
	return h->memory + (h->block ? SKW_HTTP2_BLOCK_MAX : 0);
}

void skw_http2_head_free(struct skw_http2_head *h)
{
	skw_http2_head_lose(h);
}

bool skw_http2_head_shape(struct skw_bytes block, struct skw_http2_shape *shape)
{
	struct http2_field f;

	*shape = (struct skw_http2_shape){ 0 };
	while (block.caplen) {
		if (!next_field(&block, &f))
			/* A block that is cut may go on. */
			return block.len > block.caplen;
		if (f.size && shape->fields)
			return false;
		if (f.size)
			continue;
		if (!shape->fields) {
			shape->request =
				f.index >= STATIC_AUTHORITY && f.index <= STATIC_REQUEST_LAST;
			shape->answer = f.index >= STATIC_STATUS && f.index <= STATIC_STATUS_LAST;
		}
		shape->fields++;
		shape->pseudo += f.index >= STATIC_AUTHORITY && f.index <= STATIC_STATUS_LAST;
	}
	shape->whole = block.len == 0;
	return true;
}
