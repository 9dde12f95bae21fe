/* SPDX-License-Identifier: BSD-2-Clause */
/* Decoding of /proc/self/mountinfo, see proc(5). */
#ifndef SKW_KERN_HOST_MOUNTINFO_H
#define SKW_KERN_HOST_MOUNTINFO_H

#include <stdbool.h>

/* A line of /proc/PID/mountinfo. The strings are parts of the text that was parsed. */
struct skw_mountinfo {
	char *root;    /* the folder of the file system that the mount shows */
	char *point;   /* the folder where it is */
	char *type;    /* of the file system */
	char *options; /* of the file system, with commas between them; "" if there are none */
};

/*
 * Takes a line apart, in place: "36 35 98:0 /root /mount/point options [optional] - type source
 * options". Returns false if the line is something else.
 */
bool skw_mountinfo_parse(char *line, struct skw_mountinfo *mount);

#endif
