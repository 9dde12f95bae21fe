/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The signals that end a session. The first asks for an orderly end. Terminals,
 * sudo and timeout often send the same one twice, so a further one counts only
 * after a second: then somebody can't wait, and the process ends at once.
 */
#ifndef SKW_LOOP_SIGNALS_H
#define SKW_LOOP_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP. */
void skw_signals_stop_set(sigset_t *set);

/* SIGINT and SIGTERM end the process, also where a shell made it ignore them (a job behind &). */
void skw_signals_default(void);

/*
 * Handles and unblocks those signals. `stopping`: the first one has come already. Calls
 * that wait are interrupted unless stopping.
 */
void skw_signals_catch(bool stopping);

/* Has one come since? */
bool skw_signals_stopped(void);

#endif
