// SPDX-License-Identifier: BSD-2-Clause
#include "keylog/lines.h"

#include "pcap/tls_keys.h"

void skw_keylog_lines_free(struct skw_keylog_lines *l)
{
	skw_buf_free(&l->part);
}

static void take_line(struct skw_keylog_lines *l, const char *line, size_t len, struct skw_buf *out)
{
	switch (skw_tls_keys_line(line, len)) {
	case SKW_TLS_KEYS_SECRET:
		skw_buf_add(out, line, len);
		skw_buf_add_char(out, '\n');
		l->secrets++;
		break;
	case SKW_TLS_KEYS_BAD:
		l->bad++;
		break;
	case SKW_TLS_KEYS_COMMENT:
		break;
	}
}

/* The end of a line has come: its last n bytes. */
static void end_line(struct skw_keylog_lines *l, const char *bytes, size_t n, struct skw_buf *out)
{
	if (l->part.len) {
		skw_buf_add(&l->part, bytes, n);
		take_line(l, (const char *)l->part.data, l->part.len, out);
		skw_buf_reset(&l->part);
	} else if (!l->skips) {
		take_line(l, bytes, n, out);
	}
	l->skips = false;
}

/* A line goes on behind these bytes. */
static void begin_line(struct skw_keylog_lines *l, const char *bytes, size_t n)
{
	if (l->skips)
		return;
	skw_buf_add(&l->part, bytes, n);
	/* A writer may put no end to a line, and then its memory would have no bound. */
	if (l->part.len <= SKW_TLS_KEYS_LINE_MAX + 1 && !l->part.failed)
		return;
	/* A comment may have any length. */
	l->bad += l->part.failed || l->part.data[0] != '#';
	skw_buf_reset(&l->part);
	l->skips = true;
}

void skw_keylog_lines_add(struct skw_keylog_lines *l, const char *bytes, size_t n,
			  struct skw_buf *out)
{
	while (n) {
		const char *end = memchr(bytes, '\n', n);
		size_t len = end ? (size_t)(end - bytes) : n;

		if (!end) {
			begin_line(l, bytes, len);
			return;
		}
		end_line(l, bytes, len, out);
		bytes += len + 1;
		n -= len + 1;
	}
}

void skw_keylog_lines_end(struct skw_keylog_lines *l)
{
	l->bad += l->part.len > 0;
	skw_buf_reset(&l->part);
	l->skips = false;
}
