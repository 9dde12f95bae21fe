// SPDX-License-Identifier: BSD-2-Clause
#include "session/flight/flight_noted.h"

#include <stdio.h>
#include <string.h>

#include "row/address.h"

void skw_flight_noted_row(struct skw_flight_noted *noted, const struct skw_row *row,
			  const char *text)
{
	char local[SKW_ENDPOINT_SIZE], remote[SKW_ENDPOINT_SIZE];

	noted->file.tuple = row->tuple;
	if (row->owners) {
		noted->file.pid = row->owners->list[0].pid;
		memcpy(noted->file.comm, row->owners->list[0].comm,
		       strnlen(row->owners->list[0].comm, sizeof(noted->file.comm)));
	}
	skw_address_local(local, row);
	skw_address_remote(remote, row);
	snprintf(noted->text, sizeof(noted->text), "%.64s of %s > %s", text, local, remote);
}
