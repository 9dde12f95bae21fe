// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/app/tls_hello.h"

#include <string.h>

enum {
	VERSION = 2,
	RANDOM = 32,
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_PROTOCOL = 16,
	EXTENSION_VERSIONS = 43,
};

/*
 * Takes a vector off b. Its length is in the `width` bytes in front of it. Returns false if b ends
 * within the vector.
 */
static bool take(struct skw_bytes *b, uint32_t width, struct skw_bytes *vector)
{
	uint32_t n = 0;

	if (!skw_bytes_has(*b, 0, width))
		return false;
	for (uint32_t i = 0; i < width; i++)
		n = n << 8 | b->p[i];
	*b = skw_bytes_skip(*b, width);
	if (n > b->len)
		return false;
	*vector = skw_bytes_first(*b, n);
	*b = skw_bytes_skip(*b, n);
	return true;
}

/* Finds an extension in what follows the other fields of a hello. */
static bool find_extension(struct skw_bytes hello, uint16_t wanted, struct skw_bytes *data)
{
	struct skw_bytes extensions;

	if (!take(&hello, 2, &extensions))
		return false;
	while (skw_bytes_has(extensions, 0, 4)) {
		uint16_t type = skw_bytes_be16(extensions.p);

		extensions = skw_bytes_skip(extensions, 2);
		if (!take(&extensions, 2, data))
			return false;
		if (type == wanted)
			return true;
	}
	return false;
}

static bool find_of_client(struct skw_bytes hello, uint16_t wanted, struct skw_bytes *data)
{
	struct skw_bytes skipped;

	hello = skw_bytes_skip(hello, VERSION + RANDOM);
	/* The session, the ciphers, the compressions. */
	return take(&hello, 1, &skipped) && take(&hello, 2, &skipped) &&
	       take(&hello, 1, &skipped) && find_extension(hello, wanted, data);
}

bool skw_tls_hello_server_name(struct skw_bytes hello, struct skw_bytes *name)
{
	struct skw_bytes data, list;

	return find_of_client(hello, EXTENSION_SERVER_NAME, &data) && take(&data, 2, &list) &&
	       skw_bytes_has(list, 0, 1) && list.p[0] == 0 &&
	       (list = skw_bytes_skip(list, 1), take(&list, 2, name)) && name->len &&
	       name->caplen == name->len;
}

bool skw_tls_hello_only_protocol(struct skw_bytes hello, struct skw_bytes *name)
{
	struct skw_bytes data, list;

	return find_of_client(hello, EXTENSION_PROTOCOL, &data) && take(&data, 2, &list) &&
	       take(&list, 1, name) && !list.len && name->len && name->caplen == name->len;
}

static bool find_of_server(struct skw_bytes hello, uint16_t wanted, struct skw_bytes *data)
{
	struct skw_bytes session;

	hello = skw_bytes_skip(hello, VERSION + RANDOM);
	if (!take(&hello, 1, &session))
		return false;
	return find_extension(skw_bytes_skip(hello, 3), wanted, data); /* cipher, compression */
}

bool skw_tls_hello_version(struct skw_bytes hello, uint16_t *version)
{
	struct skw_bytes data;

	if (!skw_bytes_has(hello, 0, VERSION))
		return false;
	*version = skw_bytes_be16(hello.p);
	if (find_of_server(hello, EXTENSION_VERSIONS, &data) && skw_bytes_has(data, 0, 2))
		*version = skw_bytes_be16(data.p);
	return true;
}

bool skw_tls_hello_protocol(struct skw_bytes hello, struct skw_bytes *name)
{
	struct skw_bytes data, list;

	return find_of_server(hello, EXTENSION_PROTOCOL, &data) && take(&data, 2, &list) &&
	       take(&list, 1, name) && name->len && name->caplen == name->len;
}

bool skw_tls_hello_is_retry(struct skw_bytes hello)
{
	/* RFC 8446, section 4.1.3: the SHA-256 of "HelloRetryRequest" in place of a random number.
	 */
	static const uint8_t retry[RANDOM] = {
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
		0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
		0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
	};

	return skw_bytes_has(hello, VERSION, RANDOM) &&
	       memcmp(hello.p + VERSION, retry, RANDOM) == 0;
}
