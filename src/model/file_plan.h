/* SPDX-License-Identifier: BSD-2-Clause */
/* Into which files packets are written, and when a file ends. Plain data. */
#ifndef SKW_MODEL_FILE_PLAN_H
#define SKW_MODEL_FILE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum skw_file_format { SKW_FILE_PCAP, SKW_FILE_PCAPNG };
enum skw_compression { SKW_COMPRESSION_NONE, SKW_COMPRESSION_GZIP, SKW_COMPRESSION_ZSTD };

/* The strings belong to the caller. */
struct skw_file_plan {
	/* "-" is standard output; with rotate_s it may hold strftime(3) fields. NULL: no file. */
	const char *name;
	enum skw_file_format format;
	enum skw_compression compression;
	/* Time stamps with nanoseconds, otherwise microseconds. */
	bool nano;
	/* Each packet goes out as soon as it is there. */
	bool packet_buffered;
	/* The next file begins after so many bytes, after so many seconds; 0: never. */
	uint64_t rotate_bytes;
	uint64_t rotate_s;
	/* With rotate_bytes a ring of so many files, otherwise an end after so many; 0: no limit.
	 */
	unsigned files_max;
	/* Runs with the name of each complete file; NULL: none. */
	const char *command;
};

/* One of the files of a rotation. */
struct skw_file_id {
	/* When its time began, in seconds since the epoch. */
	uint64_t start_s;
	/* From 0; with rotate_s it starts again with each start_s. */
	uint64_t number;
};

#endif
