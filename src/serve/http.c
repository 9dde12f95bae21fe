// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include "serve/http.h"

#include <dlfcn.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "loop/loop.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define LIBRARY "libmicrohttpd.so.12"

/*
 * Others wait in the kernel. A reader that does nothing for this time is given up; a scrape
 * interval is shorter, so that connections can be used again.
 */
#define CONNECTIONS_MAX  64
#define IDLE_S           20
#define CONNECTION_BYTES (16U << 10)
#define BLOCK_BYTES      (8U << 10)

static struct {
	void *handle;
	__typeof__(&MHD_start_daemon) start;
	__typeof__(&MHD_stop_daemon) stop;
	__typeof__(&MHD_run) run;
	__typeof__(&MHD_get_timeout) timeout;
	__typeof__(&MHD_get_daemon_info) info;
	__typeof__(&MHD_create_response_from_buffer) from_text;
	__typeof__(&MHD_create_response_from_callback) from_callback;
	__typeof__(&MHD_add_response_header) header;
	__typeof__(&MHD_queue_response) queue;
	__typeof__(&MHD_destroy_response) destroy;
	__typeof__(&MHD_lookup_connection_value) lookup;
} lib;

static const struct {
	void *place;
	const char *name;
} functions[] = {
	{ &lib.start, "MHD_start_daemon" },
	{ &lib.stop, "MHD_stop_daemon" },
	{ &lib.run, "MHD_run" },
	{ &lib.timeout, "MHD_get_timeout" },
	{ &lib.info, "MHD_get_daemon_info" },
	{ &lib.from_text, "MHD_create_response_from_buffer" },
	{ &lib.from_callback, "MHD_create_response_from_callback" },
	{ &lib.header, "MHD_add_response_header" },
	{ &lib.queue, "MHD_queue_response" },
	{ &lib.destroy, "MHD_destroy_response" },
	{ &lib.lookup, "MHD_lookup_connection_value" },
};

struct skw_http {
	struct skw_http_options opt;
	struct MHD_Daemon *daemon;
	struct skw_loop *loop; /* borrowed */
	int timer_fd;
};

/* A text that is sent in pieces. */
struct sending {
	struct skw_http_answer answer;
	struct skw_buf piece;
	size_t at;
};

int skw_http_load(struct skw_error *err)
{
	if (lib.handle)
		return 0;
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return skw_error_set(err, -ENOENT,
				     "--listen needs libmicrohttpd: %s (Debian: libmicrohttpd12); "
				     "--textfile does without it",
				     dlerror());
	for (size_t i = 0; i < SKW_ARRAY_SIZE(functions); i++) {
		void *function = dlsym(handle, functions[i].name);

		if (!function)
			return skw_error_set(err, -ENOENT, "%s has no %s", LIBRARY,
					     functions[i].name);
		memcpy(functions[i].place, &function, sizeof(function));
	}
	lib.handle = handle;
	return 0;
}

static ssize_t read_pieces(void *cls, uint64_t pos, char *out, size_t max)
{
	struct sending *r = cls;
	size_t done = 0;

	(void)pos;
	while (done < max) {
		size_t n = r->piece.len - r->at;

		if (!n) {
			skw_buf_reset(&r->piece);
			r->at = 0;
			if (!r->answer.next(r->answer.ctx, r->answer.state, &r->piece))
				break;
			if (r->piece.failed)
				return MHD_CONTENT_READER_END_WITH_ERROR;
			continue;
		}
		if (n > max - done)
			n = max - done;
		memcpy(out + done, r->piece.data + r->at, n);
		r->at += n;
		done += n;
	}
	return done ? (ssize_t)done : MHD_CONTENT_READER_END_OF_STREAM;
}

static void end_pieces(void *cls)
{
	struct sending *r = cls;

	skw_buf_free(&r->piece);
	free(r);
}

static struct MHD_Response *make(const struct skw_http_answer *answer)
{
	if (answer->text)
		return lib.from_text(strlen(answer->text), (void *)(uintptr_t)answer->text,
				     MHD_RESPMEM_PERSISTENT);
	struct sending *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->answer = *answer;
	struct MHD_Response *response =
		lib.from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_pieces, r, end_pieces);

	if (!response)
		end_pieces(r);
	return response;
}

