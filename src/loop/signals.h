/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The signals that end a session. The first asks for an orderly end. Terminals, sudo and timeout
 * often send the same one twice, so a further one counts only after a second: then somebody can't
 * wait, and the process ends at once.
 */
#ifndef SKW_LOOP_SIGNALS_H
#define SKW_LOOP_SIGNALS_H

#include <signal.h>

/* SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP. */
void skw_signals_stop_set(sigset_t *set);

/*
 * Until all is set up, SIGINT and SIGTERM end the process, also where a shell made it ignore them
 * (a job behind &). SIGUSR1 waits until the loop can tell figures.
 */
void skw_signals_default(void);

/* The end has begun. Handles and unblocks the signals that end a session. */
void skw_signals_catch(void);

#endif
