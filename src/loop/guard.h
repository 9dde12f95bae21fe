/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a worker whose keeper has died, whatever the worker is waiting for. The loop sees the
 * death by itself where it gets to look; a second after it, the process ends in any case.
 */
#ifndef SKW_LOOP_GUARD_H
#define SKW_LOOP_GUARD_H

/* From now on the death of a child ends this process after a second. */
void skw_guard_arm(void);
/* The child's end is expected. */
void skw_guard_disarm(void);

#endif