static enum MHD_Result send_answer(struct MHD_Connection *c, const struct skw_http_answer *answer)
{
	struct MHD_Response *response = make(answer);
	enum MHD_Result ret = MHD_NO;

	if (!response)
		return MHD_NO;
	if (lib.header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type) == MHD_YES &&
	    lib.header(response, "X-Content-Type-Options", "nosniff") == MHD_YES &&
	    (answer->status != MHD_HTTP_METHOD_NOT_ALLOWED ||
	     lib.header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD") == MHD_YES))
		ret = lib.queue(c, answer->status, response);
	lib.destroy(response);
	return ret;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **request)
{
	static const struct skw_http_answer refused = { .status = MHD_HTTP_METHOD_NOT_ALLOWED,
							.type = "text/plain; charset=utf-8",
							.text = "only GET and HEAD\n" };
	static char seen;
	struct skw_http *h = cls;
	struct skw_http_answer answer = { 0 };

	(void)version;
	(void)upload;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return send_answer(c, &refused);
	/* The first call comes before the body; an answer to it would end the connection. */
	if (*request != &seen || *upload_size) {
		*request = &seen;
		*upload_size = 0;
		return MHD_YES;
	}
	h->opt.answer(h->opt.ctx, url, lib.lookup(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT),
		      &answer);
	return send_answer(c, &answer);
}

/* Does what is due, and sets the timer to the next time that something is. */
static int run(void *ctx, struct skw_error *err)
{
	struct skw_http *h = ctx;
	MHD_UNSIGNED_LONG_LONG ms;
	uint64_t delay_ns = 0;

	skw_clock_timer_read(h->timer_fd);
	if (lib.run(h->daemon) != MHD_YES)
		return skw_error_set(err, -EIO, "the HTTP server has failed");
	if (lib.timeout(h->daemon, &ms) == MHD_YES)
		delay_ns = ms ? ms * SKW_NS_PER_MS : 1;
	int ret = skw_clock_timer_set(h->timer_fd, delay_ns, 0);

	return ret ? skw_error_set(err, ret, "the HTTP server's timer: %s", strerror(-ret)) : 0;
}

int skw_http_new(const struct skw_http_options *opt, int listen_fd, struct skw_http **out,
		 struct skw_error *err)
{
	struct skw_http *h = calloc(1, sizeof(*h));

	if (!h) {
		close(listen_fd);
		return skw_error_set(err, -ENOMEM, "out of memory");
	}
	h->opt = *opt;
	h->timer_fd = skw_clock_timer();
	h->daemon = h->timer_fd < 0 ? NULL
				    : lib.start(MHD_USE_EPOLL, 0, NULL, NULL, on_request, h,
						MHD_OPTION_LISTEN_SOCKET, listen_fd,
						MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
						MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S,
						MHD_OPTION_CONNECTION_MEMORY_LIMIT,
						(size_t)CONNECTION_BYTES, MHD_OPTION_END);
	if (!h->daemon) {
		int ret = h->timer_fd < 0 ? h->timer_fd : -ENOMEM;

		close(listen_fd);
		skw_http_free(h);
		return skw_error_set(err, ret, "the HTTP server does not start: %s",
				     strerror(-ret));
	}
	*out = h;
	return 0;
}

void skw_http_free(struct skw_http *h)
{
	if (!h)
		return;
	if (h->daemon)
		lib.stop(h->daemon);
	skw_cleanup_fd(&h->timer_fd);
	free(h);
}

int skw_http_start(struct skw_http *h, struct skw_loop *loop, struct skw_error *err)
{
	const union MHD_DaemonInfo *info = lib.info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	int ret = info ? skw_loop_watch(loop, info->epoll_fd, EPOLLIN, run, h) : -EIO;

	if (!ret)
		ret = skw_loop_watch(loop, h->timer_fd, EPOLLIN, run, h);
	return ret ? skw_error_set(err, ret, "the HTTP server: %s", strerror(-ret)) : 0;
}
