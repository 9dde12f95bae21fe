/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BPF links and maps that stay after the command has ended, pinned below a folder of a BPF file
 * system. Each pin is a folder there, DIR/NAME, which holds its objects and the map "meta", which
 * describes it.
 */
#ifndef SKW_KERN_ACT_PINS_H
#define SKW_KERN_ACT_PINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/pin.h"
#include "util/error.h"

/*
 * Checks before anything is made that `name` can be pinned: it is a valid name, `dir` (NULL:
 * SKW_PINS_DIR) is in a BPF file system, and no such pin is there. Returns 0, or a usage error.
 */
int skw_pins_check(const char *dir, const char *name, struct skw_error *err);

/*
 * Makes the folder and the map "meta". After a later failure the caller calls skw_pins_remove().
 * Returns 0, or -errno with err filled.
 */
int skw_pins_create(const char *dir, const char *name, const struct skw_pin_meta *meta,
		    struct skw_pin *out, struct skw_error *err);

/* Pins a link, a program or a map as DIR/NAME/OBJECT. Returns 0, or -errno with err filled. */
int skw_pins_put(const struct skw_pin *pin, const char *object, int fd, struct skw_error *err);

/* Finds a pin. Returns 0, or a usage error if there is none. */
int skw_pins_open(const char *dir, const char *name, struct skw_pin *out, struct skw_error *err);

/* Opens an object of a pin. Returns a descriptor that the caller owns, or -errno. */
int skw_pins_get(const struct skw_pin *pin, const char *object);
/*
 * The same for a map of this type (enum bpf_map_type), whose values have this size. -EINVAL: it is
 * another map, which another version of skwatch or a stranger has pinned there. The kernel copies
 * values of the map's size, whatever room there is for them.
 */
int skw_pins_get_map(const struct skw_pin *pin, const char *object, uint32_t type,
		     size_t value_size);

/*
 * Calls `each` for all pins in the order of their names. Stops at its first result other than 0,
 * and returns it. The kind of a folder that is none of this version's is "?". Returns -errno with
 * err filled if the folder can't be read.
 */
int skw_pins_each(const char *dir, int (*each)(void *ctx, const struct skw_pin *pin), void *ctx,
		  struct skw_error *err);

/*
 * Removes a pin and detaches its links, also where a command that still runs has them. Returns 0,
 * or -errno with err filled.
 */
int skw_pins_remove(const struct skw_pin *pin, struct skw_error *err);

/* How many links a pin has, and how many of them are still attached to something. */
struct skw_pin_links {
	unsigned links, attached;
};

/* Whether a link is attached to something: the cgroup may have gone, or it was detached. */
bool skw_pins_is_attached(int link_fd);
/* Returns 0 or -errno. */
int skw_pins_count_links(const struct skw_pin *pin, struct skw_pin_links *out);

/* Mounts a BPF file system where `dir` needs one, and makes `dir`. Returns 0, or -errno with err.
 */
int skw_pins_mount(const char *dir, struct skw_error *err);

#endif
