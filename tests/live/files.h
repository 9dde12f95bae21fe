/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at captures. Each prints one line of name=number pairs and returns an exit status. */
#ifndef LIVE_FILES_H
#define LIVE_FILES_H

#include <stdint.h>

/*
 * Numbered frames in one or more files, taken in the order given as one capture: complete, once
 * each, in the order of each sender, undamaged, time never going back. `expect` is how many there
 * should be; UINT64_MAX: not told, so gaps are counted and forgiven. Status 0 if all is well.
 */
int files_check(char *const files[], int n, uint64_t expect);

/* Senders of the frames between which two captures are compared. */
#define MARK_BEGIN 62
#define MARK_END   63

/*
 * Whether two captures hold the same packets between the frames that mark begin and end (they
 * never start and end at the same time), byte for byte, with time stamps at most tolerance_us
 * apart and never going back in `a`. Status 0 if so; also 1 if a mark is missing.
 */
int files_compare(const char *a, const char *b, uint64_t tolerance_us);

/* Waits until a file that somebody writes holds so many whole packets. */
int files_hold(const char *file, uint64_t packets);

#endif
