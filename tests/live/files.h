/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks captures. Each function prints a line of name=number pairs and returns an exit status. */
#ifndef LIVE_FILES_H
#define LIVE_FILES_H

#include <stdint.h>

/*
 * Takes the files in the given order as one capture, and checks its numbered frames: each is there
 * once, in the order of its sender and undamaged, and time never goes back. `expect` tells how many
 * there should be. With UINT64_MAX that is unknown, and gaps are counted but no failure. Status 0
 * if all is well.
 */
int files_check(char *const files[], int n, uint64_t expect);

/* Senders of the frames between which two captures are compared. */
#define MARK_BEGIN 62
#define MARK_END   63

/*
 * Whether two captures hold the same packets, byte for byte, between the frames that mark begin
 * and end, as captures never start and end at the same time. Nine of ten time stamps are at most
 * tolerance_us apart, all at most a thousand times that, as a busy machine may interrupt the kernel
 * between the two. The time stamps of `a` never go back. Status 0 if so; also 1 if a mark is
 * missing.
 */
int files_compare(const char *a, const char *b, uint64_t tolerance_us);

/* Waits until a file that somebody writes holds the given number of whole packets. */
int files_hold(const char *file, uint64_t packets);

#endif
