/* SPDX-License-Identifier: BSD-2-Clause */
/* What a file name says about the file's format and compression. */
#ifndef SKW_OUT_NAME_H
#define SKW_OUT_NAME_H

#include <stddef.h>

#include "model/file_plan.h"

/*
 * ".pcapng" is pcapng, anything else (".pcap", ".cap", "-") is pcap; ".gz" or
 * ".zst" behind that compresses. Case does not matter.
 */
enum skw_file_format skw_out_format_from_name(const char *name);
enum skw_compression skw_out_compression_from_name(const char *name);

/* Length of the name without its compression suffix. */
size_t skw_out_name_stem(const char *name);

#endif
