// SPDX-License-Identifier: BSD-2-Clause
#include "message/rpc/http2_stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message/rpc/http2_frame.h"

static struct skw_http2_stream **find(struct skw_http2_streams *s, uint32_t id)
{
	struct skw_http2_stream **at = &s->first;

	while (*at && (*at)->part.id != id)
		at = &(*at)->next;
	return at;
}

static void drop(struct skw_http2_streams *s, struct skw_http2_stream **at)
{
	struct skw_http2_stream *gone = *at;

	*at = gone->next;
	free(gone);
	s->len--;
}

/* ---- telling ---- */

static void set_status(const struct skw_talk *t, struct skw_http2_stream *stream)
{
	const struct skw_talk_part *request = skw_talk_waiting(t, stream->part.id);
	bool grpc = stream->grpc || (request && request->note);
	int number = stream->status;
	const char *name = NULL;
	char text[16];

	if (grpc && (number == 200 || !number)) {
		number = stream->grpc_status;
		name = skw_http2_frame_grpc(number);
		stream->part.error = number > 0;
	} else if (stream->doubtful && !stream->typed && number == 200) {
		number = -1;
	} else {
		number = number ? number : -1;
		stream->part.error = number >= 400;
	}
	snprintf(text, sizeof(text), "%d", number);
	if (!name)
		name = number < 0 ? "?" : text;
	skw_talk_part_text(&stream->part, name, strlen(name));
}

static int tell(struct skw_http2_streams *s, struct skw_talk *t, struct skw_http2_stream **at)
{
	int ret;

	set_status(t, *at);
	ret = skw_talk_answer(t, &(*at)->part);
	drop(s, at);
	return ret;
}

/* The one that began first. */
static int tell_last(struct skw_http2_streams *s, struct skw_talk *t)
{
	struct skw_http2_stream **at = &s->first;

	while ((*at)->next)
		at = &(*at)->next;
	(*at)->part.holes++;
	return tell(s, t, at);
}

/* ---- */

static bool is_given_up(const struct skw_http2_streams *s, uint32_t id)
{
	for (unsigned i = 0; i < SKW_HTTP2_GIVEN_UP; i++)
		if (s->given_up[i] == id)
			return true;
	return false;
}

int skw_http2_streams_get(struct skw_http2_streams *s, struct skw_talk *t, uint32_t id,
			  struct skw_http2_stream **out)
{
	struct skw_http2_stream *stream = *find(s, id);
	int ret = 0;

	if (stream || is_given_up(s, id)) {
		*out = stream;
		return 0;
	}
	if (s->len >= SKW_HTTP2_STREAMS_MAX)
		ret = tell_last(s, t);
	if (ret)
		return ret;
	stream = malloc(sizeof(*stream));
	if (!stream)
		return -ENOMEM;
	*stream = (struct skw_http2_stream){ .next = s->first,
					     .part = { .id = id },
					     .grpc_status = -1 };
	s->first = *out = stream;
	s->len++;
	return 0;
}

void skw_http2_stream_add(struct skw_http2_stream *stream, const struct skw_talk_part *part,
			  const struct skw_http2_fields *f, bool ends)
{
	skw_talk_part_add(&stream->part, 0, part->first_ns);
	skw_talk_part_add(&stream->part, part->bytes, part->last_ns);
	stream->part.holes += part->holes;
	if (f->status)
		stream->status = f->status;
	if (f->grpc_status >= 0)
		stream->grpc_status = f->grpc_status;
	stream->grpc = stream->grpc || f->grpc;
	stream->typed = stream->typed || f->typed;
	stream->doubtful = ends && f->unread;
}

int skw_http2_streams_count(struct skw_http2_streams *s, struct skw_talk *t, uint32_t id,
			    uint64_t bytes, uint64_t ts_ns)
{
	struct skw_http2_stream *stream = *find(s, id);
	int ret = 0;

	/* The head of the answer was lost. */
	if (!stream && skw_talk_waiting(t, id)) {
		ret = skw_http2_streams_get(s, t, id, &stream);
		if (!ret && stream)
			stream->part.holes++;
	}
	if (!ret && stream)
		skw_talk_part_add(&stream->part, bytes, ts_ns);
	return ret;
}

void skw_http2_streams_hole(struct skw_http2_streams *s, uint32_t id)
{
	struct skw_http2_stream *stream = *find(s, id);

	if (stream)
		stream->part.holes++;
}

int skw_http2_streams_end(struct skw_http2_streams *s, struct skw_talk *t, uint32_t id)
{
	struct skw_http2_stream **at = find(s, id);

	return *at ? tell(s, t, at) : 0;
}

int skw_http2_streams_reset(struct skw_http2_streams *s, struct skw_talk *t, uint32_t id,
			    const char *why, uint64_t ts_ns)
{
	struct skw_http2_stream **at = find(s, id);
	struct skw_talk_part part = { .id = id };
	bool known = *at || skw_talk_waiting(t, id);

	if (*at) {
		if ((*at)->status) {
			set_status(t, *at);
			skw_talk_part_text(&(*at)->part, " ", 1);
		}
		part = (*at)->part;
		drop(s, at);
	}
	if (!known)
		return 0;
	s->given_up[s->next_given_up++ % SKW_HTTP2_GIVEN_UP] = id;
	skw_talk_part_add(&part, 0, ts_ns);
	skw_talk_part_text(&part, why, strlen(why));
	part.error = true;
	return skw_talk_answer(t, &part);
}

int skw_http2_streams_stop(struct skw_http2_streams *s, struct skw_talk *t)
{
	int ret = 0;

	while (!ret && s->first)
		ret = tell_last(s, t);
	return ret;
}

size_t skw_http2_streams_memory(const struct skw_http2_streams *s)
{
	return s->len * (sizeof(struct skw_http2_stream) + 16);
}

void skw_http2_streams_free(struct skw_http2_streams *s)
{
	while (s->first)
		drop(s, &s->first);
}
