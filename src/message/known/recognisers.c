// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "message/known/recognisers.h"

#include <string.h>

#include "message/app/recognisers.h"
#include "message/quic/recognisers.h"
#include "message/rpc/recognisers.h"
#include "message/sql/recognisers.h"

const struct skw_recogniser *const skw_recognisers[] = {
	&skw_recognisers_http,
	&skw_recognisers_tls,
	&skw_recognisers_redis,
	&skw_recognisers_memcached,
	&skw_recognisers_postgres,
	&skw_recognisers_mysql,
	&skw_recognisers_kafka,
	&skw_recognisers_thrift,
#ifdef HAVE_NGHTTP2
	&skw_recognisers_http2,
#endif
	&skw_recognisers_quic,
	&skw_recognisers_dns, /* short texts may be the begin of a question */
	NULL,
};

const struct skw_recogniser *skw_recognisers_find(const char *name, size_t len)
{
	for (size_t i = 0; skw_recognisers[i]; i++)
		if (strlen(skw_recognisers[i]->name) == len &&
		    memcmp(skw_recognisers[i]->name, name, len) == 0)
			return skw_recognisers[i];
	return NULL;
}
