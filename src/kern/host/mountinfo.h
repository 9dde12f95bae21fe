/* SPDX-License-Identifier: BSD-2-Clause */
/* Decoding of /proc/self/mountinfo. */
#ifndef SKW_KERN_HOST_MOUNTINFO_H
#define SKW_KERN_HOST_MOUNTINFO_H

/*
 * Decodes a path in place. Blanks, newlines and backslashes are written there as a backslash and
 * three octal digits, see proc(5).
 */
void skw_mountinfo_unescape(char *path);

#endif
