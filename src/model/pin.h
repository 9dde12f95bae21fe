/* SPDX-License-Identifier: BSD-2-Clause */
/* A pin: links and maps that a verb leaves in the kernel under a name. No logic. */
#ifndef SKW_MODEL_PIN_H
#define SKW_MODEL_PIN_H

#include <limits.h>
#include <stdint.h>

/* Used where the user names no other folder. */
#define SKW_PINS_DIR     "/sys/fs/bpf/skwatch"

#define SKW_PIN_NAME_MAX 63

/* The value of the map "meta". The texts end with a zero. */
struct skw_pin_meta {
	uint32_t version;  /* skw_pins_create() sets it */
	char kind[12];     /* the verb: "policy" */
	uint64_t since_ns; /* real time; skw_pins_create() sets it */
	uint64_t where_id; /* the cgroup's id, or the inode number of the network namespace */
	char where[256];   /* its path or name */
	char what[1024];   /* the words of the command */
};

struct skw_pin {
	char name[SKW_PIN_NAME_MAX + 1];
	char path[PATH_MAX]; /* its folder */
	struct skw_pin_meta meta;
};

#endif
