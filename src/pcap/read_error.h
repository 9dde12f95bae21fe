/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of the two file readers for a file that can't be read further. Each returns -errno. */
#ifndef SKW_PCAP_READ_ERROR_H
#define SKW_PCAP_READ_ERROR_H

#include <stdint.h>

#include "util/error.h"

/* The file begins with these four bytes, which no capture file does. Returns -EINVAL. */
int skw_read_error_format(struct skw_error *err, const char *name, const uint8_t magic[4]);

/* Reading the stream failed with `errnum` (positive). */
int skw_read_error_stream(struct skw_error *err, const char *name, int errnum, uint64_t packets);

/* The stream ended in the middle of a packet or block. Returns -ENODATA. */
int skw_read_error_truncated(struct skw_error *err, const char *name, uint64_t packets);

/* The bytes contradict the format. Returns -EBADMSG. */
int skw_read_error_corrupt(struct skw_error *err, const char *name, uint64_t packets,
			   const char *what);

#endif
