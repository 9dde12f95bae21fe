/* SPDX-License-Identifier: BSD-2-Clause */
/* Test results as TAP lines. */
#ifndef SKW_TESTS_FILTER_TAP_H
#define SKW_TESTS_FILTER_TAP_H

#include <stdbool.h>

void tap_ok(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void tap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Prints the plan and returns an exit status. `err` is -errno of a harness fault, or 0. */
int tap_end(int err);

#endif
