/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program of bpf/steer.bpf.c, which chooses sockets for new connections, and its maps: loaded,
 * or opened from a pin.
 */
#ifndef SKW_KERN_ACT_LOOKUP_H
#define SKW_KERN_ACT_LOOKUP_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/steer.h"
#include "model/pin.h"
#include "util/error.h"

enum skw_lookup_map {
	SKW_LOOKUP_RULES,
	SKW_LOOKUP_SOCKETS,
	SKW_LOOKUP_ENTRIES,
	SKW_LOOKUP_FIGURES,
	SKW_LOOKUP_SERVER,
	SKW_LOOKUP_MAPS
};

struct steer_bpf;
struct bpf_link;
struct skw_rings;

struct skw_lookup {
	struct steer_bpf *bpf;    /* owned; NULL: opened from a pin */
	struct bpf_link *link;    /* owned; NULL: not attached by us */
	int fds[SKW_LOOKUP_MAPS]; /* owned if there is no bpf; -1: not open */
	struct skw_rings *rings;  /* owned; NULL: no events */
	int ring_fd;              /* owned, to be polled; -1: no events */
	/* Mapped for reading; NULL before skw_lookup_map_figures(). */
	const struct skw_steer_entry *entries;
	const struct skw_steer_figures *figures;
};

#define SKW_LOOKUP_INIT                                                                            \
	{                                                                                          \
		.fds = { -1, -1, -1, -1, -1 }, .ring_fd = -1                                       \
	}

/*
 * Loads the program. `events_per_s` events may be told (0: none). The caller closes *l in any case.
 * Returns 0, or -errno with err filled.
 */
int skw_lookup_load(struct skw_lookup *l, uint32_t events_per_s, struct skw_error *err);
/* Opens the maps of a pin, likewise. */
int skw_lookup_open(struct skw_lookup *l, const struct skw_pin *pin, struct skw_error *err);
void skw_lookup_close(struct skw_lookup *l);

/*
 * Attaches the program to this process's network namespace. It is attached until the link is closed
 * in all processes. Returns 0, or -errno with err filled.
 */
int skw_lookup_attach(struct skw_lookup *l, struct skw_error *err);
/* Pins the maps and then the link. Returns 0, or -errno with err filled. */
int skw_lookup_pin(struct skw_lookup *l, const struct skw_pin *pin, struct skw_error *err);
/*
 * The name of a program that is attached to this process's network namespace before ours. Returns
 * their number, 0 if there is none or it can't be known.
 */
unsigned skw_lookup_others(char name[32], uint32_t *id);

/* Each returns 0 or -errno. The kernel drops a socket when its server closes it. */
int skw_lookup_put(const struct skw_lookup *l, unsigned slot, int socket_fd);
/* Whether a slot has a socket. */
bool skw_lookup_has(const struct skw_lookup *l, unsigned slot);
int skw_lookup_server(const struct skw_lookup *l, struct skw_steer_server *out);
int skw_lookup_set_server(const struct skw_lookup *l, const struct skw_steer_server *server);

/* Reads the entry of a rule: its rule, if used, and its counters. Returns 0 or -errno. */
int skw_lookup_entry(const struct skw_lookup *l, uint32_t number, struct skw_steer_entry *out);
int skw_lookup_figures(const struct skw_lookup *l, struct skw_steer_figures *out);
/*
 * Makes a rule work as entry `number`, which is free. Returns 0 or -errno: -E2BIG if there is no
 * room for its keys; then nothing has changed.
 */
int skw_lookup_add(const struct skw_lookup *l, uint32_t number, const struct skw_steer_rule *rule,
		   uint8_t proto);
/* Takes a rule away, and its entry with its counters. Returns 0 or -errno. */
int skw_lookup_remove(const struct skw_lookup *l, uint32_t number, uint8_t proto);

/* Maps entries and figures for reading, which then takes no privilege. 0, or -errno with err. */
int skw_lookup_map_figures(struct skw_lookup *l, struct skw_error *err);
/*
 * Closes all that is not needed to read what is mapped, to hear of events, and to stay attached. So
 * this process can't change the rules any more.
 */
void skw_lookup_disarm(struct skw_lookup *l);
/* Detaches what skw_lookup_attach() has attached. */
void skw_lookup_detach(struct skw_lookup *l);

#endif
