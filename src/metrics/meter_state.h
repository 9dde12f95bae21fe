/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a meter. Only for the files of this room that are the meter. */
#ifndef SKW_METRICS_METER_STATE_H
#define SKW_METRICS_METER_STATE_H

#include "metrics/meter.h"

#define SKW_METER_NOWHERE UINT32_MAX

/*
 * The key of a row's label set: direction as given, and the process by its name (as
 * struct skw_owner has it; empty: unknown). 0 or -ENOMEM.
 */
int skw_meter_key(struct skw_meter *m, enum skw_set_kind kind, const struct skw_row *row,
		  uint8_t direction, const char *comm, struct skw_set_key *key);

/* Moves a socket to the set of another key. 0 or -ENOMEM. */
int skw_meter_move(struct skw_meter *m, struct skw_tally *t, const struct skw_set_key *key);
/* Gives a new socket its first set. 0 or -ENOMEM. */
int skw_meter_join(struct skw_meter *m, struct skw_tally *t, const struct skw_set_key *key);
/* Moves a socket to the set of another process. 0 or -ENOMEM. */
int skw_meter_own(struct skw_meter *m, struct skw_tally *t, const char *comm);
/* The labels of a key as text, and a name as a label. The caller frees them. NULL: no memory. */
char *skw_meter_labels(const struct skw_meter *m, const struct skw_set_key *key);
char *skw_meter_clean(const char *text);
/* A namespace without a name is called by its number. 0 or -ENOMEM. */
int skw_meter_number_netns(struct skw_meter *m, uint32_t netns);
/* Forgets a socket. */
void skw_meter_drop(struct skw_meter *m, uint32_t place);

/* The set of a socket, with news. */
static inline struct skw_label_set *skw_meter_set_of(struct skw_meter *m, const struct skw_tally *t)
{
	struct skw_label_set *set = skw_label_sets_get(&m->sets, t->set);

	set->counted = true;
	set->news_ns = m->now_ns;
	return set;
}

/* Adds what a row tells more than the socket's tally has. 0 or -ENOMEM. */
int skw_meter_add_tcp(struct skw_meter *m, struct skw_tally *t,
		      const struct skw_row_sample *sample);
void skw_meter_add_udp(struct skw_meter *m, struct skw_tally *t,
		       const struct skw_row_sample *sample);
void skw_meter_add_listener(struct skw_meter *m, struct skw_tally *t, const struct skw_row *row);
/* A socket that the sweep has met before its events tells now that it began since the start. */
void skw_meter_add_begun(struct skw_meter *m, struct skw_tally *t);
/* A sample of a histogram with an exemplar. 0 or -ENOMEM. */
int skw_meter_add_handshake(struct skw_meter *m, const struct skw_tally *t, uint32_t us,
			    uint64_t ts_ns);

/* Listeners. 0 or -ENOMEM. */
int skw_meter_listen(struct skw_meter *m, uint32_t place, const struct skw_row *row);
void skw_meter_listen_no_more(struct skw_meter *m, uint32_t place);
/*
 * Whether a listener can have accepted a connection. `comm` takes the name of its process, which is
 * empty if it is unknown or several listeners fit that have different ones.
 */
bool skw_meter_accepted(struct skw_meter *m, const struct skw_row *row,
			char comm[SKW_COMM_LEN + 1]);

/* Counts the sockets of each set, as they are now. */
void skw_meter_show_gauges(struct skw_meter *m);

/* The functions of the taker. */
int skw_meter_event(void *meter, const struct skw_event_told *told, struct skw_event *event);
void skw_meter_holders_free(struct skw_meter *m);
void skw_meter_holders_begin(void *meter);
int skw_meter_holder(void *meter, uint32_t inode, const struct skw_owner *owner);
int skw_meter_holders_end(void *meter);

#endif
