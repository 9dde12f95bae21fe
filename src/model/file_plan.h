/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan of the files of a capture, and when each of them ends. Plain data. */
#ifndef SKW_MODEL_FILE_PLAN_H
#define SKW_MODEL_FILE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum skw_file_format { SKW_FILE_PCAP, SKW_FILE_PCAPNG };
enum skw_compression { SKW_COMPRESSION_NONE, SKW_COMPRESSION_GZIP, SKW_COMPRESSION_ZSTD };

/* Which packets of a pcapng file get their owner as a comment. */
enum skw_owner_comments {
	SKW_OWNER_COMMENTS_UNSAID, /* all, where the file has a place for them */
	SKW_OWNER_COMMENTS_ALL,
	SKW_OWNER_COMMENTS_FIRST, /* the first of each connection */
	SKW_OWNER_COMMENTS_NONE
};

/* The caller owns the strings. */
struct skw_file_plan {
	/*
	 * "-" means standard output. With rotate_s it may have strftime(3) fields. NULL: no file is
	 * written.
	 */
	const char *name;
	enum skw_file_format format;
	enum skw_compression compression;
	/* Time stamps have nanoseconds, otherwise microseconds. */
	bool nano;
	/* Each packet is written as soon as it arrives. */
	bool packet_buffered;
	/* The file is a pipe, and the capture ends in order when nobody reads it any more. */
	bool may_leave;
	/* The next file begins after this number of bytes or seconds; 0: never. */
	uint64_t rotate_bytes;
	uint64_t rotate_s;
	/* The session ends when all files together have this number of bytes; 0: no limit. */
	uint64_t stop_bytes;
	/*
	 * With rotate_bytes, the capture keeps this number of files. Otherwise it ends after this
	 * number. 0: no limit.
	 */
	unsigned files_max;
	/* Only for pcapng, and packets that come with owners. */
	enum skw_owner_comments owner_comments;
	/* This runs with the name of each complete file. May be NULL. */
	const char *command;
	/* The option that gave it, for messages. NULL: -z */
	const char *command_option;
	/*
	 * The name has fields of a trigger, and there is a file for each trigger, at most this
	 * number of them. 0: files follow each other.
	 */
	uint64_t triggers_max;
};

/* One of the files of a rotation. */
struct skw_file_id {
	/* The time at which its period began, in seconds since the epoch. */
	uint64_t start_s;
	/* Counts from 0. With rotate_s it starts again at 0 with each start_s. */
	uint64_t number;
};

#endif
