// SPDX-License-Identifier: BSD-2-Clause
#include "message/app/recognisers.h"

#include <string.h>

const struct skw_recogniser *const skw_recognisers[] = {
	&skw_recogniser_http,
	&skw_recogniser_dns,
	&skw_recogniser_kafka,
	&skw_recogniser_thrift,
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
