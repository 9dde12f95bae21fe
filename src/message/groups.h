/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts messages by their processes (by name), protocol and kind. The number of groups has a
 * limit; a message that would need one more is counted in a group of its protocol for all others.
 */
#ifndef SKW_MESSAGE_GROUPS_H
#define SKW_MESSAGE_GROUPS_H

#include <stddef.h>
#include <stdint.h>

#include "model/message.h"
#include "model/message_group.h"

/* The protocols that can have a group for others. More than that share one of them. */
#define SKW_MESSAGE_GROUPS_PROTOCOLS 64

struct skw_message_groups;

/* `key` is by chance, so that strangers can't make kinds collide. The caller frees *out. 0 or
 * -ENOMEM.
 */
int skw_message_groups_new(const uint64_t key[2], size_t max, struct skw_message_groups **out);
void skw_message_groups_free(struct skw_message_groups *g); /* NULL is allowed */

/* 0 or -ENOMEM. */
int skw_message_groups_add(struct skw_message_groups *g, const struct skw_message *m);

size_t skw_message_groups_len(const struct skw_message_groups *g);
/*
 * A group by its place, from 0 on; of the time that the messages come from only the rate depends
 * (0: it is not known). Texts are borrowed.
 */
void skw_message_groups_get(const struct skw_message_groups *g, size_t place, uint64_t time_ns,
			    struct skw_message_group *out);
/* The same, but the rate is that of recent messages, which came in `time_ns`. */
void skw_message_groups_recent(const struct skw_message_groups *g, size_t place, uint64_t time_ns,
			       struct skw_message_group *out);
/* Messages are recent from now on. */
void skw_message_groups_mark(struct skw_message_groups *g);

#endif
