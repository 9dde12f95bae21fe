/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The filters of files: one for each kind of link that they have. An expression may be
 * impossible for one kind, such as `arp` for raw IP. It matches none of its packets then, and is
 * wrong only if it is impossible for all.
 */
#ifndef SKW_REPLAY_FIT_H
#define SKW_REPLAY_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packet.h"
#include "util/error.h"
#include "verbs/program.h"

#define SKW_FIT_EXPRESSIONS 2 /* of the user, and for -Q */

struct skw_fit_kind;

struct skw_fit {
	const char *file; /* for messages */
	uint32_t snaplen;
	const char *expressions[SKW_FIT_EXPRESSIONS]; /* that of -Q first */
	bool has_filter;                              /* the last is the user's */
	struct skw_verbs_program compiler;
	struct skw_keeper *keeper;  /* lent; NULL: there is none */
	struct skw_fit_kind *kinds; /* owned */
	size_t kinds_len;
	bool fits;   /* a packet was looked at whose kind the expressions fit */
	bool untold; /* there is a kind to tell the user about */
	size_t told; /* kinds that were told */
};

/* `filter` is lent, and so is f->file, which the caller sets with each file. */
void skw_fit_init(struct skw_fit *f, const char *filter, enum skw_direction direction,
		  bool no_optimize);
/* Frees the members that `f` owns, not `f`. */
void skw_fit_free(struct skw_fit *f);

/*
 * Whether the expressions are possible for any kind of link that people have. To be called before
 * the split. Returns 0 or -errno: a usage error if not.
 */
int skw_fit_check(const struct skw_fit *f, struct skw_error *err);

/* Returns 0 if the expressions fit the packets of this interface, otherwise a usage error. */
int skw_fit_iface(struct skw_fit *f, const struct skw_iface *iface, struct skw_error *err);

/* Returns 1 if the packet passes, 0 if not, or -errno. */
int skw_fit_packet(struct skw_fit *f, const struct skw_packet *pkt, const struct skw_iface *iface,
		   struct skw_error *err);

/* Tells the user of kinds whose packets do not pass because the expressions do not fit them. */
void skw_fit_tell(struct skw_fit *f);

/* At the end of the file: returns a usage error if the expressions fit no packet that came. */
int skw_fit_end(struct skw_fit *f, struct skw_error *err);

#endif
