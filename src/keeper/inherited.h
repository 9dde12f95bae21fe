/* SPDX-License-Identifier: BSD-2-Clause */
/* The descriptors that the program got from the process that started it. */
#ifndef SKW_KEEPER_INHERITED_H
#define SKW_KEEPER_INHERITED_H

/*
 * Closes all descriptors but 0, 1 and 2 that are left open by exec(2): all others are this
 * program's own. A name such as /dev/fd/3 on the command line was opened before, and has a
 * descriptor of its own by now.
 */
void skw_inherited_close(void);

#endif
