// SPDX-License-Identifier: BSD-2-Clause
#include "out/name.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "util/cleanup.h"

static const struct {
	const char *suffix;
	enum skw_compression compression;
} compressions[] = {
	{ ".gz", SKW_COMPRESSION_GZIP },
	{ ".zst", SKW_COMPRESSION_ZSTD },
};

static bool ends_in(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && !strncasecmp(name + len - n, suffix, n);
}

enum skw_compression skw_out_compression_from_name(const char *name)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(compressions); i++)
		if (ends_in(name, strlen(name), compressions[i].suffix))
			return compressions[i].compression;
	return SKW_COMPRESSION_NONE;
}

size_t skw_out_name_stem(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < SKW_ARRAY_SIZE(compressions); i++)
		if (ends_in(name, len, compressions[i].suffix))
			return len - strlen(compressions[i].suffix);
	return len;
}

enum skw_file_format skw_out_format_from_name(const char *name)
{
	return ends_in(name, skw_out_name_stem(name), ".pcapng") ? SKW_FILE_PCAPNG : SKW_FILE_PCAP;
}
