// SPDX-License-Identifier: BSD-2-Clause
/* For a build without libmicrohttpd. */
#include "serve/http.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

int skw_http_load(struct skw_error *err)
{
	return skw_error_set(err, -EOPNOTSUPP,
			     "this skwatch was built without libmicrohttpd (Debian: "
			     "libmicrohttpd-dev), so it serves no HTTP: give --textfile FILE");
}

int skw_http_new(const struct skw_http_options *opt, int listen_fd, struct skw_http **out,
		 struct skw_error *err)
{
	(void)opt;
	(void)out;
	close(listen_fd);
	return skw_http_load(err);
}

void skw_http_free(struct skw_http *h)
{
	(void)h;
}

int skw_http_start(struct skw_http *h, struct skw_loop *loop, struct skw_error *err)
{
	(void)h;
	(void)loop;
	return skw_http_load(err);
}
