/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ends a worker whose keeper has died. The event loop notices the death while it waits, and ends in
 * order. If the worker is blocked elsewhere, the guard ends the process one second after the death.
 */
#ifndef SKW_LOOP_GUARD_H
#define SKW_LOOP_GUARD_H

#include <sys/types.h>

/* Once armed, the death of this child ends this process after a second. */
void skw_guard_arm(pid_t keeper);
/* To call before the child may end. */
void skw_guard_disarm(void);

#endif
