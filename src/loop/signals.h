/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The signals that end a session. The first signal asks for an orderly end. Terminals, sudo and
 * timeout often send the same signal twice, so a second signal counts only if it comes a second
 * later. Then the user does not want to wait, and the process ends at once.
 */
#ifndef SKW_LOOP_SIGNALS_H
#define SKW_LOOP_SIGNALS_H

#include <signal.h>

/* Fills the set with SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP. */
void skw_signals_stop_set(sigset_t *set);

/*
 * Lets SIGINT and SIGTERM end the process during the setup, even if a shell made the process ignore
 * them (a job behind &). Blocks SIGUSR1 and SIGUSR2 until the loop can serve them.
 */
void skw_signals_default(void);

/* To call when the end begins. Handles and unblocks the signals that end a session. */
void skw_signals_catch(void);

#endif
