/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens output files, so that neither a pipe without a reader nor a link in somebody's folder does
 * harm. All functions return a descriptor that the caller owns, or -errno.
 */
#ifndef SKW_OUT_CREATE_H
#define SKW_OUT_CREATE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Opens a file for writing and creates it if it is not there. A named pipe that nobody reads would
 * hold the caller up. So the open does not wait, unless the pipe is that user's own and the output
 * itself (`waits`): then its reader may come later, as with any other program.
 */
int skw_create_file(const char *name, uid_t user, bool waits);

/* Creates a file that must not be there, also not as a link: -EEXIST. */
int skw_create_new(int dir_fd, const char *base);

/*
 * The same for another user. If `known`, the file may be there, but only as a regular file with one
 * name that belongs to that user.
 */
int skw_create_for(int dir_fd, const char *base, uid_t user, gid_t group, bool known);

/* Opens the folder of a file, only for the functions above. */
int skw_create_folder(const char *name);

/*
 * Opens a file for reading. Its folder may belong to anybody. So nothing is opened before it is
 * known to be a regular file: the open of a pipe waits, and that of a device may do something. A
 * link is not followed, as it could lead to a file of somebody else: -EMEDIUMTYPE. *dev and *ino
 * are those of the file that was opened last: -EALREADY if it is the same.
 */
int skw_create_open_regular(const char *name, dev_t *dev, ino_t *ino);

#endif
