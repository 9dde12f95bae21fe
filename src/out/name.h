/* SPDX-License-Identifier: BSD-2-Clause */
/* Format and compression of a file by its name. */
#ifndef SKW_OUT_NAME_H
#define SKW_OUT_NAME_H

#include <stddef.h>

#include "model/file_plan.h"

/*
 * A name that ends in ".pcapng" means pcapng, any other name (".pcap", ".cap", "-")
 * means pcap. A suffix ".gz" or ".zst" after that means compression. Upper and lower
 * case are the same.
 */
enum skw_file_format skw_out_format_from_name(const char *name);
enum skw_compression skw_out_compression_from_name(const char *name);

/* Length of the name without its compression suffix. */
size_t skw_out_name_stem(const char *name);

#endif
