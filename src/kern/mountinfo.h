/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of /proc/self/mountinfo. */
#ifndef SKW_KERN_MOUNTINFO_H
#define SKW_KERN_MOUNTINFO_H

/* proc(5): blanks, newlines and backslashes in a path are three octal digits there. In place. */
void skw_mountinfo_unescape(char *path);

#endif
