/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of the verb kill: of errors, and of signals. */
#ifndef SKW_ACT_KILL_WORDS_H
#define SKW_ACT_KILL_WORDS_H

#include <stdbool.h>

/* Why a socket or a process could not be listed, ended or signalled; `error` is -errno. */
const char *skw_kill_words_why(int error);

#define SKW_KILL_WORDS_SIGNAL 16

/* The name of a signal, such as SIGTERM. Returns out. */
const char *skw_kill_words_signal(int signo, char out[SKW_KILL_WORDS_SIGNAL]);
/* Reads TERM, SIGTERM or 15. Returns false if there is no such signal. */
bool skw_kill_words_parse_signal(const char *text, int *signo);

#endif
