/* SPDX-License-Identifier: BSD-2-Clause */
/* A trigger: the fields of its file's name, and its text for people. */
#ifndef SKW_SESSION_FLIGHT_FLIGHT_NOTED_H
#define SKW_SESSION_FLIGHT_FLIGHT_NOTED_H

#include "model/file_trigger.h"
#include "model/row.h"

struct skw_flight_noted {
	struct skw_file_trigger file;
	char text[320];
};

/* Fills in what the row tells: its ends and owner. `text` is that of the trigger. */
void skw_flight_noted_row(struct skw_flight_noted *noted, const struct skw_row *row,
			  const char *text);

#endif
